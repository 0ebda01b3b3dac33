//! Scan & Snap on text through a session: data in pieces, what is asked for against what was given, both forms of the model,
//! and time travel.

use snapscope::experiment::{Experiment, Link};
use snapscope::protocol::{Command, Event, RunId, TableKind};
use snapscope::run::{Focus, Frame, Verdict};
use snapscope::session::Session;

const RAVEN: &[u8] = include_bytes!("../../public/texts/raven.txt");
const ALICE: &[u8] = include_bytes!("../../public/texts/alice.txt");
const RUN: RunId = RunId(1);

const YZ: &str = "#v=1&data.kind=text&data.text=raven&data.max_vocabulary=100&data.sequence_length=16&training.batch_size=8&training.steps=40";
const TRANSFORMER: &str = "#v=1&data.kind=text&data.text=raven&data.max_vocabulary=100&model.form=transformer&model.width=16&model.mlp_width=16&model.context=12&training.batch_size=8&training.steps=40";

fn experiment(fragment: &str) -> Experiment {
    let (link, refused) = Link::parse(fragment);
    assert_eq!(refused, [], "{fragment}");
    link.experiment
}

fn start(fragment: &str) -> Command {
    let (experiment, focus) = (experiment(fragment), Focus::default());
    Command::Start { run: RUN, experiment, focus, seek: 0, playing: true, pace: f64::INFINITY }
}

/// Gives a session a text in pieces of `piece` bytes; what it answers.
fn give(session: &mut Session, name: &str, text: &[u8], piece: usize) -> Vec<Event> {
    let mut events = Vec::new();
    let size = text.len() as u64;
    let pieces = if text.is_empty() { vec![text] } else { text.chunks(piece).collect() };
    for (i, bytes) in pieces.into_iter().enumerate() {
        let (name, at, bytes) = (name.to_owned(), (i * piece) as u64, bytes.to_vec());
        events.extend(session.apply(Command::Data { kind: TableKind::Text, name, size, at, bytes }));
    }
    events
}

fn raven() -> Session {
    let mut session = Session::default();
    let events = give(&mut session, "raven.txt", RAVEN, 1000);
    let Some((Event::Loaded { .. }, before)) = events.split_last() else { panic!("{events:?}") };
    let size = RAVEN.len() as u64;
    let reading = |i: usize| Event::Reading { name: "raven.txt".to_owned(), seen: (i as u64 + 1) * 1000, size };
    assert_eq!(before, (0..before.len()).map(reading).collect::<Vec<_>>(), "each piece is answered");
    session
}

/// Works until there is nothing left to do; the last frame.
fn play(session: &mut Session, command: Command) -> Frame {
    let mut events = session.apply(command);
    let mut last = None;
    loop {
        for event in events.drain(..) {
            match event {
                Event::Progress { frame, .. } => last = Some(frame),
                Event::Failed { error, .. } => panic!("{error}"),
                _ => {}
            }
        }
        events.extend(session.apply(Command::Drawn { run: RUN }));
        if events.is_empty() {
            if session.pace() == 0.0 {
                return last.expect("a frame");
            }
            events.extend(session.step(9));
        }
    }
}

