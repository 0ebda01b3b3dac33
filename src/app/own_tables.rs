//! The reader's own files, but for texts and samples: chosen, dropped or typed, kept here for every worker that is started, and
//! never sent away.

use super::dom;
use super::element::{El, button, div, el, fold, text};
use super::leptos::*;
use super::live::Live;
use super::own_text;
use super::shell::Shell;
use crate::experiment::encoding::SubjectKind;
use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::tool_use::{Samples, TaskKind, ToolUse};
use crate::experiment::{Experiment, Lab, Own};
use crate::protocol::{Command, Event, SNIFFED, TableKind};
use crate::run::Frame;
use crate::view::explained;
use crate::view::text::{fill, say};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, FileList, HtmlInputElement, HtmlTextAreaElement};

/// Names and bytes of files.
type Files = Vec<(String, Vec<u8>)>;

/// What is known of the reader's tables. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct State {
    /// What is in the samples that were read last.
    pub contents: Live<Frame>,
    /// What came of the last ones, in a sentence; whether they were refused.
    outcome: Live<(String, bool)>,
    /// What is kept, and what was sent and waits for its answer: of each kind the files.
    inner: StoredValue<[Option<Files>; 2 * KINDS.len()], LocalStorage>,
}

/// All kinds there are.
const KINDS: [TableKind; 10] = [
    TableKind::Distribution,
    TableKind::Explanations,
    TableKind::Sentences,
    TableKind::Tools,
    TableKind::Captions,
    TableKind::Truth,
    TableKind::Predictions,
    TableKind::Base,
    TableKind::Adapters,
    TableKind::Answers,
];

fn place(kind: TableKind) -> usize {
    KINDS.iter().position(|other| *other == kind).unwrap_or_default()
}

/// What a file is, in the lab that is shown.
fn kind_of(shell: Shell, bytes: &[u8]) -> TableKind {
    let kind = shell.experiment.peek(|experiment| experiment.lab.settings().kind_of(bytes));
    kind.unwrap_or(TableKind::Distribution)
}

/// Whether a file is one of samples to learn from: those with ids may be to be judged by too, but only small ones are, and only by
/// who does not tune.
fn is_read_in_pieces(shell: Shell, kind: TableKind, size: f64) -> bool {
    let tunes =
        |experiment: &Experiment| matches!(&experiment.lab, Lab::ToolUse(asked) if asked.task.kind == TaskKind::Tune);
    match kind {
        TableKind::Samples => true,
        TableKind::Truth => size > MAX_TEXT_BYTES as f64 || shell.experiment.peek(tunes),
        _ => false,
    }
}

fn is_of_tools(experiment: &Experiment) -> bool {
    matches!(experiment.lab, Lab::ToolUse(_))
}

impl State {
    /// No tables yet.
    pub fn new() -> Self {
        Self {
            contents: Live::new(Frame::default()),
            outcome: Live::new((String::new(), false)),
            inner: StoredValue::new_local(Default::default()),
        }
    }

    /// What gives a new worker the tables that are kept.
    pub fn commands(self) -> Vec<Command> {
        self.inner.with_value(|inner| {
            let command = |kind| Some(Command::Tables { kind, files: inner[place(kind)].clone()? });
            KINDS.into_iter().filter_map(command).collect()
        })
    }

    /// Whether the student's base is here.
    pub fn has_base(self) -> bool {
        self.inner.with_value(|inner| inner[place(TableKind::Base)].is_some())
    }

    /// Loads the student, its base and its adapters, then goes on, told whether they are here; a failure is said.
    pub fn load_base(self, shell: Shell, then: Box<dyn FnOnce(bool)>) {
        let coming = say("base_coming");
        shell.notices.update(|notices| notices.push(coming.to_owned()));
        dom::boot("snapscopeStudent", move |brought| {
            shell.notices.update(|notices| notices.retain(|notice| notice != coming));
            let is_here = self.has_base() || brought.is_ok();
            match brought {
                Ok(_) if self.has_base() => {}
                Err(error) => shell.notices.update(|notices| notices.push(fill("base_failed", &[&dom::words(&error)]))),
                Ok(brought) => {
                    let brought = js_sys::Array::from(&brought);
                    let files: Files = ["base.safetensors", "adapters.safetensors"]
                        .into_iter()
                        .zip(brought.iter())
                        .map(|(name, bytes)| (name.to_owned(), js_sys::Uint8Array::new(&bytes).to_vec()))
                        .collect();
                    self.inner.update_value(|inner| inner[place(TableKind::Base)] = Some(files.clone()));
                    // A worker that is there already is given them too.
                    shell.ask(&Command::Tables { kind: TableKind::Base, files });
                }
            }
            then(is_here);
        });
    }

