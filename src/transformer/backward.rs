//! Backward: the steps of `forward` in reverse. Gradients of weights are added to; those of activations live in buffers
//! that each layer uses anew. Knows no optimiser.

use super::activations::{Gradients, Span, parts};
use super::config::Activation;
use super::dropout::{Place, draw};
use super::elementwise::{add, add_scaled, multiply};
use super::forward::{Pass, Which, embedding_scale, turn};
use super::params::Affine;
use crate::kernels::{MatmulShape, simd};

/// Where gradients of weights go.
pub(super) enum Sink<'a> {
    /// To all weights.
    Weights(&'a mut [f32]),
    /// To the adapters; the weights below are frozen.
    Adapters {
        /// Gradients of the adapters.
        grads: &'a mut [f32],
        /// Room for gradients of a LayerNorm that nobody asks for (2c).
        unused: &'a mut [f32],
    },
    /// Nowhere: only the gradient of what goes in is asked for, and left in `d`.
    Inputs {
        /// Room, as above.
        unused: &'a mut [f32],
    },
}

/// Where a gradient of activations goes.
#[derive(Clone, Copy)]
enum To {
    /// Over whatever is there.
    New(Span),
    /// Onto the gradients of others.
    Sum(Span),
    /// Nowhere: nobody asks for it.
    None,
}

