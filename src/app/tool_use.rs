//! The panels of the lab of tool use besides its charts: what is dropped, samples, rates, reasons, cases.

use super::dom;
use super::element::{self, El, button, cell, div, el, fold, text};
use super::leptos::*;
use super::live::memo;
use super::panel;
use super::shell::Shell;
use crate::chart::{Chart, Readout};
use crate::view::text::say;
use crate::view::tool_use::{self, Case, Made};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// Names of the panels.
pub const PANELS: &[&str] = &["dropped", "made", "tools", "learning", "contents", "rates", "reasons", "cases"];

/// The panel of that name.
pub fn panel(shell: Shell, name: &'static str) -> El {
    let body = match name {
        "dropped" => dropped(shell),
        "made" => made(shell),
        "tools" => tools(shell),
        "learning" => learning(shell),
        "contents" => super::own_samples::contents(shell),
        "rates" => rates(shell),
        "reasons" => reasons(shell),
        _ => cases(shell),
    };
    super::explained::figure(name, body)
}

/// A table that is made anew when its rows change.
fn table(
    shell: Shell,
    name: &'static str,
    head: &'static [&'static str],
    rows: fn(&crate::run::Frame) -> Vec<Vec<String>>,
) -> impl Fn() -> Vec<El> {
    let rows = memo(move || shell.frame.with(|frame| rows(frame)));
    move || {
        let head: Vec<String> = head.iter().map(|key| say(key).to_owned()).collect();
        let lines = rows.get().into_iter().map(|words| super::explained::row(&words));
        vec![super::explained::wide(name, element::table(&head, lines))]
    }
}

fn told(shell: Shell) -> impl Fn() -> Vec<El> {
    let told = memo(move || shell.frame.with(|frame| tool_use::told(frame)));
    move || told.get().iter().map(|what| text("p", what).class("hint")).collect()
}

/// The lines that were dropped last.
fn dropped(shell: Shell) -> El {
    let rows = memo(move || shell.frame.with(|frame| tool_use::dropped(frame)));
    let lines = move || {
        let head = ["col_why", "col_line"].map(|key| say(key).to_owned());
        let line =
            |[why, line]: [String; 2]| vec![text("th", &why).attr("scope", "row"), el("td").add(text("code", &line))];
        vec![super::explained::wide("dropped", element::table(&head, rows.get().into_iter().map(line)))]
    };
    div("").part_of(lines).part_of(told(shell))
}

/// The latest sample of each kind, and all of them as a file.
fn made(shell: Shell) -> El {
    let so_far = memo(move || shell.frame.with(|frame| tool_use::making(frame)));
    let samples = memo(move || shell.frame.with(|frame| tool_use::made(frame)));
    let list = move || {
        let sample = |Made { kind, prompt, output }: Made| {
            el("li")
                .add(text("h4", kind))
                .add(fold(text("span", say("made_prompt")), false).add(text("pre", &prompt)))
                .add(text("pre", &output))
        };
        samples.get().into_iter().map(sample).collect()
    };
    div("told")
        .add(el("p").words_of(move || so_far.get()))
        .add(div("row").add(button("", say("save_data"), move || shell.save_file())))
        .add(el("ul").class("made").part_of(list))
}

/// How long ago speed is measured from, ms.
const WHILE_MS: f64 = 20_000.0;

/// How far tuning is, what came of it, and its adapters as a file.
fn learning(shell: Shell) -> El {
    const HEAD: &[&str] = &["col_step", "col_taught", "col_taught_strict", "col_others", "col_taught_strict"];
    let so_far = memo(move || shell.frame.with(|frame| tool_use::tuning(frame)));
    let judging = memo(move || shell.frame.with(|frame| tool_use::judging(frame)));
    let seen: StoredValue<VecDeque<[f64; 3]>> = StoredValue::new(VecDeque::new());
    let speed = memo(move || {
        let (now, steps, is_learning) = shell.frame.with(|frame| {
            let tokens = f64::from(frame.scalar("learned_tokens").unwrap_or(0.0));
            let is_judging = frame.scalar("judging").is_some_and(|judging| !judging.is_nan());
            ([dom::now_ms(), frame.step as f64, tokens], frame.steps, !is_judging && frame.step < frame.steps)
        });
        // Judging takes time too, but reads no samples; going back is no learning.
        let is_on = seen.with_value(|seen| seen.back().is_none_or(|last| last[1] <= now[1]));
        seen.update_value(|seen| {
            if !is_learning || !is_on {
                seen.clear();
            }
            seen.push_back(now);
            while seen.len() > 2 && now[0] - seen[0][0] > WHILE_MS {
                seen.pop_front();
            }
        });
        let then = seen.with_value(|seen| seen.front().copied().unwrap_or(now));
        if is_learning { tool_use::speed(then, now, steps) } else { String::new() }
    });
    // Where no reply would be shown nobody is asked.
    let ask = move || {
        super::stage::shows(shell, "reply").then(|| {
            div("told")
                .add(div("row").add(button("", say("ask_tuned"), move || shell.ask_tuned())))
                .add(text("p", say("ask_tuned_help")).class("hint"))
        })
    };
    div("told")
        .add(el("p").words_of(move || so_far.get()))
        .add(el("p").class("hint").words_of(move || [speed.get(), judging.get()].concat()))
        .part_of(table(shell, "learning", HEAD, tool_use::rounds))
        .maybe_of(ask)
        .add(div("row").add(button("", say("save_adapters"), move || shell.save_file())))
        .part_of(told(shell))
}

