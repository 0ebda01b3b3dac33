//! The theory-only run: Theorem 4's equations integrated step by step beside their closed form (Figs. 3, 8, 9).

use super::history::record_every;
use super::theory::{Constants, Integral};
use crate::experiment::scan_snap::{Family, ScanSnap};
use crate::run::{
    Array, Check, Checkpoint, Digest, Direction, Focus, Frame, Measure, Report, Run, RunError, Series, Verdict,
};

/// Theorem 4 as a run: a step is a unit of time.
#[derive(Clone, Debug)]
pub struct Curves {
    constants: Constants,
    family: Vec<Constants>,
    rates: Vec<f64>,
    steps: u64,
    step_idx: u64,
    now: Integral,
    /// h after as many whole visits of each class as there were by now, floor(t / K).
    h_visits: f64,
    recorded: Vec<(u64, Integral, f64)>,
}

impl Curves {
    /// The run at t = 0.
    #[must_use]
    pub fn new(settings: &ScanSnap) -> Self {
        let constants = Constants {
            classes: f64::from(settings.theory.classes),
            vocabulary: f64::from(settings.theory.vocabulary),
            eta_y: settings.training.eta_y,
            eta_z: settings.training.eta_z,
            c0: settings.theory.c0,
        };
        let (factors, fixed_ratio): (&[f64], bool) = match settings.theory.family {
            Family::EtaY => (&[0.5, 1.0, 2.0, 5.0], false),
            Family::Nu => (&[0.5, 1.0, 2.0, 4.0, 8.0], true),
        };
        let family = factors.iter().map(|factor| Constants {
            eta_y: constants.eta_y * factor,
            eta_z: constants.eta_z * if fixed_ratio { *factor } else { 1.0 },
            ..constants
        });
        let family: Vec<Constants> = family.collect();
        let rate = |member: &Constants| if fixed_ratio { member.eta_z } else { member.eta_y };
        Self {
            rates: family.iter().map(rate).collect(),
            family,
            constants,
            steps: settings.training.steps,
            step_idx: 0,
            now: Integral::default(),
            h_visits: 0.0,
            recorded: vec![(0, Integral::default(), 0.0)],
        }
    }

    fn shown(&self) -> &[(u64, Integral, f64)] {
        let count = self.recorded.partition_point(|(t, ..)| *t <= self.step_idx);
        &self.recorded[..count]
    }

    fn series(&self) -> Vec<Series> {
        let of = |name: &str, value: &dyn Fn(u64, &Integral) -> f64| Series {
            name: name.to_owned(),
            values: self.shown().iter().map(|(t, integral, _)| value(*t, integral)).collect(),
        };
        let h_visits = self.shown().iter().map(|(.., h)| *h).collect();
        let c = &self.constants;
        vec![
            of("step", &|t, _| t as f64),
            of("b_numeric", &|_, integral| integral.b),
            of("b_theory", &|t, _| c.b(t as f64)),
            of("b_early", &|t, _| c.b_early(t as f64)),
            of("b_late", &|t, _| c.b_late(t as f64)),
            of("chi", &|_, integral| libm::exp(2.0 * integral.b)),
            of("gamma", &|_, integral| c.gamma_at(integral.h)),
            of("h", &|_, integral| integral.h),
            Series { name: "h_visits".to_owned(), values: h_visits },
        ]
    }

    /// The largest difference between the integrated and the closed B_n so far.
    fn gap(&self) -> f64 {
        let gap = |(t, integral, _): &(u64, Integral, f64)| (integral.b - self.constants.b(*t as f64)).abs();
        self.shown().iter().map(gap).fold(0.0, f64::max)
    }

    /// Growth of B_n in a unit of time in the second half of what passed since t0, as a share of its fastest growth.
    fn growth_slows(&self) -> Check {
        let check = |verdict, value| Check { claim: "growth_slows".to_owned(), verdict, value };
        let t0 = self.constants.late_start();
        if t0 >= self.steps as f64 {
            return check(Verdict::DoesNotApply("ends_before_t0".to_owned()), f64::NAN);
        }
        let t = self.step_idx as f64;
        if t <= t0 {
            return check(Verdict::Fails, f64::NAN);
        }
        let rate =
            |from: &(u64, Integral, f64), to: &(u64, Integral, f64)| (to.1.b - from.1.b) / (to.0 - from.0) as f64;
        let fastest = self.shown().windows(2).map(|pair| rate(&pair[0], &pair[1])).fold(0.0, f64::max);
        let from = (t0 + t) / 2.0;
        let value = (self.now.b - self.constants.b(from)) / (t - from) / fastest;
        check(if value < 0.25 { Verdict::Holds } else { Verdict::Fails }, value)
    }
}

