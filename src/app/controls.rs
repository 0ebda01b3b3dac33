//! The settings: one generic control for each row of the table of settings.

use super::dom;
use super::element::{self, El, button, checkbox, choice, div, el, fold, text};
use super::leptos::*;
use super::live::{Live, memo};
use super::own_tables;
use super::own_text;
use super::shell::Shell;
use crate::experiment::{Experiment, Kind, Setting, Value};
use crate::view::control::{self, PLACES, Slider};
use crate::view::text::{self as words, fill, say};

/// All settings that matter, in groups; none where the link hides them.
pub fn settings(shell: Shell) -> Option<El> {
    // Which controls there are changes rarely; their values are their own business.
    let shape = memo(move || {
        let hidden = shell.view.with(|view| view.hidden.clone());
        let shown = |name: &str| !hidden.iter().any(|hidden| hidden == name);
        let paths = |group: &'static str| -> Vec<&'static str> {
            let settings = shell.experiment.with(|experiment| control::group(group, experiment));
            settings.into_iter().map(|setting| setting.path).filter(|path| shown(path)).collect()
        };
        let groups = shell
            .experiment
            .with(control::groups)
            .iter()
            .map(|group| (*group, paths(group)))
            .filter(|(_, paths)| !paths.is_empty());
        if shown("settings") { groups.collect() } else { Vec::new() }
    });
    let groups = shape.get();
    (!groups.is_empty()).then(|| {
        let wide = dom::media("(min-width: 62rem)");
        let groups = groups.iter().map(|(name, paths)| group(shell, name, paths));
        let folded = fold(text("h2", say("settings")), wide).all(groups).maybe_of(move || reset_all(shell));
        el("aside").class("settings").attr("aria-label", say("settings")).add(folded)
    })
}

fn group(shell: Shell, name: &'static str, paths: &[&'static str]) -> El {
    let title = match name {
        "task" => "group_task",
        "tune" => "group_tune",
        "probe" => "group_probe",
        "training" => "group_training",
        "data" => "group_data",
        "model" => "group_model",
        "theory" => "group_theory",
        "subject" => "group_subject",
        "explanations" => "group_explanations",
        _ => "group_scores",
    };
    let changed = move || match shell.experiment.with(|experiment| control::changed(name, experiment)) {
        0 => String::new(),
        1 => say("changed_one").to_owned(),
        n => fill("changed_many", &[&n.to_string()]),
    };
    let title = el("span").add(text("h3", say(title))).words(" ").add(el("small").words_of(changed));
    let controls = paths.iter().flat_map(|path| {
        let chooser = match *path {
            "data.text" => Some(own_text::chooser(shell)),
            "subject.kind" | "task.kind" => Some(own_tables::chooser(shell)),
            "data.teacher" => Some(super::endpoint::opener(shell)),
            "data.tools" => Some(super::catalogue::opener(shell)),
            _ => None,
        };
        core::iter::once(control(shell, path)).chain(chooser)
    });
    fold(title, name != "model").class("group").all(controls)
}

fn reset_all(shell: Shell) -> Option<El> {
    let changed = memo(move || {
        shell
            .experiment
            .with(|experiment| control::groups(experiment).iter().any(|name| control::changed(name, experiment) > 0))
    });
    let reset = move || {
        let seed = shell.experiment.peek(|experiment| experiment.seed);
        let lab = shell.experiment.peek(|experiment| (experiment.lab.known().start)());
        shell.replace(Experiment { seed, lab });
    };
    changed.get().then(|| button("quiet", say("reset_all"), reset))
}

