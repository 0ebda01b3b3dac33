//! The lab's run on sentences: a [`Study`], step by step, as the page and the command line drive any run.

use super::sentences::MAX_WORDS;
use super::study::{Given, Settings, Study};
use super::{Sentences, Words};
use crate::experiment::encoding::Encoding;
use crate::experiment::{ConfigError, MEMORY_LIMIT_BYTES};
use crate::labs::encoding::estimate::{Estimate, Interval, Verdict};
use crate::labs::encoding::pages::{self, Estimates};
use crate::run::{
    Array, Check, Checkpoint, Detail, Digest, Direction, Focus, Frame, Labels, Measure, Report, Run, RunError, Series,
    Verdict as Found,
};

/// Sentences held out whose words are shown.
const SHOWN: usize = 12;

/// The run.
pub struct OnSentences {
    study: Study,
    names: Vec<String>,
    told: Vec<String>,
}

impl OnSentences {
    /// At step 0; `own` are rationales that came with the sentences, `told` what there is to tell of them.
    ///
    /// # Errors
    /// [`ConfigError`] when more words are asked for than a selection may have.
    pub fn new(
        settings: &Encoding,
        sentences: Sentences,
        own: Vec<Given>,
        mut told: Vec<String>,
        seed: u64,
    ) -> Result<Self, ConfigError> {
        let cut = sentences.cut();
        if cut.sentences > 0 {
            told.push(format!(
                "{} sentences were cut to {MAX_WORDS} words, {} words of them left out",
                cut.sentences, cut.words
            ));
        }
        let asked = Settings { size: settings.explanations.inputs as usize, ..Settings::of(sentences.len()) };
        let refused = |error: super::StudyError| match error {
            super::StudyError::OutOfRange { field: "size", value, .. } => ConfigError::BadValue {
                path: "explanations.inputs".to_owned(),
                value: value.to_string(),
                expected: "at most 8, the words that a selection of a sentence may have".to_owned(),
            },
            error => ConfigError::Data { what: error.to_string() },
        };
        let needed = Study::bytes(&sentences, &asked, own.len());
        if needed > MEMORY_LIMIT_BYTES {
            let what = format!(
                "subject: {} sentences need {} MiB, a run may use {} MiB",
                sentences.len(),
                needed >> 20,
                MEMORY_LIMIT_BYTES >> 20
            );
            return Err(ConfigError::Data { what });
        }
        let study = Study::new(sentences, asked, own, seed).map_err(refused)?;
        let names = study.names().iter().map(|name| title(name)).collect();
        Ok(Self { study, names, told })
    }

    fn estimate(&self, at: usize) -> Option<&Estimate> {
        self.study.estimates().get(at)
    }

    /// A score of each explanation, NaN where it is not estimated yet.
    fn scores(&self, name: &str, of: impl Fn(&Estimate) -> f64) -> Array {
        let m = self.names.len();
        Array::collect(name, &[m], &mut (0..m).map(|at| self.estimate(at).map_or(f32::NAN, |found| of(found) as f32)))
    }

    /// Some sentences held out, with what the explanation picks of each.
    fn words(&self, explanation: usize, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
        let task = self.study.task();
        let shown: Vec<usize> = task.held_out().iter().copied().take(SHOWN).collect();
        let picks = self.study.picks(explanation);
        let texts = |&i: &usize| task.sentences().texts(i).map(str::to_owned).collect::<Vec<_>>();
        let picked = |&i: &usize| {
            let selection: Words = picks[i];
            (0..task.words(i)).map(move |word| f32::from(u8::from(selection >> word & 1 == 1)))
        };
        let of_label = |&i: &usize| task.sentences().labels()[task.sentences().y(i)].clone();
        let marked: Vec<f32> = shown.iter().flat_map(picked).collect();
        arrays.push(Array::collect("word_counts", &[shown.len()], &mut shown.iter().map(|&i| task.words(i) as f32)));
        arrays.push(Array::new("word_picked", &[marked.len()], marked));
        labels.push(Labels { name: "words".to_owned(), texts: shown.iter().flat_map(texts).collect() });
        labels.push(Labels { name: "word_labels".to_owned(), texts: shown.iter().map(of_label).collect() });
    }
}

/// What an explanation is called in tables.
pub fn title(name: &str) -> String {
    match name {
        "gradient-input" => "gradient × input",
        "integrated-gradients" => "integrated gradients",
        "kernel-shap" => "KernelSHAP",
        "lime" => "LIME",
        "first" => "first words",
        "posi" => "POSI",
        other => other,
    }
    .to_owned()
}

impl Run for OnSentences {
    fn steps(&self) -> u64 {
        self.study.steps()
    }

