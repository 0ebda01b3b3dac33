//! Commands and events as bytes, and back. Decoding is total: any bytes give a value or a [`WireError`].
//!
//! Layout, little-endian: `u32` length of the header; the header (the message in `postcard`, its arrays without
//! their values); zero padding to a multiple of four; the values of all arrays as `f32`, in order. Bulk numbers so
//! go as one copied block, not one by one through serde.

use super::{Command, Event};
use crate::run::Array;
use serde::{Serialize, de::DeserializeOwned};

/// Why bytes are not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The message ends before its header does.
    #[error("message of {len} bytes ends inside its header")]
    Short {
        /// Bytes given.
        len: usize,
    },
    /// The header is not a message of this version.
    #[error("message header is not of this version")]
    Header,
    /// The block of numbers does not fit the arrays' shapes.
    #[error("message holds {got} bytes of numbers, its arrays need {expected}")]
    Numbers {
        /// Bytes the shapes ask for; saturated.
        expected: u64,
        /// Bytes given.
        got: u64,
    },
}

/// A command as bytes.
#[must_use]
pub fn encode_command(command: &Command) -> Vec<u8> {
    encode(command, &[])
}

/// Bytes as a command.
///
/// # Errors
/// [`WireError`] when they are not one.
pub fn decode_command(bytes: &[u8]) -> Result<Command, WireError> {
    let (command, numbers) = decode(bytes)?;
    fill(Vec::new(), numbers)?;
    Ok(command)
}

/// An event as bytes.
#[must_use]
pub fn encode_event(event: &Event) -> Vec<u8> {
    let arrays: Vec<&Array> = match event {
        Event::Progress { frame, .. } => frame.arrays.iter().collect(),
        Event::Sampled { found, .. } => found.arrays.iter().collect(),
        Event::Reported { report, .. } => {
            report.details.iter().flat_map(|detail| detail.records.iter().flat_map(|record| &record.arrays)).collect()
        }
        _ => Vec::new(),
    };
    encode(event, &arrays)
}

/// Bytes as an event.
///
/// # Errors
/// [`WireError`] when they are not one.
pub fn decode_event(bytes: &[u8]) -> Result<Event, WireError> {
    let (mut event, numbers) = decode(bytes)?;
    let arrays: Vec<&mut Array> = match &mut event {
        Event::Progress { frame, .. } => frame.arrays.iter_mut().collect(),
        Event::Sampled { found, .. } => found.arrays.iter_mut().collect(),
        Event::Reported { report, .. } => report
            .details
            .iter_mut()
            .flat_map(|detail| detail.records.iter_mut().flat_map(|record| &mut record.arrays))
            .collect(),
        _ => Vec::new(),
    };
    fill(arrays, numbers)?;
    Ok(event)
}

fn encode<T: Serialize>(message: &T, arrays: &[&Array]) -> Vec<u8> {
    let header =
        postcard::to_allocvec(message).unwrap_or_else(|_| unreachable!("plain values with known lengths encode"));
    let numbers: usize = arrays.iter().map(|array| array.values.len() * 4).sum();
    let start = (4 + header.len()).next_multiple_of(4);
    let mut bytes = Vec::with_capacity(start + numbers);
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header);
    bytes.resize(start, 0);
    for array in arrays {
        bytes.extend_from_slice(bytemuck::cast_slice(&array.values));
    }
    bytes
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), WireError> {
    let short = WireError::Short { len: bytes.len() };
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(|| short.clone())?;
    let length = u32::from_le_bytes(*length) as usize;
    let header = rest.get(..length).ok_or(short)?;
    let (message, unread) = postcard::take_from_bytes(header).map_err(|_| WireError::Header)?;
    if !unread.is_empty() {
        return Err(WireError::Header);
    }
    let start = (4 + length).next_multiple_of(4);
    Ok((message, bytes.get(start..).unwrap_or(&[])))
}

