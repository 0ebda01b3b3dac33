//! The link: a fragment people can read, holding only what differs from the defaults. Reading never fails: the valid
//! part opens, and each refused part is said. Writing is byte-stable.

use super::setting::{Kind, Setting, Value, shorten};
use super::{ConfigError, Experiment, Lab, VERSION};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// Longest link that is read, bytes.
pub const MAX_BYTES: usize = 64 << 10;

/// Refusals of one link that are told one by one.
const MAX_REFUSED: usize = 20;

/// What stays as it is in a link's values.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b',');

/// Whether a lab has a panel of that name.
fn is_panel(name: &str) -> bool {
    Lab::ALL.iter().any(|lab| lab.panels.contains(&name))
}

/// The panels of all labs, each once.
fn panels() -> String {
    let mut all: Vec<&str> = Vec::new();
    for panel in Lab::ALL.iter().flat_map(|lab| lab.panels) {
        if !all.contains(panel) {
            all.push(panel);
        }
    }
    format!("a list of {}", all.join(", "))
}

/// Controls besides the settings that `view.locked` and `view.hidden` may name.
pub const CONTROLS: &[&str] = &["settings", "transport", "notes"];

/// What a link says: what to run, what to show of it, and the digest its end is known to have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// What to run.
    pub experiment: Experiment,
    /// What to show.
    pub view: View,
    /// Digest of the finished run.
    pub digest: Option<u64>,
}

/// When an embedded run starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// When it is scrolled into view.
    #[default]
    Seen,
    /// On a click.
    Click,
}

/// What is shown: `view.*` in a link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Panels to show; empty for all.
    pub panels: Vec<String>,
    /// Step to stand at, instead of playing from the start.
    pub step: Option<u64>,
    /// Class, explanation or cell of a matrix looked at, counted from 0.
    pub class: u32,
    /// Weight of the meter in STRIPE-X; none for 1.
    pub alpha: Option<f64>,
    /// Fragment of the run to compare with.
    pub compare: Option<String>,
    /// Whether the page is part of another one.
    pub embed: bool,
    /// When an embedded run starts.
    pub start: Start,
    /// Settings and controls shown but not to be changed.
    pub locked: Vec<String>,
    /// Settings and controls not shown.
    pub hidden: Vec<String>,
    /// Steps per second, a whole number or infinite; none for the usual pace.
    pub pace: Option<f64>,
}

impl View {
    /// Brings what is shown back into a run, and says what it took back: a step beyond its last, a class there is none of.
    pub fn keep_within(&mut self, experiment: &Experiment) -> Vec<ConfigError> {
        let mut refused = Vec::new();
        // Where the settings alone do not say how many steps and classes there are, the run says it later.
        let settings = experiment.lab.settings();
        if let (Some(step), Some(steps)) = (self.step, settings.steps())
            && step > steps
        {
            refused.push(bad("view.step", &step.to_string(), &format!("at most {steps}, the steps of the run")));
            self.step = Some(steps);
        }
        if let Some(classes) = settings.known_classes()
            && u64::from(self.class) >= classes
        {
            let last = classes.saturating_sub(1);
            let expected = format!("at most {last}: classes count from 0");
            refused.push(bad("view.class", &self.class.to_string(), &expected));
            self.class = 0;
        }
        refused
    }
}

/// One `view.*` field: what is allowed, how it is written (`None` at its default) and read. What cannot be read is
/// given back; of a list, the names that can be are kept.
struct Field {
    path: &'static str,
    expected: fn() -> String,
    write: fn(&View) -> Option<String>,
    read: for<'a> fn(&mut View, &'a str) -> Result<(), &'a str>,
}

const STEP: Kind = Kind::Integer { min: 0, max: 1_000_000 };
/// What frames of any lab can have; a run takes the last it has for a larger one.
const CLASS: Kind = Kind::Integer { min: 0, max: last_class() };
const ALPHA: Kind = Kind::Real { min: 0.0, max: 1000.0, open: false };
const PACE: Kind = Kind::Integer { min: 1, max: 1_000_000 };
const START: Kind = Kind::Choice(&["seen", "click"]);

