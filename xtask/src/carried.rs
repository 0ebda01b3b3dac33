//! The forms of the page that carry its parts as text, made from the built page. `fallback.js` and `student.js` serve
//! origins that may not fetch; `snapscope-offline.html` is one file that works from a disk. Must not build anything.

use crate::html::{self, Change};
use crate::policy::{Directive, Policy, Source};
use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use lol_html::html_content::ContentType;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The self-contained page, beside the page.
const OFFLINE: &str = "snapscope-offline.html";

/// The element that holds the link of a saved copy, here still empty. `view::share::with_link` looks for these bytes.
const LINK: &str = include_str!("../../src/view/offline_link.html").trim_ascii();

/// What `fallback.js` carries. boot.js reads it as `Snapscope.carried` of `xtask/js/page.d.ts`.
#[derive(Serialize)]
struct Carried {
    /// The page's module as base64.
    app: String,
    worker: CarriedWorker,
    /// The catalogue of each language as JSON, by the language's code.
    text: BTreeMap<String, String>,
}

/// The worker of all labs: it also has the runs of the small one, so one is enough.
#[derive(Serialize)]
struct CarriedWorker {
    /// Its module as base64.
    wasm: String,
    /// Its script.
    js: String,
}

/// What `student.js` carries, as base64. boot.js reads it as `Snapscope.carriedStudent` of `xtask/js/page.d.ts`.
#[derive(Serialize)]
struct CarriedStudent {
    base: String,
    adapters: String,
}

/// Writes all of them.
///
/// # Errors
/// When a part is missing, or `index.html` is not of the expected form.
pub fn write(dist: &Path) -> Result<()> {
    let bytes = |name: &str| fs::read(dist.join(name)).with_context(|| format!("cannot read dist/{name}"));
    let text = |name: &str| String::from_utf8(bytes(name)?).with_context(|| format!("dist/{name} is no text"));
    let base64 = |name: &str| bytes(name).map(|bytes| STANDARD.encode(bytes));
    let carried = Carried {
        app: base64("app_bg.wasm")?,
        worker: CarriedWorker { wasm: base64("worker_all_bg.wasm")?, js: text("worker_all.js")? },
        text: catalogues(&dist.join("text"))?,
    };
    let student =
        CarriedStudent { base: base64("student/base.safetensors")?, adapters: base64("student/adapters.safetensors")? };
    let (fallback, student) = (assignment("carried", &carried)?, assignment("carriedStudent", &student)?);
    fs::write(dist.join("fallback.js"), &fallback)?;
    fs::write(dist.join("student.js"), &student)?;
    // In the order in which they run: boot.js uses what the others define.
    let scripts = [&*fallback, &student, &text("app.js")?, &text("boot.js")?];
    fs::write(dist.join(OFFLINE), page(&text("index.html")?, &text("style.css")?, scripts)?)?;
    Ok(())
}

/// The catalogue of every language, by the name of its file.
fn catalogues(folder: &Path) -> Result<BTreeMap<String, String>> {
    let catalogue = |file: &Path| {
        let language = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let json = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok((language, json))
    };
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| catalogue(&entry?.path())).collect()
}

/// A script that sets a field of the page's object, `self.snapscope`. It can stand inside a page: no string in it can end
/// the element of the script.
fn assignment(field: &str, value: &impl Serialize) -> Result<String> {
    // JSON has `<` in strings only, and there it may be written as an escape.
    let json = serde_json::to_string(value)?.replace('<', "\\u003c");
    Ok(format!("(self.snapscope ??= {{}}).{field} = {json};\n"))
}

/// The page with its style and scripts inside, each allowed by its digest and by nothing else.
fn page(html: &str, style: &str, scripts: [&str; 4]) -> Result<String> {
    // An HTML parser replaces carriage returns, and browsers take the digest of what it read. Without any, that is
    // this text.
    let style = style.replace('\r', "");
    let scripts = scripts.map(|script| script.replace('\r', ""));
    for (text, end) in scripts.iter().map(|script| (script, "</script")).chain([(&style, "</style")]) {
        let holds = |mark: &str| text.to_ascii_lowercase().contains(mark);
        ensure!(!holds(end) && !holds("<!--"), "a part holds `{end}` or `<!--` and cannot stand inside a page");
    }
    let policy = offline_policy(&style, &scripts);
    let set_policy: Change = Box::new(|meta| {
        meta.set_attribute("content", &policy.to_string())?;
        meta.after(LINK, ContentType::Html);
        Ok(())
    });
    let put_style: Change = Box::new(|link| {
        link.replace(&format!("<style>{style}</style>"), ContentType::Html);
        Ok(())
    });
    let remove: Change = Box::new(|script| {
        script.remove();
        Ok(())
    });
    let inline: String = scripts.iter().map(|script| format!("<script>{script}</script>\n")).collect();
    let put_scripts: Change = Box::new(|body| {
        body.append(&inline, ContentType::Html);
        Ok(())
    });
    let page = html::rewrite(
        html,
        [
            (html::POLICY, set_policy),
            ("link[rel=stylesheet]", put_style),
            ("script[src$=\"boot.js\"]", remove),
            ("body", put_scripts),
        ],
    )?;
    ensure!(page.matches(LINK).count() == 1, "the page holds `{LINK}` not just once");
    // What is appended to an element whose end tag is left out gets lost.
    ensure!(page.contains(&inline), "the page has no </body>, so its scripts have no place");
    Ok(page)
}

