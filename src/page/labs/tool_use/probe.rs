//! Panels that watch a student reply: what it is asked, its tokens, the words that matter, and what its calls came to.

use super::evaluate::Part;
use super::sketch::Sketch;
use crate::experiment::Lab;
use crate::experiment::tool_use::{MOST_TOOLS, TaskKind, ToolUse};
use crate::page::components::each::Each;
use crate::page::components::field::{Button, Tick};
use crate::page::components::fold::Fold;
use crate::page::components::panel::{Hints, Panel};
use crate::page::components::shown::Shown;
use crate::page::components::table::{Table, Wide, head, plain};
use crate::page::components::tokens::moved;
use crate::page::reactive::{derived, effect, memo};
use crate::page::state::shell::Shell;
use crate::view::probe::{self, Call};
use crate::view::text::{self as words, say};
use leptos::prelude::*;
use std::hash::{Hash, Hasher};

/// The reply, and where the student is asked.
pub fn reply() -> AnyView {
    view! { <Reply /> }.into_any()
}

/// The words that made the student choose its tool.
pub fn words() -> AnyView {
    view! { <WordsSaid /> }.into_any()
}

/// The calls and what they came to.
pub fn results() -> AnyView {
    view! { <Results /> }.into_any()
}

/// Changes what is asked.
fn ask(shell: Shell, change: impl FnOnce(&mut ToolUse)) {
    let mut experiment = shell.experiment.get_untracked();
    if let Lab::ToolUse(settings) = &mut experiment.lab {
        settings.task.kind = TaskKind::Probe;
        change(settings);
        shell.replace(experiment);
    }
}

/// Where one types what is said and chooses the tools of the prompt.
#[component]
fn AskForm() -> impl IntoView {
    let shell = Shell::here();
    let said = memo(move || shell.frame.with(|frame| frame.labels("said_words").join(" ")));
    let typed = RwSignal::new(String::new());
    effect(move || typed.set(said.get()));
    let listed = memo(move || {
        shell.frame.with(|frame| {
            let parts = frame.labels("attended_parts");
            // After the tools come what is said of the image and to the student, its reply, and all else.
            parts[..parts.len().saturating_sub(4)].join("\n")
        })
    });
    let chosen = RwSignal::new(Vec::<String>::new());
    effect(move || chosen.set(listed.with(|listed| listed.lines().map(str::to_owned).collect())));
    let send = move || {
        let said = typed.with_untracked(|typed| typed.replace(['\n', '\r'], " "));
        let tools = chosen.with_untracked(|tools| tools.join(", "));
        ask(shell, move |settings| (settings.probe.said, settings.probe.tools) = (said.trim().to_owned(), tools));
    };
    let again = move || {
        ask(shell, |settings| {
            settings.probe.said.clear();
            settings.probe.tools.clear();
            settings.probe.conversation = (settings.probe.conversation + 1) % 10_000;
        });
    };
    let names = move || shell.frame.with(|frame| frame.labels("all_tools").to_vec());
    let prompt =
        memo(move || shell.frame.with(|frame| frame.labels("probe_prompt").first().cloned().unwrap_or_default()));
    view! {
        <div class="ask">
            <label for="probe-said">{say("probe_said")}</label>
            <textarea
                rows="2"
                maxlength="200"
                id="probe-said"
                prop:value=move || typed.get()
                on:input:target=move |event| typed.set(event.target().value())
            ></textarea>
            <Fold title=(|| view! { <span>{say("probe_tools")}</span> }).into()>
                <ul class="choices">
                    <Each items=names children=move |name| view! { <ToolTick name=name chosen=chosen /> }.into_any() />
                </ul>
            </Fold>
            <Fold title=(|| view! { <span>{say("made_prompt")}</span> }).into()>
                <pre>{prompt}</pre>
            </Fold>
            <div class="row">
                <Button label=say("probe_ask") on_press=send />
                <Button class="quiet" label=say("probe_next") on_press=again />
            </div>
        </div>
    }
}

/// A tool that may be on the table.
#[component]
fn ToolTick(
    /// Its name.
    name: String,
    /// The tools on the table.
    chosen: RwSignal<Vec<String>>,
) -> impl IntoView {
    let name = StoredValue::new(name);
    let is_on = derived(move || chosen.with(|tools| name.with_value(|name| tools.contains(name))));
    let is_full = derived(move || chosen.with(Vec::len) >= MOST_TOOLS && !is_on.get());
    let put = move |on: bool| {
        chosen.update(|tools| {
            let name = name.get_value();
            tools.retain(|tool| *tool != name);
            if on {
                tools.push(name);
            }
        });
    };
    view! {
        <li>
            <Tick on=is_on put=put disabled=is_full>
                " "
                {name.get_value()}
            </Tick>
        </li>
    }
}

