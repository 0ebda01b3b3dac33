//! Distributions and explanations as comma-separated values: `x1,...,xd,y,p` and `x1,...,xd,mask`. Files are not to be
//! trusted: whatever is wrong is said in a sentence with row and column, rows counted as lines, the header being row 1.

use super::explanation::{self, Explanation, Selection};
use super::joint::{Joint, JointError, MAX_INPUTS};
use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use std::collections::HashMap;

/// Most bytes of a file.
pub const MAX_BYTES: usize = 50_000_000;
/// Longest piece of a file that a sentence repeats, in characters.
const SHOWN: usize = 40;

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileError {
    /// No byte, or only space.
    #[error("the file is empty")]
    Empty,
    /// Too large.
    #[error("{bytes} bytes, at most {MAX_BYTES} are read")]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// No text.
    #[error("row {row}: not UTF-8 text at byte {byte} of the file")]
    NotText {
        /// The row.
        row: u64,
        /// Where in the file.
        byte: usize,
    },
    /// An odd number of quotes.
    #[error("row {row}: a quote is opened and never closed")]
    Quote {
        /// The row that opens it.
        row: u64,
    },
    /// The header is not that of such a file.
    #[error("row 1: {what}")]
    Header {
        /// What is wrong, in words.
        what: String,
    },
    /// Only a header.
    #[error("no rows below the header")]
    NoRows,
    /// A row of another width.
    #[error("row {row}: {found} columns, expected {expected}")]
    Width {
        /// The row.
        row: u64,
        /// Its columns.
        found: usize,
        /// The header's.
        expected: usize,
    },
    /// A value that is not allowed.
    #[error("row {row}, column {column}: {value} is not allowed, expected {expected}")]
    Value {
        /// The row.
        row: u64,
        /// The column's name.
        column: String,
        /// The value, shortened.
        value: String,
        /// What is.
        expected: String,
    },
    /// A row of an explanation that contradicts another one.
    #[error("row {row}, column mask: {mask} for the inputs ({inputs}) to which row {first} gives {other}")]
    Disagree {
        /// The row.
        row: u64,
        /// Its mask.
        mask: String,
        /// Its inputs, in words.
        inputs: String,
        /// The earlier row.
        first: u64,
        /// That row's mask.
        other: String,
    },
    /// An explanation that does not cover the distribution.
    #[error("no row for the inputs ({inputs}) of probability {probability}; {count} of {all} inputs are missing")]
    Missing {
        /// The first of them, in words.
        inputs: String,
        /// q(x).
        probability: f64,
        /// How many are missing.
        count: usize,
        /// Of how many.
        all: usize,
    },
    /// No distribution.
    #[error(transparent)]
    Joint(#[from] JointError),
}

/// A file's header and rows, each with the byte it was looked for from.
struct Table<'a> {
    text: &'a str,
    columns: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
}

impl<'a> Table<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, FileError> {
        if bytes.len() > MAX_BYTES {
            return Err(FileError::TooLong { bytes: bytes.len() });
        }
        let text = core::str::from_utf8(bytes).map_err(|error| FileError::NotText {
            row: line(&bytes[..error.valid_up_to()]),
            byte: error.valid_up_to(),
        })?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(FileError::Empty);
        }
        // A quoted field has two quotes, and two for each one in it.
        if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
            return Err(FileError::Quote { row: open_quote(text) });
        }
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| FileError::Header { what: error.to_string() })?;
        if header.len() > MAX_INPUTS + 2 {
            let what = format!("{} columns, at most {} are read", header.len(), MAX_INPUTS + 2);
            return Err(FileError::Header { what });
        }
        let columns: Vec<String> = header.iter().map(str::to_owned).collect();
        for (i, column) in columns.iter().enumerate() {
            let what = match columns[..i].iter().position(|other| other == column) {
                _ if column.is_empty() => format!("column {} has no name", i + 1),
                Some(other) => format!("columns {} and {} are both named {}", other + 1, i + 1, short(column)),
                None => continue,
            };
            return Err(FileError::Header { what });
        }
        let mut rows = Vec::new();
        for record in reader.into_records() {
            let record = record.map_err(|error| match error.kind() {
                ErrorKind::UnequalLengths { pos, expected_len, len } => FileError::Width {
                    row: row(text, pos.as_ref().map_or(0, csv::Position::byte)),
                    found: *len as usize,
                    expected: *expected_len as usize,
                },
                _ => FileError::Header { what: error.to_string() },
            })?;
            rows.push((record.position().map_or(0, csv::Position::byte), record));
        }
        if rows.is_empty() { Err(FileError::NoRows) } else { Ok(Self { text, columns, rows }) }
    }

    /// Of this error, where it stands.
    fn value(&self, row: usize, column: usize, expected: &str) -> FileError {
        let (from, record) = &self.rows[row];
        let value = record.get(column).unwrap_or_default();
        let value = if value.is_empty() { "nothing".to_owned() } else { short(value) };
        FileError::Value {
            row: self::row(self.text, *from),
            column: short(&self.columns[column]),
            value,
            expected: expected.to_owned(),
        }
    }
}

