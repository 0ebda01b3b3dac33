//! Drawing from a distribution over a few outcomes.

/// Bits of a uniform number that decides a draw.
pub const DRAW_BITS: u32 = 21;

/// Walker's alias method: one number of [`DRAW_BITS`] bits a draw, so each probability is met to 2^-22.
#[derive(Clone, Debug)]
pub struct Alias {
    /// For each place: below which fraction (of 2^21) it keeps the draw; who gets it else, then itself.
    places: Vec<(u32, [u32; 2])>,
}

impl Alias {
    /// Vose's construction from probabilities that sum to 1.
    #[must_use]
    pub fn new(probability: &[f64]) -> Self {
        let n = probability.len();
        let mut left: Vec<f64> = probability.iter().map(|p| p * n as f64).collect();
        let mut places: Vec<(u32, [u32; 2])> = (0..n).map(|i| (u32::MAX, [i as u32; 2])).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| left[i] < 1.0);
        while let (Some(&s), Some(&l)) = (small.last(), large.last()) {
            places[s] = ((left[s] * f64::from(1 << DRAW_BITS) + 0.5) as u32, [l as u32, s as u32]);
            left[l] -= 1.0 - left[s];
            small.pop();
            if left[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        Self { places }
    }

    /// The outcome that the uniform number `draw` below 2^21 decides for.
    #[inline]
    #[must_use]
    pub fn pick(&self, draw: u32) -> u32 {
        let wide = u64::from(draw) * self.places.len() as u64;
        let (place, fraction) = ((wide >> DRAW_BITS) as u32, wide as u32 & ((1 << DRAW_BITS) - 1));
        let (keep, outcomes) = self.places[place as usize];
        // Read by number, not chosen by a branch, which no processor could foresee.
        outcomes[usize::from(fraction < keep)]
    }

    /// Number of outcomes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a law without outcomes is none")]
    pub fn len(&self) -> usize {
        self.places.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alias_tables_keep_certain_and_impossible_outcomes() {
        let alias = Alias::new(&[0.0, 1.0, 0.0]);
        for draw in [0, 1, 1 << 20, (1 << DRAW_BITS) - 2, (1 << DRAW_BITS) - 1] {
            assert_eq!(alias.pick(draw), 1, "draw {draw}");
        }
    }
}
