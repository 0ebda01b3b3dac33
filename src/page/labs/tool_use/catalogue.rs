//! The dialog where tools are edited: those of the experiment at hand, as texts, until the engine takes them as a catalogue of
//! the reader's own. Checks nothing itself: what is edited becomes a file, which is read like any other.

use crate::experiment::Lab;
use crate::page::components::each::Each;
use crate::page::components::field::{Button, Choice};
use crate::page::components::files::OutcomeLine;
use crate::page::components::shown::Shown;
use crate::page::platform::dom;
use crate::page::reactive::{derived, effect, follow_memo, memo};
use crate::page::state::dialog::{DialogEntry, Dialogs};
use crate::page::state::feature::Feature;
use crate::page::state::files::Tables;
use crate::page::state::shell::Shell;
use crate::protocol::{Command, Event, TableKind, ToolTexts};
use crate::view::catalogue::{self as view, KINDS, MOST_ARGUMENTS};
use crate::view::text::{fill, say};
use leptos::prelude::*;

/// What the tools are called as a file.
const FILE: &str = "tools.json";
/// What stands for no argument, and for no tool.
const NONE: &str = "–";

/// Editing tools.
pub static CATALOGUE: DialogEntry =
    DialogEntry { name: "catalogue", title: "edit_tools", key: None, view: || view! { <Editor /> }.into_any() };

/// Tools that are being edited. A handle, in the context.
#[derive(Clone, Copy)]
pub struct CatalogueState {
    shell: Shell,
    tables: Tables,
    tools: RwSignal<Vec<ToolTexts>>,
    /// Which of them is shown.
    chosen: RwSignal<usize>,
    /// Whether something was changed that the experiment does not have.
    is_edited: RwSignal<bool>,
    /// Why there are no tools.
    error: RwSignal<String>,
}

impl Feature for CatalogueState {
    fn heard(&self, event: &Event) {
        let Event::Catalogued { tools } = event else { return };
        let (tools, error) = match tools.clone() {
            Ok(tools) => (tools, String::new()),
            Err(error) => (Vec::new(), error),
        };
        self.error.set(error);
        self.is_edited.set(false);
        self.tools.set(tools);
        self.choose(0);
    }
}

impl CatalogueState {
    /// No tools yet.
    pub fn start(shell: Shell) -> Self {
        let state = Self {
            shell,
            tables: Tables::here(),
            tools: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(0),
            is_edited: RwSignal::new(false),
            error: RwSignal::new(String::new()),
        };
        shell.add(state);
        // What was edited is the experiment's once its tools are others.
        let digest = memo(move || {
            shell.experiment.with(|experiment| match &experiment.lab {
                Lab::ToolUse(settings) => settings.tools.own.digest,
                _ => 0,
            })
        });
        effect(move || {
            follow_memo(digest);
            state.is_edited.set(false);
        });
        state
    }

    fn here() -> Self {
        expect_context()
    }

    /// Asks for the tools of the experiment.
    fn load(self) {
        self.shell.ask(&Command::Catalogue { experiment: self.shell.experiment.get_untracked() });
    }

    fn choose(self, at: usize) {
        self.chosen.set(at.min(self.tools.with_untracked(|tools| tools.len().saturating_sub(1))));
    }

    fn change(self, change: impl FnOnce(&mut Vec<ToolTexts>, usize)) {
        let chosen = self.chosen.get_untracked();
        self.tools.update(|tools| change(tools, chosen));
        self.is_edited.set(true);
    }

    fn edit(self, change: impl FnOnce(&mut ToolTexts)) {
        self.change(|tools, at| {
            if let Some(tool) = tools.get_mut(at) {
                change(tool);
            }
        });
    }

    /// A text of the tool that is shown.
    fn of(self, of: fn(&ToolTexts) -> String) -> Memo<String> {
        memo(move || self.tools.with(|tools| tools.get(self.chosen.get()).map(of)).unwrap_or_default())
    }

    fn add(self) {
        self.change(|tools, _| tools.push(view::blank()));
        self.choose(usize::MAX);
        dom::focus("tool-name");
    }

    fn remove(self) {
        self.change(|tools, at| {
            if at < tools.len() {
                tools.remove(at);
            }
        });
        self.choose(self.chosen.get_untracked());
        dom::focus("tool-chosen");
    }

    fn file(self) -> String {
        self.tools.with_untracked(|tools| view::file(tools))
    }
}

