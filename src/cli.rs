//! The command line: the same session as the worker's, for batch work, checks and machines without a browser.
//! This is the one place that turns errors into text and exit codes.

mod args;
mod data;
mod model;
pub mod pictures;
mod pretrain;
mod records;
pub mod report;
mod samples;
mod score;
mod score_tools;
mod self_instruct;
pub mod student;
mod sweep;
mod tune;

use crate::endpoint::FormError;
use crate::experiment::setting::shorten;
use crate::experiment::{ConfigError, Experiment, Link};
use crate::labs::Library;
use crate::protocol::{Command, Event, RunId};
use crate::run::{Focus, Report};
use crate::session::Session;
use args::{Args, Ask, Subject};
use clap::Parser;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Steps worked off between looks at the progress bar.
const CHUNK: u64 = 256;

/// The same for runs on text and of explanations, whose steps take longer.
const SLOW_CHUNK: u64 = 8;

/// Why a command cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was asked for is not allowed; exit code 2.
    #[error("{0}")]
    Input(String),
    /// What was asked for is fine but failed; exit code 1.
    #[error("{0}")]
    Failed(String),
    /// A file cannot be read or written; exit code 1.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl From<FormError> for CliError {
    fn from(error: FormError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::Input(error.to_string())
    }
}

/// Carries out the command line; one line on standard error says what went wrong.
#[must_use]
pub fn main() -> ExitCode {
    let outcome = match Args::try_parse() {
        Ok(args) => carry_out(args),
        // Help and version are no errors; clap knows where each goes.
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => Err(CliError::Input(one_line(&error.render().to_string()))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may be there to hear it.
            let _ = writeln!(io::stderr(), "snapscope: {error}");
            ExitCode::from(if matches!(error, CliError::Input(_)) { 2 } else { 1 })
        }
    }
}

