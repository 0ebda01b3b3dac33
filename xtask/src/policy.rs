//! The Content Security Policy of a page as a value: directives, each with the sources it allows. Must not know the page
//! that has it.

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// The directives in use. A policy with any other one is an error, so that a misspelled directive shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    DefaultSrc,
    ScriptSrc,
    WorkerSrc,
    StyleSrc,
    ConnectSrc,
    ImgSrc,
    BaseUri,
    FormAction,
}

/// Every directive with its name.
const DIRECTIVES: [(Directive, &str); 8] = [
    (Directive::DefaultSrc, "default-src"),
    (Directive::ScriptSrc, "script-src"),
    (Directive::WorkerSrc, "worker-src"),
    (Directive::StyleSrc, "style-src"),
    (Directive::ConnectSrc, "connect-src"),
    (Directive::ImgSrc, "img-src"),
    (Directive::BaseUri, "base-uri"),
    (Directive::FormAction, "form-action"),
];

/// Something a directive allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing at all; stands alone.
    None,
    /// The page's own origin.
    Own,
    /// The compilation of WebAssembly.
    WasmUnsafeEval,
    /// `blob:` addresses.
    Blob,
    /// `data:` addresses.
    Data,
    /// The inline script or style with this SHA-256 digest.
    Sha256([u8; 32]),
    /// Another origin.
    Origin(Origin),
}

/// Every source that is a keyword or a scheme, as a policy writes it.
const WORDS: [(Source, &str); 5] = [
    (Source::None, "'none'"),
    (Source::Own, "'self'"),
    (Source::WasmUnsafeEval, "'wasm-unsafe-eval'"),
    (Source::Blob, "blob:"),
    (Source::Data, "data:"),
];

impl Source {
    /// The source that allows one inline script or style, by its text.
    pub fn digest(text: &str) -> Self {
        Self::Sha256(Sha256::digest(text).into())
    }
}

/// Scheme, host and port of a server. Holds only characters that cannot end a source or a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = || format!("{text} is not allowed, expected an origin such as https://api.example.com");
        let url = Url::parse(text).with_context(refused)?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        let origin = url.origin().ascii_serialization();
        // A host may hold `;` and `,` by the URL standard; a policy would take them as its own.
        let is_plain = url.host_str().is_some_and(|host| host.chars().all(is_plain));
        ensure!(["http", "https"].contains(&url.scheme()) && is_bare && is_anonymous && is_plain, refused());
        Ok(Self(origin))
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-.:[]".contains(c)
}

/// A policy: its directives in the order in which they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy(Vec<(Directive, Vec<Source>)>);

impl Policy {
    /// The policy of these directives.
    pub fn new<const N: usize>(directives: [(Directive, Vec<Source>); N]) -> Self {
        Self(directives.into())
    }

    /// Allows one more source by a directive that allows some already.
    ///
    /// # Errors
    /// When the policy does not have the directive, or when the directive allows nothing.
    pub fn allow(&mut self, directive: Directive, source: Source) -> Result<()> {
        let sources = self.0.iter_mut().find(|(known, _)| *known == directive).map(|(_, sources)| sources);
        let sources = sources.with_context(|| format!("the policy has no {directive}"))?;
        ensure!(!sources.contains(&Source::None), "the policy's {directive} is 'none'");
        sources.push(source);
        Ok(())
    }
}

impl FromStr for Policy {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut directives: Vec<(Directive, Vec<Source>)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let mut words = part.split_whitespace();
            let directive: Directive = words.next().unwrap_or_default().parse()?;
            // Browsers ignore all but the first.
            ensure!(directives.iter().all(|(known, _)| *known != directive), "the policy has {directive} twice");
            directives.push((directive, words.map(str::parse).collect::<Result<_>>()?));
        }
        Ok(Self(directives))
    }
}

impl FromStr for Directive {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match DIRECTIVES.iter().find(|(_, name)| *name == text) {
            Some((directive, _)) => Ok(*directive),
            None => bail!("`{text}` is no known directive of a policy"),
        }
    }
}

impl FromStr for Source {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match WORDS.iter().find(|(_, word)| *word == text) {
            Some((source, _)) => Ok(source.clone()),
            None => Ok(Self::Origin(text.parse().with_context(|| format!("`{text}` is no known source of a policy"))?)),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (directive, sources)) in self.0.iter().enumerate() {
            write!(f, "{}{directive}", if index == 0 { "" } else { "; " })?;
            for source in sources {
                write!(f, " {source}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = DIRECTIVES.iter().find(|(known, _)| known == self).expect("the table has every directive");
        f.write_str(name)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(digest) => write!(f, "'sha256-{}'", STANDARD.encode(digest)),
            Self::Origin(Origin(origin)) => f.write_str(origin),
            Self::None | Self::Own | Self::WasmUnsafeEval | Self::Blob | Self::Data => {
                let (_, word) = WORDS.iter().find(|(known, _)| known == self).expect("the table has every keyword");
                f.write_str(word)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_written_as_it_was_read() {
        let text = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; style-src 'self'; \
                    connect-src 'self' https://api.example.com; img-src 'self' data: blob:; base-uri 'none'; \
                    form-action 'none'";
        let policy: Policy = text.parse().expect("a policy");
        assert_eq!(policy.to_string(), text, "all directives and keywords are in it");
        assert_eq!(policy.0.len(), DIRECTIVES.len(), "one value for each directive");
    }

    #[test]
    fn what_is_misspelled_or_repeated_is_refused() {
        for (text, named) in [
            ("scripts-src 'self'", "scripts-src"),
            ("script-src self", "self"),
            ("script-src 'unsafe-inline'", "'unsafe-inline'"),
            ("script-src *", "*"),
            ("img-src data:; img-src blob:", "img-src twice"),
        ] {
            let error = text.parse::<Policy>().expect_err("not a policy of ours");
            assert!(format!("{error:#}").contains(named), "{text}: {error:#}");
        }
    }

    #[test]
    fn a_source_is_added_only_where_some_are_allowed() {
        let mut policy =
            Policy::new([(Directive::DefaultSrc, vec![Source::None]), (Directive::ConnectSrc, vec![Source::Own])]);
        policy.allow(Directive::ConnectSrc, Source::Blob).expect("there are some");
        assert_eq!(policy.to_string(), "default-src 'none'; connect-src 'self' blob:", "at the end of its directive");
        policy.allow(Directive::DefaultSrc, Source::Own).expect_err("'none' stands alone");
        policy.allow(Directive::ImgSrc, Source::Own).expect_err("default-src would no longer hold for images");
    }

    #[test]
    fn an_inline_part_is_allowed_by_its_digest() {
        // From the specification of Content Security Policy, section "Usage of hashes".
        let source = Source::digest("doSomething();");
        assert_eq!(source.to_string(), "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, written) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://API.example.com/", "https://api.example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ] {
            assert_eq!(text.parse::<Origin>().expect("an origin").0, written, "the form that browsers compare");
        }
        for text in [
            "",
            "api.example.com",
            "https://",
            "https://a/v1",
            "https://a?b",
            "https://a#b",
            "https://me@a",
            "https://a; script-src *",
            "https://a;script-src",
            "https://a,b",
            "https://*.a",
            "https://a\">",
            "https://a'",
            "https://a b",
            "ws://a",
            "data:text/plain,a",
            "file:///a",
        ] {
            let error = text.parse::<Origin>().expect_err("no origin").to_string();
            assert!(error.contains(text) && error.contains("https://api.example.com"), "{error}");
        }
    }
}