/// What opens the dialog.
pub fn opener() -> AnyView {
    let (state, dialogs) = (CatalogueState::here(), Dialogs::here());
    let open = move || {
        if !state.is_edited.get_untracked() {
            state.load();
        }
        state.tables.forget_outcome();
        dialogs.show(&CATALOGUE);
    };
    view! {
        <div class="own-text">
            <Button label=say("edit_tools") on_press=open />
        </div>
    }
    .into_any()
}

/// The dialog's content.
#[component]
fn Editor() -> impl IntoView {
    let state = CatalogueState::here();
    let has_tools = memo(move || state.tools.with(|tools| !tools.is_empty()));
    let has_none = derived(move || !has_tools.get());
    let give = move || state.tables.hand(TableKind::Tools, FILE.to_owned(), state.file().into_bytes());
    let save = move || dom::download_text(&state.file(), FILE, "application/json");
    let error = move || {
        let error = state.error.get();
        (!error.is_empty()).then(|| {
            view! {
                <p class="error" role="alert">
                    {error}
                </p>
            }
        })
    };
    view! {
        <div class="sheet-part edit">
            <p>{say("edit_intro")}</p>
            {error}
            <Chooser />
            <div class="row">
                <Button label=say("edit_add") on_press=move || state.add() />
                <Button label=say("edit_remove") disabled=has_none on_press=move || state.remove() />
            </div>
            <Shown when=move || has_tools.get()>
                <Fields />
            </Shown>
            <div class="row">
                <Button label=say("edit_use") on_press=give />
                <Button label=say("edit_save") on_press=save />
                <Button
                    class="quiet"
                    label=say("edit_again")
                    disabled=derived(move || !state.is_edited.get())
                    on_press=move || state.load()
                />
            </div>
            <OutcomeLine outcome=state.tables.outcome />
        </div>
    }
}

/// Which tool is shown.
#[component]
fn Chooser() -> impl IntoView {
    let state = CatalogueState::here();
    let names = move || {
        let listed = |(at, tool): (usize, &ToolTexts)| (at, view::listed(at, tool));
        state.tools.with(|tools| tools.iter().enumerate().map(listed).collect())
    };
    // The field itself stays: it may have the focus while its options change.
    let option = move |(at, name): (usize, String)| {
        view! {
            <option value=at.to_string() prop:selected=move || state.chosen.get() == at>
                {name}
            </option>
        }
        .into_any()
    };
    let put = move |text: String| state.choose(text.parse().unwrap_or_default());
    view! {
        <div class="control">
            <div class="row">
                <label for="tool-chosen">{say("edit_tool")}</label>
                <select id="tool-chosen" on:change:target=move |event| put(event.target().value())>
                    <Each items=names children=option />
                </select>
            </div>
        </div>
    }
}

/// The fields of the tool that is shown.
#[component]
fn Fields() -> impl IntoView {
    let state = CatalogueState::here();
    let name = Field {
        id: "tool-name",
        words: ["tool_name", "tool_name_help"],
        of: |tool| tool.name.clone(),
        // Tools that go on from it follow.
        put: |tools, at, text| view::rename(tools, at, text),
    };
    let usage = Field {
        id: "tool-use",
        words: ["tool_use", "tool_use_help"],
        of: |tool| tool.usage.clone(),
        put: |tools, at, text| text.clone_into(&mut tools[at].usage),
    };
    let returns = Field {
        id: "tool-returns",
        words: ["tool_returns", "tool_returns_help"],
        of: |tool| tool.returns.clone(),
        put: |tools, at, text| text.clone_into(&mut tools[at].returns),
    };
    let asks = Field {
        id: "tool-asks",
        words: ["tool_asks", "tool_asks_help"],
        of: |tool| tool.asks.join("\n"),
        put: |tools, at, text| tools[at].asks = view::parts(text, '\n'),
    };
    let also = Field {
        id: "tool-also",
        words: ["tool_also", "tool_also_help"],
        of: |tool| tool.also.join(", "),
        put: |tools, at, text| tools[at].also = view::parts(text, ','),
    };
    let after = derived(move || {
        let own = state.chosen.get();
        let names = state.tools.with(|tools| tools.iter().map(|tool| tool.name.clone()).collect::<Vec<_>>());
        let others = names.into_iter().enumerate().filter(|(at, name)| *at != own && !name.is_empty());
        let options = others.map(|(_, name)| (name.clone(), name));
        core::iter::once((String::new(), NONE.to_owned())).chain(options).collect::<Vec<_>>()
    });
    let after_of = state.of(|tool| tool.after.clone());
    view! {
        <LineField field=name />
        <AreaField field=usage />
        <Arguments />
        <LineField field=returns />
        <FieldFrame id="tool-after" words=["tool_after", "tool_after_help"]>
            <Choice
                options=after
                chosen=after_of
                id="tool-after"
                described="tool-after-help"
                put=move |name: String| state.edit(|tool| tool.after = name)
            />
        </FieldFrame>
        <AreaField field=asks />
        <LineField field=also />
    }
}