/// Deals the block of numbers out to the arrays.
fn fill(arrays: Vec<&mut Array>, mut numbers: &[u8]) -> Result<(), WireError> {
    let size = |array: &Array| array.shape.iter().fold(4_u64, |size, &n| size.saturating_mul(u64::from(n)));
    let expected = arrays.iter().fold(0_u64, |sum, array| sum.saturating_add(size(array)));
    let got = numbers.len() as u64;
    if expected != got {
        return Err(WireError::Numbers { expected, got });
    }
    for array in arrays {
        let (mine, rest) = numbers.split_at(size(array) as usize);
        array.values = bytemuck::pod_collect_to_vec(mine);
        numbers = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::frame::DatasetFrame;
    use crate::frame::tool_use::{Dropped, DroppedLine};
    use crate::protocol::{RunId, State};
    use crate::run::{Check, Detail, Digest, Focus, Frame, Record, Report, Verdict};
    use proptest::prelude::*;

    fn array() -> impl Strategy<Value = Array> {
        ("[a-z_]{0,8}", 0_usize..5, 0_usize..5).prop_flat_map(|(name, rows, columns)| {
            prop::collection::vec(-1e30_f32..1e30, rows * columns)
                .prop_map(move |values| Array::new(&name, &[rows, columns], values))
        })
    }

    fn event() -> impl Strategy<Value = Event> {
        (prop::collection::vec(array(), 0..4), any::<u32>(), any::<u64>()).prop_flat_map(|(arrays, run, step)| {
            let run = RunId(run);
            let check = Check { claim: "uniform_start".into(), verdict: Verdict::Holds, value: 0.5 };
            let dropped = vec![DroppedLine { why: Dropped::Duplicate, line: "again".into() }];
            let content = DatasetFrame { file_bytes: step, dropped, ..DatasetFrame::default() };
            let frame = Frame {
                step,
                steps: step,
                focus: Focus::on(1),
                arrays: arrays.clone(),
                labels: Vec::new(),
                checks: vec![check],
                content: content.into(),
            };
            let report = Report {
                step,
                digest: Digest(step),
                summary: Vec::new(),
                series: Vec::new(),
                details: vec![Detail { name: "classes".into(), records: vec![Record { texts: Vec::new(), arrays }] }],
            };
            prop_oneof![
                Just(Event::Sampled { own: crate::experiment::Own::default(), found: frame.clone() }),
                Just(Event::Progress { run, state: State::Playing, furthest: step, frame }),
                Just(Event::Reported { run, report }),
                Just(Event::Failed { run: Some(run), error: "no".into() }),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_event_survives_the_wire(event in event()) {
            prop_assert_eq!(decode_event(&encode_event(&event)), Ok(event));
        }

        #[test]
        fn a_cut_event_is_refused(event in event(), cut in 0.0..1.0) {
            let bytes = encode_event(&event);
            let cut = (bytes.len() as f64 * cut) as usize;
            // Cutting only padding of an event without numbers leaves it whole.
            if let Ok(back) = decode_event(&bytes[..cut]) {
                prop_assert_eq!(back, event);
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (decode_event(&bytes), decode_command(&bytes));
        }
    }

    #[test]
    fn a_command_survives_the_wire() {
        let command = Command::Start {
            run: RunId(3),
            experiment: Experiment::default(),
            focus: Focus::default(),
            seek: 7,
            playing: true,
            pace: f64::INFINITY,
        };
        assert_eq!(decode_command(&encode_command(&command)), Ok(command));
    }

    #[test]
    fn files_of_every_kind_survive_the_wire() {
        use crate::protocol::TableKind::{
            Adapters, Answers, Base, Captions, Distribution, Explanations, Predictions, Sentences, Tools, Truth,
        };
        let of_tools = [Tools, Captions, Truth, Predictions, Answers, Base, Adapters];
        for kind in [Distribution, Explanations, Sentences].into_iter().chain(of_tools) {
            let command = Command::Tables { kind, files: vec![("a".to_owned(), vec![1, 0, 255])] };
            assert_eq!(decode_command(&encode_command(&command)), Ok(command));
            let own = crate::experiment::Own { name: "a".to_owned(), size: 3, digest: 9 };
            let event = Event::Tabled { kind, own };
            assert_eq!(decode_event(&encode_event(&event)), Ok(event));
        }
    }

    #[test]
    fn prompts_survive_the_wire() {
        let command = Command::Prompts { experiment: Experiment::default() };
        assert_eq!(decode_command(&encode_command(&command)), Ok(command));
        for prompts in [Ok(vec![("scene-0-x".to_owned(), "An image".to_owned())]), Err("no".to_owned())] {
            let event = Event::Prompted { prompts };
            assert_eq!(decode_event(&encode_event(&event)), Ok(event));
        }
    }

    #[test]
    fn tools_survive_the_wire() {
        let command = Command::Catalogue { experiment: Experiment::default() };
        assert_eq!(decode_command(&encode_command(&command)), Ok(command));
        let [name, usage, returns, after] = ["Cut", "to cut", "image", ""].map(str::to_owned);
        let (arguments, asks) = (vec!["image".to_owned(), "object".to_owned()], vec!["cut the {object}".to_owned()]);
        let tool = crate::protocol::ToolTexts { name, also: Vec::new(), usage, arguments, returns, after, asks };
        for tools in [Ok(vec![tool]), Err("no".to_owned())] {
            let event = Event::Catalogued { tools };
            assert_eq!(decode_event(&encode_event(&event)), Ok(event));
        }
    }

    #[test]
    fn a_frame_of_every_lab_survives_the_wire() {
        for lab in crate::experiment::Lab::ALL {
            let experiment = Experiment { lab: (lab.start)(), ..Experiment::default() };
            let mut engine = crate::labs::start(&experiment).expect("the default needs no file");
            engine.step(3).expect("nothing diverges");
            let frame = engine.frame(Focus::default());
            let event = Event::Progress { run: RunId(0), state: State::Paused, furthest: 3, frame };
            let Ok(Event::Progress { frame: back, .. }) = decode_event(&encode_event(&event)) else {
                panic!("{}: an event", lab.name);
            };
            let Event::Progress { frame, .. } = event else { unreachable!("it was made above") };
            // What is not a number is not equal to itself.
            assert_eq!(format!("{back:?}"), format!("{frame:?}"), "{}", lab.name);
        }
    }

    #[test]
    fn a_shape_that_overflows_is_refused() {
        let mut frame = Frame::default();
        frame.arrays.push(Array { name: "a".into(), shape: vec![u32::MAX; 4], values: Vec::new() });
        let event = Event::Progress { run: RunId(0), state: State::Paused, furthest: 0, frame };
        assert_eq!(decode_event(&encode_event(&event)), Err(WireError::Numbers { expected: u64::MAX, got: 0 }));
    }
}
