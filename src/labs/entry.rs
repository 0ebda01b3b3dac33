//! What a lab's engine side is made of: the types of its entry in the registry. Names no lab.

use super::library::{Library, Named, Piece};
use crate::experiment::own::{Own, TableKind};
use crate::experiment::tool_use::ToolTexts;
use crate::experiment::{ConfigError, Experiment};
use crate::run::{Frame, Run};

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

impl FileKind {
    /// A kind of file that is taken at once.
    #[must_use]
    pub const fn whole(kind: TableKind, take: fn(&mut Library, Named) -> Result<Own, String>) -> Self {
        Self { kind, take: Take::Whole(take) }
    }
}

/// How a library takes a file in; what is wrong with it is said in a sentence.
pub enum Take {
    /// At once, alone or with others of its kind.
    Whole(fn(&mut Library, Named) -> Result<Own, String>),
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

/// What answers a question about an experiment without a run.
pub type Answer<T> = fn(&Experiment, &Library) -> Result<T, ConfigError>;

/// What can be asked of an experiment without a run, and what answers it.
pub enum Query {
    /// What a teacher is told of each scene: of each prompt its id and its text.
    Prompts(Answer<Vec<(String, String)>>),
    /// The tools there are.
    Tools(Answer<Vec<ToolTexts>>),
}
