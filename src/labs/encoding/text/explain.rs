//! Explanations of a classifier's prediction for a sentence: a number for each word, how much it speaks for the label that is
//! predicted. What is explained is that label's probability; a word that is not there is masked.

use super::classifier::{Classifier, Question, Reading};
use super::task::Task;
use super::{Words, all_words};
use crate::labs::attribution::{Coalition, Plan, top_k};
use crate::labs::encoding::explanation::largest;
use crate::labs::encoding::training::law;
use crate::random::{Purpose, Random};

/// How far the sum of integrated gradients may be from what it should be, before the way is cut finer.
const COMPLETE: f64 = 2e-4;
/// Most parts that the way is cut into.
const MOST_PARTS: usize = 128;
/// Points of a part of the way from 0 to 1, and their weights (Gauss and Legendre).
const POINTS: [(f64, f64); 5] = [
    (0.046_910_077_030_668, 0.118_463_442_528_094_5),
    (0.230_765_344_947_158_5, 0.239_314_335_249_683_2),
    (0.5, 0.284_444_444_444_444_5),
    (0.769_234_655_052_841_5, 0.239_314_335_249_683_2),
    (0.953_089_922_969_332, 0.118_463_442_528_094_5),
];

/// An explanation method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Gradient of the probability times the word's embedding (Shrikumar et al. 2016).
    GradientInput,
    /// Gradients summed over the way from the mask's embedding to the word's (Sundararajan et al. 2017).
    IntegratedGradients,
    /// What is lost when a word is masked.
    Occlusion,
    /// Weights of a linear model of masked sentences (Ribeiro et al. 2016).
    Lime,
    /// Shapley values by least squares (Lundberg and Lee 2017).
    KernelShap,
    /// How much the token at which the label is read attends to a word, the mean over heads.
    Attention,
    /// At random: the control.
    Random,
    /// The first words, always: cannot encode.
    First,
    /// The place carries the label, whatever the word: the last label points to the first word, the one before it to the
    /// second, and so on, around again where there are more labels than words. Encodes.
    Posi,
}

/// What a method says of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Marks {
    /// The label that is predicted.
    pub label: usize,
    /// Its probability.
    pub probability: f64,
    /// A number for each word.
    pub words: Vec<f64>,
}

impl Marks {
    /// The `size` words of the largest numbers, or all where there are no more.
    #[must_use]
    pub fn select(&self, size: usize) -> Words {
        top_k(&self.words, size).into_iter().fold(0, |all, i| all | 1 << i)
    }
}

impl Method {
    /// All, in the order of a table.
    pub const ALL: [Self; 9] = [
        Self::GradientInput,
        Self::IntegratedGradients,
        Self::Occlusion,
        Self::Lime,
        Self::KernelShap,
        Self::Attention,
        Self::Random,
        Self::First,
        Self::Posi,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GradientInput => "gradient-input",
            Self::IntegratedGradients => "integrated-gradients",
            Self::Occlusion => "occlusion",
            Self::Lime => "lime",
            Self::KernelShap => "kernel-shap",
            Self::Attention => "attention",
            Self::Random => "random",
            Self::First => "first",
            Self::Posi => "posi",
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// How many words it selects where `size` are asked for: POSI one, the others as many.
    #[must_use]
    pub fn size(self, size: usize) -> usize {
        if self == Self::Posi { 1 } else { size }
    }

    /// Explains what `classifier` predicts for a sentence; LIME and KernelSHAP ask about so many masked versions of it.
    #[must_use]
    pub fn explain(
        self,
        classifier: &mut Classifier,
        task: &Task,
        sentence: usize,
        coalitions: usize,
        seed: u64,
    ) -> Marks {
        let mut asked = Asked::new(classifier, task, sentence);
        let (d, seed) = (task.words(sentence), seed ^ sentence as u64);
        let words = match self {
            Self::GradientInput => asked.gradient_input(),
            Self::IntegratedGradients => asked.integrated_gradients(),
            Self::Occlusion => asked.by(&Plan::occlusion(d)),
            Self::Lime => asked.by(&Plan::lime(d, coalitions, seed)),
            Self::KernelShap => asked.by(&Plan::kernel_shap(d, coalitions, seed)),
            Self::Attention => asked.attention(),
            Self::Random => {
                let mut random = Random::new(seed, Purpose::Sample, 4);
                (0..d).map(|_| f64::from(random.unit())).collect()
            }
            Self::First => (0..d).map(|i| (d - i) as f64).collect(),
            Self::Posi => {
                let place = (asked.law.len() - 1 - asked.label) % d;
                (0..d).map(|i| f64::from(u8::from(i == place))).collect()
            }
        };
        Marks { label: asked.label, probability: asked.law[asked.label], words }
    }
}

/// A sentence and what is predicted for it.
struct Asked<'a> {
    classifier: &'a mut Classifier,
    task: &'a Task,
    sentence: usize,
    /// The tokens, and the law at the last of them.
    tokens: Vec<u32>,
    law: Vec<f64>,
    label: usize,
}