/// The control of the setting `path`.
pub fn control(shell: Shell, path: &'static str) -> El {
    let setting = Setting::find(path).expect("paths come from the table");
    let words = words::setting(path);
    let id = path.replace('.', "-");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let error = Live::new(None::<String>);
    let value = memo(move || shell.experiment.with(|experiment| setting.of(experiment).to_string()));
    let locked = move || shell.view.with(|view| view.locked.iter().any(|name| name == path || name == "settings"));
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
    element::watch(move || {
        value.track();
        error.set(None);
    });
    let field = match setting.kind {
        Kind::Choice(names) => {
            let options = names.iter().map(|name| ((*name).to_owned(), words::choice(name).to_owned()));
            choice(options.collect(), move || value.get(), put)
        }
        Kind::Flag => checkbox(move || value.with(|value| value == "true"), move |on| put(on.to_string())),
        Kind::Integer { .. } | Kind::Real { .. } => el("input")
            .attr("type", "text")
            .attr("inputmode", "decimal")
            .attr("autocomplete", "off")
            .attr_of("aria-invalid", move || Some(error.with(Option::is_some).to_string()))
            .prop_of("value", move || shown().into())
            .on_value("input", put),
    };
    let field =
        field.attr("id", &id).attr("aria-describedby", &format!("{help_id} {error_id}")).flag_of("disabled", locked);
    if path == "data.text" {
        own_text::offer(shell, &field, "own", Experiment::has_own_text);
    }
    if path == "subject.kind" {
        own_text::offer(shell, &field, "own-table", own_tables::is_on_table);
        own_text::offer(shell, &field, "own-sentences", own_tables::is_on_sentences);
    }
    if path == "data.tools" {
        own_text::offer(shell, &field, "own-tools", own_tables::has_tools);
    }
    if path == "data.images" {
        own_text::offer(shell, &field, "own-captions", own_tables::has_captions);
    }
    if path == "data.samples" {
        own_text::offer(shell, &field, "own-samples", own_tables::has_samples);
    }
    if path == "data.teacher" {
        own_text::offer(shell, &field, "own-answers", own_tables::has_answers);
    }
    let label = el("label").symbols(words.label).attr("for", &id);
    let label = if words.unit.is_empty() { label } else { label.add(text("small", words.unit)) };
    let changed = memo(move || path != "seed" && shell.experiment.with(|experiment| !setting.is_default(experiment)));
    let default = setting.default_value().to_string();
    let undo = move || {
        let label = fill("reset_setting", &[words.label, &default]);
        let default = default.clone();
        (changed.get() && !locked()).then(|| {
            button("undo", "", move || put(default.clone()))
                .attr("title", &label)
                .attr("aria-label", &label)
                .add(el("span").class("i-reset").attr("aria-hidden", "true"))
        })
    };
    let class = move || Some(if changed.get() { "control changed" } else { "control" }.to_owned());
    let slider = Slider::new(setting).map(|slider| {
        let place = move || shell.experiment.with(|experiment| slider.place(setting.of(experiment)));
        let slide = move |text: String| {
            if let Ok(place) = text.parse() {
                put(slider.text(place));
            }
        };
        el("input")
            .attr("type", "range")
            .class("slider")
            .attr("min", "0")
            .attr("max", &PLACES.to_string())
            .attr("aria-label", words.label)
            .attr_of("aria-valuetext", move || Some(value.get()))
            .flag_of("disabled", locked)
            .prop_of("value", move || place().into())
            .on_value("input", slide)
    });
    let range = control::range(setting).map(|range| text("span", &range).class("range"));
    let hint = el("p").symbols(words.help).class("hint").attr("id", &help_id).words(" ").all(range);
    el("div").attr_of("class", class).add(div("row").add(label).maybe_of(undo).add(field)).all(slider).add(hint).add(
        el("p")
            .class("error")
            .attr("id", &error_id)
            .attr("role", "alert")
            .words_of(move || error.get().unwrap_or_default()),
    )
}

/// The value of a setting as a place on an axis; words and flags stand at their order.
pub fn on_axis(value: Value, at: usize) -> f64 {
    match value {
        Value::Integer(value) => value as f64,
        Value::Real(value) => value,
        Value::Choice(_) | Value::Flag(_) => at as f64,
    }
}
