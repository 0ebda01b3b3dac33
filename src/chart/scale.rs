//! From values to pixels and back, and where the ticks go: nice numbers, linear or logarithmic. Knows no chart.

use crate::number::{fixed, grouped, minus};

/// One axis: values from `from` to `to` on pixels from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub from: f64,
    pub to: f64,
    pub log: bool,
    pub start: f64,
    pub end: f64,
}

impl Scale {
    fn fold(&self, value: f64) -> f64 {
        if self.log { libm::log10(value) } else { value }
    }

    /// The pixel of `value`; not finite when the axis cannot show it.
    pub fn pixel(&self, value: f64) -> f64 {
        let (from, to) = (self.fold(self.from), self.fold(self.to));
        self.start + (self.fold(value) - from) / (to - from) * (self.end - self.start)
    }

    /// Ticks, about `wanted` of them, each with its label.
    pub fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        if self.log { log_ticks(self.from, self.to, wanted) } else { linear_ticks(self.from, self.to, wanted) }
    }
}

/// Smallest and largest of the values an axis must hold, as far as it can show them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Extent {
    pub ends: Option<(f64, f64)>,
    /// Whether only values above zero count.
    pub positive: bool,
}

impl Extent {
    pub fn new(positive: bool) -> Self {
        Self { ends: None, positive }
    }

    /// Takes in one more value, unless it is not finite.
    pub fn hold(&mut self, value: f64) {
        if value.is_finite() && (!self.positive || value > 0.0) {
            let (lo, hi) = self.ends.unwrap_or((value, value));
            self.ends = Some((lo.min(value), hi.max(value)));
        }
    }

    pub fn hold_all(&mut self, values: &[f64]) {
        for value in values {
            self.hold(*value);
        }
    }
}

/// The places of `keys` in ascending order, equal ones as they stand. For lists of some hundreds: a sort of the standard
/// library costs the page some kilobytes.
pub(super) fn order(keys: &[f64]) -> Vec<usize> {
    let mut places = Vec::with_capacity(keys.len());
    for at in 0..keys.len() {
        let after = places.partition_point(|&other: &usize| keys[other].total_cmp(&keys[at]).is_le());
        places.insert(after, at);
    }
    places
}

/// The finite values, each once, in ascending order.
pub(super) fn each_once(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut found: Vec<f64> = Vec::new();
    for value in values.filter(|value| value.is_finite()) {
        let at = found.partition_point(|&other| other < value);
        if found.get(at) != Some(&value) {
            found.insert(at, value);
        }
    }
    found
}

/// A range to draw on: never empty, with ends on nice numbers (on powers of 1, 2 and 5 when logarithmic).
pub(super) fn nice_range(range: Option<(f64, f64)>, log: bool, wanted: usize) -> (f64, f64) {
    let Some((lo, hi)) = range else { return if log { (1.0, 10.0) } else { (0.0, 1.0) } };
    if log {
        return (log_end(lo, false), log_end(hi * 1.0001, true));
    }
    // Near the ends of what a double holds the width itself would over- or underflow.
    let held = |value: f64| if value.abs() < 1e-290 { 0.0 } else { value.clamp(-1e300, 1e300) };
    let (lo, hi) = (held(lo), held(hi));
    let (lo, hi) = if hi - lo > 1e-12 * lo.abs().max(hi.abs()) { (lo, hi) } else { widen(lo) };
    let step = nice_step(hi - lo, wanted);
    // A hair beyond a tick is not worth another one.
    (libm::floor(lo / step + 0.02) * step, libm::ceil(hi / step - 0.02) * step)
}

/// A range around a single value.
fn widen(value: f64) -> (f64, f64) {
    if value == 0.0 { (0.0, 1.0) } else { (value - 0.1 * value.abs(), value + 0.1 * value.abs()) }
}

/// The next 1, 2 or 5 times a power of ten at or beyond `value`.
fn log_end(value: f64, up: bool) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|m| m * power);
    let found = if up {
        steps.into_iter().find(|step| *step >= value)
    } else {
        steps.into_iter().rev().find(|step| *step <= value)
    };
    found.filter(|end| end.is_finite() && *end > 0.0).unwrap_or(value)
}

/// 1, 2, 2.5 or 5 times a power of ten, so that about `wanted` steps fill `width`.
fn nice_step(width: f64, wanted: usize) -> f64 {
    let raw = (width / wanted.max(1) as f64).max(f64::MIN_POSITIVE * 1e3);
    let power = libm::pow(10.0, libm::floor(libm::log10(raw)));
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|f| f * power >= raw * 0.999).unwrap_or(10.0);
    factor * power
}

