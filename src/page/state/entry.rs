//! The page side of the registry: what a lab adds to the page, as static entries. `page::labs::ALL` lists them; components
//! find them in the context and name no lab.

use super::shell::Shell;
use crate::experiment::Experiment;
use crate::page::reactive::memo;
use crate::protocol::TableKind;
use crate::run::Frame;
use crate::view::math::Said;
use leptos::prelude::*;

/// The page side of a lab.
pub struct PageLab {
    /// Its name, as in links.
    pub name: &'static str,
    /// Puts its state into the context and adds its features; called once, before the first link is opened.
    pub setup: fn(Shell),
    /// Its panels that are no charts, or more than one.
    pub panels: &'static [PanelEntry],
    /// Controls beside the transport, if it has any.
    pub tools: Option<fn() -> AnyView>,
    /// What stands below the controls of some settings.
    pub beside: &'static [Beside],
    /// Choices that there are only once the reader brought a file.
    pub offers: &'static [Offer],
    /// What stands below the panels, if `view` shows the panel of that name.
    pub below: Option<(&'static str, fn() -> AnyView)>,
    /// Takes files that the reader chose or dropped.
    pub take: fn(Shell, Vec<web_sys::File>),
    /// Kinds of its files that need another: the kind, and the one that must be here before it.
    pub needs: &'static [(TableKind, TableKind)],
    /// Its equations, for the notes.
    pub equations: &'static [Said],
    /// The key of what is being seen in a frame; empty where nothing is said.
    pub seen: fn(&Experiment, &Frame) -> &'static str,
}

/// A panel that is no chart.
pub struct PanelEntry {
    /// Its name, as in `view.panels` and in the catalogue. It takes the place of the charts of that panel.
    pub name: &'static str,
    /// Whether there is something to show.
    pub has: fn(Shell) -> bool,
    /// The panel.
    pub view: fn() -> AnyView,
}

/// What stands below the control of a setting.
pub struct Beside {
    /// Path of the setting.
    pub path: &'static str,
    /// What stands there.
    pub view: fn() -> AnyView,
}

/// A value of a choice that there is only once the reader brought a file.
pub struct Offer {
    /// Path of the setting.
    pub path: &'static str,
    /// The value.
    pub value: &'static str,
    /// Whether an experiment knows of such a file.
    pub is_known: fn(&Experiment) -> bool,
}

/// The labs of this page, in the order of the header. Lives in the context.
#[derive(Clone, Copy)]
pub struct Labs(pub &'static [&'static PageLab]);

impl Labs {
    /// The labs of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// The lab of that name.
    pub fn named(self, name: &str) -> Option<&'static PageLab> {
        self.0.iter().copied().find(|lab| lab.name == name)
    }

    /// The lab that an experiment belongs to.
    ///
    /// # Panics
    /// When the page was started without a lab that experiments have; a test holds that there is none.
    pub fn of(self, experiment: &Experiment) -> &'static PageLab {
        self.named(experiment.lab.name()).expect("every lab of an experiment has a page side")
    }

    /// The lab shown, as a signal that changes only with the lab.
    pub fn current(self, shell: Shell) -> Memo<&'static str> {
        memo(move || shell.experiment.with(|experiment| experiment.lab.name()))
    }
}
