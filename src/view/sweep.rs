//! A sweep: which runs it takes, what came back, and its table. Knows no worker and no chart.

use crate::experiment::scan_snap::{DataKind, ScanSnap};
use crate::experiment::{ConfigError, Experiment, Setting, Value};
use crate::run::{Digest, Measure};
use crate::view::text::{fill, say};

/// Most runs in a sweep.
pub const MAX_RUNS: usize = 10_000;
/// Most values of a varied setting.
const MAX_VALUES: usize = 1000;

/// Not a setting but what Figure 6 varies: the learning rate of Y as a multiple of that of Z, whatever that is.
pub const RATIO: &str = "training.eta_y/training.eta_z";
/// Nanoseconds that a step of Y and Z takes for each token of its batch and for each pair of tokens, on a laptop of 2020.
const STEP_COST_NS: [f64; 2] = [5.0, 3.0];
/// Nanoseconds that a product or a sum of a transformer takes there.
const OPERATION_NS: f64 = 0.05;

/// A sweep of the paper, to be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The key of what its button says.
    pub words: &'static str,
    /// The experiment around which it sweeps.
    pub link: &'static str,
    /// What is varied, and the values; an empty path for nothing.
    pub varied: [(&'static str, &'static str); 2],
    /// First and last seed.
    pub seeds: [&'static str; 2],
    /// The number that it shows.
    pub measure: &'static str,
}

/// The sweeps of the paper: entropy of attention over learning rates.
pub const FIGURES: [Figure; 2] = [
    Figure {
        words: "sweep_fig6",
        link: "#v=1&lab=scan-snap&seed=0&data.last_tokens=1&data.next_per_last=2&model.init=uniform",
        varied: [(RATIO, "1,2,5,10"), ("training.eta_z", "0.5,1,2,3")],
        seeds: ["1", "10"],
        measure: "entropy_distinct",
    },
    // On a text that comes with the page, so narrower and shorter than the paper's.
    Figure {
        words: "sweep_fig10",
        link: "#v=1&lab=scan-snap&seed=0&data.kind=text&model.form=transformer&model.width=32&model.mlp_width=32&training.momentum=0&training.batch_size=20&training.steps=500",
        varied: [("training.eta_z", "1,2,3,4,5"), ("", "")],
        seeds: ["1", "5"],
        measure: "entropy_validation",
    },
];

/// A setting that is varied, and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Varied {
    /// The setting's path.
    pub path: &'static str,
    /// Its values, in order.
    pub values: Vec<Value>,
}

impl Varied {
    /// Reads `1, 2, 5` as values of the setting `path`.
    ///
    /// # Errors
    /// [`ConfigError`] naming the first value that is not allowed.
    pub fn read(path: &str, text: &str) -> Result<Self, ConfigError> {
        let unknown = || ConfigError::UnknownPath { path: path.to_owned() };
        let known = if path == RATIO { "training.eta_y" } else { path };
        let setting = Setting::find(known).ok_or_else(unknown)?;
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let count = parts.clone().count();
        if count > MAX_VALUES {
            let what = format!("{path}: {count} values, at most {MAX_VALUES} are taken");
            return Err(ConfigError::Unreadable { what });
        }
        let mut values = Vec::new();
        for part in parts {
            let named = |error| match error {
                ConfigError::BadValue { value, expected, .. } => {
                    ConfigError::BadValue { path: path.to_owned(), value, expected }
                }
                other => other,
            };
            let value = setting.parse(part).map_err(named)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.is_empty() {
            Err(setting.refuse(""))
        } else {
            Ok(Self { path: if path == RATIO { RATIO } else { setting.path }, values })
        }
    }
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What is run.
    pub experiment: Experiment,
    /// Index into the values of each varied setting.
    pub at: [usize; 2],
    /// What came back.
    pub outcome: Option<Result<(Digest, Vec<Measure>), String>>,
}

/// All runs of a sweep: every combination of the varied values, with every seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// One or two varied settings; the first is the x axis.
    pub varied: Vec<Varied>,
    /// The runs.
    pub cells: Vec<Cell>,
}

/// The runs with the same varied values, over their seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Index into the values of each varied setting.
    pub at: [usize; 2],
    /// Mean over the seeds that are done.
    pub mean: f64,
    /// Sample standard deviation (n - 1); 0 for a single run.
    pub std: f64,
    /// Runs that are done.
    pub count: usize,
}

