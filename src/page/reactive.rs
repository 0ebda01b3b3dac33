//! leptos's reactive functions with their closures boxed: compiled once for each type of value, and not for each of the
//! hundreds of closures of the page (docs/measured.md has the sizes).

use leptos::prelude::*;

/// A value that follows what `of` says and wakes its readers only when it becomes another one.
pub fn memo<T: PartialEq + Send + Sync + 'static>(of: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    boxed(Box::new(of))
}

fn boxed<T: PartialEq + Send + Sync + 'static>(of: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| of())
}

/// A value that follows what `of` says and is worked out whenever it is read.
pub fn derived<T: Send + Sync + 'static>(of: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    let of: Box<dyn Fn() -> T + Send + Sync> = Box::new(of);
    Signal::derive(of)
}

/// Runs `work` now and whenever a signal that it read changes.
pub fn effect(work: impl Fn() + 'static) {
    let work: Box<dyn Fn()> = Box::new(work);
    Effect::new(move |_: Option<()>| work());
}

/// Wakes the reader whenever a memo becomes another value. `Memo::track` alone follows nothing until the memo was read once.
pub fn follow_memo<T: Clone + Send + Sync + 'static>(memo: Memo<T>) {
    drop(memo.get());
}