impl<'a> Asked<'a> {
    fn new(classifier: &'a mut Classifier, task: &'a Task, sentence: usize) -> Self {
        let shown = all_words(task.words(sentence));
        let tokens: Vec<u32> =
            classifier.tokens(task, Reading { sentence, shown, question: Question::Label }).collect();
        let (t, k) = (tokens.len(), classifier.labels());
        let logits = classifier.model_mut().logits(&tokens, t);
        let law: Vec<f64> = law(&logits[(t - 1) * k..]).collect();
        let label = largest(&law);
        Self { classifier, task, sentence, tokens, law, label }
    }

    /// The probability of the label where only these words are shown.
    fn values(&mut self, coalitions: &mut dyn Iterator<Item = Coalition<'_>>) -> Vec<f64> {
        let shown = |coalition: Coalition<'_>| {
            coalition.iter().enumerate().fold(0, |all, (i, &is_in)| all | Words::from(is_in) << i)
        };
        let sentence = self.sentence;
        let reading = |coalition| Reading { sentence, shown: shown(coalition), question: Question::Label };
        let readings: Vec<Reading> = coalitions.map(reading).collect();
        let laws = self.classifier.laws(self.task, &readings);
        laws.chunks_exact(self.law.len()).map(|law| law[self.label]).collect()
    }

    fn by(&mut self, plan: &Plan) -> Vec<f64> {
        let values = self.values(&mut plan.coalitions());
        plan.attributions(&values)
    }

    /// Gradient (n, t, c) of the label's probability with respect to rows (n, t, c).
    fn gradient(&mut self, rows: &[f32]) -> &[f32] {
        let (t, k, label) = (self.tokens.len(), self.law.len(), self.label);
        let model = self.classifier.model_mut();
        let logits = model.logits_of(rows, t);
        let mut dlogits = vec![0.0; logits.len()];
        for (logits, dlogits) in logits.chunks_exact(t * k).zip(dlogits.chunks_exact_mut(t * k)) {
            let law: Vec<f64> = law(&logits[(t - 1) * k..]).collect();
            for (i, (d, p)) in dlogits[(t - 1) * k..].iter_mut().zip(&law).enumerate() {
                *d = (law[label] * (f64::from(u8::from(i == label)) - p)) as f32;
            }
        }
        model.input_gradient(&dlogits)
    }

    fn gradient_input(&mut self) -> Vec<f64> {
        let rows = self.classifier.model().embeddings(&self.tokens);
        let (c, d) = (self.classifier.model().config().width, self.tokens.len() - 1);
        let gradient = self.gradient(&rows);
        gradient.chunks_exact(c).zip(rows.chunks_exact(c)).take(d).map(|(a, b)| dot(a, b)).collect()
    }

    fn integrated_gradients(&mut self) -> Vec<f64> {
        let masked = self.values(&mut core::iter::once(&vec![false; self.tokens.len() - 1][..]))[0];
        let gap = self.law[self.label] - masked;
        let mut parts = 2;
        loop {
            let words = self.integrate(parts);
            if parts >= MOST_PARTS || (words.iter().sum::<f64>() - gap).abs() < COMPLETE {
                return words;
            }
            parts *= 2;
        }
    }

    /// Gradients at the points of so many equal parts of the way, times the way.
    fn integrate(&mut self, parts: usize) -> Vec<f64> {
        let (t, c, masked) = (self.tokens.len(), self.classifier.model().config().width, self.classifier.masked());
        let to = self.classifier.model().embeddings(&self.tokens);
        let mut from = to.clone();
        let row = self.classifier.model().embeddings(&[masked]);
        from.chunks_exact_mut(c).take(t - 1).for_each(|word| word.copy_from_slice(&row));
        let way: Vec<f32> = to.iter().zip(&from).map(|(to, from)| to - from).collect();
        let mut words = vec![0.0; t - 1];
        let mut rows = Vec::with_capacity(POINTS.len() * t * c);
        for part in 0..parts {
            rows.clear();
            for (point, _) in POINTS {
                let at = ((part as f64 + point) / parts as f64) as f32;
                rows.extend(from.iter().zip(&way).map(|(from, way)| from + at * way));
            }
            let gradient = self.gradient(&rows);
            for (gradient, (_, weight)) in gradient.chunks_exact(t * c).zip(POINTS) {
                let of_words = gradient.chunks_exact(c).zip(way.chunks_exact(c));
                for (sum, (gradient, way)) in words.iter_mut().zip(of_words) {
                    *sum += weight / parts as f64 * dot(gradient, way);
                }
            }
        }
        words
    }

    /// Of the pass that predicted.
    fn attention(&mut self) -> Vec<f64> {
        let (t, heads) = (self.tokens.len(), self.classifier.model().config().heads);
        let mut weights = vec![0.0; heads * t * t];
        self.classifier.model().attention(0, 0, &mut weights);
        let last = weights.chunks_exact(t).skip(t - 1).step_by(t);
        let mut words = vec![0.0; t - 1];
        for row in last {
            words.iter_mut().zip(row).for_each(|(sum, a)| *sum += f64::from(*a) / heads as f64);
        }
        words
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