impl Pass<'_> {
    /// From the gradient of the logits, left by the loss, to all that `sink` wants.
    pub fn backward(&mut self, sink: &mut Sink<'_>) {
        let config = self.net.config;
        self.head_backward(sink);
        for l in (0..config.layers).rev() {
            if config.has_mlp() {
                self.mlp_backward(l, sink);
            }
            if l + 1 == config.layers && self.layout.kept < self.layout.n {
                self.move_back(self.layout.gradients().d);
            }
            self.attention_backward(l, sink);
        }
        if let Sink::Weights(dparams) = sink {
            self.embed_backward(dparams);
        }
    }

    /// Leaves the gradient of the last layer's output in `d`.
    fn head_backward(&mut self, sink: &mut Sink<'_>) {
        let (config, places, params) = (self.net.config, self.net.places, self.net.params);
        let (n, c, v) = (self.layout.shown, config.width, config.outputs());
        let g = self.layout.mlp_gradients(config.layers - 1);
        let [norm, mean, rstd] = self.layout.last_norm();
        let to = if config.is_pre() { g.branch } else { g.d };
        let dinp = to.first(n * c).of_mut(&mut self.buffers.grads);
        let [dlogits, inp] = parts(&mut self.buffers.acts, [self.layout.logits(), norm.first(n * c)]);
        let scratch = &mut self.buffers.scratch;
        if config.tied {
            let table = places.embedding.clone();
            simd::matmul(dinp, dlogits, &params[table.clone()], None, MatmulShape { n, c: v, oc: c }, scratch);
            if let Sink::Weights(dparams) = sink {
                let shape = MatmulShape { n, c: v, oc: c };
                simd::matmul_dweight(&mut dparams[table], None, dlogits, inp, shape, scratch);
            }
        } else {
            let shape = MatmulShape { n, c, oc: v };
            simd::matmul_turned(dinp, dlogits, places.head.weight(params), shape, scratch);
            if let Sink::Weights(dparams) = sink {
                let (dweight, dbias) = places.head.grads(dparams);
                simd::matmul_dweight(dweight, dbias, inp, dlogits, shape, scratch);
            }
        }
        if n < self.layout.kept {
            self.move_back(to);
        }
        if config.is_pre() {
            g.d.of_mut(&mut self.buffers.grads).fill(0.0);
            let inp = self.layout.mlp(config.layers - 1).out;
            self.norm_backward(places.norm, inp, [mean, rstd], g.branch, g.d, sink);
        }
    }

    /// Moves the gradients of the rows that are shown back to their places, the last first; others have none.
    fn move_back(&mut self, span: Span) {
        let (n, c) = (self.layout.shown, self.net.config.width);
        let values = span.of_mut(&mut self.buffers.grads);
        values[n * c..].fill(0.0);
        let places = self.buffers.rows.iter().map(|row| *row as usize).enumerate().rev();
        for (from, row) in places.filter(|(from, row)| from != row) {
            values.copy_within(from * c..(from + 1) * c, row * c);
            values[from * c..(from + 1) * c].fill(0.0);
        }
    }

    fn mlp_backward(&mut self, l: usize, sink: &mut Sink<'_>) {
        let (a, p, pre) = (self.layout.mlp(l), self.net.places.layers[l], self.net.config.is_pre());
        let g = self.layout.mlp_gradients(l);
        if !pre {
            self.last_norm_backward(p.norm2, a.sum2, [a.mean2, a.rstd2], sink);
        }
        // sum2 = inp + dropout(linear2(act)): d goes on to inp as it is, and through the branch.
        let dout = self.branch_gradient(g, Place::MlpOut(l));
        self.linear_backward(l, Which::Down, a.act, dout, To::New(g.dact), sink);
        self.drop_gradient(g.dact, Place::Hidden(l));
        let [dhidden, dact] = parts(&mut self.buffers.grads, [g.dhidden, g.dact]);
        dhidden.fill(0.0);
        match self.net.config.activation {
            Activation::Gelu => simd::gelu_backward(dhidden, a.hidden.of(&self.buffers.acts), dact),
            Activation::Relu => simd::relu_backward(dhidden, a.hidden.of(&self.buffers.acts), dact),
        }
        if pre {
            self.linear_backward(l, Which::Up, a.norm2, g.dhidden, To::New(g.inner), sink);
            self.norm_backward(p.norm2, a.sum1, [a.mean2, a.rstd2], g.inner, g.d, sink);
        } else {
            self.linear_backward(l, Which::Up, a.norm1, g.dhidden, To::Sum(g.d), sink);
        }
    }

    fn attention_backward(&mut self, l: usize, sink: &mut Sink<'_>) {
        let (a, p, config) = (self.layout.layer(l), self.net.places.layers[l], self.net.config);
        let g = self.layout.gradients();
        if !config.is_pre() {
            self.last_norm_backward(p.norm1, a.sum1, [a.mean1, a.rstd1], sink);
        }
        let dout = self.branch_gradient(g, Place::AttentionOut(l));
        self.linear_backward(l, Which::Out, a.att, dout, To::New(g.inner), sink);

        let shape = self.layout.attention(config);
        let mask = self.dropout.map(|dropout| {
            let mask = &mut self.buffers.mask[..self.layout.n * shape.nh * shape.t];
            draw(mask, config.dropout, dropout, Place::Attention(l));
            &*mask
        });
        let [dqkv, datt] = parts(&mut self.buffers.grads, [g.dqkv, g.inner]);
        dqkv.fill(0.0);
        let acts = &self.buffers.acts;
        let (qkv, att, lse) = (a.qkv.of(acts), a.att.of(acts), a.lse.of(acts));
        simd::attention_backward(dqkv, datt, qkv, att, lse, shape, mask, &mut self.buffers.scratch);
        turn(g.dqkv.of_mut(&mut self.buffers.grads), &self.net, &self.layout, 0, true);

        // Below the first layer there is nothing that adapters learn by.
        if l == 0 && matches!(sink, Sink::Adapters { .. }) {
            let inp = if config.is_pre() { a.norm1 } else { a.inp };
            self.linear_backward(l, Which::In, inp, g.dqkv, To::None, sink);
        } else if config.is_pre() {
            self.linear_backward(l, Which::In, a.norm1, g.dqkv, To::New(g.inner), sink);
            self.norm_backward(p.norm1, a.inp, [a.mean1, a.rstd1], g.inner, g.d, sink);
        } else {
            self.linear_backward(l, Which::In, a.inp, g.dqkv, To::Sum(g.d), sink);
        }
    }

    fn embed_backward(&mut self, dparams: &mut [f32]) {
        let (config, places) = (self.net.config, self.net.places);
        let (c, scale, d) = (config.width, embedding_scale(config), self.layout.gradients().d);
        self.drop_gradient(d, Place::Embedding);
        for (i, (d, &token)) in d.of(&self.buffers.grads).chunks_exact(c).zip(&self.buffers.tokens).enumerate() {
            add_scaled(&mut dparams[places.embedding.start + token as usize * c..][..c], d, scale);
            if !places.positions.is_empty() {
                add(&mut dparams[places.positions.start + i % self.layout.t * c..][..c], d);
            }
        }
    }

    /// Where LayerNorm comes last: replaces `d` by the gradient of the sum below it.
    fn last_norm_backward(&mut self, place: Affine, inp: Span, of_rows: [Span; 2], sink: &mut Sink<'_>) {
        let g = self.layout.gradients();
        let [dout, d] = parts(&mut self.buffers.grads, [g.branch, g.d]);
        dout.copy_from_slice(d);
        d.fill(0.0);
        self.norm_backward(place, inp, of_rows, g.branch, g.d, sink);
    }

    /// Adds to `dinp` and to the LayerNorm's own gradients.
    fn norm_backward(
        &mut self,
        place: Affine,
        inp: Span,
        [mean, rstd]: [Span; 2],
        dout: Span,
        dinp: Span,
        sink: &mut Sink<'_>,
    ) {
        let (weight, _) = place.of(self.net.params);
        let (dweight, dbias) = match sink {
            Sink::Weights(dparams) => place.grads(dparams),
            Sink::Adapters { unused, .. } | Sink::Inputs { unused } => unused.split_at_mut(weight.len()),
        };
        let acts = &self.buffers.acts;
        let (inp, mean, rstd) = (inp.of(acts), mean.of(acts), rstd.of(acts));
        let [dinp, dout] = parts(&mut self.buffers.grads, [dinp, dout]);
        simd::layernorm_backward(dinp, dweight, dbias, dout, inp, weight, mean, rstd, weight.len());
    }

    /// Gives `dinp` and adds to the gradients of weight and bias, or of the adapters.
    fn linear_backward(&mut self, l: usize, which: Which, inp: Span, dout: Span, to: To, sink: &mut Sink<'_>) {
        let params = self.net.params;
        let linear = which.of(&self.net.places.layers[l]);
        let n = dout.of(&self.buffers.grads).len() / linear.oc;
        let shape = MatmulShape { n, c: linear.c, oc: linear.oc };
        let scratch = &mut self.buffers.scratch;
        let dinp = match to {
            To::New(dinp) | To::Sum(dinp) => Some(dinp),
            To::None => None,
        };
        if let Some(dinp) = dinp {
            let [dx, dy] = parts(&mut self.buffers.grads, [dinp, dout]);
            let product = if matches!(to, To::New(_)) { simd::matmul_turned } else { simd::matmul_dinp };
            product(dx, dy, linear.weight(params), shape, scratch);
        }
        match sink {
            Sink::Weights(dparams) => {
                let (dweight, dbias) = linear.grads(dparams);
                let [inp, dy] = [inp.of(&self.buffers.acts), dout.of(&self.buffers.grads)];
                simd::matmul_dweight(dweight, dbias, inp, dy, shape, scratch);
            }
            Sink::Inputs { .. } => {}
            Sink::Adapters { grads, .. } => {
                let lora = self.net.lora.expect("adapters are trained only where there are some");
                for &target in which.targets() {
                    lora.backward(
                        grads,
                        self.buffers,
                        &self.layout,
                        (l, target),
                        [inp, dout],
                        dinp,
                        self.adapter_dropout,
                    );
                }
            }
        }
    }

    /// The gradient of a branch's output before dropout: `d` itself, or its masked copy.
    fn branch_gradient(&mut self, g: Gradients, place: Place) -> Span {
        if self.dropout.is_none() {
            return g.d;
        }
        let [branch, d] = parts(&mut self.buffers.grads, [g.branch, g.d]);
        branch.copy_from_slice(d);
        self.drop_gradient(g.branch, place);
        g.branch
    }

    fn drop_gradient(&mut self, span: Span, place: Place) {
        if let Some(dropout) = self.dropout {
            let values = span.of_mut(&mut self.buffers.grads);
            let mask = &mut self.buffers.mask[..values.len()];
            draw(mask, self.net.config.dropout, dropout, place);
            multiply(values, mask);
        }
    }
}
