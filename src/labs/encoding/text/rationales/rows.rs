//! The rows of a file of rationales, whatever its form. Knows no words.

use super::row::{Rationale, RationalesError, Row};
use crate::experiment::setting::shorten;
use crate::json::{Json, read};
use crate::labs::encoding::file;
use crate::labs::encoding::text::sentences::{SentencesError, width};
use csv::{Position, ReaderBuilder, StringRecord};

type See<'a> = &'a mut dyn FnMut(Row<'_>) -> Result<(), RationalesError>;

/// Shows `see` each row, until it refuses one.
pub(super) fn each(text: &str, see: See<'_>) -> Result<(), RationalesError> {
    match text.trim_start().chars().next() {
        None => Err(SentencesError::Empty.into()),
        Some('{') => lines(text, see),
        Some(_) => table(text, see),
    }
}

fn lines(text: &str, see: See<'_>) -> Result<(), RationalesError> {
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let object = read(line).map_err(|byte| RationalesError::Json { row: number, byte })?;
        let Json::Object(fields) = object else { return Err(RationalesError::Json { row: number, byte: 0 }) };
        let object = Object { number, fields: &fields };
        if object.get("evidences").is_some() { object.eraser(see)? } else { object.plain(see)? }
    }
    Ok(())
}

/// A row of JSON.
struct Object<'a> {
    number: u64,
    fields: &'a [(String, Json)],
}

impl<'a> Object<'a> {
    fn get(&self, name: &str) -> Option<&'a Json> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    fn refuse<T>(&self, field: &'static str, found: Option<&Json>, expected: &str) -> Result<T, RationalesError> {
        let found = match found {
            None => "nothing".to_owned(),
            Some(Json::Text(text)) => shorten(text),
            Some(Json::Whole(number)) => number.to_string(),
            Some(Json::List(_)) => "a list".to_owned(),
            Some(Json::Object(_)) => "an object".to_owned(),
            Some(_) => "another value".to_owned(),
        };
        Err(RationalesError::Field { row: self.number, field, found, expected: expected.to_owned() })
    }

    fn label(&self, field: &'static str) -> Result<String, RationalesError> {
        match self.get(field) {
            Some(Json::Text(label)) => Ok(label.clone()),
            Some(Json::Whole(label)) => Ok(label.to_string()),
            other => self.refuse(field, other, "a text or a whole number"),
        }
    }

    fn plain(&self, see: See<'_>) -> Result<(), RationalesError> {
        let text = match self.get("text") {
            Some(Json::Text(text)) => text,
            other => return self.refuse("text", other, "a text"),
        };
        let label = self.label("label")?;
        let expected = "a list of words, digits 0 and 1, or a text";
        let rationale = match self.get("rationale") {
            Some(Json::Text(text)) => Rationale::Text(text),
            Some(Json::List(items)) => match (numbers(items), texts(items)) {
                (Some(numbers), _) => Rationale::Places(numbers.iter().map(|&n| (n, n.saturating_add(1))).collect()),
                (None, Some(texts)) => Rationale::Texts(texts),
                (None, None) => {
                    return self.refuse("rationale", self.get("rationale"), "a list of whole numbers or of texts");
                }
            },
            other => return self.refuse("rationale", other, expected),
        };
        see(Row { number: &|| self.number, text, label: &label, rationale })
    }

    fn eraser(&self, see: See<'_>) -> Result<(), RationalesError> {
        let label = self.label("classification")?;
        let document = ["document", "text", "docs"].into_iter().find_map(|name| self.get(name));
        // Of several documents each begins after the words of those before.
        let mut documents: Vec<(Option<&str>, &str)> = Vec::new();
        match document {
            Some(Json::Text(text)) => documents.push((None, text)),
            Some(Json::Object(docs)) => {
                for (name, text) in docs {
                    let Json::Text(text) = text else { return self.refuse("docs", Some(text), "a text") };
                    documents.push((Some(name), text));
                }
            }
            other => return self.refuse("document", other, "the text that is explained, or text, or docs"),
        }
        let Some(Json::List(evidences)) = self.get("evidences") else {
            return self.refuse("evidences", self.get("evidences"), "a list of lists");
        };
        let mut places = Vec::new();
        for evidence in evidences {
            let alone = core::slice::from_ref(evidence);
            for one in if let Json::List(group) = evidence { group } else { alone } {
                places.push(self.evidence(one, &documents)?);
            }
        }
        let text = documents.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
        see(Row { number: &|| self.number, text: &text, label: &label, rationale: Rationale::Places(places) })
    }

    fn evidence(&self, one: &Json, documents: &[(Option<&str>, &str)]) -> Result<(u64, u64), RationalesError> {
        let Json::Object(fields) = one else { return self.refuse("evidences", Some(one), "objects in lists") };
        let one = Object { number: self.number, fields };
        let place = |field: &'static str| {
            let found = one.get(field);
            found.and_then(as_place).map_or_else(|| one.refuse(field, found, "a whole number"), Ok)
        };
        let (from, to) = (place("start_token")?, place("end_token")?);
        let mut before = 0;
        for (name, text) in documents {
            let is_it = match (name, one.get("docid")) {
                (Some(name), Some(Json::Text(docid))) => name == docid,
                // The one document there is.
                (None, _) => true,
                (Some(_), other) => return one.refuse("docid", other, "the name of one of docs"),
            };
            if is_it {
                return Ok((from.saturating_add(before), to.saturating_add(before)));
            }
            before += text.split_whitespace().count() as u64;
        }
        one.refuse("docid", one.get("docid"), "the name of one of docs")
    }
}

fn numbers(items: &[Json]) -> Option<Vec<u64>> {
    items.iter().map(as_place).collect()
}

/// A whole number that may be the place of a word.
fn as_place(value: &Json) -> Option<u64> {
    if let Json::Whole(number) = value { u64::try_from(*number).ok() } else { None }
}

fn texts(items: &[Json]) -> Option<Vec<&str>> {
    items.iter().map(|item| if let Json::Text(text) = item { Some(text.as_str()) } else { None }).collect()
}

fn table(text: &str, see: See<'_>) -> Result<(), RationalesError> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has_tabs = first.contains('\t');
    let names: Vec<&str> =
        first.split(if has_tabs { '\t' } else { ',' }).take(32).map(|name| name.trim().trim_matches('"')).collect();
    let place = |name: &str| names.iter().position(|other| *other == name);
    let (Some(of_text), Some(label), Some(rationale)) = (place("text"), place("label"), place("rationale")) else {
        return Err(RationalesError::Header { row: file::row(text, 0), found: shorten(first) });
    };
    if let Some(at) = file::open_quote(text).filter(|_| !has_tabs) {
        return Err(SentencesError::Quote { row: file::line(&text.as_bytes()[..at]) }.into());
    }
    let mut reader = ReaderBuilder::new();
    reader.delimiter(if has_tabs { b'\t' } else { b',' }).quoting(!has_tabs);
    let mut reader = reader.from_reader(text.as_bytes());
    let mut cells = StringRecord::new();
    while reader.read_record(&mut cells).map_err(|error| width(text, &error))? {
        let number = || file::row(text, cells.position().map_or(0, Position::byte));
        let cell = |at: usize| cells.get(at).unwrap_or_default();
        let rationale = Rationale::Text(cell(rationale));
        see(Row { number: &number, text: cell(of_text), label: cell(label), rationale })?;
    }
    Ok(())
}