fn tools(shell: Shell) -> El {
    let rows = |frame: &crate::run::Frame| tool_use::tools(frame).into_iter().map(Vec::from).collect();
    div("").part_of(table(shell, "tools", &["col_tool", "col_conversations"], rows))
}

/// Rates of all, of each kind and of each tool.
fn rates(shell: Shell) -> El {
    const HEAD: &[&str] =
        &["col_kind", "col_n", "col_thought", "col_action", "col_args", "col_success", "col_iou", "col_strict"];
    const TOOLS: &[&str] = &["col_tool", "col_calls", "col_n", "col_action", "col_args", "col_success"];
    let so_far = memo(move || shell.frame.with(|frame| tool_use::scored(frame)));
    div("told")
        .add(el("p").words_of(move || so_far.get()))
        .part_of(table(shell, "rates", HEAD, tool_use::rates))
        .part_of(table(shell, "rates", TOOLS, tool_use::tool_rates))
        .part_of(told(shell))
}

/// What can be looked at: reasons of failure, and which tool is taken for which.
fn reasons(shell: Shell) -> El {
    let choices = memo(move || shell.frame.with(|frame| tool_use::choices(frame)));
    let looked_at = memo(move || shell.frame.with(|frame| frame.focus.class));
    let lines = move || {
        let head = ["col_what", "col_count"].map(|key| say(key).to_owned());
        let line = |(class, name, count): (u32, String, String)| {
            let is_on = looked_at.get() == class;
            let name = button("quiet", &name, move || shell.set_class(class));
            let name = name.attr("aria-pressed", if is_on { "true" } else { "false" });
            vec![el("th").attr("scope", "row").add(name), cell(&count)]
        };
        vec![super::explained::wide("reasons", element::table(&head, choices.get().into_iter().map(line)))]
    };
    div("scores").part_of(lines)
}

/// A text under what it is, for a list of terms.
pub fn part(key: &'static str, what: &str) -> [El; 2] {
    [text("dt", say(key)), el("dd").add(text("pre", what))]
}

/// The cases of what is looked at.
fn cases(shell: Shell) -> El {
    let of = memo(move || shell.frame.with(|frame| tool_use::looked_at(frame)));
    let note = memo(move || shell.frame.with(|frame| tool_use::cases_note(frame)));
    let cases = memo(move || shell.frame.with(|frame| tool_use::cases(frame)));
    let list = move || {
        let case = |Case { title, said, before, truth, prediction, difference }: Case| {
            let parts = [
                ("case_said", said, true),
                ("case_before", before, false),
                ("case_truth", truth, true),
                ("case_prediction", prediction, true),
                ("case_difference", difference, false),
            ];
            let there = parts.iter().filter(|(_, what, always)| *always || !what.is_empty());
            el("li").add(text("h4", &title)).add(el("dl").all(there.flat_map(|(key, what, _)| part(key, what))))
        };
        cases.get().into_iter().map(case).collect()
    };
    // Escape leads back to the matrix from whose cell one came.
    let back = |event: web_sys::Event| {
        if event.unchecked_into::<web_sys::KeyboardEvent>().key() == "Escape" {
            dom::focus_on(".p-confusion canvas");
        }
    };
    div("told scroll")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-labelledby", "chart-cases")
        .on("keydown", back)
        .add(
            el("p")
                .attr("aria-live", "polite")
                .add(el("strong").words_of(move || of.get()))
                .words(" ")
                .words_of(move || note.get()),
        )
        .add(el("ul").class("made").part_of(list))
}

/// A chart over the confusion matrix, each place of which opens its cases.
pub fn cases_by(shell: Shell, chart: Chart) -> El {
    let open = move |at: &Readout| {
        if let Some(cell) = shell.frame.peek(|frame| chart.opened_at(frame, at.place)) {
            shell.set_class(tool_use::class_of_cell(cell));
            dom::focus_on(".p-cases .told");
        }
    };
    panel::panel_with(shell, chart, Some(Rc::new(open)))
}