    /// What came of the last files.
    pub fn outcome(self) -> Option<El> {
        let (sentence, is_refused) = self.outcome.get();
        let [class, role] = if is_refused { ["error", "alert"] } else { ["hint", "status"] };
        (!sentence.is_empty()).then(|| text("p", &sentence).class(class).attr("role", role))
    }

    /// Says nothing of the last files any more.
    pub fn forget_outcome(self) {
        self.outcome.set((String::new(), false));
    }

    /// Takes files, told apart by their first lines; samples to learn from are read elsewhere, piece by piece.
    pub fn take(self, shell: Shell, files: &FileList) {
        self.forget_outcome();
        let all: Vec<File> = (0..files.length()).filter_map(|at| files.get(at)).collect();
        let count = all.len();
        let read: Live<Vec<Option<(String, Vec<u8>)>>> = Live::new(Vec::new());
        // None where there is nothing to sort out: read elsewhere, or not at all.
        let one_is_read = move |file| {
            read.update(|read| read.push(file));
            if read.peek(Vec::len) == count {
                self.sort_out(shell, read.now().into_iter().flatten().collect());
            }
        };
        for file in all {
            let (head, sorted) = (file.clone(), move |head: Option<Vec<u8>>| {
                let Some(head) = head else { return one_is_read(None) };
                let (name, size) = (file.name(), file.size());
                if is_read_in_pieces(shell, kind_of(shell, &head), size) {
                    shell.own_samples.read(shell, file.clone());
                    one_is_read(None);
                } else if size > MAX_TEXT_BYTES as f64 {
                    let error = format!("the file has {size} bytes, at most {MAX_TEXT_BYTES} are read");
                    self.outcome.set((fill("own_refused", &[&name, &error]), true));
                    one_is_read(None);
                } else {
                    self.bytes(&file, size, Box::new(move |bytes| one_is_read(bytes.map(|bytes| (name, bytes)))));
                }
            });
            self.bytes(&head, SNIFFED as f64, Box::new(sorted));
        }
    }

    /// The first bytes of a file; none, and why, where it cannot be read.
    fn bytes(self, file: &File, end: f64, then: Box<dyn FnOnce(Option<Vec<u8>>)>) {
        let name = file.name();
        let read = move |bytes: Result<JsValue, JsValue>| match bytes {
            Ok(buffer) => then(Some(js_sys::Uint8Array::new(&buffer).to_vec())),
            Err(error) => {
                self.outcome.set((fill("own_refused", &[&name, &dom::words(&error)]), true));
                then(None);
            }
        };
        match file.slice_with_f64_and_f64(0.0, end) {
            Ok(part) => dom::after(&part.array_buffer(), read),
            Err(error) => read(Err(error)),
        }
    }

    /// Keeps what is in samples that were read.
    pub fn found(self, contents: Frame) {
        self.outcome.set((String::new(), false));
        self.contents.set(contents);
    }

    fn sort_out(self, shell: Shell, files: Files) {
        for kind in KINDS {
            let of_kind = |(_, bytes): &&(String, Vec<u8>)| kind_of(shell, bytes) == kind;
            let files: Files = files.iter().filter(of_kind).cloned().collect();
            if !files.is_empty() {
                self.give(shell, kind, files);
            }
        }
    }

    /// The answers of a teacher that are kept.
    pub fn answers(self) -> Option<Vec<u8>> {
        self.inner
            .with_value(|inner| inner[place(TableKind::Answers)].as_ref()?.first().map(|(_, bytes)| bytes.clone()))
    }

    /// Takes a file that the page made, as if it had been chosen.
    pub fn hand(self, shell: Shell, kind: TableKind, name: String, bytes: Vec<u8>) {
        self.forget_outcome();
        self.give(shell, kind, vec![(name, bytes)]);
    }

    /// Gives files to the page's worker, and runs what it takes. Adapters are checked against the base, which must be here.
    fn give(self, shell: Shell, kind: TableKind, files: Files) {
        if kind == TableKind::Adapters && !self.has_base() {
            let then = move |is_here| {
                if is_here {
                    self.give(shell, kind, files);
                }
            };
            return self.load_base(shell, Box::new(then));
        }
        self.inner.update_value(|inner| inner[KINDS.len() + place(kind)] = Some(files.clone()));
        shell.ask(&Command::Tables { kind, files });
    }

