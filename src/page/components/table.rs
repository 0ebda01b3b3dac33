//! Tables whose cells change in place.

use super::each::Each;
use crate::page::reactive::{derived, memo};
use leptos::prelude::*;

/// A cell: its words, and how they stand out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its words.
    pub words: String,
    /// Its class.
    pub class: &'static str,
}

impl Cell {
    /// A plain cell.
    pub fn plain(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }

    /// A cell of a class.
    pub fn classed(words: impl Into<String>, class: &'static str) -> Self {
        Self { words: words.into(), class }
    }
}

/// Rows of plain cells.
pub fn plain(rows: Vec<Vec<String>>) -> Vec<Vec<Cell>> {
    rows.into_iter().map(|row| row.into_iter().map(Cell::plain).collect()).collect()
}

/// Words of the catalogue, as the head of a table.
pub fn head(keys: &[&'static str]) -> Vec<String> {
    keys.iter().map(|key| crate::view::text::say(key).to_owned()).collect()
}

/// What a click on the name of a row does, and which row is looked at.
#[derive(Clone, Copy)]
pub struct Pick {
    /// The row looked at.
    pub picked: Signal<usize>,
    /// Takes the row that was clicked.
    pub put: Callback<(usize,)>,
}

/// A table: the first cell of a row names it.
#[component]
pub fn Table(
    /// Names of the columns; follows the signals that it reads.
    head: impl Fn() -> Vec<String> + Send + Sync + 'static,
    /// The rows; follows the signals that it reads.
    rows: impl Fn() -> Vec<Vec<Cell>> + Send + Sync + 'static,
    /// Makes buttons of the rows' names.
    #[prop(optional, into)]
    pick: Option<Pick>,
) -> impl IntoView {
    table(derived(head), memo(rows), pick)
}

fn table(head: Signal<Vec<String>>, rows: Memo<Vec<Vec<Cell>>>, pick: Option<Pick>) -> AnyView {
    let column = |name: String| view! { <th scope="col">{name}</th> };
    // Rows and cells go by their places: what is in them changes, they themselves stay.
    let count = memo(move || rows.with(Vec::len));
    let row = move |at: usize| view! { <Row at=at rows=rows pick=pick /> }.into_any();
    view! {
        <table>
            <thead>
                <tr>{move || head.get().into_iter().map(column).collect_view()}</tr>
            </thead>
            <tbody>
                <Each items=move || (0..count.get()).collect() children=row />
            </tbody>
        </table>
    }
    .into_any()
}

/// A row of a table.
#[component]
fn Row(
    /// Its place.
    at: usize,
    /// All rows.
    rows: Memo<Vec<Vec<Cell>>>,
    /// Makes a button of its name.
    pick: Option<Pick>,
) -> impl IntoView {
    let width = memo(move || rows.with(|rows| rows.get(at).map_or(0, Vec::len)));
    let of = move |column: usize, of: fn(&Cell) -> String| {
        move || rows.with(|rows| rows.get(at).and_then(|row| row.get(column)).map(of)).unwrap_or_default()
    };
    let name = of(0, |cell| cell.words.clone());
    let named = match pick {
        Some(pick) => view! {
            <button
                type="button"
                class="quiet"
                aria-pressed=move || (pick.picked.get() == at).to_string()
                on:click=move |_| pick.put.run((at,))
            >
                {name}
            </button>
        }
        .into_any(),
        None => name.into_any(),
    };
    let value = move |column: usize| {
        view! { <td class=of(column, |cell| cell.class.to_owned())>{of(column, |cell| cell.words.clone())}</td> }
            .into_any()
    };
    view! {
        <tr>
            <th scope="row">{named}</th>
            <Each items=move || (1..width.get()).collect() children=value />
        </tr>
    }
}

/// A frame for a table that may be wider than its panel: scrolls by itself, also by keys.
#[component]
pub fn Wide(
    /// What it shows, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            {children()}
        </div>
    }
}

/// Terms and what they mean.
#[component]
pub fn Terms(
    /// Class of the list.
    class: &'static str,
    /// The terms, each with its meaning.
    rows: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let row = |(term, words): (&'static str, &'static str)| {
        view! {
            <dt>{term}</dt>
            <dd>{words}</dd>
        }
    };
    view! { <dl class=class>{rows.into_iter().map(row).collect_view()}</dl> }
}
