//! What comes back: the [`Run`] every lab implements, the [`Frame`] of one moment, the [`Report`] of a whole run.
//! Nothing here computes, draws or knows a lab.

use crate::frame::{Content, InContent};
use serde::{Deserialize, Serialize};

/// Version of the engine's numbers: changes when any golden digest changes.
pub const ENGINE: &str = concat!("snapscope ", env!("CARGO_PKG_VERSION"));

/// The engine working on one experiment. A run is a pure function of its experiment: the same number of steps
/// gives the same bits, whatever the sizes of the budgets it was worked off in.
pub trait Run {
    /// Steps in the whole run.
    fn steps(&self) -> u64;

    /// Steps done so far.
    fn step_idx(&self) -> u64;

    /// Works off up to `budget` steps, never past the end.
    ///
    /// # Errors
    /// [`RunError::Diverged`] when a number stops being finite; the run stays at the last good step.
    fn step(&mut self, budget: u64) -> Result<(), RunError>;

    /// Whether a step takes so long that whoever may be interrupted works in parts of it.
    fn has_long_steps(&self) -> bool {
        false
    }

    /// Works on a part of the next step, at most some tenths of a second; whether the step is done.
    ///
    /// # Errors
    /// As [`Self::step`].
    fn part(&mut self) -> Result<bool, RunError> {
        self.step(1)?;
        Ok(true)
    }

    /// What the current moment looks like, with the history up to the furthest step reached.
    fn frame(&self, focus: Focus) -> Frame;

    /// The result up to the current step.
    fn report(&self) -> Report;

    /// The trained weights as a safetensors file, where they are a transformer's.
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    /// Digest of the state at the current step.
    fn digest(&self) -> Digest;

    /// The state at the current step, enough to go on from (bytes of the run's own form).
    fn checkpoint(&self) -> Checkpoint;

    /// Goes back (or on) to a state that [`Run::checkpoint`] of the same run gave.
    fn restore(&mut self, checkpoint: &Checkpoint);
}

/// A run's state at one step: what [`Run::restore`] goes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Steps done.
    pub step_idx: u64,
    /// The state, in the run's own order, little-endian.
    pub state: Vec<u8>,
}

impl Checkpoint {
    /// The state that these parts make up, one after the other.
    #[must_use]
    pub fn of(step_idx: u64, parts: &[&[u8]]) -> Self {
        Self { step_idx, state: parts.concat() }
    }

    /// Overwrites the parts that [`Self::of`] was given.
    ///
    /// # Panics
    /// When the state is that of another run and too short.
    pub fn restore<'a>(&self, parts: impl IntoIterator<Item = &'a mut [u8]>) {
        let mut state = self.state.as_slice();
        for part in parts {
            let (mine, rest) = state.split_at(part.len());
            part.copy_from_slice(mine);
            state = rest;
        }
    }
}

/// 64-bit digest of a run's state, written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(pub u64);

impl core::fmt::Display for Digest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RunError {
    /// A number stopped being finite; smaller learning rates help.
    #[error("training diverged at step {step}: {what} is no longer finite; what was recorded before is kept")]
    Diverged {
        /// The step that could not be taken, counted from 1.
        step: u64,
        /// What stopped being finite.
        what: String,
    },
}

/// Which part of a run the reader looks at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// Index of the sequence class, or of the explanation.
    pub class: u32,
    /// Weight of the meter in STRIPE-X.
    pub alpha: f64,
}

impl Focus {
    /// Looks at a class.
    #[must_use]
    pub fn on(class: u32) -> Self {
        Self { class, ..Self::default() }
    }
}

impl Default for Focus {
    fn default() -> Self {
        Self { class: 0, alpha: 1.0 }
    }
}

/// One moment of a run: named arrays with shapes, and the claims checked on it. No drawing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The step shown.
    pub step: u64,
    /// Steps in the whole run.
    pub steps: u64,
    /// What was looked at.
    pub focus: Focus,
    /// The numbers.
    pub arrays: Vec<Array>,
    /// Names along the axes of the arrays: tokens, queries, next tokens.
    pub labels: Vec<Labels>,
    /// The paper's claims, checked on this run.
    pub checks: Vec<Check>,
    /// What the run shows, by its kind.
    pub content: Content,
}

impl Frame {
    /// What a run of the kind `T` shows; none where the run is of another kind.
    #[must_use]
    pub fn content<T: InContent>(&self) -> Option<&T> {
        T::of(&self.content)
    }

