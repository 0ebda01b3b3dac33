//! A file of the reader's own that is read piece by piece: a text, chosen, dropped or pasted, or samples to learn from. A worker
//! of its own reads it while the run goes on, and takes the place of the page's once it is there; to cancel is to end it. The
//! file never leaves the machine.

use super::dom;
use super::element::{self, El, button, div, el, fold, text};
use super::engine::{Engine, Reads};
use super::leptos::*;
use super::live::{Live, memo};
use super::shell::Shell;
use crate::experiment::scan_snap::{DataKind, TextSource};
use crate::experiment::{Experiment, Own};
use crate::number::grouped;
use crate::protocol::Event;
use crate::view::text::{fill, say};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, File, HtmlInputElement, HtmlTextAreaElement};

/// What is known of the reader's file. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct State {
    /// What it is.
    reads: Reads,
    /// Name and share of the file that is being read.
    reading: Live<Option<(String, f64)>>,
    /// What came of the last one, in a sentence; whether it was refused.
    outcome: Live<(String, bool)>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    /// The worker that reads, and what.
    reader: Option<(Engine, File)>,
    /// The file that was read last.
    file: Option<File>,
}

impl State {
    /// No file yet.
    pub fn new(reads: Reads) -> Self {
        Self {
            reads,
            reading: Live::new(None),
            outcome: Live::new((String::new(), false)),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// The file that runs of an experiment are started on, if they are on the reader's own.
    pub fn file_for(self, experiment: &Experiment) -> Option<(Reads, File)> {
        let is_own = match self.reads {
            Reads::Text => {
                experiment.is_text()
                    && experiment.scan_snap().is_some_and(|settings| settings.data.text == TextSource::Own)
            }
            Reads::Samples => super::own_tables::learns_from_samples(experiment),
        };
        self.inner.with_value(|inner| inner.file.clone().filter(|_| is_own)).map(|file| (self.reads, file))
    }

    /// Starts reading a file.
    pub fn read(self, shell: Shell, file: File) {
        self.outcome.set((String::new(), false));
        self.reading.set(Some((file.name(), 0.0)));
        // Whether this worker has become the page's: from then on what breaks it breaks a run, whatever else is being read.
        let adopted = Rc::new(Cell::new(false));
        let given = (self.reads, file);
        let engine = Engine::start(true, Some(&given), move |event| self.hear(shell, &adopted, event));
        match engine {
            Ok(engine) => self.inner.update_value(|inner| inner.reader = Some((engine, given.1))),
            Err(error) => self.refuse(&given.1.name(), &error),
        }
    }

    fn hear(self, shell: Shell, adopted: &Cell<bool>, event: Event) {
        match event {
            Event::Reading { name, seen, size } => self.reading.set(Some((name, seen as f64 / size as f64))),
            Event::Loaded { text, tokens, words } => {
                let numbers = [tokens, words].map(|count| grouped(&count.to_string()));
                self.outcome.set((fill("own_read", &[&text.name, &numbers[0], &numbers[1]]), false));
                adopted.set(true);
                self.adopt(shell, text);
            }
            Event::Sampled { own, found } => {
                self.outcome.set((fill("tables_read", &[&own.name]), false));
                adopted.set(true);
                shell.own_tables.found(found);
                self.adopt(shell, own);
            }
            Event::Refused { name, error } => self.refuse(&name, &error),
            Event::Failed { run: None, error } if !adopted.get() => self.refuse("", &error),
            event => shell.hear(event),
        }
    }

    /// Runs what was read, on the worker that read it.
    fn adopt(self, shell: Shell, own: Own) {
        self.reading.set(None);
        let mut engine = None;
        self.inner.update_value(|inner| {
            if let Some((reader, file)) = inner.reader.take() {
                engine = Some(reader);
                inner.file = Some(file);
            }
        });
        let mut experiment = shell.experiment.now();
        match self.reads {
            Reads::Text => {
                let Some(settings) = experiment.scan_snap_mut() else { return };
                settings.data.kind = DataKind::Text;
                settings.data.text = TextSource::Own;
                settings.data.own = own;
            }
            Reads::Samples => super::own_tables::learn(&mut experiment, own),
        }
        if let Some(engine) = engine {
            shell.run_on(engine, experiment);
        }
    }

    fn refuse(self, name: &str, error: &str) {
        self.outcome.set((fill("own_refused", &[name, error]), true));
        // The worker is calling at this moment: it goes once it has returned.
        set_timeout(move || self.cancel(), core::time::Duration::ZERO);
    }

    fn cancel(self) {
        self.reading.set(None);
        self.inner.update_value(|inner| inner.reader = None);
    }
}

/// Where a text is chosen or pasted, how far it is read, and what came of it.
pub fn chooser(shell: Shell) -> El {
    let state = shell.own_text;
    let input = el("input").attr("type", "file").attr("hidden", "");
    let field: HtmlInputElement = input.node().unchecked_into();
    let chosen = field.clone();
    let input = input.on("change", move |_| {
        if let Some(file) = chosen.files().and_then(|files| files.get(0)) {
            state.read(shell, file);
        }
        // The same file again is news again.
        chosen.set_value("");
    });
    let area = el("textarea").attr("rows", "4").attr("aria-label", say("own_paste"));
    let pasted: HtmlTextAreaElement = area.node().unchecked_into();
    let take = move || {
        let parts = js_sys::Array::of1(&pasted.value().into());
        if let Ok(file) = File::new_with_str_sequence(&parts, say("own_pasted")) {
            state.read(shell, file);
        }
    };
    let (progress, outcome) = standing(state);
    let paste = fold(text("span", say("own_paste")), false).add(area).add(button("", say("own_use"), take));
    div("own-text")
        .add(button("", say("own_choose"), move || field.click()))
        .add(input)
        .add(text("p", say("own_hint")).class("hint"))
        .add(paste)
        .maybe_of(progress)
        .maybe_of(outcome)
}

/// How far a file is read, and what came of it.
pub fn standing(state: State) -> (impl Fn() -> Option<El>, impl Fn() -> Option<El>) {
    let name = memo(move || state.reading.with(|reading| reading.as_ref().map(|(name, _)| name.clone())));
    let progress = move || {
        name.get().map(|name| {
            let share = move || state.reading.with(|reading| reading.as_ref().map_or(0.0, |(_, share)| *share));
            let said = move || fill("own_reading", &[&name, &format!("{:.0}", 100.0 * share())]);
            div("row")
                .add(el("p").words_of(said))
                .add(button("", say("own_cancel"), move || state.cancel()))
                .add(el("progress").prop_of("value", move || share().into()))
        })
    };
    let outcome = move || {
        let (sentence, is_refused) = state.outcome.get();
        let class = if is_refused { "error" } else { "hint" };
        (!sentence.is_empty()).then(|| text("p", &sentence).class(class).attr("role", "status"))
    };
    (progress, outcome)
}

/// Offers one's own, the option `own`, among others where there is one.
pub fn offer(shell: Shell, choice: &El, own: &str, is_known: fn(&Experiment) -> bool) {
    if let Ok(Some(own)) = choice.node().query_selector(&format!("[value={own}]")) {
        element::watch(move || {
            let lacks = !shell.experiment.with(is_known);
            // Not every browser hides it.
            for flag in ["hidden", "disabled"] {
                let _ = own.toggle_attribute_with_force(flag, lacks);
            }
        });
    }
}

/// Takes a file that is dropped anywhere on the page.
pub fn follow(shell: Shell) {
    let page = document();
    let is_file = |event: &web_sys::Event| {
        let data = event.unchecked_ref::<DragEvent>().data_transfer();
        data.filter(|data| data.types().includes(&"Files".into(), 0))
    };
    element::listen(&page, "dragover", move |event| {
        if is_file(&event).is_some() {
            event.prevent_default();
            dom::set_root_class("dropping", true);
        }
    });
    element::listen(&page, "dragleave", move |_| dom::set_root_class("dropping", false));
    element::listen(&page, "drop", move |event| {
        dom::set_root_class("dropping", false);
        let Some(data) = is_file(&event) else { return };
        event.prevent_default();
        let Some(files) = data.files() else { return };
        if shell.experiment.peek(|experiment| experiment.scan_snap().is_none()) {
            return shell.own_tables.take(shell, &files);
        }
        if let Some(file) = files.get(0) {
            shell.own_text.read(shell, file);
        }
    });
}
