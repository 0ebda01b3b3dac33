//! The run that asks a student: what is asked, what it shows of the reply, which words matter, what is refused.

use snapscope::cli::student;
use snapscope::experiment::{Experiment, Link};
use snapscope::labs::tool_use::pipeline::Settings;
use snapscope::labs::tool_use::student::replies::{Judged, Reply};
use snapscope::labs::tool_use::student::{adapters, data};
use snapscope::labs::tool_use::{Catalogue, Files};
use snapscope::labs::{self, Library};
use snapscope::protocol::{Command, Event, TableKind};
use snapscope::run::{Focus, Run};
use snapscope::session::Session;
use snapscope::transformer::Model;

fn experiment(more: &str) -> Experiment {
    let (link, refused) = Link::parse(&format!("#v=1&lab=tool-use&seed=2&task.kind=probe{more}"));
    assert_eq!(refused, [], "{more}");
    link.experiment
}

fn library() -> Library {
    let mut library = Library::default();
    student::give(&mut library, &experiment(""));
    library
}

fn start(more: &str) -> Result<Box<dyn Run>, String> {
    labs::start_on(&experiment(more), &library()).map_err(|error| error.to_string())
}

#[test]
fn a_reply_is_shown_token_by_token_and_words_are_left_out_after_it() {
    let mut run = start("").expect("a run");
    let steps = run.steps();
    let mut digests = vec![run.digest()];
    let mut written = 0;
    for step in 1..=steps {
        assert!(run.part().expect("nothing diverges"));
        digests.push(run.digest());
        let frame = run.frame(Focus::default());
        let tokens = frame.labels("reply_tokens").len();
        assert!(tokens >= written && tokens as u64 <= step, "step {step}: {tokens} tokens");
        written = tokens;
        let (p, others) = (frame.values("reply_p"), frame.values("other_p"));
        assert!(p.iter().all(|p| p.is_nan() || (0.0..=1.0).contains(p)), "{p:?}");
        assert!(others.windows(2).all(|pair| pair[0] >= pair[1]), "the likeliest first: {others:?}");
        // Where a token looked adds up to all in each layer.
        let wide = frame.labels("attended_parts").len();
        for layer in frame.values("attended").chunks(wide) {
            let sum: f32 = layer.iter().sum();
            assert!((sum - 1.0).abs() < 1e-4, "step {step}: {sum}");
        }
    }
    assert!(written > 5, "{written} tokens");
    let frame = run.frame(Focus::default());
    // Only a student that calls a tool is asked which words made it do so.
    assert_eq!(frame.labels("chosen_tool").len(), 1, "the student calls a tool: {:?}", frame.labels("reply_tokens"));
    let (words, effects) = (frame.labels("said_words"), frame.values("said_effect"));
    assert!(!words.is_empty() && effects.len() == words.len(), "{words:?}: {effects:?}");
    assert!(effects.iter().all(|effect| effect.is_finite()) && effects.iter().any(|effect| *effect != 0.0));
    let checkpoint = run.checkpoint();
    let mut again = start("").expect("a run");
    again.restore(&checkpoint);
    assert_eq!(again.digest(), run.digest());
    digests.dedup();
    assert_eq!(digests.len() as u64, steps + 1, "each step has a digest of its own");
}

#[test]
fn shapley_values_of_the_words_come_in_steps_that_can_be_gone_back_on() {
    let more = "&probe.said=Find%20the%20cat!&probe.words=kernel-shap&probe.coalitions=16";
    let mut run = start(more).expect("a run");
    let mut digests = vec![run.digest()];
    while run.step_idx() < run.steps() {
        assert!(run.part().expect("nothing diverges"));
        digests.push(run.digest());
    }
    let (frame, report) = (run.frame(Focus::default()), run.report());
    let words = report.details.iter().find(|detail| detail.name == "words").expect("words");
    assert_eq!(frame.labels("chosen_tool").len(), 1, "the student calls a tool: {:?}", frame.labels("reply_tokens"));
    // Of three words there are eight sets, and two are asked about in the first step.
    assert_eq!((frame.values("said_asked"), frame.values("said_exact")), (&[8.0][..], &[1.0][..]));
    let (effects, ends) = (frame.values("said_effect"), frame.values("said_ends"));
    assert!((effects.iter().sum::<f32>() - (ends[1] - ends[0])).abs() < 1e-4, "{effects:?} of {ends:?}");
    assert_eq!((effects.len(), words.records.len()), (3, 3));
    let steps = run.steps();
    for step in [0, steps / 2, steps - 1, steps] {
        let mut there = start(more).expect("a run");
        there.step(step).expect("nothing diverges");
        run.restore(&there.checkpoint());
        assert_eq!((run.digest(), there.digest()), (digests[step as usize], digests[step as usize]), "step {step}");
    }
}

