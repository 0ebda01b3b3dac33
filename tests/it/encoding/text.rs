//! Explanations of a text classifier: what they must add up to, and what a study finds of those that are known to encode.

use crate::skip::skip;
use proptest::prelude::*;
use snapscope::labs::attribution;
use snapscope::labs::encoding::text::classifier::Question;
use snapscope::labs::encoding::text::{
    Classifier, Given, Method, Rationales, Reading, Sentences, Settings, Study, StudyError, Task, Words, all_words,
};
use snapscope::labs::encoding::{Estimate, Verdict};
use std::sync::LazyLock;

const REVIEWS: &[u8] = include_bytes!("../../../public/texts/reviews.tsv");

fn reviews() -> Sentences {
    Sentences::read(REVIEWS).expect("the reviews are labelled sentences")
}

/// A classifier of the reviews.
static TRAINED: LazyLock<(Task, Classifier)> = LazyLock::new(|| {
    let task = Task::new(reviews(), 4000, 1);
    let mut classifier = Classifier::new(&task, 16, 200, 1);
    for _ in 0..200 {
        classifier.learn(&task);
    }
    (task, classifier)
});

/// The probability of a label where some words are shown.
fn probability(classifier: &mut Classifier, task: &Task, sentence: usize, shown: Words, label: usize) -> f64 {
    classifier.laws(task, &[Reading { sentence, shown, question: Question::Label }])[label]
}

#[test]
fn integrated_gradients_add_up_to_what_all_words_change() {
    let (task, mut classifier) = TRAINED.clone();
    for &sentence in &task.held_out()[..30] {
        let marks = Method::IntegratedGradients.explain(&mut classifier, &task, sentence, 64, 0);
        let all = all_words(task.words(sentence));
        let [with, without] = [all, 0].map(|shown| probability(&mut classifier, &task, sentence, shown, marks.label));
        let gap = marks.words.iter().sum::<f64>() - (with - without);
        assert!(gap.abs() < 1e-3, "sentence {sentence}: {gap} is missing of {}", with - without);
        assert!((marks.probability - with).abs() < 1e-6, "what is explained is the label's probability");
    }
}

#[test]
fn gradient_times_input_is_the_change_along_the_embedding() {
    const STEP: f32 = 1e-2;
    let (task, mut classifier) = TRAINED.clone();
    for &sentence in &task.held_out()[..10] {
        let marks = Method::GradientInput.explain(&mut classifier, &task, sentence, 64, 0);
        let reading = Reading { sentence, shown: all_words(task.words(sentence)), question: Question::Label };
        let tokens: Vec<u32> = classifier.tokens(&task, reading).collect();
        let rows = classifier.model().embeddings(&tokens);
        let (t, c) = (tokens.len(), classifier.model().config().width);
        let mut at = |word: usize, by: f32| {
            let mut rows = rows.clone();
            rows[word * c..][..c].iter_mut().for_each(|x| *x *= 1.0 + by);
            let logits = classifier.model_mut().logits_of(&rows, t);
            let odds: Vec<f64> = logits[2 * (t - 1)..].iter().map(|z| libm::exp(f64::from(*z))).collect();
            odds[marks.label] / (odds[0] + odds[1])
        };
        let size = marks.words.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
        for (word, found) in marks.words.iter().enumerate() {
            let slope = (at(word, STEP) - at(word, -STEP)) / f64::from(2.0 * STEP);
            // Rounding of f32 over the step, and the step's square.
            let gap = (found - slope).abs();
            assert!(gap < 1e-2 * size + 5e-5, "sentence {sentence}, word {word}: {found}, difference {slope}");
        }
    }
}

