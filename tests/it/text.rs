//! The catalogues in `public/text/`: every language has the names of English, and the code asks for no other.

use snapscope::chart::Words;
use snapscope::cli::student;
use snapscope::experiment::preset;
use snapscope::experiment::{Lab, Link};
use snapscope::labs::{self, Library};
use snapscope::run::{Focus, Verdict};
use snapscope::view::text;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// English words on charts, for other tests.
pub static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    speak("en");
    Words::of(text::on_charts())
});

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A language's catalogue.
fn catalogue(language: &str) -> String {
    fs::read_to_string(root().join(format!("public/text/{language}.json"))).expect("the catalogue is there")
}

/// Puts a language in use, in this test alone: each has its own thread.
pub fn speak(language: &str) {
    text::put(&catalogue(language)).expect("it has words");
}

/// Names and texts of a language, in the file's order.
fn pairs(language: &str) -> Vec<(String, String)> {
    text::pairs(&catalogue(language)).unwrap_or_else(|error| panic!("{language}: {error}"))
}

/// All languages but English.
fn others() -> Vec<String> {
    let files = fs::read_dir(root().join("public/text")).expect("the folder is there");
    let name = |path: PathBuf| path.file_name().expect("a file").to_str().expect("a plain name").to_owned();
    let names: BTreeSet<String> = files.map(|file| name(file.expect("a readable entry").path())).collect();
    assert!(names.contains("en.json") && names.contains("de.json"), "{names:?}");
    let languages = names.iter().map(|name| name.strip_suffix(".json").expect("nothing else is in the folder"));
    languages.filter(|language| *language != "en").map(str::to_owned).collect()
}

/// All languages.
pub fn languages() -> Vec<String> {
    others().into_iter().chain(["en".to_owned()]).collect()
}

/// The text of the sources in these parts of `src`.
fn sources(parts: &[&str]) -> String {
    fn collect(path: &Path, all: &mut String) {
        if path.is_dir() {
            fs::read_dir(path).expect("readable").for_each(|entry| collect(&entry.expect("readable").path(), all));
        } else {
            all.push_str(&fs::read_to_string(path).expect("UTF-8 sources"));
        }
    }
    let mut all = String::new();
    parts.iter().for_each(|part| collect(&root().join("src").join(part), &mut all));
    all
}

#[test]
fn every_language_has_the_names_of_english_in_the_same_order() {
    let names = |language: &str| pairs(language).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let english = names("en");
    for language in others() {
        let own = names(&language);
        let missing: Vec<_> = english.iter().filter(|name| !own.contains(name)).collect();
        let unknown: Vec<_> = own.iter().filter(|name| !english.contains(name)).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "{language}: missing {missing:?}, unknown {unknown:?}");
        assert_eq!(own, english, "{language}: the order");
    }
}

fn texts_only(value: &serde_json::Value) -> bool {
    value.is_string() || value.as_object().is_some_and(|fields| fields.values().all(texts_only))
}

#[test]
fn every_catalogue_is_written_in_one_form() {
    // It also finds names that stand twice: of those, JSON keeps one.
    for language in others().into_iter().chain(["en".to_owned()]) {
        let text = catalogue(&language);
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let form = serde_json::to_string_pretty(&value).expect("it is JSON") + "\n";
        let lines = text.lines().zip(form.lines()).enumerate();
        let differing = lines.filter(|(_, (is, should))| is != should).map(|(at, (is, _))| (at + 1, is)).next();
        assert!(text == form, "{language}: two spaces a level, one name a line, each name once; see {differing:?}");
        assert!(texts_only(&value), "{language}: texts only");
        let names: BTreeSet<String> = pairs(&language).into_iter().map(|(name, _)| name).collect();
        assert!(names.len() == pairs(&language).len() && names.len() > 300, "{language}: no name is there twice");
    }
}

#[test]
fn every_text_has_the_places_of_english_and_ends_as_it_does() {
    for language in others() {
        for ((name, english), (_, own)) in pairs("en").iter().zip(&pairs(&language)) {
            let count = |text: &str| ["{}", "#", "*"].map(|mark| text.matches(mark).count());
            assert_eq!(count(own), count(english), "{language}, {name}: places to fill in");
            let end = |text: &str| text.chars().last().filter(|end| ".:?!,".contains(*end));
            assert_eq!(end(own), end(english), "{language}, {name}: {own}");
            assert_eq!(own.trim().is_empty(), english.trim().is_empty(), "{language}, {name}: blank");
            assert_eq!(own.trim(), own, "{language}, {name}: space around it");
        }
    }
}

