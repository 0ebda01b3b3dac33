//! Tokens of a class as people read them: their role in words, and how strongly a position is attended to.

use crate::run::Frame;
use crate::view::text::say;

/// Levels of attention that are told apart.
pub const LEVELS: usize = 9;

/// The role of a token in words; `role` as in the frame's array `roles`.
#[must_use]
pub fn role(role: f32) -> &'static str {
    match role as i32 {
        0 => say("role_common"),
        1 => say("role_common_query"),
        2 => say("role_distinct"),
        _ => say("role_query"),
    }
}

/// One position of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// The token's name.
    pub name: String,
    /// Whether it belongs to one class only.
    pub distinct: bool,
    /// Its role in words.
    pub role: &'static str,
    /// Attention at the start and now, in multiples of uniform attention.
    pub attention: [f64; 2],
    /// The same as levels below [`LEVELS`].
    pub level: [usize; 2],
}

/// The sampled sequence of a frame; empty where it has none.
#[must_use]
pub fn sequence(frame: &Frame) -> Vec<Position> {
    let (names, roles) = (frame.labels("tokens"), frame.values("roles"));
    let places = frame.values("sequence");
    let uniform = 1.0 / places.len().max(1) as f64;
    let kinds = [frame.values("sequence_before"), frame.values("sequence_now")];
    let position = |(i, &place): (usize, &f32)| {
        let name = names.get(place as usize)?.clone();
        let kind = *roles.get(place as usize)?;
        let attention = kinds.map(|values| f64::from(values.get(i).copied().unwrap_or(0.0)) / uniform);
        Some(Position { name, distinct: kind == 2.0, role: role(kind), attention, level: attention.map(level) })
    };
    places.iter().enumerate().filter_map(position).collect()
}

/// Uniform attention is level 2; each level up is half as much again.
fn level(times_uniform: f64) -> usize {
    const STEPS: [f64; LEVELS - 1] = [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5.0, 8.0];
    STEPS.iter().filter(|step| times_uniform > **step).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Array, Labels};

    #[test]
    fn a_sequence_names_its_tokens_and_grades_their_attention() {
        let frame = Frame {
            arrays: vec![
                Array::new("roles", &[2], vec![0.0, 2.0]),
                Array::new("sequence", &[2], vec![1.0, 0.0]),
                Array::new("sequence_before", &[2], vec![0.5, 0.5]),
                Array::new("sequence_now", &[2], vec![0.95, 0.05]),
            ],
            labels: vec![Labels { name: "tokens".into(), texts: vec!["c0".into(), "d0".into()] }],
            ..Frame::default()
        };
        let positions = sequence(&frame);
        assert_eq!(positions.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["d0", "c0"]);
        assert_eq!(positions[0].level, [2, 4], "from uniform to 1.9 times uniform");
        assert_eq!(positions[1].level, [2, 0], "from uniform to a tenth of it");
        assert!(positions[0].distinct && !positions[1].distinct, "roles follow the token, not the position");
    }

    #[test]
    fn a_frame_without_a_sequence_shows_none() {
        assert_eq!(sequence(&Frame::default()), []);
    }
}
