//! How sure a rate is. Knows nothing of what was counted.

/// The quantile of the normal distribution that leaves 2.5 % above it.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % interval (Wilson 1927) of a rate, from the sum of `n` outcomes from 0 to 1; nothing without outcomes.
/// With p = sum / n: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). It is meant for outcomes that are 0 or 1. Those between
/// have no larger variance than p(1-p), so for a mean of them it is rather too wide.
#[must_use]
pub fn interval(sum: f64, n: u64) -> Option<[f64; 2]> {
    if n == 0 {
        return None;
    }
    let n = n as f64;
    let p = sum / n;
    let share = Z * Z / n;
    let middle = p + share / 2.0;
    let half = Z * (f64::max(p * (1.0 - p), 0.0) / n + share / (4.0 * n)).sqrt();
    // Where all outcomes are the same, an end is exactly 0 or 1: what rounding leaves of it is not to be read.
    let low = if p > 0.0 { (middle - half) / (1.0 + share) } else { 0.0 };
    let high = if p < 1.0 { (middle + half) / (1.0 + share) } else { 1.0 };
    Some([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        let cases = [(81.0, 263, [0.2553, 0.3662]), (15.0, 148, [0.0624, 0.1605]), (0.0, 20, [0.0, 0.1611])];
        for (sum, n, wanted) in cases.into_iter().chain([(1.0, 29, [0.0061, 0.1718])]) {
            let found = interval(sum, n).expect("some outcomes");
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 5e-5), "{found:?}, expected {wanted:?}");
        }
        assert_eq!(interval(0.0, 0), None);
        for n in 1..200 {
            assert_eq!(interval(n as f64, n).expect("some")[1], 1.0);
            assert_eq!(interval(0.0, n).expect("some")[0], 0.0);
            let [low, high] = interval(n as f64 / 3.0, n).expect("some");
            assert!(0.0 < low && low < high && high < 1.0, "{low} to {high} of {n}");
        }
    }
}
