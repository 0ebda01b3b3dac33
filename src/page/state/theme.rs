//! Light and dark: the system's choice unless the reader makes one.

use super::shell::Shell;
use crate::page::platform::dom;
use crate::page::reactive::{effect, follow_memo, memo};
use leptos::prelude::*;
use leptos_use_media_query::use_media_query;

const DARK: &str = "(prefers-color-scheme: dark)";
const KEY: &str = "snapscope-theme";

/// The choices: as it is kept, and the word of the catalogue.
pub const CHOICES: [(&str, &str); 3] = [("auto", "theme_auto"), ("light", "theme_light"), ("dark", "theme_dark")];

/// The theme. A handle, in the context.
#[derive(Clone, Copy)]
pub struct ThemeState {
    /// Which of [`CHOICES`] the reader made.
    pub chosen: RwSignal<usize>,
    /// Whether the page is dark at the moment.
    pub dark: Memo<bool>,
}

impl ThemeState {
    /// The reader's last choice; follows the system where that is it.
    pub fn start(shell: Shell) -> Self {
        let kept = dom::stored(KEY);
        let chosen = RwSignal::new(CHOICES.iter().position(|(name, _)| kept.as_deref() == Some(*name)).unwrap_or(0));
        let system = use_media_query(DARK);
        let dark = memo(move || match CHOICES[chosen.get()].0 {
            "auto" => system.get(),
            name => name == "dark",
        });
        effect(move || {
            let chosen = chosen.get();
            dom::set_root_attribute("data-theme", (chosen > 0).then_some(CHOICES[chosen].0));
            follow_memo(dark);
            shell.painter().touch_all(None);
        });
        Self { chosen, dark }
    }

    /// The theme of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Goes on to the next choice, and keeps it.
    pub fn next(self) {
        self.chosen.update(|chosen| *chosen = (*chosen + 1) % CHOICES.len());
        dom::store(KEY, CHOICES[self.chosen.get_untracked()].0);
    }
}
