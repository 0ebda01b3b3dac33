//! Self-instruction from scenes to samples (docs/papers.md 3.1), scene by scene, so that a file of any size can be
//! written as it is made, and a count of what becomes of everything. A pure function of its settings: each scene has
//! random streams of its own. Samples come in the order of their scenes; who trains on them shuffles.

use super::catalogue::Catalogue;
use super::chat::Chat;
use super::clean::Cleaner;
use super::conversation::Conversation;
use super::frame::{Dropped, Funnel};
use super::sample::Sample;
use super::scene::Scene;
use super::{pick, teacher};
use crate::random::{Purpose, Random};
use std::sync::Arc;

/// What samples are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To learn from: of each conversation one turn, drawn, with all before it.
    Training,
    /// To be judged by: whole conversations; one in four only from its last turn on, so that all calls are made already.
    Judged,
}

/// How data are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Of all that is drawn.
    pub seed: u64,
    /// The share of the teacher's lines that is flawed.
    pub flaws: f32,
    /// For each conversation with tools, how likely one without follows.
    pub negatives: f32,
    /// How many of the samples to learn from call tools by other names than theirs, as [`Catalogue::masked`] draws them.
    pub masked: f32,
    /// What samples are for.
    pub form: Form,
}

impl Default for Settings {
    /// As many flaws as leave about the paper's share of lines (41 K of 66 K), and its share of negatives (3 K to 41 K).
    fn default() -> Self {
        Self { seed: 0, flaws: 0.4, negatives: 3.0 / 41.0, masked: 0.0, form: Form::Training }
    }
}

/// Where scenes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scenes {
    /// So many are drawn.
    Drawn(u64),
    /// These.
    Given(Vec<Scene>),
    /// These, on which a teacher answered already.
    Answered(Vec<Answered>),
}

/// A scene, and what a teacher answered on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its place among all scenes there are.
    pub number: u64,
    /// The scene.
    pub scene: Scene,
    /// The answer.
    pub answer: String,
}

impl Scenes {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::Drawn(count) => *count,
            Self::Given(scenes) => scenes.len() as u64,
            Self::Answered(scenes) => scenes.len() as u64,
        }
    }

    /// All of them, in their order; drawn by `seed` where they are drawn.
    pub fn all(&self, seed: u64) -> impl Iterator<Item = Scene> {
        (0..self.count()).map_while(move |index| self.get(index, seed))
    }

    fn get(&self, index: u64, seed: u64) -> Option<Scene> {
        match self {
            Self::Drawn(count) => (index < *count).then(|| Scene::draw(&mut Random::new(seed, Purpose::Scene, index))),
            Self::Given(scenes) => scenes.get(index as usize).cloned(),
            Self::Answered(scenes) => scenes.get(index as usize).map(|answered| answered.scene.clone()),
        }
    }
}

/// What becomes of a teacher's line.
#[derive(Clone, Debug)]
pub enum Made<'a> {
    /// It is dropped.
    Dropped {
        /// The line.
        line: &'a str,
        /// Why.
        why: Dropped,
    },
    /// It became a sample, or one without tools followed.
    Sample {
        /// The sample.
        sample: Box<Sample>,
        /// The tool of the line, by its place in the catalogue; none of a sample without tools.
        tool: Option<usize>,
        /// Whether calls stand in the prompt already.
        in_context: bool,
    },
}

/// Makes samples.
#[derive(Clone, Debug)]
pub struct Pipeline {
    settings: Settings,
    catalogue: Arc<Catalogue>,
    scenes: Scenes,
    /// What people say without tools; drawn where there are none.
    chats: Vec<Chat>,
    cleaner: Cleaner,
    funnel: Funnel,
}

impl Pipeline {
    /// A pipeline at its first scene.
    #[must_use]
    pub fn new(settings: Settings, catalogue: Catalogue, scenes: Scenes, chats: Vec<Chat>) -> Self {
        let catalogue = Arc::new(catalogue);
        Self { settings, catalogue, scenes, chats, cleaner: Cleaner::default(), funnel: Funnel::default() }
    }

