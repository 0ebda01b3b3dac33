//! Distributions, samples and explanations as comma-separated values: `x1,...,xd,y,p`, `x1,...,xd,y` and `x1,...,xd,mask`.
//! Files are not to be trusted: whatever is wrong is said in a sentence with row and column, rows counted as lines, the header being row 1.

use super::explanation::{self, Explanation, Selection};
use super::joint::{Joint, JointError, MAX_COUNT, MAX_INPUTS};
use crate::experiment::setting::shorten;
use crate::transformer::sort;
use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord, Trim};
use std::collections::HashMap;

/// Most bytes of a file.
pub const MAX_BYTES: usize = 50_000_000;

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileError {
    /// No byte, or only space.
    #[error("the file is empty")]
    Empty,
    /// Too large.
    #[error("more than {MAX_BYTES} bytes, which are not read")]
    TooLong,
    /// No text.
    #[error("row {row}: not UTF-8 text at byte {byte} of the file")]
    NotText {
        /// The row.
        row: u64,
        /// Where in the file.
        byte: usize,
    },
    /// A quoted field without an end.
    #[error("row {row}: a quote is opened and never closed")]
    Quote {
        /// The row that opens it.
        row: u64,
    },
    /// The header is not that of such a file.
    #[error("row {row}: {what}")]
    Header {
        /// The row.
        row: u64,
        /// What is wrong, in words.
        what: String,
    },
    /// Only a header.
    #[error("no rows below the header")]
    NoRows,
    /// Counts of nothing.
    #[error("column n: 0 in every row, expected some count above 0")]
    NoCounts,
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

/// A file's header and what is below it, read row by row.
struct Table<'a> {
    text: &'a str,
    columns: Vec<String>,
    reader: Reader<&'a [u8]>,
}

/// A row, with the byte it was looked for from.
struct Row<'a> {
    text: &'a str,
    columns: &'a [String],
    from: u64,
    cells: &'a StringRecord,
}

impl<'a> Table<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, FileError> {
        if bytes.len() > MAX_BYTES {
            return Err(FileError::TooLong);
        }
        let text = core::str::from_utf8(bytes).map_err(|error| FileError::NotText {
            row: line(&bytes[..error.valid_up_to()]),
            byte: error.valid_up_to(),
        })?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(FileError::Empty);
        }
        if let Some(at) = open_quote(text) {
            return Err(FileError::Quote { row: line(&text.as_bytes()[..at]) });
        }
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
        let row = row(text, 0);
        let header = reader.headers().map_err(|error| FileError::Header { row, what: error.to_string() })?;
        if header.len() > MAX_INPUTS + 2 {
            let what = format!("{} columns, at most {} are read", header.len(), MAX_INPUTS + 2);
            return Err(FileError::Header { row, what });
        }
        let columns: Vec<String> = header.iter().map(str::to_owned).collect();
        for (i, column) in columns.iter().enumerate() {
            let what = match columns[..i].iter().position(|other| other == column) {
                _ if column.is_empty() => format!("column {} has no name", i + 1),
                Some(other) => format!("columns {} and {} are both named {}", other + 1, i + 1, shorten(column)),
                None => continue,
            };
            return Err(FileError::Header { row, what });
        }
        Ok(Self { text, columns, reader })
    }

    /// That the columns are not those expected.
    fn not_these(&self, expected: &str) -> FileError {
        let what = format!("the columns are {}, expected {expected}", shorten(&self.columns.join(",")));
        FileError::Header { row: row(self.text, 0), what }
    }

    /// Shows `see` each row, until it refuses one.
    fn each(mut self, see: &mut dyn FnMut(Row<'_>) -> Result<(), FileError>) -> Result<(), FileError> {
        let (text, columns) = (self.text, &self.columns);
        let mut cells = StringRecord::new();
        let mut is_any = false;
        loop {
            match self.reader.read_record(&mut cells) {
                Ok(true) => {
                    see(Row { text, columns, from: cells.position().map_or(0, Position::byte), cells: &cells })?
                }
                Ok(false) if is_any => return Ok(()),
                Ok(false) => return Err(FileError::NoRows),
                Err(error) => {
                    return Err(match error.kind() {
                        ErrorKind::UnequalLengths { pos, expected_len, len } => FileError::Width {
                            row: row(text, pos.as_ref().map_or(0, Position::byte)),
                            found: *len as usize,
                            expected: *expected_len as usize,
                        },
                        _ => FileError::Header { row: row(text, 0), what: error.to_string() },
                    });
                }
            }
            is_any = true;
        }
    }
}

