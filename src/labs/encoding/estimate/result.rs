//! Estimated scores, with how sure one can be of them, and what can be said. Computes nothing.

/// A mean over the samples held out, with its interval of 95 % by the bootstrap (percentiles). The models are taken as they
/// are: how they would come out on other samples is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// The mean.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The meter's interval is above 0, above the floor's and above the control's.
    Encodes,
    /// It is not: which does not say that it does not encode.
    NotShown,
}

impl Verdict {
    /// In words, as reports have it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Encodes => "encodes",
            Self::NotShown => "not shown to encode",
        }
    }
}

/// How often the likeliest label is right where the model of q(y | x_v) is about as sure of it; at selections that do not
/// depend on x, as at those that do it may be off by what they encode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Samples.
    pub count: usize,
    /// Mean probability of the likeliest label.
    pub sure: f64,
    /// Part of the samples that have it.
    pub right: f64,
}

/// Estimated scores, nats.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Samples held out.
    pub held_out: usize,
    /// EVAL-X.
    pub eval_x: Interval,
    /// FRESH.
    pub fresh: Interval,
    /// ENCODE-METER as the mean difference of log-likelihoods.
    pub encode_meter: Interval,
    /// ENCODE-METER as the mean KL of the two models: never negative, so noise makes it too large.
    pub encode_meter_kl: f64,
    /// The meter of the explanation that always shows the most frequent selection. 0 for a table, to which its two questions
    /// are the same.
    pub floor: Interval,
    /// The meter of the same selections, dealt out to the samples at random.
    pub control: Interval,
    /// Calibration of the model of q(y | x_v), bins of equal width from 0 to 1.
    pub calibration: Vec<Bin>,
    /// Expected calibration error: the mean distance of `sure` to `right`.
    pub calibration_error: f64,
    /// What can be said.
    pub verdict: Verdict,
}
