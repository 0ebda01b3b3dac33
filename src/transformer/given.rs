//! Passes over given rows in place of tokens, and the gradient of logits with respect to what goes in: what explanations of a
//! model ask for. Knows no explanation.

use super::Model;
use super::backward::Sink;
use super::elementwise::scaled;
use super::forward::embedding_scale;

/// What a pass goes over.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    /// Tokens (b, t).
    Tokens(&'a [u32]),
    /// Rows (b, t, c) in place of the tokens' embeddings.
    Rows(&'a [f32]),
}

impl Model {
    /// Embeddings (n, c) of tokens as a pass takes them: scaled where the settings say so, without positions.
    ///
    /// # Panics
    /// When a token is not below the vocabulary's size.
    #[must_use]
    pub fn embeddings(&self, tokens: &[u32]) -> Vec<f32> {
        super::assert_tokens(tokens, self.config.vocabulary);
        let (c, scale) = (self.config.width, embedding_scale(&self.config));
        let table = &self.params[self.places.embedding.clone()];
        let mut rows = vec![0.0; tokens.len() * c];
        for (row, &token) in rows.chunks_exact_mut(c).zip(tokens) {
            scaled(row, &table[token as usize * c..][..c], scale);
        }
        rows
    }

    /// Logits (b, t, v) without dropout of rows (b, t, c) that stand in place of [`Self::embeddings`]; positions are added to
    /// them.
    ///
    /// # Panics
    /// When rows are no whole sequences of `t`, or too many.
    pub fn logits_of(&mut self, rows: &[f32], t: usize) -> &[f32] {
        self.run(Input::Rows(rows), t, None, None);
        self.layout.logits().of(&self.buffers.acts)
    }

    /// Gradient (b, t, c) of `sum dlogits logits` with respect to the rows that went into the last pass, be they given or the
    /// embeddings of tokens. Gradients of weights stay as they are.
    ///
    /// # Panics
    /// When `dlogits` has not a number for each logit of that pass, its gradient was taken already, or there are adapters.
    pub fn input_gradient(&mut self, dlogits: &[f32]) -> &[f32] {
        assert!(self.has_logits, "a gradient follows a pass");
        assert!(self.lora.is_none(), "gradients through adapters to what goes in are not taken");
        (self.has_logits, self.has_loss) = (false, false);
        self.layout.logits().of_mut(&mut self.buffers.acts).copy_from_slice(dlogits);
        let (mut pass, _, unused) = self.pass();
        pass.backward(&mut Sink::Inputs { unused });
        self.layout.gradients().d.of(&self.buffers.grads)
    }
}
