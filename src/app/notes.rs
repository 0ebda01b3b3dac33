//! The notes: what is being seen, the paper's claims checked on this run, the equations, the terms.

use super::element::{El, el, fold, terms, text};
use super::equations;
use super::live::memo;
use super::shell::Shell;
use crate::view::check::CheckView;
use crate::view::text::say;
use crate::view::{math, notes, text as catalogue};

/// What is being seen at the moment, in a sentence.
pub fn seen(shell: Shell) -> El {
    let seen =
        memo(move || shell.experiment.with(|experiment| shell.frame.with(|frame| notes::seen(experiment, frame))));
    // Of a run that cannot go on its error says it all.
    let failed = memo(move || shell.player.with(|player| player.error.is_some()));
    el("p").class("seen").words_of(move || if failed.get() { String::new() } else { say(seen.get()).to_owned() })
}

/// The notes.
pub fn notes(shell: Shell) -> El {
    let count = memo(move || shell.frame.with(|frame| frame.checks.len()));
    let equations = move || {
        let all = shell.experiment.with(math::equations);
        all.iter().flat_map(|(key, math)| [text("p", say(key)).class("hint"), equations::equation(*math)]).collect()
    };
    let source = memo(move || shell.experiment.with(|now| now.lab.known().words.source));
    el("aside")
        .class("notes")
        .attr("aria-label", catalogue::panel("notes").title)
        .add(text("h2", say("claims")))
        .add(el("ul").class("checks").part_of(move || (0..count.get()).map(|i| check(shell, i)).collect()))
        .add(el("p").class("hint").words_of(move || say(source.get()).to_owned()))
        .add(fold(text("h2", say("equations")), false).part_of(equations))
        .maybe_of(move || Some(fold(text("h2", say("glossary")), false).add(glossary(shell))))
}

fn check(shell: Shell, i: usize) -> El {
    let view = memo(move || shell.frame.with(|frame| frame.checks.get(i).map(CheckView::new)));
    let part = move |of: fn(CheckView) -> String| move || view.get().map(of).unwrap_or_default();
    let class = part(|check| format!("check {}", check.kind));
    let mark = el("span").class("mark").attr("aria-hidden", "true").words_of(part(|check| check.mark.to_owned()));
    let detail = el("small")
        .words_of(part(|check| check.detail))
        .words(" ")
        .add(el("span").class("source").words_of(part(|check| check.source.to_owned())));
    let sentence = el("p")
        .words_of(part(|check| check.sentence))
        .words(" ")
        .add(el("strong").words_of(part(|check| check.verdict.to_owned())))
        .add(el("br"))
        .add(detail);
    el("li").attr_of("class", move || Some(class())).add(mark).add(sentence)
}

/// The terms and what they mean.
pub fn glossary(shell: Shell) -> El {
    terms("glossary", shell.experiment.with(catalogue::glossary))
}
