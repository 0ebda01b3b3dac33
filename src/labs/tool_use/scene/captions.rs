//! Captions of others, as scenes. Accepted are
//! - JSON: a list of texts, or of objects with `caption` and maybe `objects`, a list of objects with `name` and `box` (x1, y1, x2, y2);
//! - COCO's captions: an object with `annotations`, a list of objects with `image_id` and `caption`; of an image the first counts;
//! - CSV under a header with a column `caption`.
//!
//! A flawed row is told and left out.

use super::image::{Object, Scene};
use crate::experiment::setting::shorten;
use crate::labs::tool_use::json::{self, Json};
use crate::labs::tool_use::told::Told;
use crate::random::{Purpose, Random};
use csv::{ReaderBuilder, StringRecord, Trim};
use std::collections::HashSet;

/// Most bytes of a file.
pub const MAX_BYTES: usize = 200_000_000;
/// Longest caption, in characters.
const LONGEST: usize = 1000;
/// Most objects of a scene.
const MAX_OBJECTS: usize = 50;

/// What a file that is none of captions may have been meant as.
const OTHERS: &str =
    "samples have the fields instruction and output, predictions id and output, tools name, use and arguments";

/// Why a file has no captions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptionsError {
    /// Too many bytes.
    #[error("{bytes} bytes, a file of captions has at most {MAX_BYTES}")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// No text.
    #[error("byte {byte}: not UTF-8 text")]
    NotText {
        /// Where.
        byte: usize,
    },
    /// No byte, or only blanks.
    #[error("the file is empty")]
    Empty,
    /// No JSON.
    #[error("byte {byte}: not JSON")]
    NotJson {
        /// Where.
        byte: usize,
    },
    /// JSON or a table without captions.
    #[error("{found}, expected captions: a JSON list, COCO's annotations, or a table with a column caption; {OTHERS}")]
    Layout {
        /// What there is, in words.
        found: String,
    },
    /// None of the rows has a caption.
    #[error("no captions; {first}; {OTHERS}")]
    None {
        /// What is told of the first row, if there is one.
        first: String,
    },
}

/// The scenes of a file, and what there is to tell of its rows. Boxes that are not given are drawn, by `seed`.
///
/// # Errors
/// Says why there are none.
pub fn read(bytes: &[u8], seed: u64) -> Result<(Vec<Scene>, Vec<String>), CaptionsError> {
    if bytes.len() > MAX_BYTES {
        return Err(CaptionsError::TooLong { bytes: bytes.len() });
    }
    let text = core::str::from_utf8(bytes).map_err(|error| CaptionsError::NotText { byte: error.valid_up_to() })?;
    let body = text.trim_start_matches('\u{feff}');
    let mut reader = Reader { seed, scenes: Vec::new(), told: Told::default() };
    match body.trim_start().chars().next() {
        None => return Err(CaptionsError::Empty),
        Some('[' | '{') => {
            let value =
                json::read(body).map_err(|byte| CaptionsError::NotJson { byte: text.len() - body.len() + byte })?;
            reader.json(&value)?;
        }
        Some(_) => reader.table(body)?,
    }
    let told = reader.told.sentences("row");
    if reader.scenes.is_empty() {
        return Err(CaptionsError::None { first: told.into_iter().next().unwrap_or_else(|| "no rows".to_owned()) });
    }
    Ok((reader.scenes, told))
}

struct Reader {
    seed: u64,
    scenes: Vec<Scene>,
    told: Told,
}

impl Reader {
    fn json(&mut self, value: &Json) -> Result<(), CaptionsError> {
        let layout = || CaptionsError::Layout { found: value.describe() };
        match value {
            Json::List(items) => {
                for (item, number) in items.iter().zip(1..) {
                    self.item(item, number);
                }
            }
            // Several people described each image.
            _ => {
                let mut seen = HashSet::new();
                for (item, number) in value.get("annotations").and_then(Json::items).ok_or_else(layout)?.iter().zip(1..)
                {
                    match item.get("image_id") {
                        Some(Json::Whole(image)) if !seen.insert(*image) => {}
                        _ => self.item(item, number),
                    }
                }
            }
        }
        Ok(())
    }

    fn item(&mut self, item: &Json, number: u64) {
        let caption = item.text().or_else(|| item.get("caption").and_then(Json::text));
        let Some(caption) = caption else { return self.told.say(number, "field caption: nothing, expected a text") };
        let objects = match item.get("objects").map(objects) {
            None => Vec::new(),
            Some(Ok(objects)) => objects,
            Some(Err(what)) => return self.told.say(number, &format!("field objects: {what}")),
        };
        self.push(caption, objects, number);
    }

