//! The encoding lab's large jobs, each done whole: exact scores, all maps, the explanation of a sentence, a study of text. Each
//! is checked for what must hold whatever the data, then timed.

use super::{Clock, Row, median};
use crate::labs::encoding::census::Counter;
use crate::labs::encoding::text::study::Settings;
use crate::labs::encoding::text::{Classifier, Method, Sentences, Study, Task};
use crate::labs::encoding::{Explanation, Joint, Law, Selection, score};
use crate::random::{Purpose, Random};

/// Times that a job is done; a study, which takes long, once.
const TIMES: usize = 5;
/// Binary inputs and explanations of the exact scores.
const INPUTS: usize = 16;
const EXPLANATIONS: usize = 20;
/// Sentences of the study, and words of the longest.
const SENTENCES: u32 = 5_000;
const WORDS: u32 = 30;
/// Masked versions that KernelSHAP asks about: as the lab does, and as its authors' code would.
const COALITIONS: [usize; 2] = [64, 2 * WORDS as usize + 2048];

/// A row for each job.
///
/// # Errors
/// What does not hold.
pub fn time_all(clock: Clock<'_>) -> Result<Vec<Row>, String> {
    let mut rows = vec![exact(clock)?, all_maps(clock)?];
    let task = Task::new(sentences(), 4_000, 1);
    let mut classifier = Classifier::new(&task, 16, 1, 1);
    let longest = (0..SENTENCES as usize).find(|&i| task.words(i) == WORDS as usize);
    let longest = longest.ok_or("no sentence is of full length")?;
    for coalitions in COALITIONS {
        let name = format!("KernelSHAP of {WORDS} words, {coalitions} coalitions");
        let mut go = || {
            let marks = Method::KernelShap.explain(&mut classifier, &task, longest, coalitions, 1);
            if marks.words.iter().all(|mark| mark.is_finite()) { Ok(()) } else { Err(format!("{name}: {marks:?}")) }
        };
        rows.push(time(&name, TIMES, clock, &mut go)?);
    }
    rows.push(study(clock)?);
    Ok(rows)
}

/// Does a job so many times.
fn time(name: &str, times: usize, clock: Clock<'_>, go: &mut dyn FnMut() -> Result<(), String>) -> Result<Row, String> {
    let mut all = Vec::with_capacity(times);
    for _ in 0..times {
        let start = clock();
        go()?;
        all.push(clock() - start);
    }
    let median_secs = median(&mut all);
    Ok(Row { name: name.to_owned(), median_secs, least_secs: all[0], rate: 1.0 / median_secs, unit: "times/s" })
}

/// Explanations of 65,536 inputs x, which select some of four to eight inputs.
fn exact(clock: Clock<'_>) -> Result<Row, String> {
    let mut random = Random::new(1, Purpose::Sample, 0);
    let rows: Vec<_> = (0..1_u32 << INPUTS)
        .flat_map(|number| {
            let x: Vec<u32> = (0..INPUTS).map(|i| number >> i & 1).collect();
            let p = f64::from(random.unit()) + 0.5;
            // y follows the majority of the first three bits.
            let sure = 0.9 * p;
            let y = u32::from((number & 7).count_ones() > 1);
            [(x.clone(), y, sure), (x, 1 - y, p - sure)]
        })
        .collect();
    let total: f64 = rows.iter().map(|row| row.2).sum();
    let rows: Vec<_> = rows.into_iter().map(|(x, y, p)| (x, y, p / total)).collect();
    let names = |prefix: &str, count: usize| (0..count).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
    let joint = Joint::new(names("x", INPUTS), vec![names("", 2); INPUTS], names("y", 2), &rows);
    let joint = joint.map_err(|error| error.to_string())?;
    let explanation = |e: usize| {
        let pool: Vec<Selection> =
            (0..32).map(|i| Selection::MAX >> 16 & (0x1111_u32.rotate_left(e as u32) | 1 << (i % 16))).collect();
        let pick = |row: usize| pool[(row >> (e % 8)) % (1 + e % 8)];
        Explanation { name: format!("e{e}"), selections: (0..joint.len()).map(pick).collect() }
    };
    let all: Vec<Explanation> = (0..EXPLANATIONS).map(explanation).collect();
    let name = format!("exact scores, {INPUTS} inputs, {EXPLANATIONS} explanations");
    let go = &mut || {
        let scores = score(&joint, &all).map_err(|error| error.to_string())?;
        // The first selects the same always; and the identity of docs/papers.md 2.3.
        let gap = scores.iter().map(|s| (s.encode_meter - (s.fresh - s.eval_x)).abs()).fold(0.0, f64::max);
        let constant = scores[0].encode_meter;
        if gap < 1e-9 && constant.abs() < 1e-12 { Ok(()) } else { Err(format!("{name}: off by {gap}, {constant}")) }
    };
    time(&name, TIMES, clock, go)
}

/// All 16,777,216 maps of the worked example (docs/papers.md 2.4).
fn all_maps(clock: Clock<'_>) -> Result<Row, String> {
    let joint = Law::ControlFlow.joint();
    let name = "all 16,777,216 maps of three bits";
    let go = &mut || {
        let mut counter = Counter::all(&joint).map_err(|error| error.to_string())?;
        while counter.step(1 << 18) < counter.maps() {}
        let found = counter.census();
        if found.non_encoding == 20_140 { Ok(()) } else { Err(format!("{name}: {} do not encode", found.non_encoding)) }
    };
    time(name, TIMES, clock, go)
}

/// Sentences of 5 to 30 words, of which one says the label nine times of ten.
fn sentences() -> Sentences {
    let mut random = Random::new(2, Purpose::Sample, 0);
    let mut text = String::new();
    for _ in 0..SENTENCES {
        let (words, y) = (5 + random.below(WORDS - 4), random.below(2));
        let (at, told) = (random.below(words), if random.below(10) == 0 { 1 - y } else { y });
        for i in 0..words {
            text += &if i == at {
                format!("good{} ", 4 * told + random.below(4))
            } else {
                format!("w{} ", random.below(2_000))
            };
        }
        text += &format!("\t{y}\n");
    }
    Sentences::read(text.as_bytes()).expect("words and a label in every row")
}

/// A study from the first step of the classifier to the last estimate, all nine methods.
fn study(clock: Clock<'_>) -> Result<Row, String> {
    let name = format!("text, {SENTENCES} sentences, nine methods, whole");
    let go = &mut || {
        let settings = Settings::of(SENTENCES as usize);
        let mut study = Study::new(sentences(), settings, Vec::new(), 1).map_err(|error| error.to_string())?;
        while study.step_idx() < study.steps() {
            study.step();
        }
        let accuracy = study.accuracy().unwrap_or(0.0);
        if accuracy > 0.7 { Ok(()) } else { Err(format!("{name}: accuracy {accuracy}")) }
    };
    time(&name, 1, clock, go)
}
