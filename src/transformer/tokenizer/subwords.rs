//! Tokens by the longest known piece: from where the text stands the longest piece that is known, else one byte. Any text has
//! tokens, and gives itself again.

use super::{LARGEST, VocabularyError};
use crate::transformer::text::shortened;
use std::collections::BTreeMap;

/// Most bytes of a piece.
const LONGEST: usize = 1024;
/// Tokens that are bytes.
const BYTES: usize = 256;

/// Pieces; tokens below 256 are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subwords {
    pieces: Vec<String>,
    /// Of each node, the nodes that go on with a byte; the root is the first.
    next: Vec<BTreeMap<u8, u32>>,
    /// The token that ends at a node.
    token: Vec<Option<u32>>,
}

impl Subwords {
    /// These pieces, which get tokens in their order, from 256 on.
    ///
    /// # Errors
    /// When there are too many, or one is empty, too long, or given twice.
    pub fn new(pieces: Vec<String>) -> Result<Self, VocabularyError> {
        let found = BYTES + pieces.len();
        if found > LARGEST {
            return Err(VocabularyError::Size { found });
        }
        let (mut next, mut token) = (vec![BTreeMap::new()], vec![None]);
        for (piece, at) in pieces.iter().zip(BYTES as u32..) {
            if piece.is_empty() || piece.len() > LONGEST {
                return Err(VocabularyError::Piece { at: at as usize, found: shortened(piece) });
            }
            let mut node = 0;
            for byte in piece.bytes() {
                let fresh = next.len() as u32;
                let found = *next[node].entry(byte).or_insert(fresh);
                if found == fresh {
                    next.push(BTreeMap::new());
                    token.push(None);
                }
                node = found as usize;
            }
            if token[node].replace(at).is_some() {
                return Err(VocabularyError::Repeated { found: shortened(piece) });
            }
        }
        Ok(Self { pieces, next, token })
    }

    /// Number of tokens.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "bytes are always there")]
    pub fn len(&self) -> usize {
        BYTES + self.pieces.len()
    }

    /// The pieces on lines of their own, line breaks and backslashes in them written `\\n` and `\\\\`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let line = |piece: &String| piece.replace('\\', "\\\\").replace('\n', "\\n");
        self.pieces.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Reads what [`Self::to_text`] gave.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_text(text: &str) -> Result<Self, VocabularyError> {
        // Never more pieces in memory than are allowed.
        let lines = text.split('\n').filter(|_| !text.is_empty()).take(LARGEST);
        Self::new(lines.map(unescaped).collect())
    }

    /// Appends the tokens of a text.
    pub fn encode(&self, text: &str, tokens: &mut Vec<u32>) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (mut node, mut found, mut length) = (0, u32::from(bytes[at]), 1);
            for (byte, count) in bytes[at..].iter().zip(1..) {
                let Some(&next) = self.next[node].get(byte) else { break };
                node = next as usize;
                if let Some(token) = self.token[node] {
                    (found, length) = (token, count);
                }
            }
            tokens.push(found);
            at += length;
        }
    }

    /// The text of tokens; bytes that are no UTF-8 as replacement characters.
    ///
    /// # Panics
    /// When a token is not below [`Self::len`].
    #[must_use]
    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut bytes = Vec::new();
        for &token in tokens {
            match (token as usize).checked_sub(BYTES) {
                Some(piece) => bytes.extend(self.pieces[piece].bytes()),
                None => bytes.push(token as u8),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn unescaped(line: &str) -> String {
    let mut piece = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => piece.extend(chars.next().map(|next| if next == 'n' { '\n' } else { next })),
            _ => piece.push(c),
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(subwords: &Subwords, text: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        subwords.encode(text, &mut tokens);
        tokens
    }

    #[test]
    fn the_longest_piece_goes_first() {
        let pieces = ["ab", "abcd", "\\n", "x\ny"].map(str::to_owned).into();
        let subwords = Subwords::new(pieces).expect("pieces");
        assert_eq!(tokens(&subwords, "abcdabc"), [257, 256, u32::from(b'c')]);
        assert_eq!(tokens(&subwords, "x\ny\\n"), [259, 258]);
        assert_eq!(Subwords::from_text(&subwords.to_text()), Ok(subwords));
        assert_eq!(Subwords::from_text("").map(|none| none.len()), Ok(256));
    }

    #[test]
    fn what_is_no_vocabulary_is_refused() {
        for (text, why) in [("a\n\nb", "token 257"), ("ab\nc\nab", "\"ab\" is given twice")] {
            let error = Subwords::from_text(text).expect_err(text).to_string();
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_itself_again(
            pieces in proptest::collection::btree_set("[ab\\\\\n é]{1,4}", 0..20), text in "[ab\\\\\n é☃]{0,40}",
        ) {
            let subwords = Subwords::new(pieces.into_iter().collect()).expect("pieces");
            prop_assert_eq!(subwords.decode(&tokens(&subwords, &text)), text);
            prop_assert_eq!(Subwords::from_text(&subwords.to_text()), Ok(subwords));
        }
    }
}
