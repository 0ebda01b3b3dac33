//! The command line as it is typed: what it prints, where, and with which exit status; sweeps cut at any byte.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of one test's own; goes with it.
pub(crate) struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("snapscope-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        Self(folder)
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_snapscope"));
        command.current_dir(&self.0).args(arguments).output().expect("the program starts")
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).expect("the file is there")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SWEEP: [&str; 9] = [
    "sweep",
    "#v=1&training.steps=5&data.common_tokens=3",
    "--vary",
    "training.eta_z=0.5,1",
    "--vary",
    "data.last_tokens=1,2",
    "--seeds",
    "3..5",
    "--out",
];

fn sweep(folder: &Folder, file: &str, more: &[&str]) -> Output {
    folder.run(&[&SWEEP[..], &[file], more].concat())
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.sort_unstable();
    lines
}

/// Ends with this status and one line on standard error that holds `what`.
#[track_caller]
pub(crate) fn says(output: &Output, status: i32, what: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{error}");
    assert!(error.lines().count() == 1 && error.contains(what), "{error}");
}

#[test]
fn a_sweep_cut_at_any_byte_goes_on_to_the_same_rows() {
    let folder = Folder::new("cut");
    assert!(sweep(&folder, "whole.csv", &[]).status.success());
    let whole = folder.read("whole.csv");
    assert_eq!(whole.lines().count(), 1 + 12);
    assert!(whole.starts_with("training.eta_z,data.last_tokens,seed,loss,entropy,entropy_distinct,digest\n"));
    // Every place in the header and the first two rows, and some later ones.
    let start: usize = whole.split_inclusive('\n').take(3).map(str::len).sum();
    for cut in (0..start).step_by(7).chain((start..whole.len()).step_by(101)) {
        fs::write(folder.0.join("cut.csv"), &whole[..cut]).expect("a file can be written");
        let output = sweep(&folder, "cut.csv", &[]);
        assert!(output.status.success(), "cut at {cut}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(sorted(&folder.read("cut.csv")), sorted(&whole), "cut at {cut}");
    }
}

#[test]
fn shards_are_the_whole_sweep_each_run_once() {
    let folder = Folder::new("shards");
    assert!(sweep(&folder, "whole.csv", &[]).status.success());
    for shard in ["1/3", "2/3", "3/3"] {
        assert!(sweep(&folder, "shards.csv", &["--shard", shard]).status.success());
    }
    assert_eq!(sorted(&folder.read("shards.csv")), sorted(&folder.read("whole.csv")));
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let folder = Folder::new("other");
    fs::write(folder.0.join("notes.txt"), "my notes").expect("a file can be written");
    says(&sweep(&folder, "notes.txt", &[]), 2, "notes.txt: holds something else than a sweep");
    assert_eq!(folder.read("notes.txt"), "my notes");
    assert!(sweep(&folder, "one.csv", &[]).status.success());
    let before = folder.read("one.csv");
    says(&sweep(&folder, "one.csv", &["--vary", "training.eta_y=1"]), 2, "its columns are not");
    says(
        &sweep(&folder, "one.csv", &["--set", "training.steps=6"]),
        2,
        "holds another sweep, its row 0.5,1,3 ends with",
    );
    assert_eq!(folder.read("one.csv"), before);
}

#[test]
fn runs_of_two_kinds_share_a_file_with_the_columns_of_both() {
    let folder = Folder::new("kinds");
    let link = "#v=1&training.steps=5";
    let output = folder.run(&["sweep", link, "--vary", "data.kind=classes,theory", "--jobs", "1", "--out", "a.csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = folder.read("a.csv");
    let rows: Vec<Vec<&str>> = rows.lines().map(|row| row.split(',').collect()).collect();
    let names = "data.kind,seed,loss,entropy,entropy_distinct,b_numeric,b_theory,t0_early,t0,digest";
    assert_eq!(rows[0].join(","), names);
    let empty = |row: &[&str]| row.iter().map(|cell| u8::from(cell.is_empty())).collect::<Vec<_>>();
    assert_eq!(empty(&rows[1]), [0, 0, 0, 0, 0, 1, 1, 1, 1, 0], "{rows:?}");
    assert_eq!(empty(&rows[2]), [0, 0, 1, 1, 1, 0, 0, 0, 0, 0], "{rows:?}");
}

#[test]
fn what_show_and_link_print_means_the_same_experiment() {
    let folder = Folder::new("show");
    let show = folder.run(&["show", "#v=1&seed=7", "--set", "training.eta_z=2"]);
    fs::write(folder.0.join("experiment.json"), &show.stdout).expect("a file can be written");
    let link = folder.run(&["link", "experiment.json"]);
    assert_eq!(String::from_utf8_lossy(&link.stdout), "#v=1&lab=scan-snap&seed=7&training.eta_z=2\n");
}

#[test]
fn bad_arguments_are_named_with_what_is_allowed() {
    let folder = Folder::new("bad");
    let cases: [(&[&str], &str); 7] = [
        (
            &["run", "#v=1&data.last_tokens=900"],
            "data.last_tokens: 900 is not allowed, expected a whole number from 1 to 50",
        ),
        (&["run", "#v=1", "--set", "seed"], "--set seed: expected PATH=VALUE"),
        (&["sweep", "#v=1", "--vary", "x=1", "--out", "a.csv"], "--vary x: no such setting"),
        (&["sweep", "#v=1", "--vary", "training.eta_z=1,1", "--out", "a.csv"], "1 is given more than once"),
        (
            &["sweep", "#v=1", "--vary", "training.eta_z=1", "--seeds", "5..2", "--out", "a.csv"],
            "--seeds 5..2: expected A..B",
        ),
        (
            &["sweep", "#v=1", "--vary", "training.eta_z=1", "--shard", "0/3", "--out", "a.csv"],
            "--shard 0/3: expected I/N",
        ),
        (&["sweep", "#v=1", "--vary", "training.eta_z=1", "--jobs", "0", "--out", "a.csv"], "--jobs 0: expected"),
    ];
    for (arguments, what) in cases {
        says(&folder.run(arguments), 2, what);
        assert!(!folder.0.join("a.csv").exists(), "{arguments:?} leaves no file");
    }
    says(&folder.run(&["run", "missing.json"]), 2, "missing.json: ");
}

/// A small model of a text, quick to train.
const SMALL: [&str; 14] = [
    "--set",
    "model.width=16",
    "--set",
    "model.mlp_width=16",
    "--set",
    "model.context=8",
    "--set",
    "training.steps=20",
    "--set",
    "training.batch_size=4",
    "--set",
    "data.max_vocabulary=40",
    "--set",
    "seed=3",
];

/// A text of some 400 words.
fn text() -> String {
    (0..400_u32)
        .map(|i| format!("{} ", ["the", "cat", "sat", "on", "a", "mat", "."][(i * i % 11 % 7) as usize]))
        .collect()
}

#[test]
fn a_trained_model_is_saved_and_continues_a_prompt_the_same_way_each_time() {
    let folder = Folder::new("train");
    fs::write(folder.0.join("cats.txt"), text()).expect("a file can be written");
    let train = ["train", "--data", "cats.txt", "--out", "cats.safetensors", "--pytorch", "cats.py"];
    let output = folder.run(&[&train[..], &SMALL[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("cats.safetensors: ") && said.contains("after 20 steps held-out loss"), "{said}");
    assert!(folder.read("cats.py").contains("def load("), "the script is beside it");
    let generate =
        ["generate", "cats.safetensors", "--prompt", "The cat", "--tokens", "30", "--top-k", "3", "--seed", "5"];
    let [one, two] = [folder.run(&generate), folder.run(&generate)];
    let said = String::from_utf8_lossy(&one.stdout).into_owned();
    assert!(one.status.success() && said.starts_with("the cat "), "{said}");
    // More tokens than the context holds.
    assert_eq!(said.split_whitespace().count(), 32, "{said}");
    assert_eq!(one.stdout, two.stdout, "the same seed picks the same tokens");
}

#[test]
fn a_run_on_a_file_reports_which_file_it_was() {
    let folder = Folder::new("data");
    fs::write(folder.0.join("cats.txt"), text()).expect("a file can be written");
    fs::write(folder.0.join("dogs.txt"), text().replace("cat", "dog")).expect("a file can be written");
    let run = ["run", "#v=1&data.sequence_length=8", "--data", "cats.txt", "--out", "a.csv"];
    let output = folder.run(&[&run[..], &SMALL[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["experiment"]["data"]["name"], "cats.txt");
    assert_eq!(report["queries"].as_array().map(Vec::len), Some(6), "the text has six words");
    assert!(folder.read("a.csv").starts_with("step,loss,entropy,validation_loss,perplexity,entropy_validation\n"));
    // What it says of itself asks for the same file again.
    fs::write(folder.0.join("again.json"), report["experiment"].to_string()).expect("a file can be written");
    let again = folder.run(&["run", "again.json", "--data", "cats.txt"]);
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!(again["digest"], report["digest"]);
    says(&folder.run(&["run", "again.json", "--data", "dogs.txt"]), 2, "this experiment needs cats.txt (");
    says(&folder.run(&["run", "again.json"]), 2, "and no text was given");
}

#[test]
fn a_sweep_of_a_text_varies_its_settings_and_its_form() {
    let folder = Folder::new("text-sweep");
    let link = "#v=1&data.kind=text&data.max_vocabulary=60&data.sequence_length=9&model.context=9&model.width=16&training.steps=6&training.batch_size=4";
    let vary = ["--vary", "model.form=yz,transformer", "--vary", "data.text=alice,raven"];
    let output = folder.run(&[&["sweep", link][..], &vary[..], &["--out", "a.csv"][..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = folder.read("a.csv");
    let names = "model.form,data.text,seed,loss,entropy,validation_loss,perplexity,entropy_validation,digest";
    assert_eq!((rows.lines().next(), rows.lines().count()), (Some(names), 5), "{rows}");
    assert!(rows.lines().all(|row| !row.contains(",,")), "every run has its numbers: {rows}");
}

#[test]
fn bad_texts_and_models_are_named() {
    let folder = Folder::new("bad-text");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.0.join(name), bytes).expect("a file can be written");
    write("empty.txt", b"");
    write("binary.bin", b"ab\0");
    write("latin.txt", b"caf\xe9");
    write("short.txt", b"a few words");
    File::create(folder.0.join("long.txt")).and_then(|file| file.set_len(50_000_001)).expect("a file can be written");
    for (file, what) in [
        ("missing.txt", "--data missing.txt: "),
        (".", "--data .: not a file"),
        ("empty.txt", "--data empty.txt: the text is empty"),
        ("binary.bin", "--data binary.bin: byte 2 is 0"),
        ("latin.txt", "--data latin.txt: byte 3 is not UTF-8"),
        ("short.txt", "data.sequence_length: the text has 3 tokens, windows of 128 need 258"),
        ("long.txt", "--data long.txt: the text has 50000001 bytes, at most 50000000 are read"),
    ] {
        says(&folder.run(&["run", "#v=1", "--data", file]), 2, what);
    }
    let train = ["train", "--data", "short.txt", "--out", "a.safetensors", "--set", "model.form=yz"];
    says(&folder.run(&train), 2, "model.form: only a transformer can be saved");
    let generate = |more: &[&str]| folder.run(&[&["generate", "latin.txt", "--prompt", "a"][..], more].concat());
    says(&generate(&[]), 2, "latin.txt: ");
    says(&folder.run(&["generate", "missing.safetensors", "--prompt", "a"]), 2, "missing.safetensors: ");
}

/// The worked example of docs/papers.md 2.4 as files: the distribution, and a map for each of some explanations.
fn worked_example(folder: &Folder) {
    let mut joint = "x1,x2,x3,y,p\n".to_owned();
    let mut maps = [("marg", String::new()), ("posi", String::new()), ("pair", String::new())];
    for x in 0..8 {
        let [a, b, c] = [x >> 2 & 1, x >> 1 & 1, x & 1];
        let driver = if c == 1 { a } else { b };
        joint += &format!("{a},{b},{c},{driver},0.1125\n{a},{b},{c},{},0.0125\n", 1 - driver);
        let pick = |is_first| if is_first { "100" } else { "010" };
        for ((_, map), mask) in maps.iter_mut().zip([pick(c == 1), pick(driver == 1), "110"]) {
            *map += &format!("{a},{b},{c},{mask}\n");
        }
    }
    fs::write(folder.0.join("joint.csv"), joint).expect("a file can be written");
    for (name, map) in maps {
        let text = format!("x1,x2,x3,mask\n{map}");
        fs::write(folder.0.join(format!("{name}.csv")), text).expect("a file can be written");
    }
}

#[test]
fn explanations_in_files_are_scored() {
    let folder = Folder::new("scores");
    worked_example(&folder);
    let output = folder.run(&[
        "score-explanations",
        "--data",
        "joint.csv",
        "--explanation",
        "MARG=marg.csv",
        "--explanation",
        "POSI=posi.csv",
        "--explanation",
        "both=pair.csv",
        "--alpha",
        "1,5",
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let near = |value: &serde_json::Value, wanted: f64| {
        let number = value.as_f64().expect("a number");
        assert!((number - wanted).abs() < 1e-4, "{number}, expected {wanted}");
    };
    near(&found["entropy_y"], core::f64::consts::LN_2);
    near(&found["entropy_y_given_x"], 0.3251);
    let [marg, posi, both] = [0, 1, 2].map(|i| &found["scores"][i]);
    assert_eq!((&marg["name"], &posi["name"], &both["name"]), (&"MARG".into(), &"POSI".into(), &"both".into()));
    near(&marg["eval_x"], -0.4414);
    near(&marg["fresh"], -0.3251);
    near(&marg["encode_meter"], 0.1163);
    near(&marg["encode_meter_mi"], 0.1017);
    near(&posi["roar"], 0.3251);
    near(&posi["stripe_x"]["1"], -0.8967);
    // The table has -2.0399, five times a rounded M.
    near(&posi["stripe_x"]["5"], -2.0398);
    assert_eq!((&marg["encodes"], &both["encodes"]), (&true.into(), &false.into()));
    assert!(both["witness"].is_null(), "nothing to witness: {both}");
    let witness = &marg["witness"];
    assert_eq!((&witness["selection"], &witness["values"]["x1"]), (&"100".into(), &"0".into()), "{witness}");
    near(&witness["y_given_values_and_selection"]["0"], 0.9);
    near(&witness["y_given_values"]["0"], 0.7);
}

#[test]
fn the_labs_methods_explain_a_distribution_in_a_file() {
    let folder = Folder::new("methods");
    worked_example(&folder);
    let methods = ["tree", "marg", "pred", "posi", "shapley"].map(|name| ["--method", name]);
    let output =
        folder.run(&[&["score-explanations", "--data", "joint.csv", "--size", "2"], methods.as_flattened()].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let encodes: Vec<bool> =
        found["scores"].as_array().expect("a list").iter().map(|row| row["encodes"] == true).collect();
    assert_eq!(encodes[..4], [false, true, true, true], "the tree shows what it asks: {found}");
    let [tree, marg] = [0, 1].map(|i| found["scores"][i]["eval_x"].as_f64().expect("a number"));
    assert!((tree + 0.3251).abs() < 1e-4 && (marg + 0.4414).abs() < 1e-4, "{tree}, {marg}");
}

#[test]
fn all_maps_of_a_small_distribution_are_gone_through() {
    let folder = Folder::new("all-maps");
    worked_example(&folder);
    let output = folder.run(&["score-explanations", "--data", "joint.csv", "--all-maps"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let all = &found["all_maps"];
    assert_eq!((&all["maps"], &all["non_encoding"]), (&16_777_216.into(), &20_140.into()), "{all}");
    assert_eq!((&all["eval_x"]["weak"], &all["eval_x"]["strong"]), (&true.into(), &false.into()), "{all}");
    assert_eq!((&all["fresh"]["weak"], &all["roar"]["weak"]), (&false.into(), &false.into()), "{all}");
    let alpha = all["stripe_x_is_strong_above_alpha"].as_f64().expect("a number");
    assert!((alpha - 62.71).abs() < 0.01, "{alpha}");
    let wide = "x1,x2,x3,x4,y,n\n".to_owned()
        + (0..16)
            .map(|x| format!("{},{},{},{},{},1\n", x >> 3, x >> 2 & 1, x >> 1 & 1, x & 1, x % 2))
            .collect::<String>()
            .as_str();
    fs::write(folder.0.join("wide.csv"), wide).expect("a file can be written");
    let refused = folder.run(&["score-explanations", "--data", "wide.csv", "--all-maps"]);
    says(&refused, 2, "--all-maps: 16 selections for each of 16 inputs make too many maps, at most 16777216");
}

#[test]
fn bad_explanations_end_with_status_2_and_name_the_file() {
    let folder = Folder::new("bad-scores");
    worked_example(&folder);
    let run = |explanation: &str, more: &[&str]| {
        folder.run(&[&["score-explanations", "--data", "joint.csv", "--explanation", explanation], more].concat())
    };
    fs::write(folder.0.join("half.csv"), "x1,x2,x3,mask\n0,0,0,1\n").expect("a file can be written");
    says(&run("A=half.csv", &[]), 2, "half.csv: row 2, column mask: 1 is not allowed");
    says(&run("A=none.csv", &[]), 2, "none.csv");
    says(&run("A=.", &[]), 2, "not a file");
    says(&run("marg.csv", &[]), 2, "expected NAME=MAP.csv");
    says(&run("A=marg.csv", &["--explanation", "A=posi.csv"]), 2, "there is another one named A");
    says(&run("A=marg.csv", &["--method", "shap"]), 2, "--method shap: no such method, expected one of constant, tree");
    says(&run("A=marg.csv", &["--method", "tree", "--size", "4"]), 2, "a selection of 4 of 3 inputs");
    says(&run("tree=marg.csv", &["--method", "tree"]), 2, "there is another explanation named tree");
    says(&folder.run(&["score-explanations", "--data", "joint.csv"]), 2, "--explanation");
    says(&run("A=marg.csv", &["--alpha", "1,-2"]), 2, "--alpha -2: not allowed");
    says(&run("A=marg.csv", &["--alpha", "1,"]), 2, "--alpha");
    let swapped = folder.run(&["score-explanations", "--data", "marg.csv", "--explanation", "A=marg.csv"]);
    says(&swapped, 2, "marg.csv: row 1: the columns are x1,x2,x3,mask");
}

/// A table of two inputs, and a map that tells y by the place.
fn own_tables(folder: &Folder) {
    let write = |name: &str, text: &str| fs::write(folder.0.join(name), text).expect("a file can be written");
    write("mine.csv", "x1,x2,y,p\n0,0,a,.2\n0,0,b,.05\n0,1,b,.25\n1,0,a,.25\n1,1,b,.25\n");
    write("other.csv", "x1,x2,y,p\n0,0,a,.5\n1,1,b,.5\n");
    write("map.csv", "x1,x2,mask\n0,0,10\n0,1,01\n1,0,10\n1,1,01\n");
    let film = |i: usize| format!("a {} film number {}\t{}\n", ["good", "bad"][i % 2], i % 7, i % 2);
    write("films.tsv", &(0..40).map(film).collect::<String>());
}

/// What the program prints, as JSON.
#[track_caller]
fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_run_on_own_tables_ends_with_the_digest_of_the_page() {
    use snapscope::labs::encoding::Files;
    use snapscope::labs::{self, Library};
    let folder = Folder::new("own-tables");
    own_tables(&folder);
    let run = ["run", "#v=1&lab=encoding&seed=3", "--data", "mine.csv", "--explanation", "place=map.csv"];
    let report = json(&folder.run(&run));
    assert_eq!(report["experiment"]["subject"]["kind"], "own-table");
    assert_eq!(
        (&report["experiment"]["subject"]["name"], &report["experiment"]["explanations"]["name"]),
        (&"mine.csv".into(), &"place.csv".into())
    );
    // As the page has it, where the map's file is called place.csv.
    let mut library = Library::default();
    let take = |file: &str| vec![(file.replace("map", "place"), folder.read(file).into_bytes())];
    library.get_mut::<Files>().take_distribution(take("mine.csv")).expect("a table");
    library.get_mut::<Files>().take_explanations(take("map.csv")).expect("a map");
    let experiment = snapscope::experiment::Experiment::from_json(&report["experiment"].to_string()).expect("valid");
    let mut page = labs::start_on(&experiment, &library).expect("it is about these files");
    page.step(u64::MAX).expect("nothing diverges");
    assert_eq!(report["digest"], page.digest().to_string());
    let last = report["explanations"].as_array().and_then(|all| all.last()).expect("an explanation");
    assert_eq!(last["name"], "place");
    // What it says of itself asks for the same files again.
    fs::write(folder.0.join("again.json"), report["experiment"].to_string()).expect("a file can be written");
    let again = |more: &[&str]| folder.run(&[&["run", "again.json"], more].concat());
    assert_eq!(json(&again(&["--data", "mine.csv", "--explanation", "place=map.csv"]))["digest"], report["digest"]);
    says(&again(&["--data", "other.csv"]), 2, "subject: this experiment is about the table mine.csv (");
    says(&again(&["--data", "other.csv"]), 2, "what was chosen is other.csv (");
    says(&again(&[]), 2, "none was chosen yet");
    says(&again(&["--data", "mine.csv"]), 2, "explanations: this experiment is about the explanations place.csv (");
    let called = ["--data", "mine.csv", "--explanation", "else=map.csv"];
    says(&again(&called), 2, "what was chosen is else.csv (");
}

#[test]
fn a_run_on_own_sentences_is_told_from_one_on_a_table() {
    let folder = Folder::new("own-sentences");
    own_tables(&folder);
    let link = "#v=1&lab=encoding&seed=1&explanations.inputs=1";
    let report = json(&folder.run(&["run", link, "--data", "films.tsv"]));
    assert_eq!(report["experiment"]["subject"]["kind"], "own-sentences");
    assert!(report["summary"]["accuracy_held_out"].is_number(), "{}", report["summary"]);
    let refused = |data: &str, more: &[&str], what: &str| {
        says(&folder.run(&[&["run", link, "--data", data], more].concat()), 2, what);
    };
    refused("films.tsv", &["--explanation", "A=map.csv"], "--explanation A=map.csv: sentences bring their rationales");
    refused("films.tsv", &["--set", "subject.kind=own-table"], "--data films.tsv: row 1: the columns are");
    refused("mine.csv", &["--set", "subject.kind=images"], "--data mine.csv: this experiment brings its inputs along");
    refused("map.csv", &[], "--data map.csv: these are explanations, expected what they are of");
    refused("none.csv", &[], "none.csv: ");
    refused(".", &[], "not a file");
    refused("mine.csv", &["--explanation", "map.csv"], "--explanation map.csv: expected NAME=MAP.csv");
    refused("mine.csv", &["--explanation", "A=mine.csv"], "A.csv: row 1: the columns are");
    let text = folder.run(&["run", "#v=1", "--explanation", "A=map.csv"]);
    says(&text, 2, "--explanation A=map.csv: this experiment explains nothing");
}

#[test]
fn a_sweep_of_own_tables_has_the_columns_of_each_kind() {
    let folder = Folder::new("own-sweep");
    own_tables(&folder);
    let rows: String = (0..200).map(|i| format!("{},{},{}\n", i % 2, i / 2 % 2, i % 2)).collect();
    fs::write(folder.0.join("samples.csv"), format!("x1,x2,y\n{rows}")).expect("a file can be written");
    let sweep = |file: &str| {
        let vary =
            ["--vary", "scores.by=probabilities,samples", "--vary", "explanations.inputs=1,2", "--seeds", "1..2"];
        let own = ["--data", "samples.csv", "--explanation", "place=map.csv", "--jobs", "2", "--out", file];
        folder.run(&[&["sweep", "#v=1&lab=encoding"][..], &vary[..], &own[..]].concat())
    };
    assert!(sweep("a.csv").status.success());
    let rows = folder.read("a.csv");
    let names = "scores.by,explanations.inputs,seed,entropy_y,entropy_y_given_x,best_eval_x,encoding,samples,held_out,shown_to_encode,digest";
    assert_eq!((rows.lines().next(), rows.lines().count()), (Some(names), 9), "{rows}");
    assert!(rows.lines().any(|row| row.starts_with("samples,1,2,,,,,200,40,")), "{rows}");
    // Gone on with, whatever was cut.
    fs::write(folder.0.join("b.csv"), &rows[..rows.len() / 2]).expect("a file can be written");
    assert!(sweep("b.csv").status.success());
    assert_eq!(sorted(&folder.read("b.csv")), sorted(&rows));
}

#[test]
fn scores_are_estimated_beside_the_exact_ones() {
    let folder = Folder::new("estimated");
    worked_example(&folder);
    let maps = ["--explanation", "MARG=marg.csv", "--explanation", "both=pair.csv"];
    let score =
        |data: &str, more: &[&str]| folder.run(&[&["score-explanations", "--data", data], &maps[..], more].concat());
    let exact = json(&score("joint.csv", &[]));
    let found = json(&score("joint.csv", &["--samples", "20000", "--alpha", "1,5", "--seed", "4"]));
    let [marg, both] = [0, 1].map(|i| &found["scores"][i]["estimated"]);
    assert_eq!((&marg["verdict"], &both["verdict"]), (&"encodes".into(), &"not shown to encode".into()), "{found}");
    assert_eq!((&marg["samples"], &marg["held_out"]), (&20_000.into(), &4_000.into()));
    for (name, truth) in [("eval_x", "eval_x"), ("fresh", "fresh"), ("encode_meter", "encode_meter")] {
        let (number, truth) = (|of: &str| marg[name][of].as_f64().expect("a number"), &exact["scores"][0][truth]);
        assert!((number("value") - truth.as_f64().expect("a number")).abs() < 0.03, "{name}: {marg}, {truth}");
        assert!(number("low") < number("value") && number("value") < number("high"), "{name}: {marg}");
    }
    let stripe_x = marg["stripe_x"]["5"].as_f64().expect("a number");
    assert!((stripe_x + 1.0229).abs() < 0.2, "{stripe_x}");
    // Without the new option there is nothing new.
    let mut without = found.clone();
    for row in without["scores"].as_array_mut().expect("a list") {
        row.as_object_mut().expect("an object").remove("estimated");
        row["stripe_x"].as_object_mut().expect("an object").remove("5");
    }
    assert_eq!(without, exact);
    let quick = json(&score("joint.csv", &["--samples", "200", "--model", "transformer", "--steps", "50"]));
    assert!(quick["scores"][0]["estimated"]["calibration_error"].is_number(), "{quick}");
    says(&score("joint.csv", &["--samples", "5"]), 2, "--samples 5: not allowed, expected a whole number from 100 to");
    says(
        &score("joint.csv", &["--samples", "200", "--model", "tree"]),
        2,
        "--model tree: not allowed, expected one of",
    );
    says(&score("joint.csv", &["--model", "table"]), 2, "--samples");
    let few = format!(
        "x1,x2,x3,y,n\n{}",
        (0..8).map(|x| format!("{},{},{},{},1\n", x >> 2, x >> 1 & 1, x & 1, x & 1)).collect::<String>()
    );
    fs::write(folder.0.join("few.csv"), few).expect("a file can be written");
    says(&score("few.csv", &["--samples", "200"]), 2, "few.csv: 8 samples are too few to estimate from");
}

#[test]
fn counts_are_estimated_from_as_a_run_does() {
    let folder = Folder::new("counts");
    // y is x1, but for one of five.
    let row = |i: usize| format!("{},{},{}\n", i % 2, i / 2 % 2, (i + usize::from(i.is_multiple_of(5))) % 2);
    let rows: String = (0..400).map(row).collect();
    fs::write(folder.0.join("samples.csv"), format!("x1,x2,y\n{rows}")).expect("a file can be written");
    let link = "#v=1&lab=encoding&seed=7&scores.by=samples&explanations.inputs=1";
    let report = json(&folder.run(&["run", link, "--data", "samples.csv"]));
    let estimates = report["estimates"].as_array().expect("a list");
    let ask = ["score-explanations", "--data", "samples.csv", "--samples", "50000", "--seed", "7"];
    let methods = ["posi", "tree", "shapley"].map(|name| ["--method", name]);
    let found = json(&folder.run(&[&ask[..], methods.as_flattened()].concat()));
    for (row, name) in found["scores"].as_array().expect("a list").iter().zip(["POSI", "best tree", "Shapley"]) {
        let last = estimates.iter().rfind(|estimate| estimate["name"] == name).expect("it is estimated");
        let mine = &row["estimated"];
        assert_eq!((&mine["samples"], &mine["verdict"]), (&400.into(), &last["verdict"]), "{name}");
        // Reports carry seven digits.
        let near = |a: &serde_json::Value, b: &serde_json::Value| {
            let (a, b) = (a.as_f64().expect("a number"), b.as_f64().expect("a number"));
            assert!((a - b).abs() < 1e-6, "{name}: {a}, {b}");
        };
        for score in ["eval_x", "fresh", "encode_meter", "floor", "control"] {
            for (at, end) in ["value", "low", "high"].iter().enumerate() {
                near(&mine[score][end], &last[score][at]);
            }
        }
    }
}
