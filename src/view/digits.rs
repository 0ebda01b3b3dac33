//! Numbers for reading: four significant digits, never more.

use crate::view::text::{fill, say};

/// A number with four significant digits: `3.526`, `0.0444`, `12 346`, `1.2e-6`.
#[must_use]
pub fn significant(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounding first decides the exponent: 9.9996 is 10, not 10.00.
    let scientific = format!("{value:.3e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let text = match exponent {
        -4..=3 => trim(&format!("{value:.*}", (3 - exponent) as usize)).to_owned(),
        4..=6 => grouped(&format!("{value:.0}")),
        7..=8 if value.fract() == 0.0 => grouped(&format!("{value:.0}")),
        _ => format!("{}e{exponent}", trim(mantissa)),
    };
    text.replace('-', "−").replace("e−", "e-")
}

fn trim(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Digits in groups of three, apart by a thin space.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.split_at(digits.len() - digits.trim_start_matches('-').len());
    let mut text = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// A length of time in seconds as people say it: `under a second`, `about 12 s`, `about 3 min`.
#[must_use]
pub fn duration(secs: f64) -> String {
    match secs {
        _ if !secs.is_finite() => "–".to_owned(),
        _ if secs < 1.0 => say("duration_short").to_owned(),
        _ if secs < 90.0 => fill("duration_seconds", &[&secs.ceil().to_string()]),
        _ => fill("duration_minutes", &[&(secs / 60.0).ceil().to_string()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_significant_digits() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (3.526_36, "3.526"),
            (0.044_412, "0.04441"),
            (9.999_96, "10"),
            (-2.4, "−2.4"),
            (1234.56, "1235"),
            (123_456.0, "123\u{2009}456"),
            (1e7, "10\u{2009}000\u{2009}000"),
            (1.234_56e-6, "1.235e-6"),
            (1e12, "1e12"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value), text, "{value}");
        }
    }

    #[test]
    fn durations_are_said_in_whole_units() {
        assert_eq!(duration(0.2), "under a second");
        assert_eq!(duration(12.2), "about 13 s");
        assert_eq!(duration(100.0), "about 2 min");
    }
}
