//! Numbers as text: four significant digits to read, the shortest exact form to compute with. Knows only numbers.

/// `value` with four significant digits: `0.1234`, `12.34`, `5000`, `1.234e7`; whole numbers below a million as
/// they are, `–` for what is not a number.
#[must_use]
pub fn significant(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { "−∞".to_owned() };
    }
    let magnitude = value.abs();
    if magnitude < 1e6 && libm::trunc(value) == value {
        return minus(format!("{value:.0}"));
    }
    let exponent = exponent_of(magnitude);
    if !(-4..6).contains(&exponent) {
        let mantissa = value / libm::pow(10.0, f64::from(exponent));
        return minus(format!("{mantissa:.3}e{exponent}"));
    }
    minus(fixed(value, (3 - exponent).max(0) as usize))
}

/// The shortest text that reads back as exactly this `f32`; empty for what is not finite.
#[must_use]
pub fn exact(value: f32) -> String {
    if value.is_finite() { format!("{value}") } else { String::new() }
}

/// `value` with `decimals` digits after the point, for ticks of one axis.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// A typographic minus for a hyphen in front.
pub(super) fn minus(text: String) -> String {
    match text.strip_prefix('-') {
        Some("0") => "0".to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// The power of ten of `magnitude` once it is rounded to four digits: 9.9996 counts as 10.
fn exponent_of(magnitude: f64) -> i32 {
    let exponent = libm::floor(libm::log10(magnitude));
    let rounded = magnitude / libm::pow(10.0, exponent);
    exponent as i32 + i32::from(rounded >= 9.9995) - i32::from(rounded < 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_are_shown() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.123_456, "0.1235"),
            (12.345_6, "12.35"),
            (-1.5, "−1.500"),
            (9.999_96, "10.00"),
            (0.000_123_456, "0.0001235"),
            (0.000_012_345_6, "1.235e-5"),
            (123_456.0, "123456"),
            (123_456.7, "123457"),
            (12_345_678.0, "1.235e7"),
            (2.0e-30, "2.000e-30"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value), text, "{value:e}");
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
