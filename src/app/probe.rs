//! The panels that watch a student reply: what it is asked, its tokens, the words that matter, and what its calls came to.

use super::element::{self, El, button, cell, checkbox, div, el, fold, text};
use super::live::{Live, memo};
use super::sequence::moved;
use super::shell::Shell;
use super::tool_use::part;
use crate::experiment::Lab;
use crate::experiment::tool_use::{MOST_TOOLS, TaskKind, ToolUse};
use crate::view::probe::{self, Call};
use crate::view::text::say;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlTextAreaElement};

/// Names of the panels.
pub const PANELS: &[&str] = &["reply", "words-said", "results"];

/// The panel of that name.
pub fn panel(shell: Shell, name: &'static str) -> El {
    let body = match name {
        "reply" => reply(shell),
        "words-said" => words(shell),
        _ => results(shell),
    };
    super::explained::figure(name, body)
}

/// Changes what is asked.
fn ask(shell: Shell, change: impl FnOnce(&mut ToolUse)) {
    let mut experiment = shell.experiment.now();
    if let Lab::ToolUse(settings) = &mut experiment.lab {
        settings.task.kind = TaskKind::Probe;
        change(settings);
        shell.replace(experiment);
    }
}

/// Where one types what is said and chooses the tools of the prompt.
fn form(shell: Shell) -> El {
    let said = memo(move || shell.frame.with(|frame| frame.labels("said_words").join(" ")));
    let area = el("textarea").attr("rows", "2").attr("maxlength", "200").attr("id", "probe-said");
    let field: HtmlTextAreaElement = area.node().unchecked_into();
    let shown = field.clone();
    element::watch(move || shown.set_value(&said.get()));
    let listed = memo(move || {
        let parts = shell.frame.with(|frame| frame.labels("attended_parts").to_vec());
        // After the tools come what is said of the image and to the student, its reply, and all else.
        parts[..parts.len().saturating_sub(4)].to_vec()
    });
    let chosen: Live<Vec<String>> = Live::new(Vec::new());
    element::watch(move || chosen.set(listed.get()));
    let typed = field.clone();
    let send = move || {
        let said = typed.value().replace(['\n', '\r'], " ");
        let tools = chosen.peek(|tools| tools.join(", "));
        ask(shell, move |settings| (settings.probe.said, settings.probe.tools) = (said.trim().to_owned(), tools));
    };
    let again = move || {
        ask(shell, |settings| {
            settings.probe.said.clear();
            settings.probe.tools.clear();
            settings.probe.conversation = (settings.probe.conversation + 1) % 10_000;
        });
    };
    let names = memo(move || shell.frame.with(|frame| frame.labels("all_tools").to_vec()));
    let tool = move |name: String| {
        let (is_on, put, other) = (name.clone(), name.clone(), name.clone());
        let on = move || chosen.with(|tools| tools.contains(&is_on));
        let set = move |on: bool| {
            chosen.update(|tools| {
                tools.retain(|tool| *tool != put);
                if on {
                    tools.push(put.clone());
                }
            });
        };
        let is_full = move || chosen.with(|tools| tools.len() >= MOST_TOOLS && !tools.contains(&other));
        el("li").add(el("label").add(checkbox(on, set).flag_of("disabled", is_full)).words(" ").words(&name))
    };
    let tools = el("ul").class("choices").part_of(move || names.get().into_iter().map(tool).collect());
    let prompt =
        memo(move || shell.frame.with(|frame| frame.labels("probe_prompt").first().cloned().unwrap_or_default()));
    div("ask")
        .add(text("label", say("probe_said")).attr("for", "probe-said"))
        .add(area)
        .add(fold(text("span", say("probe_tools")), false).add(tools))
        .add(fold(text("span", say("made_prompt")), false).add(el("pre").words_of(move || prompt.get())))
        .add(div("row").add(button("", say("probe_ask"), send)).add(button("quiet", say("probe_next"), again)))
}

/// The reply token by token, and what the chosen one could have been.
fn reply(shell: Shell) -> El {
    let tokens = memo(move || shell.frame.with(|frame| probe::tokens(frame)));
    let chosen = memo(move || shell.frame.with(|frame| probe::chosen(frame)));
    let choose = move |at: usize| shell.set_class(at as u32 + 1);
    let list = move || {
        let token = |(at, token): (usize, &probe::Token)| {
            let class = move || {
                tokens.with(|tokens| {
                    let doubt = tokens.get(at)?.doubt;
                    let level = doubt.map_or_else(|| "given".to_owned(), |level| format!("a{level}"));
                    Some(format!("t {level}{}", if chosen.get() == at { " chosen" } else { "" }))
                })
            };
            let span = text("span", &token.text).attr_of("class", class).on("click", move |_| choose(at));
            core::iter::once(span).chain(token.ends_line.then(|| el("br")))
        };
        tokens.get().iter().enumerate().flat_map(token).collect()
    };
    let keys = move |event: web_sys::Event| {
        let last = tokens.peek(Vec::len).saturating_sub(1);
        moved(&event, chosen.now(), last).into_iter().for_each(choose);
    };
    let others = move || {
        let rows = shell.frame.with(|frame| probe::others(frame));
        let head = ["col_token", "col_probability"].map(|key| say(key).to_owned());
        let lines = rows.into_iter().map(|words| vec![text("th", &words[0]).attr("scope", "row"), cell(&words[1])]);
        vec![super::explained::wide("reply", element::table(&head, lines))]
    };
    let told = move || {
        let told = shell.frame.with(|frame| frame.labels("told").to_vec());
        told.iter().map(|what| text("p", what).class("hint")).collect()
    };
    let all = div("sequence reply")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", say("probe_reply"))
        .on("keydown", keys)
        .add(el("p").part_of(list));
    div("told").add(form(shell)).add(all).part_of(others).part_of(told)
}

