//! Settings as controls: groups, which of them matter at the moment, sliders and ranges in words. Reads the table of
//! settings; keeps nothing.

use crate::experiment::setting::Useful;
use crate::experiment::{Experiment, Kind, Setting, Value};
use crate::number::significant;
use crate::view::text::fill;

/// Groups of settings of an experiment's lab, in the order of the page.
#[must_use]
pub fn groups(experiment: &Experiment) -> &'static [&'static str] {
    experiment.lab.known().groups
}

/// The settings of a group that matter for `experiment`, in the table's order.
#[must_use]
pub fn group(name: &str, experiment: &Experiment) -> Vec<&'static Setting> {
    let mine = |setting: &&Setting| group_of(setting.path) == name && matters(setting.path, experiment);
    experiment.settings().iter().filter(mine).collect()
}

/// The group a setting is shown in; the seed has none, it stands beside the run's buttons.
#[must_use]
pub fn group_of(path: &str) -> &str {
    path.split_once('.').map_or("", |(group, _)| group)
}

/// Whether a setting changes anything, given the others.
#[must_use]
pub fn matters(path: &str, experiment: &Experiment) -> bool {
    experiment.lab.settings().matters(path)
}

/// How many settings of a group differ from their defaults.
#[must_use]
pub fn changed(name: &str, experiment: &Experiment) -> usize {
    group(name, experiment).iter().filter(|setting| !setting.is_default(experiment)).count()
}

/// Places on a slider.
pub const PLACES: u32 = 200;

/// A slider over the useful part of a number's range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    low: f64,
    high: f64,
    log: bool,
    whole: bool,
}

impl Slider {
    /// The slider of a setting; none for words, flags and the seed.
    #[must_use]
    pub fn new(setting: &Setting) -> Option<Self> {
        let whole = matches!(setting.kind, Kind::Integer { .. });
        if let Some(Useful { low, high, log }) = setting.slider {
            return Some(Self { low, high, log, whole });
        }
        let (low, high) = match setting.kind {
            // The seed is no amount of anything.
            Kind::Integer { max: u64::MAX, .. } | Kind::Choice(_) | Kind::Flag => return None,
            Kind::Integer { min, max } => (min as f64, max as f64),
            Kind::Real { min, max, .. } => (min, max),
        };
        Some(Self { low, high, log: false, whole })
    }

    /// The place of a value, from 0 to [`PLACES`]; values beyond the ends stand at them.
    #[must_use]
    pub fn place(&self, value: Value) -> u32 {
        let value = match value {
            Value::Integer(value) => value as f64,
            Value::Real(value) => value,
            Value::Choice(_) | Value::Flag(_) => return 0,
        };
        let value = value.clamp(self.low, self.high);
        let part = if self.log {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        libm::round(part * f64::from(PLACES)) as u32
    }

    /// The value at a place as text: two significant digits, whole where it must be.
    #[must_use]
    pub fn text(&self, place: u32) -> String {
        let part = f64::from(place.min(PLACES)) / f64::from(PLACES);
        let value = if self.log {
            self.low * libm::pow(self.high / self.low, part)
        } else {
            self.low + part * (self.high - self.low)
        };
        let short: f64 = if self.log { format!("{value:.1e}").parse().unwrap_or(value) } else { value };
        let value = short.clamp(self.low, self.high);
        if self.whole { format!("{value:.0}") } else { format!("{}", libm::round(value * 1000.0) / 1000.0) }
    }
}

/// The range of a setting in words: `1 to 50`.
#[must_use]
pub fn range(setting: &Setting) -> Option<String> {
    match setting.kind {
        Kind::Integer { max: u64::MAX, .. } | Kind::Choice(_) | Kind::Flag => None,
        Kind::Integer { min, max } => Some(fill("range", &[&min.to_string(), &significant(max as f64)])),
        Kind::Real { min, max, open } => {
            let key = if open { "range_above" } else { "range" };
            Some(fill(key, &[&min.to_string(), &significant(max)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Lab;

    fn with(changes: &[(&str, &str)]) -> Experiment {
        let mut experiment = Experiment::default();
        for (path, text) in changes {
            experiment.set(path, text).expect("an allowed value");
        }
        experiment
    }

    #[test]
    fn every_setting_stands_in_exactly_one_group_except_the_seed() {
        for setting in Lab::ALL.iter().flat_map(|lab| lab.settings).filter(|setting| setting.path != "seed") {
            let groups = (setting.lab)().known().groups;
            assert!(groups.contains(&group_of(setting.path)), "{}", setting.path);
        }
    }

    #[test]
    fn settings_that_change_nothing_are_left_out() {
        assert!(!matters("training.batch_size", &with(&[("data.sampling", "exact")])), "exact has no batch");
        assert!(!matters("training.momentum", &with(&[("training.optimizer", "adam")])), "Adam has its own");
        assert!(!matters("theory.c0", &Experiment::default()), "constants of the theory-only mode");
        let theory = with(&[("data.kind", "theory")]);
        let text = with(&[("data.kind", "text")]);
        assert!(matters("model.residual", &text) && !matters("model.width", &text), "Y and Z have no width");
        let text = with(&[("data.kind", "text"), ("model.form", "transformer")]);
        assert!(matters("model.width", &text) && !matters("training.eta_y", &text), "a transformer has no Y");
        assert!(!matters("data.last_tokens", &text) && !matters("theory.c0", &text), "a text has no classes");
        assert!(matters("theory.c0", &theory) && !matters("data.last_tokens", &theory), "theory has no data");
    }

    #[test]
    fn every_place_of_every_slider_is_an_allowed_value() {
        for setting in Lab::ALL.iter().flat_map(|lab| lab.settings) {
            let Some(slider) = Slider::new(setting) else { continue };
            for place in 0..=PLACES {
                let text = slider.text(place);
                assert!(setting.parse(&text).is_ok(), "{} at {place}: {text}", setting.path);
            }
            let default = slider.place(setting.default_value());
            assert!((0..=PLACES).contains(&default), "{}: default on the slider", setting.path);
        }
    }

    #[test]
    fn a_slider_comes_back_to_where_it_was_put() {
        let setting = Setting::find("training.eta_y").expect("a setting");
        let slider = Slider::new(setting).expect("a slider");
        for place in (0..=PLACES).step_by(10) {
            let value = setting.parse(&slider.text(place)).expect("allowed");
            assert!(slider.place(value).abs_diff(place) <= 1, "{place} became {}", slider.place(value));
        }
    }

    #[test]
    fn ranges_are_said_in_words() {
        let range_of = |path| range(Setting::find(path).expect("a setting"));
        assert_eq!(range_of("data.last_tokens").as_deref(), Some("1 to 50"));
        assert_eq!(range_of("theory.c0").as_deref(), Some("above 0 to 1\u{202f}000\u{202f}000"));
        assert_eq!(range_of("seed"), None);
    }
}
