//! A static file server for one folder on localhost, as plain as any file host: right MIME types, no special
//! headers, nothing outside the folder. The page tests use the same file; must not know what it serves.

use axum::Router;
use axum::http::{HeaderValue, header::CACHE_CONTROL};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// A folder being served.
pub struct Server {
    listener: TcpListener,
    pages: Router,
    port: u16,
}

impl Server {
    /// Takes the first free port from `port` on, of a hundred; port 0 takes any.
    ///
    /// # Errors
    /// When the folder is not there or no port is free.
    pub fn bind(folder: &Path, port: u16) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        // Without it a rebuilt page could meet a cached worker of the build before.
        let fresh = SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let pages = Router::new().fallback_service(ServeDir::new(folder)).layer(fresh);
        let last = if port == 0 { 0 } else { port.saturating_add(99) };
        let mut refused = io::Error::from(ErrorKind::AddrInUse);
        for port in port..=last {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    let port = listener.local_addr()?.port();
                    listener.set_nonblocking(true)?;
                    return Ok(Self { listener, pages, port });
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

    /// Answers requests until the process ends.
    ///
    /// # Errors
    /// When the system refuses a runtime or the port.
    pub fn run(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            axum::serve(listener, self.pages).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    /// What the server of this package's folder answers to a GET, head and all.
    fn answer(port: u16, path: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("it takes a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it answers");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn urls_name_files_inside_the_folder_only() {
        let server = Server::bind(Path::new(env!("CARGO_MANIFEST_DIR")), 0).expect("some port is free");
        let port = server.port;
        #[expect(clippy::disallowed_methods, reason = "never on wasm")]
        std::thread::spawn(move || server.run());
        // Browsers open connections that say nothing for a while: they hold up nobody.
        let _idle: Vec<TcpStream> =
            (0..12).filter_map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()).collect();
        for found in ["/Cargo.toml?x=1", "/Cargo%2Etoml"] {
            let answer = answer(port, found);
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("[package]"), "{found}: {answer}");
            assert!(answer.contains("cache-control: no-cache"), "{found}: {answer}");
        }
        let outside =
            ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/src/../../Cargo.toml", "//etc/passwd", "/%2Fetc/passwd"];
        for path in outside.into_iter().chain(["/%", "/%zz", "/%ff", "/a%00b", "/absent", "/.."]) {
            let answer = answer(port, path);
            assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
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
