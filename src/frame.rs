//! What a run shows at one moment: a struct of named fields for each kind of run. The structs are defined in the labs' `frame.rs`;
//! each has a line in [`contents!`] below. Computes and draws nothing.

use serde::{Deserialize, Serialize};

/// Makes the enum [`Content`] of the structs: of each its description, its name and the lab that defines it.
macro_rules! contents {
    ($($doc:literal $kind:ident in $lab:ident;)*) => {
        $(pub use crate::labs::$lab::frame::$kind;)*

        /// What is in a frame, by the kind of the run.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub enum Content {
            /// Named arrays only.
            #[default]
            Arrays,
            $(
                #[doc = $doc]
                $kind(Box<$kind>),
            )*
        }

        $(
            impl InContent for $kind {
                fn of(content: &Content) -> Option<&Self> {
                    if let Content::$kind(found) = content { Some(found) } else { None }
                }
            }

            impl From<$kind> for Content {
                fn from(found: $kind) -> Self {
                    Self::$kind(Box::new(found))
                }
            }
        )*
    };
}

pub use crate::labs::tool_use::frame as tool_use;

contents! {
    "A run that makes data: `task.kind=make-data` of tool use."
    DatasetFrame in tool_use;
}

/// A struct that [`Content`] has a variant of.
pub trait InContent: Sized {
    /// The struct, if the content is of this kind.
    fn of(content: &Content) -> Option<&Self>;
}
