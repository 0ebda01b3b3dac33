//! What a student is taught, and what it is judged by: samples of the lab's own pipeline, of scenes that have nothing to do with
//! each other.

use crate::labs::tool_use::Catalogue;
use crate::labs::tool_use::pipeline::{Form, Made, Pipeline, Scenes, Settings};
use crate::labs::tool_use::sample::{Id, Sample};
use crate::random::{Purpose, Random};

/// Seeds of samples to be judged by follow those of samples to learn from at this distance.
const APART: u64 = 1 << 32;
/// Scenes with nothing to keep, one after the other, after which there is nothing to hope for.
const BARREN: u64 = 1000;

/// At most `count` samples to learn from; those that begin in the middle of a conversation only with `in_context`.
#[must_use]
pub fn taught(
    settings: Settings,
    catalogue: &Catalogue,
    scenes: Scenes,
    count: usize,
    in_context: bool,
) -> Vec<Sample> {
    let settings = Settings { form: Form::Training, ..settings };
    let mut pipeline = Pipeline::new(settings, catalogue.clone(), scenes, Vec::new());
    let mut samples = Vec::new();
    let (mut barren, mut before) = (0, 0);
    while samples.len() < count && barren < BARREN {
        let is_more = pipeline.step_by_line(&mut |made| {
            if let Made::Sample { sample, in_context: has_context, .. } = made
                && (in_context || !has_context)
            {
                samples.push(*sample);
            }
        });
        if !is_more {
            break;
        }
        barren = if samples.len() > before { 0 } else { barren + 1 };
        before = samples.len();
    }
    samples.truncate(count);
    samples
}

/// So many samples to be judged by, each of a scene of its own, with ids from `first` on. The teacher makes no mistakes in them, as
/// GPT4Tools' were cleaned by hand (docs/papers.md 3.1.6).
#[must_use]
pub fn judged(settings: Settings, catalogue: &Catalogue, count: usize, first: i64) -> Vec<Sample> {
    let settings = Settings { seed: settings.seed.wrapping_add(APART), form: Form::Judged, flaws: 0.0, ..settings };
    let mut pipeline = Pipeline::new(settings, catalogue.clone(), Scenes::Drawn(u64::MAX), Vec::new());
    let mut samples = Vec::new();
    let mut barren = 0;
    while samples.len() < count && barren < BARREN {
        let mut of_scene = Vec::new();
        pipeline.step(&mut |sample| of_scene.push(sample));
        barren += 1;
        if !of_scene.is_empty() {
            let mut random = Random::new(settings.seed, Purpose::Batch, samples.len() as u64);
            let mut sample = of_scene.swap_remove(random.below(of_scene.len() as u32) as usize);
            sample.id = Some(Id::Number(first + samples.len() as i64));
            samples.push(sample);
            barren = 0;
        }
    }
    samples
}

/// One of the conversations of a seed that are judged; each is of a stream of its own.
#[must_use]
pub fn one(settings: Settings, catalogue: &Catalogue, which: u32) -> Option<Sample> {
    let seed = settings.seed.wrapping_add((u64::from(which) + 1) << 40);
    judged(Settings { seed, ..settings }, catalogue, 1, i64::from(which)).pop()
}

/// The tools of a catalogue but for so many of them: which are left is drawn, each with those that must come before it.
#[must_use]
pub fn some(catalogue: &Catalogue, count: usize, seed: u64) -> Catalogue {
    let tools = catalogue.tools().len();
    if count >= tools {
        return catalogue.clone();
    }
    let mut order: Vec<usize> = (0..tools).collect();
    Random::new(seed, Purpose::Lesson, 1 << 55).shuffle(&mut order);
    let mut chosen: Vec<usize> = Vec::new();
    for tool in order {
        let more: Vec<usize> = catalogue.chain(tool).into_iter().filter(|it| !chosen.contains(it)).collect();
        if chosen.len() + more.len() <= count {
            chosen.extend(more);
        }
    }
    chosen.sort_unstable();
    catalogue.only(&chosen)
}
