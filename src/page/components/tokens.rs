//! Rows of tokens that are walked by arrow keys.

use leptos::ev::KeyboardEvent;

/// The place that an arrow key goes to in a row of tokens, if it is one; the run is not stepped then.
pub fn moved(event: &KeyboardEvent, at: usize, last: usize) -> Option<usize> {
    let to = match event.key().as_str() {
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowRight" => (at + 1).min(last),
        _ => return None,
    };
    event.stop_propagation();
    event.prevent_default();
    Some(to)
}
