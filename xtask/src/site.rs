//! A static file server for one folder on localhost, as plain as any file host: right MIME types, no special
//! headers, nothing outside the folder. The page tests use the same file; must not know what it serves.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use tiny_http::{Header, Method, Request, Response, Server};

/// A folder being served.
pub struct Site {
    server: Server,
    folder: PathBuf,
    /// Where it is served.
    pub address: SocketAddr,
}

impl Site {
    /// Takes the first free port from `port` on; port 0 takes any.
    ///
    /// # Errors
    /// When the folder is not there or no port is free.
    pub fn bind(folder: &Path, port: u16) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        let last = port.saturating_add(if port == 0 { 0 } else { 99 });
        let mut refused = io::Error::from(ErrorKind::AddrInUse);
        for port in port..=last {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    let address = listener.local_addr()?;
                    let server = Server::from_listener(listener, None).map_err(io::Error::other)?;
                    return Ok(Self { server, folder, address });
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Answers requests until the process ends.
    pub fn run(&self) {
        for request in self.server.incoming_requests() {
            self.answer(request);
        }
    }

    fn answer(&self, request: Request) {
        // A reader who goes away in the middle of a file is no error of ours.
        let _ = match (request.method(), resolve(&self.folder, request.url())) {
            (Method::Get | Method::Head, Some(path)) => match File::open(&path) {
                Ok(file) => request.respond(Response::from_file(file).with_header(content_type(&path))),
                Err(_) => request.respond(Response::from_string("cannot be read").with_status_code(500)),
            },
            (Method::Get | Method::Head, None) => {
                request.respond(Response::from_string("not found").with_status_code(404))
            }
            _ => request.respond(Response::from_string("only GET and HEAD").with_status_code(405)),
        };
    }
}

/// The file a URL names, or none when there is none inside the folder.
fn resolve(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = percent_decode(url.split(['?', '#']).next()?)?;
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

fn percent_decode(text: &str) -> Option<String> {
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
    // A NUL would make the operating system's own functions fail in odd ways.
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))
}

fn content_type(path: &Path) -> Header {
    let mime = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt" | "md" | "csv") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    Header::from_bytes("Content-Type", mime).expect("a plain ASCII name and value make a header")
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
        for outside in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/src/../../Cargo.toml", "//etc/passwd", "/%2Fetc/passwd"]
        {
            assert_eq!(found(outside), None, "{outside} leads out of the folder or nowhere");
        }
        for broken in ["/%", "/%2", "/%zz", "/%ff", "/a%00b", "/absent", "/src"] {
            assert_eq!(found(broken), None, "{broken} names no file");
        }
    }

    #[test]
    fn a_taken_port_gives_way_to_the_next() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let first = Site::bind(folder, 0).expect("some port is free");
        let port = first.address.port();
        if port < u16::MAX - 100 {
            let second = Site::bind(folder, port).expect("one of a hundred ports is free");
            assert!(second.address.port() > port, "the taken port is passed over");
        }
    }
}