    /// Takes in what became of them, and runs what was taken.
    pub fn hear(self, shell: Shell, event: Event) {
        match event {
            Event::Tabled { kind, own } => {
                let mut waits = None;
                self.inner.update_value(|inner| waits = inner[KINDS.len() + place(kind)].take());
                // A worker that was given what is kept says so too.
                let Some(files) = waits else { return };
                self.inner.update_value(|inner| inner[place(kind)] = Some(files));
                // What was refused beside it stays said.
                if !self.outcome.peek(|(_, is_refused)| *is_refused) {
                    self.outcome.set((fill("tables_read", &[&own.name]), false));
                }
                let mut experiment = shell.experiment.now();
                let settings = experiment.lab.settings_mut();
                settings.turn_to(kind);
                let Some(place) = settings.adopt(kind) else { return };
                *place = own;
                if kind == TableKind::Tools {
                    shell.catalogue.taken();
                }
                shell.replace(experiment);
            }
            Event::Refused { name, error } => {
                let is_of = |files: &Option<Files>| files.iter().flatten().any(|(file, _)| *file == name);
                self.inner.update_value(|inner| {
                    inner[KINDS.len()..].iter_mut().filter(|files| is_of(files)).for_each(|files| *files = None);
                });
                self.outcome.set((fill("own_refused", &[&name, &error]), true));
            }
            _ => {}
        }
    }
}

/// Makes an experiment one that learns from samples of the reader's own.
pub fn learn(experiment: &mut Experiment, own: Own) {
    if let Some(place) = experiment.lab.settings_mut().adopt(TableKind::Samples) {
        *place = own;
    }
}

/// Whether an experiment learns from samples of the reader's own.
pub fn learns_from_samples(experiment: &Experiment) -> bool {
    let of_own = |asked: &ToolUse| asked.task.kind == TaskKind::Tune && asked.data.samples == Samples::Own;
    matches!(&experiment.lab, Lab::ToolUse(settings) if of_own(settings))
}

/// Whether an experiment knows of samples of the reader's own.
pub fn has_samples(experiment: &Experiment) -> bool {
    matches!(&experiment.lab, Lab::ToolUse(settings) if settings.samples.own.digest != 0)
}

/// Whether an experiment knows of tools of the reader's own.
pub fn has_tools(experiment: &Experiment) -> bool {
    matches!(&experiment.lab, Lab::ToolUse(settings) if settings.tools.own.digest != 0)
}

/// Whether an experiment knows of captions of the reader's own.
pub fn has_captions(experiment: &Experiment) -> bool {
    matches!(&experiment.lab, Lab::ToolUse(settings) if settings.captions.own.digest != 0)
}

/// Whether an experiment knows of answers of a teacher of the reader's own.
pub fn has_answers(experiment: &Experiment) -> bool {
    matches!(&experiment.lab, Lab::ToolUse(settings) if settings.answers.own.digest != 0)
}

fn is_about(experiment: &Experiment, kind: SubjectKind) -> bool {
    matches!(&experiment.lab, Lab::Encoding(settings) if settings.subject.kind == kind)
}

/// Whether an experiment is about a table of the reader's own.
pub fn is_on_table(experiment: &Experiment) -> bool {
    is_about(experiment, SubjectKind::Own)
}

/// Whether an experiment is about sentences of the reader's own.
pub fn is_on_sentences(experiment: &Experiment) -> bool {
    is_about(experiment, SubjectKind::Sentences)
}

/// Where tables are chosen or typed, and what came of them.
pub fn chooser(shell: Shell) -> El {
    let state = shell.own_tables;
    let input = el("input")
        .attr("type", "file")
        .attr("multiple", "")
        .attr("accept", ".csv,.tsv,.json,.jsonl,.txt,.safetensors,text/csv")
        .attr("hidden", "");
    let field: HtmlInputElement = input.node().unchecked_into();
    let chosen = field.clone();
    let input = input.on("change", move |_| {
        if let Some(files) = chosen.files() {
            state.take(shell, &files);
        }
        // The same file again is news again.
        chosen.set_value("");
    });
    let area = el("textarea").attr("rows", "8").attr("aria-label", say("tables_type")).attr("spellcheck", "false");
    let typed: HtmlTextAreaElement = area.node().unchecked_into();
    let shown = typed.clone();
    // What is shown is where one starts; what was typed stays.
    let open = move |event: web_sys::Event| {
        if dom::is_open(&event) && shown.value().is_empty() {
            shown.set_value(&shell.frame.peek(|frame| explained::csv(frame)));
        }
    };
    let take = move || {
        let file = (say("tables_typed").to_owned(), typed.value().into_bytes());
        state.forget_outcome();
        state.sort_out(shell, vec![file]);
    };
    let (progress, standing) = own_text::standing(shell.own_samples);
    let of_tools = shell.experiment.peek(is_of_tools);
    let edit = fold(text("span", say("tables_type")), false).on("toggle", open);
    div("own-text")
        .add(button("", say("tables_choose"), move || field.click()))
        .add(input)
        .add(text("p", say(if of_tools { "tool_files_hint" } else { "tables_hint" })).class("hint"))
        .all((!of_tools).then(|| edit.add(area).add(button("", say("own_use"), take))))
        .maybe_of(move || state.outcome())
        .maybe_of(progress)
        .maybe_of(standing)
}
