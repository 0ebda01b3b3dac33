//! Files: models there and back, the `safetensors` crate as the other reader and writer, and bad files of every kind.

use super::oracle::tokens;
use super::shapes::{every_kind, model};
use proptest::prelude::*;
use safetensors::SafeTensors;
use snapscope::transformer::export::export_pytorch;
use snapscope::transformer::safetensors::{Dtype, File, FileError, load, rounded, save, save_as, write};
use snapscope::transformer::tokenizer::{Counter, Subwords, Vocabulary};
use snapscope::transformer::{Model, Settings};

fn a_file() -> (Settings, Vec<u8>) {
    let settings = every_kind()[1];
    let model = model(settings, 1);
    (settings, save(model.config(), model.params(), None))
}

#[test]
fn models_come_back_from_their_files() {
    for settings in every_kind() {
        let model = model(settings, 1);
        let bytes = save(model.config(), model.params(), None);
        let saved = load(&bytes).expect("a file of ours");
        assert_eq!((saved.config, saved.vocabulary), (*model.config(), None));
        assert_eq!(saved.params, model.params());
        assert_eq!(save(&saved.config, &saved.params, None), bytes, "byte for byte");
    }
}

#[test]
fn vocabularies_stand_beside_the_weights() {
    let mut counter = Counter::new();
    counter.feed("one two three four five six seven eight nine ten eleven twelve \\ \u{1}quirky ü");
    let words = counter.vocabulary(1, 18).expect("words enough");
    let settings = Settings { vocabulary: words.len(), ..every_kind()[1] };
    let model = model(settings, 1);
    let saved = load(&save(model.config(), model.params(), Some(&words))).expect("a file of ours");
    assert_eq!(saved.vocabulary, Some(words));
    let wrong = save(model.config(), model.params(), Some(&Vocabulary::Bytes));
    let expected = format!("metadata: the vocabulary has 256 tokens, expected {}", settings.vocabulary);
    assert_eq!(load(&wrong).expect_err("refused").to_string(), expected);
}

#[test]
fn half_the_bytes_keep_three_digits() {
    let (settings, whole) = a_file();
    let model = model(settings, 1);
    let bytes = save_as(model.config(), model.params(), None, Dtype::Bf16);
    assert!(bytes.len() < whole.len() * 2 / 3, "{} of {} bytes", bytes.len(), whole.len());
    let theirs = SafeTensors::deserialize(&bytes).expect("their reader reads our file");
    assert!(theirs.iter().all(|(_, tensor)| tensor.dtype() == safetensors::Dtype::BF16));
    let saved = load(&bytes).expect("a file of ours");
    for (i, (mine, kept)) in model.params().iter().zip(&saved.params).enumerate() {
        assert_eq!(rounded(*mine, Dtype::Bf16), *kept, "weight {i}");
        assert!((mine - kept).abs() <= mine.abs() / 256.0, "weight {i}: {mine} came back as {kept}");
    }
    // A tie goes to the even one.
    let ties = [(0x3f80_8000, 0x3f80_0000), (0x3f81_8000, 0x3f82_0000), (0xbf80_8001, 0xbf81_0000_u32)];
    for (bits, expected) in ties.map(|(bits, expected): (u32, u32)| (f32::from_bits(bits), f32::from_bits(expected))) {
        assert_eq!(rounded(bits, Dtype::Bf16), expected, "{bits}");
    }
    assert_eq!(save_as(&saved.config, &saved.params, None, Dtype::Bf16), bytes, "byte for byte");
}

#[test]
fn subwords_stand_beside_the_weights() {
    let pieces = [" the", "\n\n", "a\\b", "é"].map(str::to_owned).into();
    let words = Vocabulary::Subwords(Subwords::new(pieces).expect("pieces"));
    let model = model(Settings { vocabulary: words.len(), ..every_kind()[1] }, 1);
    let saved = load(&save(model.config(), model.params(), Some(&words))).expect("a file of ours");
    assert_eq!(saved.vocabulary, Some(words));
}

#[test]
fn the_safetensors_crate_reads_our_files_and_we_read_its() {
    let (settings, bytes) = a_file();
    let model = model(settings, 1);
    let theirs = SafeTensors::deserialize(&bytes).expect("their reader reads our file");
    assert_eq!(theirs.len(), model.views().len());
    for view in model.views() {
        let tensor = theirs.tensor(&view.name).expect("named as in PyTorch");
        assert_eq!(tensor.shape(), view.shape, "{}", view.name);
        for (i, bytes) in tensor.data().as_chunks::<4>().0.iter().enumerate() {
            assert_eq!(f32::from_le_bytes(*bytes), model.params()[view.index(i)], "{}[{i}]", view.name);
        }
    }
    // Their writer sorts by name, so the order of tensors is another one.
    let metadata = model.config().to_fields().into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    let again = safetensors::serialize(theirs.tensors(), Some(metadata)).expect("their writer");
    let saved = load(&again).expect("our reader reads their file");
    assert_eq!((saved.config, saved.params.as_slice()), (*model.config(), model.params()));
}

