//! The registry of labs: from an [`Experiment`] to the [`Run`] that works on it. A lab's engine side is one static
//! [`EngineLab`]; nothing else reaches a lab's code. A program names the entries that it links, and the linker drops
//! the rest.

pub mod attribution;
pub mod encoding;
pub mod library;
pub mod scan_snap;
pub mod tool_use;

pub use library::{DataError, Library, Piece};

use crate::experiment::own::{Own, TableKind};
use crate::experiment::tool_use::ToolTexts;
use crate::experiment::{ConfigError, Experiment};
use crate::run::{Frame, Run};

/// All labs.
pub static ALL: &[&EngineLab] = &[&scan_snap::LAB, &encoding::LAB, &tool_use::LAB];

/// A lab's engine side.
pub struct EngineLab {
    /// Its name, as experiments have it.
    pub name: &'static str,
    /// Its tasks: the kinds of runs it has.
    pub tasks: &'static [EngineTask],
    /// The kinds of files of the reader's own that its runs are started on.
    pub files: &'static [FileKind],
    /// What can be asked of its experiments without a run.
    pub queries: &'static [Query],
}

/// A kind of run.
pub struct EngineTask {
    /// Its name, as [`Experiment::task`] has it.
    pub name: &'static str,
    /// The run at step 0, for an experiment of the lab and the task, whose settings were checked.
    pub start: fn(&Experiment, &Library) -> Result<Box<dyn Run>, ConfigError>,
}

/// A kind of file of the reader's own.
pub struct FileKind {
    /// Which.
    pub kind: TableKind,
    /// How a library takes one in, in the place of the one before.
    pub take: Take,
}

/// How a library takes a file in; what is wrong with it is said in a sentence.
pub enum Take {
    /// At once, alone or with others of its kind.
    Whole(fn(&mut Library, library::Named) -> Result<Own, String>),
    /// Piece by piece: the last one gives what was read.
    Pieces(fn(&mut Library, &Piece<'_>) -> Result<Option<Taken>, String>),
}

/// A file that was read piece by piece to its end.
pub struct Taken {
    /// Name, size and digest, as an experiment carries them.
    pub own: Own,
    /// What is in it.
    pub content: Content,
}

/// What is in a file that was read piece by piece.
pub enum Content {
    /// A text.
    Text {
        /// Tokens.
        tokens: u64,
        /// Different words.
        words: u64,
    },
    /// Records, as a frame shows them.
    Records(Frame),
}

/// What can be asked of an experiment without a run, and what answers it.
pub enum Query {
    /// What a teacher is told of each scene: of each prompt its id and its text.
    Prompts(fn(&Experiment, &Library) -> Result<Vec<(String, String)>, ConfigError>),
    /// The tools there are.
    Tools(fn(&Experiment, &Library) -> Result<Vec<ToolTexts>, ConfigError>),
}

/// The run of an experiment, at step 0, by the entries of `labs`, on what `library` holds if it needs a file.
///
/// # Errors
/// [`ConfigError`] when a setting is out of its range, the run would need too much memory, the file is not the one that
/// the experiment asks for, or none of `labs` has such runs.
pub fn start_by(labs: &[&EngineLab], experiment: &Experiment, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    experiment.validate()?;
    let lab = labs.iter().find(|lab| lab.name == experiment.lab.name());
    let task = lab.and_then(|lab| lab.tasks.iter().find(|task| task.name == experiment.task()));
    match task {
        Some(task) => (task.start)(experiment, library),
        None => Err(ConfigError::Data { what: DataError::NotBuilt.to_string() }),
    }
}

/// The run of an experiment of any lab.
///
/// # Errors
/// As [`start_by`].
pub fn start_on(experiment: &Experiment, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    start_by(ALL, experiment, library)
}

/// The run of an experiment of any lab that needs no file.
///
/// # Errors
/// As [`start_by`].
pub fn start(experiment: &Experiment) -> Result<Box<dyn Run>, ConfigError> {
    start_on(experiment, &Library::default())
}
