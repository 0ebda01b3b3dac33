//! Tokens of a class as people read them: their role in words, and how strongly a position is attended to.

use crate::number::significant;
use crate::run::Frame;
use crate::view::text::{fill, say};

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
    /// Whether it is marked: it belongs to one class only, or on a text, it is the one that looks.
    pub marked: bool,
    /// Attention at the start and now, in multiples of uniform attention.
    pub attention: [f64; 2],
    /// The same as levels below [`LEVELS`].
    pub level: [usize; 2],
}

impl Position {
    fn new(name: &str, marked: bool, attention: [f64; 2]) -> Self {
        Self { name: name.to_owned(), marked, attention, level: attention.map(level) }
    }
}

/// The sequence of a frame, empty where it has none: a sampled one, or on a text the one whose map is shown, as the
/// position `chosen` attends to it.
#[must_use]
pub fn sequence(frame: &Frame, chosen: usize) -> Vec<Position> {
    let words = frame.labels("sequence");
    if !words.is_empty() {
        let rows = ["maps", "map_now"].map(|name| row(frame, name, chosen, words.len()));
        // Each position sees those before it, and itself in some models.
        let seen = rows[0].iter().filter(|&&share| share > 0.0).count();
        let place = |(i, word): (usize, &String)| {
            let attention = rows.map(|row| f64::from(row.get(i).copied().unwrap_or(0.0)) * seen as f64);
            Position::new(word, i == chosen, attention)
        };
        return words.iter().enumerate().map(place).collect();
    }
    let (names, roles) = (frame.labels("tokens"), frame.values("roles"));
    let places = frame.values("sequence");
    let kinds = [frame.values("sequence_before"), frame.values("sequence_now")];
    let position = |(i, &place): (usize, &f32)| {
        let attention = kinds.map(|values| f64::from(values.get(i).copied().unwrap_or(0.0)) * places.len() as f64);
        Some(Position::new(names.get(place as usize)?, *roles.get(place as usize)? == 2.0, attention))
    };
    places.iter().enumerate().filter_map(position).collect()
}

fn row<'a>(frame: &'a Frame, name: &str, row: usize, width: usize) -> &'a [f32] {
    frame.values(name).get(row * width..(row + 1) * width).unwrap_or_default()
}

/// What there is to say of the position `chosen`: its attention, or on a text whom it attends to most and what comes next.
#[must_use]
pub fn said(frame: &Frame, chosen: usize) -> String {
    let words = frame.labels("sequence");
    let Some(word) = words.get(chosen) else {
        let place = frame.values("sequence").get(chosen).copied().unwrap_or(f32::NAN) as usize;
        let (positions, kind) = (sequence(frame, chosen), frame.values("roles").get(place));
        return positions.get(chosen).zip(kind).map_or_else(String::new, |(at, &kind)| {
            let [before, now] = at.attention.map(significant);
            fill("times_uniform", &[&at.name, role(kind), &now, &before])
        });
    };
    let attention = row(frame, "map_now", chosen, words.len());
    let mut most: Vec<usize> = Vec::new();
    for i in 0..attention.len() {
        let at = most.partition_point(|&other| attention[other] >= attention[i]);
        most.insert(at, i);
    }
    let most = most.into_iter().take(3).filter(|&i| attention[i] > 0.0);
    let most: Vec<String> =
        most.map(|i| fill("looks_at_one", &[&words[i], &significant(f64::from(attention[i]))])).collect();
    let chance = frame.values("predicted_probability").get(chosen).copied().unwrap_or(f32::NAN);
    let predicted = frame.labels("predicted").get(chosen).map_or("", String::as_str);
    let next = words.get(chosen + 1).map_or("…", String::as_str);
    fill("looks_at", &[word, &most.join(", "), predicted, &significant(f64::from(chance)), next])
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
        let positions = sequence(&frame, 0);
        assert_eq!(said(&frame, 0), "d0: distinct token, 1.9 × uniform attention (at first 1 ×)");
        assert_eq!(said(&frame, 2), "", "no such position");
        assert_eq!(positions.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["d0", "c0"]);
        assert_eq!(positions[0].level, [2, 4], "from uniform to 1.9 times uniform");
        assert_eq!(positions[1].level, [2, 0], "from uniform to a tenth of it");
        assert!(positions[0].marked && !positions[1].marked, "roles follow the token, not the position");
    }

    #[test]
    fn on_a_text_one_position_looks_at_the_others() {
        let words =
            |name: &str, texts: [&str; 3]| Labels { name: name.into(), texts: texts.map(str::to_owned).to_vec() };
        let frame = Frame {
            arrays: vec![
                // Two recorded maps, of which the first is that of the start.
                Array::new(
                    "maps",
                    &[2, 3, 3],
                    [vec![1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.4, 0.3, 0.3], vec![9.0; 9]].concat(),
                ),
                Array::new("map_now", &[3, 3], vec![1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.1, 0.7, 0.2]),
                Array::new("predicted_probability", &[3], vec![0.1, 0.2, 0.25]),
            ],
            labels: vec![words("sequence", ["the", "cat", "sat"]), words("predicted", ["a", "b", "on"])],
            ..Frame::default()
        };
        let positions = sequence(&frame, 2);
        let times: Vec<f64> = positions.iter().map(|at| (at.attention[1] * 100.0).round() / 100.0).collect();
        assert_eq!(times, [0.3, 2.1, 0.6], "of what is uniform over three");
        assert_eq!(positions.iter().map(|at| at.marked).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(
            said(&frame, 2),
            "“sat” looks at “cat” 0.7, “sat” 0.2, “the” 0.1. Expected next: “on” (0.25); the text has “…”."
        );
        assert!(said(&frame, 0).ends_with("the text has “cat”."), "{}", said(&frame, 0));
    }

    #[test]
    fn a_frame_without_a_sequence_shows_none() {
        assert_eq!((sequence(&Frame::default(), 0), said(&Frame::default(), 0)), (vec![], String::new()));
    }
}
