//! The paper's Y and Z over a text (docs/papers.md 1.1): the query is the last token of a window, the tokens before it
//! are what it attends to, by z[query, token], and the token after the window is to be predicted.
//!
//! Without positions a window is its token counts. A step's work is O(tokens in the batch x M) for the products, and one
//! pass over both M x M matrices for the optimiser; gradients are cleared where they were touched.

use super::corpus::Corpus;
use super::history::Observation;
use super::pairs::Query;
use super::training::{Engine, Shown};
use crate::experiment::scan_snap::{Init, Model as Switches, Optimizer as Rules, ScanSnap};
use crate::kernels::{padded, simd};
use crate::optimizer::{Group, Optimizer, Rule, Step, clip_scale, norm};
use crate::random::{Purpose, Random};

/// Tokens of a look at what is held out, at most; windows, at most and at least.
const HELD_OUT_TOKENS: usize = 8192;
const HELD_OUT_WINDOWS: [usize; 2] = [4, 64];

/// Y (M, M) and Z (M, M), rows padded with zeros, in one flat buffer with their gradient and optimiser.
pub struct Yz {
    vocabulary: usize,
    stride: usize,
    params: Vec<f32>,
    grads: Vec<f32>,
    /// Starts of the gradient's rows that the last batch touched.
    touched: Vec<u32>,
    is_touched: Vec<bool>,
    optimizer: Optimizer,
    groups: Vec<Group>,
    clip: f64,
    seed: u64,
    batch: usize,
    window: usize,
    pass: Pass,
    entropy: f64,
}

/// Memory of a run in bytes, to within small change: Y and Z with gradient, moments and two checkpoints.
#[must_use]
pub fn bytes(vocabulary: usize, settings: &ScanSnap) -> u64 {
    let moments = if settings.training.optimizer == Rules::Sgd { 1 } else { 2 };
    2 * (vocabulary as u64) * padded(vocabulary) as u64 * 4 * (2 + moments + 2 * (1 + moments))
}

impl Yz {
    /// The model at step 0.
    #[must_use]
    pub fn new(settings: &ScanSnap, seed: u64, corpus: &Corpus) -> Self {
        let (training, vocabulary) = (&settings.training, corpus.len());
        let stride = padded(vocabulary);
        let half = vocabulary * stride;
        let rule = match training.optimizer {
            Rules::Sgd => Rule::Sgd { momentum: training.momentum as f32 },
            Rules::Adam => Rule::Adam,
        };
        let mut params = vec![0.0; 2 * half];
        if settings.model.init == Init::Uniform {
            let mut random = Random::new(seed, Purpose::Init, 0);
            let bound = (1.0 / (vocabulary as f64).sqrt()) as f32;
            for row in params.chunks_exact_mut(stride) {
                row[..vocabulary].iter_mut().for_each(|entry| *entry = bound * (2.0 * random.unit() - 1.0));
            }
        }
        let group = |end, rate: f64| Group { end, rate: rate as f32, decays: false };
        Self {
            vocabulary,
            stride,
            grads: vec![0.0; params.len()],
            touched: Vec::new(),
            is_touched: vec![false; 2 * vocabulary],
            optimizer: Optimizer::new(rule, params.len()),
            groups: vec![group(half, training.eta_y), group(2 * half, training.eta_z)],
            params,
            clip: training.clip,
            seed,
            batch: training.batch_size as usize,
            window: settings.data.sequence_length as usize,
            pass: Pass::new(&settings.model, vocabulary, stride),
            entropy: 0.0,
        }
    }

    /// Row `query` of Z.
    fn z_row(&self, query: u16) -> &[f32] {
        let start = (self.vocabulary + query as usize) * self.stride;
        &self.params[start..start + self.vocabulary]
    }

    fn touch(&mut self, row: usize) {
        if !self.is_touched[row] {
            self.is_touched[row] = true;
            self.touched.push(row as u32);
        }
    }
}

