//! Two helpers of whatever draws sentences.

use crate::random::Random;

/// One of these, each as likely as the others.
///
/// # Panics
/// When there are none.
pub fn pick<'a, T>(random: &mut Random, from: &'a [T]) -> &'a T {
    &from[random.below(from.len() as u32) as usize]
}

/// A noun with a or an before it.
pub fn article(noun: &str) -> String {
    let is_vowel = noun.starts_with(|c: char| "aeiouAEIOU".contains(c));
    format!("{} {noun}", if is_vowel { "an" } else { "a" })
}
