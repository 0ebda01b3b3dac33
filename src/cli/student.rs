//! The student that ships, built into the command line: the page loads the same files from beside itself.

use crate::experiment::Experiment;
use crate::labs::Library;
use crate::labs::tool_use::Files;

/// Its base, as `snapscope pretrain` makes it, and adapters tuned on it.
pub const SHIPPED: [(&str, &[u8]); 2] = [
    ("base.safetensors", include_bytes!("../../public/student/base.safetensors")),
    ("adapters.safetensors", include_bytes!("../../public/student/adapters.safetensors")),
];

/// Gives a library the student, if the experiment is about it and the library has none yet.
///
/// # Panics
/// Never: a test holds what is built in against what the engine knows.
pub fn give(library: &mut Library, experiment: &Experiment) {
    if !experiment.needs_base() {
        return;
    }
    let files = library.get_mut::<Files>();
    if files.base().is_err() {
        let shipped = SHIPPED.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        files.take_base(shipped.into()).expect("the student that ships");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::student::{Base, lexicon};

    #[test]
    fn the_student_that_ships_is_the_one_that_the_engine_knows() {
        let mut library = Library::default();
        let mut experiment = Experiment { seed: 0, lab: crate::experiment::Lab::named("tool-use").expect("a lab") };
        give(&mut library, &experiment);
        assert!(library.get::<Files>().is_none(), "data are made without it");
        experiment.set("task.kind", "probe").expect("a task");
        give(&mut library, &experiment);
        let files = library.get::<Files>().expect("files of the lab");
        let base = files.base().expect("a base");
        assert!(base.vocabulary == lexicon(), "the base was made with other words than today's");
        assert_eq!(base.save(), SHIPPED[0].1, "its numbers fit in two bytes");
        assert!(Base::load(&SHIPPED[0].1[..1000]).is_err() && files.shipped().is_ok());
    }
}
