//! The settings: one generic control for each row of the table of settings.

use super::each::Each;
use super::field::Choice;
use super::fold::Fold;
use super::symbols::Symbols;
use crate::experiment::{Experiment, Kind, Setting};
use crate::page::components::shown::Shown;
use crate::page::platform::dom;
use crate::page::reactive::{derived, effect, follow_memo, memo};
use crate::page::state::entry::Labs;
use crate::page::state::shell::Shell;
use crate::view::control::{self, PLACES, Slider};
use crate::view::text::{self as words, fill, say};
use leptos::prelude::*;

/// All settings that matter, in groups; none where the link hides them.
#[component]
pub fn Settings() -> impl IntoView {
    let shell = Shell::here();
    // Which controls there are changes rarely; their values are their own business.
    let groups = move || -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
        let hidden = shell.view.with(|view| view.hidden.clone());
        let is_shown = |name: &str| !hidden.iter().any(|hidden| hidden == name);
        let paths = |group: &'static str| -> Vec<&'static str> {
            let settings = shell.experiment.with(|experiment| control::group(group, experiment));
            settings.into_iter().map(|setting| setting.path).filter(|path| is_shown(path)).collect()
        };
        let groups = shell.experiment.with(control::groups).iter().map(|group| (*group, paths(group)));
        let groups = groups.filter(|(_, paths)| !paths.is_empty());
        let lab = shell.experiment.with(|experiment| experiment.lab.name());
        let groups = groups.map(|(name, paths)| (lab, name, paths));
        if is_shown("settings") { groups.collect() } else { Vec::new() }
    };
    let is_wide = dom::media("(min-width: 62rem)");
    let group = |(_, name, paths): (&'static str, &'static str, Vec<&'static str>)| {
        view! { <Group name=name paths=paths /> }.into_any()
    };
    view! {
        <Shown when=move || !groups().is_empty()>
            <aside class="settings" aria-label=say("settings")>
                <Fold open=is_wide title=(|| view! { <h2>{say("settings")}</h2> }).into()>
                    // A group is built anew when its settings change, or with the lab.
                    <Each items=groups children=group />
                    <ResetAll />
                </Fold>
            </aside>
        </Shown>
    }
}

/// The settings of one group.
#[component]
fn Group(
    /// Its name: the first part of its settings' paths.
    name: &'static str,
    /// The settings.
    paths: Vec<&'static str>,
) -> impl IntoView {
    let (shell, labs) = (Shell::here(), Labs::here());
    let changed = move || match shell.experiment.with(|experiment| control::changed(name, experiment)) {
        0 => String::new(),
        1 => say("changed_one").to_owned(),
        n => fill("changed_many", &[&n.to_string()]),
    };
    let title = move || {
        view! {
            <span>
                <h3>{words::group(name)}</h3>
                " "
                <small>{changed}</small>
            </span>
        }
    };
    let lab = shell.experiment.with_untracked(|experiment| labs.of(experiment));
    let control = |path: &'static str| {
        let beside = lab.beside.iter().find(|beside| beside.path == path).map(|beside| (beside.view)());
        view! {
            <Control path=path />
            {beside}
        }
    };
    view! {
        <Fold open=name != "model" class="fold group" title=title.into()>
            {paths.into_iter().map(control).collect_view()}
        </Fold>
    }
    .into_any()
}

/// Puts all settings back.
#[component]
fn ResetAll() -> impl IntoView {
    let shell = Shell::here();
    let is_changed = memo(move || {
        let is_in = |experiment: &Experiment| {
            control::groups(experiment).iter().any(|name| control::changed(name, experiment) > 0)
        };
        shell.experiment.with(is_in)
    });
    let reset = move |_| {
        let (seed, lab) =
            shell.experiment.with_untracked(|experiment| (experiment.seed, (experiment.lab.known().start)()));
        shell.replace(Experiment { seed, lab });
    };
    view! {
        <Shown when=move || is_changed.get()>
            <button type="button" class="quiet" on:click=reset>
                {say("reset_all")}
            </button>
        </Shown>
    }
}

/// The control of a setting.
#[component]
pub fn Control(
    /// Path of the setting.
    path: &'static str,
) -> impl IntoView {
    let shell = Shell::here();
    let setting = Setting::find(path).expect("paths come from the table");
    let words = words::setting(path);
    let id = path.replace('.', "-");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let error = RwSignal::new(None::<String>);
    let value = memo(move || shell.experiment.with(|experiment| setting.of(experiment).to_string()));
    let locked =
        derived(move || shell.view.with(|view| view.locked.iter().any(|name| name == path || name == "settings")));
    // What is being typed stays as it is typed while it means the same: "0." on the way to "0.5".
    let typed = StoredValue::new(String::new());
    let put = move |text: String| {
        typed.set_value(text.trim().to_owned());
        error.set(shell.change(path, text.trim()).err().map(|refused| refused.to_string()));
    };
    // A value from elsewhere clears what was said about the last one.
    effect(move || {
        follow_memo(value);
        error.set(None);
    });
    let changed = memo(move || path != "seed" && shell.experiment.with(|experiment| !setting.is_default(experiment)));
    let default = setting.default_value().to_string();
    let undo_label = fill("reset_setting", &[words.label, &default]);
    let range = control::range(setting).map(|range| view! { <span class="range">{range}</span> });
    let slider = Slider::new(setting).map(|slider| {
        view! {
            <SliderField
                setting=setting
                slider=slider
                label=words.label
                value=value
                locked=locked
                put=Callback::new(put)
            />
        }
    });
    view! {
        <div class=move || if changed.get() { "control changed" } else { "control" }>
            <div class="row">
                <label for=id.clone()>
                    <Symbols words=words.label />
                    {(!words.unit.is_empty()).then(|| view! { <small>{words.unit}</small> })}
                </label>
                <Shown when=move || {
                    changed.get() && !locked.get()
                }>
                    {
                        let (label, default) = (undo_label.clone(), default.clone());
                        view! {
                            <button
                                type="button"
                                class="undo"
                                title=label.clone()
                                aria-label=label
                                on:click=move |_| put(default.clone())
                            >
                                <span class="i-reset" aria-hidden="true"></span>
                            </button>
                        }
                    }
                </Shown>
                <Field
                    setting=setting
                    id=id
                    described=format!("{help_id} {error_id}")
                    value=value
                    typed=typed
                    error=error
                    locked=locked
                    put=Callback::new(put)
                />
            </div>
            {slider}
            <p class="hint" id=help_id>
                <Symbols words=words.help />
                " "
                {range}
            </p>
            <p class="error" id=error_id role="alert">
                {move || error.get().unwrap_or_default()}
            </p>
        </div>
    }
    .into_any()
}