    fn table(&mut self, text: &str) -> Result<(), CaptionsError> {
        let header = text.lines().next().unwrap_or_default();
        let layout = || CaptionsError::Layout { found: format!("the columns are {}", shorten(header)) };
        let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text.as_bytes());
        let column = reader.headers().ok().and_then(|names| names.iter().position(|name| name == "caption"));
        let column = column.ok_or_else(layout)?;
        let mut cells = StringRecord::new();
        // The text is UTF-8 and rows may have any width: what is left to fail is nothing.
        while reader.read_record(&mut cells).unwrap_or(false) {
            let row = cells.position().map_or(0, csv::Position::line);
            self.push(cells.get(column).unwrap_or_default(), Vec::new(), row);
        }
        Ok(())
    }

    fn push(&mut self, caption: &str, objects: Vec<Object>, number: u64) {
        let caption = caption.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let caption = caption.collect::<Vec<_>>().join(" ");
        if caption.is_empty() || caption.chars().count() > LONGEST {
            let found = shorten(&caption);
            return self.told.say(number, &format!("field caption: {found}, expected 1 to {LONGEST} characters"));
        }
        self.scenes.push(if objects.is_empty() {
            Scene::of_caption(&caption, &mut Random::new(self.seed, Purpose::Scene, self.scenes.len() as u64))
        } else {
            Scene { caption, objects }
        });
    }
}

/// Objects with names that can stand in a line of a teacher's answer, and boxes.
fn objects(value: &Json) -> Result<Vec<Object>, String> {
    let expected = format!("expected a list of 1 to {MAX_OBJECTS} with a name, and a box of x1 < x2, y1 < y2");
    let found = || format!("{}, {expected}", value.describe());
    let items = value.items().filter(|items| (1..=MAX_OBJECTS).contains(&items.len())).ok_or_else(found)?;
    let object = |item: &Json| {
        let name = item.get("name")?.text()?.trim();
        let fits = !name.is_empty()
            && name.chars().count() <= 80
            && !name.contains(|c: char| c.is_control() || ",[]\"{}".contains(c));
        let corners = item.get("box")?.items()?.iter().map(|corner| corner.number().filter(|c| (0.0..1e6).contains(c)));
        let corners: Vec<u32> = corners.map(|corner| corner.map(|c| c as u32)).collect::<Option<_>>()?;
        let bounds: [u32; 4] = corners.try_into().ok()?;
        (fits && bounds[0] < bounds[2] && bounds[1] < bounds[3]).then(|| Object { name: name.to_owned(), bounds })
    };
    items.iter().map(|item| object(item).ok_or_else(|| format!("{}, {expected}", item.describe()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captions(text: &str) -> Vec<String> {
        let found = read(text.as_bytes(), 0).unwrap_or_else(|error| panic!("{error}: {text}"));
        found.0.into_iter().map(|scene| scene.caption).collect()
    }

    #[test]
    fn captions_are_read_in_every_layout() {
        let wanted = ["A dog, asleep.", "Two cats"];
        assert_eq!(captions(r#"["A dog, asleep.", " Two\ncats "]"#), wanted);
        assert_eq!(captions(r#"[{"caption": "A dog, asleep.", "id": 1}, {"caption": "Two cats"}]"#), wanted);
        let coco = r#"{"info": {}, "images": [], "annotations": [{"image_id": 1, "id": 9, "caption": "A dog, asleep."},
            {"image_id": 1, "caption": "The dog"}, {"image_id": 2, "caption": "Two cats"}]}"#;
        assert_eq!(captions(coco), wanted);
        assert_eq!(captions("\u{feff}id,caption\n1,\"A dog, asleep.\"\n2,Two cats\n"), wanted);
    }

    #[test]
    fn objects_with_boxes_are_kept() {
        let text = r#"[{"caption": "c", "objects": [{"name": "dog", "box": [1, 2.5, 30, 40]}]}]"#;
        let scene = &read(text.as_bytes(), 0).expect("a scene").0[0];
        assert_eq!(scene.objects, [Object { name: "dog".to_owned(), bounds: [1, 2, 30, 40] }]);
        assert_eq!(scene.description(), "c dog [1, 2, 30, 40]");
    }

    #[test]
    fn flawed_rows_are_told() {
        let text =
            r#"["a", 3, {"caption": ""}, {"caption": "b", "objects": [{"name": "x", "box": [9, 0, 1, 1]}]}, "b"]"#;
        let (scenes, told) = read(text.as_bytes(), 0).expect("two scenes");
        assert_eq!(scenes.len(), 2);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0], "row 2: field caption: nothing, expected a text");
        assert_eq!(told[1], "row 3: field caption: nothing, expected 1 to 1000 characters");
        assert!(told[2].starts_with("row 4: field objects: an object, expected a list of 1 to 50"), "{told:?}");
    }

    #[test]
    fn files_without_captions_get_a_sentence() {
        let said = |text: &str| read(text.as_bytes(), 0).expect_err(text).to_string();
        assert_eq!(said(" \n"), "the file is empty");
        assert_eq!(said("[\"a\""), "byte 4: not JSON");
        let layout =
            &format!("expected captions: a JSON list, COCO's annotations, or a table with a column caption; {OTHERS}");
        assert_eq!(said("{\"a\": 1}"), format!("an object, {layout}"));
        assert_eq!(said("a,b\n1,2\n"), format!("the columns are a,b, {layout}"));
        assert_eq!(said("[]"), format!("no captions; no rows; {OTHERS}"));
        assert_eq!(said("[1]"), format!("no captions; row 1: field caption: nothing, expected a text; {OTHERS}"));
        assert_eq!(said("caption\n"), format!("no captions; no rows; {OTHERS}"));
        assert_eq!(read(b"\xff", 0).expect_err("no text").to_string(), "byte 0: not UTF-8 text");
        assert!(said(&"[".repeat(1_000_000)).starts_with("byte 32: not JSON"), "nested for ever");
    }
}