#[test]
fn kernel_shap_over_all_coalitions_is_shapley_on_a_short_sentence() {
    let (task, mut classifier) = TRAINED.clone();
    let sentence = (0..task.sentences().len()).find(|&i| task.words(i) == 7).expect("a short sentence");
    let marks = Method::KernelShap.explain(&mut classifier, &task, sentence, 1 << 7, 0);
    let exact = attribution::shapley(7, &mut |coalition| {
        let shown = coalition.iter().enumerate().fold(0, |all, (i, &is_in)| all | Words::from(is_in) << i);
        probability(&mut classifier, &task, sentence, shown, marks.label)
    });
    for (found, exact) in marks.words.iter().zip(&exact) {
        assert!((found - exact).abs() < 1e-6, "{:?}, exactly {exact:?}", marks.words);
    }
}

#[test]
fn every_method_marks_every_word_and_selects_its_size() {
    let (task, mut classifier) = TRAINED.clone();
    for method in Method::ALL {
        assert_eq!(Method::named(method.name()), Some(method), "{}", method.name());
        for &sentence in &task.held_out()[..5] {
            let marks = method.explain(&mut classifier, &task, sentence, 64, 3);
            assert_eq!(marks.words.len(), task.words(sentence), "{}", method.name());
            assert!(marks.words.iter().all(|mark| mark.is_finite()), "{}: {marks:?}", method.name());
            for size in [1, 3, 60] {
                let picked = marks.select(size);
                assert_eq!(picked.count_ones() as usize, size.min(task.words(sentence)), "{}", method.name());
                assert_eq!(picked & !all_words(task.words(sentence)), 0, "words that are there");
            }
            let again = method.explain(&mut classifier, &task, sentence, 64, 3);
            assert_eq!(again, marks, "{}: the same seed", method.name());
        }
    }
    let sentence = task.held_out()[0];
    let attention = Method::Attention.explain(&mut classifier, &task, sentence, 64, 0);
    let sum: f64 = attention.words.iter().sum();
    assert!(attention.words.iter().all(|a| *a >= 0.0) && sum < 1.0, "a part of what is attended to: {sum}");
    let posi = Method::Posi.explain(&mut classifier, &task, sentence, 64, 0);
    assert_eq!(posi.select(1), 1 << (1 - posi.label), "the last label points to the first word");
    assert_eq!(Method::First.explain(&mut classifier, &task, sentence, 64, 0).select(2), 0b11);
}

/// A study, run to its end.
fn run(sentences: Sentences, settings: Settings, given: Vec<Given>, seed: u64) -> Study {
    let mut study = Study::new(sentences, settings, given, seed).expect("settings in their ranges");
    while study.step_idx() < study.steps() {
        study.step();
    }
    study
}

#[test]
fn the_reviews_are_learned() {
    let settings = Settings { methods: vec![Method::First], values: 1, picked: 1, ..Settings::of(310) };
    let study = run(reviews(), settings, Vec::new(), 1);
    let accuracy = study.accuracy().expect("it has learned");
    assert!(accuracy >= 0.75, "{accuracy} of the sentences held out");
    assert_eq!(study.looks().count(), 10, "looks on the way");
}

/// `count` sentences whose label is told, nine times in ten, by one of eight words among others that tell nothing.
fn made(count: usize) -> Sentences {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let row = |_| {
        let y = draw(2);
        let told = if draw(10) == 0 { 1 - y } else { y };
        let (words, at) = (6 + draw(6), draw(6));
        let word = |i| if i == at { format!("good{}", 4 * told + draw(4)) } else { format!("w{}", draw(60)) };
        format!("{}\t{y}\n", (0..words).map(word).collect::<Vec<_>>().join(" "))
    };
    let rows: String = (0..count).map(row).collect();
    Sentences::read(rows.as_bytes()).expect("sentences")
}