/// What clap says of bad arguments, without its usage, in one line.
fn one_line(text: &str) -> String {
    let said = text.split("\n\n").next().unwrap_or(text);
    let words: Vec<&str> = said.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

fn carry_out(args: Args) -> Result<(), CliError> {
    match args.ask {
        Ask::Run { subject, own, out } => {
            let mut experiment = link(&subject)?.experiment;
            let texts = data::given(&own, &mut experiment)?;
            // Before the work: a file that cannot be written must not cost a run.
            let mut file = match &out {
                Some(path) => Some(fs::File::create(path).map_err(|error| file_error(path, error))?),
                None => None,
            };
            let Done { report, stopped, .. } = run(&experiment, &texts)?;
            print_by(|out| crate::report::write(out, &experiment, &report))?;
            if let (Some(file), Some(path)) = (&mut file, &out) {
                file.write_all(report::series_csv(&report).as_bytes()).map_err(|error| file_error(path, error))?;
            }
            stopped.map_or(Ok(()), |error| Err(CliError::Failed(error)))
        }
        Ask::Sweep(sweep) => sweep::run(&sweep),
        Ask::Train(train) => model::train(&train),
        Ask::ScoreExplanations(ask) => score::run(&ask),
        Ask::ScoreTools(ask) => score_tools::run(&ask),
        Ask::SelfInstruct(ask) => self_instruct::run(&ask),
        Ask::Samples { file } => samples::run(&file),
        Ask::Pretrain(ask) => pretrain::run(&ask),
        Ask::Tune(ask) => tune::run(&ask),
        Ask::Pictures { out } => pictures::run(&out),
        Ask::Generate(generate) => model::generate(&generate),
        Ask::Link { subject } => print(&format!("{}\n", link(&subject)?.write())),
        Ask::Show { subject } => print(&format!("{:#}\n", link(&subject)?.experiment.to_json())),
        Ask::Bench { json } => {
            let clock = std::time::SystemTime::now();
            let table = crate::bench::run(&|| clock.elapsed().unwrap_or(Duration::ZERO).as_secs_f64())
                .map_err(CliError::Failed)?;
            print(&if json { format!("{:#}\n", table.to_json()) } else { table.to_string() })
        }
        Ask::Reference => print(&report::settings_markdown()),
    }
}

/// The link a subject names: a file holding JSON or a link, or a link itself, then the changes of `--set`, which a
/// digest does not outlive.
fn link(subject: &Subject) -> Result<Link, CliError> {
    let given = subject.experiment.trim();
    let name = shorten(given);
    let text = if given.starts_with('#') || given.starts_with("v=") || given.contains("://") {
        given.to_owned()
    } else {
        let bytes = read(Path::new(given), crate::experiment::json::MAX_BYTES as u64, "an experiment")?;
        String::from_utf8(bytes).map_err(|error| CliError::Input(format!("{name}: not UTF-8 text: {error}")))?
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut link = if text.starts_with(['{', '[']) {
        Link { experiment: Experiment::from_json(text)?, ..Link::default() }
    } else {
        let (link, refused) = Link::parse(text);
        match refused.into_iter().next() {
            _ if text.is_empty() => return Err(CliError::Input(format!("{name}: the file is empty"))),
            _ if !text.contains('=') && !text.contains("://") => {
                return Err(CliError::Input(format!("{name}: neither JSON nor a link")));
            }
            Some(error) => return Err(error.into()),
            None => link,
        }
    };
    for change in &subject.set {
        let (path, value) = split(change, "--set")?;
        link.experiment.set(path, value)?;
        link.digest = None;
    }
    link.experiment.validate()?;
    Ok(link)
}

/// `PATH=VALUE` in two.
fn split<'a>(text: &'a str, option: &str) -> Result<(&'a str, &'a str), CliError> {
    let what = || CliError::Input(format!("{option} {text}: expected PATH=VALUE"));
    text.split_once('=').ok_or_else(what)
}

/// What became of a run.
struct Done {
    report: Report,
    /// Why it went no further, if it did not reach its end.
    stopped: Option<String>,
    /// Its weights as a file, where they are a transformer's.
    file: Option<Vec<u8>>,
}

/// Runs an experiment to its end, or as far as it goes; with progress on a terminal.
fn run(experiment: &Experiment, texts: &Library) -> Result<Done, CliError> {
    let id = RunId(0);
    let mut library = texts.clone();
    student::give(&mut library, experiment);
    let mut session = Session::with_library(library);
    let mut events = session.apply(Command::Start {
        run: id,
        experiment: experiment.clone(),
        focus: Focus::default(),
        seek: 0,
        playing: true,
        pace: f64::INFINITY,
    });
    // Nothing was begun: what was asked for is not allowed.
    if let Some(Event::Failed { error, .. }) = events.first() {
        return Err(CliError::Input(error.clone()));
    }
    let is_slow = experiment.needs_all();
    let bar = indicatif::ProgressBar::new(0);
    if is_slow {
        bar.set_style(data::bar_style());
    }
    let mut stopped = None;
    loop {
        for event in &events {
            match event {
                Event::Failed { error, .. } => stopped = Some(error.clone()),
                Event::Progress { frame, .. } => {
                    bar.set_length(frame.steps);
                    bar.set_position(frame.step);
                    if let (Some(loss), Some(judging)) = (frame.values("loss").last(), frame.scalar("judging")) {
                        let judging =
                            if judging.is_nan() { String::new() } else { format!(", judging reply {judging}") };
                        bar.set_message(format!("loss {loss:.3}{judging}"));
                    }
                    if let Some(perplexity) = frame.values("perplexity").last() {
                        bar.set_message(format!("held-out perplexity {perplexity:.1}"));
                    }
                }
                _ => {}
            }
        }
        // Finished, or back at the last good step of a run that diverged.
        if session.pace() == 0.0 {
            bar.finish_and_clear();
            let answers = [Command::Report { run: id }, Command::Save { run: id }].map(|ask| session.apply(ask).pop());
            let [Some(Event::Reported { report, .. }), Some(Event::Saved { file, .. })] = answers else {
                return Err(CliError::Failed(stopped.unwrap_or_else(|| "the session gave no report".to_owned())));
            };
            return Ok(Done { report, stopped, file });
        }
        // The bar wants a frame now and then, not for every chunk of a quick run.
        if bar.length() != Some(0) && !bar.is_hidden() {
            session.apply(Command::Drawn { run: id });
        }
        events = session.step(if is_slow { SLOW_CHUNK } else { CHUNK });
    }
}

/// The bytes of a file, at most `most`; `what` it is says why no more.
fn read(path: &Path, most: u64, what: &str) -> Result<Vec<u8>, CliError> {
    let refused = |said: String| CliError::Input(format!("{}: {said}", shorten(&path.to_string_lossy())));
    let about = fs::metadata(path).map_err(|error| refused(error.to_string()))?;
    // A device or a pipe may never end.
    if !about.is_file() {
        return Err(refused("not a file".to_owned()));
    }
    if about.len() > most {
        return Err(refused(format!("{} bytes, {what} has at most {most}", about.len())));
    }
    fs::read(path).map_err(|error| file_error(path, error))
}

fn file_error(path: &Path, error: io::Error) -> CliError {
    CliError::File { path: path.to_owned(), error }
}

fn print(text: &str) -> Result<(), CliError> {
    heard(io::stdout().write_all(text.as_bytes()))
}

/// Writes as it goes, holding no more than a line's worth.
fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    print_by(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        out.write_all(b"\n")
    })
}

/// Prints what `write` writes, as it comes.
fn print_by(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    heard(write(&mut out).and_then(|()| out.flush()))
}

fn heard(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        // Whoever reads has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(CliError::File { path: "standard output".into(), error }),
        Ok(()) => Ok(()),
    }
}
