//! Whole files of samples: their bits, what they are made of, and that they read back and judge themselves.

use super::*;
use crate::labs::tool_use::evaluation::Evaluator;
use crate::labs::tool_use::json::Json;
use crate::labs::tool_use::records::{Record, Records};
use crate::labs::tool_use::sample::{Id, Writer};
use crate::labs::tool_use::transcript::Transcript;
use xxhash_rust::xxh64::xxh64;

fn made(settings: Settings, scenes: u64, catalogue: Catalogue) -> (Vec<Sample>, Funnel) {
    let mut pipeline = Pipeline::new(settings, catalogue, Scenes::Drawn(scenes), Vec::new());
    let mut samples = Vec::new();
    while pipeline.step(&mut |sample| samples.push(sample)) {}
    (samples, pipeline.funnel)
}

fn file(samples: &[Sample]) -> String {
    let (mut writer, mut text) = (Writer::default(), String::new());
    samples.iter().for_each(|sample| writer.write(sample, &mut text));
    writer.end(&mut text);
    text
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let settings = Settings { seed: 7, ..Settings::default() };
    let digest = |settings| xxh64(file(&made(settings, 20, Catalogue::seen()).0).as_bytes(), 0);
    let judged = Settings { form: Form::Judged, ..settings };
    let found = [settings, judged].map(|settings| format!("{:016x}", digest(settings)));
    assert_eq!(found, ["57b01f3528b358eb", "806734d006789b9d"], "these bytes are what a link means");
    assert_ne!(digest(Settings { seed: 8, ..settings }), digest(settings));
}

#[test]
fn the_funnel_counts_everything() {
    let (samples, funnel) = made(Settings::default(), 300, Catalogue::seen());
    assert_eq!((funnel.scenes, funnel.lines, funnel.samples()), (300, 300 * 23, samples.len() as u64));
    assert_eq!(funnel.lines, funnel.conversations + funnel.dropped.iter().sum::<u64>());
    assert_eq!(funnel.conversations, funnel.single_turn + funnel.context);
    assert!(funnel.dropped.iter().all(|count| *count > 0), "every reason comes: {funnel:?}");
    let kept = funnel.conversations as f64 / funnel.lines as f64;
    assert!((0.55..0.75).contains(&kept), "about the paper's 41 of 66: {kept}");
    let negative = funnel.negative as f64 / funnel.conversations as f64;
    assert!((0.05..0.1).contains(&negative), "about the paper's 3 to 41: {negative}");
    let context = samples.iter().filter(|sample| sample.instruction.contains("\nObservation:\n")).count();
    assert_eq!(context as u64, funnel.context);
    let (all, funnel) = made(Settings { flaws: 0.0, negatives: 0.0, ..Settings::default() }, 100, Catalogue::seen());
    assert_eq!(funnel.dropped[..5], [0; 5], "without flaws there are only lines that came before");
    assert!(
        all.iter().all(|sample| sample.output.contains("Action: ") || sample.instruction.contains("\nObservation:\n"))
    );
}

#[test]
fn masked_samples_call_tools_by_names_that_their_prompts_list() {
    let settings = Settings { masked: 0.25, negatives: 0.0, ..Settings::default() };
    let (samples, _) = made(settings, 100, Catalogue::seen());
    let (mut calling, mut masked) = (0, 0);
    for Sample { instruction, output, .. } in &samples {
        let turns = [instruction.split("\n\nNew input: ").nth(1).expect("an input"), output].concat();
        let found = Transcript::parse(&turns);
        assert!(found.actions.iter().all(|name| instruction.contains(&format!("\n> {name}: "))), "{found:?}");
        calling += usize::from(!found.actions.is_empty());
        masked += usize::from(found.actions.iter().any(|name| Catalogue::seen().find(name).is_none()));
    }
    let share = masked as f64 / calling as f64;
    assert!((0.2..0.3).contains(&share), "{masked} of {calling}");
    let (judged, _) = made(Settings { form: Form::Judged, ..settings }, 20, Catalogue::seen());
    let (same, _) = made(Settings { form: Form::Judged, masked: 0.0, ..settings }, 20, Catalogue::seen());
    assert_eq!(judged, same, "what is to be judged by has the tools' own names");
}

#[test]
fn a_file_reads_back_as_it_was_written() {
    for form in [Form::Training, Form::Judged] {
        let (samples, _) = made(Settings { form, ..Settings::default() }, 20, Catalogue::unseen());
        let mut found = Vec::new();
        let mut reader = Records::default();
        for piece in file(&samples).as_bytes().chunks(1_000) {
            reader.feed(piece, &mut |record| found.push(Sample::read(&record.value).expect("a sample"))).expect("JSON");
        }
        reader.end().expect("a whole list");
        assert_eq!(found, samples);
    }
    assert_eq!(file(&[]), "[]\n");
}

#[test]
fn what_is_to_be_judged_by_gets_every_mark() {
    let (samples, funnel) = made(Settings { form: Form::Judged, ..Settings::default() }, 100, Catalogue::seen());
    let mut evaluator = Evaluator::default();
    Records::read(file(&samples).as_bytes(), &mut |record| evaluator.sample(&record)).expect("JSON");
    for sample in &samples {
        let text = |text: String| Json::Text(text);
        let Some(Id::Number(number)) = sample.id else { panic!("a number: {sample:?}") };
        let output = text(sample.instruction.clone() + &sample.output);
        let value = Json::Object(vec![("id".to_owned(), Json::Whole(number)), ("output".to_owned(), output)]);
        evaluator.prediction(&Record { number: number as u64 + 1, byte: 0, value });
    }
    let found = evaluator.end();
    assert_eq!((found.items.len(), found.told.len()), (samples.len(), 0), "{:?}", found.told);
    let means = found.means();
    assert_eq!((means.n, means.strict), (means.n, means.n), "strictly, too");
    assert!(means.means().expect("some").iter().all(|mean| (mean - 1.0).abs() < 1e-6), "{means:?}");
    let counts = found.kinds().map(|(_, means)| means.n);
    assert!(counts.iter().all(|count| *count > 0), "every kind comes: {counts:?}");
    // A chat that counts as finished is just a chat.
    assert_eq!(counts[2], funnel.negative);
    assert_eq!(counts[3], funnel.context);
}

#[test]
fn own_captions_and_chats_are_used() {
    let scenes = vec![Scene::of_caption("A walrus on a unicycle.", &mut Random::new(0, Purpose::Scene, 0))];
    let chats = vec![Chat { said: "Sing!".to_owned(), answer: "La.".to_owned() }];
    let settings = Settings { negatives: 1.0, flaws: 0.0, ..Settings::default() };
    let mut pipeline = Pipeline::new(settings, Catalogue::seen(), Scenes::Given(scenes), chats);
    let mut samples = Vec::new();
    while pipeline.step(&mut |sample| samples.push(sample)) {}
    assert_eq!((pipeline.scenes(), samples.len()), (1, 46));
    assert!(samples.iter().any(|sample| sample.instruction.contains("A walrus on a unicycle.")));
    let negatives: Vec<&Sample> = samples.iter().filter(|sample| sample.output.contains("AI: La.")).collect();
    assert_eq!(negatives.len(), 23);
    assert!(negatives.iter().all(|sample| Transcript::parse(&sample.output).actions.is_empty()));
}
