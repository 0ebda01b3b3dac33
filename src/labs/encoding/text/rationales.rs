//! Explanations that were made elsewhere, with the sentences that they explain. Accepted are
//! - JSONL: in each row an object with `text`, `label` and `rationale`; other fields do not count;
//! - CSV (or with tabs) under a header with these names;
//! - ERASER's layout (DeYoung et al. 2020): JSONL with `annotation_id`, `classification` and `evidences`, lists of
//!   `start_token`, `end_token` and `docid`. The documents, which ERASER keeps in files of their own, stand in the row:
//!   `document`, `text` or `docs`, a text or an object of texts by their `docid`.
//!
//! A rationale is a list of words, counted from 0 between blanks; a digit 0 or 1 for each of these words, or for each word with
//! punctuation set apart; or the selected words as text, or as a list of texts. Files are not to be trusted: a rationale that
//! does not match its text is refused in a sentence with the row; one that selects nothing, or everything, is told.

mod matching;
mod row;
mod rows;

use super::sentences::{Builder, Sentences};
use super::{Words, all_words};
use matching::Found;
pub use row::RationalesError;
use row::Row;

/// Most rows that are told of.
const MOST_TOLD: usize = 20;

/// Sentences with an explanation of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rationales {
    /// The sentences.
    pub sentences: Sentences,
    /// The selected words of each.
    pub selections: Vec<Words>,
    /// What there is to tell of rows, in sentences; at most some, then how many more there are.
    pub told: Vec<String>,
}

impl Rationales {
    /// Reads a file.
    ///
    /// # Errors
    /// Says what is wrong, and where.
    pub fn read(bytes: &[u8]) -> Result<Self, RationalesError> {
        let mut reader = Reader::default();
        rows::each(super::sentences::text(bytes)?, &mut |row| reader.push(&row))?;
        let mut told = reader.told;
        if reader.more > 0 {
            told.push(format!("{} more rows are like these", reader.more));
        }
        Ok(Self { sentences: reader.sentences.end()?, selections: reader.selections, told })
    }
}

/// Rows as they come.
#[derive(Default)]
struct Reader {
    sentences: Builder,
    selections: Vec<Words>,
    told: Vec<String>,
    more: usize,
}

impl Reader {
    fn push(&mut self, row: &Row<'_>) -> Result<(), RationalesError> {
        let parts = matching::parts(row.text);
        let (of_parts, cut) = self.sentences.push_parts(&parts, row.label, row.number)?;
        let words: Vec<&str> = self.sentences.last().collect();
        let found = matching::find(&row.rationale, parts.len(), &of_parts, cut, &words);
        let Found { selection, beyond } = found.map_err(|(found, expected)| RationalesError::Field {
            row: (row.number)(),
            field: "rationale",
            found,
            expected,
        })?;
        let all = all_words(words.len());
        self.selections.push(selection);
        if beyond {
            self.tell(row, &format!("selects words after word {}, which are left out", words.len()));
        } else if selection == 0 {
            self.tell(row, "selects nothing");
        } else if selection == all && cut == 0 {
            self.tell(row, "selects everything");
        }
        Ok(())
    }

