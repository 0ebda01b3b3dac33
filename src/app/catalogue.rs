//! The dialog where tools are edited: those of the experiment at hand, as texts, until the engine takes them as a catalogue of the
//! reader's own. Checks nothing itself: what is edited becomes a file, which is read like any other.

use super::dom;
use super::element::{El, button, choice, div, el, text};
use super::live::{Live, memo};
use super::shell::{Dialog, Shell};
use crate::protocol::{Command, TableKind, ToolTexts};
use crate::view::catalogue::{self as view, KINDS, MOST_ARGUMENTS};
use crate::view::text::{fill, say};

/// What the tools are called as a file.
const FILE: &str = "tools.json";

/// Tools that are being edited. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct State {
    tools: Live<Vec<ToolTexts>>,
    /// Which of them is shown.
    chosen: Live<usize>,
    /// Fires when fields are to show other texts than were typed into them.
    shown: Live<()>,
    /// Whether something was changed that the experiment does not have.
    is_edited: Live<bool>,
    /// Why there are no tools.
    error: Live<String>,
}

impl State {
    /// No tools yet.
    pub fn new() -> Self {
        Self {
            tools: Live::new(Vec::new()),
            chosen: Live::new(0),
            shown: Live::new(()),
            is_edited: Live::new(false),
            error: Live::new(String::new()),
        }
    }

    /// Takes the tools of the experiment.
    pub fn hear(self, tools: Result<Vec<ToolTexts>, String>) {
        let (tools, error) = match tools {
            Ok(tools) => (tools, String::new()),
            Err(error) => (Vec::new(), error),
        };
        self.error.set(error);
        self.is_edited.set(false);
        self.tools.set(tools);
        self.choose(0);
    }

    /// Tells that a catalogue was taken: what was edited is the experiment's now.
    pub fn taken(self) {
        self.is_edited.set(false);
    }

    fn load(self, shell: Shell) {
        shell.ask(&Command::Catalogue { experiment: shell.experiment.now() });
    }

    fn choose(self, at: usize) {
        self.chosen.set(at.min(self.tools.peek(|tools| tools.len().saturating_sub(1))));
        self.shown.set(());
    }

    fn change(self, change: impl FnOnce(&mut Vec<ToolTexts>, usize)) {
        let chosen = self.chosen.now();
        self.tools.update(|tools| change(tools, chosen));
        self.is_edited.put(true);
    }

    fn edit(self, change: impl FnOnce(&mut ToolTexts)) {
        self.change(|tools, at| {
            if let Some(tool) = tools.get_mut(at) {
                change(tool);
            }
        });
    }

    /// What the fields show: read once, as typing must not be answered by a new field.
    fn of(self, of: impl Fn(&ToolTexts) -> String) -> String {
        self.shown.track();
        self.tools.peek(|tools| tools.get(self.chosen.now()).map(of)).unwrap_or_default()
    }
}

/// What opens the dialog.
pub fn opener(shell: Shell) -> El {
    let open = move || {
        if !shell.catalogue.is_edited.now() {
            shell.catalogue.load(shell);
        }
        shell.own_tables.forget_outcome();
        shell.dialog.set(Some(Dialog::Catalogue));
    };
    div("own-text").add(button("", say("edit_tools"), open))
}

/// The dialog's content.
pub fn dialog(shell: Shell) -> El {
    let state = shell.catalogue;
    let add = move || {
        state.change(|tools, _| tools.push(view::blank()));
        state.choose(usize::MAX);
        dom::focus("tool-name");
    };
    let remove = move || {
        state.change(|tools, at| {
            if at < tools.len() {
                tools.remove(at);
            }
        });
        state.choose(state.chosen.now());
        dom::focus("tool-chosen");
    };
    let give = move || {
        let file = state.tools.peek(|tools| view::file(tools)).into_bytes();
        shell.own_tables.hand(shell, TableKind::Tools, FILE.to_owned(), file);
    };
    let save = move || dom::download_text(&state.tools.peek(|tools| view::file(tools)), FILE, "application/json");
    let has_tools = memo(move || state.tools.with(|tools| !tools.is_empty()));
    let part = move || if has_tools.get() { fields(state) } else { Vec::new() };
    let error = move || {
        let error = state.error.get();
        (!error.is_empty()).then(|| text("p", &error).class("error").attr("role", "alert"))
    };
    div("sheet-part edit")
        .add(text("p", say("edit_intro")))
        .maybe_of(error)
        .add(chooser(state))
        .add(
            div("row")
                .add(button("", say("edit_add"), add))
                .add(button("", say("edit_remove"), remove).flag_of("disabled", move || !has_tools.get())),
        )
        .part_of(part)
        .add(
            div("row").add(button("", say("edit_use"), give)).add(button("", say("edit_save"), save)).add(
                button("quiet", say("edit_again"), move || state.load(shell))
                    .flag_of("disabled", move || !state.is_edited.get()),
            ),
        )
        .maybe_of(move || shell.own_tables.outcome())
}