fn linear_ticks(from: f64, to: f64, wanted: usize) -> Vec<(f64, String)> {
    let step = nice_step(to - from, wanted);
    let first = libm::ceil(from / step - 1e-9);
    let decimals = (0..12).find(|d| {
        let scaled = step * libm::pow(10.0, f64::from(*d));
        (scaled - libm::round(scaled)).abs() < 1e-6 * scaled
    });
    let (mut ticks, wide) = (Vec::new(), from.abs().max(to.abs()) >= 1e7);
    for i in 0..=2 * wanted.max(1) + 2 {
        let value = (first + i as f64) * step;
        if !value.is_finite() || value > to + 1e-9 * step.abs().max((to - from).abs()) {
            break;
        }
        let label = match decimals {
            Some(decimals) if !wide => grouped(&fixed(value, decimals as usize)),
            _ => power_label(value),
        };
        ticks.push((value, minus(label)));
    }
    ticks
}

/// A whole number as an axis shows it.
pub(super) fn whole_label(value: f64) -> String {
    grouped(&fixed(value, 0))
}

/// `2×10⁷`.
fn power_label(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = libm::floor(libm::log10(value.abs()) + 1e-9);
    let mantissa = value / libm::pow(10.0, exponent);
    let digits = usize::from((mantissa - libm::round(mantissa)).abs() > 1e-6);
    let power = superscript(exponent as i32);
    if (mantissa - 1.0).abs() < 1e-6 { format!("10{power}") } else { format!("{mantissa:.digits$}×10{power}") }
}

fn superscript(number: i32) -> String {
    number
        .to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32('⁰' as u32 + (digit as u32).saturating_sub('0' as u32)).unwrap_or(digit),
        })
        .collect()
}

fn log_ticks(from: f64, to: f64, wanted: usize) -> Vec<(f64, String)> {
    let (lo, hi) = (libm::floor(libm::log10(from) + 1e-9), libm::floor(libm::log10(to) + 1e-9));
    let decades = hi - lo;
    let stride = libm::ceil((decades + 1.0) / wanted.max(1) as f64).max(1.0);
    let factors: &[f64] = match decades {
        d if d + 1.0 > wanted as f64 / 2.0 => &[1.0],
        d if d >= 1.0 => &[1.0, 2.0, 5.0],
        _ => &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
    };
    let mut ticks = Vec::new();
    let mut decade = libm::ceil(lo / stride) * stride;
    while decade <= hi && ticks.len() < 64 {
        let power = libm::pow(10.0, decade);
        for value in factors.iter().map(|factor| factor * power) {
            if value >= from * 0.9999 && value <= to * 1.0001 {
                ticks.push((value, log_label(value)));
            }
        }
        decade += stride;
    }
    ticks
}

fn log_label(value: f64) -> String {
    if !(0.000_9..99_999.0).contains(&value) {
        return power_label(value);
    }
    let decimals = (0..5).find(|d| {
        let scaled = value * libm::pow(10.0, f64::from(*d));
        (scaled - libm::round(scaled)).abs() < 1e-6 * scaled
    });
    grouped(&fixed(value, decimals.unwrap_or(4) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(from: f64, to: f64, log: bool, wanted: usize) -> Vec<String> {
        let scale = Scale { from, to, log, start: 0.0, end: 100.0 };
        scale.ticks(wanted).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_nice_numbers() {
        assert_eq!(labels(0.0, 100.0, false, 5), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(0.0, 0.4, false, 4), ["0.0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(labels(-1.0, 1.0, false, 4), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 1e6, false, 4)[1], "250\u{202f}000");
        assert_eq!(labels(1.0, 1000.0, true, 4), ["1", "10", "100", "1000"]);
        assert_eq!(labels(1.0, 1e9, true, 4), ["1", "1000", "10⁶", "10⁹"]);
        assert_eq!(labels(1.0, 5.0, true, 6), ["1", "1.5", "2", "3", "5"]);
    }

    #[test]
    fn a_logarithmic_axis_gives_equal_room_to_equal_factors() {
        let scale = Scale { from: 1.0, to: 100.0, log: true, start: 200.0, end: 0.0 };
        assert_eq!([1.0, 10.0, 100.0].map(|v| scale.pixel(v)), [200.0, 100.0, 0.0]);
        assert!(!scale.pixel(0.0).is_finite(), "zero is nowhere on it");
    }

    proptest! {
        #[test]
        fn any_range_gets_few_finite_ticks(a in proptest::num::f64::ANY, b in proptest::num::f64::ANY, log: bool, wanted in 0usize..12) {
            let mut range = Extent::new(log);
            range.hold_all(&[a, b]);
            let (from, to) = nice_range(range.ends, log, wanted);
            prop_assert!(from < to && from.is_finite() && to.is_finite(), "{from} to {to}");
            let ticks = Scale { from, to, log, start: 0.0, end: 1.0 }.ticks(wanted);
            prop_assert!(ticks.len() <= 200 && ticks.iter().all(|(v, _)| v.is_finite()), "{ticks:?}");
        }
    }
}
