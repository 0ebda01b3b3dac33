//! The forms of an experiment: whatever comes in gets a value or a sentence, and what goes out comes back.

use proptest::prelude::*;
use snapscope::cli::student;
use snapscope::experiment::link::{CONTROLS, Start};
use snapscope::experiment::own;
use snapscope::experiment::preset::{self, Preset};
use snapscope::experiment::{ConfigError, Experiment, Kind, Lab, Link, Own, Setting, Value, View};
use snapscope::labs::{self, Library};
use snapscope::run::Focus;
use std::fs;
use std::path::Path;

/// The settings of all labs.
fn settings() -> Vec<&'static Setting> {
    Lab::ALL.iter().flat_map(|lab| lab.settings).collect()
}

/// Any valid experiment, as a list of values for its lab's table.
fn experiments() -> impl Strategy<Value = Experiment> {
    prop::sample::select(Lab::ALL.iter().map(|lab| lab.name).collect::<Vec<_>>()).prop_flat_map(experiments_in)
}

fn experiments_in(lab: &'static str) -> impl Strategy<Value = Experiment> {
    let start = move || Experiment { seed: 0, lab: Lab::named(lab).expect("a lab") };
    let value = |setting: &'static Setting| match setting.kind {
        Kind::Integer { min, max } => (min..=max).prop_map(Value::Integer).boxed(),
        Kind::Real { min, max, open } => {
            let low = if open { f64::MIN_POSITIVE.max(min) } else { min };
            (low..=max).prop_map(Value::Real).boxed()
        }
        Kind::Choice(names) => prop::sample::select(names).prop_map(Value::Choice).boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
    };
    let change = |setting: &'static Setting| prop::option::of(value(setting));
    let own = ("[a-zA-Z0-9 .ü&=%#]{0,40}", 0..=1_000_000_000_u64, any::<u64>());
    let values = start().settings().iter().map(change).collect::<Vec<_>>();
    (values, own.prop_map(|(name, size, digest)| Own { name, size, digest })).prop_map(move |(values, own)| {
        let mut experiment = start();
        for (setting, value) in experiment.settings().iter().zip(values) {
            if let Some(value) = value {
                (setting.set)(&mut experiment, value);
            }
        }
        match &mut experiment.lab {
            Lab::ScanSnap(settings) => settings.data.own = own,
            Lab::Encoding(settings) => {
                settings.subject.own = own.clone();
                settings.explanations.own = own;
            }
            Lab::ToolUse(settings) => {
                settings.tools.own = own.clone();
                settings.predictions.own = own;
            }
        }
        experiment
    })
}

/// A preset with so little to learn and to judge that it is quick; what a run is made of stays the same.
pub fn quick(preset: &Preset) -> Experiment {
    let mut experiment = Link::parse(preset.link).0.experiment;
    for (path, few) in [("tune.judged", "1"), ("tune.steps", "1"), ("tune.batch", "1"), ("tune.samples", "40")] {
        // Only one of the labs has these.
        let _ = experiment.set(path, few);
    }
    experiment
}

/// Each name once.
fn distinct(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut all = Vec::new();
    names.for_each(|name| {
        if !all.contains(&name) {
            all.push(name)
        }
    });
    all
}

/// Anything a link can say of what is shown.
fn views() -> impl Strategy<Value = View> {
    let some = |from: Vec<&'static str>| {
        let most = from.len();
        prop::sample::subsequence(from, 0..=most).prop_map(|names| names.into_iter().map(str::to_owned).collect())
    };
    let controls = || {
        some(
            distinct(settings().iter().map(|setting| setting.path))
                .into_iter()
                .chain(CONTROLS.iter().copied())
                .collect(),
        )
    };
    let pace = prop_oneof![(1..=1_000_000_u32).prop_map(f64::from), Just(f64::INFINITY)];
    let compare = experiments().prop_map(|experiment| {
        let link = Link { experiment, ..Link::default() };
        link.write().trim_start_matches('#').to_owned()
    });
    let shown = (
        some(distinct(Lab::ALL.iter().flat_map(|lab| lab.panels).copied())),
        prop::option::of(0..=1_000_000_u64),
        0..500_u32,
        prop::option::of(compare),
    );
    let alpha = (0..=1000_u32).prop_map(|alpha| f64::from(alpha) / 8.0 + 2.0);
    let alpha = prop::option::of(alpha);
    let embedded = (any::<bool>(), any::<bool>(), controls(), controls(), (prop::option::of(pace), alpha));
    (shown, embedded).prop_map(|((panels, step, class, compare), (embed, click, locked, hidden, (pace, alpha)))| View {
        panels,
        step,
        class,
        alpha,
        compare,
        embed,
        start: if click { Start::Click } else { Start::Seen },
        locked,
        hidden,
        pace,
    })
}