#[test]
fn sentences_end_and_nothing_is_blank() {
    for (name, text) in pairs("en") {
        let of_a_thing = ["/help", "/caption", "/sentence", "/meaning"].iter().any(|end| name.ends_with(end));
        let is_sentence = name.starts_with("reasons/") || (of_a_thing && !name.starts_with("words/"));
        assert!(text.ends_with('.') || !is_sentence, "{name}: {text}");
        assert!(!text.trim().is_empty() || name.ends_with("/unit"), "{name} is blank");
    }
}

#[test]
fn the_code_asks_for_words_there_are_and_for_all_of_them() {
    // The entries of labs name words too.
    let titles = Lab::ALL.iter().flat_map(|lab| [lab.words.title, lab.words.lede, lab.words.source]);
    let groups = Lab::ALL.iter().flat_map(|lab| lab.groups).map(|group| format!("group_{group}"));
    let keys = titles.map(str::to_owned).chain(groups);
    let of_entries: String = keys.map(|key| format!("say(\"{key}\")")).collect();
    let (code, english) = (sources(&["page", "page.rs", "view"]) + &of_entries, pairs("en"));
    let has = |key: &str| english.iter().any(|(name, _)| name.strip_prefix("words/") == Some(key));
    let asked = ["say(", "fill("].iter().flat_map(|call| code.split(call).skip(1));
    let keys: Vec<&str> = asked.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).collect();
    let missing: Vec<_> = keys.iter().filter(|key| !has(key)).collect();
    assert!(keys.len() > 100 && missing.is_empty(), "{} keys, not in the catalogue: {missing:?}", keys.len());
    let words = english.iter().filter_map(|(name, _)| name.strip_prefix("words/"));
    let idle: Vec<_> = words.filter(|key| !code.contains(&format!("\"{key}\""))).collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

#[test]
fn charts_ask_for_words_there_are_and_for_all_of_them() {
    let code = sources(&["chart", "chart.rs"]);
    let name = |rest: &str| rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let calls = || code.split(".say(").skip(1);
    let asked: BTreeSet<String> = calls().filter_map(name).collect();
    let english = pairs("en");
    let known = english.iter().filter_map(|(name, _)| name.strip_prefix("chart/").map(str::to_owned)).collect();
    assert_eq!(asked, known, "left: names in src/chart; right: names in the catalogue");
    let by_variable: Vec<&str> = calls().filter(|rest| name(rest).is_none()).collect();
    assert!(by_variable.is_empty(), "names are literals, so that this test sees them: {by_variable:?}");
}

#[test]
fn claims_reasons_and_summary_numbers_of_runs_have_their_words() {
    speak("en");
    let known: BTreeSet<String> = pairs("en").into_iter().map(|(name, _)| name).collect();
    for preset in preset::all() {
        let mut experiment = Link::parse(preset.link).0.experiment;
        // What is said does not depend on how much is judged.
        for few in ["tune.judged", "tune.steps"] {
            let _ = experiment.set(few, "1");
        }
        let mut library = Library::default();
        student::give(&mut library, &experiment);
        let mut run = labs::start_on(&experiment, &library).expect("presets are valid");
        // Explanations are there to be judged after some.
        let steps = if preset.name.starts_with("enc-") { 300 } else { 1 };
        run.step(steps).expect("first steps never diverge");
        for check in run.frame(Focus::default()).checks {
            assert!(!text::claim(&check.claim).sentence.is_empty(), "{}: claim {}", preset.name, check.claim);
            if let Verdict::DoesNotApply(reason) = check.verdict {
                assert!(known.contains(&format!("reasons/{reason}")), "{}: reason {reason}", preset.name);
            }
        }
        for measure in run.report().summary {
            assert!(known.contains(&format!("measures/{}", measure.name)), "{}: {}", preset.name, measure.name);
        }
    }
}

#[test]
fn the_page_offers_the_languages_there_are() {
    let boot = fs::read_to_string(root().join("public/boot.js")).expect("boot.js is there");
    let list = boot.split_once("const languages = {").and_then(|(_, rest)| rest.split_once('}'));
    let list = list.expect("boot.js lists the languages").0;
    let offered: BTreeSet<&str> = list.split(',').filter_map(|pair| Some(pair.split_once(':')?.0.trim())).collect();
    let there = others();
    assert_eq!(offered, there.iter().map(String::as_str).chain(["en"]).collect(), "boot.js and public/text");
}

#[test]
fn words_are_those_of_the_language_in_use() {
    speak("de");
    assert_eq!((text::say("settings"), Words::of(text::on_charts()).say("step")), ("Einstellungen", "Schritt"));
    assert_eq!(text::fill("step_of", &["4", "100"]), "Schritt 4 von 100");
    assert_eq!(
        text::glossary(&snapscope::experiment::Experiment::default()).next().expect("a first term").0,
        "Query-Token"
    );
    speak("en");
    assert_eq!((text::say("settings"), Words::of(text::on_charts()).say("step")), ("Settings", "step"));
}
