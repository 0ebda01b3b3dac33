//! The reader's own files. They never leave the machine. Small ones are read as a whole and kept for every worker that is
//! started ([`Tables`]); texts and samples are read piece by piece, by a worker that then takes the page's place ([`Pieces`]).

use super::entry::Labs;
use super::feature::{Feature, Then};
use super::shell::Shell;
use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::{Experiment, Own};
use crate::number::grouped;
use crate::page::platform::dom;
use crate::page::platform::engine::{Engine, OwnFile};
use crate::protocol::{Command, Event, SNIFFED, TableKind};
use crate::run::Frame;
use crate::view::text::{fill, say};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// Names and bytes of files.
type Files = Vec<(String, Vec<u8>)>;

/// What came of files, in a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The sentence; empty where there is nothing to say.
    pub sentence: String,
    /// Whether files were refused.
    pub is_refused: bool,
}

impl Outcome {
    fn read(sentence: String) -> Self {
        Self { sentence, is_refused: false }
    }

    fn refused(name: &str, error: &str) -> Self {
        Self { sentence: fill("own_refused", &[name, error]), is_refused: true }
    }
}

/// The files of a list that the browser made.
pub fn list(files: &web_sys::FileList) -> Vec<File> {
    (0..files.length()).filter_map(|at| files.get(at)).collect()
}

