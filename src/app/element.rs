//! Elements of the page, built by hand on leptos's signals. Each reactive piece is one boxed closure in one effect.
//!
//! `view!` makes a new type of every piece of page, and code for each: this page took 345 KB (gzip) that way and takes
//! little more than half of that this way, which is what its budget allows. Text only ever becomes text nodes.

use super::leptos::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, Node};

/// `Fn() -> T` as an object: with fewer methods in its table than `dyn Fn` has, and there are hundreds of tables.
trait Call<T> {
    fn call(&self) -> T;
}

impl<T, F: Fn() -> T> Call<T> for F {
    fn call(&self) -> T {
        self()
    }
}

/// `FnMut(Event)` as an object, likewise.
trait Hear {
    fn hear(&mut self, event: Event);
}

impl<F: FnMut(Event)> Hear for F {
    fn hear(&mut self, event: Event) {
        self(event);
    }
}

/// An element under construction. What reacts does so until the part of the page it belongs to is replaced.
pub struct El(Element);

/// A new element.
pub fn el(tag: &str) -> El {
    El(document().create_element(tag).unwrap_or_else(|_| unreachable!("tags are written in the code and valid")))
}

/// A new element of a class.
pub fn div(class: &str) -> El {
    el("div").class(class)
}

/// Text that stays, in an element.
pub fn text(tag: &str, words: &str) -> El {
    el(tag).words(words)
}

/// A button.
pub fn button(class: &str, label: &str, click: impl Fn() + 'static) -> El {
    button_boxed(class, label, Box::new(move |_| click()))
}

fn button_boxed(class: &str, label: &str, click: Box<dyn Hear>) -> El {
    let button = text("button", label).class(class).attr("type", "button");
    listen_boxed(button.0.clone().into(), "click", click);
    button
}

/// Runs `work` now and whenever a signal it read changes, until the part of the page is replaced.
pub fn watch(work: impl Fn() + 'static) {
    watch_boxed(Box::new(work));
}

fn watch_boxed(work: Box<dyn Call<()>>) {
    keep(RenderEffect::new(move |_| work.call()));
}

/// Keeps something until the part of the page is replaced.
pub fn keep<T: 'static>(thing: T) {
    StoredValue::new_local(thing);
}

/// A listener, gone when dropped.
struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    call: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.call.as_ref().unchecked_ref());
    }
}

/// Listens to `target` until the part of the page is replaced.
pub fn listen(target: &web_sys::EventTarget, event: &'static str, heard: impl FnMut(Event) + 'static) {
    listen_boxed(target.clone(), event, Box::new(heard));
}

fn listen_boxed(target: web_sys::EventTarget, event: &'static str, mut heard: Box<dyn Hear>) {
    let call = Closure::<dyn FnMut(Event)>::new(move |event| heard.hear(event));
    if target.add_event_listener_with_callback(event, call.as_ref().unchecked_ref()).is_ok() {
        keep(Listener { target, event, call });
    }
}

impl El {
    /// The element itself.
    pub fn node(&self) -> Element {
        self.0.clone()
    }