/// The policy of the self-contained page: it loads nothing and asks nobody.
fn offline_policy(style: &str, scripts: &[String]) -> Policy {
    let digests = scripts.iter().map(|script| Source::digest(script));
    Policy::new([
        (Directive::DefaultSrc, vec![Source::None]),
        (Directive::ScriptSrc, digests.chain([Source::WasmUnsafeEval]).collect()),
        (Directive::WorkerSrc, vec![Source::Blob]),
        (Directive::StyleSrc, vec![Source::digest(style)]),
        (Directive::ImgSrc, vec![Source::Data, Source::Blob]),
        (Directive::BaseUri, vec![Source::None]),
        (Directive::FormAction, vec![Source::None]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const HTML: &str = "<head><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'\">\
        <link rel=\"stylesheet\" href=\"./style.css\"><script src=\"boot.js\" defer></script></head><body></body>";

    #[test]
    fn the_page_holds_its_parts_and_allows_just_them() {
        let page = page(HTML, "p{}\r\n", ["a=1\r\n", "b=2", "c=3", "d=4"]).expect("the form is right");
        assert!(page.contains("<style>p{}\n</style>"), "the style is inside: {page}");
        assert!(
            page.contains(
                "<script>a=1\n</script>\n<script>b=2</script>\n<script>c=3</script>\n<script>d=4</script>\n</body>"
            ),
            "in order: {page}"
        );
        assert!(page.contains(&format!("\">{LINK}<style>")), "the link has its place behind the policy: {page}");
        for text in ["a=1\n", "b=2", "c=3", "d=4", "p{}\n"] {
            assert!(page.contains(&Source::digest(text).to_string()), "{text} is allowed by its digest");
        }
        for left in ["'self'", "unsafe-inline", "href=", "src="] {
            assert!(!page.contains(left), "{left}: nothing is left to be loaded, nothing else is allowed: {page}");
        }
    }

    #[test]
    fn the_projects_page_is_of_the_expected_form() {
        // Trunk puts a link to the style sheet in the place of its own.
        let html = include_str!("../../index.html").replace("data-trunk rel=\"css\"", "rel=stylesheet");
        let page = page(&html, "p{}", ["a=1", "b=2", "c=3", "d=4"]).expect("every part has its place");
        assert!(page.contains("<script>d=4</script>\n</body>"), "scripts stand at the end of the body: {page}");
        assert!(page.find("charset") < page.find(LINK), "the encoding is known before the link is read");
        assert!(!page.contains("boot.js") && !page.contains("'self'"), "nothing is left to be loaded: {page}");
    }

    #[test]
    fn a_part_that_would_end_its_own_element_is_refused() {
        page(HTML, "", ["x='</Script>'", "", "", ""]).expect_err("the script would end early");
        page(HTML, "", ["x='<!--'", "", "", ""]).expect_err("the script would never end");
        page(HTML, "</style >", [""; 4]).expect_err("the style would end early");
        page("<head></head>", "", [""; 4]).expect_err("there is nothing to replace");
    }

    #[test]
    fn a_page_with_no_room_for_its_scripts_is_refused() {
        for html in [HTML.replace("<body></body>", ""), HTML.replace("</body>", "")] {
            page(&html, "", ["a=1", "b=2", "c=3", "d=4"]).expect_err("the scripts would be lost");
        }
    }

    #[test]
    fn carried_text_cannot_end_a_script() {
        let script = assignment("carried", &["a\"</script>\n<!--"]).expect("text is JSON");
        assert_eq!(script, "(self.snapscope ??= {}).carried = [\"a\\\"\\u003c/script>\\n\\u003c!--\"];\n");
    }

    #[test]
    fn every_language_is_carried() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/text");
        let text = catalogues(&folder).expect("the catalogues are there");
        assert_eq!(text.keys().collect::<Vec<_>>(), ["de", "en"], "by their codes");
        for (language, json) in text {
            let words: Value = serde_json::from_str(&json).expect("a catalogue is JSON");
            assert!(words.as_object().is_some_and(|words| !words.is_empty()), "{language} has its words");
        }
    }
}