/// The row that is found from this byte on, past empty lines.
fn row(text: &str, from: u64) -> u64 {
    let from = (from as usize).min(text.len());
    let empty = text.as_bytes()[from..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
    line(&text.as_bytes()[..from + empty])
}

/// The line that the byte after `before` stands in, counted from 1.
fn line(before: &[u8]) -> u64 {
    before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
}

/// The line of the last quote that opens a field.
fn open_quote(text: &str) -> u64 {
    let (mut is_open, mut at) = (false, 0);
    for (i, _) in text.match_indices('"') {
        is_open = !is_open;
        if is_open {
            at = i;
        }
    }
    line(&text.as_bytes()[..at])
}

/// A piece of a file, short enough to be shown in a sentence.
fn short(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let shown: String = text.chars().take(SHOWN).map(plain).collect();
    if text.chars().count() > SHOWN { shown + "…" } else { shown }
}

/// Symbols by name, numbered as they come.
#[derive(Default)]
struct Names {
    all: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&known) = self.numbers.get(name) {
            return known;
        }
        let number = self.all.len() as u32;
        self.all.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The names in ascending order, numbers as numbers, and what each old number becomes.
    fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        let number = |i: usize| self.all[i].parse::<f64>().ok();
        order.sort_by(|&a, &b| match (number(a), number(b)) {
            (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| self.all[a].cmp(&self.all[b])),
            (x, y) => y.is_some().cmp(&x.is_some()).then_with(|| self.all[a].cmp(&self.all[b])),
        });
        let mut becomes = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&old, new)| becomes[old] = new);
        (order.into_iter().map(|i| self.all[i].clone()).collect(), becomes)
    }
}

/// Reads `x1,...,xd,y,p`: joint probabilities, or counts when the last column is named `n`. Inputs may have any name and
/// symbols be any text; rows may repeat and add up.
///
/// # Errors
/// Says what is wrong, and where.
pub fn joint(bytes: &[u8]) -> Result<Joint, FileError> {
    let table = Table::read(bytes)?;
    let d = table.columns.len().saturating_sub(2);
    let last = table.columns.last().map_or("", String::as_str);
    if d == 0 || table.columns[d] != "y" || !["p", "n"].contains(&last) {
        let found = short(&table.columns.join(","));
        let what =
            format!("the columns are {found}, expected x1,...,xd,y,p (joint probabilities) or x1,...,xd,y,n (counts)");
        return Err(FileError::Header { what });
    }
    let is_counts = last == "n";
    let mut names: Vec<Names> = (0..=d).map(|_| Names::default()).collect();
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut total = 0.0;
    for (i, (_, record)) in table.rows.iter().enumerate() {
        let expected = if is_counts { "a count, a whole number from 0" } else { "a probability from 0 to 1" };
        let weight = record.get(d + 1).and_then(|text| text.parse::<f64>().ok());
        let allowed = |w: &f64| if is_counts { *w >= 0.0 && w.fract() == 0.0 } else { (0.0..=1.0).contains(w) };
        let Some(weight) = weight.filter(allowed) else { return Err(table.value(i, d + 1, expected)) };
        let mut symbols = Vec::with_capacity(d);
        for (j, names) in names.iter_mut().enumerate() {
            match record.get(j) {
                Some(symbol) if !symbol.is_empty() => symbols.push(names.number(symbol)),
                _ => return Err(table.value(i, j, "a symbol")),
            }
        }
        let y = symbols.pop().unwrap_or_default();
        total += weight;
        rows.push((symbols, y, weight));
    }
    if is_counts {
        if total == 0.0 {
            return Err(FileError::Value {
                row: row(table.text, table.rows[0].0),
                column: "n".to_owned(),
                value: "0 in every row".to_owned(),
                expected: "some count above 0".to_owned(),
            });
        }
        rows.iter_mut().for_each(|row| row.2 /= total);
    }
    let (mut symbols, becomes): (Vec<_>, Vec<_>) = names.into_iter().map(Names::sorted).unzip();
    for (x, y, _) in &mut rows {
        x.iter_mut().zip(&becomes).for_each(|(x, becomes)| *x = becomes[*x as usize]);
        *y = becomes[d][*y as usize];
    }
    let labels = symbols.pop().unwrap_or_default();
    Ok(Joint::new(table.columns[..d].to_vec(), symbols, labels, &rows)?)
}

