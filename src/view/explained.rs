//! Explanations as the page shows them: scores, what the reader sees and what it tells, all maps. Takes every number from
//! a frame.

use crate::experiment::encoding::{By, Model};
use crate::experiment::{Encoding, Experiment};
use crate::number::{grouped, significant};
use crate::run::Frame;
use crate::view::sweep::duration;
use crate::view::text::{fill, say};

/// Scores that differ by less are equal: frames carry seven digits.
const SAME: f32 = 1e-6;

/// Seconds that a step takes on a laptop of 2020: of a study, of a fit of the transformer, of all maps.
const STEP_SECS: f64 = 0.01;
/// The same of an estimate by a table of frequencies, for each sample that is drawn at most.
const SAMPLE_SECS: f64 = 0.25e-6;
/// What takes less needs no word.
const SHORT_SECS: f64 = 1.0;

/// A number with four significant digits.
#[must_use]
pub fn number(value: f64) -> String {
    significant(value)
}

/// A row of the table of scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The explanation.
    pub name: String,
    /// Whether it encodes.
    pub encodes: bool,
    /// The same in words.
    pub verdict: &'static str,
    /// EVAL-X, FRESH, ROAR, both forms of ENCODE-METER, STRIPE-X, accuracy and KL01, each with whether it is the best.
    pub numbers: Vec<(String, bool)>,
}

/// The table of scores.
#[must_use]
pub fn rows(frame: &Frame) -> Vec<Row> {
    // Which score, and whether more is better; the last two are no scores.
    let columns = [
        ("eval_x", Some(true)),
        ("fresh", Some(true)),
        ("roar", Some(true)),
        ("encode_meter", Some(false)),
        ("encode_meter_mi", Some(false)),
        ("stripe_x", Some(true)),
        ("accuracy", None),
        ("kl01", None),
    ];
    let cell = |name: &str, better: Option<bool>, at: usize| {
        let all = frame.values(name);
        let value = all.get(at).copied().unwrap_or(f32::NAN);
        let beats = |other: &f32| match better {
            Some(true) => *other <= value + SAME,
            Some(false) => *other >= value - SAME,
            None => false,
        };
        (significant(f64::from(value)), all.iter().all(beats))
    };
    let row = |(at, name): (usize, &String)| {
        let encodes = frame.values("encodes").get(at) == Some(&1.0);
        Row {
            name: name.clone(),
            encodes,
            verdict: say(if encodes { "encodes" } else { "does_not_encode" }),
            numbers: columns.iter().map(|(name, better)| cell(name, *better, at)).collect(),
        }
    };
    frame.labels("explanations").iter().enumerate().map(row).collect()
}

/// The verdict on the explanation that is looked at: `yes`, `no` or nothing, a sentence, and what shows it.
#[must_use]
pub fn verdict(frame: &Frame) -> (&'static str, String, String) {
    let at = frame.focus.class as usize;
    let Some(name) = frame.labels("explanations").get(at) else { return ("", String::new(), String::new()) };
    if frame.scalar("is_estimated").is_some() {
        return match frame.values("estimate_verdict").get(at) {
            Some(&1.0) => ("yes", fill("verdict_yes", &[name]), say("verdict_estimated").to_owned()),
            Some(&0.0) => ("", fill("verdict_not_shown", &[name]), say("verdict_not_shown_more").to_owned()),
            _ => ("", fill("verdict_not_yet", &[name]), String::new()),
        };
    }
    if frame.values("encodes").get(at) != Some(&1.0) {
        return ("no", fill("verdict_no", &[name]), say("verdict_no_more").to_owned());
    }
    let [shown, selection, label] = ["witness_shown", "witness_selection", "witness_label"]
        .map(|name| frame.labels(name).get(at).map_or("", String::as_str));
    let p = |i| significant(f64::from(frame.values("witness_p").get(2 * at + i).copied().unwrap_or(f32::NAN)));
    let shown = if shown.is_empty() { "∅" } else { shown };
    ("yes", fill("verdict_yes", &[name]), fill("witness", &[shown, selection, label, &p(0), &p(1)]))
}

