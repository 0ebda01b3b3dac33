//! How charts look: themes, sizes, palettes, strokes. Knows nothing of frames or of what is drawn.

/// A colour, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// This colour and `other` mixed, `share` (0 to 1) of the other.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let channel = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share + 0.5) as u8;
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }
}

/// The colours of a chart that are not data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Behind everything.
    pub background: Rgb,
    /// Titles, labels, the chart's main line.
    pub ink: Rgb,
    /// Grid lines and axes.
    pub grid: Rgb,
    /// Tick labels, common tokens, what stands back.
    pub muted: Rgb,
    /// Whether ink is light on a dark ground.
    pub dark: bool,
}

impl Theme {
    /// Dark ink on white.
    pub const LIGHT: Self = Self {
        background: Rgb(255, 255, 255),
        ink: Rgb(27, 31, 35),
        grid: Rgb(226, 229, 232),
        muted: Rgb(92, 99, 106),
        dark: false,
    };
    /// Light ink on near-black.
    pub const DARK: Self = Self {
        background: Rgb(20, 23, 26),
        ink: Rgb(232, 234, 236),
        grid: Rgb(47, 53, 59),
        muted: Rgb(160, 167, 174),
        dark: true,
    };

    /// The `i`th colour for categories: those of Okabe and Ito that stand out 3 to 1 from the background.
    #[must_use]
    pub fn category(&self, i: usize) -> Rgb {
        const ON_LIGHT: [Rgb; 5] =
            [Rgb(0, 114, 178), Rgb(213, 94, 0), Rgb(0, 138, 100), Rgb(190, 96, 148), Rgb(27, 31, 35)];
        const ON_DARK: [Rgb; 5] =
            [Rgb(86, 180, 233), Rgb(230, 159, 0), Rgb(0, 178, 130), Rgb(204, 121, 167), Rgb(232, 234, 236)];
        if self.dark { ON_DARK[i % 5] } else { ON_LIGHT[i % 5] }
    }

    /// A line's colour for the magnitude `share` (0 to 1): the part of viridis that can be read on the background.
    #[must_use]
    pub fn ramp(&self, share: f64) -> Rgb {
        if self.dark { viridis(0.35 + 0.65 * share) } else { viridis(0.59 * share) }
    }

    /// A cell's colour for the magnitude `share` (0 to 1).
    #[must_use]
    pub fn magnitude(&self, share: f64) -> Rgb {
        viridis(share)
    }

    /// A cell's colour for a signed value, `share` from -1 (orange) over 0 (nearly the background) to 1 (blue).
    #[must_use]
    pub fn signed(&self, share: f64) -> Rgb {
        const BELOW: [Rgb; 3] = [Rgb(244, 178, 92), Rgb(214, 112, 14), Rgb(120, 52, 4)];
        const ABOVE: [Rgb; 3] = [Rgb(134, 188, 226), Rgb(33, 120, 186), Rgb(6, 52, 104)];
        const BELOW_DARK: [Rgb; 3] = [Rgb(126, 68, 14), Rgb(214, 120, 24), Rgb(255, 205, 130)];
        const ABOVE_DARK: [Rgb; 3] = [Rgb(20, 78, 124), Rgb(52, 142, 208), Rgb(172, 222, 255)];
        let middle = self.background.mix(self.ink, 0.05);
        let [a, b, c] = match (share < 0.0, self.dark) {
            (true, false) => BELOW,
            (false, false) => ABOVE,
            (true, true) => BELOW_DARK,
            (false, true) => ABOVE_DARK,
        };
        along(&[middle, a, b, c], share.abs())
    }
}

/// The matplotlib palette viridis at `share` (0 to 1), between 11 of its colours.
#[must_use]
pub fn viridis(share: f64) -> Rgb {
    const STOPS: [Rgb; 11] = [
        Rgb(68, 1, 84),
        Rgb(72, 36, 117),
        Rgb(65, 68, 135),
        Rgb(53, 95, 141),
        Rgb(42, 120, 142),
        Rgb(33, 145, 140),
        Rgb(34, 168, 132),
        Rgb(68, 191, 112),
        Rgb(122, 209, 81),
        Rgb(189, 223, 38),
        Rgb(253, 231, 37),
    ];
    along(&STOPS, share)
}

/// The colour at `share` (0 to 1; NaN counts as 0) along evenly spaced `stops`.
fn along(stops: &[Rgb], share: f64) -> Rgb {
    let last = stops.len() - 1;
    let at = share.clamp(0.0, 1.0) * last as f64;
    let i = (at as usize).min(last);
    stops[i].mix(stops[(i + 1).min(last)], at - i as f64)
}

/// How large a chart is. Everything is laid out in CSS pixels; `scale` only makes the device's pixels finer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Width, CSS pixels.
    pub width: u32,
    /// Height, CSS pixels.
    pub height: u32,
    /// Backend pixels for each CSS pixel.
    pub scale: f64,
}

impl Size {
    /// Width and height in backend pixels.
    #[must_use]
    pub fn device(&self) -> (u32, u32) {
        let pixels = |css: u32| (f64::from(css.max(1)) * self.scale + 0.5) as u32;
        (pixels(self.width).max(1), pixels(self.height).max(1))
    }
}

/// Dashes and gaps of a line, CSS pixels; empty for a solid line.
pub type Dash = &'static [f64];

/// Line patterns that tell categories apart without colour.
pub const DASHES: [Dash; 5] = [&[], &[7.0, 3.0], &[2.0, 2.5], &[9.0, 3.0, 2.0, 3.0], &[4.0, 2.0]];
/// A dotted line: the pinned run, asymptotes.
pub const DOTTED: Dash = &[1.5, 3.0];
/// A dashed line: common tokens, closed forms.
pub const DASHED: Dash = &[6.0, 3.5];

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub color: Rgb,
    /// Width, CSS pixels.
    pub width: f64,
    /// Pattern.
    pub dash: Dash,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG's contrast ratio.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        };
        let luminance = |c: Rgb| 0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2);
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_reaches_aa_contrast_in_both_themes() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            assert!(contrast(theme.ink, theme.background) >= 7.0, "ink on {:?}", theme.background);
            assert!(contrast(theme.muted, theme.background) >= 4.5, "muted on {:?}", theme.background);
        }
    }

    #[test]
    fn lines_stand_out_three_to_one_in_both_themes() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            for i in 0..5 {
                let ratio = contrast(theme.category(i), theme.background);
                assert!(ratio >= 3.0, "category {i} on {:?}: {ratio}", theme.background);
            }
            for i in 0..=20 {
                let ratio = contrast(theme.ramp(f64::from(i) / 20.0), theme.background);
                assert!(ratio >= 3.0, "ramp {i}/20 on {:?}: {ratio}", theme.background);
            }
        }
    }

    #[test]
    fn viridis_gets_lighter_all_the_way() {
        let black = Rgb(0, 0, 0);
        let lightness: Vec<f64> = (0..=100).map(|i| contrast(viridis(f64::from(i) / 100.0), black)).collect();
        assert!(lightness.is_sorted(), "a larger magnitude is never darker");
    }

    #[test]
    fn palettes_take_any_number() {
        for share in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 7.0] {
            let _ = (viridis(share), Theme::DARK.signed(share), Theme::LIGHT.ramp(share));
        }
    }
}