/// The first bytes of a file.
async fn bytes(file: &File, end: f64) -> Result<Vec<u8>, String> {
    let part = file.slice_with_f64_and_f64(0.0, end).map_err(|error| dom::error_text(&error))?;
    let buffer = JsFuture::from(part.array_buffer()).await.map_err(|error| dom::error_text(&error))?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Files that are read as a whole. A handle, in the context.
#[derive(Clone, Copy)]
pub struct Tables {
    /// What came of the last ones.
    pub outcome: RwSignal<Outcome>,
    shell: Shell,
    labs: Labs,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    /// What every new worker is given, in the order in which kinds came.
    kept: Vec<(TableKind, Files)>,
    /// What was sent and waits for its answer.
    sent: Vec<(TableKind, Files)>,
    /// Who brings kinds that come with the page.
    bringers: Vec<(TableKind, Rc<dyn Fn(Then)>)>,
}

fn put(list: &mut Vec<(TableKind, Files)>, kind: TableKind, files: Files) {
    match list.iter_mut().find(|(known, _)| *known == kind) {
        Some((_, known)) => *known = files,
        None => list.push((kind, files)),
    }
}

fn take(list: &mut Vec<(TableKind, Files)>, kind: TableKind) -> Option<Files> {
    let at = list.iter().position(|(known, _)| *known == kind)?;
    Some(list.remove(at).1)
}

impl Feature for Tables {
    fn for_worker(&self) -> Vec<Command> {
        let command = |(kind, files): &(TableKind, Files)| Command::Tables { kind: *kind, files: files.clone() };
        self.inner.with_value(|inner| inner.kept.iter().map(command).collect())
    }

    fn heard(&self, event: &Event) {
        match event {
            Event::Tabled { kind, own } => self.taken(*kind, own),
            Event::Refused { name, error } => {
                let is_of = |files: &Files| files.iter().any(|(file, _)| file == name);
                self.inner.update_value(|inner| inner.sent.retain(|(_, files)| !is_of(files)));
                self.outcome.set(Outcome::refused(name, error));
            }
            _ => {}
        }
    }
}

impl Tables {
    /// No files yet.
    pub fn start(shell: Shell) -> Self {
        let inner = StoredValue::new_local(Inner::default());
        let tables = Self { outcome: RwSignal::default(), shell, labs: Labs::here(), inner };
        shell.add(tables);
        tables
    }

    /// The tables of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether files of a kind are kept.
    pub fn has(self, kind: TableKind) -> bool {
        self.inner.with_value(|inner| inner.kept.iter().any(|(known, _)| *known == kind))
    }

    /// The bytes of the first file of a kind that is kept.
    pub fn first(self, kind: TableKind) -> Option<Vec<u8>> {
        self.inner.with_value(|inner| {
            let (_, files) = inner.kept.iter().find(|(known, _)| *known == kind)?;
            files.first().map(|(_, bytes)| bytes.clone())
        })
    }

    /// Names who brings a kind that comes with the page.
    pub fn brought_by(self, kind: TableKind, bring: impl Fn(Then) + 'static) {
        self.inner.update_value(|inner| inner.bringers.push((kind, Rc::new(bring))));
    }

    /// Keeps files that came with the page, and gives them to the worker that is there.
    pub fn keep(self, kind: TableKind, files: Files) {
        self.inner.update_value(|inner| put(&mut inner.kept, kind, files.clone()));
        self.shell.ask(&Command::Tables { kind, files });
    }

    /// Says nothing of the last files any more.
    pub fn forget_outcome(self) {
        self.outcome.set(Outcome::default());
    }

    /// Says why a file was refused.
    pub fn refuse(self, name: &str, error: &str) {
        self.outcome.set(Outcome::refused(name, error));
    }

    /// Takes files, told apart by their first bytes. Those that `in_pieces` takes, by kind and size, go to it.
    pub fn take(self, files: Vec<File>, in_pieces: impl Fn(TableKind, &File) -> bool + 'static) {
        self.forget_outcome();
        let experiment = self.shell.experiment.get_untracked();
        spawn_local(async move {
            let mut whole = Vec::new();
            for file in files {
                let name = file.name();
                let head = match bytes(&file, SNIFFED as f64).await {
                    Ok(head) => head,
                    Err(error) => {
                        self.refuse(&name, &error);
                        continue;
                    }
                };
                let kind = experiment.lab.settings().kind_of(&head);
                if kind.is_some_and(|kind| in_pieces(kind, &file)) {
                    continue;
                }
                let size = file.size();
                if size > MAX_TEXT_BYTES as f64 {
                    self.refuse(&name, &format!("the file has {size} bytes, at most {MAX_TEXT_BYTES} are read"));
                    continue;
                }
                match bytes(&file, size).await {
                    Ok(bytes) => whole.push((name, bytes)),
                    Err(error) => self.refuse(&name, &error),
                }
            }
            self.sort_out(whole);
        });
    }

    /// Gives files to the worker, those of a kind together, in the order of the lab's kinds.
    pub fn sort_out(self, files: Files) {
        let lab = self.shell.experiment.get_untracked().lab;
        for kind in lab.known().files {
            let is_of = |bytes: &[u8]| lab.settings().kind_of(bytes) == Some(*kind);
            let of_kind: Files = files.iter().filter(|(_, bytes)| is_of(bytes)).cloned().collect();
            if !of_kind.is_empty() {
                self.give(*kind, of_kind);
            }
        }
    }

    /// Takes a file that the page made, as if it had been chosen.
    pub fn hand(self, kind: TableKind, name: String, bytes: Vec<u8>) {
        self.forget_outcome();
        self.give(kind, vec![(name, bytes)]);
    }

    /// Gives files to the page's worker, and runs what it takes; what they need is brought first.
    fn give(self, kind: TableKind, files: Files) {
        let mut all = self.labs.0.iter().flat_map(|lab| lab.needs);
        let needs = all.find(|(of, _)| *of == kind).map(|(_, needed)| *needed);
        let bringer = needs.filter(|needed| !self.has(*needed)).and_then(|needed| {
            let is_of = |(kind, _): &&(TableKind, Rc<dyn Fn(Then)>)| *kind == needed;
            self.inner.with_value(|inner| inner.bringers.iter().find(is_of).map(|(_, bring)| bring.clone()))
        });
        if let Some(bring) = bringer {
            return bring(Box::new(move |is_here| {
                if is_here {
                    self.give(kind, files);
                }
            }));
        }
        self.inner.update_value(|inner| put(&mut inner.sent, kind, files.clone()));
        self.shell.ask(&Command::Tables { kind, files });
    }

    /// Keeps what the worker took, and runs it.
    fn taken(self, kind: TableKind, own: &Own) {
        let mut waits = None;
        self.inner.update_value(|inner| waits = take(&mut inner.sent, kind));
        // A worker that was given what is kept says so too.
        let Some(files) = waits else { return };
        self.inner.update_value(|inner| put(&mut inner.kept, kind, files));
        // What was refused beside it stays said.
        if !self.outcome.with_untracked(|outcome| outcome.is_refused) {
            self.outcome.set(Outcome::read(fill("tables_read", &[&own.name])));
        }
        let mut experiment = self.shell.experiment.get_untracked();
        if adopt(&mut experiment, kind, own.clone()) {
            self.shell.replace(experiment);
        }
    }
}

/// Makes an experiment one about a file, where its lab has files of that kind; says whether it has.
fn adopt(experiment: &mut Experiment, kind: TableKind, own: Own) -> bool {
    let settings = experiment.lab.settings_mut();
    settings.turn_to(kind);
    let Some(place) = settings.adopt(kind) else { return false };
    *place = own;
    true
}

/// A kind of file that is read piece by piece.
#[derive(Clone, Copy)]
pub struct PiecesKind {
    /// What it is.
    pub kind: TableKind,
    /// Whether an experiment is about such a file.
    pub is_of: fn(&Experiment) -> bool,
}

/// A file that is read piece by piece. A handle.
#[derive(Clone, Copy)]
pub struct Pieces {
    /// Name and share of the file that is being read.
    pub reading: RwSignal<Option<(String, f64)>>,
    /// What came of the last one.
    pub outcome: RwSignal<Outcome>,
    /// What is in samples that were read last.
    pub contents: RwSignal<Arc<Frame>>,
    kind: PiecesKind,
    shell: Shell,
    inner: StoredValue<Reading, LocalStorage>,
}

#[derive(Default)]
struct Reading {
    /// The worker that reads, and what.
    reader: Option<(Engine, File)>,
    /// The file that was read last.
    file: Option<File>,
}

impl Feature for Pieces {
    fn file_for(&self, experiment: &Experiment) -> Option<OwnFile> {
        let file = self.inner.with_value(|inner| inner.file.clone());
        file.filter(|_| (self.kind.is_of)(experiment)).map(|file| OwnFile { kind: self.kind.kind, file })
    }
}

impl Pieces {
    /// No file yet.
    pub fn start(shell: Shell, kind: PiecesKind) -> Self {
        let pieces = Self {
            reading: RwSignal::new(None),
            outcome: RwSignal::default(),
            contents: RwSignal::default(),
            kind,
            shell,
            inner: StoredValue::new_local(Reading::default()),
        };
        shell.add(pieces);
        pieces
    }

    /// Starts reading a file, in a worker of its own.
    pub fn read(self, file: File) {
        self.outcome.set(Outcome::default());
        self.reading.set(Some((file.name(), 0.0)));
        // Whether this worker has become the page's: from then on what breaks it breaks a run, whatever else is being read.
        let adopted = Rc::new(Cell::new(false));
        let given = OwnFile { kind: self.kind.kind, file };
        let engine = Engine::start(true, Some(&given), move |event| self.hear(&adopted, event));
        match engine {
            Ok(engine) => self.inner.update_value(|inner| inner.reader = Some((engine, given.file))),
            Err(error) => self.refuse(&given.file.name(), &error),
        }
    }

    fn hear(self, adopted: &Cell<bool>, event: Event) {
        match event {
            Event::Reading { name, seen, size } => self.reading.set(Some((name, seen as f64 / size as f64))),
            Event::Loaded { text, tokens, words } => {
                let numbers = [tokens, words].map(|count| grouped(&count.to_string()));
                self.outcome.set(Outcome::read(fill("own_read", &[&text.name, &numbers[0], &numbers[1]])));
                adopted.set(true);
                self.adopt(text);
            }
            Event::Sampled { own, found } => {
                self.outcome.set(Outcome::read(fill("tables_read", &[&own.name])));
                adopted.set(true);
                self.contents.set(Arc::new(found));
                self.adopt(own);
            }
            Event::Refused { name, error } => self.refuse(&name, &error),
            Event::Failed { run: None, error } if !adopted.get() => self.refuse("", &error),
            event => self.shell.hear(event),
        }
    }

    /// Runs what was read, on the worker that read it.
    fn adopt(self, own: Own) {
        self.reading.set(None);
        let mut engine = None;
        self.inner.update_value(|inner| {
            if let Some((reader, file)) = inner.reader.take() {
                engine = Some(reader);
                inner.file = Some(file);
            }
        });
        let mut experiment = self.shell.experiment.get_untracked();
        adopt(&mut experiment, self.kind.kind, own);
        if let Some(engine) = engine {
            self.shell.run_on(engine, experiment);
        }
    }

    fn refuse(self, name: &str, error: &str) {
        self.outcome.set(Outcome::refused(name, error));
        // The worker is calling at this moment: it goes once it has returned.
        set_timeout(move || self.cancel(), core::time::Duration::ZERO);
    }

    /// Stops reading: ends the worker that reads.
    pub fn cancel(self) {
        self.reading.set(None);
        self.inner.update_value(|inner| inner.reader = None);
    }

    /// How far the file is read, in a sentence.
    pub fn progress(self) -> String {
        self.reading.with(|reading| {
            reading.as_ref().map_or_else(String::new, |(name, share)| {
                fill("own_reading", &[name, &format!("{:.0}", 100.0 * share)])
            })
        })
    }

    /// The name of a text that was pasted.
    pub fn pasted(self, text: &str) {
        let parts = js_sys::Array::of1(&text.into());
        if let Ok(file) = File::new_with_str_sequence(&parts, say("own_pasted")) {
            self.read(file);
        }
    }
}

/// Takes files that are dropped anywhere on the page.
pub fn follow_drops(shell: Shell, labs: Labs) {
    let owner = Owner::current().expect("the page is set up within an owner");
    let files = |event: &web_sys::DragEvent| {
        let data = event.data_transfer()?;
        data.types().includes(&"Files".into(), 0).then_some(data)
    };
    window_event_listener(ev::dragover, move |event| {
        if files(&event).is_some() {
            event.prevent_default();
            dom::set_root_class("dropping", true);
        }
    });
    window_event_listener(ev::dragleave, move |_| dom::set_root_class("dropping", false));
    window_event_listener(ev::drop, move |event| {
        dom::set_root_class("dropping", false);
        let Some(data) = files(&event) else { return };
        event.prevent_default();
        if let Some(files) = data.files() {
            let lab = shell.experiment.with_untracked(|experiment| labs.of(experiment));
            // A listener on the window has no owner, and a lab finds its files in the context.
            owner.with(|| (lab.take)(shell, list(&files)));
        }
    });
}
