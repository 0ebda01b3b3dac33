//! The command line as it is typed: what it prints, where, and with which exit status; sweeps cut at any byte.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of one test's own; goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("snapscope-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_snapscope"));
        command.current_dir(&self.0).args(arguments).output().expect("the program starts")
    }

    fn read(&self, file: &str) -> String {
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
fn says(output: &Output, status: i32, what: &str) {
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