    /// How many scenes there are in all.
    #[must_use]
    pub fn scenes(&self) -> u64 {
        self.scenes.count()
    }

    /// What became of everything so far.
    #[must_use]
    pub fn funnel(&self) -> &Funnel {
        &self.funnel
    }

    /// Works on the next scene and shows `see` its samples; false when there is none.
    pub fn step(&mut self, see: &mut dyn FnMut(Sample)) -> bool {
        self.step_by_line(&mut |made| {
            if let Made::Sample { sample, .. } = made {
                see(*sample);
            }
        })
    }

    /// The same, and shows what is dropped as well.
    pub fn step_by_line(&mut self, see: &mut dyn FnMut(Made)) -> bool {
        let index = self.funnel.scenes;
        let Settings { seed, flaws, .. } = self.settings;
        let Some(scene) = self.scenes.get(index, seed) else { return false };
        let (number, answer) = match &self.scenes {
            Scenes::Answered(scenes) => (scenes[index as usize].number, scenes[index as usize].answer.clone()),
            _ => {
                let mut random = Random::new(seed, Purpose::Teacher, index);
                (index, teacher::answer(&scene, &self.catalogue, flaws, &mut random))
            }
        };
        let mut random = Random::new(seed, Purpose::Conversation, number);
        for line in answer.lines() {
            self.line(line, &scene.caption, &mut random, see);
        }
        self.funnel.scenes += 1;
        true
    }

    fn line(&mut self, line: &str, caption: &str, random: &mut Random, see: &mut dyn FnMut(Made)) {
        self.funnel.lines += 1;
        let instruction = match self.cleaner.take(line, &self.catalogue, random) {
            Ok(instruction) => instruction,
            Err(why) => {
                let at = Dropped::ALL.iter().position(|reason| *reason == why);
                self.funnel.dropped[at.expect("all reasons are listed")] += 1;
                return see(Made::Dropped { line, why });
            }
        };
        let catalogue = self.named(random);
        let conversation = Conversation::new(&instruction, caption, &catalogue, random);
        see(self.sample(&conversation, Some(instruction.parsed.tool), &catalogue, random));
        if random.unit() < self.settings.negatives {
            let chat = if self.chats.is_empty() { Chat::draw(random) } else { pick(random, &self.chats).clone() };
            let negative = Conversation::negative(&chat, caption, &catalogue, random);
            see(self.sample(&negative, None, &catalogue, random));
        }
    }

    /// The tools as a sample names them.
    fn named(&self, random: &mut Random) -> Arc<Catalogue> {
        let Settings { form, masked, .. } = self.settings;
        // Where none are masked nothing is drawn, so that samples stay what they are.
        if form == Form::Training && masked > 0.0 && random.unit() < masked {
            return Arc::new(self.catalogue.masked(random));
        }
        self.catalogue.clone()
    }

    fn sample(
        &mut self,
        conversation: &Conversation,
        tool: Option<usize>,
        catalogue: &Catalogue,
        random: &mut Random,
    ) -> Made<'static> {
        let (id, calls) = (self.funnel.samples(), conversation.calls.len());
        let (sample, before) = match self.settings.form {
            Form::Training => {
                let turn = random.below(calls as u32 + 1) as usize;
                (conversation.complement(turn, catalogue), turn)
            }
            Form::Judged => {
                let finished = random.below(4) == 0;
                (conversation.judged(id as i64, finished, catalogue), if finished { calls } else { 0 })
            }
        };
        let funnel = &mut self.funnel;
        match (calls, before) {
            (0, _) => funnel.negative += 1,
            (_, 0) => (funnel.conversations, funnel.single_turn) = (funnel.conversations + 1, funnel.single_turn + 1),
            _ => (funnel.conversations, funnel.context) = (funnel.conversations + 1, funnel.context + 1),
        }
        Made::Sample { sample: Box::new(sample), tool, in_context: before > 0 }
    }
}

#[cfg(test)]
mod tests;