/// A selection with its values, as the reader sees it and what it tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// Each input, and whether it is shown.
    pub seen: Vec<(String, bool)>,
    /// q(y | x_v).
    pub values: String,
    /// q(y | x_v, E_v = 1).
    pub picked: String,
    /// The divergence of the two.
    pub gap: String,
    /// Whether there is any.
    pub tells: bool,
    /// How often it is shown.
    pub how_often: String,
}

/// All that the explanation looked at shows.
#[must_use]
pub fn pairs(frame: &Frame) -> Vec<Pair> {
    let labels = frame.labels("labels");
    let k = labels.len().max(1);
    let law = |name: &str, at: usize| {
        let row = frame.values(name).chunks_exact(k).nth(at).unwrap_or_default();
        // Of two labels one says it all.
        let kept = labels.iter().zip(row).skip(usize::from(k == 2));
        kept.map(|(label, p)| format!("y={label}: {}", significant(f64::from(*p)))).collect::<Vec<_>>().join(", ")
    };
    let value = |name: &str, at: usize| f64::from(frame.values(name).get(at).copied().unwrap_or(f32::NAN));
    let pair = |(at, seen): (usize, &String)| {
        let gap = value("shown_divergence", at);
        Pair {
            seen: seen.split(' ').map(|input| (input.to_owned(), !input.ends_with("=?"))).collect(),
            values: law("shown_values", at),
            picked: law("shown_picked", at),
            gap: significant(gap),
            tells: gap > 0.0,
            how_often: significant(value("shown_p", at)),
        }
    };
    frame.labels("shown_seen").iter().enumerate().map(pair).collect()
}

/// The rows of the distribution: x, q(x), q(y | x) of each label, the selection.
#[must_use]
pub fn distribution(frame: &Frame) -> Vec<Vec<String>> {
    let k = frame.labels("labels").len().max(1);
    let selected = frame.labels("distribution_selected");
    let row = |(at, x): (usize, &String)| {
        let p = frame.values("distribution_p").get(at).copied().unwrap_or(f32::NAN);
        let law = frame.values("distribution_law").chunks_exact(k).nth(at).unwrap_or_default();
        let mut row = vec![x.clone(), significant(f64::from(p))];
        row.extend(law.iter().map(|p| significant(f64::from(*p))));
        row.push(selected.get(at).cloned().unwrap_or_default());
        row
    };
    frame.labels("distribution_x").iter().enumerate().map(row).collect()
}

/// What there is to say of the whole distribution; of samples that they are no law.
#[must_use]
pub fn distribution_note(frame: &Frame) -> String {
    let number = |name| f64::from(frame.scalar(name).unwrap_or(f32::NAN));
    let (rows, shown) = (frame.scalar("distribution_rows").unwrap_or(0.0), frame.labels("distribution_x").len());
    let note = if frame.scalar("samples").is_some() {
        let [samples, held_out] = ["samples", "held_out"].map(|name| grouped(&number(name).to_string()));
        fill("distribution_samples", &[&samples, &held_out])
    } else {
        let [y, y_given_x] = ["entropy_y", "entropy_y_given_x"].map(|name| significant(number(name)));
        fill("distribution_note", &[&y, &y_given_x])
    };
    if rows as usize <= shown {
        return note;
    }
    format!("{note} {}", fill("distribution_more", &[&shown.to_string(), &grouped(&rows.to_string())]))
}

/// What there is to tell of samples, and of explanations that are left out, where no table of scores tells it.
#[must_use]
pub fn told(frame: &Frame) -> Vec<String> {
    if frame.scalar("samples").is_some() { frame.labels("left_out").to_vec() } else { Vec::new() }
}

