//! Which of the words said make the student choose its tool: the lab's attributions, where the words are the inputs, a coalition is
//! the words that are kept, and its value is the log-probability of the choice where nothing else is said.

use super::question::Question;
use crate::experiment::tool_use::{By, Probe};
use crate::kernels::simd;
use crate::labs::attribution::{Coalition, Plan, takes_all};
use crate::labs::tool_use::student::Base;
use crate::labs::tool_use::student::lexicon::END;
use crate::transformer::{Generator, Model};
use core::ops::Range;

/// The choice that is explained.
pub struct Choice {
    /// The reply up to the name of the first tool.
    before: String,
    /// The name.
    pub tool: String,
    generator: Generator,
    /// What the generator has read.
    read: Vec<u32>,
}

impl Choice {
    /// The choice of a student's.
    #[must_use]
    pub fn new(before: &str, tool: &str, model: &Model) -> Self {
        let (before, tool) = (before.to_owned(), tool.to_owned());
        Self { before, tool, generator: Generator::new(model), read: Vec::new() }
    }

    /// Its log-probability after a prompt; NaN where that is longer than the base reads. What prompts begin with alike is read once.
    pub fn log_probability(&mut self, prompt: &str, base: &Base, model: &Model) -> f64 {
        let mut sequence = vec![END];
        base.vocabulary.encode(&format!("{prompt}{}", self.before), &mut sequence);
        let from = sequence.len();
        base.vocabulary.encode(&format!(" {}", self.tool), &mut sequence);
        let last = sequence.len() - 1;
        if last > base.config.context {
            return f64::NAN;
        }
        // The token before the name is read in any case: it is what tells of the name.
        let alike = sequence[..from - 1].iter().zip(&self.read).take_while(|(a, b)| a == b).count();
        self.generator.truncate(alike);
        let mut logits = self.generator.push(model, &sequence[alike..from]).to_vec();
        for token in &sequence[from..last] {
            logits.extend_from_slice(self.generator.push(model, &[*token]));
        }
        sequence[..last].clone_into(&mut self.read);
        // The mean loss of the name's tokens, as the model itself would work it out, bit for bit.
        let n = sequence.len() - from;
        let share = (1.0 / n as f64) as f32;
        let mut losses = vec![0.0; n];
        simd::cross_entropy(&mut losses, &mut logits, &sequence[from..], &vec![share; n], base.config.outputs());
        let loss: f64 = losses.iter().map(|loss| f64::from(*loss) * f64::from(share)).sum();
        -loss * n as f64
    }
}

/// The words, and what is known of them so far.
pub struct Words {
    said: String,
    /// Where they are in what is said.
    ranges: Vec<Range<usize>>,
    by: By,
    plan: Plan,
    is_exact: bool,
    /// Values of the plan's first coalitions.
    values: Vec<f64>,
}

impl Words {
    /// Nothing asked yet.
    #[must_use]
    pub fn new(question: &Question, probe: &Probe, seed: u64) -> Self {
        let ranges = question.words();
        let (d, coalitions) = (ranges.len(), probe.coalitions as usize);
        let plan = match probe.words {
            By::Occlusion => Plan::occlusion(d),
            By::KernelShap => Plan::kernel_shap(d, coalitions, seed),
            By::Lime => Plan::lime(d, coalitions, seed),
        };
        let is_exact = probe.words == By::Occlusion || takes_all(d, coalitions);
        Self { said: question.said().to_owned(), ranges, by: probe.words, plan, is_exact, values: Vec::new() }
    }

