//! A static file server for one folder on localhost, as plain as any file host: right MIME types, no special
//! headers, nothing outside the folder. The page tests use the same file; must not know what it serves.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use tiny_http::{Header, Method, Request, Response};

/// A folder being served.
pub struct Server {
    http: tiny_http::Server,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// Takes the first free port from `port` on, of a hundred; port 0 takes any.
    ///
    /// # Errors
    /// When the folder is not there or no port is free.
    pub fn bind(folder: &Path, port: u16) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        let last = if port == 0 { 0 } else { port.saturating_add(99) };
        let mut refused = io::Error::from(ErrorKind::AddrInUse);
        for port in port..=last {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    let port = listener.local_addr()?.port();
                    let http = tiny_http::Server::from_listener(listener, None).map_err(io::Error::other)?;
                    return Ok(Self { http, folder, port });
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// The address of the folder's page.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Answers requests until the process ends, a few at a time so that one slow reader holds up nobody.
    pub fn run(&self) {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| self.http.incoming_requests().for_each(|request| self.answer(request)));
            }
        });
    }

    fn answer(&self, request: Request) {
        let say = |status, text| Response::from_string(text).with_status_code(status);
        let file = resolve(&self.folder, request.url()).and_then(|path| Some((File::open(&path).ok()?, path)));
        // A browser that goes away in the middle is no failure.
        let _ = match (request.method(), file) {
            (Method::Get | Method::Head, Some((file, path))) => {
                // Without it a rebuilt page could meet a cached worker of the build before.
                let fresh = header("Cache-Control", "no-cache");
                let answer = Response::from_file(file).with_header(header("Content-Type", content_type(&path)));
                request.respond(answer.with_header(fresh))
            }
            (Method::Get | Method::Head, None) => request.respond(say(404, "not found")),
            _ => request.respond(say(405, "only GET and HEAD")),
        };
    }
}

/// The file a URL names, or none when there is none inside the folder.
fn resolve(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = percent_decoded(url.split(['?', '#']).next()?)?;
    let relative = Path::new(path.trim_start_matches('/'));
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let mut file = folder.join(relative);
    if file.is_dir() {
        file.push("index.html");
    }
    // A link inside the folder must not lead out of it either.
    let file = file.canonicalize().ok()?;
    (file.starts_with(folder) && file.is_file()).then_some(file)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("plain ASCII names and values make headers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_files_inside_the_folder_only() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().expect("the package is there");
        let found = |url| resolve(&folder, url);
        let manifest = folder.join("Cargo.toml");
        assert_eq!(found("/Cargo.toml?x=1#y"), Some(manifest.clone()), "query and fragment do not count");
        assert_eq!(found("/Cargo%2Etoml"), Some(manifest), "escapes are read");
        for outside in
            ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/tests/../../Cargo.toml", "//etc/passwd", "/%2Fetc/passwd"]
        {
            assert_eq!(found(outside), None, "{outside} leads out of the folder or nowhere");
        }
        for broken in ["/%", "/%2", "/%zz", "/%ff", "/a%00b", "/absent", "/.."] {
            assert_eq!(found(broken), None, "{broken} names no file");
        }
    }

    #[test]
    fn a_taken_port_gives_way_to_the_next() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let first = Server::bind(folder, 0).expect("some port is free");
        if first.port < u16::MAX - 100 {
            let second = Server::bind(folder, first.port).expect("one of a hundred ports is free");
            assert!(second.port > first.port, "the taken port is passed over");
        }
    }
}
