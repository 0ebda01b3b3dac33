//! Pictures of the gallery that no card can wait for: their experiments are run here, side by side, and what their charts are drawn from
//! goes into a file.

use super::{CliError, file_error, student};
use crate::experiment::{Experiment, Link, preset};
use crate::labs::{self, Library};
use crate::protocol::{Event, RunId, State, wire};
use crate::run::{Focus, Frame};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use xxhash_rust::xxh64::xxh64;

/// Runs all and writes the file.
pub fn run(out: &Path) -> Result<(), CliError> {
    // Before the minutes of work.
    let mut file = fs::File::create(out).map_err(|error| file_error(out, error))?;
    let asked = preset::all().enumerate().map(|(place, preset)| (place, Link::parse(preset.link).0.experiment));
    let asked: Vec<(usize, Experiment)> = asked.filter(|(_, experiment)| experiment.needs_base()).collect();
    let bar = indicatif::ProgressBar::new(asked.len() as u64);
    let (next, made) = (AtomicUsize::new(0), Mutex::new(vec![Ok(Vec::new()); asked.len()]));
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((place, experiment)) = asked.get(at) else { return };
            let event = picture(experiment).map(|frame| {
                let (run, state, furthest) = (RunId(*place as u32), State::Finished, settings(experiment));
                wire::encode_event(&Event::Progress { run, state, furthest, frame })
            });
            made.lock().expect("nobody panics with it")[at] = event;
            bar.inc(1);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    bar.finish_and_clear();
    let mut bytes = xxh64(&student::SHIPPED.map(|(_, bytes)| bytes).concat(), 0).to_le_bytes().to_vec();
    for event in made.into_inner().expect("nobody panics with it") {
        let event = event.map_err(CliError::Failed)?;
        bytes.extend((event.len() as u32).to_le_bytes());
        bytes.extend(event);
    }
    file.write_all(&bytes).map_err(|error| file_error(out, error))
}

/// The digest of all settings of an experiment.
#[must_use]
pub fn settings(experiment: &Experiment) -> u64 {
    xxh64(experiment.to_json().to_string().as_bytes(), 0)
}

/// What an experiment's picture is drawn from, at its end.
fn picture(experiment: &Experiment) -> Result<Frame, String> {
    let mut library = Library::default();
    student::give(&mut library, experiment);
    let mut run = labs::start_on(experiment, &library).map_err(|error| error.to_string())?;
    run.step(u64::MAX).map_err(|error| error.to_string())?;
    let frame = run.frame(Focus::default());
    // Success on the way: of each kind of tools the fourth of six rates, each with its interval; the others are left out.
    let is_left_out = |at: usize| !(9..12).contains(&(at % 18));
    let mut arrays = frame.arrays;
    arrays.retain(|array| ["round_steps", "round_rates", "attended"].contains(&array.name.as_str()));
    for array in arrays.iter_mut().filter(|array| array.name == "round_rates") {
        array.values.iter_mut().enumerate().filter(|(at, _)| is_left_out(*at)).for_each(|(_, value)| *value = 0.0);
    }
    let labels = frame.labels.into_iter().filter(|labels| labels.name == "attended_parts").collect();
    Ok(Frame { step: frame.step, steps: frame.steps, arrays, labels, ..Frame::default() })
}