#[test]
fn a_rigged_explanation_is_found_to_encode_and_a_constant_mask_is_not() {
    let settings = Settings {
        methods: vec![Method::Posi, Method::First, Method::Random],
        size: 1,
        picked: 100,
        values: 100,
        ..Settings::of(2000)
    };
    let study = run(made(2000), settings, Vec::new(), 1);
    let said = |e: &Estimate| format!("{:?} over {:?} and {:?}", e.encode_meter, e.floor, e.control);
    let accuracy = study.accuracy().expect("it has learned");
    assert!(accuracy > 0.8, "{accuracy}");
    let [posi, first, random] = study.estimates() else { panic!("an estimate of each") };
    assert_eq!(posi.verdict, Verdict::Encodes, "POSI: {}", said(posi));
    assert!(posi.encode_meter.value > 0.1 && posi.encode_meter_kl > 0.1, "POSI: {}", said(posi));
    for (name, found) in [("first", first), ("random", random)] {
        assert_eq!(found.verdict, Verdict::NotShown, "{name}: {}", said(found));
        assert!(found.encode_meter.value.abs() < 0.03, "{name}: {}", said(found));
    }
    assert!(first.floor.value.abs() < 0.03 && posi.control.value.abs() < 0.03, "noise: {}", said(posi));
    assert_eq!(posi.held_out, 400);
}

#[test]
fn a_study_is_the_same_bits_again_and_goes_on_from_any_checkpoint() {
    let settings = Settings {
        methods: vec![Method::Occlusion, Method::KernelShap],
        learn: 12,
        values: 5,
        picked: 4,
        coalitions: 16,
        ..Settings::of(40)
    };
    let lines: Vec<&str> = core::str::from_utf8(REVIEWS).expect("UTF-8").lines().take(60).collect();
    let few = || Sentences::read(lines.join("\n").as_bytes()).expect("sentences");
    let given = || vec![Given { name: "own".to_owned(), selections: (0..60).map(|i| 1 << (i % 70 % 64)).collect() }];
    let start = |seed| Study::new(few(), settings.clone(), given(), seed).expect("valid");
    let whole = run(few(), settings.clone(), given(), 7);
    assert_eq!(run(few(), settings.clone(), given(), 7).checkpoint(), whole.checkpoint(), "the same seed");
    assert_ne!(run(few(), settings.clone(), given(), 8).checkpoint(), whole.checkpoint(), "another one");
    assert_eq!((whole.estimates().len(), whole.names().len()), (3, 3));

    let mut study = start(7);
    let checkpoints: Vec<(u64, Vec<u8>)> = (0..=study.steps())
        .map(|step| {
            let state = study.checkpoint();
            study.step();
            (step, state)
        })
        .collect();
    for (step, state) in checkpoints.iter().step_by(9) {
        let mut again = start(7);
        again.restore(*step, state);
        assert_eq!((again.step_idx(), &again.checkpoint()), (*step, state), "what was restored at {step}");
        while again.step_idx() < again.steps() {
            again.step();
        }
        assert_eq!(again.checkpoint(), whole.checkpoint(), "from step {step}");
        assert_eq!(again.estimates(), whole.estimates(), "from step {step}");
    }
    let before = whole.checkpoint();
    assert_eq!(whole.marks(3), whole.marks(3), "looking changes nothing");
    assert_eq!(whole.checkpoint(), before, "looking changes nothing");
}

#[test]
fn bad_settings_of_a_study_get_a_sentence() {
    let refused = |change: fn(&mut Settings)| {
        let mut settings = Settings::of(310);
        change(&mut settings);
        Study::new(reviews(), settings, Vec::new(), 0).expect_err("refused").to_string()
    };
    assert_eq!(refused(|s| s.size = 0), "size is 0, expected 1 to 8 words");
    assert_eq!(refused(|s| s.width = 17), "width is 17, expected an even number from 16 to 64");
    assert_eq!(refused(|s| s.learn = 0), "learn is 0, expected 1 to 100000 steps");
    assert_eq!(refused(|s| s.coalitions = 1), "coalitions is 1, expected 2 to 4096");
    assert_eq!(refused(|s| s.vocabulary = 1), "vocabulary is 1, expected 2 to 16384");
    assert_eq!(refused(|s| s.methods.clear()), "no explanation to score");
    let given = vec![Given { name: "own".to_owned(), selections: vec![1] }];
    let expected = StudyError::Selections { name: "own".to_owned(), found: 1, expected: 310 };
    assert_eq!(Study::new(reviews(), Settings::of(310), given, 0).err(), Some(expected));
}

