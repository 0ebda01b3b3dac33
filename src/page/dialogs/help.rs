//! Help: what this is, keys, terms.

use crate::page::components::field::Tick;
use crate::page::components::notes::Glossary;
use crate::page::components::table::Terms;
use crate::page::state::dialog::DialogEntry;
use crate::page::state::keys::KeysOn;
use crate::view::text::say;
use leptos::prelude::*;

/// Keys and terms.
pub static HELP: DialogEntry =
    DialogEntry { name: "help", title: "help", key: Some("?"), view: || view! { <Help /> }.into_any() };

/// The dialog's content.
#[component]
fn Help() -> impl IntoView {
    let keys_on = KeysOn::here();
    let keys = vec![
        (say("key_space_name"), say("key_space")),
        ("← →", say("key_arrows")),
        (say("key_ends_name"), say("key_ends")),
        ("R", say("key_r")),
        ("S", say("key_s")),
        ("?", say("key_help")),
        ("1 2 3", say("key_labs")),
    ];
    view! {
        <div class="sheet-part">
            <p>{say("about")}</p>
            <h3>{say("keys")}</h3>
            <Terms class="keys" rows=keys />
            <Tick on=keys_on.0 put=move |on| keys_on.put(on)>
                {say("keys_on")}
            </Tick>
            <h3>{say("glossary")}</h3>
            <Glossary />
        </div>
    }
}