/// What was said, its words coloured by how much they speak for the tool that was chosen.
fn words(shell: Shell) -> El {
    let choice = memo(move || shell.frame.with(|frame| probe::choice(frame)));
    let words = memo(move || shell.frame.with(|frame| probe::words(frame)));
    let list = move || {
        let word = |word: &probe::Word| {
            [text("span", &word.text).class(&format!("t a{}", word.level)), text("small", &word.effect)]
        };
        words.get().iter().map(|it| el("li").all(word(it))).collect()
    };
    div("told").add(el("p").words_of(move || choice.get())).add(el("ol").class("said").part_of(list))
}

/// Calls, what came back, and sketches of the images that they make.
fn results(shell: Shell) -> El {
    let calls = memo(move || shell.frame.with(|frame| probe::calls(frame)));
    let list = move || {
        let call = |call: Call| {
            let parts = part("call_input", &call.input).into_iter().chain(part("call_observation", &call.observation));
            let sketch = (!call.objects.is_empty()).then(|| sketch(shell, &call));
            el("li").add(text("h4", &call.tool)).add(el("dl").all(parts)).all(sketch)
        };
        let all = calls.get();
        if all.is_empty() {
            return vec![el("li").add(text("p", say("calls_none")).class("hint"))];
        }
        all.into_iter().map(call).collect()
    };
    div("told").add(el("ul").class("made").part_of(list))
}

/// Width and height of a sketch, pixels.
const SKETCH: [f64; 2] = [256.0, 192.0];

/// An image as the boxes on it.
fn sketch(shell: Shell, call: &Call) -> El {
    let names: Vec<&str> = call.objects.iter().map(|(name, _)| name.as_str()).collect();
    let canvas = el("canvas").attr("role", "img").attr("aria-label", &names.join(", ")).class("sketch");
    let node: HtmlCanvasElement = canvas.node().unchecked_into();
    let [wide, high] = SKETCH;
    node.set_width(wide as u32);
    node.set_height(high as u32);
    let Some(context) = node.get_context("2d").ok().flatten() else { return canvas };
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let is_dark = shell.dark.get();
    let (paper, ink) = if is_dark { ("#1d2330", "#e6e9f0") } else { ("#f4f5f8", "#1c2230") };
    context.set_fill_style_str(paper);
    context.fill_rect(0.0, 0.0, wide, high);
    context.set_font("12px sans-serif");
    let [of_wide, of_high] = probe::SIZE;
    for (at, (name, bounds)) in call.objects.iter().enumerate() {
        let [x1, y1, x2, y2] = bounds.map(f64::from);
        let (x, y) = (x1 / of_wide * wide, y1 / of_high * high);
        let (w, h) = ((x2 - x1) / of_wide * wide, (y2 - y1) / of_high * high);
        let hue = (at * 137 + name.len() * 31) % 360;
        context.set_stroke_style_str(ink);
        match call.look {
            1 => context.stroke_rect(x, y, w, h),
            2 => {
                let light = 30 + (y2 / of_high * 50.0) as u32;
                context.set_fill_style_str(&format!("hsl(0 0% {light}%)"));
                context.fill_rect(x, y, w, h);
            }
            4 => {
                context.begin_path();
                context.move_to(x + w / 2.0, y);
                context.line_to(x + w / 2.0, y + h * 0.6);
                context.line_to(x, y + h);
                context.move_to(x + w / 2.0, y + h * 0.6);
                context.line_to(x + w, y + h);
                context.move_to(x, y + h * 0.3);
                context.line_to(x + w, y + h * 0.3);
                context.stroke();
            }
            look => {
                let strength = if look == 3 { 70 } else { 40 };
                context.set_fill_style_str(&format!("hsl({hue} {strength}% {}%)", if is_dark { 38 } else { 72 }));
                context.fill_rect(x, y, w, h);
            }
        }
        // On paper of its own: a name is read on any colour.
        let (x, y) = (x + 3.0, (y + 13.0).min(high - 3.0));
        context.set_fill_style_str(paper);
        context.fill_rect(x - 2.0, y - 11.0, 7.0 * name.chars().count() as f64 + 4.0, 14.0);
        context.set_fill_style_str(ink);
        let _ = context.fill_text(name, x, y);
    }
    canvas
}