    /// The words themselves.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.ranges.iter().map(|range| self.said[range.clone()].to_owned()).collect()
    }

    /// The method's name.
    #[must_use]
    pub fn by(&self) -> &'static str {
        self.by.name()
    }

    /// Steps: the first asks about two coalitions, each other one about the next.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.plan.coalitions().len() - 1
    }

    /// Whether all that the method is about was asked, not drawn parts of it.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Asks what is needed for so many steps and was not asked yet: the value of each text that could be said.
    pub fn ask(&mut self, steps: usize, value: &mut dyn FnMut(&str) -> f64) {
        let more = self.plan.coalitions().take(steps + 1).skip(self.values.len());
        let more: Vec<f64> = more.map(|kept| value(&self.kept(kept))).collect();
        self.values.extend(more);
    }

    /// What is said where only these words are: neighbours stand as they stood, others a space apart.
    #[must_use]
    pub fn kept(&self, coalition: Coalition<'_>) -> String {
        if coalition.iter().all(|is_in| *is_in) {
            return self.said.clone();
        }
        let mut text = String::new();
        let mut end: Option<usize> = None;
        for (at, range) in self.ranges.iter().enumerate().filter(|(at, _)| coalition[*at]) {
            match end {
                Some(before) if before + 1 == at => text += &self.said[self.ranges[before].end..range.start],
                Some(_) => text.push(' '),
                None => {}
            }
            text += &self.said[range.clone()];
            end = Some(at);
        }
        text
    }

    /// The values that were asked for in so many steps.
    #[must_use]
    pub fn values(&self, steps: usize) -> &[f64] {
        if steps == 0 { &[] } else { &self.values[..(steps + 1).min(self.values.len())] }
    }

    /// Values of no word and of all words, NaN where the method does not ask for them or has not yet.
    #[must_use]
    pub fn ends(&self, steps: usize) -> [f64; 2] {
        [false, true].map(|end| {
            let at = self.plan.coalitions().position(|kept| kept.iter().all(|is_in| *is_in == end));
            at.and_then(|at| self.values(steps).get(at)).copied().unwrap_or(f64::NAN)
        })
    }

    /// How much each word counts, as far as that is known after so many steps: by occlusion the first ones, else all at the end.
    #[must_use]
    pub fn effects(&self, steps: usize) -> Vec<f64> {
        let is_known = steps > 0 && (self.by == By::Occlusion || steps == self.steps());
        if !is_known {
            return Vec::new();
        }
        let mut values = self.values(steps).to_vec();
        values.resize(self.steps() + 1, f64::NAN);
        let mut effects = self.plan.attributions(&values);
        effects.truncate(if steps == self.steps() { effects.len() } else { steps });
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::super::Probing;
    use super::*;
    use crate::experiment::{Experiment, Lab, Link};
    use crate::labs::Library;
    use crate::labs::attribution::shapley;
    use crate::labs::tool_use::Files;
    use crate::run::{Checkpoint, Run};
    use crate::transformer::Batch;
    use std::collections::BTreeMap;

    const SAID: &str = "Find the cat in it";
    const BEFORE: &str = "Thought: Do I need to use a tool? Yes\nAction:";

    /// A student that chose a tool, and was asked about its words by a method.
    fn asked(more: &str) -> Probing {
        let link = format!("#v=1&lab=tool-use&seed=3&task.kind=probe&probe.said={}{more}", SAID.replace(' ', "%20"));
        let (Link { experiment, .. }, refused) = Link::parse(&link);
        assert_eq!(refused, [], "{more}");
        let Experiment { seed, lab: Lab::ToolUse(settings) } = &experiment else { panic!("another lab") };
        let mut library = Library::default();
        let shipped = [
            ("base.safetensors".to_owned(), include_bytes!("../../../../public/student/base.safetensors").to_vec()),
            (
                "adapters.safetensors".to_owned(),
                include_bytes!("../../../../public/student/adapters.safetensors").to_vec(),
            ),
        ];
        library.get_mut::<Files>().take_base(shipped.into()).expect("the student that ships");
        let mut run = Probing::new(settings, *seed, library.get().expect("the student")).expect("a run");
        // Which tool it is does not matter here, nor whether this student would have chosen it.
        run.choice = Some(Choice::new(BEFORE, "Detection", &run.model));
        run.step(u64::MAX).expect("nothing diverges");
        run
    }

    /// The value of a text that could be said, from scratch.
    fn value(run: &mut Probing, said: &str) -> f64 {
        let (mut sequence, vocabulary) = (vec![END], &run.base.vocabulary);
        vocabulary.encode(&format!("{}{BEFORE}", run.question.with(said)), &mut sequence);
        let from = sequence.len();
        vocabulary.encode(" Detection", &mut sequence);
        let t = sequence.len() - 1;
        let weights: Vec<f32> = (1..=t).map(|target| f32::from(target >= from)).collect();
        let batch = Batch { tokens: &sequence[..t], targets: &sequence[1..], weights: Some(&weights), t };
        -run.model.forward(&batch, None) * (sequence.len() - from) as f64
    }

    fn effects(run: &Probing) -> Vec<f64> {
        run.words.effects(run.words.steps())
    }

    fn gap(a: &[f64], b: &[f64]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn shapley_values_of_words_are_exact_where_they_are_few_and_add_up() {
        let mut run = asked("&probe.words=kernel-shap&probe.coalitions=32");
        let (found, d) = (effects(&run), run.words.texts().len());
        assert!(run.words.is_exact() && run.words.steps() + 1 == 32, "2^{d} sets");
        let [none, all] = run.words.ends(run.words.steps());
        let sum: f64 = found.iter().sum();
        assert!((sum - (all - none)).abs() < 1e-9, "{found:?} add up to {sum}, of {none} to {all}");
        let mut values: BTreeMap<Vec<bool>, f64> = BTreeMap::new();
        let exact = shapley(d, &mut |kept| {
            let said = run.words.kept(kept);
            *values.entry(kept.to_vec()).or_insert_with(|| value(&mut run, &said))
        });
        assert_eq!((values[&vec![false; d]], values[&vec![true; d]]), (none, all), "bit for bit as from scratch");
        let scale = exact.iter().map(|phi| phi.abs()).fold(0.0, f64::max);
        assert!(scale > 0.01 && gap(&found, &exact) < 1e-5 * scale, "{found:?}, expected {exact:?}");
        // Estimates of fewer sets, by other seeds: each adds up, and the mean of them comes near.
        let seeds = 1000;
        let mut mean = vec![0.0; d];
        for seed in 0..seeds {
            let plan = Plan::kernel_shap(d, 20, seed);
            let asked: Vec<f64> = plan.coalitions().map(|kept| values[kept]).collect();
            let phi = plan.attributions(&asked);
            assert!((phi.iter().sum::<f64>() - (all - none)).abs() < 1e-9, "seed {seed}: {phi:?}");
            mean.iter_mut().zip(phi).for_each(|(mean, phi)| *mean += phi / seeds as f64);
        }
        assert!(gap(&mean, &exact) < 0.1 * scale, "{mean:?}, exactly {exact:?}");
        // Back before the words, and there again.
        let end = run.checkpoint();
        let digest = run.digest();
        run.restore(&Checkpoint::of(run.tokens.len() as u64, &[]));
        assert!(run.words.values(0).is_empty() && run.digest() != digest);
        run.restore(&end);
        assert_eq!((effects(&run), run.digest()), (found, digest));
    }

    #[test]
    fn the_other_methods_ask_about_the_same_words_and_give_the_same_bits_again() {
        let more = "&probe.words=lime&probe.coalitions=16";
        let (occluded, lime) = (asked(""), asked(more));
        assert_eq!((effects(&occluded).len(), effects(&lime).len(), lime.words.is_exact()), (5, 5, false));
        assert!(effects(&lime).iter().all(|weight| weight.is_finite()));
        assert_eq!((effects(&asked(more)), asked(more).digest()), (effects(&lime), lime.digest()));
        let [none, all] = occluded.words.ends(5);
        assert!(none.is_nan() && all.is_finite(), "occlusion never asks without any word");
        // Of occlusion the first are known early, and what one word is worth is seen by leaving it out.
        assert_eq!(occluded.words.effects(2), effects(&occluded)[..2]);
        let mut run = occluded;
        let without = value(&mut run, "Find the in it");
        assert_eq!(effects(&run)[2], all - without);
    }

    #[test]
    fn words_that_are_kept_stand_as_they_stood() {
        let run = asked("");
        let kept = |bits: &str| run.words.kept(&bits.bytes().map(|bit| bit == b'1').collect::<Vec<_>>());
        assert_eq!(kept("11111"), SAID);
        assert_eq!(kept("10110"), "Find cat in");
        assert_eq!(kept("00000"), "");
    }
}
