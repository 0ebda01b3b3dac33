//! Transformers as files: `train` makes one through a session, `generate` continues a prompt with one.

use super::args::{Generate, Own, Train};
use super::data;
use super::{CliError, Done, file_error, print, read, run, split};
use crate::experiment::{Experiment, Link};
use crate::transformer::export::export_pytorch;
use crate::transformer::{Generator, Model, Sampler, Sampling, safetensors};
use std::fs::File;
use std::io::Write;

/// What `train` starts from: the protocol of docs/papers.md 1.6 "WikiText".
const PROTOCOL: &str = "#v=1&data.kind=text&model.form=transformer&training.eta_z=5&training.momentum=0&training.batch_size=20&training.steps=1000";

/// Largest model that is read, bytes.
const MAX_MODEL_BYTES: u64 = 1 << 30;

/// Trains a transformer on a text and saves it.
pub fn train(ask: &Train) -> Result<(), CliError> {
    let mut experiment: Experiment = Link::parse(PROTOCOL).0.experiment;
    for change in &ask.set {
        let (path, value) = split(change, "--set")?;
        experiment.set(path, value)?;
    }
    let own = Own { data: Some(ask.data.clone()), ..Own::default() };
    let texts = data::given(&own, &mut experiment)?;
    experiment.validate()?;
    if experiment.get("model.form").is_none_or(|form| form.to_string() != "transformer") {
        return Err(CliError::Input("model.form: only a transformer can be saved, expected transformer".to_owned()));
    }
    // Before the work: a file that cannot be written must not cost a run.
    let create = |path| File::create(path).map_err(|error| file_error(path, error));
    let mut out = create(&ask.out)?;
    let mut script = ask.pytorch.as_deref().map(create).transpose()?;
    let Done { report, stopped, file } = run(&experiment, &texts)?;
    if let Some(error) = stopped {
        return Err(CliError::Failed(error));
    }
    let bytes = file.ok_or_else(|| CliError::Failed("the run has no weights to save".to_owned()))?;
    out.write_all(&bytes).map_err(|error| file_error(&ask.out, error))?;
    let saved = safetensors::load(&bytes).map_err(|error| CliError::Failed(error.to_string()))?;
    if let (Some(script), Some(path)) = (&mut script, &ask.pytorch) {
        script.write_all(export_pytorch(&saved.config).as_bytes()).map_err(|error| file_error(path, error))?;
    }
    let number = |name| report.measure(name).unwrap_or(f64::NAN);
    print(&format!(
        "{}: {} weights, {} tokens; after {} steps held-out loss {:.4} nats, perplexity {:.2}, digest {}\n",
        ask.out.display(),
        saved.params.len(),
        saved.config.vocabulary,
        report.step,
        number("validation_loss"),
        number("perplexity"),
        report.digest,
    ))
}

/// Continues a prompt, each token printed as it is picked.
pub fn generate(ask: &Generate) -> Result<(), CliError> {
    let name = ask.model.display();
    let refused = |what: String| CliError::Input(format!("{name}: {what}"));
    let bytes = read(&ask.model, MAX_MODEL_BYTES, "a model")?;
    let saved = safetensors::load(&bytes).map_err(|error| refused(error.to_string()))?;
    let vocabulary =
        saved.vocabulary.ok_or_else(|| refused("the file has no vocabulary to read a prompt by".to_owned()))?;
    let sampling = Sampling { temperature: ask.temperature, top_k: ask.top_k, top_p: ask.top_p };
    let mut sampler = Sampler::new(sampling, ask.seed).map_err(|error| CliError::Input(format!("--{error}")))?;
    let mut tokens = Vec::new();
    vocabulary.encode(&ask.prompt, &mut tokens);
    if tokens.is_empty() {
        return Err(CliError::Input("--prompt: has no words, expected some text to continue".to_owned()));
    }
    let model = Model::with_params(saved.config, 1, saved.params);
    let (context, mut generator) = (model.config().context, Generator::new(&model));
    print(&vocabulary.decode(&tokens))?;
    let mut fresh = tokens.len().min(context);
    for _ in 0..ask.tokens {
        if fresh > generator.room(&model) {
            // The context is full: the later half of it goes on.
            generator.clear();
            fresh = (context / 2).min(tokens.len());
        }
        let token = sampler.pick(generator.push(&model, &tokens[tokens.len() - fresh..]));
        tokens.push(token);
        fresh = 1;
        let word = vocabulary.decode(&[token]);
        print(&if vocabulary.kind() == "bytes" { word } else { format!(" {word}") })?;
        // Whoever reads has read enough, or there is nobody.
        let _ = std::io::stdout().flush();
    }
    print("\n")
}
