//! The page, in leptos. `platform` asks the browser, `state` has signals and what follows them, `components` and `dialogs` show
//! them, `labs` has each lab's own parts and the registry. Each may use those before it; [`start`] puts them together. Knows the
//! engine only as commands and events; computes nothing: every value shown is made by `view` or `chart`.

mod app;
mod components;
mod dialogs;
pub mod labs;
mod platform;
mod reactive;
mod state;

pub use state::entry::PageLab;

/// Puts the page of these labs on the screen and opens what the address names.
pub fn start(labs: &'static [&'static PageLab]) {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    leptos::mount::mount_to_body(move || app::app(labs));
}
