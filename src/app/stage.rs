//! The stage: transport, class chooser and the charts that the link asks for.

use super::shell::Shell;
use super::{compare, panel, sequence, sweep, transport};
use crate::chart::Chart;
use crate::experiment::Lab;
use crate::experiment::link::PANELS;
use crate::experiment::scan_snap::DataKind;
use crate::view::text::{fill, say};
use leptos::prelude::*;

/// The charts of a panel, as `view.panels` names them; those without numbers are left out at the time.
pub fn charts(panel: &str) -> &'static [Chart] {
    match panel {
        "scan" => &[Chart::Scan],
        "bars" => &[Chart::Bars],
        "logits" => &[Chart::Logits],
        "gains" => &[Chart::Gains, Chart::FamilyChi],
        "phase" => &[Chart::Phase, Chart::FamilyB, Chart::Gamma, Chart::Decoder],
        "loss" => &[Chart::Loss, Chart::Entropy],
        "heatmaps" => &[Chart::HeatY, Chart::HeatZ],
        _ => &[],
    }
}

/// Whether the link asks for the panel; embedded pages without a choice show the first two.
pub fn shows(shell: Shell, panel: &str) -> bool {
    shell.view.with(|view| {
        let hidden = view.hidden.iter().any(|name| name == panel);
        let first = !view.embed || panel == "scan" || panel == "bars";
        !hidden && if view.panels.is_empty() { first } else { view.panels.iter().any(|name| name == panel) }
    })
}

/// The stage.
pub fn stage(shell: Shell) -> AnyView {
    let available = Memo::new(move |_| {
        let has: Vec<Chart> = shell.frame.with(|frame| crate::chart::chart_list(frame));
        PANELS.iter().flat_map(|panel| if shows(shell, panel) { charts(panel) } else { &[] }).copied()
            .filter(|chart| has.contains(chart)).collect::<Vec<_>>()
    });
    let sequence = Memo::new(move |_| {
        shows(shell, "sequence") && shell.frame.with(|frame| !frame.values("sequence").is_empty())
    });
    let transport = move || {
        let hidden = shell.view.with(|view| view.hidden.iter().any(|name| name == "transport"));
        (!hidden).then(|| transport::transport(shell))
    };
    view! {
        <section class="stage" aria-label=say("stage")>
            {move || (!shell.view.with(|view| view.embed)).then(|| view! {
                <div class="intro"><h1>{say("lab_scan_snap")}</h1><p>{say("lede")}</p></div>
            })}
            {transport}
            <div class="tools">{classes(shell)}{compare::button(shell)}</div>
            {compare::listing(shell)}
            <div class="charts">
                <For each=move || available.get() key=|chart| chart.name() children=move |chart| panel::panel(shell, chart) />
                {move || sequence.get().then(|| sequence::panel(shell))}
            </div>
            {move || (shows(shell, "sweep")).then(|| sweep::panel(shell))}
        </section>
    }
    .into_any()
}

/// Chooses the class that is looked at.
fn classes(shell: Shell) -> impl IntoView {
    let names = Memo::new(move |_| {
        let Lab::ScanSnap(settings) = shell.experiment.get().lab;
        let per_query = settings.data.next_per_last.max(1) as usize;
        shell.frame.with(|frame| {
            let queries = frame.labels("queries");
            let name = |(i, next): (usize, &String)| {
                let query = queries.get(i / per_query).map_or("", String::as_str);
                fill("class_is", &[query, next])
            };
            if settings.data.kind == DataKind::Theory {
                return Vec::new();
            }
            frame.labels("nexts").iter().enumerate().map(name).collect::<Vec<_>>()
        })
    });
    let shown = Memo::new(move |_| shell.frame.with(|frame| frame.focus.class));
    move || {
        let names = names.get();
        (names.len() > 1).then(|| {
            let options: Vec<_> = names
                .into_iter()
                .enumerate()
                .map(|(i, name)| {
                    let selected = move || shown.get() as usize == i;
                    view! { <option value=i.to_string() prop:selected=selected>{name}</option> }
                })
                .collect();
            let choose = move |event| {
                if let Ok(class) = event_target_value(&event).parse() {
                    shell.set_class(class);
                }
            };
            view! { <label class="class"><span>{say("class")}</span><select on:change=choose>{options}</select></label> }
        })
    }
}