impl Engine for Yz {
    fn look(&mut self, corpus: &Corpus, step: u64) -> f64 {
        while let Some(row) = self.touched.pop() {
            self.grads[row as usize * self.stride..][..self.stride].fill(0.0);
            self.is_touched[row as usize] = false;
        }
        let (text, half) = (corpus.train(), self.vocabulary * self.stride);
        let mut random = Random::new(self.seed, Purpose::Batch, step);
        let share = 1.0 / self.batch as f32;
        let (mut loss, mut entropy) = (0.0, 0.0);
        for _ in 0..self.batch {
            let start = random.below((text.len() - self.window) as u32) as usize;
            let [context, query, next] = parts(&text[start..=start + self.window]);
            let (y, z) = self.params.split_at(half);
            let z = &z[query[0] as usize * self.stride..][..self.vocabulary];
            entropy += self.pass.attend(z, context, query[0]);
            loss += self.pass.forward(y, next[0]);
            let (dy, dz) = self.grads.split_at_mut(half);
            let dz = &mut dz[query[0] as usize * self.stride..][..self.vocabulary];
            self.pass.backward(y, next[0], share, dy, dz);
            for i in 0..self.pass.rows.len() {
                self.touch(self.pass.rows[i] as usize);
            }
            self.touch(self.vocabulary + query[0] as usize);
        }
        self.entropy = entropy / self.batch as f64;
        loss / self.batch as f64
    }

    fn batch_entropy(&mut self) -> f64 {
        self.entropy
    }

    fn advance(&mut self, t: u64) {
        let scale = if self.clip > 0.0 { clip_scale(norm(&self.grads), self.clip) } else { 1.0 };
        self.optimizer.update(&mut self.params, &self.grads, &self.groups, Step { eta: 1.0, scale, t });
    }

    fn observe(&mut self, corpus: &Corpus, queries: &[Query]) -> Observation {
        let most = (HELD_OUT_TOKENS / self.window).clamp(HELD_OUT_WINDOWS[0], HELD_OUT_WINDOWS[1]);
        let starts = corpus.held_out_windows(self.window, most);
        let (mut loss, mut entropy) = (0.0, 0.0);
        for &start in &starts {
            let [context, query, next] = parts(&corpus.held_out()[start..=start + self.window]);
            let (y, z) = self.params.split_at(self.vocabulary * self.stride);
            entropy += self.pass.attend(&z[query[0] as usize * self.stride..][..self.vocabulary], context, query[0]);
            loss += self.pass.forward(y, next[0]);
        }
        let count = starts.len() as f64;
        let attention = queries.iter().map(|query| against_uniform(query, self.z_row(query.token))).collect();
        Observation { validation_loss: loss / count, entropy: vec![entropy / count], attention }
    }

    fn show(&mut self, tokens: &[u16]) -> Shown {
        let t = tokens.len();
        let mut shown = Shown { map: vec![0.0; t * t], ..Shown::default() };
        for (i, &query) in tokens.iter().enumerate() {
            let (y, z) = self.params.split_at(self.vocabulary * self.stride);
            let z = &z[query as usize * self.stride..][..self.vocabulary];
            self.pass.attend(z, &tokens[..i], query);
            let last = i + usize::from(self.pass.switches.attend_query);
            for (j, &token) in tokens[..last].iter().enumerate() {
                shown.map[i * t + j] = self.pass.of_one(token);
            }
            self.pass.forward(y, 0);
            let p = &self.pass.logits[..self.vocabulary];
            let best = p.iter().enumerate().fold(0, |best, (at, &p_at)| if p_at > p[best] { at } else { best });
            shown.next.push(best as u16);
            shown.probability.push(p[best]);
        }
        shown
    }

    fn uniform_entropy(&self) -> f64 {
        libm::log((self.window - 1 + usize::from(self.pass.switches.attend_query)) as f64)
    }

    fn window(&self) -> usize {
        self.window
    }

    fn layers(&self) -> usize {
        1
    }

    fn state(&self) -> [&[f32]; 3] {
        let [first, second] = self.optimizer.moments();
        [&self.params, first, second]
    }

    fn state_mut(&mut self) -> [&mut [f32]; 3] {
        let [first, second] = self.optimizer.moments_mut();
        [&mut self.params, first, second]
    }

    fn save(&self, _corpus: &Corpus) -> Option<Vec<u8>> {
        None
    }
}

/// A window and the token after it as contextual tokens, query and next token.
fn parts(window: &[u16]) -> [&[u16]; 3] {
    let (rest, next) = window.split_at(window.len() - 1);
    let (context, query) = rest.split_at(rest.len() - 1);
    [context, query, next]
}

