//! The student's base, which comes with the page but only once a run needs it.

use crate::experiment::Experiment;
use crate::page::platform::boot::boot;
use crate::page::platform::dom;
use crate::page::state::feature::{Feature, Then};
use crate::page::state::files::Tables;
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use crate::view::text::{fill, say};
use leptos::task::spawn_local;

/// Brings the base before the first run that needs it.
struct Base {
    shell: Shell,
    tables: Tables,
}

impl Feature for Base {
    fn is_missing(&self, experiment: &Experiment) -> bool {
        experiment.needs_base() && !self.tables.has(TableKind::Base)
    }

    fn bring(&self, then: Then) {
        bring(self.shell, self.tables, then);
    }
}

/// Adds the feature.
pub fn setup(shell: Shell) {
    let tables = Tables::here();
    shell.add(Base { shell, tables });
    tables.brought_by(TableKind::Base, move |then| bring(shell, tables, then));
}

/// Loads the student, its base and its adapters, then goes on, told whether they are here; a failure is said.
fn bring(shell: Shell, tables: Tables, then: Then) {
    let coming = say("base_coming");
    shell.notices.add(coming);
    spawn_local(async move {
        let brought = boot().student().await;
        shell.notices.remove(coming);
        // Another run may have brought it meanwhile.
        let mut is_here = tables.has(TableKind::Base);
        match brought {
            _ if is_here => {}
            Err(error) => shell.notices.add(fill("base_failed", &[&dom::error_text(&error)])),
            Ok(files) => {
                let names = ["base.safetensors", "adapters.safetensors"];
                let bytes = |file| js_sys::Uint8Array::new(&file).to_vec();
                let brought = js_sys::Array::from(&files);
                let files = names.into_iter().map(str::to_owned).zip(brought.iter().map(bytes)).collect();
                tables.keep(TableKind::Base, files);
                is_here = true;
            }
        }
        then(is_here);
    });
}