/// What goes wrong when a sweep is put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SweepError {
    /// A value is not allowed, or one of the experiments is not.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Both varied settings are the same.
    #[error("{path}: varied twice")]
    Twice {
        /// The setting's path.
        path: String,
    },
    /// Too many runs.
    #[error("{runs} runs, at most {MAX_RUNS} are taken")]
    TooMany {
        /// Runs asked for.
        runs: u64,
    },
    /// The seeds are not a range.
    #[error("seeds: {given} is not allowed, expected two whole numbers, the first not above the last")]
    Seeds {
        /// What was given, shortened for display.
        given: String,
    },
}

impl Sweep {
    /// The sweep around `base`.
    ///
    /// # Errors
    /// [`SweepError`] that says what cannot be run.
    pub fn new(base: &Experiment, varied: Vec<Varied>, seeds: (u64, u64)) -> Result<Self, SweepError> {
        let target = |varied: &Varied| if varied.path == RATIO { "training.eta_y" } else { varied.path };
        if let [a, b] = &varied[..]
            && target(a) == target(b)
        {
            return Err(SweepError::Twice { path: a.path.to_owned() });
        }
        if seeds.0 > seeds.1 {
            return Err(SweepError::Seeds { given: format!("{} to {}", seeds.0, seeds.1) });
        }
        let count = varied.iter().map(|varied| varied.values.len() as u64).product::<u64>();
        let runs = count.saturating_mul((seeds.1 - seeds.0).saturating_add(1));
        if runs > MAX_RUNS as u64 {
            return Err(SweepError::TooMany { runs });
        }
        let mut cells = Vec::with_capacity(runs as usize);
        let lengths = [0, 1].map(|i| varied.get(i).map_or(1, |varied| varied.values.len()));
        for first in 0..lengths[0] {
            for second in 0..lengths[1] {
                let at = [first, second];
                let mut experiment = base.clone();
                let values = || varied.iter().zip(&at).map(|(varied, &index)| (varied.path, varied.values[index]));
                for (path, value) in values().filter(|(path, _)| *path != RATIO) {
                    experiment.set(path, &value.to_string())?;
                }
                if let Some((_, Value::Real(ratio))) = values().find(|(path, _)| *path == RATIO)
                    && let Some(Value::Real(eta_z)) = experiment.get("training.eta_z")
                {
                    experiment.set("training.eta_y", &(ratio * eta_z).to_string())?;
                }
                experiment.validate()?;
                for seed in seeds.0..=seeds.1 {
                    let experiment = Experiment { seed, ..experiment.clone() };
                    cells.push(Cell { experiment, at, outcome: None });
                }
            }
        }
        Ok(Self { varied, cells })
    }

    /// About how long all runs take on `workers` workers, in seconds: to know whether to wait, no more.
    #[must_use]
    pub fn estimate_secs(&self, workers: usize) -> f64 {
        let cost = |cell: &Cell| {
            let training = |settings: &ScanSnap| step_ns(settings) * settings.training.steps as f64 / 1e9;
            cell.experiment.scan_snap().map_or(0.0, training)
        };
        self.cells.iter().map(cost).sum::<f64>() / workers.max(1) as f64
    }

    /// Runs that came back, well or not.
    #[must_use]
    pub fn done(&self) -> usize {
        self.cells.iter().filter(|cell| cell.outcome.is_some()).count()
    }

    /// Why runs failed: how many, and the first reason.
    #[must_use]
    pub fn failures(&self) -> Option<(usize, &str)> {
        let mut errors = self.cells.iter().filter_map(|cell| match &cell.outcome {
            Some(Err(error)) => Some(error.as_str()),
            _ => None,
        });
        let first = errors.next()?;
        Some((errors.count() + 1, first))
    }

    /// Mean and spread of the number `name` for each combination that has at least one run done.
    #[must_use]
    pub fn groups(&self, name: &str) -> Vec<Group> {
        let value = |cell: &Cell| match &cell.outcome {
            Some(Ok((_, summary))) => summary.iter().find(|measure| measure.name == name).map(|measure| measure.value),
            _ => None,
        };
        let same = |a: &Cell, b: &Cell| a.at == b.at;
        let group = |cells: &[Cell]| {
            let values: Vec<f64> = cells.iter().filter_map(value).collect();
            let count = values.len();
            if count == 0 {
                return None;
            }
            let mean = values.iter().sum::<f64>() / count as f64;
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            let std = if count > 1 { (squares / (count - 1) as f64).sqrt() } else { 0.0 };
            Some(Group { at: cells[0].at, mean, std, count })
        };
        self.cells.chunk_by(same).filter_map(group).collect()
    }

