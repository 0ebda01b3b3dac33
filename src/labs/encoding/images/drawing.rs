//! The images: what their patches can be, the distribution of patches and labels, and the pixels of an image.

use crate::labs::encoding::joint::{Joint, Row};
use crate::random::{Purpose, Random};

/// Pixels of an image's side, and of a patch's.
pub const SIDE: usize = 16;
const PATCH: usize = SIDE / 2;
/// How likely the label is the animal that the control points to.
const RIGHT: f64 = 0.9;
/// The stream of an image's noise, that of the first one.
const NOISE_STREAM: u64 = 1 << 16;
/// How far noise moves a pixel at most.
const NOISE: f32 = 0.05;

/// The patches by place, top row first, each with what it can be.
pub(super) const PATCHES: [(&str, [&str; 2]); 4] =
    [("TL", ["cat", "dog"]), ("TR", ["cat", "dog"]), ("BL", ["plain", "dots"]), ("BR", ["moon", "sun"])];

/// What each symbol looks like: dark, grey and bright pixels.
const PATTERNS: [(&str, [&str; PATCH]); 6] = [
    ("cat", [".#....#.", ".##..##.", ".######.", ".#.##.#.", "+######+", ".##..##.", "+.####.+", "...##..."]),
    ("dog", ["..####..", "++####++", "++.##.++", "++####++", "++####++", ".+#..#+.", "..####..", "...++..."]),
    ("plain", ["++++++++"; PATCH]),
    ("dots", ["#...#...", "..#...#.", "#...#...", "..#...#.", "#...#...", "..#...#.", "#...#...", "..#...#."]),
    ("moon", ["..####..", ".###....", "###.....", "##......", "##......", "###.....", ".###....", "..####.."]),
    ("sun", ["#..##..#", ".#....#.", "..####..", "#.####.#", "#.####.#", "..####..", ".#....#.", "#..##..#"]),
];

/// The distribution: patches are independent and fair, and the label is the animal of `TL` under a sun, of `TR` under a moon,
/// nine times of ten.
#[must_use]
pub fn joint() -> Joint {
    let names = |of: &[&str]| of.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let patch = |number: u32, i: u32| number >> (3 - i) & 1;
    let rows = (0..16).flat_map(|number| {
        let x: Vec<u32> = (0..4).map(|i| patch(number, i)).collect();
        let y = if x[3] == 1 { x[0] } else { x[1] };
        [(x.clone(), y, RIGHT / 16.0), (x, 1 - y, (1.0 - RIGHT) / 16.0)]
    });
    let symbols = PATCHES.iter().map(|(_, symbols)| names(symbols)).collect();
    let rows: Vec<Row> = rows.collect();
    Joint::new(names(&PATCHES.map(|(place, _)| place)), symbols, names(&["cat", "dog"]), &rows)
        .expect("four patches and two labels")
}

/// The image of a row of [`joint`], grey from 0 to 1, row by row: [`SIDE`] by [`SIDE`] pixels, a little noise on them.
///
/// # Panics
/// When there is no such row, or the distribution is another one.
#[must_use]
pub fn pixels(joint: &Joint, row: usize, seed: u64) -> Vec<f32> {
    let pattern = |input: usize| {
        let symbol = &joint.symbols(input)[joint.symbol(row, input) as usize];
        let found = PATTERNS.iter().find(|(name, _)| name == symbol);
        found.expect("a symbol of an image").1
    };
    let patches: [_; 4] = core::array::from_fn(pattern);
    let mut random = Random::new(seed, Purpose::Sample, NOISE_STREAM + row as u64);
    let pixel = |at: usize| {
        let (y, x) = (at / SIDE, at % SIDE);
        let lines = &patches[y / PATCH * 2 + x / PATCH];
        let grey = match lines[y % PATCH].as_bytes()[x % PATCH] {
            b'.' => 0.1,
            b'+' => 0.5,
            _ => 0.9,
        };
        grey + NOISE * (2.0 * random.unit() - 1.0)
    };
    (0..SIDE * SIDE).map(pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::encoding::{Explanation, Method, Scores, score};

    /// The patch of an image.
    fn patch(image: &[f32], place: usize) -> Vec<f32> {
        let from = place / 2 * PATCH * SIDE + place % 2 * PATCH;
        (0..PATCH).flat_map(|y| image[from + y * SIDE..][..PATCH].iter().copied()).collect()
    }

    fn gap(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum()
    }

    #[test]
    fn every_symbol_is_seen_to_be_another() {
        let joint = joint();
        // Between them the first and the last image have all symbols.
        let [first, last] = [0, joint.len() - 1].map(|row| pixels(&joint, row, 1));
        let seen: Vec<_> = [(&first, 0), (&last, 0), (&first, 2), (&last, 2), (&first, 3), (&last, 3)]
            .map(|(image, place)| patch(image, place))
            .into();
        for (i, a) in seen.iter().enumerate() {
            for (j, b) in seen.iter().enumerate().skip(i + 1) {
                assert!(gap(a, b) > 10.0, "{i} and {j} differ by {} only", gap(a, b));
            }
        }
        // The same symbol at another place or under other noise.
        assert!(gap(&seen[0], &patch(&first, 1)) < 4.0, "two cats");
        assert!(gap(&first, &pixels(&joint, 0, 2)) < 16.0, "a little noise");
    }

    #[test]
    fn pixels_are_in_range_and_a_seed_gives_the_same() {
        let joint = joint();
        for row in 0..joint.len() {
            let image = pixels(&joint, row, 3);
            assert!(image.len() == 256 && image.iter().all(|p| (0.0..=1.0).contains(p)), "image {row}: {image:?}");
            assert_eq!(pixels(&joint, row, 3), image, "image {row}");
            assert_ne!(pixels(&joint, row, 4), image, "image {row} of another seed");
        }
    }

    fn explained(method: Method, size: usize) -> (Explanation, Scores) {
        let joint = joint();
        let explanation = method.explain(&joint, size, 0).expect("small");
        let scores = score(&joint, core::slice::from_ref(&explanation)).expect("quick enough").remove(0);
        (explanation, scores)
    }

    #[test]
    fn the_constructions_encode_in_images_and_a_tree_does_not() {
        let joint = joint();
        let bit = |row: usize, i: usize| joint.symbol(row, i) == 1;
        let yhat = |row: usize| if bit(row, 3) { bit(row, 0) } else { bit(row, 1) };
        let maps = [Method::Posi, Method::Pred, Method::Marg].map(|method| explained(method, 1));
        let first = |map: usize, row| match map {
            0 => yhat(row),
            1 => bit(row, 0) == yhat(row),
            _ => bit(row, 3),
        };
        for (map, (explanation, scores)) in maps.iter().enumerate() {
            assert!(scores.encodes(), "{}: {scores:?}", explanation.name);
            for (row, picked) in explanation.selections.iter().enumerate() {
                let wanted = if first(map, row) { 0b01 } else { 0b10 };
                assert_eq!(*picked, wanted, "{} at {}", explanation.name, joint.describe(row, 0b1111));
            }
        }
        let (tree, scores) = explained(Method::Tree, 2);
        assert!(!scores.encodes(), "{tree:?}: {scores:?}");
        assert!((scores.eval_x + joint.entropy_y_given_x()).abs() < 1e-12, "as good as all patches: {scores:?}");
    }
}
