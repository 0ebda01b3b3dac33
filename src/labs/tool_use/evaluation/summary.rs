//! What items come to: means with intervals, of all and of each kind and tool, and which tool is taken for which.

use super::item::{Evaluation, Item, Kind};
use crate::labs::tool_use::interval::interval;
use crate::labs::tool_use::metrics::Metrics;
use crate::labs::tool_use::strict::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Means of the paper's metrics over some predictions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    /// How many predictions.
    pub n: u64,
    /// How many of them pass the strict score.
    pub strict: u64,
    /// Sums of thought, action, args, success and iou.
    sums: [f64; 5],
}

impl Means {
    /// Names of the metrics, in their order.
    pub const NAMES: [&'static str; 5] = ["thought", "action", "args", "success", "iou"];

    fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut means = Self::default();
        for item in items {
            let Metrics { thought, action, args, success, iou } = item.metrics;
            means.n += 1;
            means.strict += u64::from(item.failure.is_none());
            for (sum, value) in means.sums.iter_mut().zip([thought, action, args, success, iou]) {
                *sum += value;
            }
        }
        means
    }

    /// Each metric's mean; nothing without predictions.
    #[must_use]
    pub fn means(&self) -> Option<[f64; 5]> {
        (self.n > 0).then(|| self.sums.map(|sum| sum / self.n as f64))
    }

    /// Each metric's interval, as [`interval`] has it.
    #[must_use]
    pub fn intervals(&self) -> Option<[[f64; 2]; 5]> {
        let mut all = [[0.0; 2]; 5];
        for (found, sum) in all.iter_mut().zip(self.sums) {
            *found = interval(sum, self.n)?;
        }
        Some(all)
    }
}

/// A tool that samples ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// How many calls of it samples ask for.
    pub calls: u64,
    /// How many of these name it.
    pub named: u64,
    /// Sum of how alike the arguments of these calls are.
    pub args: f64,
    /// Predictions of samples that ask for it.
    pub n: u64,
    /// How many of them succeed.
    pub successes: u64,
}

/// How often one tool was called where another one should be; nothing is no call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// The tool that should be called.
    pub truth: Option<String>,
    /// The tool that is.
    pub prediction: Option<String>,
    /// How often.
    pub count: u64,
}

impl Evaluation {
    /// Over all predictions.
    #[must_use]
    pub fn means(&self) -> Means {
        Means::of(self.items.iter())
    }

    /// Over those of each kind.
    #[must_use]
    pub fn kinds(&self) -> [(Kind, Means); 4] {
        Kind::ALL.map(|kind| (kind, Means::of(self.items.iter().filter(|item| item.kind == kind))))
    }

    /// How many samples of a kind have no prediction.
    #[must_use]
    pub fn missing_of(&self, kind: Kind) -> u64 {
        self.missing.iter().filter(|missing| missing.kind == kind).count() as u64
    }

    /// How many predictions fail the strict score for each reason, missing ones among them.
    #[must_use]
    pub fn failures(&self) -> [(Reason, u64); 9] {
        Reason::ALL.map(|reason| {
            let is_it = |item: &&Item| item.failure.as_ref().is_some_and(|failure| failure.reason == reason);
            let missing = if reason == Reason::Missing { self.missing.len() } else { 0 };
            (reason, (self.items.iter().filter(is_it).count() + missing) as u64)
        })
    }

    /// Each tool that samples ask for, by name.
    #[must_use]
    pub fn tools(&self) -> Vec<Tool> {
        let mut tools: BTreeMap<&str, Tool> = BTreeMap::new();
        for item in &self.items {
            let mut seen = BTreeSet::new();
            for step in &item.steps {
                let Some(name) = step.truth.as_deref() else { continue };
                let tool = tools.entry(name).or_insert_with(|| Tool { name: name.to_owned(), ..Tool::default() });
                tool.calls += 1;
                tool.named += u64::from(step.prediction.as_deref() == Some(name));
                tool.args += step.args;
                if seen.insert(name) {
                    tool.n += 1;
                    tool.successes += u64::from(item.metrics.success == 1.0);
                }
            }
        }
        tools.into_values().collect()
    }

    /// Which tool is called for which, place by place, by names.
    #[must_use]
    pub fn confusion(&self) -> Vec<Confusion> {
        let mut counts: BTreeMap<[Option<&str>; 2], u64> = BTreeMap::new();
        for step in self.items.iter().flat_map(|item| &item.steps) {
            *counts.entry([step.truth.as_deref(), step.prediction.as_deref()]).or_default() += 1;
        }
        let owned = |name: Option<&str>| name.map(str::to_owned);
        let mut rows = Vec::new();
        for ([truth, prediction], count) in counts {
            rows.push(Confusion { truth: owned(truth), prediction: owned(prediction), count });
        }
        rows
    }
}