#[test]
fn what_is_said_and_the_tools_can_be_ones_own() {
    let run = start("&probe.said=Find%20the%20cat!&probe.tools=Crop%20Image,segment%20image").expect("a run");
    let frame = run.frame(Focus::default());
    assert_eq!(frame.labels("said_words"), ["Find", "the", "cat!"]);
    assert_eq!(frame.labels("attended_parts")[..2], ["Crop Image", "Segment the Image"]);
    let prompt = &frame.labels("probe_prompt")[0];
    assert!(prompt.contains("New input: Find the cat!\n") && prompt.contains("> Crop Image: "), "{prompt}");
    for (more, why) in [
        ("&probe.tools=Fly", "probe.tools: Fly is no tool"),
        ("&probe.tools=%20,%20,", "probe.tools: 0 tools, expected 1 to 8"),
        ("&probe.student=own-adapters", "adapters: the adapters are still to be chosen"),
    ] {
        let error = start(more).err().expect(more);
        assert!(error.contains(why), "{more}: {error}");
    }
}

#[test]
fn a_reply_that_is_cut_off_says_why() {
    let said = |run: Box<dyn Run>| run.frame(Focus::default()).labels("told").to_vec();
    let untuned = start("&probe.student=untuned").expect("a run");
    assert_eq!(said(untuned), ["the reply is cut off: a turn has at most 120 tokens"]);
    // The tools with the longest descriptions, and much to say: little room is left.
    let seen = Catalogue::seen();
    let mut tools: Vec<_> = seen.tools().iter().collect();
    tools.sort_by_key(|tool| core::cmp::Reverse(tool.usage.len()));
    let names: Vec<String> = tools[..8].iter().map(|tool| tool.name.replace(' ', "%20")).collect();
    let words = "%20qxzjvk".repeat(24);
    let long = start(&format!("&probe.student=untuned&probe.said=Find{words}&probe.tools={}", names.join(",")))
        .expect("a run");
    assert_eq!(said(long), ["the reply is cut off: with its prompt it is as long as the base reads"]);
    assert!(said(start("").expect("a run")).is_empty(), "a whole one says nothing");
}

#[test]
fn an_untuned_student_calls_nothing_and_adapters_of_ones_own_are_taken() {
    let untuned = start("&probe.student=untuned").expect("a run");
    assert!(untuned.frame(Focus::default()).labels("chosen_tool").is_empty());
    let mut session = Session::with_library(library());
    let base = session.library().get::<Files>().expect("files of the lab").base().expect("a base");
    let shipped = session.library().get::<Files>().expect("files of the lab").shipped().expect("adapters").to_vec();
    assert!(adapters::load(&base, &shipped).is_ok());
    let give = |session: &mut Session, bytes: Vec<u8>| {
        assert_eq!(super::kind_of(&shipped), TableKind::Adapters);
        session
            .apply(Command::Tables { kind: TableKind::Adapters, files: vec![("a.safetensors".to_owned(), bytes)] })
            .pop()
    };
    let Some(Event::Tabled { own, .. }) = give(&mut session, shipped.clone()) else { panic!("taken") };
    let link = format!(
        "&probe.student=own-adapters&adapters.name={}&adapters.size={}&adapters.digest={:016x}",
        own.name, own.size, own.digest
    );
    let mine = labs::start_on(&experiment(&link), session.library()).expect("a run");
    assert_eq!(mine.steps(), start("").expect("a run").steps(), "the same adapters reply the same");
    let Some(Event::Refused { error, .. }) = give(&mut session, shipped[..100].to_vec()) else { panic!("refused") };
    assert!(!error.is_empty());
}

#[test]
fn row_3d_adapters_lift_the_student_far_above_its_base() {
    let library = library();
    let base = library.get::<Files>().expect("files of the lab").base().expect("a base");
    let settings = Settings { seed: 77, ..Settings::default() };
    let samples = data::judged(settings, &Catalogue::seen(), 24, 0);
    let mut model = Model::with_params(base.config, 1, base.params.clone());
    let mean = |model: &Model| {
        let mut reply = Reply::new(model);
        let all = samples.iter().map(|sample| Judged::of(&mut reply, model, &base.vocabulary, sample).metrics);
        all.fold([0.0; 3], |sums, m| [sums[0] + m.success, sums[1] + m.thought, sums[2] + m.action])
    };
    let [before, ..] = mean(&model);
    model.attach(
        adapters::load(&base, &library.get::<Files>().expect("files of the lab").shipped().expect("adapters"))
            .expect("a file of ours"),
    );
    let [success, thought, action] = mean(&model);
    assert!(before < 0.15 * 24.0, "the base alone succeeds {before} times of 24");
    assert!(success >= before + 9.0, "tuned {success} times of 24, before {before}");
    assert!(success <= f64::min(thought, action), "{success} of {thought} and {action}");
}
