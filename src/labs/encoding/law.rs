//! Distributions that come with the lab, each with a lesson. Small enough for all maps to be gone through, but the last.

use super::joint::{Joint, Row};

pub use crate::experiment::encoding::Law;

impl Law {
    /// All, in the order of their lessons.
    pub const ALL: [Self; 7] =
        [Self::ControlFlow, Self::Xor, Self::Majority, Self::Redundant, Self::Correlated, Self::Noisy, Self::Ternary];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ControlFlow => "control-flow",
            Self::Xor => "xor",
            Self::Majority => "majority",
            Self::Redundant => "redundant",
            Self::Correlated => "correlated",
            Self::Noisy => "noisy",
            Self::Ternary => "ternary",
        }
    }

    /// The law of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|law| law.name() == name)
    }

    /// The distribution.
    #[must_use]
    pub fn joint(self) -> Joint {
        let fair = |_: [u32; 3]| 0.125;
        match self {
            Self::ControlFlow => of_bits(fair, |x| (driver(x), 0.9)),
            Self::Xor => of_bits(fair, |[a, b, _]| (a ^ b, 0.9)),
            Self::Majority => of_bits(fair, |[a, b, c]| (u32::from(a + b + c > 1), 0.9)),
            Self::Redundant => of_bits(|[a, b, _]| if a == b { 0.25 } else { 0.0 }, |[a, ..]| (a, 0.9)),
            Self::Correlated => of_bits(|[a, b, _]| if a == b { 0.2 } else { 0.05 }, |x| (driver(x), 0.9)),
            Self::Noisy => of_bits(fair, |[a, b, _]| (a, if b == 1 { 0.95 } else { 0.6 })),
            Self::Ternary => ternary(),
        }
    }
}

/// The input that the last one points to.
fn driver([a, b, control]: [u32; 3]) -> u32 {
    if control == 1 { a } else { b }
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|&name| name.to_owned()).collect()
}

/// Three bits of these probabilities, with the label that each x makes likeliest and how likely it makes it.
fn of_bits(p: impl Fn([u32; 3]) -> f64, label: impl Fn([u32; 3]) -> (u32, f64)) -> Joint {
    let rows = (0..8).map(|i| [i >> 2 & 1, i >> 1 & 1, i & 1]).flat_map(|x| {
        let (y, right) = label(x);
        [(x.to_vec(), y, p(x) * right), (x.to_vec(), 1 - y, p(x) * (1.0 - right))]
    });
    let bits = || names(&["0", "1"]);
    law(names(&["x1", "x2", "x3"]), vec![bits(); 3], bits(), &rows.collect::<Vec<_>>())
}

fn ternary() -> Joint {
    let letters = || names(&["a", "b", "c"]);
    let rows = (0..54).map(|i| {
        let (x, y) = ([i / 18, i / 6 % 3, i / 3 % 2], i % 3);
        (x.to_vec(), y, if driver(x) == y { 0.8 } else { 0.1 } / 18.0)
    });
    let symbols = vec![letters(), letters(), names(&["0", "1"])];
    law(names(&["x1", "x2", "x3"]), symbols, letters(), &rows.collect::<Vec<_>>())
}

fn law(inputs: Vec<String>, symbols: Vec<Vec<String>>, labels: Vec<String>, rows: &[Row]) -> Joint {
    Joint::new(inputs, symbols, labels, rows).expect("a law of three inputs and several labels")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_is_found_by_its_name_and_sums_to_1() {
        for law in Law::ALL {
            assert_eq!(Law::named(law.name()), Some(law), "{}", law.name());
            let sum: f64 = law.joint().y().iter().sum();
            assert!((sum - 1.0).abs() < 1e-12, "{}: {sum}", law.name());
        }
    }
}
