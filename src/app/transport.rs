//! Play, pause, step, scrub, speed: where the run stands and how it moves.

use super::controls;
use super::element::{self, El, div, el, text};
use super::live::memo;
use super::shell::Shell;
use crate::protocol::State;
use crate::view::control;
use crate::view::player::{PACES, PlayerView, Reproduced, pace};
use crate::view::text::{fill, say};

/// The controls of the run.
pub fn transport(shell: Shell) -> El {
    let button = |icon: &str, label, act: fn(Shell)| {
        element::button("icon", "", move || act(shell))
            .attr("title", say(label))
            .attr("aria-label", say(label))
            .add(el("span").class(icon).attr("aria-hidden", "true"))
    };
    let buttons = div("buttons")
        .add(button("i-start", "to_start", |shell| shell.seek(0)))
        .add(button("i-back", "step_back", |shell| shell.step(-1)))
        .add(play(shell))
        .add(button("i-on", "step_on", |shell| shell.step(1)))
        .add(button("i-end", "to_end", |shell| shell.seek(u64::MAX)))
        .add(button("i-reset", "reset", Shell::reset));
    el("section")
        .class("transport")
        .attr("id", "run")
        .attr("tabindex", "-1")
        .attr("aria-label", say("transport"))
        .add(buttons)
        .add(scrubber(shell))
}

/// Plays and pauses.
pub fn play(shell: Shell) -> El {
    let playing = memo(move || shell.player.with(PlayerView::is_playing));
    let icon = move || Some(if playing.get() { "i-pause" } else { "i-play" }.to_owned());
    let stuck = move || shell.player.with(|player| player.state == State::Failed && player.is_new());
    element::button("play", "", move || shell.toggle())
        .flag_of("disabled", stuck)
        .add(el("span").attr_of("class", icon).attr("aria-hidden", "true"))
        .words_of(move || say(if playing.get() { "pause" } else { "play" }).to_owned())
}

/// How fast it goes.
pub fn speed(shell: Shell) -> El {
    el("label").class("named").add(text("span", say("speed"))).add(paces(shell))
}

/// What the run is doing, in a word.
pub fn standing(shell: Shell) -> El {
    el("p").class("standing").words_of(move || shell.player.with(|player| player.standing().to_owned()))
}

fn scrubber(shell: Shell) -> El {
    let steps = memo(move || shell.player.with(|player| player.steps));
    let step = memo(move || shell.player.with(|player| player.step));
    let seek = move |text: String| {
        if let Ok(step) = text.parse() {
            shell.seek(step);
        }
    };
    // How many there are is known once the run has begun.
    let of = |steps: u64| if steps == u64::MAX { "–".to_owned() } else { steps.to_string() };
    let spoken = move || Some(fill("step_of", &[&step.get().to_string(), &of(steps.get())]));
    let field = |kind| {
        el("input")
            .attr("type", kind)
            .attr("min", "0")
            .attr("step", "1")
            .attr("aria-label", say("step"))
            .attr_of("max", move || Some(steps.get().to_string()))
            .prop_of("value", move || (step.get() as f64).into())
    };
    let range = field("range").attr_of("aria-valuetext", spoken).on_value("input", seek);
    let track = range.node();
    element::watch(move || {
        let share = shell.player.with(|player| player.furthest as f64 / player.steps.max(1) as f64);
        super::dom::set_style(&track, "--furthest", &format!("{}%", share * 100.0));
    });
    let at = el("label")
        .class("at")
        .add(field("number").on_value("change", seek))
        .add(el("span").words_of(move || fill("of_steps", &[&of(steps.get())])));
    div("scrub").add(range).add(at)
}

fn paces(shell: Shell) -> El {
    let own = shell.pace.now();
    let mut offered = PACES.to_vec();
    if !offered.contains(&own) {
        offered.insert(offered.partition_point(|pace| *pace < own), own);
    }
    let options = offered.iter().map(|value| (value.to_string(), pace(*value))).collect();
    element::choice(
        options,
        move || shell.pace.get().to_string(),
        move |text| {
            if let Ok(pace) = text.parse() {
                shell.set_pace(pace);
            }
        },
    )
}

/// The seed, and the button for a fresh one.
pub fn seed(shell: Shell) -> Option<El> {
    let named = |names: &[String]| names.iter().any(|name| name == "seed" || name == "settings");
    let (hidden, locked) = shell.view.with(|view| (named(&view.hidden), named(&view.locked)));
    let matters = memo(move || shell.experiment.with(|experiment| control::matters("seed", experiment)));
    (!hidden && matters.get()).then(|| {
        let fresh = element::button("", say("new_seed"), move || shell.new_seed()).flag_of("disabled", move || locked);
        div("seed").add(controls::control(shell, "seed")).add(fresh)
    })
}

/// What came of the run: why it stopped, or whether it is the one that its link promised.
pub fn outcome(shell: Shell) -> Option<El> {
    let expected = shell.expected.get();
    shell.player.with(|player| {
        if let Some(error) = &player.error {
            return Some(text("p", error).class("outcome bad").attr("role", "alert"));
        }
        let digest = player.digest?.to_string();
        let promised = format!("{:016x}", expected.unwrap_or(0));
        match player.reproduced(expected) {
            Reproduced::Unknown => None,
            Reproduced::Same => Some(text("p", &fill("reproduced", &[&digest])).class("outcome good")),
            Reproduced::Differs => Some(text("p", &fill("not_reproduced", &[&promised, &digest])).class("outcome bad")),
        }
    })
}