/// Reads `x1,...,xd,mask` for a distribution: a mask like `101` for each input of positive probability, the first digit for
/// the distribution's first input. The inputs' columns may stand in any order.
///
/// # Errors
/// Says what is wrong, and where.
pub fn explanation(bytes: &[u8], name: &str, joint: &Joint) -> Result<Explanation, FileError> {
    let table = Table::read(bytes)?;
    let (inputs, d) = (joint.inputs(), joint.inputs().len());
    let place = |name: &str| table.columns.iter().position(|column| column == name);
    let places: Vec<usize> = inputs.iter().filter_map(|name| place(name)).collect();
    let mask = place("mask").filter(|_| places.len() == d && table.columns.len() == d + 1);
    let Some(mask) = mask else {
        let (found, expected) = (short(&table.columns.join(",")), short(&inputs.join(",")));
        return Err(FileError::Header { what: format!("the columns are {found}, expected {expected},mask") });
    };
    let numbers: Vec<HashMap<&str, u32>> =
        (0..d).map(|i| joint.symbols(i).iter().map(String::as_str).zip(0..).collect()).collect();
    let mut picked: Vec<Option<(Selection, u64)>> = vec![None; joint.len()];
    // Of inputs that never come, too, rows may not contradict each other.
    let mut others: HashMap<Vec<u32>, (Selection, u64)> = HashMap::new();
    for (i, (from, record)) in table.rows.iter().enumerate() {
        let mut x = Vec::with_capacity(d);
        for (input, &column) in places.iter().enumerate() {
            let number = record.get(column).and_then(|symbol| numbers[input].get(symbol));
            let Some(&number) = number else {
                let known = short(&joint.symbols(input).join(", "));
                return Err(table.value(i, column, &format!("a symbol of the data: {known}")));
            };
            x.push(number);
        }
        let text = record.get(mask).unwrap_or_default();
        let Some(selection) = explanation::read(text, d) else {
            return Err(table.value(i, mask, &format!("a digit, 0 or 1, for each of the {d} inputs")));
        };
        let here = (selection, *from);
        let (first, first_from) = match joint.find(&x) {
            Some(row) => *picked[row].get_or_insert(here),
            None => *others.entry(x).or_insert(here),
        };
        if first != selection {
            let described = inputs.iter().zip(&places).map(|(name, &at)| format!("{name}={}", &record[at]));
            return Err(FileError::Disagree {
                row: row(table.text, *from),
                mask: text.to_owned(),
                inputs: short(&described.collect::<Vec<_>>().join(", ")),
                first: row(table.text, first_from),
                other: explanation::write(first, d),
            });
        }
    }
    let missing: Vec<usize> = (0..joint.len()).filter(|&row| picked[row].is_none()).collect();
    if let Some(&row) = missing.first() {
        return Err(FileError::Missing {
            inputs: short(&joint.describe(row)),
            probability: joint.p(row).iter().sum(),
            count: missing.len(),
            all: joint.len(),
        });
    }
    let selections = picked.into_iter().flatten().map(|(selection, _)| selection).collect();
    Ok(Explanation { name: name.to_owned(), selections })
}
