//! Play, pause, step, scrub, speed: where the run stands and how it moves.

use super::controls::Control;
use super::field::{Button, Choice};
use crate::page::components::shown::Shown;
use crate::page::reactive::{derived, follow_memo, memo};
use crate::page::state::shell::Shell;
use crate::protocol::State;
use crate::view::control;
use crate::view::player::{PACES, PlayerView, Reproduced, pace};
use crate::view::text::{fill, say};
use leptos::prelude::*;

/// The controls of the run.
#[component]
pub fn Transport() -> impl IntoView {
    view! {
        <section class="transport" id="run" tabindex="-1" aria-label=say("transport")>
            <div class="buttons">
                <IconButton icon="i-start" label="to_start" act=|shell| shell.seek(0) />
                <IconButton icon="i-back" label="step_back" act=|shell| shell.step(-1) />
                <PlayButton />
                <IconButton icon="i-on" label="step_on" act=|shell| shell.step(1) />
                <IconButton icon="i-end" label="to_end" act=|shell| shell.seek(u64::MAX) />
                <IconButton icon="i-reset" label="reset" act=Shell::reset />
            </div>
            <Scrubber />
        </section>
    }
}

/// A button that shows an icon.
#[component]
fn IconButton(
    /// Class of the icon.
    icon: &'static str,
    /// Word of the catalogue for it.
    label: &'static str,
    /// What pressing it does.
    act: fn(Shell),
) -> impl IntoView {
    let shell = Shell::here();
    view! {
        <button type="button" class="icon" title=say(label) aria-label=say(label) on:click=move |_| act(shell)>
            <span class=icon aria-hidden="true"></span>
        </button>
    }
}

/// Plays and pauses.
#[component]
pub fn PlayButton() -> impl IntoView {
    let shell = Shell::here();
    let is_playing = memo(move || shell.player.with(PlayerView::is_playing));
    let is_stuck = move || shell.player.with(|player| player.state == State::Failed && player.is_new());
    view! {
        <button type="button" class="play" disabled=is_stuck on:click=move |_| shell.toggle()>
            <span class=move || if is_playing.get() { "i-pause" } else { "i-play" } aria-hidden="true"></span>
            {move || say(if is_playing.get() { "pause" } else { "play" })}
        </button>
    }
}

/// What the run is doing, in a word.
#[component]
pub fn Standing() -> impl IntoView {
    let shell = Shell::here();
    view! { <p class="standing">{move || shell.player.with(|player| player.standing().to_owned())}</p> }
}

/// The step shown, on a slider and in a field.
#[component]
fn Scrubber() -> impl IntoView {
    let shell = Shell::here();
    let steps = move || shell.player.with(|player| player.steps);
    let step = move || shell.player.with(|player| player.step);
    let furthest = memo(move || {
        let share = shell.player.with(|player| player.furthest as f64 / player.steps.max(1) as f64);
        format!("{}%", share * 100.0)
    });
    let seek = move |text: String| {
        if let Ok(step) = text.parse() {
            shell.seek(step);
        }
    };
    // How many there are is known once the run has begun.
    let of = |steps: u64| if steps == u64::MAX { "–".to_owned() } else { steps.to_string() };
    let spoken = move || fill("step_of", &[&step().to_string(), &of(steps())]);
    view! {
        <div class="scrub">
            <input
                type="range"
                min="0"
                step="1"
                max=move || steps().to_string()
                aria-label=say("step")
                aria-valuetext=spoken
                style:--furthest=move || furthest.get()
                prop:value=move || step() as f64
                on:input:target=move |event| seek(event.target().value())
            />
            <label class="at">
                <input
                    type="number"
                    min="0"
                    step="1"
                    max=move || steps().to_string()
                    aria-label=say("step")
                    prop:value=move || step() as f64
                    on:change:target=move |event| seek(event.target().value())
                />
                <span>{move || fill("of_steps", &[&of(steps())])}</span>
            </label>
        </div>
    }
}

/// How fast it goes.
#[component]
pub fn Speed() -> impl IntoView {
    let shell = Shell::here();
    let offered = move || {
        let own = shell.pace.get();
        let mut offered = PACES.to_vec();
        if !offered.contains(&own) {
            offered.insert(offered.partition_point(|pace| *pace < own), own);
        }
        offered.iter().map(|value| (value.to_string(), pace(*value))).collect::<Vec<_>>()
    };
    let put = move |text: String| {
        if let Ok(pace) = text.parse() {
            shell.set_pace(pace);
        }
    };
    view! {
        <label class="named">
            <span>{say("speed")}</span>
            <Choice options=derived(offered) chosen=derived(move || shell.pace.get().to_string()) put=put />
        </label>
    }
}

/// The seed, and the button for a fresh one.
#[component]
pub fn Seed() -> impl IntoView {
    let shell = Shell::here();
    let named = |names: &[String]| names.iter().any(|name| name == "seed" || name == "settings");
    let is_shown = memo(move || {
        let matters = shell.experiment.with(|experiment| control::matters("seed", experiment));
        matters && !shell.view.with(|view| named(&view.hidden))
    });
    let is_locked = derived(move || shell.view.with(|view| named(&view.locked)));
    view! {
        <Shown when=move || is_shown.get()>
            <div class="seed">
                <Control path="seed" />
                <Button label=say("new_seed") disabled=is_locked on_press=move || shell.new_seed() />
            </div>
        </Shown>
    }
}

/// What came of the run: why it stopped, or whether it is the one that its link promised.
#[component]
pub fn RunOutcome() -> impl IntoView {
    let shell = Shell::here();
    let outcome = move || {
        let expected = shell.expected.get();
        shell.player.with(|player| {
            if let Some(error) = &player.error {
                return Some(("outcome bad", Some("alert"), error.clone()));
            }
            let digest = player.digest?.to_string();
            let promised = format!("{:016x}", expected.unwrap_or(0));
            match player.reproduced(expected) {
                Reproduced::Unknown => None,
                Reproduced::Same => Some(("outcome good", None, fill("reproduced", &[&digest]))),
                Reproduced::Differs => Some(("outcome bad", None, fill("not_reproduced", &[&promised, &digest]))),
            }
        })
    };
    // The element stays as long as it says the same: it is an alert.
    let sentence = memo(move || outcome().map(|(.., sentence)| sentence).unwrap_or_default());
    move || {
        follow_memo(sentence);
        untrack(outcome).map(|(class, role, sentence)| {
            view! {
                <p class=class role=role>
                    {sentence}
                </p>
            }
        })
    }
}
