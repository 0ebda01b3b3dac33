//! The head of the page: name, labs, dialogs, theme.

use super::shell::{Dialog, Shell};
use super::theme;
use crate::view::text::say;
use leptos::prelude::*;

/// The head of the whole page.
pub fn header(shell: Shell) -> AnyView {
    let opens = move |label, dialog| {
        view! { <button class="quiet" aria-haspopup="dialog" on:click=move |_| shell.dialog.set(Some(dialog))>{say(label)}</button> }
    };
    let coming = |label| {
        view! { <li class="coming">{say(label)} " " <small>{say("coming")}</small></li> }
    };
    view! {
        <header class="top">
            <p class="brand">{say("name")}</p>
            <nav aria-label=say("labs")>
                <ul>
                    <li aria-current="page">{say("lab_scan_snap")}</li>
                    {coming("lab_encoding")}
                    {coming("lab_tool_use")}
                </ul>
            </nav>
            <div class="tools">
                {opens("gallery", Dialog::Gallery)}
                {opens("share", Dialog::Share)}
                {theme::button(shell)}
                {opens("help", Dialog::Help)}
            </div>
        </header>
    }
    .into_any()
}
