//! Settings of the lab of the tests, and their table.

use crate::experiment::own::{Field, Own, TableKind, fields};
use crate::experiment::preset::{Preset, preset};
use crate::experiment::setting::{Kind, SEED, Setting, Value, setting};
use crate::experiment::{Figure, LabEntry, LabWords, Settings};
use serde::{Deserialize, Serialize};

/// All settings of the lab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Toy {
    /// How it counts.
    pub count: Count,
}

/// How it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Steps.
    pub to: u64,
    /// What is known of the reader's own file.
    pub own: Own,
}

impl Default for Count {
    fn default() -> Self {
        Self { to: 10, own: Own::default() }
    }
}

impl Settings for Toy {
    fn task(&self) -> &'static str {
        "count"
    }

    fn panels(&self) -> &'static [&'static str] {
        Self::PANELS
    }

    fn figure(&self) -> Figure {
        Figure::new(Self::PANELS, "count.to")
    }

    fn matters(&self, _path: &str) -> bool {
        true
    }

    fn steps(&self) -> Option<u64> {
        Some(self.count.to)
    }

    fn adopt(&mut self, kind: TableKind) -> Option<&mut Own> {
        (kind == TableKind::Toy).then_some(&mut self.count.own)
    }
}

static SETTINGS: &[Setting] = &[SEED, setting!(integer Toy, count.to: u64, 1, 1000)];

impl LabEntry for Toy {
    const NAME: &'static str = "toy";
    const TASKS: &'static [&'static str] = &["count"];
    const SETTINGS: &'static [Setting] = SETTINGS;
    const GROUPS: &'static [&'static str] = &["count"];
    const PANELS: &'static [&'static str] = &["count"];
    const LAST_CLASS: u64 = 0;
    const PRESETS: &'static [Preset] = &[preset("toy-ten", "#v=1&lab=toy&seed=0")];
    const FIELDS: &'static [Field] = fields!(Toy; files: count; lines:);
    const FILES: &'static [TableKind] = &[TableKind::Toy];
    const WORDS: LabWords =
        LabWords { title: "lab_toy", lede: "lede_toy", source: "source_toy", glossary: "glossary-toy" };
}