    /// Names of the summary numbers that came back.
    #[must_use]
    pub fn measures(&self) -> Vec<String> {
        let summary = self.cells.iter().find_map(|cell| match &cell.outcome {
            Some(Ok((_, summary))) => Some(summary),
            _ => None,
        });
        summary.map_or_else(Vec::new, |summary| summary.iter().map(|measure| measure.name.clone()).collect())
    }

    /// The table of all runs that are done, as the command line writes it: varied values, seed, numbers, digest.
    #[must_use]
    pub fn csv(&self) -> String {
        let names = self.measures();
        let mut header: Vec<&str> = self.varied.iter().map(|varied| varied.path).collect();
        header.push("seed");
        header.extend(names.iter().map(String::as_str));
        header.push("digest");
        let mut text = header.join(",") + "\n";
        for cell in &self.cells {
            let Some(Ok((digest, summary))) = &cell.outcome else { continue };
            let varied = self.varied.iter().zip(&cell.at).map(|(varied, &at)| varied.values[at].to_string());
            let seed = core::iter::once(cell.experiment.seed.to_string());
            let numbers = summary.iter().map(|measure| measure.value.to_string());
            let row: Vec<String> = varied.chain(seed).chain(numbers).chain([digest.to_string()]).collect();
            text.push_str(&row.join(","));
            text.push('\n');
        }
        text
    }
}