    fn tell(&mut self, row: &Row<'_>, what: &str) {
        if self.told.len() == MOST_TOLD {
            self.more += 1;
        } else {
            self.told.push(format!("row {}: the rationale {what}", (row.number)()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of this row and others that fill it up.
    fn with(row: &str) -> String {
        let other = |i: usize| format!("{{\"text\": \"word of row\", \"label\": {}, \"rationale\": [0]}}\n", i % 2);
        format!("{row}\n{}", (0..20).map(other).collect::<String>())
    }

    /// The words that the first row selects.
    #[track_caller]
    fn selected(file: &str) -> String {
        let found = Rationales::read(file.as_bytes()).unwrap_or_else(|error| panic!("{error}: {file}"));
        let shown = |(i, word)| (found.selections[0] >> i & 1 == 1).then_some(word);
        found.sentences.texts(0).enumerate().filter_map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_way_to_write_a_rationale_is_read() {
        let all = [
            ("[0, 3]", "slow , end !"),
            ("[0, 3, 3]", "slow , end !"),
            ("\"1001\"", "slow , end !"),
            ("\"100010\"", "slow end"),
            ("\"slow end\"", "slow end"),
            ("\"a lovely\"", "a lovely"),
            ("\"2\"", "lovely"),
            ("\"[1, 2]\"", "a lovely"),
            ("\"0 3\"", "slow , end !"),
            ("[\"Slow\", \"end!\"]", "slow end !"),
            ("[]", ""),
            ("\"\"", ""),
        ];
        for (rationale, wanted) in all {
            let row = format!(
                "{{\"id\": null, \"text\": \"Slow, a lovely end!\", \"label\": 1, \"rationale\": {rationale}}}"
            );
            assert_eq!(selected(&with(&row)), wanted, "{rationale}");
        }
    }

    #[test]
    fn erasers_layout_is_read() {
        let eraser = "{\"annotation_id\": \"a\", \"query\": null, \"classification\": \"POS\", \"evidences\": [[{\"docid\": \"d\", \
                      \"start_token\": 1, \"end_token\": 3, \"start_sentence\": -1, \"text\": \"good film\"}]], DOC}";
        let file = |document: &str| {
            let row = eraser.replace("DOC", document);
            let other = row.replace("POS", "NEG");
            [row.as_str(), other.as_str()].repeat(10).join("\n")
        };
        assert_eq!(selected(&file("\"document\": \"a good film . really\"")), "good film");
        assert_eq!(selected(&file("\"text\": \"a good\\nfilm .\"")), "good film");
        assert_eq!(selected(&file("\"docs\": {\"c\": \"first one\", \"d\": \"a good film\"}")), "good film");
        let refused = |document: &str| Rationales::read(file(document).as_bytes()).expect_err("refused").to_string();
        let without = refused("\"x\": 1");
        assert_eq!(without, "row 1, field document: nothing, expected the text that is explained, or text, or docs");
        let short = "row 1, field rationale: word 2, expected words from 0 to 1 of the 2 between blanks";
        assert_eq!(refused("\"text\": \"a good\""), short);
        assert!(
            refused("\"docs\": {\"c\": \"first one\"}").contains("docid"),
            "{}",
            refused("\"docs\": {\"c\": \"x\"}")
        );
    }

    #[test]
    fn files_with_commas_are_read() {
        let row = |i: usize| format!("\"a good, film\",{},\"[1, 2]\"\n", i % 2);
        let rows: String = (0..20).map(row).collect();
        assert_eq!(selected(&format!("text,label,rationale\n{rows}")), "good , film");
        let tabs = rows.replace("\",", "\t").replace(",\"", "\t").replace('"', "");
        assert_eq!(selected(&format!("text\tlabel\trationale\n{tabs}")), "good , film");
    }

    #[test]
    fn nothing_and_everything_are_told() {
        let row = |rationale: &str| format!("{{\"text\": \"a b\", \"label\": 1, \"rationale\": {rationale}}}");
        let told = |rationale: &str| Rationales::read(with(&row(rationale)).as_bytes()).expect("read").told;
        assert_eq!(told("\"00\""), ["row 1: the rationale selects nothing"]);
        assert_eq!(told("\"a b\""), ["row 1: the rationale selects everything"]);
        assert!(told("[0]").is_empty(), "nothing to tell");
        let long = format!("{{\"text\": \"{}\", \"label\": 1, \"rationale\": [0, 69]}}", "w ".repeat(70));
        let found = Rationales::read(with(&long).as_bytes()).expect("read");
        assert_eq!(found.told, ["row 1: the rationale selects words after word 64, which are left out"]);
        let file: String = (0..30).map(|i| row("[]").replace('1', &(i % 2).to_string()) + "\n").collect();
        let told = Rationales::read(file.as_bytes()).expect("read").told;
        assert_eq!((told.len(), told[20].as_str()), (21, "10 more rows are like these"));
    }

    #[test]
    fn what_does_not_match_gets_a_sentence() {
        let said = |row: &str| Rationales::read(with(row).as_bytes()).expect_err(row).to_string();
        let row = |rationale: &str| {
            said(&format!("{{\"text\": \"not bad, really\", \"label\": 1, \"rationale\": {rationale}}}"))
        };
        assert_eq!(row("[3]"), "row 1, field rationale: word 3, expected words from 0 to 2 of the 3 between blanks");
        let digits = "expected one for each of the 3 words between blanks, or of the 4 with punctuation apart";
        assert_eq!(row("\"10100\""), format!("row 1, field rationale: 5 digits, {digits}"));
        assert_eq!(row("\"very bad\""), "row 1, field rationale: very, expected words of the text in their order");
        assert_eq!(
            row("true"),
            "row 1, field rationale: another value, expected a list of words, digits 0 and 1, or a text"
        );
        assert_eq!(
            said("{\"text\": \"a\", \"label\": 1}"),
            "row 1, field rationale: nothing, expected a list of words, digits 0 and 1, or a text"
        );
        assert_eq!(said("{\"label\": 1}"), "row 1, field text: nothing, expected a text");
        assert_eq!(
            said("{\"text\": \"a\", \"rationale\": []}"),
            "row 1, field label: nothing, expected a text or a whole number"
        );
        assert_eq!(said("{\"text\": }"), "row 1: not JSON at byte 9 of the row");
        assert_eq!(
            said("{\"text\": \"\", \"label\": 1, \"rationale\": []}"),
            "row 1, column text: nothing is not allowed, expected some words"
        );
        let refused = |file: &str| Rationales::read(file.as_bytes()).expect_err(file).to_string();
        assert_eq!(refused(""), "the file is empty");
        assert_eq!(refused("a,b\n"), "row 1: the columns are a,b, expected text, label and rationale");
        assert_eq!(refused("text,label,rationale\n\"a,1,0\n"), "row 2: a quote is opened and never closed");
        assert_eq!(refused("text,label,rationale\na,1\n"), "row 2: 2 columns, expected 3");
        assert!(refused(&",".repeat(5_000_000)).len() < 200, "megabytes of commas");
        assert!(refused(&"[".repeat(5_000_000)).len() < 200, "megabytes of brackets");
        assert!(refused(&format!("{{\"a\":{}", "[".repeat(5_000_000))).len() < 200, "nested for ever");
    }
}
