//! Play, pause, step, scrub, speed: where the run stands and how it moves.

use super::shell::Shell;
use crate::view::player::{PACES, PlayerView, Reproduced, pace};
use crate::view::text::{fill, say};
use leptos::prelude::*;

/// The controls of the run.
pub fn transport(shell: Shell) -> AnyView {
    let playing = Memo::new(move |_| shell.player.with(PlayerView::is_playing));
    let steps = Memo::new(move |_| shell.player.with(|player| player.steps));
    let button = |icon: &'static str, label: &'static str, act: fn(Shell)| {
        view! {
            <button class="icon" title=say(label) aria-label=say(label) on:click=move |_| act(shell)>
                <span class=icon aria-hidden="true"></span>
            </button>
        }
    };
    let done = move || {
        let share = shell.player.with(|player| player.furthest as f64 / player.steps.max(1) as f64);
        format!("{}%", share * 100.0)
    };
    let seek = move |event: leptos::ev::Event| {
        if let Ok(step) = event_target_value(&event).parse() {
            shell.seek(step);
        }
    };
    view! {
        <section class="transport" id="run" tabindex="-1" aria-label=say("transport")>
            <div class="buttons">
                {button("i-start", "to_start", |shell| shell.seek(0))}
                {button("i-back", "step_back", |shell| shell.step(-1))}
                <button class="play" on:click=move |_| shell.toggle()>
                    <span class=move || if playing.get() { "i-pause" } else { "i-play" } aria-hidden="true"></span>
                    {move || say(if playing.get() { "pause" } else { "play" })}
                </button>
                {button("i-on", "step_on", |shell| shell.step(1))}
                {button("i-end", "to_end", |shell| shell.seek(u64::MAX))}
                {button("i-reset", "reset", Shell::reset)}
            </div>
            <div class="scrub">
                <input type="range" min="0" max=move || steps.get().to_string() step="1"
                    aria-label=say("step")
                    aria-valuetext=move || where_it_stands(shell)
                    style:--furthest=done
                    prop:value=move || shell.player.with(|player| player.step.to_string())
                    on:input=seek />
                <label class="at">
                    <span class="unseen">{say("step")}</span>
                    <input type="number" min="0" max=move || steps.get().to_string() inputmode="numeric"
                        prop:value=move || shell.player.with(|player| player.step.to_string())
                        on:change=seek />
                    <span>{move || fill("of_steps", &[&steps.get().to_string()])}</span>
                </label>
            </div>
            <label class="speed">
                <span>{say("speed")}</span>
                {paces(shell)}
            </label>
            {seed(shell)}
            <p class="standing">{move || shell.player.with(PlayerView::standing)}</p>
        </section>
        {move || outcome(shell)}
    }
    .into_any()
}

fn where_it_stands(shell: Shell) -> String {
    shell.player.with(|player| fill("step_of", &[&player.step.to_string(), &player.steps.to_string()]))
}

fn paces(shell: Shell) -> impl IntoView {
    let own = shell.pace.get_untracked();
    let mut offered = PACES.to_vec();
    if !offered.contains(&own) {
        offered.push(own);
        offered.sort_by(f64::total_cmp);
    }
    let options: Vec<_> = offered
        .iter()
        .map(|&value| {
            let selected = move || shell.pace.get() == value;
            view! { <option value=value.to_string() prop:selected=selected>{pace(value)}</option> }
        })
        .collect();
    let choose = move |event: leptos::ev::Event| {
        if let Ok(pace) = event_target_value(&event).parse() {
            shell.set_pace(pace);
        }
    };
    view! { <select on:change=choose>{options}</select> }
}

fn seed(shell: Shell) -> impl IntoView {
    move || {
        let hidden = shell.view.with(|view| view.hidden.iter().any(|name| name == "seed" || name == "settings"));
        let locked = shell.view.with(|view| view.locked.iter().any(|name| name == "seed" || name == "settings"));
        let theory = shell.experiment.with(|experiment| !crate::view::control::matters("seed", experiment));
        (!hidden && !theory).then(|| {
            view! {
                <div class="seed">
                    {super::controls::control(shell, "seed")}
                    <button disabled=locked on:click=move |_| shell.new_seed()>{say("new_seed")}</button>
                </div>
            }
        })
    }
}

/// What came of the run: why it stopped, or whether it is the one that its link promised.
fn outcome(shell: Shell) -> impl IntoView {
    let expected = shell.expected.get();
    shell.player.with(|player| {
        if let Some(error) = &player.error {
            return Some(view! { <p class="outcome bad" role="alert">{error.clone()}</p> }.into_any());
        }
        let digest = player.digest?.to_string();
        let promised = format!("{:016x}", expected.unwrap_or(0));
        match player.reproduced(expected) {
            Reproduced::Unknown => None,
            Reproduced::Same => {
                Some(view! { <p class="outcome good">{fill("reproduced", &[&digest])}</p> }.into_any())
            }
            Reproduced::Differs => {
                Some(view! { <p class="outcome bad">{fill("not_reproduced", &[&promised, &digest])}</p> }.into_any())
            }
        }
    })
}
