//! The form of a lesson.

/// A text in parts, each with whether it follows from those before it.
pub type Lesson = Vec<(String, bool)>;

/// The blank before an answer belongs to it: words are read with the one before them, so that they are the same in a list and after it.
pub(super) fn asked(said: &str, answer: &str) -> Lesson {
    vec![(format!("Human: {said}\nAI:"), false), (format!(" {answer}\n"), true)]
}
