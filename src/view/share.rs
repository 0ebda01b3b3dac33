//! What is handed on: links, embed codes, file names. Knows how they are written, not where they go.

use crate::experiment::{Experiment, Figure, Link, Value, View};
use crate::number::significant;
use crate::run::Digest;

/// The link of what is shown; `digest` once the run is finished.
#[must_use]
pub fn link(experiment: &Experiment, view: &View, digest: Option<Digest>) -> String {
    let digest = digest.map(|digest| digest.0);
    Link { experiment: experiment.clone(), view: view.clone(), digest }.write()
}

/// What a teacher chooses for an embedded figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmbedChoice {
    /// Panels to show; empty for all.
    pub panels: Vec<String>,
    /// Settings a reader may change; none hides the settings altogether.
    pub settings: Vec<String>,
    /// Whether play and scrubber show.
    pub transport: bool,
    /// Whether it waits for a click.
    pub click: bool,
}

/// The panels and the settings that the choice of an embedded figure begins with.
#[must_use]
pub fn embed_start(experiment: &Experiment) -> [Vec<String>; 2] {
    let Figure { panels, setting } = experiment.lab.settings().figure();
    let owned = |name: &str| name.to_owned();
    [panels.iter().copied().map(owned).collect(), setting.into_iter().map(owned).collect()]
}

/// The view of an embedded figure.
#[must_use]
pub fn embed_view(view: &View, experiment: &Experiment, choice: &EmbedChoice) -> View {
    let mut hidden: Vec<String> = Vec::new();
    if choice.settings.is_empty() {
        hidden.push("settings".to_owned());
    } else {
        let kept = |path: &str| choice.settings.iter().any(|kept| kept == path);
        hidden.extend(experiment.settings().iter().map(|setting| setting.path.to_owned()).filter(|path| !kept(path)));
    }
    if !choice.transport {
        hidden.push("transport".to_owned());
    }
    let start = if choice.click { crate::experiment::link::Start::Click } else { Default::default() };
    View { panels: choice.panels.clone(), embed: true, start, hidden, step: None, ..view.clone() }
}

/// The code for a course page, a figure of the page at `base` opened at `fragment`: an iframe, which works everywhere,
/// or, `as_element`, the script beside the page and its element, which keeps its own height.
#[must_use]
pub fn embed_code(base: &str, fragment: &str, title: &str, as_element: bool) -> String {
    let (base, fragment, title) = (escape(base), escape(fragment), escape(title));
    if as_element {
        let folder = base.rfind('/').map_or("", |end| &base[..=end]);
        return format!(
            "<script src=\"{folder}embed.js\" defer></script>\n\
             <snapscope-figure title=\"{title}\" link=\"{fragment}\"></snapscope-figure>"
        );
    }
    format!(
        "<iframe src=\"{base}{fragment}\" title=\"{title}\" width=\"100%\" height=\"640\" style=\"border:0\" \
         sandbox=\"allow-scripts allow-popups allow-downloads\" loading=\"lazy\"></iframe>"
    )
}

/// The element of the self-contained page that holds its link, still empty. The build puts the bytes of this very file
/// into the page (`xtask/src/carried.rs`), so both sides agree.
const EMPTY_LINK: &str = include_str!("offline_link.html").trim_ascii();

