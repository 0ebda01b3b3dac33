//! The encoding lab's panels besides its charts: the scores as a table, what the explanation that is looked at shows and
//! tells, the distribution, all maps. And its controls: which explanation, which alpha.

use super::element::{self, El, button, cell, div, el, text};
use super::live::memo;
use super::shell::Shell;
use crate::view::explained::{self, Pair, Picture, Row};
use crate::view::text::{self as words, fill, say};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// The panel of that name.
pub fn panel(shell: Shell, name: &str) -> El {
    match name {
        "table" => scores(shell),
        "told" => told(shell),
        "maps" => maps(shell),
        "estimates" => estimates(shell),
        "words" => sentences(shell),
        "images" => images(shell),
        _ => distribution(shell),
    }
}

/// A panel of that name around `body`.
pub(super) fn figure(name: &'static str, body: El) -> El {
    let (words, heading) = (words::panel(name), format!("chart-{name}"));
    el("figure")
        .class(&format!("panel p-{name}"))
        .attr("role", "group")
        .attr("aria-labelledby", &heading)
        .add(text("h3", words.title).attr("id", &heading))
        .add(body)
        .add(text("figcaption", words.caption))
}

/// The verdict on the explanation that is looked at, and what shows it.
fn verdict(shell: Shell) -> [El; 2] {
    let verdict = memo(move || shell.frame.with(|frame| explained::verdict(frame)));
    let sentence = el("p")
        .class("verdict")
        .attr_of("data-encodes", move || Some(verdict.get().0.to_owned()))
        .words_of(move || verdict.get().1);
    [sentence, el("p").words_of(move || verdict.get().2)]
}

/// A row of words, the first of which names it.
pub(super) fn row(words: &[String]) -> Vec<El> {
    let first = words.first().map(|name| text("th", name).attr("scope", "row"));
    first.into_iter().chain(words.iter().skip(1).map(|words| cell(words))).collect()
}

/// What is left of a long run.
fn cost(shell: Shell) -> El {
    let cost = memo(move || shell.experiment.with(|now| shell.frame.with(|frame| explained::cost(now, frame))));
    el("p").class("hint").words_of(move || cost.get())
}

/// A table that may be wider than its panel.
pub(super) fn wide(name: &'static str, table: El) -> El {
    let title = words::panel(name).title;
    div("scroll").attr("tabindex", "0").attr("role", "region").attr("aria-label", title).add(table)
}

/// The scores: a row for each explanation, the best of each column in bold.
fn scores(shell: Shell) -> El {
    let rows = memo(move || shell.frame.with(|frame| explained::rows(frame)));
    let looked_at = memo(move || shell.frame.with(|frame| frame.focus.class));
    let alpha = memo(move || shell.frame.with(|frame| fill("col_stripe_x", &[&explained::number(frame.focus.alpha)])));
    let table = move || {
        let heads =
            ["col_explanation", "col_encodes", "col_eval_x", "col_fresh", "col_roar", "col_meter", "col_meter_mi"];
        let mut head: Vec<String> = heads.iter().map(|key| say(key).to_owned()).collect();
        head.push(alpha.get());
        head.extend(["col_accuracy", "col_kl01"].map(|key| say(key).to_owned()));
        let line = |(at, row): (usize, Row)| {
            let is_on = looked_at.get() as usize == at;
            let name = button("quiet", &row.name, move || shell.set_class(at as u32));
            let name = name.attr("aria-pressed", if is_on { "true" } else { "false" });
            let verdict = text("td", row.verdict).class(if row.encodes { "yes" } else { "no" });
            let number = |(value, is_best): (String, bool)| {
                if is_best { el("td").add(text("strong", &value)) } else { cell(&value) }
            };
            core::iter::once(el("th").attr("scope", "row").add(name))
                .chain([verdict])
                .chain(row.numbers.into_iter().map(number))
                .collect()
        };
        vec![wide("table", element::table(&head, rows.get().into_iter().enumerate().map(line)))]
    };
    let left_out = move || {
        let left_out = shell.frame.with(|frame| frame.labels("left_out").to_vec());
        left_out.iter().map(|why| text("p", &fill("left_out", &[why])).class("hint")).collect()
    };
    figure("table", div("scores").part_of(table).part_of(left_out))
}

