//! Lists whose elements stay as long as their items do.

use leptos::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// An item of any list: the hash that tells it from others, and what makes its element.
struct Item {
    key: u64,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A list. Its items are told apart by hash: an item that is there again keeps its element.
///
/// All lists of the page share this one `<For>`, which weighs some KB for each type of item.
#[component]
pub fn Each<T>(
    /// The items; follows the signals that it reads.
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    /// The element of an item.
    children: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Hash + Send + 'static,
{
    let item = move |item: T| {
        let mut hasher = DefaultHasher::new();
        item.hash(&mut hasher);
        let children = children.clone();
        Item { key: hasher.finish(), view: Box::new(move || children(item)) }
    };
    list(Box::new(move || items().into_iter().map(&item).collect()))
}

fn list(items: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    view! { <For each=items key=|item| item.key children=|item| (item.view)() /> }.into_any()
}
