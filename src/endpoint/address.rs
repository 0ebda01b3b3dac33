//! Where one may ask: over https, on this machine, or below the page's own address; never with a name and a password in the address.

/// Longest address, bytes.
const LONGEST: usize = 2000;
/// Hosts that are this machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// What the address of chat completions ends in.
const PATH: &str = "/chat/completions";

/// An address that one may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// All of it; without a host where it is one of the page's own.
    pub url: String,
    /// Scheme, host and port; none where they are the page's own.
    pub origin: Option<String>,
}

/// Why an address is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing, or nothing that an address can be.
    Malformed,
    /// Not over https, and not on this machine.
    NotSecure,
    /// A name or a password stands in it.
    Credentials,
}

impl Address {
    /// Reads an address, with or without `/chat/completions` at its end; one that begins with a slash is below the page's own.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let is_plain = |byte: u8| byte > b' ' && byte != 127 && !b"\\#<>\"".contains(&byte);
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(is_plain) {
            return Err(AddressError::Malformed);
        }
        if text.starts_with('/') && !text.starts_with("//") {
            return Ok(Self { url: completed(text), origin: None });
        }
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Malformed)?;
        let scheme = scheme.to_ascii_lowercase();
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(AddressError::Credentials);
        }
        let authority = authority.to_ascii_lowercase();
        let host = host(&authority).ok_or(AddressError::Malformed)?;
        match scheme.as_str() {
            "https" => {}
            "http" if LOCAL.contains(&host) => {}
            _ => return Err(AddressError::NotSecure),
        }
        let origin = format!("{scheme}://{authority}");
        Ok(Self { url: completed(&format!("{origin}{path}")), origin: Some(origin) })
    }

    /// Whether a page of this content security policy may ask this address.
    #[must_use]
    pub fn is_allowed(&self, policy: &str, own_origin: &str) -> bool {
        let origin = self.origin.as_deref().unwrap_or(own_origin);
        let directive = |name| policy.split(';').find_map(|part| part.trim().strip_prefix(name));
        // Without a policy all is allowed.
        let Some(sources) = directive("connect-src ").or_else(|| directive("default-src ")) else { return true };
        sources.split(' ').any(|source| match source {
            "'self'" => origin == own_origin,
            "*" => true,
            "https:" => origin.starts_with("https:"),
            source => source == origin,
        })
    }
}

/// The host of `host` or `host:port`.
fn host(authority: &str) -> Option<&str> {
    let end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(end);
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok());
    (is_port && !host.is_empty()).then_some(host)
}

fn completed(address: &str) -> String {
    if address.contains(PATH) { address.to_owned() } else { address.trim_end_matches('/').to_owned() + PATH }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_chat_completions() {
        for (typed, url, origin) in [
            (
                "https://api.example.com/v1",
                "https://api.example.com/v1/chat/completions",
                Some("https://api.example.com"),
            ),
            (
                " HTTPS://API.example.com:8443/v1/ ",
                "https://api.example.com:8443/v1/chat/completions",
                Some("https://api.example.com:8443"),
            ),
            ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions", Some("http://localhost:11434")),
            ("http://[::1]:80", "http://[::1]:80/chat/completions", Some("http://[::1]:80")),
            (
                "http://127.0.0.1/x/chat/completions?v=1",
                "http://127.0.0.1/x/chat/completions?v=1",
                Some("http://127.0.0.1"),
            ),
            ("/v1", "/v1/chat/completions", None),
        ] {
            let found = Address::read(typed).unwrap_or_else(|why| panic!("{typed}: {why:?}"));
            assert_eq!((found.url.as_str(), found.origin.as_deref()), (url, origin));
        }
    }

    #[test]
    fn what_is_not_secure_or_has_credentials_is_refused() {
        for typed in [
            "",
            "api.example.com",
            "//evil.example/v1",
            "https://",
            "https://a b/",
            "http://localhost\\@evil/",
            "https://a:b/",
            "https://[::1",
        ] {
            assert_eq!(Address::read(typed), Err(AddressError::Malformed), "{typed}");
        }
        for typed in [
            "http://api.example.com",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil",
            "ftp://localhost",
            "javascript://localhost",
        ] {
            assert_eq!(Address::read(typed), Err(AddressError::NotSecure), "{typed}");
        }
        for typed in [
            "https://me:secret@api.example.com",
            "http://localhost@evil.example",
            "http://localhost:80@evil.example/v1",
        ] {
            assert_eq!(Address::read(typed), Err(AddressError::Credentials), "{typed}");
        }
    }

    #[test]
    fn a_policy_allows_what_it_names() {
        const OWN: &str = "http://127.0.0.1:8080";
        let strict = "default-src 'none'; connect-src 'self'; img-src *";
        let allowed = |typed: &str, policy: &str| Address::read(typed).expect("an address").is_allowed(policy, OWN);
        for (typed, is_allowed) in [
            ("/v1", true),
            ("http://127.0.0.1:8080/v1", true),
            ("https://a.example", false),
            ("http://127.0.0.1:81", false),
        ] {
            assert_eq!(allowed(typed, strict), is_allowed, "{typed}");
        }
        assert!(allowed("https://a.example/v1", "connect-src 'self' https://a.example"));
        assert!(!allowed("https://a.example.evil/v1", "connect-src 'self' https://a.example"));
        assert!(allowed("https://a.example/v1", "connect-src https:") && allowed("https://a.example/v1", ""));
        assert!(!allowed("/v1", "default-src 'none'"), "a page in one file may ask nobody");
    }
}