/// A file with this header and so many zero bytes of data.
fn with_header(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

#[test]
fn bad_headers_get_a_sentence() {
    let refused = |header: &str, data: usize| File::read(&with_header(header, data)).expect_err("refused").to_string();
    let one = |entry: &str| format!("{{\"a\":{entry}}}");
    let entry = r#"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#;
    assert!(File::read(&with_header(&one(entry), 8)).is_ok(), "a good one");
    assert_eq!(refused("", 0), "the header is no safetensors header at byte 0");
    assert_eq!(refused("[]", 0), "the header is no safetensors header at byte 0");
    assert_eq!(refused("{\"a\":", 0), "the header is no safetensors header at byte 5");
    assert_eq!(refused(&one("1"), 0), "tensor \"a\": expected dtype, shape and data_offsets");
    assert_eq!(refused(&one(&entry.replace("shape", "size")), 8), refused(&one("{}"), 0));
    assert_eq!(refused(&one(&entry.replace("[0,8]", "[0,8,9]")), 8), refused(&one("{}"), 0));
    assert_eq!(
        refused(&one(entry), 7),
        "tensor \"a\": bytes 0 to 8 do not hold its shape, the file has 7 bytes of data"
    );
    let expected = "tensor \"a\": bytes 0 to 8 do not hold its shape, the file has 8 bytes of data";
    assert_eq!(refused(&one(&entry.replace("[2]", "[3]")), 8), expected);
}

#[test]
fn ranges_must_follow_each_other() {
    let two = |a: &str, b: &str, data: usize| {
        let entry = |range: &str| format!("{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":{range}}}");
        let header = format!("{{\"a\":{},\"b\":{}}}", entry(a), entry(b));
        File::read(&with_header(&header, data)).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(two("[0,8]", "[8,16]", 16), Ok(()));
    assert_eq!(two("[8,16]", "[0,8]", 16), Ok(()));
    let refused = |text: &str| Err(text.to_owned());
    let follow = "tensors follow each other without overlap or gap";
    assert_eq!(two("[0,8]", "[4,12]", 16), refused(&format!("tensor \"b\": starts at byte 4, expected 8: {follow}")));
    assert_eq!(two("[0,8]", "[0,8]", 16), refused(&format!("tensor \"b\": starts at byte 0, expected 8: {follow}")));
    assert_eq!(two("[4,12]", "[12,20]", 20), refused(&format!("tensor \"a\": starts at byte 4, expected 0: {follow}")));
    assert_eq!(two("[0,8]", "[8,16]", 20), refused("the data has 20 bytes, its tensors 16"));
    let twice = "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
    let error = File::read(&with_header(twice, 0)).expect_err("refused");
    assert_eq!(error.to_string(), "tensor \"a\": given twice");
}

#[test]
fn huge_sizes_do_not_overflow() {
    for shape in
        ["[4611686018427387904,4]", "[18446744073709551615]", "[18446744073709551615,0]", "[4294967296,4294967296]"]
    {
        let header = format!("{{\"a\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[0,0]}}}}");
        let _ = File::read(&with_header(&header, 0));
    }
    let ends = |first: &str| {
        let header = format!("{{\"a\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{first},3]}}}}");
        File::read(&with_header(&header, 8)).map(|_| ())
    };
    let back = ends("9223372036854775807");
    assert!(matches!(back, Err(FileError::Range { .. })), "a range from back to front: {back:?}");
    assert!(ends("18446744073709551615").is_err(), "no file is that long");
    let mut long = u64::MAX.to_le_bytes().to_vec();
    long.extend([0; 100]);
    let expected = "the header's length is 18446744073709551615 bytes, expected at most 100000000";
    assert_eq!(File::read(&long).expect_err("refused").to_string(), expected);
}

/// Name, shape and numbers of a tensor.
type Owned = (String, Vec<usize>, Vec<f32>);

#[test]
fn wrong_tensors_get_a_sentence() {
    let (settings, _) = a_file();
    let model = model(settings, 1);
    let fields = model.config().to_fields();
    // The model's file, its tensors changed.
    let refused = |change: &dyn Fn(&mut Vec<Owned>)| {
        let values = |view: &snapscope::transformer::View| model.params()[view.range.clone()].to_vec();
        let mut tensors: Vec<Owned> =
            model.views().iter().map(|view| (view.name.clone(), view.shape.clone(), values(view))).collect();
        change(&mut tensors);
        let metadata: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let tensors: Vec<(&str, &[usize], &[f32])> =
            tensors.iter().map(|(name, shape, values)| (&**name, &**shape, &**values)).collect();
        load(&write(&metadata, &tensors, Dtype::F32)).expect_err("refused").to_string()
    };
    assert_eq!(
        refused(&|all| all.truncate(all.len() - 1)),
        "tensor \"norm.bias\": missing, a model of these settings has it"
    );
    assert_eq!(
        refused(&|all| all.push(("lm_head.weight".to_owned(), vec![1], vec![0.0]))),
        "tensor \"lm_head.weight\": a model of these settings has none of this name"
    );
    assert_eq!(refused(&|all| all[0].1.reverse()), "tensor \"embedding.weight\": shape is [16,18], expected [18,16]");
    assert_eq!(
        refused(&|all| all[2].2[5] = f32::NAN),
        "tensor \"layers.0.self_attn.in_proj_weight\": number 5 is NaN, expected a finite number"
    );
}

#[test]
fn other_types_get_a_sentence() {
    let (_, bytes) = a_file();
    let length = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    let header = core::str::from_utf8(&bytes[8..8 + length]).expect("text");
    let mut other = bytes.clone();
    other.splice(8..8 + length, header.replacen("F32", "I32", 1).bytes());
    let expected = "tensor \"embedding.weight\": dtype is \"I32\", expected F32 or BF16";
    assert_eq!(load(&other).expect_err("refused").to_string(), expected);
    other.splice(8..8 + length, header.replacen("\"heads\":\"2\"", "\"heads\":\"3\"", 1).bytes());
    assert_eq!(load(&other).expect_err("refused").to_string(), "metadata: heads is 3, expected a divisor of width 16");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let (_, bytes) = a_file();
    for len in 0..bytes.len() {
        // Every length of the header and about each hundredth of the data.
        if len < 3000 || len % 101 == 0 {
            let error = load(&bytes[..len]).expect_err("a part is no file").to_string();
            assert!(!error.is_empty() && error.len() < 300, "a sentence: {error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn flipped_and_moved_bytes_are_read_or_refused(
        changes in prop::collection::vec((0_usize..3000, any::<u8>()), 1..4),
        cut in prop::option::of(0_usize..3000),
    ) {
        let (_, mut bytes) = a_file();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.remove(cut);
        }
        if let Ok(saved) = load(&bytes) {
            // What is read holds together.
            let _ = Model::with_params(saved.config, 1, saved.params);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(header in "[{}\\[\\]\",:a-f0-9 \\\\_]{0,80}", tail in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut bytes = with_header(&header, 0);
        bytes.extend(&tail);
        let _ = load(&bytes);
        let _ = load(&tail);
    }
}

/// With SNAPSCOPE_TORCH_PYTHON set to a Python that has torch, the exported script runs there and its logits are ours to 1e-4.
#[test]
fn exported_script_gives_the_same_logits() {
    for settings in every_kind() {
        let mut model = model(settings, 1);
        let script = export_pytorch(model.config());
        assert!(script.contains(&format!("\"width\": {},\n", settings.width)), "{script}");
        assert!(!script.contains("# SETTINGS"), "the settings are filled in");
        let Some(python) = std::env::var_os("SNAPSCOPE_TORCH_PYTHON") else { continue };
        let folder = std::env::temp_dir().join(format!("snapscope-export-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        std::fs::write(folder.join("model.py"), script).expect("a place for the script");
        let weights = save(model.config(), model.params(), None);
        std::fs::write(folder.join("model.safetensors"), weights).expect("a place for the weights");
        let inputs = tokens(7, settings.vocabulary as u32, 3);
        let words: Vec<String> = inputs.iter().map(u32::to_string).collect();
        let mut command = std::process::Command::new(python);
        let output = command.current_dir(&folder).args(["model.py", "model.safetensors"]).args(words).output();
        let output = output.expect("Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("numbers");
        let found: Vec<f32> = text.split_whitespace().map(|x| x.parse().expect("a number")).collect();
        let logits = model.logits(&inputs, 7);
        assert_eq!(found.len(), logits.len());
        for (found, expected) in found.iter().zip(logits) {
            assert!((found - expected).abs() < 1e-4, "torch {found}, here {expected}, {settings:?}");
        }
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
