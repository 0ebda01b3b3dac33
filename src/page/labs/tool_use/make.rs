//! Panels of data that are made: lines that were dropped, samples, how often each tool is asked for.

use crate::frame::DatasetFrame;
use crate::page::components::each::Each;
use crate::page::components::field::Button;
use crate::page::components::fold::Fold;
use crate::page::components::panel::{Hints, Panel};
use crate::page::components::table::{Table, Wide, head, plain};
use crate::page::reactive::memo;
use crate::page::state::saving::save_made;
use crate::page::state::shell::Shell;
use crate::view::text::{self as words, say};
use crate::view::tool_use::{self, Made};
use leptos::prelude::*;

/// The lines that were dropped last.
pub fn dropped() -> AnyView {
    view! { <Dropped /> }.into_any()
}

/// The latest sample of each kind.
pub fn made() -> AnyView {
    view! { <MadePanel /> }.into_any()
}

/// How often each tool is asked for.
pub fn tools() -> AnyView {
    view! { <ToolCounts /> }.into_any()
}

/// The lines that were dropped last.
#[component]
fn Dropped() -> impl IntoView {
    let shell = Shell::here();
    let rows = move || shell.content(tool_use::dropped).into_iter().enumerate().collect();
    let told = move || shell.content(|frame: &DatasetFrame| frame.warnings.clone());
    let row = |(_, [why, line]): (usize, [String; 2])| {
        view! {
            <tr>
                <th scope="row">{why}</th>
                <td>
                    <code>{line}</code>
                </td>
            </tr>
        }
        .into_any()
    };
    view! {
        <Panel name="dropped">
            <div>
                <Wide label=words::panel("dropped").title>
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{say("col_why")}</th>
                                <th scope="col">{say("col_line")}</th>
                            </tr>
                        </thead>
                        <tbody>
                            <Each items=rows children=row />
                        </tbody>
                    </table>
                </Wide>
                <Hints lines=told />
            </div>
        </Panel>
    }
}

/// The latest sample of each kind, and all of them as a file.
#[component]
fn MadePanel() -> impl IntoView {
    let shell = Shell::here();
    let so_far = memo(move || shell.content(tool_use::making));
    let samples = move || shell.content(tool_use::made);
    let sample = |Made { kind, prompt, output }: Made| {
        view! {
            <li>
                <h4>{kind}</h4>
                <Fold title=(|| view! { <span>{say("made_prompt")}</span> }).into()>
                    <pre>{prompt}</pre>
                </Fold>
                <pre>{output}</pre>
            </li>
        }
        .into_any()
    };
    view! {
        <Panel name="made">
            <div class="told">
                <p>{so_far}</p>
                <div class="row">
                    <Button label=say("save_data") on_press=move || save_made(shell) />
                </div>
                <ul class="made">
                    <Each items=samples children=sample />
                </ul>
            </div>
        </Panel>
    }
}

/// How often each tool is asked for.
#[component]
fn ToolCounts() -> impl IntoView {
    let shell = Shell::here();
    let rows = move || plain(shell.content(tool_use::tools).into_iter().map(Vec::from).collect());
    view! {
        <Panel name="tools">
            <div>
                <Wide label=words::panel("tools").title>
                    <Table head=|| head(&["col_tool", "col_conversations"]) rows=rows />
                </Wide>
            </div>
        </Panel>
    }
}
