//! Numbers and foreign texts in messages and metadata, and one sort. With the standard library's number formatting, string
//! escapes and a sort for each type, a wasm module of the whole transformer weighs 113 KB (gzip) instead of 93. Knows nothing of
//! models.

use core::cmp::Ordering;

/// Longest piece of a foreign text that an error repeats.
const SHOWN: usize = 40;

/// The beginning of a foreign text, for an error: 40 characters, control characters replaced.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Most digits after the point.
const DIGITS: u32 = 12;

/// The shortest decimal of at most twelve digits after the point that [`read_decimal`] reads as `x`, or the nearest one.
pub(super) fn decimal(x: f32) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if x < 0.0 { "-" } else { "" };
    let size = f64::from(x.abs());
    if size > 9e15 {
        return [sign, if x.is_finite() { "more than 9e15" } else { "inf" }].concat();
    }
    let (mut digits, mut power) = (0, 1_u64);
    let mut whole = (size + 0.5) as u64;
    while (whole as f64 / power as f64) as f32 != x.abs() && digits < DIGITS && size * 10.0 * (power as f64) < 9e15 {
        digits += 1;
        power *= 10;
        whole = (size * power as f64 + 0.5) as u64;
    }
    let fraction = (power + whole % power).to_string();
    let point = if digits > 0 { "." } else { "" };
    [sign, &(whole / power).to_string(), point, &fraction[1..]].concat()
}

/// Reads `12`, `0.25` or `.5`: at most 15 digits, no sign and no exponent.
pub(super) fn read_decimal(text: &str) -> Option<f32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.len() + fraction.len();
    if !(1..=15).contains(&digits) || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (mut value, mut power) = (0_u64, 1_u64);
    for byte in whole.bytes().chain(fraction.bytes()) {
        value = value * 10 + u64::from(byte - b'0');
    }
    (0..fraction.len()).for_each(|_| power *= 10);
    // Both are exact in f64, so their quotient is the nearest f64 there is.
    Some((value as f64 / power as f64) as f32)
}

/// Sorts indices; `compare` must tell any two apart, so that there is one order. One routine for all: the standard
/// library's weighs some kilobytes for each type.
#[inline(never)]
pub fn sort(indices: &mut [u32], compare: &mut dyn FnMut(usize, usize) -> Ordering) {
    indices.sort_unstable_by(|a, b| compare(*a as usize, *b as usize));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_come_back_as_written() {
        for (x, text) in [
            (0.0, "0"),
            (0.1, "0.1"),
            (0.25, "0.25"),
            (0.3, "0.3"),
            (1.0 / 3.0, "0.33333334"),
            (12.0, "12"),
            (16.5, "16.5"),
            (0.000_01, "0.00001"),
            (1024.0, "1024"),
        ] {
            assert_eq!((decimal(x).as_str(), read_decimal(text)), (text, Some(x)));
        }
        for i in 0..10_000 {
            let x = i as f32 / 9999.0;
            assert_eq!(read_decimal(&decimal(x)), Some(x), "{x}");
        }
    }

    #[test]
    fn numbers_out_of_reach_are_named() {
        let texts = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.5, 1e9, 1e20, 1e-20].map(decimal);
        assert_eq!(texts, ["NaN", "inf", "-inf", "-0.5", "1000000000", "more than 9e15", "0.000000000000"]);
        for text in ["", ".", "-1", "1e5", "1.2.3", "0x1", "1234567890123456", "٣"] {
            assert_eq!(read_decimal(text), None, "{text}");
        }
        assert_eq!([read_decimal("1."), read_decimal(".5")], [Some(1.0), Some(0.5)]);
    }

    #[test]
    fn foreign_texts_are_shown_without_control_characters() {
        assert_eq!(shortened("a\nb\u{7f}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(shortened(&"ü".repeat(99)).chars().count(), 40);
    }
}
