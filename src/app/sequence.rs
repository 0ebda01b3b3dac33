//! One sequence as tokens, coloured by attention before training and now: a sampled one, or one of the text as the position
//! that is pointed at attends to it.

use super::element::{El, div, el, text};
use super::live::{Live, memo};
use super::panel::painted;
use super::shell::Shell;
use crate::view::text::{self as words, say};
use crate::view::token::{self, Position};
use wasm_bindgen::JsCast;

/// The panel.
pub fn panel(shell: Shell) -> El {
    let positions = Live::new(Vec::<Position>::new());
    let hint = Live::new(String::new());
    // On a text the last position asks until another is pointed at.
    let chosen = Live::new(shell.frame.peek(|frame| frame.labels("sequence").len().checked_sub(1)));
    // The tokens stay as long as the sequence does; only their colours change.
    let names =
        memo(move || positions.with(|positions| positions.iter().map(|at| at.name.clone()).collect::<Vec<_>>()));
    let show = move || {
        shell.frame.peek(|frame| {
            let now = token::sequence(frame, chosen.now().unwrap_or_default());
            if positions.peek(|shown| *shown != now) {
                positions.set(now);
            }
            hint.put(chosen.now().map_or_else(String::new, |chosen| token::said(frame, chosen)));
        });
    };
    let choose = move |i: usize| {
        chosen.set(Some(i));
        show();
    };
    let token = move |which: usize, i: usize, name: &str| {
        let class = move || {
            positions.with(|positions| {
                let at = positions.get(i)?;
                Some(format!("t a{}{}", at.level[which], if at.marked { " distinct" } else { "" }))
            })
        };
        text("span", name).attr_of("class", class).on("pointerenter", move |_| choose(i))
    };
    let row = move |which: usize| {
        let tokens = names.get();
        tokens.iter().enumerate().map(|(i, name)| token(which, i, name)).collect::<Vec<_>>()
    };
    let keys = move |event: web_sys::Event| {
        let last = positions.peek(Vec::len).saturating_sub(1);
        moved(&event, chosen.now().unwrap_or_default(), last).into_iter().for_each(choose);
    };
    let rows = div("sequence")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-labelledby", "chart-sequence")
        .on("keydown", keys)
        .add(text("h4", say("now")))
        .add(el("p").part_of(move || row(1)))
        .add(text("h4", say("before")))
        .add(el("p").part_of(move || row(0)));
    painted(shell, rows.node(), show);
    let words = words::panel("sequence");
    el("figure")
        .class("panel p-sequence")
        .attr("role", "group")
        .attr("aria-labelledby", "chart-sequence")
        .add(text("h3", words.title).attr("id", "chart-sequence"))
        .add(rows)
        .add(el("p").class("readout").words_of(move || hint.get()))
        .add(text("figcaption", words.caption))
}

/// The place that an arrow key goes to in a row of tokens, if it is one; the run is not stepped then.
pub(super) fn moved(event: &web_sys::Event, at: usize, last: usize) -> Option<usize> {
    let to = match event.unchecked_ref::<web_sys::KeyboardEvent>().key().as_str() {
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowRight" => (at + 1).min(last),
        _ => return None,
    };
    event.stop_propagation();
    event.prevent_default();
    Some(to)
}