impl Run for Curves {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        for _ in 0..budget.min(self.steps - self.step_idx) {
            let mut next = self.now;
            next.step(&self.constants);
            if !(next.h.is_finite() && next.z.is_finite() && next.b.is_finite()) {
                return Err(RunError::Diverged { step: self.step_idx + 1, what: "B_n".to_owned() });
            }
            self.now = next;
            self.step_idx += 1;
            if self.step_idx.is_multiple_of(self.constants.classes as u64) {
                self.h_visits = self.constants.next_h(self.h_visits);
            }
            let due = self.step_idx.is_multiple_of(record_every(self.steps)) || self.step_idx == self.steps;
            if due && self.recorded.last().is_none_or(|(last, ..)| *last < self.step_idx) {
                self.recorded.push((self.step_idx, self.now, self.h_visits));
            }
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let count = self.shown().len();
        let mut arrays: Vec<Array> = self
            .series()
            .into_iter()
            .map(|series| {
                let name = if series.name == "step" { "recorded" } else { &series.name };
                Array::new(name, &[count], series.values.iter().map(|&value| value as f32).collect())
            })
            .collect();
        let (members, times) = (self.family.len(), self.shown());
        let curves = |of: fn(f64) -> f64| {
            let member = |constants: &Constants| {
                let constants = *constants;
                times.iter().map(move |(t, ..)| of(constants.b(*t as f64)) as f32)
            };
            self.family.iter().flat_map(member).collect::<Vec<f32>>()
        };
        arrays.push(Array::new("family_b", &[members, count], curves(|b| b)));
        arrays.push(Array::new("family_chi", &[members, count], curves(|b| libm::exp(2.0 * b))));
        arrays.push(Array::new("family_rate", &[members], self.rates.iter().map(|&rate| rate as f32).collect()));
        let t0 = self.family.iter().map(|constants| constants.late_start() as f32).collect();
        arrays.push(Array::new("family_t0", &[members], t0));
        arrays.push(Array::scalar("t0_early", self.constants.early_end() as f32));
        arrays.push(Array::scalar("t0", self.constants.late_start() as f32));
        let gap = self.gap();
        let verdict = if gap < 1e-4 { Verdict::Holds } else { Verdict::Fails };
        let closed_form = Check { claim: "closed_form".to_owned(), verdict, value: gap };
        Frame {
            step: self.step_idx,
            steps: self.steps,
            focus: Focus { class: 0, ..focus },
            arrays,
            labels: Vec::new(),
            checks: vec![closed_form, self.growth_slows()],
            ..Frame::default()
        }
    }

    fn report(&self) -> Report {
        let measure = |name: &str, value| Measure {
            name: name.to_owned(),
            value,
            unit: String::new(),
            better: Direction::Neither,
        };
        Report {
            step: self.step_idx,
            digest: self.digest(),
            summary: vec![
                measure("b_numeric", self.now.b),
                measure("b_theory", self.constants.b(self.step_idx as f64)),
                measure("t0_early", self.constants.early_end()),
                measure("t0", self.constants.late_start()),
            ],
            series: self.series(),
            details: Vec::new(),
        }
    }

    fn digest(&self) -> Digest {
        Digest(xxhash_rust::xxh64::xxh64(&self.checkpoint().state, self.step_idx))
    }

    fn checkpoint(&self) -> Checkpoint {
        let state = [self.now.h, self.now.z, self.now.b].iter().flat_map(|value| value.to_le_bytes()).collect();
        Checkpoint { step_idx: self.step_idx, state }
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        let mut values = checkpoint.state.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes));
        let mut next = || values.next().unwrap_or(0.0);
        self.now = Integral { h: next(), z: next(), b: next() };
        self.step_idx = checkpoint.step_idx;
        // Not part of the state, as it follows from the step alone.
        let visits = self.step_idx / self.constants.classes as u64;
        self.h_visits = (0..visits).fold(0.0, |h, _| self.constants.next_h(h));
    }
}