/// The distribution as a table to start from: `x1,x2,y,p`, or `n` where it was counted. Empty where not all of it is shown.
#[must_use]
pub fn csv(frame: &Frame) -> String {
    let (inputs, labels) = (frame.labels("inputs"), frame.labels("labels"));
    let rows = frame.labels("distribution_x");
    if rows.len() != frame.scalar("distribution_rows").unwrap_or(0.0) as usize {
        return String::new();
    }
    let (p, law) = (frame.values("distribution_p"), frame.values("distribution_law"));
    // Beyond, frames do not tell whole numbers apart.
    let counts = Some(frame.values("distribution_n")).filter(|n| !n.is_empty() && n.iter().all(|n| *n < 16_777_216.0));
    let mut text = format!("{},y,{}\n", inputs.join(","), if counts.is_some() { "n" } else { "p" });
    for (at, x) in rows.iter().enumerate() {
        let symbols = x.split(", ").map(|input| input.split_once('=').map_or("", |(_, symbol)| symbol));
        let symbols: Vec<&str> = symbols.collect();
        for (y, label) in labels.iter().enumerate() {
            let of = at * labels.len() + y;
            // Frames carry seven digits; the sum of probabilities has to be 1 to six.
            let p = || libm::round(f64::from(p[at]) * f64::from(law[of]) * 1e8) / 1e8;
            let weight = counts.map_or_else(p, |counts| f64::from(counts[of]));
            text.push_str(&format!("{},{label},{weight}\n", symbols.join(",")));
        }
    }
    text
}

/// A row of the table of estimates: explanation, verdict, scores with their intervals, floor, control, STRIPE-X.
#[must_use]
pub fn estimates(frame: &Frame) -> Vec<Vec<String>> {
    let names = frame.labels("explanations");
    let (sizes, m) = (frame.values("estimate_samples").len(), names.len());
    let alpha = frame.focus.alpha;
    let latest = |name: &str, at: usize| {
        let rows = frame.values(name).chunks_exact(3 * m.max(1)).take(sizes);
        rows.rev()
            .map(|row| &row[3 * at..3 * at + 3])
            .find(|row| row[0].is_finite())
            .map(|row| [row[0], row[1], row[2]])
    };
    let interval = |found: Option<[f32; 3]>| {
        let Some(found) = found else { return "–".to_owned() };
        let [value, low, high] = found.map(|x| significant(f64::from(x)));
        format!("{value} [{low}, {high}]")
    };
    let row = |(at, name): (usize, &String)| {
        let verdict = match frame.values("estimate_verdict").get(at) {
            Some(&1.0) => say("encodes"),
            Some(&0.0) => say("not_shown"),
            _ => "–",
        };
        let stripe = latest("estimate_eval_x", at).zip(latest("estimate_meter", at));
        let stripe = stripe.map_or(f64::NAN, |(eval_x, meter)| f64::from(eval_x[0]) - alpha * f64::from(meter[0]));
        let scores = ["estimate_eval_x", "estimate_fresh", "estimate_meter", "estimate_floor", "estimate_control"];
        let mut row = vec![name.clone(), verdict.to_owned()];
        row.extend(scores.map(|score| interval(latest(score, at))));
        row.push(significant(stripe));
        row
    };
    names.iter().enumerate().map(row).collect()
}

/// A sentence with its label: each word, and whether it is picked.
pub type Sentence = (String, Vec<(String, bool)>);

/// Sentences held out, as the explanation that is looked at picks their words.
#[must_use]
pub fn sentences(frame: &Frame) -> Vec<Sentence> {
    let mut words = frame.labels("words").iter().zip(frame.values("word_picked"));
    let sentence = |(label, count): (&String, &f32)| {
        let words = words.by_ref().take(*count as usize);
        (label.clone(), words.map(|(word, picked)| (word.clone(), *picked == 1.0)).collect())
    };
    frame.labels("word_labels").iter().zip(frame.values("word_counts")).map(sentence).collect()
}

