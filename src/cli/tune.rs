//! Tunes the base of the tool-use lab, and scores it before and after on samples it never saw.

use super::args::Tune;
use super::{CliError, print_json, read};
use crate::lab::tool_use::interval::interval;
use crate::lab::tool_use::pipeline::{Form, Pipeline, Scenes, Settings as Data};
use crate::lab::tool_use::student::Base;
use crate::lab::tool_use::student::replies::Student;
use crate::lab::tool_use::student::tuning::{Settings, Tuning};
use crate::lab::tool_use::{Catalogue, Sample};
use crate::transformer::{LoraSettings, Model, safetensors};
use serde_json::{Value, json};

/// Largest base that is read, bytes.
const MOST: u64 = 1 << 26;
/// Seeds of samples to be judged by follow those of samples to learn from at this distance.
const APART: u64 = 1 << 32;

/// Tunes, scores, prints.
pub fn run(ask: &Tune) -> Result<(), CliError> {
    let bytes = read(&ask.base, MOST, "a base")?;
    let refused = |why: String| CliError::Input(format!("{}: {why}", ask.base.display()));
    let saved = safetensors::load(&bytes).map_err(|error| refused(error.to_string()))?;
    let vocabulary = saved.vocabulary.ok_or_else(|| refused("no vocabulary in it".to_owned()))?;
    let base = Base { config: saved.config, params: saved.params, vocabulary };
    let data = |form, seed| Data { seed, form, ..Data::default() };
    let samples = made(data(Form::Training, ask.seed), Catalogue::seen(), ask.scenes);
    let usual = Settings::default();
    let settings = Settings {
        lora: LoraSettings { rank: ask.rank, ..usual.lora.clone() },
        rate: ask.rate,
        batch: ask.batch,
        steps: ask.steps,
        ..usual
    };
    let mut tuning =
        Tuning::new(&base, &samples, settings, ask.seed).map_err(|error| CliError::Input(error.to_string()))?;
    let judged = [Catalogue::seen(), Catalogue::unseen()].map(|catalogue| {
        // One scene has a wish for each tool.
        let scenes = (ask.judged as u64).div_ceil(catalogue.tools().len() as u64) * 2;
        let mut all = made(data(Form::Judged, ask.seed + APART), catalogue, scenes);
        all.truncate(ask.judged);
        all
    });
    let untuned = Model::with_params(base.config, 1, base.params.clone());
    let before: Vec<Value> = judged.iter().map(|samples| score(&untuned, &base, samples, 0)).collect();
    let bar = indicatif::ProgressBar::new(ask.steps);
    let mut losses = Vec::new();
    while let Some(loss) = tuning.step() {
        losses.push(loss);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let after: Vec<Value> = judged.iter().map(|samples| score(tuning.model(), &base, samples, ask.show)).collect();
    print_json(&json!({
        "samples": samples.len(),
        "too_long": tuning.too_long(),
        "tokens": tuning.tokens(),
        "loss": losses,
        "seen": { "before": before[0], "after": after[0] },
        "unseen": { "before": before[1], "after": after[1] },
    }))
}

/// Samples of so many scenes.
fn made(settings: Data, catalogue: Catalogue, scenes: u64) -> Vec<Sample> {
    let mut pipeline = Pipeline::new(settings, catalogue, Scenes::Drawn(scenes), Vec::new());
    let mut samples = Vec::new();
    while pipeline.step(&mut |sample| samples.push(sample)) {}
    samples
}

/// Mean metrics with their intervals, and some replies.
fn score(model: &Model, base: &Base, samples: &[Sample], show: usize) -> Value {
    let mut student = Student::new(model, &base.vocabulary);
    let (mut sums, mut strict) = ([0.0; 5], 0.0);
    let mut shown = Vec::new();
    for sample in samples {
        let found = student.judged(sample);
        let m = found.metrics;
        for (sum, value) in sums.iter_mut().zip([m.thought, m.action, m.args, m.success, m.iou]) {
            *sum += value;
        }
        strict += f64::from(u8::from(found.failure.is_none()));
        if let Some(failure) = found.failure.filter(|_| shown.len() < show) {
            shown.push(json!({ "said": sample.user_input, "truth": sample.output, "reply": found.output, "reason": failure.reason.name() }));
        }
    }
    let n = samples.len() as u64;
    let rate = |sum: f64| json!({ "rate": sum / n as f64, "interval": interval(sum, n) });
    let [thought, action, args, success, iou] = sums.map(rate);
    json!({ "n": n, "thought": thought, "action": action, "args": args, "success": success, "iou": iou, "strict": rate(strict), "failures": shown })
}