/// The self-contained page `page`, to be opened at `link`. None unless the page has exactly one place for a link.
///
/// A text search, because the page has 7 MB: a parser in the browser (`DOMParser`) holds up the page's thread for more
/// than 50 ms (75 ms for 6 MB in Chromium).
#[must_use]
pub fn with_link(page: &str, link: &str) -> Option<String> {
    let (before, after) = page.split_once(EMPTY_LINK)?;
    if after.contains(EMPTY_LINK) {
        return None;
    }
    let element = EMPTY_LINK.replace("content=\"\"", &format!("content=\"{}\"", escape(link)));
    Some([before, &element, after].concat())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The settings that matter for reading a figure: those that differ from the defaults, and the seed.
#[must_use]
pub fn settings_line(experiment: &Experiment) -> String {
    let differs = |setting: &&crate::experiment::Setting| {
        setting.path == "seed" || (setting.path != "data.kind" && !setting.is_default(experiment))
    };
    let matters = |setting: &&crate::experiment::Setting| super::control::matters(setting.path, experiment);
    let part = |setting: &crate::experiment::Setting| {
        let value = match (setting.get)(experiment) {
            // A number that no line has room for.
            Value::Real(value) if value.to_string().len() > 12 => significant(value),
            value => value.to_string(),
        };
        format!("{} {value}", setting.path.rsplit('.').next().unwrap_or(setting.path))
    };
    experiment.settings().iter().filter(matters).filter(differs).map(part).collect::<Vec<_>>().join(", ")
}

/// Name of a file: `snapscope-scan-seed-2-step-40.svg`.
#[must_use]
pub fn file_name(what: &str, experiment: &Experiment, step: Option<u64>, ending: &str) -> String {
    let step = step.map_or_else(String::new, |step| format!("-step-{step}"));
    format!("snapscope-{what}-seed-{}{step}.{ending}", experiment.seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back_what_was_shared() {
        let view = View { class: 1, step: Some(7), ..View::default() };
        let text = link(&Experiment::default(), &view, Some(Digest(0xabc)));
        let (back, refused) = Link::parse(&text);
        assert_eq!(refused, []);
        assert_eq!((back.view, back.digest), (view, Some(0xabc)));
    }

    #[test]
    fn an_embedded_figure_shows_only_what_was_chosen() {
        let choice = EmbedChoice {
            panels: vec!["scan".into()],
            settings: vec!["training.eta_y".into()],
            transport: true,
            click: true,
        };
        let view = embed_view(&View::default(), &Experiment::default(), &choice);
        assert!(view.embed, "embed");
        assert!(view.hidden.iter().any(|path| path == "training.eta_z"), "not chosen, so hidden");
        assert!(!view.hidden.iter().any(|path| path == "training.eta_y" || path == "settings"), "chosen");
        let (back, refused) = Link::parse(&link(&Experiment::default(), &view, None));
        assert_eq!((back.view, refused), (view, vec![]));
    }

    #[test]
    fn an_embedded_figure_begins_with_panels_and_a_setting_that_there_are() {
        for preset in crate::experiment::preset::all() {
            let experiment = Link::parse(preset.link).0.experiment;
            let [chosen, settings] = embed_start(&experiment);
            let panels = experiment.panels();
            assert!(
                (1..=2).contains(&chosen.len()) && chosen.iter().all(|panel| panels.contains(&&**panel)),
                "{chosen:?}"
            );
            let matters = |path: &String| crate::view::control::matters(path, &experiment);
            assert!(settings.len() == 1 && settings.iter().all(matters), "{}: {settings:?}", preset.name);
        }
    }

    #[test]
    fn every_panel_of_tools_belongs_to_a_task() {
        let lab = crate::experiment::Lab::named("tool-use").expect("a lab");
        let mut experiment = Experiment { seed: 0, lab };
        let mut offered: Vec<&str> = Vec::new();
        for task in ["make-data", "score", "tune", "probe"] {
            experiment.set("task.kind", task).expect("a task");
            offered.extend(experiment.panels());
        }
        let known = experiment.lab.known().panels;
        assert!(known.iter().all(|panel| offered.contains(panel)) && offered.iter().all(|panel| known.contains(panel)));
    }

    #[test]
    fn an_embed_code_cannot_be_broken_out_of() {
        for as_element in [false, true] {
            let code = embed_code("https://example.org/", "#v=1&x=\"><script>", "a \"b\"", as_element);
            assert!(!code.contains("><script>") && code.contains("&amp;x=&quot;"), "{code}");
        }
    }

    #[test]
    fn an_embedded_element_brings_the_script_beside_the_page() {
        let code = embed_code("https://example.org/a/index.html", "#v=1", "Scan", true);
        assert!(code.starts_with("<script src=\"https://example.org/a/embed.js\" defer>"), "{code}");
    }

    #[test]
    fn a_page_takes_its_link_along() {
        let page = format!("<head>{EMPTY_LINK}<script>content=\"\"</script>");
        let with = with_link(&page, "#v=1&x=\"y<").expect("the page has a place");
        let meta = "<meta name=\"snapscope-link\" content=\"#v=1&amp;x=&quot;y&lt;\">";
        assert_eq!(with, format!("<head>{meta}<script>content=\"\"</script>"), "the link, and all else as it was");
    }

    #[test]
    fn a_page_without_just_one_place_takes_no_link() {
        for page in [String::from("<p>"), EMPTY_LINK.repeat(2), EMPTY_LINK.replace("\"\"", "\"#v=1\"")] {
            assert_eq!(with_link(&page, "#"), None, "{page}");
        }
    }

    #[test]
    fn a_figure_names_its_seed_and_changed_settings() {
        let mut experiment = Experiment::default();
        assert_eq!(settings_line(&experiment), "seed 0");
        experiment.set("training.eta_y", "10").expect("allowed");
        assert_eq!(settings_line(&experiment), "seed 0, eta_y 10");
        experiment.set("training.eta_y", "1e-300").expect("allowed");
        assert_eq!(settings_line(&experiment), "seed 0, eta_y 1e-300");
        experiment.set("training.eta_y", "10").expect("allowed");
        assert_eq!(file_name("scan", &experiment, Some(4), "svg"), "snapscope-scan-seed-0-step-4.svg");
    }
}