/// The field of a control: a choice, a box to tick, or a number.
#[component]
fn Field(
    /// The setting.
    setting: &'static Setting,
    /// Its id.
    id: String,
    /// Ids of what describes it.
    described: String,
    /// Its value as text.
    value: Memo<String>,
    /// What was typed last.
    typed: StoredValue<String>,
    /// Why the last text was refused.
    error: RwSignal<Option<String>>,
    /// Whether the reader may not change it.
    locked: Signal<bool>,
    /// Takes a new text.
    put: Callback<String>,
) -> impl IntoView {
    let shown = move || {
        let (value, typed) = (value.get(), typed.get_value());
        if setting.parse(&typed).is_ok_and(|typed| typed.to_string() == value) { typed } else { value }
    };
    match setting.kind {
        Kind::Choice(names) => {
            let options = names.iter().map(|name| view! { <ChoiceOption setting=setting name=name value=value /> });
            view! {
                <select
                    id=id
                    aria-describedby=described
                    disabled=locked
                    on:change:target=move |event| put.run(event.target().value())
                >
                    {options.collect_view()}
                </select>
            }
            .into_any()
        }
        Kind::Flag => view! {
            <input
                type="checkbox"
                id=id
                aria-describedby=described
                disabled=locked
                prop:checked=move || value.with(|value| value == "true")
                on:change:target=move |event| put.run(event.target().checked().to_string())
            />
        }
        .into_any(),
        Kind::Integer { .. } | Kind::Real { .. } => view! {
            <input
                type="text"
                inputmode="decimal"
                autocomplete="off"
                id=id
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).to_string()
                disabled=locked
                prop:value=shown
                on:input:target=move |event| put.run(event.target().value())
            />
        }
        .into_any(),
    }
}

/// A value of a choice; those about files of the reader's are there once a file is.
#[component]
fn ChoiceOption(
    /// The setting.
    setting: &'static Setting,
    /// The value.
    name: &'static &'static str,
    /// The value chosen.
    value: Memo<String>,
) -> impl IntoView {
    let shell = Shell::here();
    let is_offer = |offer: &&crate::page::state::entry::Offer| offer.path == setting.path && offer.value == *name;
    let offer = Labs::here().0.iter().flat_map(|lab| lab.offers).find(is_offer);
    // Not every browser hides a disabled option, nor disables a hidden one.
    let lacks = move || offer.is_some_and(|offer| !shell.experiment.with(offer.is_known));
    view! {
        <option value=*name prop:selected=move || value.with(|value| value == name) hidden=lacks disabled=lacks>
            {words::choice(name)}
        </option>
    }
}

/// A slider beside a number.
#[component]
fn SliderField(
    /// The setting.
    setting: &'static Setting,
    /// Its scale.
    slider: Slider,
    /// What it sets.
    label: &'static str,
    /// The value as text.
    value: Memo<String>,
    /// Whether the reader may not change it.
    locked: Signal<bool>,
    /// Takes a new text.
    put: Callback<String>,
) -> impl IntoView {
    let shell = Shell::here();
    let place = move || shell.experiment.with(|experiment| slider.place(setting.of(experiment)));
    let slide = move |text: String| {
        if let Ok(place) = text.parse() {
            put.run(slider.text(place));
        }
    };
    view! {
        <input
            type="range"
            class="slider"
            min="0"
            max=PLACES.to_string()
            aria-label=label
            aria-valuetext=move || value.get()
            disabled=locked
            prop:value=place
            on:input:target=move |event| slide(event.target().value())
        />
    }
}

/// Options for a choice among names.
pub fn named(names: impl IntoIterator<Item = String>) -> Vec<(String, String)> {
    names.into_iter().enumerate().map(|(at, name)| (at.to_string(), name)).collect()
}

/// A choice of one of some names, by their places.
#[component]
pub fn NameChoice(
    /// The names.
    #[prop(into)]
    names: Signal<Vec<String>>,
    /// The place chosen.
    #[prop(into)]
    chosen: Signal<u32>,
    /// Takes the place that the reader chose.
    #[prop(into)]
    put: Callback<(u32,)>,
) -> impl IntoView {
    let put = move |text: String| {
        if let Ok(place) = text.parse() {
            put.run((place,));
        }
    };
    view! {
        <Choice options=derived(move || named(names.get())) chosen=derived(move || chosen.get().to_string()) put=put />
    }
}