/// Attention of one occurrence of each of a query's tokens against uniform: exp(z_ml) / sum_l' P(l'|m) exp(z_ml'), P the
/// share of l' among them.
fn against_uniform(query: &Query, z: &[f32]) -> Vec<f32> {
    let keys = query.tokens.iter().map(|token| f64::from(z[token.token as usize]));
    let max = keys.clone().fold(f64::NEG_INFINITY, f64::max);
    let e: Vec<f64> = keys.map(|key| libm::exp(key - max)).collect();
    let all: f64 = query.tokens.iter().map(|token| f64::from(token.count)).sum();
    let sum: f64 = e.iter().zip(&query.tokens).map(|(e, token)| e * f64::from(token.count) / all).sum();
    e.into_iter().map(|e| (e / sum) as f32).collect()
}

/// One window through the model; buffers are reused.
struct Pass {
    switches: Switches,
    vocabulary: usize,
    /// 1 + place of a token in `rows`; 0 for those that are not there.
    places: Vec<u32>,
    /// The window's different tokens by first occurrence, then the query where it can enter.
    rows: Vec<u32>,
    counts: Vec<f32>,
    /// b over `rows`, f = u / ||u|| with u = b (+ the query's one-hot vector), and 1 / ||u||.
    attention: Vec<f32>,
    inp: Vec<f32>,
    scale: f32,
    /// Logits, then alpha.
    logits: Vec<f32>,
    dinp: Vec<f32>,
    weight: Vec<f32>,
}

impl Pass {
    fn new(switches: &Switches, vocabulary: usize, stride: usize) -> Self {
        Self {
            switches: switches.clone(),
            vocabulary,
            places: vec![0; vocabulary],
            rows: Vec::new(),
            counts: Vec::new(),
            attention: Vec::new(),
            inp: Vec::new(),
            scale: 1.0,
            logits: vec![0.0; stride],
            dinp: Vec::new(),
            weight: Vec::new(),
        }
    }

    fn place(&mut self, token: u16) -> usize {
        let place = &mut self.places[token as usize];
        if *place == 0 {
            self.rows.push(u32::from(token));
            self.counts.push(0.0);
            *place = self.rows.len() as u32;
        }
        *place as usize - 1
    }

    /// b_l = count_l exp(z_ml) / sum over the window; returns the entropy of attention over its positions, nats.
    fn attend(&mut self, z: &[f32], context: &[u16], query: u16) -> f64 {
        for &row in &self.rows {
            self.places[row as usize] = 0;
        }
        self.rows.clear();
        self.counts.clear();
        for &token in context {
            let place = self.place(token);
            self.counts[place] += 1.0;
        }
        let mut own = None;
        if self.switches.residual || self.switches.attend_query {
            let place = self.place(query);
            self.counts[place] += f32::from(self.switches.attend_query);
            own = Some(place).filter(|_| self.switches.residual);
        }
        let there = self.rows.iter().zip(&self.counts).filter(|(_, count)| **count > 0.0);
        let max =
            there.fold(f32::NEG_INFINITY, |max, (&row, _)| if max < z[row as usize] { z[row as usize] } else { max });
        self.attention.clear();
        self.attention.extend(self.rows.iter().map(|&row| (z[row as usize] - max).min(0.0)));
        simd::exp(&mut self.attention);
        self.attention.iter_mut().zip(&self.counts).for_each(|(b, count)| *b *= count);
        let sum: f32 = self.attention.iter().sum();
        let share = if sum > 0.0 { 1.0 / sum } else { 1.0 };
        self.attention.iter_mut().for_each(|b| *b *= share);
        self.inp.clear();
        self.inp.extend_from_slice(&self.attention);
        if let Some(own) = own {
            self.inp[own] += 1.0;
        }
        let length = self.inp.iter().map(|u| u * u).sum::<f32>().sqrt();
        self.scale = if self.switches.normalize && length > 0.0 { 1.0 / length } else { 1.0 };
        let scale = self.scale;
        self.inp.iter_mut().for_each(|u| *u *= scale);
        let all = self.attention.iter().zip(&self.counts).filter(|(b, _)| **b > 0.0);
        -all.map(|(&b, &count)| f64::from(b) * libm::log(f64::from(b) / f64::from(count))).sum::<f64>()
    }

    /// Attention that one occurrence of a token of the window gets.
    fn of_one(&self, token: u16) -> f32 {
        match self.places[token as usize] {
            0 => 0.0,
            place => self.attention[place as usize - 1] / self.counts[place as usize - 1],
        }
    }

