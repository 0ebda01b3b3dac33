//! The registry of labs: from an [`Experiment`] to the [`Run`] that works on it. A lab's engine side is one static
//! [`EngineLab`]; nothing else reaches a lab's code. A program names the entries that it links, and the linker drops
//! the rest.

pub mod attribution;
pub mod encoding;
pub mod entry;
pub mod library;
pub mod scan_snap;
pub mod tool_use;
#[cfg(test)]
pub mod toy;

pub use entry::{Answer, Content, EngineLab, EngineTask, FileKind, Query, Take, Taken};
pub use library::{DataError, Library, Piece};

use crate::experiment::own::TableKind;
use crate::experiment::{ConfigError, Experiment};
use crate::run::Run;

/// All labs.
pub static ALL: &[&EngineLab] = &[
    &scan_snap::LAB,
    &encoding::LAB,
    &tool_use::LAB,
    #[cfg(test)]
    &toy::LAB,
];

/// How a file of a kind is taken in, if one of `labs` takes such files.
#[must_use]
pub fn take(labs: &[&'static EngineLab], kind: TableKind) -> Option<&'static Take> {
    labs.iter().flat_map(|lab| lab.files).find(|file| file.kind == kind).map(|file| &file.take)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Lab, Value};
    use crate::protocol::{Command, Event, RunId};
    use crate::run::Focus;
    use crate::session::Session;
    use std::collections::BTreeSet;

    #[test]
    fn every_lab_of_experiments_has_its_engine_side() {
        assert_eq!(ALL.len(), Lab::ALL.len(), "both registries have the same labs");
        for (lab, known) in ALL.iter().zip(Lab::ALL) {
            assert_eq!(lab.name, known.name, "in the same order");
            let tasks: BTreeSet<_> = lab.tasks.iter().map(|task| task.name).collect();
            assert_eq!(tasks, known.tasks.iter().copied().collect(), "{}: its tasks", lab.name);
            assert_eq!(tasks.len(), lab.tasks.len(), "{}: each task once", lab.name);
            let kinds: Vec<TableKind> = lab.files.iter().map(|file| file.kind).collect();
            assert!(kinds.iter().all(|kind| known.files.contains(kind)), "{}: its kinds of files", lab.name);
            assert_eq!(kinds.len(), known.files.len(), "{}: each kind once", lab.name);
        }
    }

    #[test]
    fn the_small_worker_has_just_the_runs_that_do_not_ask_for_the_other() {
        let small: &[&EngineLab] = &[&scan_snap::CLASSES];
        for known in Lab::ALL {
            let choices = known
                .settings
                .iter()
                .filter(|setting| known.tasks.contains(&setting.default_value().to_string().as_str()));
            let path = choices.map(|setting| setting.path).next();
            for task in known.tasks {
                let mut experiment = Experiment { seed: 0, lab: (known.start)() };
                if let Some(path) = path {
                    experiment.set(path, task).expect("a task is a choice");
                }
                assert_eq!(experiment.task(), *task, "{}", known.name);
                let is_small = start_by(small, &experiment, &Library::default()).is_ok();
                assert_eq!(is_small, !experiment.needs_all(), "{}, {task}", known.name);
            }
        }
    }

    #[test]
    fn a_new_lab_runs_in_a_session_by_its_entries_alone() {
        let link = "#v=1&lab=toy&seed=3&count.to=5&count.size=3&count.name=mine.bin";
        let (link, refused) = crate::experiment::Link::parse(link);
        assert_eq!(refused, []);
        let experiment = link.experiment;
        assert_eq!(experiment.get("count.to"), Some(Value::Integer(5)));
        let mut session = Session::default();
        let start = |experiment: &Experiment| Command::Start {
            run: RunId(1),
            experiment: experiment.clone(),
            focus: Focus::default(),
            seek: 0,
            playing: true,
            pace: f64::INFINITY,
        };
        let file = vec![("mine.bin".to_owned(), vec![1, 2, 3])];
        let taken = session.apply(Command::Tables { kind: TableKind::Toy, files: file.clone() });
        let [Event::Tabled { kind: TableKind::Toy, own }] = &*taken else { panic!("{taken:?}") };
        assert_eq!((&*own.name, own.size), ("mine.bin", 3));
        let mut events = session.apply(start(&experiment));
        let mut frames = Vec::new();
        while session.pace() > 0.0 {
            events.extend(session.apply(Command::Drawn { run: RunId(1) }));
            events.extend(session.step(2));
        }
        events.extend(session.apply(Command::Drawn { run: RunId(1) }));
        for event in &events {
            if let Event::Progress { frame, .. } = event {
                frames.push((frame.step, frame.scalar("count")));
            }
        }
        // From the seed, by the bytes of the file in each step.
        assert_eq!(frames, [(0, Some(3.0)), (2, Some(9.0)), (4, Some(15.0)), (5, Some(18.0))]);
        let reported = session.apply(Command::Report { run: RunId(1) });
        let [Event::Reported { report, .. }] = &*reported else { panic!("{reported:?}") };
        assert_eq!((report.step, report.measure("count")), (5, Some(18.0)));
        assert!(events.iter().any(|event| matches!(event, Event::Finished { .. })), "{events:?}");

        let mut small = Session::new(const { &[&scan_snap::CLASSES] });
        let refused = small.apply(start(&experiment));
        let [Event::Failed { error, .. }] = &*refused else { panic!("{refused:?}") };
        assert_eq!(*error, DataError::NotBuilt.to_string());
        let refused = small.apply(Command::Tables { kind: TableKind::Toy, files: file });
        assert!(matches!(&*refused, [Event::Refused { .. }]), "{refused:?}");
    }
}