/// A text of a tool.
#[derive(Clone, Copy)]
struct Field {
    id: &'static str,
    /// Words of the catalogue: its name, what helps.
    words: [&'static str; 2],
    of: fn(&ToolTexts) -> String,
    put: fn(&mut Vec<ToolTexts>, usize, &str),
}

impl Field {
    /// What the field shows. Lists are read as they are typed ("a, " on the way to "a, b"): what was typed stays while it
    /// means the same.
    fn shown(self, state: CatalogueState, typed: StoredValue<String>) -> impl Fn() -> String + Copy + Send + 'static {
        let value = state.of(self.of);
        move || {
            let value = value.get();
            let mut tool = vec![view::blank()];
            let typed = typed.get_value();
            (self.put)(&mut tool, 0, &typed);
            if (self.of)(&tool[0]) == value { typed } else { value }
        }
    }

    fn take(self, state: CatalogueState, typed: StoredValue<String>, text: String) {
        typed.set_value(text.clone());
        state.change(|tools, at| {
            if at < tools.len() {
                (self.put)(tools, at, &text);
            }
        });
    }
}

/// A field for a line.
#[component]
fn LineField(
    /// What it shows and changes.
    field: Field,
) -> impl IntoView {
    let (state, typed) = (CatalogueState::here(), StoredValue::new(String::new()));
    view! {
        <FieldFrame id=field.id words=field.words>
            <input
                type="text"
                id=field.id
                autocomplete="off"
                aria-describedby=format!("{}-help", field.id)
                prop:value=field.shown(state, typed)
                on:input:target=move |event| field.take(state, typed, event.target().value())
            />
        </FieldFrame>
    }
}

/// A field for a longer text.
#[component]
fn AreaField(
    /// What it shows and changes.
    field: Field,
) -> impl IntoView {
    let (state, typed) = (CatalogueState::here(), StoredValue::new(String::new()));
    view! {
        <FieldFrame id=field.id words=field.words>
            <textarea
                rows="3"
                id=field.id
                autocomplete="off"
                aria-describedby=format!("{}-help", field.id)
                prop:value=field.shown(state, typed)
                on:input:target=move |event| field.take(state, typed, event.target().value())
            ></textarea>
        </FieldFrame>
    }
}

/// The kinds of the arguments, one choice for each place.
#[component]
fn Arguments() -> impl IntoView {
    let state = CatalogueState::here();
    let kind = move |at: usize| {
        let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), (*kind).to_owned()));
        let options: Vec<_> = core::iter::once((String::new(), NONE.to_owned())).chain(kinds).collect();
        let chosen = derived(move || {
            let argument = |tool: &ToolTexts| tool.arguments.get(at).cloned().unwrap_or_default();
            state.tools.with(|tools| tools.get(state.chosen.get()).map(argument)).unwrap_or_default()
        });
        let put = move |kind: String| state.edit(|tool| view::set_argument(tool, at, &kind));
        let label = fill("edit_argument", &[&(at + 1).to_string()]);
        view! { <Choice options=options chosen=chosen label=label put=put /> }
    };
    view! {
        <fieldset aria-describedby="tool-arguments-help">
            <legend>{say("tool_arguments")}</legend>
            <div class="row">{(0..MOST_ARGUMENTS).map(kind).collect_view()}</div>
            <p class="hint" id="tool-arguments-help">
                {say("tool_arguments_help")}
            </p>
        </fieldset>
    }
}

/// A field under its name, and what helps.
#[component]
fn FieldFrame(
    /// Id of the field.
    id: &'static str,
    /// Words of the catalogue: its name, what helps.
    words: [&'static str; 2],
    /// The field.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="control">
            <div class="row">
                <label for=id>{say(words[0])}</label>
                {children()}
            </div>
            <p class="hint" id=format!("{id}-help")>
                {say(words[1])}
            </p>
        </div>
    }
}
