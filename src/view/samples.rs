//! What is in a file of samples, as the page shows it. Takes every number from a frame.

use super::tool_use::kind;
use crate::number::{grouped, significant};
use crate::run::Frame;
use crate::view::text::fill;

fn number(value: f32) -> String {
    if value.is_nan() { "–".to_owned() } else { grouped(&format!("{value:.0}")) }
}

/// How many there are, how many are flawed, and how many of them stay.
#[must_use]
pub fn so_far(frame: &Frame) -> String {
    let count = |name| number(frame.scalar(name).unwrap_or(0.0));
    let digest = frame.labels("digest").first().map_or("", String::as_str);
    let size = significant(f64::from(frame.scalar("megabytes").unwrap_or(0.0)));
    fill("contents_so_far", &[&count("records"), &size, digest, &count("flawed"), &count("kept")])
}

/// Each kind: how many there are, how long prompts and outputs are, on average and at most.
#[must_use]
pub fn kinds(frame: &Frame) -> Vec<Vec<String>> {
    let rows = frame.labels("kinds").iter().zip(frame.values("kinds").chunks_exact(5));
    rows.map(|(name, row)| core::iter::once(kind(name).to_owned()).chain(row.iter().copied().map(number)).collect())
        .collect()
}

/// Each tool: its calls, and the samples that call it.
#[must_use]
pub fn tools(frame: &Frame) -> Vec<Vec<String>> {
    let rows = frame.labels("tools").iter().zip(frame.values("tool_calls").chunks_exact(2));
    rows.map(|(name, row)| core::iter::once(name.clone()).chain(row.iter().copied().map(number)).collect()).collect()
}

/// What there is to tell of records, as sentences.
#[must_use]
pub fn told(frame: &Frame) -> Vec<String> {
    frame.labels("told").to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::samples::Reading;

    #[test]
    fn contents_are_shown_in_words() {
        let no = "Thought: Do I need to use a tool? No\\nAI: Hi.";
        let call = "Thought: Do I need to use a tool? Yes\\nAction: Cut\\nAction Input: a.png\\n";
        let text = format!(
            r#"[{{"instruction": "abc", "output": "{no}"}}, {{"instruction": "abcd", "output": "{call}{no}"}}, 7]"#
        );
        let mut reading = Reading::new("it.json");
        reading.feed(text.as_bytes()).expect("a list");
        let frame = reading.end().expect("samples").frame();
        assert!(so_far(&frame).starts_with("3 records, "), "{}", so_far(&frame));
        let (kinds, length) = (kinds(&frame), (no.len() - 1).to_string());
        assert_eq!(kinds.len(), 4);
        assert_eq!(kinds[2], ["no call", "1", "3", "3", &length, &length]);
        assert_eq!(kinds[1], ["several calls", "0", "–", "0", "–", "0"]);
        assert_eq!(tools(&frame), [["Cut", "1", "1"]]);
        assert!(told(&frame)[0].starts_with("sample 3 at byte "));
    }
}
