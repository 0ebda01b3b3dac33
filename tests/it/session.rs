//! A script of commands in, an event log out as text.

use snapscope::experiment::{Experiment, Link};
use snapscope::protocol::{Command, Event, RunId};
use snapscope::run::{Focus, Frame};
use snapscope::session::Session;

const RUN: RunId = RunId(1);

fn start(fragment: &str, seek: u64, playing: bool) -> Command {
    let (link, refused) = Link::parse(fragment);
    assert_eq!(refused, [], "{fragment}");
    Command::Start {
        run: RUN,
        experiment: link.experiment,
        focus: Focus::default(),
        seek,
        playing,
        pace: f64::INFINITY,
    }
}

fn log(events: &[Event]) -> String {
    let line = |event: &Event| match event {
        Event::Ready { .. } => "ready".to_owned(),
        Event::Progress { state, furthest, frame, .. } => format!("{state:?} {}/{furthest}", frame.step),
        Event::Finished { digest, .. } => format!("finished {}", digest.to_string().len()),
        Event::Reported { report, .. } => format!("report {}", report.step),
        Event::Measured { run, summary, .. } => format!("measured {} {}", run.0, summary[0].name),
        Event::Failed { error, .. } => format!("failed: {error}"),
        Event::Loaded { text, tokens, words } => format!("loaded {}: {tokens} tokens, {words} words", text.name),
        Event::Refused { name, error } => format!("refused {name}: {error}"),
        Event::Reading { seen, size, .. } => format!("reading {seen} of {size}"),
        Event::Saved { file, .. } => format!("saved {}", file.is_some()),
        Event::Tabled { own, .. } => format!("tables {}", own.name),
        Event::Sampled { own, .. } => format!("samples {}", own.name),
        Event::Prompted { prompts } => format!("prompts {}", prompts.is_ok()),
        Event::Catalogued { tools } => format!("tools {}", tools.is_ok()),
    };
    events.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// Plays a script, answering each frame, and checks the log of each command with the work that follows it.
#[track_caller]
fn check(script: &[(Command, u64, &str)]) -> Option<Frame> {
    let mut session = Session::default();
    let mut last = None;
    for (i, (command, budget, expected)) in script.iter().enumerate() {
        let mut events = session.apply(command.clone());
        let mut left = *budget;
        loop {
            if let Some(Event::Progress { frame, .. }) =
                events.iter().rev().find(|e| matches!(e, Event::Progress { .. }))
            {
                last = Some(frame.clone());
            }
            events.extend(session.apply(Command::Drawn { run: RUN }));
            if left == 0 || session.pace() == 0.0 {
                break;
            }
            let now = left.min(50);
            events.extend(session.step(now));
            left -= now;
        }
        events.extend(session.apply(Command::Drawn { run: RUN }));
        if let Some(Event::Progress { frame, .. }) = events.iter().rev().find(|e| matches!(e, Event::Progress { .. })) {
            last = Some(frame.clone());
        }
        assert_eq!(log(&events), *expected, "command {i}: {command:?}");
    }
    last
}

const SHORT: &str = "#v=1&training.steps=40";

#[test]
fn a_run_plays_to_its_end_and_says_so_once() {
    check(&[
        (start(SHORT, 0, true), 100, "Playing 0/0; Finished 40/40; finished 16"),
        (Command::Play { run: RUN }, 100, "Finished 40/40"),
    ]);
}

#[test]
fn pause_keeps_the_last_step_and_steps_go_both_ways() {
    check(&[
        (start(SHORT, 0, true), 10, "Playing 0/0; Playing 10/10"),
        (Command::Pause { run: RUN }, 10, "Paused 10/10"),
        (Command::Step { run: RUN, by: 1 }, 10, "Seeking 10/10; Paused 11/11"),
        (Command::Step { run: RUN, by: -3 }, 10, "Paused 8/11"),
        (Command::Step { run: RUN, by: -100 }, 10, "Paused 0/11"),
        (Command::Seek { run: RUN, step: 999 }, 100, "Seeking 8/11; Finished 40/40; finished 16"),
    ]);
}

#[test]
fn a_sequence_without_the_winning_token_keeps_a_finite_loss() {
    // One contextual token and enormous rates: the softmax must be over the tokens that are there.
    let fragment = "#v=1&data.sequence_length=2&training.eta_z=1000000&training.eta_y=1000000&training.steps=300";
    check(&[(
        start(fragment, 0, true),
        300,
        "Playing 0/0; Playing 50/50; Playing 100/100; Playing 150/150; Playing 200/200; Playing 250/250; Finished 300/300; finished 16",
    )]);
}

#[test]
fn late_commands_of_a_dropped_run_are_ignored() {
    check(&[
        (start(SHORT, 0, false), 10, "Paused 0/0"),
        (Command::Play { run: RunId(9) }, 10, ""),
        (Command::Seek { run: RunId(9), step: 3 }, 10, ""),
    ]);
}

#[test]
fn a_step_shown_again_is_the_same_in_every_bit() {
    let there = check(&[(start(SHORT, 17, false), 100, "Seeking 0/0; Paused 17/17")]).expect("a frame");
    let back = check(&[
        (start(SHORT, 0, true), 100, "Playing 0/0; Finished 40/40; finished 16"),
        (Command::Seek { run: RUN, step: 17 }, 100, "Seeking 16/40; Paused 17/40"),
    ])
    .expect("a frame");
    for name in ["attention_now", "logits_now", "y", "z"] {
        let bits = |frame: &Frame| frame.values(name).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&there), bits(&back), "{name} at step 17");
    }
}

#[test]
fn runs_of_a_sweep_are_measured_in_order_and_can_be_dropped() {
    let measure = |run| Command::Measure { run: RunId(run), experiment: Experiment::default() };
    let mut session = Session::default();
    let mut events: Vec<Event> = [1, 2, 3].into_iter().flat_map(|run| session.apply(measure(run))).collect();
    events.extend(session.apply(Command::Cancel { run: RunId(2) }));
    while session.pace() > 0.0 {
        events.extend(session.step(30));
    }
    assert_eq!(log(&events), "measured 1 loss; measured 3 loss");
}

#[test]
fn an_experiment_that_is_too_large_is_refused_in_words() {
    check(&[(
        start("#v=1&data.last_tokens=50&data.next_per_last=10&data.distinct_per_next=200", 0, true),
        10,
        "failed: data.distinct_per_next: these settings need 384170 MiB, a run may use 512 MiB",
    )]);
}