static FIELDS: &[Field] = &[
    Field {
        path: "view.panels",
        expected: panels,
        write: |view| list(&view.panels),
        read: |view, text| names(&mut view.panels, text, is_panel),
    },
    Field {
        path: "view.step",
        expected: || STEP.expected(),
        write: |view| view.step.map(|step| step.to_string()),
        read: |view, text| keep(&mut view.step, whole(STEP, text).map(Some), text),
    },
    Field {
        path: "view.class",
        expected: || CLASS.expected(),
        write: |view| (view.class > 0).then(|| view.class.to_string()),
        read: |view, text| keep(&mut view.class, whole(CLASS, text).map(|class| class as u32), text),
    },
    Field {
        path: "view.alpha",
        expected: || ALPHA.expected(),
        write: |view| view.alpha.map(|alpha| alpha.to_string()),
        read: |view, text| {
            let alpha = match ALPHA.read(text) {
                Some(Value::Real(alpha)) => Some(alpha),
                _ => None,
            };
            keep(&mut view.alpha, alpha.map(|alpha| (alpha != 1.0).then_some(alpha)), text)
        },
    },
    Field {
        path: "view.compare",
        expected: || "another link that compares with none itself".to_owned(),
        write: |view| view.compare.as_deref().map(|link| bare(link).to_owned()),
        read: |view, text| {
            let fragment = bare(text);
            let nested = percent_decode_str(fragment).decode_utf8_lossy().contains("view.compare");
            let fits = fragment.starts_with("v=") && !nested;
            keep(&mut view.compare, fits.then(|| Some(fragment.to_owned())), text)
        },
    },
    Field {
        path: "view.embed",
        expected: || Kind::Flag.expected(),
        write: |view| view.embed.then(|| "1".to_owned()),
        read: |view, text| keep(&mut view.embed, Kind::Flag.read(text).map(|flag| flag == Value::Flag(true)), text),
    },
    Field {
        path: "view.start",
        expected: || START.expected(),
        write: |view| (view.start == Start::Click).then(|| "click".to_owned()),
        read: |view, text| {
            let start = |value| if value == Value::Choice("click") { Start::Click } else { Start::Seen };
            keep(&mut view.start, START.read(text).map(start), text)
        },
    },
    Field {
        path: "view.locked",
        expected: controls,
        write: |view| list(&view.locked),
        read: |view, text| names(&mut view.locked, text, is_control),
    },
    Field {
        path: "view.hidden",
        expected: controls,
        write: |view| list(&view.hidden),
        read: |view, text| names(&mut view.hidden, text, is_control),
    },
    Field {
        path: "view.pace",
        expected: || format!("{} (steps per second), or max", PACE.expected()),
        write: |view| view.pace.map(|pace| if pace == f64::INFINITY { "max".to_owned() } else { pace.to_string() }),
        read: |view, text| {
            let pace = if text == "max" { Some(f64::INFINITY) } else { whole(PACE, text).map(|pace| pace as f64) };
            keep(&mut view.pace, pace.map(Some), text)
        },
    },
];

const fn last_class() -> u64 {
    let (mut last, mut at) = (0, 0);
    while at < Lab::ALL.len() {
        if Lab::ALL[at].last_class > last {
            last = Lab::ALL[at].last_class;
        }
        at += 1;
    }
    last
}

fn keep<'a, T>(place: &mut T, value: Option<T>, text: &'a str) -> Result<(), &'a str> {
    *place = value.ok_or(text)?;
    Ok(())
}

fn whole(kind: Kind, text: &str) -> Option<u64> {
    match kind.read(text)? {
        Value::Integer(value) => Some(value),
        _ => None,
    }
}

/// A fragment without its mark.
fn bare(link: &str) -> &str {
    link.strip_prefix('#').unwrap_or(link)
}

fn list(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(","))
}

/// Keeps the names that are known, each once; gives back the first that is not.
fn names<'a>(place: &mut Vec<String>, text: &'a str, known: fn(&str) -> bool) -> Result<(), &'a str> {
    let mut answer = Ok(());
    for name in text.split(',') {
        if known(name) && !place.iter().any(|kept| kept == name) {
            place.push(name.to_owned());
        } else {
            answer = answer.and(Err(name));
        }
    }
    answer
}

fn is_control(name: &str) -> bool {
    CONTROLS.contains(&name) || Setting::find(name).is_some()
}

fn controls() -> String {
    format!("a list of paths of settings, or of {}", CONTROLS.join(", "))
}