    /// Loss, nats; leaves alpha in `logits`. A window without anything in it predicts all tokens alike.
    fn forward(&mut self, y: &[f32], next: u16) -> f64 {
        let (m, stride) = (self.vocabulary, self.logits.len());
        if self.rows.is_empty() {
            self.logits.fill(0.0);
        } else {
            simd::gather_matmul(&mut self.logits, &self.inp, y, &self.rows, stride);
        }
        let logit = self.logits[next as usize];
        let (max, sum) = simd::softmax(&mut self.logits[..m]);
        f64::from(max) + libm::log(f64::from(sum)) - f64::from(logit)
    }

    /// Adds the gradient of `share` times the loss to `dy` and to `dz`, row m of Z's (Lemma 1, descent direction).
    fn backward(&mut self, y: &[f32], next: u16, share: f32, dy: &mut [f32], dz: &mut [f32]) {
        let (m, stride) = (self.vocabulary, self.logits.len());
        self.logits[next as usize] -= 1.0;
        self.logits[m..].fill(0.0);
        self.dinp.resize(self.rows.len(), 0.0);
        simd::gather_matmul_dinp(&mut self.dinp, &self.logits, y, &self.rows, stride);
        self.weight.clear();
        self.weight.extend(self.inp.iter().map(|f| f * share));
        simd::gather_matmul_dweight(dy, &self.weight, &self.logits, &self.rows, stride);
        if self.switches.normalize {
            let along: f32 = self.dinp.iter().zip(&self.inp).map(|(d, f)| d * f).sum();
            let scale = self.scale;
            self.dinp.iter_mut().zip(&self.inp).for_each(|(d, f)| *d = (*d - along * f) * scale);
        }
        let mean: f32 = self.dinp.iter().zip(&self.attention).map(|(d, b)| d * b).sum();
        for ((&row, d), b) in self.rows.iter().zip(&self.dinp).zip(&self.attention) {
            dz[row as usize] += share * b * (d - mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;

    fn corpus() -> Corpus {
        let mut reader = Reader::new("t");
        let text: String = (0..80_u32).map(|i| format!("w{} ", (i * i + i / 3) % 9)).collect();
        reader.feed(text.as_bytes()).expect("a text");
        Corpus::new(&reader.end().expect("a text"), 20, 1).expect("words are left").split(6)
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences_with_every_switch() {
        let corpus = corpus();
        for switches in 0..8 {
            let mut settings = ScanSnap::default();
            settings.data.sequence_length = 6;
            settings.training.batch_size = 5;
            settings.model.init = Init::Uniform;
            settings.model.normalize = switches & 1 > 0;
            settings.model.residual = switches & 2 > 0;
            settings.model.attend_query = switches & 4 > 0;
            let mut yz = Yz::new(&settings, 3, &corpus);
            // A second batch: what the first one touched is cleared.
            yz.look(&corpus, 1);
            yz.look(&corpus, 2);
            let (grads, stride) = (yz.grads.clone(), yz.stride);
            for i in (0..grads.len()).filter(|i| i % stride < corpus.len()) {
                let at = yz.params[i];
                let mut loss = |value: f32| {
                    yz.params[i] = value;
                    yz.look(&corpus, 2)
                };
                let slope = (loss(at + 0.02) - loss(at - 0.02)) / 0.04;
                yz.params[i] = at;
                let gap = (slope - f64::from(grads[i])).abs();
                // The loss is made of f32 numbers: 1e-7 of it over the step, and the third derivative times its square.
                assert!(gap < 2e-4, "switches {switches}, parameter {i}: {slope} against {}", grads[i]);
            }
        }
    }

    #[test]
    fn zero_weights_attend_and_predict_uniformly() {
        let corpus = corpus();
        let mut settings = ScanSnap::default();
        settings.data.sequence_length = 6;
        let mut yz = Yz::new(&settings, 0, &corpus);
        let loss = yz.look(&corpus, 0);
        assert!((loss - libm::log(corpus.len() as f64)).abs() < 1e-6, "{loss}");
        assert!((yz.batch_entropy() - yz.uniform_entropy()).abs() < 1e-6, "{}", yz.batch_entropy());
        let shown = yz.show(&corpus.held_out()[..4]);
        assert_eq!(shown.map[4..], [1.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.0]);
    }
}
