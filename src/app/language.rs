//! The language: `boot.js` brings the words of the one chosen first; another's take their place while the run goes on.

use super::dom;
use super::element::{El, el, text};
use super::leptos::*;
use super::shell::Shell;
use crate::chart::Words;
use crate::view::text::{self as catalogue, fill, say};
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

/// Where the choice is kept; `boot.js` reads it.
const KEY: &str = "snapscope-language";
const ID: &str = "language";

thread_local! {
    static ON_CHARTS: Cell<Option<&'static Words>> = const { Cell::new(None) };
}

/// What `boot.js` says of languages.
fn boot(name: &str) -> JsValue {
    let said = Reflect::get(&window(), &"snapscopeText".into()).unwrap_or_default();
    Reflect::get(&said, &name.into()).unwrap_or_default()
}

/// Puts the words that came with the page in use, and returns their language. Without words there is no page: the
/// error goes to `boot.js`, which has a sentence for it.
pub fn start() -> String {
    let language = boot("language").as_string().unwrap_or_default();
    if let Err(error) = put(&language, &boot("words")) {
        wasm_bindgen::throw_str(&error);
    }
    language
}

fn put(language: &str, flat: &JsValue) -> Result<(), String> {
    let flat = flat.as_string().unwrap_or_default();
    catalogue::put(flat).map_err(|error| format!("text/{language}.json: {error}"))?;
    ON_CHARTS.set(None);
    dom::set_root_attribute("lang", Some(language));
    document().set_title(say("title"));
    Ok(())
}

/// The words on charts, in the language in use.
pub fn words() -> &'static Words {
    ON_CHARTS.get().unwrap_or_else(|| {
        let words: &'static Words = Box::leak(Box::new(Words::of(catalogue::on_charts())));
        ON_CHARTS.set(Some(words));
        words
    })
}

/// Chooses the language, each by its own name.
pub fn choice(shell: Shell) -> El {
    let option = |pair: JsValue| {
        let pair: Array = pair.unchecked_into();
        let [code, name] = [0, 1].map(|at| pair.get(at).as_string().unwrap_or_default());
        text("option", &name).attr("value", &code).attr("lang", &code)
    };
    let languages = Object::entries(&boot("languages").unchecked_into());
    let choice = el("select")
        .attr("id", ID)
        .all(languages.iter().map(option))
        .prop_of("value", move || shell.language.get().into())
        .on_value("change", move |language| change(shell, language));
    el("label").add(text("span", say("language")).class("unseen")).add(choice)
}

fn change(shell: Shell, language: String) {
    let load: Function = boot("load").unchecked_into();
    let Ok(loading) = load.call1(&JsValue::NULL, &language.as_str().into()) else { return };
    dom::after(loading.unchecked_ref::<Promise>(), move |loaded| {
        let changed = loaded.map_err(|error| dom::words(&error)).and_then(|flat| put(&language, &flat));
        let language = match changed {
            Ok(()) => {
                dom::store(KEY, &language);
                language
            }
            Err(error) => {
                shell.notices.set(vec![fill("language_failed", &[&error])]);
                shell.language.now()
            }
        };
        // The page is built anew: what was open is opened again, and the focus comes back.
        let folds = dom::folds();
        shell.said.set(String::new());
        shell.language.set(language);
        let settle = move || {
            dom::put_folds(&folds);
            dom::focus(ID);
        };
        set_timeout(settle, core::time::Duration::ZERO);
    });
}