proptest! {
    #[test]
    fn a_link_comes_back_as_it_went(experiment in experiments(), mut view in views(), digest in any::<Option<u64>>()) {
        view.keep_within(&experiment);
        let link = Link { experiment, view, digest };
        let text = link.write();
        let (back, refused) = Link::parse(&text);
        prop_assert_eq!(refused, vec![]);
        prop_assert_eq!(back.write(), text);
        prop_assert_eq!(back, link);
    }

    #[test]
    fn json_comes_back_as_it_went(experiment in experiments()) {
        let text = experiment.to_json().to_string();
        prop_assert_eq!(Experiment::from_json(&text), Ok(experiment));
    }

    #[test]
    fn any_text_as_a_link_is_answered_and_stays_in_range(text in ".{0,200}") {
        let (link, _) = Link::parse(&text);
        let (again, refused) = Link::parse(&link.write());
        prop_assert_eq!(refused, vec![]);
        prop_assert_eq!(again, link);
    }

    #[test]
    fn any_fields_are_answered(fields in prop::collection::vec(("[a-z_.]{0,20}", "[ -~]{0,20}"), 0..8)) {
        let known = settings().into_iter().map(|setting| setting.path).collect::<Vec<_>>();
        let known = known.iter().cycle();
        let text: String = fields.iter().zip(known).map(|((path, value), known)| format!("&{path}={value}&{known}={value}")).collect();
        let _ = Link::parse(&text);
    }

    #[test]
    fn any_bytes_of_a_link_changed_are_answered(
        view in views(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = Link { view, ..Link::default() }.write().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (link, _) = Link::parse(&String::from_utf8_lossy(&bytes));
        let (again, refused) = Link::parse(&link.write());
        prop_assert_eq!(refused, vec![]);
        prop_assert_eq!(again, link);
    }

    #[test]
    fn any_text_as_json_is_answered(text in "[\\[\\]{}:,\"a-z0-9. -]{0,200}") {
        let _ = Experiment::from_json(&text);
    }

    #[test]
    fn any_value_keeps_a_setting_in_its_range(at in any::<prop::sample::Index>(), text in ".{0,30}") {
        let all = settings();
        let setting = all[at.index(all.len())];
        let mut experiment = Experiment { seed: 0, lab: (setting.lab)() };
        let _ = experiment.set(setting.path, &text);
        let value = (setting.get)(&experiment);
        prop_assert_eq!(setting.parse(&value.to_string()), Ok(value));
    }
}

#[test]
fn a_link_cut_at_any_byte_opens_what_is_whole() {
    let text = "#v=1&lab=scan-snap&seed=7&data.last_tokens=3&training.eta_z=2.5&view.compare=v%3D1%26seed%3D2&digest=9f2c0d61b7a4e833";
    let whole = Link::parse(text);
    assert_eq!(whole.1, []);
    for cut in 0..text.len() {
        let (link, _) = Link::parse(&text[..cut]);
        if cut >= "#v=1&lab=scan-snap&seed=7&".len() {
            assert_eq!(link.experiment.seed, 7, "cut at {cut}");
        }
    }
}

#[track_caller]
fn refused(text: &str, sentences: &[&str]) -> Link {
    let (link, refused) = Link::parse(text);
    let refused: Vec<String> = refused.iter().map(ConfigError::to_string).collect();
    assert_eq!(refused, sentences, "{:.200}", text);
    link
}

#[test]
fn the_valid_part_of_a_bad_link_opens_and_the_rest_is_named() {
    let link = refused(
        "#v=1&lab=scan-snap&seed=7&seed=8&data.last_tokens=900&bogus=1&training.eta_z=2&digest=xyz",
        &[
            "seed: given more than once, the first one counts",
            "data.last_tokens: 900 is not allowed, expected a whole number from 1 to 50",
            "bogus: no such setting",
            "digest: xyz is not allowed, expected 16 hexadecimal digits",
        ],
    );
    assert_eq!((link.experiment.seed, link.experiment.get("training.eta_z")), (7, Some(Value::Real(2.0))));
    refused("#v=2", &["v: 2 is not allowed, expected 1, the version of the link"]);
    refused("#seed=1", &["v: nothing is not allowed, expected 1, the version of the link"]);
    let link = refused(
        "#v=1&training.steps=50&view.step=51&view.class=2",
        &[
            "view.step: 51 is not allowed, expected at most 50, the steps of the run",
            "view.class: 2 is not allowed, expected at most 1: classes count from 0",
        ],
    );
    assert_eq!((link.view.step, link.view.class), (Some(50), 0));
    refused("#v=1&lab=other", &["lab: other is not allowed, expected one of scan-snap, encoding, tool-use"]);
    refused("#v=1&%ff=1", &["%ff=1: not UTF-8 text"]);
    let long = format!("#v=1&seed={}", "1".repeat((1 << 20) - 9));
    refused(&long, &["the link is 1048576 bytes long, at most 65536 are read"]);
}

#[test]
fn a_link_can_name_the_last_class_of_every_frame_and_the_largest_of_every_lab() {
    let read = |experiment: &Experiment, class: u32| {
        let (experiment, view) = (experiment.clone(), View { class, ..View::default() });
        let (back, refused) = Link::parse(&Link { experiment, view, digest: None }.write());
        assert_eq!((back.view.class, refused), (class, vec![]), "{}", back.experiment.lab.name());
    };
    for preset in preset::all() {
        let experiment = quick(preset);
        let mut library = Library::default();
        student::give(&mut library, &experiment);
        let mut run = labs::start_on(&experiment, &library).expect("presets are valid");
        run.step(2).expect("first steps never diverge");
        // Frames keep what is looked at within what they have.
        let last = run.frame(Focus::on(u32::MAX)).focus.class;
        assert!(u64::from(last) <= experiment.lab.known().last_class, "{}: {last}", preset.name);
        read(&experiment, last);
    }
    for known in Lab::ALL.iter().filter(|known| known.name != "scan-snap") {
        read(&Experiment { seed: 0, lab: (known.start)() }, known.last_class as u32);
    }
}

#[test]
fn an_address_and_a_fragment_mean_the_same() {
    let expected = Link::parse("#v=1&seed=5");
    assert_eq!(expected.0.experiment.seed, 5);
    for text in ["v=1&seed=5", "https://example.org/snapscope/#v=1&seed=5", "  #v=1&seed=5\n", "#&v=1&&seed=%35"] {
        assert_eq!(Link::parse(text), expected, "{text}");
    }
    for text in ["", "#", "https://example.org/snapscope/", "file:///snapscope.html"] {
        assert_eq!(Link::parse(text), (Link::default(), vec![]), "{text}");
    }
}

#[test]
fn a_list_keeps_the_names_it_has_right() {
    let link = refused(
        "#v=1&view.panels=scan,pie,loss,scan&view.locked=training.eta_z,transport,<b>&view.pace=0&view.compare=x",
        &[
            "view.panels: pie is not allowed, expected a list of scan, bars, logits, gains, phase, loss, heatmaps, sequence, \
             sweep, notes, words, images, told, shown, meter, ranking, distribution, table, estimates, maps, samples, reply, attended, words-said, results, funnel, dropped, made, tools, learning, contents, success, rates, reasons, confusion, cases",
            "view.locked: <b> is not allowed, expected a list of paths of settings, or of settings, transport, notes",
            "view.pace: 0 is not allowed, expected a whole number from 1 to 1000000 (steps per second), or max",
            "view.compare: x is not allowed, expected another link that compares with none itself",
        ],
    );
    assert_eq!(link.view.panels, ["scan", "loss"]);
    assert_eq!(link.view.locked, ["training.eta_z", "transport"]);
}

#[test]
fn a_link_of_very_many_bad_fields_is_answered_briefly() {
    let (link, refused) = Link::parse(&format!("#v=1{}&seed=3", "&a&b".repeat(16_000)));
    assert_eq!(link.experiment.seed, 3);
    assert_eq!(refused.len(), 21);
    assert_eq!(refused[20].to_string(), "31980 more parts of the link are not allowed");
    let (_, refused) = Link::parse(&format!("#{}v=1", "v=1&".repeat(15_000)));
    assert_eq!(refused.len(), 21);
}

#[test]
fn a_refusal_never_shows_what_would_break_or_turn_its_line() {
    let (_, refused) = Link::parse("#v=1&seed=1%0A2%E2%80%AE3%00");
    let sentence = refused[0].to_string();
    assert!(sentence.starts_with("seed: 1 2 3  is not allowed"), "{sentence:?}");
}

#[test]
fn bad_json_gets_a_sentence() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (text, start) in [
        (deep.as_str(), "the JSON text cannot be read: recursion limit exceeded"),
        ("", "the JSON text cannot be read: EOF"),
        ("[]", "the JSON text: [] is not allowed, expected an object"),
        ("{}", "version: null is not allowed, expected 1"),
        (r#"{"version":1,"data":{"last_tokens":"3"}}"#, r#"data.last_tokens: "3" is not allowed, expected a whole"#),
        (r#"{"version":1,"data":{"last_tokens":1.5}}"#, "data.last_tokens: 1.5 is not allowed, expected a whole"),
        (r#"{"version":1,"data":3}"#, "data: 3 is not allowed, expected an object"),
        (
            r#"{"version":1,"seed":-1}"#,
            "seed: -1 is not allowed, expected a whole number from 0 to 18446744073709551615",
        ),
        (r#"{"version":1,"seed":1,"seed":2}"#, "the JSON text cannot be read: seed is given more than once at line 1"),
        (r#"{"version":1,"model":{"init":"zero","init":"zero"}}"#, "the JSON text cannot be read: init is given more"),
        (r#"{"version":1,"data.kind":"theory"}"#, "data.kind: no such setting"),
        (r#"{"version":1,"data":{"data":{"kind":"theory"}}}"#, "data.data: no such setting"),
        (
            r#"{"version":1,"lab":"chess"}"#,
            r#"lab: "chess" is not allowed, expected one of scan-snap, encoding, tool-use"#,
        ),
        (r#"{"version":1,"model":{"depth":3}}"#, "model.depth: no such setting"),
    ] {
        let sentence = Experiment::from_json(text).expect_err(text).to_string();
        assert!(sentence.starts_with(start), "{sentence}");
    }
}

#[test]
fn too_large_an_experiment_is_refused_with_its_cost() {
    let mut experiment = Experiment::default();
    for (path, text) in [("data.last_tokens", "50"), ("data.next_per_last", "10"), ("data.distinct_per_next", "200")] {
        experiment.set(path, text).expect("within its range");
    }
    let sentence = experiment.validate().expect_err("500 classes of 200 tokens").to_string();
    assert_eq!(sentence, "data.distinct_per_next: these settings need 384170 MiB, a run may use 512 MiB");
}

#[test]
fn any_files_name_is_one_that_a_link_can_carry() {
    for name in ["", "\0\n", "a\tb.txt", &"ä".repeat(300)] {
        let mut experiment = Experiment::default();
        let Lab::ScanSnap(settings) = &mut experiment.lab else { panic!("the default lab") };
        settings.data.own = Own { name: own::name(name), size: 1, digest: 2 };
        let text = Link { experiment: experiment.clone(), ..Link::default() }.write();
        assert_eq!(Link::parse(&text), (Link { experiment, ..Link::default() }, vec![]), "{name:?}");
    }
}

#[test]
fn what_is_known_of_own_data_is_checked_field_by_field() {
    refused(
        "#v=1&data.name=%00&data.size=1000000001&data.digest=12",
        &[
            "data.name:   is not allowed, expected the name of a file, 1 to 100 characters",
            "data.size: 1000000001 is not allowed, expected a whole number of bytes from 0 to 1000000000",
            "data.digest: 12 is not allowed, expected 16 hexadecimal digits",
        ],
    );
    for (json, start) in [
        (r#"{"version":1,"data":{"size":"3"}}"#, r#"data.size: "3" is not allowed, expected a whole number of bytes"#),
        (r#"{"version":1,"data":{"name":3}}"#, "data.name: 3 is not allowed, expected the name of a file"),
    ] {
        let sentence = Experiment::from_json(json).expect_err(json).to_string();
        assert!(sentence.starts_with(start), "{sentence}");
    }
}

#[test]
fn heads_that_do_not_share_the_width_are_refused_where_they_matter() {
    let mut experiment = Experiment::default();
    for (path, text) in [("data.kind", "text"), ("model.heads", "3")] {
        experiment.set(path, text).expect("within its range");
    }
    assert_eq!(experiment.validate(), Ok(()), "Y and Z have no heads");
    experiment.set("model.form", "transformer").expect("a choice");
    let sentence = experiment.validate().expect_err("200 is no multiple of 3").to_string();
    assert_eq!(sentence, "model.heads: 3 is not allowed, expected a divisor of model.width, 200");
}

#[test]
fn what_weighs_most_is_named() {
    let refused = |changes: &[(&str, &str)]| {
        let mut experiment = Experiment::default();
        for (path, text) in changes {
            experiment.set(path, text).expect("within its range");
        }
        experiment.validate().expect_err("too large").to_string()
    };
    let wide = [("data.last_tokens", "50"), ("data.next_per_last", "10")];
    let shared = [wide[0], wide[1], ("data.distinct_per_next", "1"), ("data.common_per_last", "50")];
    assert!(
        refused(&[shared.as_slice(), &[("data.common_tokens", "200"), ("training.batch_size", "4096")]].concat())
            .starts_with("data.common_per_last: ")
    );
    let theory = [wide.as_slice(), &[("data.distinct_per_next", "200"), ("data.kind", "theory")]].concat();
    let mut experiment = Experiment::default();
    for (path, text) in theory {
        experiment.set(path, text).expect("within its range");
    }
    assert_eq!(experiment.validate(), Ok(()), "the theory holds no weights");
}

#[test]
fn every_released_link_still_opens_and_means_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links");
    let mut links: Vec<_> = fs::read_dir(&folder)
        .expect("the released links are part of the project")
        .map(|entry| entry.expect("a folder's entries can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    links.sort();
    assert!(links.len() >= 2, "the released links are there: {links:?}");
    for path in links {
        let text = fs::read_to_string(&path).expect("a released link is text");
        let json = fs::read_to_string(path.with_extension("json")).expect("beside each link stands what it means");
        let (link, refused) = Link::parse(text.trim());
        assert_eq!(refused, [], "{}", path.display());
        assert_eq!(link.write(), text.trim(), "{}", path.display());
        assert_eq!(Ok(link.experiment), Experiment::from_json(&json), "{}", path.display());
    }
}

#[test]
fn the_longest_released_link_of_each_lab_says_every_field() {
    let links = [
        (include_str!("../links/v1-text-every-field.txt"), 3 + 9),
        (include_str!("../links/v1-encoding-every-field.txt"), 6 + 10),
        (include_str!("../links/v1-tool-use-every-field.txt"), 23 + 10),
    ];
    for ((text, more), lab) in links.into_iter().zip(Lab::ALL) {
        let paths: Vec<&str> = text.split(['#', '&']).filter_map(|part| Some(part.split_once('=')?.0)).collect();
        for setting in lab.settings {
            assert!(paths.contains(&setting.path), "{}: a new setting needs a new released form", setting.path);
        }
        assert_eq!(
            paths.len(),
            2 + lab.settings.len() + more + 1,
            "v, lab, settings, own data, view and digest: {paths:?}"
        );
    }
}

#[test]
fn the_reference_of_settings_is_generated_from_their_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    let page = fs::read_to_string(&path).expect("docs/settings.md is there");
    let (start, end) = ("<!-- settings -->\n", "<!-- /settings -->");
    let (before, rest) = page.split_once(start).expect("docs/settings.md marks where the tables start");
    let (tables, after) = rest.split_once(end).expect("docs/settings.md marks where the tables end");
    let expected = snapscope::cli::report::settings_markdown();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, format!("{before}{start}{expected}{end}{after}")).expect("docs/settings.md can be written");
    } else {
        assert_eq!(tables, expected, "docs/settings.md: UPDATE_SNAPSHOTS=1 rewrites the tables");
    }
}

#[test]
fn the_guide_to_embedding_names_every_panel() {
    let guide =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/embedding.md")).expect("it is there");
    let row = guide.lines().find(|line| line.starts_with("| `view.panels`")).expect("a row of the table");
    for panel in Lab::ALL.iter().flat_map(|known| known.panels) {
        assert!(row.contains(&format!("`{panel}`")), "docs/embedding.md does not name {panel}");
    }
}
