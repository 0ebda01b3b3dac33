//! q(y, x_v) for many selections v at once. Inputs are summed out one after the other, each sum shared by all selections
//! without that input: all 2^d selections of d bits cost about 3^d additions.

use super::joint::Joint;

/// q(y, x_v) of one selection.
pub struct Marginal {
    /// The selected values that have a positive probability, ascending; bits of other inputs are 0.
    codes: Vec<u64>,
    /// q(x_v, y): (n, k).
    sums: Vec<f64>,
}

impl Marginal {
    /// q(y, x_v = a) for the code of a.
    pub fn at(&self, code: u64, k: usize) -> &[f64] {
        let found = self.codes.binary_search(&code).expect("a code of the distribution's own");
        &self.sums[found * k..][..k]
    }

    /// Shows `see` every a with its q(y, x_v = a).
    pub fn each(&self, k: usize, see: &mut dyn FnMut(u64, &[f64])) {
        self.codes.iter().zip(self.sums.chunks_exact(k)).for_each(|(code, sums)| see(*code, sums));
    }

    /// Sums out one input. Inputs go from the last to the first, so that everything but the order within a block of
    /// equal first inputs stays sorted.
    fn without(&self, bits: u64, k: usize) -> Self {
        let above = !upto(bits);
        let mut order: Vec<u32> = (0..self.codes.len() as u32).collect();
        let key = |i: &u32| self.codes[*i as usize] & !bits;
        let mut from = 0;
        while from < order.len() {
            let block = self.codes[from] & above;
            let len = self.codes[from..].iter().take_while(|code| **code & above == block).count();
            // Stable, and quick on the sorted runs that a block is made of.
            order[from..from + len].sort_by_key(key);
            from += len;
        }
        let mut merged = Self { codes: Vec::with_capacity(order.len()), sums: Vec::with_capacity(order.len() * k) };
        for i in order {
            let (code, sums) = (key(&i), &self.sums[i as usize * k..][..k]);
            if merged.codes.last() == Some(&code) {
                let last = merged.sums.len() - k;
                merged.sums[last..].iter_mut().zip(sums).for_each(|(sum, p)| *sum += p);
            } else {
                merged.codes.push(code);
                merged.sums.extend_from_slice(sums);
            }
        }
        merged
    }
}

/// All bits up to the highest of `bits`.
fn upto(bits: u64) -> u64 {
    if bits == 0 { 0 } else { u64::MAX >> bits.leading_zeros() }
}

/// Shows `see` the marginal of each of the selections, which it puts into an order of its own, each once.
pub fn each(joint: &Joint, selections: &mut [u32], see: &mut dyn FnMut(u32, &Marginal)) {
    let (codes, sums) = joint.table();
    let whole = Marginal { codes: codes.to_vec(), sums: sums.to_vec() };
    walk(joint, joint.inputs().len(), &whole, selections, see);
}

/// At most how many additions [`each`] takes: of each sum that is made the entries it is made from, which are no more than the
/// values of the inputs that are left.
pub fn cost(joint: &Joint, selections: &mut [u32]) -> u64 {
    let all = joint.bits(u32::MAX >> (u32::BITS - joint.inputs().len() as u32));
    cost_of(joint, joint.inputs().len(), all, selections)
}

fn cost_of(joint: &Joint, left: usize, bits: u64, selections: &mut [u32]) -> u64 {
    if left == 0 || selections.is_empty() {
        return 0;
    }
    let input = left - 1;
    let (without, with) = split(input, selections);
    let fewer = bits & !joint.bits(1 << input);
    let entries = 1_u64.checked_shl(bits.count_ones()).unwrap_or(u64::MAX).min(joint.len() as u64);
    let mine = if without.is_empty() { 0 } else { entries.saturating_add(cost_of(joint, input, fewer, without)) };
    mine.saturating_add(cost_of(joint, input, bits, with))
}

/// The selections without an input, and those with it.
fn split(input: usize, selections: &mut [u32]) -> (&mut [u32], &mut [u32]) {
    let mut without = 0;
    for at in 0..selections.len() {
        if selections[at] >> input & 1 == 0 {
            selections.swap(without, at);
            without += 1;
        }
    }
    selections.split_at_mut(without)
}

/// `marginal` has summed out what none of the selections has among the inputs from `left` on.
fn walk(joint: &Joint, left: usize, marginal: &Marginal, selections: &mut [u32], see: &mut dyn FnMut(u32, &Marginal)) {
    let Some(&first) = selections.first() else { return };
    if left == 0 {
        return see(first, marginal);
    }
    let input = left - 1;
    let (without, with) = split(input, selections);
    if !without.is_empty() {
        walk(joint, input, &marginal.without(joint.bits(1 << input), joint.labels().len()), without, see);
    }
    walk(joint, input, marginal, with, see);
}