impl Row<'_> {
    fn number(&self) -> u64 {
        row(self.text, self.from)
    }

    /// That a value is not allowed.
    fn refuse(&self, column: usize, expected: &str) -> FileError {
        let value = shorten(self.cells.get(column).unwrap_or_default());
        let column = shorten(&self.columns[column]);
        FileError::Value { row: self.number(), column, value, expected: expected.to_owned() }
    }
}

/// The row that is found from this byte on, past empty lines.
pub(super) fn row(text: &str, from: u64) -> u64 {
    let from = (from as usize).min(text.len());
    let empty = text.as_bytes()[from..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
    line(&text.as_bytes()[..from + empty])
}

/// The line that the byte after `before` stands in, counted from 1. Lines end with LF, CR LF or CR.
pub(super) fn line(before: &[u8]) -> u64 {
    let ends = |(i, byte): (usize, &u8)| *byte == b'\n' || *byte == b'\r' && before.get(i + 1) != Some(&b'\n');
    before.iter().enumerate().filter(|end| ends(*end)).count() as u64 + 1
}

/// Where a quote stands that opens a field and is never closed: the reader would take all the rest for that field.
pub(super) fn open_quote(text: &str) -> Option<usize> {
    let (mut opened, mut is_start, mut was_quote) = (None, true, false);
    for (i, byte) in text.bytes().enumerate() {
        match (opened, byte) {
            // Two in a row are one in the text; only after the last of an odd number the field is over.
            (Some(_), b'"') => was_quote = !was_quote,
            (Some(_), _) if !was_quote => {}
            (None, b'"') if is_start => (opened, was_quote) = (Some(i), false),
            _ => {
                opened = None;
                is_start = matches!(byte, b',' | b'\r' | b'\n');
                continue;
            }
        }
        is_start = false;
    }
    opened.filter(|_| !was_quote)
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
        let mut order: Vec<u32> = (0..self.all.len() as u32).collect();
        let number = |i: usize| self.all[i].parse::<f64>().ok();
        sort(&mut order, &mut |a, b| match (number(a), number(b)) {
            (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| self.all[a].cmp(&self.all[b])),
            (x, y) => y.is_some().cmp(&x.is_some()).then_with(|| self.all[a].cmp(&self.all[b])),
        });
        let mut becomes = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&old, new)| becomes[old as usize] = new);
        (order.into_iter().map(|i| self.all[i as usize].clone()).collect(), becomes)
    }
}