/// About how long a step takes on a laptop of 2020.
fn step_ns(settings: &ScanSnap) -> f64 {
    let (data, model, batch) = (&settings.data, &settings.model, f64::from(settings.training.batch_size));
    let is_text = data.kind == DataKind::Text;
    let vocabulary = if is_text { f64::from(data.max_vocabulary) } else { settings.vocabulary() as f64 };
    if settings.is_transformer() {
        let [layers, width, hidden, context] =
            [model.layers, model.width, model.mlp_width, model.context].map(f64::from);
        let layer = 4.0 * width + 2.0 * hidden + context;
        return batch * context * 6.0 * width * (layers * layer + vocabulary) * OPERATION_NS;
    }
    let [token_ns, pair_ns] = STEP_COST_NS;
    batch * f64::from(data.sequence_length) * token_ns + vocabulary * vocabulary * pair_ns
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
    use crate::run::Direction;

    fn varied(path: &str, text: &str) -> Varied {
        Varied::read(path, text).expect("allowed values")
    }

    fn done(sweep: &mut Sweep, values: &[f64]) {
        for (cell, &value) in sweep.cells.iter_mut().zip(values) {
            let unit = "nats".to_owned();
            let measure = Measure { name: "entropy".into(), value, unit, better: Direction::Neither };
            cell.outcome = Some(Ok((Digest(1), vec![measure])));
        }
    }

    #[test]
    fn a_sweep_is_every_combination_with_every_seed() {
        let settings = vec![varied("training.eta_y", "1, 2,5"), varied("training.eta_z", "0.5,1")];
        let sweep = Sweep::new(&Experiment::default(), settings, (1, 10)).expect("a sweep");
        assert_eq!(sweep.cells.len(), 3 * 2 * 10);
        let last = &sweep.cells[59];
        assert_eq!((last.at, last.experiment.seed), ([2, 1], 10));
        assert_eq!(last.experiment.get("training.eta_y"), Some(Value::Real(5.0)));
        assert_eq!(last.experiment.get("training.eta_z"), Some(Value::Real(1.0)));
    }

    #[test]
    fn the_papers_sweeps_can_be_run_as_they_are() {
        for (figure, runs) in FIGURES.iter().zip([160, 25]) {
            let (link, refused) = crate::experiment::Link::parse(figure.link);
            assert_eq!((refused, link.write().as_str()), (Vec::new(), figure.link), "{}", figure.words);
            let given = figure.varied.iter().filter(|(path, _)| !path.is_empty());
            let all: Vec<Varied> = given.map(|(path, values)| varied(path, values)).collect();
            let seeds = figure.seeds.map(|seed| seed.parse().expect("a seed"));
            let sweep = Sweep::new(&link.experiment, all, (seeds[0], seeds[1])).expect("a sweep");
            assert_eq!(sweep.cells.len(), runs, "{}", figure.words);
            let secs = sweep.estimate_secs(2);
            assert!((0.1..300.0).contains(&secs), "{}: {secs} s are to be waited for", figure.words);
        }
    }

    #[test]
    fn a_ratio_follows_the_rate_it_multiplies() {
        let settings = vec![varied(RATIO, "1,10"), varied("training.eta_z", "0.5,3")];
        let sweep = Sweep::new(&Experiment::default(), settings, (1, 1)).expect("a sweep");
        let rates: Vec<_> = sweep.cells.iter().map(|cell| cell.experiment.get("training.eta_y")).collect();
        assert_eq!(rates, [0.5, 3.0, 5.0, 30.0].map(|rate| Some(Value::Real(rate))));
        let both = vec![varied(RATIO, "1"), varied("training.eta_y", "2")];
        assert!(Sweep::new(&Experiment::default(), both, (1, 1)).is_err(), "a rate cannot be two things");
    }

    #[test]
    fn more_runs_take_longer_and_more_workers_less() {
        let sweep = |to| Sweep::new(&Experiment::default(), vec![varied(RATIO, "1")], (1, to)).expect("a sweep");
        assert!(sweep(10).estimate_secs(1) > 9.0 * sweep(1).estimate_secs(1), "ten runs");
        assert!(sweep(10).estimate_secs(2) < sweep(10).estimate_secs(1), "two workers");
    }

    #[test]
    fn bad_values_twice_varied_settings_and_too_many_runs_are_refused() {
        assert!(Varied::read("training.eta_y", "1,x").is_err(), "not a number");
        assert!(Varied::read("training.eta_y", " , ").is_err(), "nothing");
        assert!(Varied::read("nothing", "1").is_err(), "unknown");
        let twice = vec![varied("training.eta_y", "1"), varied("training.eta_y", "2")];
        assert!(matches!(Sweep::new(&Experiment::default(), twice, (1, 2)), Err(SweepError::Twice { .. })), "twice");
        let one = || vec![varied("training.eta_y", "1")];
        let backwards = Sweep::new(&Experiment::default(), one(), (3, 2)).expect_err("3 to 2 is no range");
        assert!(backwards.to_string().contains("3 to 2"), "{backwards}");
        let long = Varied::read("training.eta_y", &"1,2,".repeat(1000)).expect_err("too many values");
        assert!(long.to_string().contains("2000 values, at most 1000"), "{long}");
        let many = Sweep::new(&Experiment::default(), one(), (0, u64::MAX));
        assert!(matches!(many, Err(SweepError::TooMany { .. })), "too many");
    }

    #[test]
    fn runs_are_grouped_into_mean_and_sample_deviation() {
        let mut sweep =
            Sweep::new(&Experiment::default(), vec![varied("training.eta_y", "1,2")], (1, 3)).expect("a sweep");
        done(&mut sweep, &[1.0, 2.0, 3.0, 7.0]);
        let groups = sweep.groups("entropy");
        assert_eq!(groups[0], Group { at: [0, 0], mean: 2.0, std: 1.0, count: 3 });
        assert_eq!(groups[1], Group { at: [1, 0], mean: 7.0, std: 0.0, count: 1 });
        assert_eq!(sweep.done(), 4);
    }

    #[test]
    fn the_table_has_a_row_for_each_run_that_is_done() {
        let mut sweep =
            Sweep::new(&Experiment::default(), vec![varied("training.eta_y", "1,2")], (1, 2)).expect("a sweep");
        done(&mut sweep, &[0.5]);
        sweep.cells[1].outcome = Some(Err("training diverged".into()));
        assert_eq!(sweep.csv(), "training.eta_y,seed,entropy,digest\n1,1,0.5,0000000000000001\n");
        assert_eq!(sweep.failures(), Some((1, "training diverged")));
    }

    #[test]
    fn durations_are_said_in_whole_units() {
        assert_eq!(duration(0.2), "under a second");
        assert_eq!(duration(12.2), "about 13 s");
        assert_eq!(duration(100.0), "about 2 min");
    }
}
