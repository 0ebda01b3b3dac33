//! The page's side of the lab of the tests: what a new lab needs there, and nothing else. Its test opens the page with it in a real
//! browser.

mod stand;

use crate::page::components::panel::Panel;
use crate::page::state::entry::{PageLab, PanelEntry};
use crate::page::state::shell::Shell;
use leptos::prelude::*;

/// The lab.
pub static LAB: PageLab = PageLab {
    name: "toy",
    setup: |_| {},
    panels: &[PanelEntry { name: "count", has: |_| true, view: count }],
    tools: None,
    beside: &[],
    offers: &[],
    below: None,
    take: |_, _| {},
    needs: &[],
    equations: &[],
    seen: |_, _| "",
};

/// How far it is counted.
fn count() -> AnyView {
    let shell = Shell::here();
    let count = move || shell.frame.with(|frame| frame.scalar("count"));
    view! {
        <Panel name="count">
            <output class="count">{count}</output>
        </Panel>
    }
    .into_any()
}

mod tests {
    use super::stand;
    use crate::page;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
    use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement};

    wasm_bindgen_test_configure!(run_in_browser);

    fn text(selector: &str) -> Option<String> {
        document().query_selector(selector).expect("a selector").and_then(|element| element.text_content())
    }

    /// Waits until it is so.
    async fn until(what: &str, holds: impl Fn() -> bool) {
        for _ in 0..400 {
            if holds() {
                return;
            }
            let wait = js_sys::Promise::new(&mut |resolve, _| {
                window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 25).expect("a timer");
            });
            JsFuture::from(wait).await.expect("a timer does not fail");
        }
        panic!("within 10 s: {what}; the page says: {:?}", text("body"));
    }

    #[wasm_bindgen_test]
    async fn a_new_lab_opens_in_the_page_by_its_entries_alone() {
        stand::boot();
        window().location().set_hash("#v=1&lab=toy&seed=3&count.to=5&view.pace=max").expect("an address");
        page::start(page::labs::ALL);
        until("the run is shown to its end", || text(".count").as_deref() == Some("8")).await;
        assert_eq!(text("h1").as_deref(), Some("Toy"), "its title");
        assert_eq!(text("nav [aria-current]").as_deref(), Some("Toy"), "its tab");
        assert_eq!(text(".p-count h3").as_deref(), Some("Count"), "its panel");

        let control = document().query_selector(".control input[type=text]").expect("a selector").expect("its control");
        let control: HtmlInputElement = control.unchecked_into();
        assert_eq!(control.value(), "5", "its setting");
        control.set_value("7");
        let init = EventInit::new();
        init.set_bubbles(true);
        control.dispatch_event(&Event::new_with_event_init_dict("input", &init).expect("an event")).expect("heard");
        until("what is set is run", || text(".count").as_deref() == Some("10")).await;
        let says = || window().location().hash().is_ok_and(|hash| hash.contains("count.to=7"));
        until("and stands in the address", says).await;

        let others = document().query_selector_all("nav a:not([aria-current])").expect("a selector");
        assert_eq!(others.length() as usize, page::labs::ALL.len() - 1, "a tab for each lab");
        let other: HtmlElement = others.get(0).expect("a lab").unchecked_into();
        other.click();
        until("another lab takes its place", || text("h1").is_some_and(|title| title != "Toy")).await;
    }
}
