//! Numbers as text: four significant digits to read, the shortest exact form to compute with. Knows only numbers.

/// A number with at most four significant digits: `3.526`, `0.0444`, `12 346`, `1.2e-6`; `–` for what is none.
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
    minus(match exponent {
        -4..=3 => trim(&fixed(value, (3 - exponent) as usize)).to_owned(),
        4..=6 => grouped(&fixed(value, 0)),
        7..=8 if value.fract() == 0.0 => grouped(&fixed(value, 0)),
        _ => format!("{}e{exponent}", trim(mantissa)),
    })
}

fn trim(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// The shortest text that reads back as exactly this `f32`; empty for what is not finite.
#[must_use]
pub fn exact(value: f32) -> String {
    if value.is_finite() { format!("{value}") } else { String::new() }
}

/// `value` with `decimals` digits after the point, for ticks of one axis.
#[must_use]
pub fn fixed(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// A typographic minus for a hyphen in front.
#[must_use]
pub fn minus(text: String) -> String {
    match text.strip_prefix('-') {
        Some("0") => "0".to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// `12345.5` as `12 345.5`, with narrow no-break spaces; four digits stay together, and minus zero is zero.
#[must_use]
pub fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let whole = digits.find('.').unwrap_or(digits.len());
    if sign == "-" && digits.bytes().all(|b| b == b'0' || b == b'.') {
        return digits.to_owned();
    }
    let mut out = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if whole > 4 && i > 0 && i < whole && (whole - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_significant_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (3.526_36, "3.526"),
            (0.044_412, "0.04441"),
            (0.000_123_456, "0.0001235"),
            (9.999_96, "10"),
            (-2.4, "−2.4"),
            (1234.56, "1235"),
            (123_456.0, "123\u{202f}456"),
            (123_456.7, "123\u{202f}457"),
            (1e7, "10\u{202f}000\u{202f}000"),
            (12_345_678.5, "1.235e7"),
            (1.234_56e-6, "1.235e-6"),
            (-1.234_56e-6, "−1.235e-6"),
            (1e12, "1e12"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value), text, "{value}");
        }
    }

    #[test]
    fn exact_numbers_read_back_bit_for_bit() {
        for bits in (0..u32::MAX).step_by(1_234_577) {
            let value = f32::from_bits(bits);
            if value.is_finite() {
                let text = exact(value);
                assert_eq!(text.parse::<f32>().map(f32::to_bits), Ok(bits), "{text}");
            }
        }
    }
}