    /// Sets the class.
    pub fn class(self, class: &str) -> Self {
        if class.is_empty() { self } else { self.attr("class", class) }
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Sets an attribute to what `value` says; none takes it away.
    pub fn attr_of(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.attr_boxed(name, Box::new(value))
    }

    fn attr_boxed(self, name: &'static str, value: Box<dyn Call<Option<String>>>) -> Self {
        let element = self.node();
        watch(move || {
            let _ = match value.call() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        });
        self
    }

    /// Sets an attribute without a value where `on` says so: `disabled`, `open`.
    pub fn flag_of(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.attr_of(name, move || on().then(String::new))
    }

    /// Sets a property, such as a field's `value`, to what `value` says.
    pub fn prop_of(self, name: &'static str, value: impl Fn() -> JsValue + 'static) -> Self {
        self.prop_boxed(name, Box::new(value))
    }

    fn prop_boxed(self, name: &'static str, value: Box<dyn Call<JsValue>>) -> Self {
        let element = self.node();
        watch(move || {
            let _ = js_sys::Reflect::set(&element, &name.into(), &value.call());
        });
        self
    }

    /// Appends text that stays.
    pub fn words(self, words: &str) -> Self {
        let _ = self.0.append_child(&document().create_text_node(words));
        self
    }

    /// Appends text that stays, in which `η_Y` and its like get their subscripts.
    pub fn symbols(self, words: &str) -> Self {
        let mut pieces = words.split("η_");
        let mut made = self.words(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (letter, rest) = piece.split_at(piece.chars().next().map_or(0, char::len_utf8));
            made = made.words("η").add(text("sub", letter)).words(rest);
        }
        made
    }

    /// Appends text that follows what `words` says.
    pub fn words_of(self, words: impl Fn() -> String + 'static) -> Self {
        self.words_boxed(Box::new(words))
    }

    fn words_boxed(self, words: Box<dyn Call<String>>) -> Self {
        let node = document().create_text_node("");
        let _ = self.0.append_child(&node);
        watch(move || {
            let words = words.call();
            if node.data() != words {
                node.set_data(&words);
            }
        });
        self
    }

    /// Appends an element.
    pub fn add(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// Appends elements.
    pub fn all(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::add)
    }

    /// Appends elements that are replaced whenever a signal that `part` reads changes.
    pub fn part_of(self, part: impl Fn() -> Vec<El> + 'static) -> Self {
        self.part_boxed(Box::new(part))
    }

    /// Appends an element, or none, that is replaced whenever a signal that `part` reads changes.
    pub fn maybe_of(self, part: impl Fn() -> Option<El> + 'static) -> Self {
        self.part_of(move || part().into_iter().collect())
    }

    fn part_boxed(self, part: Box<dyn Call<Vec<El>>>) -> Self {
        let end: Node = document().create_comment("").into();
        let _ = self.0.append_child(&end);
        let shown = StoredValue::new_local(Vec::<Element>::new());
        watch_boxed(Box::new(move || {
            let made = part.call();
            shown.update_value(|shown| {
                shown.drain(..).for_each(|old| old.remove());
                let Some(parent) = end.parent_node() else { return };
                for El(new) in made {
                    let _ = parent.insert_before(&new, Some(&end));
                    shown.push(new);
                }
            });
        }));
        self
    }

    /// Listens to an event.
    pub fn on(self, event: &'static str, heard: impl FnMut(Event) + 'static) -> Self {
        listen_boxed(self.0.clone().into(), event, Box::new(heard));
        self
    }

    /// Listens for a new value of a field, as text.
    pub fn on_value(self, event: &'static str, heard: impl Fn(String) + 'static) -> Self {
        self.on(event, move |event| heard(event_target_value(&event)))
    }
}

/// A box to tick.
pub fn checkbox(on: impl Fn() -> bool + 'static, put: impl Fn(bool) + 'static) -> El {
    el("input")
        .attr("type", "checkbox")
        .prop_of("checked", move || on().into())
        .on("change", move |event| put(event_target_checked(&event)))
}

/// A choice of one of `options`, each with its value and words.
pub fn choice(
    options: Vec<(String, String)>,
    chosen: impl Fn() -> String + 'static,
    put: impl Fn(String) + 'static,
) -> El {
    let options = options.into_iter().map(|(value, words)| text("option", &words).attr("value", &value));
    // After its options: a select takes only a value that it has.
    el("select").all(options).prop_of("value", move || chosen().into()).on_value("change", put)
}

/// A list of terms and what they mean.
pub fn terms<'a>(class: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) -> El {
    el("dl").class(class).all(rows.flat_map(|(term, words)| [text("dt", term), text("dd", words)]))
}

/// A table: head, then rows; the first cell of a row names it.
pub fn table(head: &[String], rows: impl Iterator<Item = Vec<El>>) -> El {
    let head = head.iter().map(|name| text("th", name).attr("scope", "col"));
    let rows = rows.map(|cells| el("tr").all(cells));
    el("table").add(el("thead").add(el("tr").all(head))).add(el("tbody").all(rows))
}

/// A cell.
pub fn cell(words: &str) -> El {
    text("td", words)
}

/// A part that folds away under its title.
pub fn fold(title: El, open: bool) -> El {
    let fold = el("details").class("fold");
    let fold = if open { fold.attr("open", "") } else { fold };
    fold.add(el("summary").add(title))
}
