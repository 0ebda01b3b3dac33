//! One sampled sequence as tokens, coloured by attention before training and now.

use super::element::{El, div, el, text};
use super::live::{Live, memo};
use super::panel::painted;
use super::shell::Shell;
use crate::number::significant;
use crate::view::text::{self as words, fill, say};
use crate::view::token::{self, Position};

/// The panel.
pub fn panel(shell: Shell) -> El {
    let positions = Live::new(Vec::<Position>::new());
    let hint = Live::new(String::new());
    // The tokens stay as long as the sequence does; only their colours change.
    let names = memo(move || {
        positions.with(|positions| positions.iter().map(|at| (at.name.clone(), at.distinct)).collect::<Vec<_>>())
    });
    let told = move |i: usize| {
        positions.peek(|positions| {
            positions.get(i).map_or_else(String::new, |at| {
                let [before, now] = at.attention.map(significant);
                fill("times_uniform", &[&at.name, at.role, &now, &before])
            })
        })
    };
    let token = move |which: usize, i: usize, name: &str, distinct: bool| {
        let kind = if distinct { " distinct" } else { "" };
        let class = move || {
            let level = positions.with(|positions| positions.get(i).map_or(0, |at| at.level[which]));
            Some(format!("t a{level}{kind}"))
        };
        text("span", name).attr_of("class", class).on("pointerenter", move |_| hint.set(told(i)))
    };
    let row = move |which: usize| {
        let tokens = names.get();
        tokens.iter().enumerate().map(|(i, (name, distinct))| token(which, i, name, *distinct)).collect::<Vec<_>>()
    };
    let rows = div("sequence")
        .add(text("h4", say("now")))
        .add(el("p").part_of(move || row(1)))
        .add(text("h4", say("before")))
        .add(el("p").part_of(move || row(0)));
    painted(shell, rows.node(), move || {
        let now = shell.frame.peek(|frame| token::sequence(frame));
        if positions.peek(|shown| *shown != now) {
            positions.set(now);
        }
    });
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
