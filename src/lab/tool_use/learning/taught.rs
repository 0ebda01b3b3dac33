//! What a student is taught and by what it is judged: samples that are made, or the reader's own, of which some are held out.

use crate::experiment::ConfigError;
use crate::experiment::tool_use::{Samples, ToolUse, Tools};
use crate::lab::tool_use::evaluation::Kind;
use crate::lab::tool_use::files::Files;
use crate::lab::tool_use::making;
use crate::lab::tool_use::pipeline::{Form, Scenes, Settings};
use crate::lab::tool_use::sample::{Id, Sample};
use crate::lab::tool_use::student::base::{Base, CONTEXT};
use crate::lab::tool_use::student::data;
use crate::lab::tool_use::{Catalogue, samples};
use crate::random::{Purpose, Random};

/// Of samples that are fewer than was asked for, one in so many is held out.
const HELD_OUT: usize = 5;
/// The stream that says in which order samples of the reader's own are taken.
const ORDER: u64 = 1 << 54;

/// What is learned from, and what is judged by.
pub struct Taught {
    /// Samples to learn from.
    pub samples: Vec<Sample>,
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
            Samples::Drawn => Self::drawn(asked, seed, files),
            Samples::Own => {
                let own = files.samples(&asked.samples.own)?;
                Self::own(asked, seed, &own, base)
            }
        }
    }

    fn drawn(asked: &ToolUse, seed: u64, files: &Files) -> Result<Self, ConfigError> {
        let (scenes, catalogue, told) = making::source(asked, seed, files)?;
        // How many scenes are drawn is told by the samples that are asked for.
        let scenes = if let Scenes::Drawn(_) = scenes { Scenes::Drawn(u64::MAX) } else { scenes };
        let tune = &asked.tune;
        let taught = data::some(&catalogue, tune.tools as usize, seed);
        let made = settings(asked, seed);
        let samples = data::taught(made, &taught, scenes, tune.samples as usize, tune.context);
        let judged = data::judged(made, &taught, tune.judged as usize, 0);
        Self { samples, judged, tools: [taught.tools().len(), 0], too_long: 0, told }.with_others(
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
        let (mut samples, mut too_long) = (Vec::new(), 0);
        for (kind, sample) in order.into_iter().map(|at| &own.kept[at]) {
            if samples.len() == wanted {
                break;
            }
            match (*kind == Kind::Context && !tune.context, fits(base, sample)) {
                (true, _) => {}
                (false, true) => samples.push(sample.clone()),
                (false, false) => too_long += 1,
            }
        }
        let (found, kept) = (samples.len(), own.kept.len());
        if found < 2 {
            let what = format!(
                "samples: of {kept} samples {too_long} are longer than the {CONTEXT} tokens that the base reads and {found} \
                 can be learned from, expected 2 at least"
            );
            return Err(ConfigError::Data { what });
        }
        let judged =
            if found == wanted { tune.judged as usize } else { found / HELD_OUT }.clamp(1, tune.judged as usize);
        let learned = samples.split_off(judged);
        for (id, sample) in (0..).zip(&mut samples) {
            sample.id = Some(Id::Number(id));
        }
        let mut told = own.contents.told();
        let all = own.contents.samples();
        if (kept as u64) < all {
            told.push(format!("of {all} samples of the file {kept} are kept, as good as drawn"));
        }
        told.push(format!("{judged} samples of the file are held out to judge by"));
        let tools = [own.contents.tools.len(), 0];
        Self { samples: learned, judged: samples, tools, too_long, told }.with_others(asked, seed, judged)
    }

    /// With as many conversations with other tools.
    fn with_others(mut self, asked: &ToolUse, seed: u64, count: usize) -> Result<Self, ConfigError> {
        let others = if asked.data.tools == Tools::Unseen { Catalogue::seen() } else { Catalogue::unseen() };
        self.tools[1] = others.tools().len();
        self.judged.extend(data::judged(settings(asked, seed), &others, count, self.judged.len() as i64));
        if self.judged.len() < 2 * count {
            let what = format!("data.flaws: no line is left to judge by at {}", asked.data.flaws);
            return Err(ConfigError::Data { what });
        }
        Ok(self)
    }
}

fn settings(asked: &ToolUse, seed: u64) -> Settings {
    let (flaws, negatives) = (asked.data.flaws as f32, asked.data.negatives as f32);
    Settings { seed, flaws, negatives, form: Form::Training }
}

/// Whether the base reads a sample as a whole, with the ends of prompt and answer.
fn fits(base: &Base, sample: &Sample) -> bool {
    let mut tokens = Vec::new();
    for text in [&sample.instruction, &sample.output] {
        base.vocabulary.encode(text, &mut tokens);
    }
    tokens.len() < CONTEXT
}