/// What there is to say of the classifier so far, or of the transformer of Scan & Snap.
#[must_use]
pub fn classifier(frame: &Frame) -> String {
    if frame.get("model_loss").is_some() {
        let order = frame.labels("attention_order").first().map(|order| fill("attention_order", &[order]));
        return [learned(frame), order.unwrap_or_default()].join(" ");
    }
    let number = |name| frame.scalar(name).map_or(f64::NAN, f64::from);
    let latest = frame.values("classifier_accuracy").last().map_or(f64::NAN, |accuracy| f64::from(*accuracy));
    let held_out = number("accuracy_held_out");
    let accuracy = if held_out.is_nan() { latest } else { held_out };
    let [sentences, tokens] = ["sentences", "vocabulary"].map(|name| grouped(&number(name).to_string()));
    fill("classifier_is", &[&sentences, &tokens, &significant(100.0 * accuracy)])
}

/// What is left to do of a long run, and about how long that takes; nothing of a short one.
#[must_use]
pub fn cost(experiment: &Experiment, frame: &Frame) -> String {
    let Some(settings) = experiment.of::<Encoding>() else { return String::new() };
    let is_by_table = settings.scores.by == By::Samples && settings.scores.model == Model::Table;
    let step_secs = if is_by_table && !settings.is_text() {
        f64::from(settings.scores.samples) * SAMPLE_SECS
    } else if settings.is_text() || settings.scores.by != By::Exact {
        STEP_SECS
    } else {
        return String::new();
    };
    let left = frame.steps - frame.step.min(frame.steps);
    let secs = left as f64 * step_secs;
    if secs < SHORT_SECS {
        return String::new();
    }
    fill("study_left", &[&grouped(&left.to_string()), &duration(secs)])
}

/// An image as an explanation shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What is on it, and what is shown.
    pub name: String,
    /// The likelier label with its probability.
    pub label: String,
    /// Width and height, pixels.
    pub side: u32,
    /// Four bytes for each pixel.
    pub rgba: Vec<u8>,
}

/// Pixels of the picture for each of the image.
const ZOOM: usize = 4;
/// A frame around patches that are shown.
const SHOWN: [u8; 3] = [0, 114, 178];

/// All images; patches that are not shown are dimmed, those that are have a frame.
#[must_use]
pub fn pictures(frame: &Frame) -> Vec<Picture> {
    let Some(images) = frame.get("image_pixels") else { return Vec::new() };
    let side = images.shape.get(1).map_or(0, |side| *side as usize);
    let (half, wide) = (side / 2, side * ZOOM);
    let labels = frame.labels("labels");
    let picture = |(row, pixels): (usize, &[f32])| {
        let selected = frame.labels("distribution_selected").get(row).map_or("", String::as_str);
        let shows = |patch: usize| selected.as_bytes().get(patch) == Some(&b'1');
        let mut rgba = Vec::with_capacity(4 * wide * wide);
        for at in 0..wide * wide {
            let (y, x) = (at / wide, at % wide);
            let (patch, grey) = (y / ZOOM / half * 2 + x / ZOOM / half, pixels[y / ZOOM * side + x / ZOOM]);
            let edge = |z: usize| z % (half * ZOOM) < 2 || z % (half * ZOOM) >= half * ZOOM - 2;
            let color = match shows(patch) {
                true if edge(y) || edge(x) => SHOWN,
                true => [(grey * 255.0) as u8; 3],
                // A quarter of the contrast.
                false if !selected.is_empty() => [(160.0 + (grey - 0.5) * 48.0) as u8; 3],
                false => [(grey * 255.0) as u8; 3],
            };
            rgba.extend_from_slice(&color);
            rgba.push(255);
        }
        let law = frame.values("distribution_law").chunks_exact(labels.len().max(1)).nth(row).unwrap_or_default();
        let best = (0..law.len()).reduce(|best, y| if law[y] > law[best] { y } else { best }).unwrap_or(0);
        let said = law.get(best).map_or(f64::NAN, |p| f64::from(*p));
        let name = frame.labels("distribution_x").get(row).cloned().unwrap_or_default();
        let label = labels.get(best).map_or("", String::as_str);
        Picture {
            name: format!("{name} · {selected}"),
            label: format!("{label} {}", significant(said)),
            side: wide as u32,
            rgba,
        }
    };
    images.values.chunks_exact((side * side).max(1)).enumerate().map(picture).collect()
}

