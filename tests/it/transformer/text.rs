//! Tokenizers: `basic_english` word by word, vocabularies, and pieces cut anywhere.

use proptest::prelude::*;
use snapscope::transformer::tokenizer::{Counter, Pieces, Vocabulary, VocabularyError};

fn words(text: &str) -> Vec<String> {
    let (mut pieces, mut words) = (Pieces::default(), Vec::new());
    pieces.feed(text, &mut |word| words.push(word.to_owned()));
    pieces.end(&mut |word| words.push(word.to_owned()));
    words
}

#[test]
fn basic_english_splits_as_torchtext_does() {
    // The words are those that torchtext's table of substitutions gives when Python's `re` applies it line by line.
    for (text, expected) in [
        ("Hello, World!", "hello|,|world|!"),
        ("It's \"quoted\"; isn't it?", "it|'|s|quoted|isn|'|t|it|?"),
        ("One.Two (three): four...", "one|.|two|(|three|)|four|.|.|."),
        ("a<br />b <br/> c<BR />d", "a|b|<br/>|c|d"),
        (" @-@ 3.5 \t\n<unk>  = Title = ", "@-@|3|.|5|<unk>|=|title|="),
        ("ÄÖ Straße \u{a0}x\u{1c}y\u{2003}z", "äö|straße|x|y|z"),
        ("<b\"r />x ''", "x|'|'"),
        ("<br /><br /><br />a<br x", "a<br|x"),
        ("ΟΔΟΣ ΟΔΟΣ.", "οδος|οδος|."),
        ("", ""),
        ("\"\" ;: ", ""),
    ] {
        assert_eq!(words(text).join("|"), expected, "{text:?}");
    }
}

#[test]
fn vocabulary_counts_most_frequent_first_and_equals_in_order() {
    let mut counter = Counter::new();
    counter.feed("b a c c <unk> <unk> <unk> d d d a");
    let vocabulary = counter.clone().vocabulary(1, 100).expect("words enough");
    assert_eq!(vocabulary.to_text(), "<unk>\nd\na\nc\nb");
    assert_eq!(counter.clone().vocabulary(2, 100).expect("words enough").to_text(), "<unk>\nd\na\nc");
    assert_eq!(counter.clone().vocabulary(1, 3).expect("words enough").to_text(), "<unk>\nd\na");
    assert_eq!(counter.clone().vocabulary(9, 3), Err(VocabularyError::Size { found: 1 }));
    assert_eq!(counter.vocabulary(1, 1), Err(VocabularyError::Size { found: 1 }));

    let mut long = Counter::new();
    long.feed(&["a ", &"x".repeat(256), " ", &"y".repeat(255)].concat());
    let words = long.vocabulary(1, 100).expect("words enough").to_text();
    assert_eq!(words, ["<unk>\na\n", &"y".repeat(255)].concat(), "words longer than 255 bytes are unknown");

    let mut tokens = Vec::new();
    vocabulary.encode("D, a b nothing", &mut tokens);
    assert_eq!(tokens, [1, 0, 2, 4, 0]);
    assert_eq!(vocabulary.decode(&tokens), "d <unk> a b <unk>");
}

#[test]
fn bytes_go_there_and_back() {
    let mut tokens = Vec::new();
    Vocabulary::Bytes.encode("añ", &mut tokens);
    assert_eq!(tokens, [97, 0xc3, 0xb1]);
    assert_eq!(Vocabulary::Bytes.decode(&tokens), "añ");
    assert_eq!(Vocabulary::Bytes.decode(&tokens[..2]), "a\u{fffd}", "half a character");
    assert_eq!(Vocabulary::from_text("bytes", ""), Ok(Vocabulary::Bytes));
}

#[test]
fn bad_vocabularies_get_a_sentence() {
    let refused = |kind: &str, text: &str| Vocabulary::from_text(kind, text).expect_err("refused").to_string();
    assert_eq!(refused("bpe", ""), "tokenizer is \"bpe\", expected basic_english, bytes or subwords");
    assert_eq!(refused("basic_english", "<unk>"), "vocabulary: 1 tokens, expected 2 to 65536");
    assert_eq!(refused("basic_english", "a\nb"), "vocabulary: the first token is \"a\", expected <unk>");
    assert_eq!(
        refused("basic_english", "<unk>\na b"),
        "vocabulary: token 1 is \"a b\", expected a word of 1 to 255 bytes without blanks"
    );
    assert_eq!(refused("basic_english", "<unk>\na\na"), "vocabulary: \"a\" is given twice");
    assert_eq!(refused("basic_english", &"x\n".repeat(70_000)), "vocabulary: 65537 tokens, expected 2 to 65536");
}

proptest! {
    #[test]
    fn pieces_cut_anywhere_give_the_words_of_the_whole(
        parts in prop::collection::vec("[aBΣ<br>/ \"'.;\u{a0}\n]{0,5}|<br />|<BR />", 0..12),
        cuts in prop::collection::vec(0_usize..60, 0..6),
    ) {
        let text = parts.concat();
        let mut cuts: Vec<usize> =
            cuts.into_iter().map(|cut| cut.min(text.len())).filter(|cut| text.is_char_boundary(*cut)).collect();
        cuts.sort_unstable();
        let (mut pieces, mut found, mut start) = (Pieces::default(), Vec::new(), 0);
        for cut in cuts.into_iter().chain([text.len()]) {
            pieces.feed(&text[start..cut], &mut |word| found.push(word.to_owned()));
            start = cut;
        }
        pieces.end(&mut |word| found.push(word.to_owned()));
        prop_assert_eq!(found, words(&text));
    }
}
