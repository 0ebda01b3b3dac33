//! Text with symbols of the paper in it.

use leptos::prelude::*;

/// Text in which learning rates such as `η_Y` get their subscripts.
#[component]
pub fn Symbols(
    /// The text.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    let mut pieces = words.split("η_");
    let first = pieces.next().unwrap_or_default().to_owned();
    let symbol = |piece: &str| {
        let (letter, rest) = piece.split_at(piece.chars().next().map_or(0, char::len_utf8));
        let (letter, rest) = (letter.to_owned(), rest.to_owned());
        view! {
            "η"
            <sub>{letter}</sub>
            {rest}
        }
    };
    let symbols: Vec<_> = pieces.map(symbol).collect();
    view! {
        {first}
        {symbols}
    }
}