/// What there is to say of the model that is explained so far.
#[must_use]
pub fn learned(frame: &Frame) -> String {
    let losses = frame.values("model_loss");
    let loss = losses.last().map_or(f64::NAN, |loss| f64::from(*loss));
    fill("model_learned", &[&losses.len().to_string(), &significant(loss)])
}

/// What is known of all maps.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    /// How many, and how many do not encode.
    pub sentence: String,
    /// The part that was gone through.
    pub share: f64,
    /// A row for each score.
    pub rows: Vec<Vec<String>>,
    /// From which alpha on STRIPE-X separates all.
    pub alpha: String,
}

/// What is known of all maps, once some were gone through.
#[must_use]
pub fn maps(frame: &Frame) -> Option<Maps> {
    let whole = |value: f32| grouped(&format!("{value:.0}"));
    let (maps, non_encoding) = (frame.scalar("maps")?, frame.scalar("maps_non_encoding")?);
    let all = frame.scalar("maps_all")?;
    let names = ["ROAR", "FRESH", "EVAL-X"];
    let row = |(name, values): (&&str, &[f32])| {
        let [best, best_maps, best_encoding, encoding, honest] = *values else { return Vec::new() };
        let says = |holds: bool| say(if holds { "yes" } else { "no" });
        vec![
            (*name).to_owned(),
            significant(f64::from(best)),
            whole(best_maps),
            whole(best_encoding),
            says(best_encoding == 0.0).to_owned(),
            fill(
                "strong_is",
                &[says(honest > encoding), &significant(f64::from(encoding)), &significant(f64::from(honest))],
            ),
        ]
    };
    let rows = names.iter().zip(frame.values("maps_extremes").chunks_exact(5)).map(row).collect();
    let alpha = significant(f64::from(frame.scalar("maps_alpha")?));
    let least = significant(f64::from(frame.scalar("maps_least_meter")?));
    Some(Maps {
        sentence: fill("maps_seen", &[&whole(maps), &whole(all), &whole(non_encoding)]),
        share: f64::from(maps / all),
        rows,
        alpha: fill("maps_alpha", &[&alpha, &least]),
    })
}

/// Places on the slider of alpha.
pub const ALPHA_PLACES: u32 = 120;
/// Where it ends.
const MOST_ALPHA: f64 = 100.0;

/// The place of an alpha: 0, then logarithmic from .1 on.
#[must_use]
pub fn alpha_place(alpha: f64) -> u32 {
    if alpha < 0.1 {
        return 0;
    }
    let part = libm::log(alpha / 0.1) / libm::log(MOST_ALPHA / 0.1);
    1 + libm::round(part.clamp(0.0, 1.0) * f64::from(ALPHA_PLACES - 1)) as u32
}