impl Link {
    /// Reads a link, a fragment with or without its `#`, or a whole address. The valid part is returned with what was
    /// refused of the rest; of a field given twice the first counts.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<ConfigError>) {
        let mut link = Self::default();
        let mut refused = Vec::new();
        let fragment = match text.split_once('#') {
            Some((_, fragment)) => fragment,
            // The address of the page alone.
            None if text.contains("://") => "",
            None => text,
        };
        let fragment = fragment.trim();
        if fragment.len() > MAX_BYTES {
            let what = format!("the link is {} bytes long, at most {MAX_BYTES} are read", fragment.len());
            return (link, vec![ConfigError::Unreadable { what }]);
        }
        // Which settings there are is the lab's to say, wherever it is named.
        let lab = fragment.split('&').find_map(|part| Lab::named(part.strip_prefix("lab=")?));
        if let Some(lab) = lab {
            link.experiment.lab = lab;
        }
        // Fields that were taken: never more than there are, however many a link repeats.
        let mut taken: Vec<Cow<'_, str>> = Vec::new();
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            let (path, value) = part.split_once('=').unwrap_or((part, ""));
            let decoded = percent_decode_str(path).decode_utf8().ok().zip(percent_decode_str(value).decode_utf8().ok());
            let Some((path, value)) = decoded else {
                refused.push(ConfigError::Unreadable { what: format!("{}: not UTF-8 text", shorten(part)) });
                continue;
            };
            if taken.contains(&path) {
                refused.push(ConfigError::Repeated { path: shorten(&path) });
                continue;
            }
            match link.take(&path, &value) {
                Ok(()) => {}
                Err(error @ ConfigError::UnknownPath { .. }) => {
                    refused.push(error);
                    continue;
                }
                Err(error) => refused.push(error),
            }
            taken.push(path);
        }
        refused.extend(link.view.keep_within(&link.experiment));
        if !fragment.is_empty() && !taken.iter().any(|path| path == "v") {
            refused.insert(0, bad("v", "", "1, the version of the link"));
        }
        if let Some(more) = refused.len().checked_sub(MAX_REFUSED).filter(|&more| more > 0) {
            refused.truncate(MAX_REFUSED);
            refused.push(ConfigError::Unreadable { what: format!("{more} more parts of the link are not allowed") });
        }
        (link, refused)
    }

    fn take(&mut self, path: &str, value: &str) -> Result<(), ConfigError> {
        match path {
            "v" if value == VERSION.to_string() => Ok(()),
            "v" => Err(bad(path, value, "1, the version of the link")),
            "lab" if value == self.experiment.lab.name() => Ok(()),
            "lab" => Err(bad(path, value, &Lab::names())),
            "digest" => {
                let hexadecimal = value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
                let digest = hexadecimal.then(|| u64::from_str_radix(value, 16).ok()).flatten();
                self.digest = Some(digest.ok_or_else(|| bad(path, value, "16 hexadecimal digits"))?);
                Ok(())
            }
            _ => match FIELDS.iter().find(|field| field.path == path) {
                Some(field) => {
                    (field.read)(&mut self.view, value).map_err(|value| bad(path, value, &(field.expected)()))
                }
                None => self.experiment.set(path, value),
            },
        }
    }

    /// Writes the link as a fragment: version, lab, seed, the settings that differ from their defaults in the table's
    /// order, what is known of own data, what is shown, digest.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = format!("#v={VERSION}&lab={}", self.experiment.lab.name());
        let mut push = |path: &str, value: &str| {
            text.push('&');
            text.push_str(path);
            text.push('=');
            text.extend(utf8_percent_encode(value, ESCAPED));
        };
        for setting in self.experiment.settings() {
            if setting.path == "seed" || !setting.is_default(&self.experiment) {
                push(setting.path, &(setting.get)(&self.experiment).to_string());
            }
        }
        for (field, value) in super::own::Field::written(&self.experiment) {
            push(field.path, &value);
        }
        for field in FIELDS {
            if let Some(value) = (field.write)(&self.view) {
                push(field.path, &value);
            }
        }
        if let Some(digest) = self.digest {
            push("digest", &format!("{digest:016x}"));
        }
        text
    }
}

fn bad(path: &str, value: &str, expected: &str) -> ConfigError {
    ConfigError::BadValue { path: path.to_owned(), value: shorten(value), expected: expected.to_owned() }
}
