//! What a student is taught and by what it is judged: samples that are made, or the reader's own, of which some are held out.

use crate::experiment::ConfigError;
use crate::experiment::tool_use::{Samples, ToolUse, Tools};
use crate::labs::tool_use::evaluation::Kind;
use crate::labs::tool_use::files::Files;
use crate::labs::tool_use::making;
use crate::labs::tool_use::pipeline::{Form, Scenes, Settings};
use crate::labs::tool_use::sample::{Id, Sample};
use crate::labs::tool_use::student::base::{Base, CONTEXT};
use crate::labs::tool_use::student::data;
use crate::labs::tool_use::student::tuning::Row;
use crate::labs::tool_use::{Catalogue, samples};
use crate::random::{Purpose, Random};

/// Of samples that are fewer than was asked for, one in so many is held out.
const HELD_OUT: usize = 5;
/// The stream that says in which order samples of the reader's own are taken.
const ORDER: u64 = 1 << 54;

/// What is learned from, and what is judged by.
pub struct Taught {
    /// Samples to learn from.
    pub rows: Vec<Row>,
    /// Conversations to be judged by: those with the tools that are taught, then as many with others.
    pub judged: Vec<Sample>,
    /// How many tools there are of both kinds.
    pub tools: [usize; 2],
    /// Samples that were left out as they are longer than the base reads.
    pub too_long: usize,
    /// What there is to tell.
    pub told: Vec<String>,
}

impl Taught {
    /// What an experiment asks for.
    ///
    /// # Errors
    /// When a file is not the one that was asked for, or too little is left of it.
    pub fn new(asked: &ToolUse, seed: u64, files: &Files, base: &Base) -> Result<Self, ConfigError> {
        match asked.data.samples {
            Samples::Drawn => Self::drawn(asked, seed, files, base),
            Samples::Own => {
                let own = files.samples(&asked.samples.own)?;
                Self::own(asked, seed, &own, base)
            }
        }
    }

    fn drawn(asked: &ToolUse, seed: u64, files: &Files, base: &Base) -> Result<Self, ConfigError> {
        let (scenes, catalogue, told) = making::source(asked, seed, files)?;
        // How many scenes are drawn is told by the samples that are asked for.
        let scenes = if let Scenes::Drawn(_) = scenes { Scenes::Drawn(u64::MAX) } else { scenes };
        let tune = &asked.tune;
        let taught = data::some(&catalogue, tune.tools as usize, seed);
        let made = settings(asked, seed);
        let samples = data::taught(made, &taught, scenes, tune.samples as usize, tune.context);
        let rows: Vec<Row> = samples.iter().filter_map(|sample| Row::new(base, sample)).collect();
        let too_long = samples.len() - rows.len();
        if rows.is_empty() {
            return Err(too_few([samples.len(), too_long, 0], 1));
        }
        let judged = data::judged(to_judge(seed), &taught, tune.judged as usize, 0);
        Self { rows, judged, tools: [taught.tools().len(), 0], too_long, told }.with_others(
            asked,
            seed,
            tune.judged as usize,
        )
    }

    /// Of the reader's samples that fit, in an order drawn by the seed, the first are held out and the next learned from.
    fn own(asked: &ToolUse, seed: u64, own: &samples::Samples, base: &Base) -> Result<Self, ConfigError> {
        let tune = &asked.tune;
        let mut order: Vec<usize> = (0..own.kept.len()).collect();
        Random::new(seed, Purpose::Lesson, ORDER).shuffle(&mut order);
        let wanted = tune.judged as usize + tune.samples as usize;
        let (mut fitting, mut too_long) = (Vec::new(), 0);
        for (kind, sample) in order.into_iter().map(|at| &own.kept[at]) {
            if fitting.len() == wanted {
                break;
            }
            if *kind == Kind::Context && !tune.context {
                continue;
            }
            match Row::new(base, sample) {
                Some(row) => fitting.push((sample, row)),
                None => too_long += 1,
            }
        }
        let (found, kept) = (fitting.len(), own.kept.len());
        if found < 2 {
            return Err(too_few([kept, too_long, found], 2));
        }
        let judged =
            if found == wanted { tune.judged as usize } else { found / HELD_OUT }.clamp(1, tune.judged as usize);
        let rows = fitting.split_off(judged).into_iter().map(|(_, row)| row).collect();
        let numbered =
            (0..).zip(fitting).map(|(id, (sample, _))| Sample { id: Some(Id::Number(id)), ..sample.clone() });
        let judged_by = numbered.collect();
        let mut told = own.contents.told();
        let all = own.contents.samples();
        if (kept as u64) < all {
            told.push(format!("of {all} samples of the file {kept} are kept, as good as drawn"));
        }
        told.push(format!("{judged} samples of the file are held out to judge by"));
        let tools = [own.contents.tools.len(), 0];
        Self { rows, judged: judged_by, tools, too_long, told }.with_others(asked, seed, judged)
    }

    /// With as many conversations with other tools.
    fn with_others(mut self, asked: &ToolUse, seed: u64, count: usize) -> Result<Self, ConfigError> {
        let others = if asked.data.tools == Tools::Unseen { Catalogue::seen() } else { Catalogue::unseen() };
        self.tools[1] = others.tools().len();
        self.judged.extend(data::judged(to_judge(seed), &others, count, self.judged.len() as i64));
        if self.judged.len() < 2 * count {
            let what = "data.tools: no conversation to judge by comes of these tools".to_owned();
            return Err(ConfigError::Data { what });
        }
        Ok(self)
    }
}

fn settings(asked: &ToolUse, seed: u64) -> Settings {
    let [flaws, negatives, masked] =
        [asked.data.flaws, asked.data.negatives, asked.tune.masked].map(|share| share as f32);
    Settings { seed, flaws, negatives, masked, form: Form::Training }
}

/// With as many negatives as usual, however many are taught: a student that was shown none is asked for them too.
fn to_judge(seed: u64) -> Settings {
    Settings { seed, negatives: ToolUse::default().data.negatives as f32, ..Settings::default() }
}

/// That of so many samples, of which some are too long, too few are left.
fn too_few([all, too_long, left]: [usize; 3], expected: usize) -> ConfigError {
    let what = format!(
        "samples: of {all} samples {too_long} are longer than the {CONTEXT} tokens that the base reads and {left} can be learned \
         from, expected {expected} at least"
    );
    ConfigError::Data { what }
}