#[track_caller]
fn fails(session: &mut Session, fragment: &str, sentence: &str) {
    match &session.apply(start(fragment))[..] {
        [Event::Failed { error, .. }] => assert_eq!(error, sentence, "{fragment}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_texts_that_come_along_are_those_of_their_digests() {
    for (link, name, text) in
        [("#v=1&data.kind=text", "alice.txt", ALICE), ("#v=1&data.kind=text&data.text=raven", "raven.txt", RAVEN)]
    {
        let mut session = Session::default();
        let events = give(&mut session, name, text, 777);
        let Some(Event::Loaded { text: own, .. }) = events.last() else { panic!("{events:?}") };
        let asked = experiment(link);
        assert_eq!(
            asked.scan_snap().expect("Scan & Snap").data.wanted(),
            *own,
            "public/texts/{name}: its bytes never change"
        );
    }
}

#[test]
fn a_run_without_its_text_says_what_it_needs_and_what_it_got() {
    let mut session = Session::default();
    // Those that come along need not be given, and are not hidden by one that was.
    play(&mut session, start(YZ));
    let own = "#v=1&data.kind=text&data.text=own";
    fails(
        &mut session,
        own,
        "data.digest: this experiment asks for a text of one's own but does not say which; give it one",
    );
    let named = format!("{own}&data.name=a%20b.txt&data.size=3&data.digest=00000000000000ff");
    let needs = "this experiment needs a b.txt (3 bytes, digest 00000000000000ff)";
    fails(&mut session, &named, &format!("{needs}, and no text was given"));
    give(&mut session, "alice.txt", ALICE, 5000);
    let got = "alice.txt (11270 bytes, digest b7242f704f63d9dd)";
    fails(&mut session, &named, &format!("{needs}, but {got} was given"));
    play(&mut session, start(YZ));
    // The digest decides, not the name.
    let mine = format!("{own}&data.name=mine.txt&data.size=11270&data.digest=b7242f704f63d9dd&training.steps=1");
    play(&mut session, start(&mine));
}

#[test]
fn texts_that_do_not_fit_the_settings_get_a_sentence_that_names_the_setting() {
    let mut session = Session::default();
    let own = |text: &str| {
        let digest = xxhash_rust::xxh64::xxh64(text.as_bytes(), 0);
        format!("#v=1&data.kind=text&data.text=own&data.name=t&data.size={}&data.digest={digest:016x}", text.len())
    };
    let text = "one two three four five ".repeat(4);
    give(&mut session, "t", text.as_bytes(), 10);
    let short = "the text has 20 tokens, windows of";
    let advice = "take a longer text or shorter windows";
    fails(&mut session, &own(&text), &format!("data.sequence_length: {short} 128 need 258; {advice}"));
    let form = "&model.form=transformer";
    fails(&mut session, &(own(&text) + form), &format!("model.context: {short} 35 need 72; {advice}"));
    let streams = form.to_owned() + "&model.context=8&training.batch_size=20";
    fails(
        &mut session,
        &(own(&text) + streams.as_str()),
        "training.batch_size: 20 streams need 40 tokens to train on, there are 11",
    );
    let rare = "&data.min_count=9";
    fails(&mut session, &(own(&text) + rare), "data.min_count: no word of t comes 9 times");
    let large = "&data.max_vocabulary=10000&data.sequence_length=2";
    let many: String = (0..9000).map(|i| format!("w{i} ")).collect();
    give(&mut session, "t", many.as_bytes(), 4096);
    fails(
        &mut session,
        &(own(&many) + large),
        "data.max_vocabulary: these settings need 4330 MiB, a run may use 512 MiB",
    );
}

#[test]
fn bad_texts_are_refused_and_the_running_experiment_goes_on() {
    let mut session = raven();
    session.apply(start(YZ));
    session.step(5);
    for (text, sentence) in [
        (&b""[..], "the text is empty: it has no words"),
        (b"word", "the text has one token: nothing follows anything"),
        (b"PK\x03\x04\0\0", "byte 4 is 0: this is not a text but a binary file"),
        (b"caf\xe9 au lait", "byte 3 is not UTF-8: save the text as UTF-8"),
    ] {
        let refused = Event::Refused { name: "t".to_owned(), error: sentence.to_owned() };
        let answers = give(&mut session, "t", text, 3);
        let first = answers.iter().find(|event| !matches!(event, Event::Reading { .. }));
        assert_eq!(first, Some(&refused), "{text:?}");
    }
    let data =
        |size, at| Command::Data { kind: TableKind::Text, name: "t".to_owned(), size, at, bytes: b"abc ".to_vec() };
    for (command, sentence) in [
        (data(50_000_001, 0), "the text has 50000001 bytes, at most 50000000 are read"),
        (data(9, 4), "the piece at byte 4 is not the next one: 0 came before it"),
    ] {
        let refused = Event::Refused { name: "t".to_owned(), error: sentence.to_owned() };
        assert_eq!(session.apply(command), [refused]);
    }
    let frame = play(&mut session, Command::Play { run: RUN });
    assert_eq!(frame.step, 40, "the run that was there is not touched");
    assert_eq!(play(&mut session, start(YZ)).step, 40, "the text that was there can be run again");
}

#[test]
fn a_step_shown_again_is_the_same_in_every_bit_in_both_forms() {
    for fragment in [YZ, TRANSFORMER] {
        let mut session = raven();
        let seek = |step| Command::Seek { run: RUN, step };
        play(&mut session, start(fragment));
        let back = play(&mut session, seek(17));
        let end = play(&mut session, seek(40));
        let mut again = raven();
        play(&mut again, start(&fragment.replace("steps=40", "steps=40&seed=0")));
        let there = play(&mut again, seek(17));
        let bits = |frame: &Frame, name| frame.values(name).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        for name in ["map_now", "predicted_probability", "pair_attention"] {
            assert!(!back.values(name).is_empty(), "{name} is there");
            assert_eq!(bits(&back, name), bits(&there, name), "{fragment}: {name} at step 17");
            assert_ne!(bits(&back, name), bits(&end, name), "{fragment}: {name} moves");
        }
    }
}

#[test]
fn frames_of_both_forms_have_the_same_arrays_and_labels() {
    let names = [YZ, TRANSFORMER].map(|fragment| {
        let frame = play(&mut raven(), start(fragment));
        let (records, t) = (frame.values("recorded").len(), frame.labels("sequence").len());
        assert_eq!(records, 41, "each of 40 steps and the start");
        assert_eq!((frame.values("map_now").len(), frame.labels("predicted").len()), (t * t, t));
        assert_eq!(frame.values("map_steps"), [0.0, 13.0, 26.0, 40.0]);
        assert_eq!(frame.values("maps").len(), 4 * t * t);
        assert_eq!(frame.labels("queries").len(), 8);
        let tokens = frame.labels("tokens").len();
        assert!(tokens > 5 && frame.values("pair_attention_recorded").len() == records * tokens, "{tokens} tokens");
        assert_eq!(frame.labels("token_next").len(), tokens);
        let loss = frame.values("loss");
        assert!(loss[40] < loss[0], "{loss:?}");
        assert_eq!(frame.checks.len(), 3);
        let names = frame.arrays.iter().map(|array| &array.name).chain(frame.labels.iter().map(|labels| &labels.name));
        names.cloned().collect::<Vec<String>>()
    });
    assert_eq!(names[0], names[1]);
}

#[test]
fn only_a_transformer_has_weights_to_save() {
    for (fragment, is_there) in [(YZ, false), (TRANSFORMER, true)] {
        let mut session = raven();
        play(&mut session, start(fragment));
        let events = session.apply(Command::Save { run: RUN });
        let [Event::Saved { file, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(file.is_some(), is_there);
        if let Some(file) = file {
            let saved = snapscope::transformer::safetensors::load(file).expect("it can be read back");
            assert_eq!(saved.vocabulary.expect("it is there").len(), 100);
        }
    }
}

#[test]
fn a_common_token_loses_and_the_theory_holds_on_a_text_made_for_it() {
    // "a" before "q" says "x" next, "b" says "y"; "c" says nothing.
    let text: String = (0..2000_u32).map(|i| if i * i % 7 < 3 { "c a c q x " } else { "c b c q y " }).collect();
    let digest = xxhash_rust::xxh64::xxh64(text.as_bytes(), 0);
    let fragment = format!(
        "#v=1&data.kind=text&data.text=own&data.name=t&data.size={}&data.digest={digest:016x}&data.sequence_length=4&training.steps=400&training.batch_size=32",
        text.len()
    );
    let mut session = Session::default();
    give(&mut session, "t", text.as_bytes(), 4096);
    let frame = play(&mut session, start(&fragment));
    let verdict = |claim: &str| frame.checks.iter().find(|check| check.claim == claim).expect("a check");
    for claim in ["text_entropy_falls", "text_common_lose"] {
        assert_eq!(verdict(claim).verdict, Verdict::Holds, "{claim}: {}", verdict(claim).value);
    }
    let last = frame.values("validation_loss").last().copied().expect("recorded");
    assert!(last < frame.values("validation_loss")[0] / 2.0, "{last}");
}
