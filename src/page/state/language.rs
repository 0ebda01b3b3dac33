//! The language: the words of the one chosen first come with the page; another's take their place while the run goes on.

use super::notices::Notices;
use crate::chart::Words;
use crate::page::platform::boot::boot;
use crate::page::platform::dom;
use crate::view::text::{self as catalogue, fill, say};
use core::time::Duration;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;

/// Where the choice is kept; `boot.js` reads it.
const KEY: &str = "snapscope-language";
/// The chooser's id: the focus comes back to it.
pub const CHOOSER: &str = "language";

thread_local! {
    static ON_CHARTS: Cell<Option<&'static Words>> = const { Cell::new(None) };
}

/// The language in use. A handle, in the context; the page is built anew when it changes.
#[derive(Clone, Copy)]
pub struct Language {
    /// Its code.
    pub code: RwSignal<String>,
    notices: Notices,
}

impl Language {
    /// Puts the words that came with the page in use. Without words there is no page: the error goes to `boot.js`, which
    /// has a sentence for it.
    pub fn start(notices: Notices) -> Self {
        let code = boot().language();
        if let Err(error) = put(&code, &boot().words()) {
            wasm_bindgen::throw_str(&error);
        }
        Self { code: RwSignal::new(code), notices }
    }

    /// The language of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Brings another language and puts it in use.
    pub fn change(self, code: String) {
        spawn_local(async move {
            let loaded = boot().load(&code).await.map_err(|error| dom::error_text(&error));
            let changed = loaded.and_then(|words| put(&code, &words.as_string().unwrap_or_default()));
            let code = match changed {
                Ok(()) => {
                    dom::store(KEY, &code);
                    code
                }
                Err(error) => {
                    self.notices.replace(fill("language_failed", &[&error]));
                    self.code.get_untracked()
                }
            };
            // The page is built anew: what was open is opened again, and the focus comes back.
            let folds = dom::open_folds();
            self.notices.said.set(String::new());
            self.code.set(code);
            let settle = move || {
                dom::put_folds(&folds);
                dom::focus(CHOOSER);
            };
            set_timeout(settle, Duration::ZERO);
        });
    }
}

fn put(code: &str, json: &str) -> Result<(), String> {
    catalogue::put(json).map_err(|error| format!("text/{code}.json: {error}"))?;
    ON_CHARTS.set(None);
    dom::set_root_attribute("lang", Some(code));
    document().set_title(say("title"));
    Ok(())
}

/// The words on charts, in the language in use.
pub fn chart_words() -> &'static Words {
    ON_CHARTS.get().unwrap_or_else(|| {
        let words: &'static Words = Box::leak(Box::new(Words::of(catalogue::on_charts())));
        ON_CHARTS.set(Some(words));
        words
    })
}