/// What the reader of an explanation sees beside what it tells, and the verdict with its witness.
fn told(shell: Shell) -> El {
    let pairs = memo(move || shell.frame.with(|frame| explained::pairs(frame)));
    let table = move || {
        let head = ["col_see", "col_values", "col_picked", "col_gap", "col_how_often"].map(|key| say(key).to_owned());
        let line = |pair: Pair| {
            let seen = el("th").attr("scope", "row").all(pair.seen.iter().map(|(input, is_shown)| {
                text("span", input).class(if *is_shown { "seen-input" } else { "hidden-input" })
            }));
            let gap = text("td", &pair.gap).class(if pair.tells { "yes" } else { "no" });
            vec![seen, cell(&pair.values), cell(&pair.picked), gap, cell(&pair.how_often)]
        };
        vec![wide("told", element::table(&head, pairs.get().into_iter().map(line)))]
    };
    let body = div("told").all(verdict(shell)).part_of(table);
    figure("told", body)
}

/// The distribution: each input x, how often it comes, what it says of y, and what is selected.
fn distribution(shell: Shell) -> El {
    let rows = memo(move || shell.frame.with(|frame| explained::distribution(frame)));
    let note = memo(move || shell.frame.with(|frame| explained::distribution_note(frame)));
    let labels = memo(move || shell.frame.with(|frame| frame.labels("labels").to_vec()));
    let table = move || {
        let mut head = vec![say("col_x").to_owned(), say("col_p").to_owned()];
        head.extend(labels.get().iter().map(|label| fill("col_law", &[label])));
        head.push(say("col_selected").to_owned());
        let line = |words: Vec<String>| row(&words);
        vec![wide("distribution", element::table(&head, rows.get().into_iter().map(line)))]
    };
    figure("distribution", div("").part_of(table).add(el("p").class("hint").words_of(move || note.get())))
}

/// Estimates with their intervals.
fn estimates(shell: Shell) -> El {
    let rows = memo(move || shell.frame.with(|frame| explained::estimates(frame)));
    let alpha = memo(move || shell.frame.with(|frame| fill("col_stripe_x", &[&explained::number(frame.focus.alpha)])));
    let looked_at = memo(move || shell.frame.with(|frame| frame.focus.class));
    let table = move || {
        let heads =
            ["col_explanation", "col_encodes", "col_eval_x", "col_fresh", "col_meter", "col_floor", "col_control"];
        let mut head: Vec<String> = heads.iter().map(|key| say(key).to_owned()).collect();
        head.push(alpha.get());
        let line = |(at, row): (usize, Vec<String>)| {
            let is_on = looked_at.get() as usize == at;
            let mut cells = row.iter();
            let name = cells.next().map(|name| {
                let name = button("quiet", name, move || shell.set_class(at as u32));
                el("th").attr("scope", "row").add(name.attr("aria-pressed", if is_on { "true" } else { "false" }))
            });
            name.into_iter().chain(cells.map(|words| cell(words))).collect()
        };
        vec![wide("estimates", element::table(&head, rows.get().into_iter().enumerate().map(line)))]
    };
    let told = move || {
        let told = shell.frame.with(|frame| explained::told(frame));
        told.iter().map(|what| text("p", what).class("hint")).collect()
    };
    figure("estimates", div("").add(cost(shell)).part_of(table).part_of(told))
}