    /// The array of that name, if the frame has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Array> {
        self.arrays.iter().find(|array| array.name == name)
    }

    /// The values of that name; empty if the frame does not have it.
    #[must_use]
    pub fn values(&self, name: &str) -> &[f32] {
        self.get(name).map_or(&[], |array| &array.values)
    }

    /// The names along the axis `name`; empty if the frame does not have it.
    #[must_use]
    pub fn labels(&self, name: &str) -> &[String] {
        self.labels.iter().find(|labels| labels.name == name).map_or(&[], |labels| &labels.texts)
    }

    /// The first value of that name.
    #[must_use]
    pub fn scalar(&self, name: &str) -> Option<f32> {
        self.values(name).first().copied()
    }
}

/// Names along an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Name of the axis.
    pub name: String,
    /// One text for each place on it.
    pub texts: Vec<String>,
}

/// A named array, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Array {
    /// Name, unique in its frame.
    pub name: String,
    /// Sizes of the dimensions; empty for a single number.
    pub shape: Vec<u32>,
    /// The values. Across the wire they travel apart, see `protocol::wire`.
    #[serde(skip)]
    pub values: Vec<f32>,
}

impl Array {
    /// An array of the given shape.
    ///
    /// # Panics
    /// When the shape does not hold `values.len()` numbers.
    #[must_use]
    #[inline(never)]
    pub fn new(name: &str, shape: &[usize], values: Vec<f32>) -> Self {
        assert!(shape.iter().product::<usize>() == values.len(), "array {name}: shape against number of values");
        Self { name: name.to_owned(), shape: shape.iter().map(|&size| size as u32).collect(), values }
    }

    /// An array of the given shape, its values from an iterator; not generic, for the sake of small code.
    ///
    /// # Panics
    /// When the shape does not hold as many numbers.
    #[must_use]
    #[inline(never)]
    pub fn collect(name: &str, shape: &[usize], values: &mut dyn Iterator<Item = f32>) -> Self {
        let mut all = Vec::with_capacity(shape.iter().product());
        for value in values {
            all.push(value);
        }
        Self::new(name, shape, all)
    }

    /// A single number.
    #[must_use]
    pub fn scalar(name: &str, value: f32) -> Self {
        Self::new(name, &[], vec![value])
    }

    /// Row `row` of a two-dimensional array.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f32] {
        let width = self.shape.last().map_or(1, |&width| width as usize);
        &self.values[row * width..(row + 1) * width]
    }
}

/// A claim of a paper, checked on the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Which claim; the message catalogue has its sentence and source under this name.
    pub claim: String,
    /// What was found.
    pub verdict: Verdict,
    /// The number it rests on; NaN when there is none.
    pub value: f64,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The claim holds on what was recorded.
    Holds,
    /// It does not hold (yet).
    Fails,
    /// The run breaks the claim's assumption that this name stands for.
    DoesNotApply(String),
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Steps done.
    pub step: u64,
    /// Digest of the state.
    pub digest: Digest,
    /// Summary numbers.
    pub summary: Vec<Measure>,
    /// Equal-length series, `step` first.
    pub series: Vec<Series>,
    /// What the lab adds: for each name a list of records.
    pub details: Vec<Detail>,
}

impl Report {
    /// The summary number of that name.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<f64> {
        self.summary.iter().find(|measure| measure.name == name).map(|measure| measure.value)
    }
}

/// A summary number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Name, as in the series it is the last value of.
    pub name: String,
    /// Value.
    pub value: f64,
    /// Unit: `nats`, or empty.
    pub unit: String,
    /// Which direction is better.
    pub better: Direction,
}

/// Which direction of a number is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Smaller is better.
    Lower,
    /// Larger is better.
    Higher,
    /// Neither is.
    Neither,
}

/// A recorded series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name.
    pub name: String,
    /// One value for each recorded step.
    pub values: Vec<f64>,
}

/// Records a lab adds to its report: in JSON, a list of objects under `name`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Name in the report's JSON: `classes`.
    pub name: String,
    /// The records.
    pub records: Vec<Record>,
}

/// One record of a detail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Fields that are texts, by name; before the others.
    pub texts: Vec<(String, String)>,
    /// Fields of numbers: shape [] a number, [n] a list, [a, b] a list of lists.
    pub arrays: Vec<Array>,
}

impl From<Vec<Array>> for Record {
    fn from(arrays: Vec<Array>) -> Self {
        Self { texts: Vec::new(), arrays }
    }
}