    fn step_idx(&self) -> u64 {
        self.study.step_idx()
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        for _ in 0..budget.min(self.steps() - self.step_idx()) {
            self.study.step();
            if !self.study.loss().is_finite() {
                let (step, what) = (self.step_idx(), "the loss of a model".to_owned());
                return Err(RunError::Diverged { step, what });
            }
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let m = self.names.len();
        let class = focus.class.min(m.saturating_sub(1) as u32);
        let focus = Focus { class, ..focus };
        let task = self.study.task();
        let looks: Vec<_> = self.study.looks().collect();
        let series = |name: &str, of: &dyn Fn(&super::Look) -> f64| {
            Array::collect(name, &[looks.len()], &mut looks.iter().map(|look| of(look) as f32))
        };
        let mut arrays = vec![
            Array::scalar("alpha", focus.alpha as f32),
            Array::scalar("looked_at", class as f32),
            Array::scalar("is_estimated", 1.0),
            Array::scalar("sentences", task.sentences().len() as f32),
            Array::scalar("vocabulary", task.vocabulary() as f32),
            Array::scalar("accuracy_held_out", self.study.accuracy().map_or(f32::NAN, |accuracy| accuracy as f32)),
            series("recorded", &|look| look.step as f64),
            series("classifier_accuracy", &|look| look.accuracy),
            series("classifier_loss", &|look| look.loss),
            Array::new("estimate_samples", &[1], vec![task.held_out().len() as f32]),
        ];
        if !self.study.estimates().is_empty() {
            arrays.extend([
                self.scores("eval_x", |found| found.eval_x.value),
                self.scores("fresh", |found| found.fresh.value),
                self.scores("encode_meter", |found| found.encode_meter.value),
                self.scores("stripe_x", |found| found.eval_x.value - focus.alpha * found.encode_meter.value),
                self.scores("encodes", |found| f64::from(u8::from(found.verdict == Verdict::Encodes))),
            ]);
        }
        Estimates { sizes: 1, explanations: m, of: &|_, at| self.estimate(at) }.show(class as usize, &mut arrays);
        let texts = |name: &str, texts: Vec<String>| Labels { name: name.to_owned(), texts };
        let mut labels =
            vec![texts("explanations", self.names.clone()), texts("labels", task.sentences().labels().to_vec())];
        self.words(class as usize, &mut arrays, &mut labels);
        labels.push(texts("left_out", self.told.clone()));
        let checks = checks(self.study.estimates(), &self.names);
        Frame { step: self.step_idx(), steps: self.steps(), focus, arrays, labels, checks, ..Frame::default() }
    }

    fn report(&self) -> Report {
        let looks: Vec<_> = self.study.looks().collect();
        let series = |name: &str, of: &dyn Fn(&super::Look) -> f64| Series {
            name: name.to_owned(),
            values: looks.iter().map(of).collect(),
        };
        let measure =
            |name: &str, value: f64, better| Measure { name: name.to_owned(), value, unit: String::new(), better };
        let encoding = self.study.estimates().iter().filter(|found| found.verdict == Verdict::Encodes).count();
        let held_out = self.study.task().held_out().len();
        let records = self.names.iter().zip(self.study.estimates());
        Report {
            step: self.step_idx(),
            digest: self.digest(),
            summary: vec![
                measure("accuracy_held_out", self.study.accuracy().unwrap_or(f64::NAN), Direction::Higher),
                measure("shown_to_encode", encoding as f64, Direction::Neither),
            ],
            series: vec![
                series("step", &|look| look.step as f64),
                series("classifier_accuracy", &|look| look.accuracy),
                series("classifier_loss", &|look| look.loss),
            ],
            details: vec![Detail {
                name: "estimates".to_owned(),
                records: records.map(|(name, found)| pages::record(name, held_out, found)).collect(),
            }],
        }
    }

    fn digest(&self) -> Digest {
        Digest(xxhash_rust::xxh64::xxh64(&self.study.checkpoint(), self.step_idx()))
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { step_idx: self.step_idx(), state: self.study.checkpoint() }
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.study.restore(checkpoint.step_idx, &checkpoint.state);
    }
}

/// What must come out, whatever the sentences: selections that carry the label are found out, a constant mask is not.
fn checks(estimates: &[Estimate], names: &[String]) -> Vec<Check> {
    let of = |name: &str| names.iter().position(|other| other == name).and_then(|at| estimates.get(at));
    let check = |claim: &str, name: &str, wanted: Verdict| {
        let found = of(name);
        let verdict = match found {
            Some(found) if found.verdict == wanted => Found::Holds,
            Some(_) => Found::Fails,
            None => Found::DoesNotApply("not_estimated_yet".to_owned()),
        };
        let Interval { value, .. } =
            found.map_or(Interval { value: f64::NAN, low: 0.0, high: 0.0 }, |found| found.encode_meter);
        Check { claim: claim.to_owned(), verdict, value }
    };
    vec![
        check("text_posi_found", "POSI", Verdict::Encodes),
        check("text_first_not_shown", "first words", Verdict::NotShown),
    ]
}