/// Sentences with the words that are picked, and the verdict.
fn sentences(shell: Shell) -> El {
    let sentences = memo(move || shell.frame.with(|frame| explained::sentences(frame)));
    let classifier = memo(move || shell.frame.with(|frame| explained::classifier(frame)));
    let list = move || {
        let line = |(label, words): explained::Sentence| {
            let word = |(word, is_picked): &(String, bool)| text(if *is_picked { "mark" } else { "span" }, word);
            let sentence = words.iter().fold(el("p"), |sentence, it| sentence.add(word(it)).words(" "));
            el("li").add(sentence).add(text("small", &label))
        };
        sentences.get().into_iter().map(line).collect()
    };
    let told = move || {
        let told = shell.frame.with(|frame| frame.labels("left_out").to_vec());
        told.iter().map(|what| text("p", what).class("hint")).collect()
    };
    let body = div("told")
        .add(el("p").class("hint").words_of(move || classifier.get()))
        .add(cost(shell))
        .part_of(told)
        .all(verdict(shell))
        .add(el("ul").class("sentences").part_of(list));
    figure("words", body)
}

/// All images, what the explanation does not show of them dimmed.
fn images(shell: Shell) -> El {
    let pictures = memo(move || shell.frame.with(|frame| explained::pictures(frame)));
    let learned = memo(move || shell.frame.with(|frame| explained::learned(frame)));
    let draw = |picture: Picture| {
        let canvas = el("canvas").attr("role", "img").attr("aria-label", &picture.name);
        let node: HtmlCanvasElement = canvas.node().unchecked_into();
        node.set_width(picture.side);
        node.set_height(picture.side);
        let context = node.get_context("2d").ok().flatten().map(|it| it.unchecked_into::<CanvasRenderingContext2d>());
        let data = ImageData::new_with_u8_clamped_array(Clamped(&picture.rgba), picture.side);
        if let (Some(context), Ok(data)) = (context, data) {
            let _ = context.put_image_data(&data, 0.0, 0.0);
        }
        el("li").add(canvas).add(text("small", &picture.label))
    };
    let list = move || pictures.get().into_iter().map(draw).collect();
    let body = div("").add(el("p").class("hint").words_of(move || learned.get()));
    figure("images", body.add(el("ul").class("images").part_of(list)))
}

/// All maps: how far, and what each score says of them.
fn maps(shell: Shell) -> El {
    let maps = memo(move || shell.frame.with(|frame| explained::maps(frame)));
    let table = move || {
        let Some(maps) = maps.get() else { return vec![text("p", say("maps_not_yet")).class("hint")] };
        let head = ["col_score", "col_best", "col_best_maps", "col_best_encoding", "col_weak", "col_strong"];
        let head = head.map(|key| say(key).to_owned());
        let line = |words: Vec<String>| row(&words);
        let bar = el("progress").attr("max", "1").attr("value", &maps.share.to_string());
        vec![
            text("p", &maps.sentence),
            bar.attr("aria-label", words::panel("maps").title),
            wide("maps", element::table(&head, maps.rows.into_iter().map(line))),
            text("p", &maps.alpha),
        ]
    };
    figure("maps", div("").add(cost(shell)).part_of(table))
}

/// The weight of the meter in STRIPE-X: lines of equal STRIPE-X tilt as it moves.
pub fn alpha(shell: Shell) -> El {
    let at = memo(move || shell.view.with(|view| view.alpha.unwrap_or(1.0)));
    let slider = el("input")
        .attr("type", "range")
        .attr("id", "alpha")
        .attr("min", "0")
        .attr("max", &explained::ALPHA_PLACES.to_string())
        .attr_of("aria-valuetext", move || Some(explained::number(at.get())))
        .prop_of("value", move || explained::alpha_place(at.get()).into())
        .on_value("input", move |text| {
            if let Ok(place) = text.parse() {
                shell.set_alpha(explained::alpha_at(place));
            }
        });
    let shown = el("output").attr("for", "alpha").words_of(move || explained::number(at.get()));
    el("label").class("named alpha").add(text("span", say("alpha"))).add(slider).add(shown)
}