/// Which tool is shown.
fn chooser(state: State) -> El {
    let names = memo(move || {
        state.tools.with(|tools| tools.iter().enumerate().map(|(at, tool)| view::listed(at, tool)).collect::<Vec<_>>())
    });
    // The field itself stays: it may have the focus while its options change.
    let options = move || {
        let chosen = state.chosen.get();
        let option = |(at, name): (usize, &String)| {
            let option = text("option", name).attr("value", &at.to_string());
            if at == chosen { option.attr("selected", "") } else { option }
        };
        names.with(|names| names.iter().enumerate().map(option).collect())
    };
    let put = move |text: String| state.choose(text.parse().unwrap_or_default());
    let select = el("select").attr("id", "tool-chosen").part_of(options).on_value("change", put);
    div("control").add(div("row").add(text("label", say("edit_tool")).attr("for", "tool-chosen")).add(select))
}

/// The fields of the tool that is shown.
fn fields(state: State) -> Vec<El> {
    let line = |id: &'static str, of: fn(&ToolTexts) -> String, put: fn(&mut ToolTexts, &str)| {
        let input = el("input").attr("type", "text").prop_of("value", move || state.of(of).into());
        field(id, input.on_value("input", move |text| state.edit(|tool| put(tool, &text))))
    };
    let area = |id: &'static str, of: fn(&ToolTexts) -> String, put: fn(&mut ToolTexts, &str)| {
        let input = el("textarea").attr("rows", "3").prop_of("value", move || state.of(of).into());
        field(id, input.on_value("input", move |text| state.edit(|tool| put(tool, &text))))
    };
    let name = el("input")
        .attr("type", "text")
        .prop_of("value", move || state.of(|tool| tool.name.clone()).into())
        .on_value("input", move |name| state.change(|tools, at| view::rename(tools, at, &name)));
    let after = move || {
        let (names, own) = state.tools.peek(|tools| {
            let names: Vec<String> = tools.iter().map(|tool| tool.name.clone()).collect();
            (names, state.chosen.now())
        });
        state.shown.track();
        let others = names.into_iter().enumerate().filter(|(at, name)| *at != own && !name.is_empty());
        let options = others.map(|(_, name)| (name.clone(), name));
        let options = core::iter::once((String::new(), "–".to_owned())).chain(options).collect();
        let put = move |name: String| state.edit(|tool| tool.after = name);
        let select = choice(options, move || state.of(|tool| tool.after.clone()), put);
        vec![field("tool-after", select)]
    };
    vec![
        field("tool-name", name),
        area("tool-use", |tool| tool.usage.clone(), |tool, text| text.clone_into(&mut tool.usage)),
        arguments(state),
        line("tool-returns", |tool| tool.returns.clone(), |tool, text| text.clone_into(&mut tool.returns)),
        div("").part_of(after),
        area("tool-asks", |tool| tool.asks.join("\n"), |tool, text| tool.asks = view::parts(text, '\n')),
        line("tool-also", |tool| tool.also.join(", "), |tool, text| tool.also = view::parts(text, ',')),
    ]
}

/// The kinds of the arguments, one choice for each place.
fn arguments(state: State) -> El {
    let kind = move |at: usize| {
        let none = (String::new(), "–".to_owned());
        let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), (*kind).to_owned()));
        let put = move |kind: String| {
            state.edit(|tool| view::set_argument(tool, at, &kind));
            // What stood after one that is left out moves up.
            state.shown.set(());
        };
        let chosen = move || state.of(|tool| tool.arguments.get(at).cloned().unwrap_or_default());
        let name = fill("edit_argument", &[&(at + 1).to_string()]);
        choice(core::iter::once(none).chain(kinds).collect(), chosen, put).attr("aria-label", &name)
    };
    el("fieldset")
        .attr("aria-describedby", "tool-arguments-help")
        .add(text("legend", say("tool_arguments")))
        .add(div("row").all((0..MOST_ARGUMENTS).map(kind)))
        .add(text("p", say("tool_arguments_help")).class("hint").attr("id", "tool-arguments-help"))
}

/// A field under its name, and what helps.
fn field(id: &'static str, input: El) -> El {
    let words = match id {
        "tool-name" => ["tool_name", "tool_name_help"],
        "tool-use" => ["tool_use", "tool_use_help"],
        "tool-returns" => ["tool_returns", "tool_returns_help"],
        "tool-after" => ["tool_after", "tool_after_help"],
        "tool-asks" => ["tool_asks", "tool_asks_help"],
        _ => ["tool_also", "tool_also_help"],
    };
    let help = format!("{id}-help");
    let input = input.attr("id", id).attr("autocomplete", "off").attr("aria-describedby", &help);
    div("control")
        .add(div("row").add(text("label", say(words[0])).attr("for", id)).add(input))
        .add(text("p", say(words[1])).class("hint").attr("id", &help))
}
