//! Light and dark: the system's choice unless the reader makes one.

use super::dom;
use super::element::{self, El, el};
use super::live::Live;
use super::shell::Shell;
use crate::view::text::say;

const DARK: &str = "(prefers-color-scheme: dark)";
const KEY: &str = "snapscope-theme";
const CHOICES: [(&str, &str); 3] = [("auto", "theme_auto"), ("light", "theme_light"), ("dark", "theme_dark")];

/// Follows the system and the reader's last choice.
pub fn follow(shell: Shell) {
    let kept = dom::stored(KEY);
    let chosen = CHOICES.iter().position(|(name, _)| kept.as_deref() == Some(*name)).unwrap_or(0);
    apply(shell, chosen);
    dom::on_media(DARK, move |_| {
        let kept = dom::stored(KEY);
        if kept.is_none_or(|kept| kept == CHOICES[0].0) {
            shell.dark.set(dom::media(DARK));
            shell.painter().touch_all(None);
        }
    });
}

fn apply(shell: Shell, chosen: usize) {
    let name = CHOICES[chosen].0;
    dom::set_root_attribute("data-theme", (chosen > 0).then_some(name));
    shell.dark.set(if chosen > 0 { name == "dark" } else { dom::media(DARK) });
    shell.painter().touch_all(None);
}

/// The button that goes round the three choices.
pub fn button(shell: Shell) -> El {
    let kept = dom::stored(KEY);
    let chosen = Live::new(CHOICES.iter().position(|(name, _)| kept.as_deref() == Some(*name)).unwrap_or(0));
    let next = move || {
        chosen.update(|chosen| *chosen = (*chosen + 1) % CHOICES.len());
        let now = chosen.now();
        dom::store(KEY, CHOICES[now].0);
        apply(shell, now);
    };
    let name = move || Some(format!("{}: {}", say("theme"), say(CHOICES[chosen.get()].1)));
    element::button("quiet", "", next)
        .attr_of("aria-label", name)
        .add(el("span").class("i-theme").attr("aria-hidden", "true"))
        .words_of(move || say(CHOICES[chosen.get()].1).to_owned())
}
