//! Changes to the HTML of the built page. A CSS selector says where, so that neither spaces and quotes nor the order of
//! attributes matter. Must not know what is changed.

use anyhow::{Context, Result, ensure};
use lol_html::html_content::Element;
use lol_html::{HandlerResult, LocalHandlerTypes, RewriteStrSettings, element, rewrite_str};
use std::cell::Cell;

/// The element of a page's Content Security Policy.
pub const POLICY: &str = "meta[http-equiv=Content-Security-Policy]";

/// What happens to the only element that a selector finds.
pub type Change<'a> = Box<dyn FnMut(&mut Element) -> HandlerResult + 'a>;

/// Makes all changes in one pass. All else stays as it is, byte for byte.
///
/// # Errors
/// When a selector finds no element or several, or when a change fails.
pub fn rewrite<const N: usize>(html: &str, changes: [(&str, Change); N]) -> Result<String> {
    let found = changes.each_ref().map(|(selector, _)| (selector.to_string(), Cell::new(0)));
    let mut settings = RewriteStrSettings::<LocalHandlerTypes>::new();
    for ((selector, mut change), (_, count)) in changes.into_iter().zip(&found) {
        settings = settings.append_element_content_handler(element!(selector, move |element| {
            count.set(count.get() + 1);
            change(element)
        }));
    }
    let html = rewrite_str(html, settings).context("the page cannot be changed")?;
    for (selector, count) in &found {
        ensure!(count.get() == 1, "the page has {} elements `{selector}`, expected one", count.get());
    }
    Ok(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_found_in_whatever_form_it_is_written() {
        for html in ["<META content=a name=b>", "<meta name='b'\n  content='a' />", "<meta name=\"b\" content=\"a\">"] {
            let change: Change = Box::new(|meta| Ok(meta.set_attribute("content", "c \"")?));
            let html = rewrite(html, [("meta[name=b]", change)]).expect("it is there once");
            assert!(html.contains("content=\"c &quot;\""), "the value cannot end its attribute: {html}");
        }
    }

    #[test]
    fn an_element_that_is_missing_or_repeated_is_named() {
        for html in ["<p>", "<meta name=b><meta name=b>", "<!-- <meta name=b> -->", "<script>'<meta name=b>'</script>"]
        {
            let error = rewrite(html, [("meta[name=b]", Box::new(|_| Ok(())))]).expect_err("not once");
            assert!(error.to_string().contains("meta[name=b]"), "the selector is in: {error}");
        }
    }

    #[test]
    fn a_change_that_fails_says_why() {
        let change: Change = Box::new(|_| Err("no room".into()));
        let error = rewrite("<p>", [("p", change)]).expect_err("the change fails");
        assert!(format!("{error:#}").contains("no room"), "{error:#}");
    }
}
