//! The two forms of the page that carry all parts as text: `fallback.js`, and once a student is asked for `student.js`, for origins
//! that may not fetch, and `snapscope-offline.html`, one file that works from a disk. Made from the built page; must not build anything.

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The self-contained page, beside the page.
pub const OFFLINE: &str = "snapscope-offline.html";

/// Where a saved copy of the page has its link.
const LINK: &str = "<meta name=\"snapscope-link\" content=\"\">";

/// The student's parts, in `student/`.
const STUDENT: [&str; 2] = ["base", "adapters"];

/// Writes all of them.
///
/// # Errors
/// When a part is missing, or `index.html` is not of the expected form.
pub fn write(dist: &Path) -> Result<()> {
    let bytes = |name: &str| fs::read(dist.join(name)).with_context(|| format!("cannot read dist/{name}"));
    let text = |name: &str| String::from_utf8(bytes(name)?).with_context(|| format!("dist/{name} is no text"));
    // One worker for all: that of all labs also has the runs of the small one.
    let (wasm, js) = (STANDARD.encode(bytes("worker_all_bg.wasm")?), quoted(&text("worker_all.js")?)?);
    let parts = format!(
        "self.snapscopeInline = {{ app: \"{}\", worker: {{ wasm: \"{wasm}\", js: {js} }}, text: {{ {} }} }};\n",
        STANDARD.encode(bytes("app_bg.wasm")?),
        words(&dist.join("text"))?,
    );
    fs::write(dist.join("fallback.js"), &parts)?;
    let field = |name| Ok(format!("{name}: \"{}\"", STANDARD.encode(bytes(&format!("student/{name}.safetensors"))?)));
    let fields = STUDENT.into_iter().map(field).collect::<Result<Vec<_>>>()?;
    let student = format!("self.snapscopeStudentInline = {{ {} }};\n", fields.join(", "));
    fs::write(dist.join("student.js"), &student)?;
    let scripts = [&*parts, &student, &text("app.js")?, &text("boot.js")?];
    let page = page(&text("index.html")?, &text("style.css")?, scripts)?;
    fs::write(dist.join(OFFLINE), page)?;
    Ok(())
}

/// Every language's words as fields of a JavaScript object, in the order of their names.
fn words(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    let field = |file: &PathBuf| {
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let json = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(format!("{}: {}", quoted(name)?, quoted(&json)?))
    };
    Ok(files.iter().map(field).collect::<Result<Vec<_>>>()?.join(", "))
}

/// The page with style and scripts inside, allowed by their digests and by nothing else.
fn page(html: &str, style: &str, scripts: [&str; 4]) -> Result<String> {
    // Parsers read both line ends as one, digests do not.
    let style = style.replace('\r', "");
    let scripts = scripts.map(|script| script.replace('\r', ""));
    for (text, end) in scripts.iter().map(|script| (script, "</script")).chain([(&style, "</style")]) {
        let holds = |mark: &str| text.to_ascii_lowercase().contains(mark);
        ensure!(!holds(end) && !holds("<!--"), "a part holds `{end}` or `<!--` and cannot stand inside a page");
    }
    let digests: Vec<String> = scripts.iter().map(|script| digest(script)).collect();
    let policy = format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; worker-src blob:; style-src {}; img-src data: blob:; \
         base-uri 'none'; form-action 'none'",
        digests.join(" "),
        digest(&style)
    );
    let html = replace_tag(
        html,
        "Content-Security-Policy",
        &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n    {LINK}"),
    )?;
    let html = replace_tag(&html, "stylesheet", &format!("<style>{style}</style>"))?;
    let html = replace_tag(&html, "boot.js", "")?.replacen("</script>", "", 1);
    let scripts: String = scripts.iter().map(|script| format!("<script>{script}</script>\n")).collect();
    replace_tag(&html, "/body", &format!("{scripts}</body>"))
}

/// Puts `text` in the place of the only tag that holds `mark`.
fn replace_tag(html: &str, mark: &str, text: &str) -> Result<String> {
    let (before, rest) = html.split_once(mark).with_context(|| format!("index.html has no `{mark}`"))?;
    ensure!(!rest.contains(mark), "index.html has `{mark}` more than once");
    let (before, _) = before.rsplit_once('<').with_context(|| format!("`{mark}` is in no tag"))?;
    let (_, after) = rest.split_once('>').with_context(|| format!("the tag of `{mark}` does not end"))?;
    Ok([before, text, after].concat())
}

fn digest(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// A JavaScript string that can stand in a script inside a page.
fn quoted(text: &str) -> Result<String> {
    Ok(serde_json::to_string(text)?
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = "<head><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'\">\
        <link rel=\"stylesheet\" href=\"./style.css\"><script src=\"boot.js\" defer></script></head><body></body>";

    #[test]
    fn the_page_holds_its_parts_and_allows_just_them() {
        let page = page(HTML, "p{}\r\n", ["a=1", "b=2", "c=3", "d=4"]).expect("the form is right");
        assert!(page.contains("<style>p{}\n</style>"), "the style is inside: {page}");
        assert!(
            page.contains(
                "<script>a=1</script>\n<script>b=2</script>\n<script>c=3</script>\n<script>d=4</script>\n</body>"
            ),
            "in order"
        );
        assert!(page.contains(LINK), "there is a place for the link");
        for text in ["a=1", "b=2", "c=3", "d=4", "p{}\n"] {
            assert!(page.contains(&digest(text)), "{text} is allowed by its digest");
        }
        assert!(!page.contains("'self'") && !page.contains("href="), "nothing is left to be loaded");
    }

    #[test]
    fn a_part_that_would_end_its_own_element_is_refused() {
        page(HTML, "", ["x='</Script>'", "", "", ""]).expect_err("the script would end early");
        page(HTML, "", ["x='<!--'", "", "", ""]).expect_err("the script would never end");
        page("<head></head>", "", [""; 4]).expect_err("there is nothing to replace");
    }

    #[test]
    fn quoted_text_cannot_end_a_script() {
        assert_eq!(quoted("a\"</script>\n").expect("text is JSON"), "\"a\\\"\\u003c/script>\\n\"", "quotes and angles");
    }

    #[test]
    fn every_language_is_carried() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/text");
        let fields = words(&folder).expect("the catalogues are there");
        assert!(fields.starts_with("\"de\": \"{") && fields.contains(", \"en\": \"{"), "in order: {}", &fields[..40]);
        assert!(!fields.contains('<') && !fields.contains('\n'), "they can stand in a script");
    }
}
