//! The settings: one generic control for each row of the table of settings.

use super::shell::Shell;
use crate::experiment::{Kind, Setting};
use crate::view::control::{self, GROUPS, PLACES, Slider};
use crate::view::text::{self, fill, say};
use leptos::prelude::*;

/// All settings that matter, in groups.
pub fn settings(shell: Shell) -> impl IntoView {
    // Which controls there are changes rarely; their values are their own business.
    let shape = Memo::new(move |_| {
        let hidden = shell.view.with(|view| view.hidden.clone());
        if hidden.iter().any(|name| name == "settings") {
            return Vec::new();
        }
        shell.experiment.with(|experiment| {
            let kept = |name: &'static str| {
                let shown = |setting: &&'static Setting| !hidden.iter().any(|name| name == setting.path);
                let paths: Vec<_> =
                    control::group(name, experiment).into_iter().filter(shown).map(|setting| setting.path).collect();
                (name, paths)
            };
            GROUPS.iter().map(|name| kept(name)).filter(|(_, paths)| !paths.is_empty()).collect::<Vec<_>>()
        })
    });
    move || {
        let groups = shape.get();
        (!groups.is_empty()).then(|| {
            let groups: Vec<_> = groups.into_iter().map(|(name, paths)| group(shell, name, &paths)).collect();
            view! {
                <aside class="settings" aria-label=say("settings")>
                    <details class="fold" prop:open=super::dom::media("(min-width: 62rem)")>
                        <summary><h2>{say("settings")}</h2></summary>
                        {groups}
                        {reset_all(shell)}
                    </details>
                </aside>
            }
        })
    }
}

fn group(shell: Shell, name: &'static str, paths: &[&'static str]) -> AnyView {
    let title = match name {
        "training" => "group_training",
        "data" => "group_data",
        "model" => "group_model",
        _ => "group_theory",
    };
    let changed = move || match shell.experiment.with(|experiment| control::changed(name, experiment)) {
        0 => String::new(),
        1 => say("changed_one").to_owned(),
        n => fill("changed_many", &[&n.to_string()]),
    };
    let controls: Vec<_> = paths.iter().map(|path| control(shell, path)).collect();
    view! {
        <details class="group" prop:open={name != "model"}>
            <summary><h3>{say(title)}</h3> <small>{changed}</small></summary>
            {controls}
        </details>
    }
    .into_any()
}

fn reset_all(shell: Shell) -> impl IntoView {
    let changed = move || shell.experiment.with(|experiment| GROUPS.iter().any(|name| control::changed(name, experiment) > 0));
    let reset = move |_| {
        let seed = shell.experiment.with_untracked(|experiment| experiment.seed);
        shell.replace(crate::experiment::Experiment { seed, ..Default::default() });
    };
    move || changed().then(|| view! { <button class="quiet" on:click=reset>{say("reset_all")}</button> })
}

/// The control of the setting `path`.
pub fn control(shell: Shell, path: &'static str) -> AnyView {
    let setting = Setting::find(path).expect("paths come from the table");
    let words = text::setting(path);
    let id = path.replace('.', "-");
    let help_id = format!("{id}-help");
    let error_id = format!("{id}-error");
    let error = RwSignal::new(None::<String>);
    let value = Memo::new(move |_| shell.experiment.with(|experiment| (setting.get)(experiment).to_string()));
    let locked = move || {
        shell.view.with(|view| view.locked.iter().any(|name| name == path || name == "settings"))
    };
    // What is being typed stays as it is typed while it means the same: "0." on the way to "0.5".
    let typed = StoredValue::new(String::new());
    let shown = move || {
        let (value, typed) = (value.get(), typed.get_value());
        if setting.parse(&typed).is_ok_and(|typed| typed.to_string() == value) { typed } else { value }
    };
    let put = move |text: String| {
        typed.set_value(text.trim().to_owned());
        error.set(shell.change(path, text.trim()).err().map(|refused| refused.to_string()));
    };
    // A value from elsewhere clears what was said about the last one.
    Effect::new(move || {
        value.track();
        error.set(None);
    });
    let field = match setting.kind {
        Kind::Choice(names) => {
            let options: Vec<_> = names
                .iter()
                .map(|name| {
                    let selected = move || value.with(|value| value == name);
                    view! { <option value=*name prop:selected=selected>{text::choice(name)}</option> }
                })
                .collect();
            view! {
                <select id=id.clone() aria-describedby=help_id.clone() disabled=locked
                    on:change=move |event| put(event_target_value(&event))>{options}</select>
            }
            .into_any()
        }
        Kind::Flag => view! {
            <input type="checkbox" id=id.clone() aria-describedby=help_id.clone() disabled=locked
                prop:checked=move || value.with(|value| value == "true")
                on:change=move |event| put(event_target_checked(&event).to_string()) />
        }
        .into_any(),
        Kind::Integer { .. } | Kind::Real { .. } => {
            let described = format!("{help_id} {error_id}");
            view! {
                <input type="text" inputmode="decimal" autocomplete="off" id=id.clone() aria-describedby=described
                    disabled=locked
                    aria-invalid=move || error.with(Option::is_some).to_string()
                    prop:value=shown
                    on:input=move |event| put(event_target_value(&event)) />
            }
            .into_any()
        }
    };
    let slider = Slider::new(setting).map(|slider| {
        let place = move || shell.experiment.with(|experiment| slider.place((setting.get)(experiment)).to_string());
        let slide = move |event| {
            if let Ok(place) = event_target_value(&event).parse() {
                put(slider.text(place));
            }
        };
        view! {
            <input type="range" class="slider" min="0" max=PLACES.to_string() disabled=locked
                aria-label=words.label aria-valuetext=move || value.get()
                prop:value=place on:input=slide />
        }
    });
    let changed = Memo::new(move |_| shell.experiment.with(|experiment| !setting.is_default(experiment)));
    let default = setting.default_value().to_string();
    let reset = move || {
        (changed.get() && path != "seed" && !locked()).then(|| {
            let default = default.clone();
            let label = fill("reset_setting", &[words.label, &default]);
            view! {
                <button class="undo" title=label.clone() aria-label=label on:click=move |_| put(default.clone())>
                    <span class="i-reset" aria-hidden="true"></span>
                </button>
            }
        })
    };
    let range = control::range(setting).map(|range| view! { <span class="range">{range}</span> });
    view! {
        <div class="control" class:changed=move || changed.get() && path != "seed" class:flag=setting.kind == Kind::Flag>
            <div class="row">
                <label for=id.clone()>{words.label}{(!words.unit.is_empty()).then(|| view! { <small>{words.unit}</small> })}</label>
                {reset}
                {field}
            </div>
            {slider}
            <p class="hint" id=help_id>{words.help} " " {range}</p>
            <p class="error" id=error_id role="alert">{move || error.get()}</p>
        </div>
    }
    .into_any()
}