/// The reply token by token, and what the chosen one could have been.
#[component]
fn Reply() -> impl IntoView {
    let shell = Shell::here();
    let tokens = memo(move || shell.frame.with(|frame| probe::tokens(frame)));
    let chosen = memo(move || shell.frame.with(|frame| probe::chosen(frame)));
    let choose = move |at: usize| shell.set_class(at as u32 + 1);
    let texts = move || {
        let text = |(at, token): (usize, &probe::Token)| (at, token.text.clone(), token.ends_line);
        tokens.with(|tokens| tokens.iter().enumerate().map(text).collect())
    };
    let token = move |(at, text, ends_line): (usize, String, bool)| {
        let class = move || {
            tokens.with(|tokens| {
                let doubt = tokens.get(at)?.doubt;
                let level = doubt.map_or_else(|| "given".to_owned(), |level| format!("a{level}"));
                Some(format!("t {level}{}", if chosen.get() == at { " chosen" } else { "" }))
            })
        };
        view! {
            <span class=class on:click=move |_| choose(at)>
                {text}
            </span>
            {ends_line.then(|| view! { <br /> })}
        }
        .into_any()
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        let last = tokens.with_untracked(Vec::len).saturating_sub(1);
        if let Some(at) = moved(&event, chosen.get_untracked(), last) {
            choose(at);
        }
    };
    let others = move || plain(shell.frame.with(|frame| probe::others(frame)));
    let told = move || shell.frame.with(|frame| frame.labels("told").to_vec());
    view! {
        <Panel name="reply">
            <div class="told">
                <AskForm />
                <div class="sequence reply" tabindex="0" role="group" aria-label=say("probe_reply") on:keydown=press>
                    <p>
                        <Each items=texts children=token />
                    </p>
                </div>
                <Wide label=words::panel("reply").title>
                    <Table head=|| head(&["col_token", "col_probability"]) rows=others />
                </Wide>
                <Hints lines=told />
            </div>
        </Panel>
    }
}

/// What was said, its words coloured by how much they speak for the tool that was chosen.
#[component]
fn WordsSaid() -> impl IntoView {
    let shell = Shell::here();
    let choice = memo(move || shell.frame.with(|frame| probe::choice(frame)));
    let words = memo(move || shell.frame.with(|frame| probe::words(frame)));
    let texts = move || words.with(|words| words.iter().map(|word| word.text.clone()).enumerate().collect());
    let word = move |(at, text): (usize, String)| {
        let class = move || words.with(|words| words.get(at).map(|word| format!("t a{}", word.level)));
        let effect = move || words.with(|words| words.get(at).map(|word| word.effect.clone()));
        view! {
            <li>
                <span class=class>{text}</span>
                <small>{effect}</small>
            </li>
        }
        .into_any()
    };
    view! {
        <Panel name="words-said">
            <div class="told">
                <p>{choice}</p>
                <ol class="said">
                    <Each items=texts children=word />
                </ol>
            </div>
        </Panel>
    }
}

/// A call at its place. What a call says tells it from others; what is on its image follows from that.
struct Keyed {
    at: usize,
    call: Call,
}

impl Hash for Keyed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.at, &self.call.tool, &self.call.input, &self.call.observation).hash(state);
    }
}

/// Calls, what came back, and sketches of the images that they make.
#[component]
fn Results() -> impl IntoView {
    let shell = Shell::here();
    let calls = move || shell.frame.with(|frame| probe::calls(frame));
    let has_none = move || calls().is_empty();
    let keyed = move || calls().into_iter().enumerate().map(|(at, call)| Keyed { at, call }).collect();
    let call = |Keyed { call, .. }: Keyed| {
        let has_image = !call.objects.is_empty();
        view! {
            <li>
                <h4>{call.tool.clone()}</h4>
                <dl>
                    <Part key="call_input" text=call.input.clone() />
                    <Part key="call_observation" text=call.observation.clone() />
                </dl>
                {has_image.then(|| view! { <Sketch call=call /> })}
            </li>
        }
        .into_any()
    };
    view! {
        <Panel name="results">
            <div class="told">
                <ul class="made">
                    <Shown when=has_none>
                        <li>
                            <p class="hint">{say("calls_none")}</p>
                        </li>
                    </Shown>
                    <Each items=keyed children=call />
                </ul>
            </div>
        </Panel>
    }
}
