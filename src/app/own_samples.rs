//! What is in a file of samples of the reader's own.

use super::element::{self, El, div, el, fold, text};
use super::explained::{row, wide};
use super::shell::Shell;
use crate::run::Frame;
use crate::view::samples;
use crate::view::text::say;

/// The panel: how many there are of each kind and how long they are, the tools that are called, and what is flawed.
pub fn contents(shell: Shell) -> El {
    const KINDS: &[&str] =
        &["col_kind", "col_samples", "col_prompt", "col_prompt_longest", "col_output", "col_output_longest"];
    const TOOLS: &[&str] = &["col_tool", "col_calls", "col_samples"];
    let found = shell.own_tables.contents;
    let table = move |head: &'static [&'static str], rows: fn(&Frame) -> Vec<Vec<String>>| {
        move || {
            let head: Vec<String> = head.iter().map(|key| say(key).to_owned()).collect();
            let lines = found.with(rows).into_iter().map(|words| row(&words));
            vec![wide("contents", element::table(&head, lines))]
        }
    };
    let told = move || found.with(samples::told).iter().map(|what| text("li", what)).collect();
    div("told")
        .add(el("p").words_of(move || found.with(samples::so_far)))
        .part_of(table(KINDS, samples::kinds))
        .part_of(table(TOOLS, samples::tools))
        .add(fold(text("span", say("contents_told")), false).add(el("ul").part_of(told)))
}