/// 5,000 sentences of SST-2, all methods: `SNAPSCOPE_SST=1 cargo test --release --test it sst -- --nocapture`.
#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is looked at")]
fn sst_is_scored_within_three_minutes() {
    if std::env::var_os("SNAPSCOPE_SST").is_none() {
        skip("SNAPSCOPE_SST is not set");
        return;
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/sst2-train.tsv");
    let path = std::env::var("SNAPSCOPE_SST_FILE").unwrap_or_else(|_| path.to_owned());
    let Ok(bytes) = std::fs::read(&path) else {
        skip(&format!("{path} is not there"));
        return;
    };
    let text = core::str::from_utf8(&bytes).expect("UTF-8");
    let rows: Vec<&str> = text.lines().take(5000).collect();
    let sentences = Sentences::read(rows.join("\n").as_bytes()).expect("sentences");
    let start = std::time::Instant::now();
    let mut study = Study::new(sentences, Settings::of(5000), Vec::new(), 1).expect("valid");
    let mut slowest = 0.0_f64;
    while study.step_idx() < study.steps() {
        let before = start.elapsed();
        study.step();
        slowest = slowest.max((start.elapsed() - before).as_secs_f64());
    }
    let secs = start.elapsed().as_secs_f64();
    eprintln!(
        "{} steps in {secs:.1} s, the slowest {:.0} ms; accuracy {:?}",
        study.steps(),
        1e3 * slowest,
        study.accuracy()
    );
    for (name, found) in study.names().iter().zip(study.estimates()) {
        let [meter, floor, control] = [found.encode_meter, found.floor, found.control]
            .map(|i| format!("{:.3} ({:.3} to {:.3})", i.value, i.low, i.high));
        eprintln!(
            "{name}: EVAL-X {:.3}, FRESH {:.3}, M {meter}, floor {floor}, control {control}, {:?}",
            found.eval_x.value, found.fresh.value, found.verdict
        );
    }
    let longest = (0..5000).find(|&i| study.task().words(i) == 30).expect("a sentence of thirty words");
    let start = std::time::Instant::now();
    let marks = study.marks(longest);
    eprintln!("{} methods explain thirty words in {:.1} ms", marks.len(), 1e3 * start.elapsed().as_secs_f64());
    let posi = study.names().iter().position(|name| name == "posi").expect("among all");
    assert_eq!(study.estimates()[posi].verdict, Verdict::Encodes, "the place carries the label");
    assert!(study.accuracy().is_some_and(|accuracy| accuracy > 0.7), "{:?}", study.accuracy());
    assert!(secs < 180.0, "{secs} seconds");
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused_in_a_sentence(
        head in prop::sample::select(&["", "text,label\n", "text,label,rationale\n", "text\tlabel\trationale\n"][..]),
        rows in prop::collection::vec("([a-c01,'. \t\"<>é\\[\\]]|<br />|\t[01]){0,12}", 0..40),
        json in prop::collection::vec(
            r#"\{"text": "[ab ]{0,6}", "label": [01], "rationale": ("[01ab ]{0,6}"|\[[0-5]\]|\[\]|null)\}"#, 0..30,
        ),
    ) {
        for file in [format!("{head}{}", rows.join("\n")), json.join("\n")] {
            if let Err(error) = Sentences::read(file.as_bytes()) {
                prop_assert!(error.to_string().len() < 500, "{error}");
            }
            match Rationales::read(file.as_bytes()) {
                Ok(Rationales { sentences, selections, .. }) => {
                    prop_assert_eq!(selections.len(), sentences.len());
                    for (i, selection) in selections.iter().enumerate() {
                        prop_assert_eq!(selection & !all_words(sentences.sentence(i).len()), 0);
                    }
                }
                Err(error) => prop_assert!(error.to_string().len() < 500, "{error}"),
            }
        }
    }
}