/// Reads `x1,...,xd,y,p`: joint probabilities; or samples, counted by a last column `n`, or one in each row when `y` is the
/// last. Inputs may have any name and symbols be any text; rows may repeat and add up.
///
/// # Errors
/// Says what is wrong, and where.
pub fn joint(bytes: &[u8]) -> Result<Joint, FileError> {
    let table = Table::read(bytes)?;
    let last = table.columns.last().map_or("", String::as_str);
    let d = table.columns.len().saturating_sub(if last == "y" { 1 } else { 2 });
    if d == 0 || table.columns[d] != "y" || !["p", "n", "y"].contains(&last) {
        return Err(
            table.not_these("x1,...,xd,y,p (joint probabilities), x1,...,xd,y,n (counts) or x1,...,xd,y (samples)")
        );
    }
    let (is_counts, is_each) = (last != "p", last == "y");
    let inputs = table.columns[..d].to_vec();
    let expected =
        if is_counts { "a count, a whole number from 0 to 9007199254740992" } else { "a probability from 0 to 1" };
    let mut names: Vec<Names> = (0..=d).map(|_| Names::default()).collect();
    let mut rows = Vec::new();
    let mut total = 0.0;
    table.each(&mut |row| {
        let weight = if is_each { Some(1.0) } else { row.cells.get(d + 1).and_then(|text| text.parse::<f64>().ok()) };
        let counts = |w: f64| (0.0..=MAX_COUNT as f64).contains(&w) && w.fract() == 0.0;
        let allowed = |w: &f64| if is_counts { counts(*w) } else { (0.0..=1.0).contains(w) };
        let Some(weight) = weight.filter(allowed) else { return Err(row.refuse(d + 1, expected)) };
        let mut symbols = Vec::with_capacity(d + 1);
        for (j, names) in names.iter_mut().enumerate() {
            match row.cells.get(j) {
                Some(symbol) if !symbol.is_empty() => symbols.push(names.number(symbol)),
                _ => return Err(row.refuse(j, "a symbol")),
            }
        }
        let y = symbols.pop().unwrap_or_default();
        total += weight;
        rows.push((symbols, y, weight));
        Ok(())
    })?;
    if is_counts && total == 0.0 {
        return Err(FileError::NoCounts);
    }
    let (mut symbols, becomes): (Vec<_>, Vec<_>) = names.into_iter().map(Names::sorted).unzip();
    for (x, y, _) in &mut rows {
        x.iter_mut().zip(&becomes).for_each(|(x, becomes)| *x = becomes[*x as usize]);
        *y = becomes[d][*y as usize];
    }
    let labels = symbols.pop().unwrap_or_default();
    let joint = if is_counts {
        let rows = rows.into_iter().map(|(x, y, count)| (x, y, count as u64)).collect();
        Joint::counted(inputs, symbols, labels, rows)
    } else {
        Joint::new(inputs, symbols, labels, &rows)
    };
    Ok(joint?)
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
    let Some(mask) = mask else { return Err(table.not_these(&format!("{},mask", shorten(&inputs.join(","))))) };
    let numbers: Vec<HashMap<&str, u32>> =
        (0..d).map(|i| joint.symbols(i).iter().map(String::as_str).zip(0..).collect()).collect();
    let mut picked: Vec<Option<(Selection, u64)>> = vec![None; joint.len()];
    // Of inputs that never come, too, rows may not contradict each other.
    let mut others: HashMap<Vec<u32>, (Selection, u64)> = HashMap::new();
    table.each(&mut |here| {
        let mut x = Vec::with_capacity(d);
        for (input, &column) in places.iter().enumerate() {
            let number = here.cells.get(column).and_then(|symbol| numbers[input].get(symbol));
            let Some(&number) = number else {
                let known = shorten(&joint.symbols(input).join(", "));
                return Err(here.refuse(column, &format!("a symbol of the data: {known}")));
            };
            x.push(number);
        }
        let text = here.cells.get(mask).unwrap_or_default();
        let Some(selection) = explanation::read(text, d) else {
            return Err(here.refuse(mask, &format!("a digit, 0 or 1, for each of the {d} inputs")));
        };
        let said = (selection, here.from);
        let (first, from) = match joint.find(&x) {
            Some(row) => *picked[row].get_or_insert(said),
            None => *others.entry(x).or_insert(said),
        };
        if first == selection {
            return Ok(());
        }
        let described = inputs.iter().zip(&places).map(|(name, &at)| format!("{name}={}", &here.cells[at]));
        Err(FileError::Disagree {
            row: here.number(),
            mask: text.to_owned(),
            inputs: shorten(&described.collect::<Vec<_>>().join(", ")),
            first: row(here.text, from),
            other: explanation::write(first, d),
        })
    })?;
    let missing: Vec<usize> = (0..joint.len()).filter(|&row| picked[row].is_none()).collect();
    if let Some(&row) = missing.first() {
        return Err(FileError::Missing {
            inputs: shorten(&joint.describe(row, Selection::MAX)),
            probability: joint.p(row).iter().sum(),
            count: missing.len(),
            all: joint.len(),
        });
    }
    let selections = picked.into_iter().flatten().map(|(selection, _)| selection).collect();
    Ok(Explanation { name: name.to_owned(), selections })
}