/// The alpha at a place, with two digits.
#[must_use]
pub fn alpha_at(place: u32) -> f64 {
    if place == 0 {
        return 0.0;
    }
    let part = f64::from(place.min(ALPHA_PLACES) - 1) / f64::from(ALPHA_PLACES - 1);
    let alpha = 0.1 * libm::pow(MOST_ALPHA / 0.1, part);
    let digits = libm::pow(10.0, libm::floor(libm::log10(alpha)) - 1.0);
    let short = libm::round(alpha / digits) * digits;
    libm::round(short * 1e6) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Lab, Settings as _};
    use crate::protocol::TableKind;
    use crate::run::{Focus, Run};

    fn run(changes: &[(&str, &str)]) -> Box<dyn Run> {
        let mut experiment = Experiment { seed: 1, lab: Lab::named("encoding").expect("a lab") };
        for (path, text) in changes {
            experiment.set(path, text).expect("an allowed value");
        }
        crate::labs::start(&experiment).expect("a run")
    }

    fn frame(changes: &[(&str, &str)], class: u32) -> Frame {
        let mut run = run(changes);
        run.step(u64::MAX).expect("nothing diverges");
        run.frame(Focus { class, alpha: 2.0 })
    }

    #[test]
    fn the_table_has_a_row_for_each_explanation_with_the_best_in_each_column() {
        let rows = rows(&frame(&[], 0));
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names[..5], ["MARG", "PRED", "POSI", "best tree", "always x1 x2"]);
        let tree = &rows[3];
        assert_eq!((tree.encodes, tree.numbers[0].clone()), (false, ("−0.3251".to_owned(), true)), "EVAL-X");
        let posi = &rows[2];
        assert_eq!((posi.encodes, posi.numbers[3].clone()), (true, ("0.2858".to_owned(), false)), "ENCODE-METER");
        assert_eq!(posi.numbers[5].0, "−1.182", "STRIPE-X at alpha 2: -.6109 - 2 x .2858");
    }

    #[test]
    fn what_one_sees_stands_beside_what_it_tells() {
        let frame = frame(&[], 0);
        let (kind, sentence, witness) = verdict(&frame);
        assert_eq!(kind, "yes");
        assert!(sentence.contains("MARG") && witness.starts_with("Where x"), "{sentence} {witness}");
        let pairs = pairs(&frame);
        assert_eq!(pairs.len(), 4, "x1 or x2 is shown, 0 or 1");
        let shown: usize = pairs[0].seen.iter().filter(|(_, is_shown)| *is_shown).count();
        assert_eq!((pairs[0].seen.len(), shown), (3, 1), "{:?}", pairs[0]);
        assert!(pairs.iter().all(|pair| pair.tells), "{pairs:?}");
        assert!(pairs[0].values.ends_with("0.3") || pairs[0].values.ends_with("0.7"), "{}", pairs[0].values);
        assert!(pairs[0].picked.ends_with("0.1") || pairs[0].picked.ends_with("0.9"), "{}", pairs[0].picked);
    }

    #[test]
    fn the_distribution_is_shown_with_what_is_selected() {
        let frame = frame(&[], 3);
        let rows = distribution(&frame);
        assert_eq!(rows[1], ["x1=0, x2=0, x3=1", "0.125", "0.9", "0.1", "101"], "the tree asks x3, then x1");
        assert!(distribution_note(&frame).contains("0.6931"), "{}", distribution_note(&frame));
    }

    #[test]
    fn the_distribution_as_a_table_reads_back_as_the_same() {
        use crate::experiment::encoding::Law;
        for law in Law::ALL {
            let shown = frame(&[("subject.law", law.name())], 0);
            let joint = crate::labs::encoding::file::joint(csv(&shown).as_bytes()).expect("a table");
            assert!((joint.entropy_y_given_x() - law.joint().entropy_y_given_x()).abs() < 1e-6, "{law:?}");
        }
        let kinds =
            [&b"x1,x2,mask\r\n0,0,1"[..], b"x1,x2,y,p\n", b"", b"so good\t1\n", b"text,label\n", b"{\"text\": 1}"];
        let kinds = kinds.map(|bytes| Encoding::default().kind_of(bytes).expect("a file"));
        assert_eq!(kinds[0], TableKind::Explanations);
        assert!(kinds[1..3].iter().all(|kind| *kind == TableKind::Distribution), "{kinds:?}");
        assert!(kinds[3..].iter().all(|kind| *kind == TableKind::Sentences), "{kinds:?}");
    }

    #[test]
    fn samples_are_told_from_a_law_and_read_back_as_samples() {
        let rows = [(0, "a", 90), (0, "b", 10), (1, "a", 10), (1, "b", 90)];
        let rows: String = rows.iter().map(|(x, y, n)| format!("{x},0,{y},{n}\n")).collect();
        let table = format!("x1,x2,y,n\n{rows}");
        let mut library = crate::labs::Library::default();
        let own = library
            .get_mut::<crate::labs::encoding::Files>()
            .take_distribution(vec![("mine.csv".to_owned(), table.clone().into_bytes())]);
        let mut experiment = Experiment { seed: 1, lab: Lab::named("encoding").expect("a lab") };
        let digest = format!("{:016x}", own.expect("counts").digest);
        let changes = [("subject.kind", "own-table"), ("subject.digest", &digest), ("scores.by", "samples")];
        for (path, text) in changes {
            experiment.set(path, text).expect("an allowed value");
        }
        let mut run = crate::labs::start_on(&experiment, &library).expect("a run");
        run.step(u64::MAX).expect("nothing diverges");
        let frame = run.frame(Focus { class: 2, alpha: 1.0 });
        assert_eq!(csv(&frame), table);
        assert!(
            distribution_note(&frame).contains("estimated from 200 of them, 40 held out"),
            "{}",
            distribution_note(&frame)
        );
        let rows = estimates(&frame);
        assert!(rows.iter().all(|row| [say("encodes"), say("not_shown")].contains(&row[1].as_str())), "{rows:?}");
        assert!(verdict(&frame).1.starts_with("POSI"), "{:?}", verdict(&frame));
    }

    #[test]
    fn images_show_what_is_picked_and_dim_the_rest() {
        let shown = frame(&[("subject.kind", "images")], 2);
        let pictures = pictures(&shown);
        assert_eq!((pictures.len(), pictures[0].side), (16, 64), "every image, enlarged");
        assert!(pictures.iter().all(|picture| picture.rgba.len() == 4 * 64 * 64), "four bytes a pixel");
        // POSI shows one patch of four: its frame is there, and nowhere else.
        let framed = |picture: &Picture| picture.rgba.chunks_exact(4).filter(|pixel| pixel[..3] == SHOWN).count();
        assert!(pictures.iter().all(|picture| framed(picture) == 32 * 32 - 28 * 28), "{}", framed(&pictures[0]));
        assert!(pictures[0].label.ends_with("0.9"), "{}", pictures[0].label);
        assert_eq!(verdict(&shown).0, "yes", "POSI encodes");
    }

    #[test]
    fn long_runs_say_what_is_left_and_short_ones_nothing() {
        let left = |changes: &[(&str, &str)], steps: u64| {
            let mut experiment = Experiment { seed: 1, lab: Lab::named("encoding").expect("a lab") };
            for (path, text) in changes {
                experiment.set(path, text).expect("an allowed value");
            }
            let mut run = crate::labs::start(&experiment).expect("a run");
            run.step(steps).expect("nothing diverges");
            cost(&experiment, &run.frame(Focus::default()))
        };
        let (exact, maps) = (left(&[], 0), left(&[("scores.by", "all-maps")], 0));
        assert!(exact.is_empty() && maps.is_empty(), "{exact}{maps}");
        let transformer = [("scores.by", "samples"), ("scores.model", "transformer")];
        let (all, less) = (left(&transformer, 0), left(&transformer, 20));
        assert!(all.contains("2651") && less.contains("2631"), "{all} {less}");
        let table = left(&[("scores.by", "samples"), ("scores.samples", "1000000")], 0);
        assert!(table.contains("539"), "{table}");
    }

    #[test]
    fn every_place_of_alpha_comes_back() {
        for place in 0..=ALPHA_PLACES {
            let alpha = alpha_at(place);
            assert!((0.0..=100.0).contains(&alpha), "{alpha}");
            assert!(alpha_place(alpha).abs_diff(place) <= 1, "{place}: {alpha} at {}", alpha_place(alpha));
        }
        assert_eq!((alpha_at(0), alpha_at(ALPHA_PLACES)), (0.0, 100.0));
    }

    #[test]
    fn maps_are_counted_while_they_are_gone_through() {
        let mut run = run(&[("scores.by", "all-maps")]);
        run.step(11 + 1).expect("nothing diverges");
        let maps = maps(&run.frame(Focus::default())).expect("some were gone through");
        assert!(maps.share > 0.0 && maps.share < 1.0, "{}", maps.share);
        assert!(maps.sentence.contains("262"), "{}", maps.sentence);
    }
}
