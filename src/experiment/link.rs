//! The link: a fragment people can read, holding only what differs from the defaults. Reading never fails: the valid
//! part opens, and each refused part is said. Writing is byte-stable.

use super::setting::{SETTINGS, Setting, shorten};
use super::{ConfigError, Experiment, Lab, VERSION};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// Longest link that is read, bytes.
pub const MAX_BYTES: usize = 64 << 10;

/// What stays as it is in a link's values.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b',');

/// Panels of the Scan & Snap lab, as `view.panels` names them.
pub const PANELS: &[&str] =
    &["scan", "bars", "logits", "gains", "phase", "loss", "heatmaps", "sequence", "sweep", "notes"];

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
    /// Class looked at, counted from 0.
    pub class: u32,
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
    /// Steps per second; none for the usual pace.
    pub pace: Option<f64>,
}

/// One `view.*` field: how it is written (`None` at its default) and read.
struct Field {
    path: &'static str,
    expected: &'static str,
    write: fn(&View) -> Option<String>,
    read: fn(&mut View, &str) -> Option<()>,
}

static FIELDS: &[Field] = &[
    Field {
        path: "view.panels",
        expected: "a list of scan, bars, logits, gains, phase, loss, heatmaps, sequence, sweep, notes",
        write: |view| list(&view.panels),
        read: |view, text| Some(view.panels = names(text, |name| PANELS.contains(&name))?),
    },
    Field {
        path: "view.step",
        expected: "a whole number from 0 to 1000000",
        write: |view| view.step.map(|step| step.to_string()),
        read: |view, text| Some(view.step = Some(whole(text, 1_000_000)?)),
    },
    Field {
        path: "view.class",
        expected: "a whole number from 0 to 499",
        write: |view| (view.class > 0).then(|| view.class.to_string()),
        read: |view, text| Some(view.class = whole(text, 499)? as u32),
    },
    Field {
        path: "view.compare",
        expected: "another link",
        write: |view| view.compare.clone(),
        read: |view, text| {
            // A link within a link within a link would compare nothing.
            let fragment = text.strip_prefix('#').unwrap_or(text);
            (fragment.starts_with("v=") && !fragment.contains("view.compare")).then_some(())?;
            Some(view.compare = Some(fragment.to_owned()))
        },
    },
    Field {
        path: "view.embed",
        expected: "0 or 1",
        write: |view| view.embed.then(|| "1".to_owned()),
        read: |view, text| Some(view.embed = whole(text, 1)? == 1),
    },
    Field {
        path: "view.start",
        expected: "one of seen, click",
        write: |view| (view.start == Start::Click).then(|| "click".to_owned()),
        read: |view, text| {
            view.start = match text {
                "seen" => Start::Seen,
                "click" => Start::Click,
                _ => return None,
            };
            Some(())
        },
    },
    Field {
        path: "view.locked",
        expected: "a list of settings, or of settings, transport, notes",
        write: |view| list(&view.locked),
        read: |view, text| Some(view.locked = names(text, is_control)?),
    },
    Field {
        path: "view.hidden",
        expected: "a list of settings, or of settings, transport, notes",
        write: |view| list(&view.hidden),
        read: |view, text| Some(view.hidden = names(text, is_control)?),
    },
    Field {
        path: "view.pace",
        expected: "a whole number of steps per second from 1 to 1000000",
        write: |view| view.pace.map(|pace| pace.to_string()),
        read: |view, text| Some(view.pace = Some(whole(text, 1_000_000).filter(|&pace| pace > 0)? as f64)),
    },
];

fn list(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(","))
}

fn names(text: &str, known: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let names: Vec<String> = text.split(',').map(str::to_owned).collect();
    names.iter().enumerate().all(|(i, name)| known(name) && !names[..i].contains(name)).then_some(names)
}

fn is_control(name: &str) -> bool {
    CONTROLS.contains(&name) || Setting::find(name).is_some()
}

fn whole(text: &str, max: u64) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?.filter(|&value| value <= max)
}

impl Link {
    /// Reads a link, a fragment with or without its `#`, or a whole address. The valid part is returned with what was
    /// refused of the rest; of a field given twice the first counts.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<ConfigError>) {
        let mut link = Self::default();
        let mut refused = Vec::new();
        let fragment = text.split_once('#').map_or(text, |(_, fragment)| fragment).trim();
        if fragment.len() > MAX_BYTES {
            let what = format!("the link is {} bytes long, at most {MAX_BYTES} are read", fragment.len());
            return (link, vec![ConfigError::Unreadable { what }]);
        }
        let mut seen: Vec<Cow<'_, str>> = Vec::new();
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            let (path, value) = part.split_once('=').unwrap_or((part, ""));
            let decoded = percent_decode_str(path).decode_utf8().ok().zip(percent_decode_str(value).decode_utf8().ok());
            let Some((path, value)) = decoded else {
                refused.push(ConfigError::Unreadable { what: format!("{}: not UTF-8 text", shorten(part)) });
                continue;
            };
            if seen.contains(&path) {
                refused.push(ConfigError::Repeated { path: shorten(&path) });
                continue;
            }
            if let Err(error) = link.take(&path, &value) {
                refused.push(error);
            }
            seen.push(path);
        }
        if !fragment.is_empty() && !seen.iter().any(|path| path == "v") {
            refused.insert(0, bad("v", "", "1, the version of the link"));
        }
        (link, refused)
    }

    fn take(&mut self, path: &str, value: &str) -> Result<(), ConfigError> {
        match path {
            "v" if value == VERSION.to_string() => Ok(()),
            "v" => Err(bad(path, value, "1, the version of the link")),
            "lab" if value == self.experiment.lab.name() => Ok(()),
            "lab" => Err(bad(path, value, "one of scan-snap")),
            "digest" => {
                let hexadecimal = value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
                let digest = hexadecimal.then(|| u64::from_str_radix(value, 16).ok()).flatten();
                self.digest = Some(digest.ok_or_else(|| bad(path, value, "16 hexadecimal digits"))?);
                Ok(())
            }
            _ => match FIELDS.iter().find(|field| field.path == path) {
                Some(field) => (field.read)(&mut self.view, value).ok_or_else(|| bad(path, value, field.expected)),
                None => self.experiment.set(path, value),
            },
        }
    }

    /// Writes the link as a fragment: version, lab, seed, the settings that differ from their defaults in the table's
    /// order, what is shown, digest.
    #[must_use]
    pub fn write(&self) -> String {
        let Lab::ScanSnap(_) = self.experiment.lab;
        let mut text = format!("#v={VERSION}&lab={}", self.experiment.lab.name());
        let mut push = |path: &str, value: &str| {
            text.push('&');
            text.push_str(path);
            text.push('=');
            text.extend(utf8_percent_encode(value, ESCAPED));
        };
        for setting in SETTINGS {
            if setting.path == "seed" || !setting.is_default(&self.experiment) {
                push(setting.path, &(setting.get)(&self.experiment).to_string());
            }
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
