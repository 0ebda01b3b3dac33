//! A small server that speaks OpenAI's chat completions, well and badly, by the first part of the path; everything else it answers
//! from a folder, so that a page may ask it at its own address. Knows nothing of the page.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A request that was seen.
#[derive(Clone)]
pub struct Request {
    /// Its first line and its headers.
    pub head: String,
    /// Its body.
    pub body: String,
}

/// A server; it answers until the tests end.
pub struct ChatServer {
    /// Its address, with a slash at the end.
    pub address: String,
    seen: Arc<Mutex<Vec<Request>>>,
    open: Arc<Open>,
}

/// Requests for a completion that wait for their answer: now, and at most so far.
#[derive(Default)]
struct Open {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl ChatServer {
    /// Starts one on a free port.
    pub fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = format!("http://{}/", listener.local_addr().expect("it has an address"));
        let (folder, seen, open) = (folder.to_owned(), Arc::<Mutex<Vec<Request>>>::default(), Arc::<Open>::default());
        let (log, count) = (seen.clone(), open.clone());
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, log, count) = (folder.clone(), log.clone(), count.clone());
                // What goes wrong with a connection is the browser's to complain about.
                spawn(move || drop(answer(stream, &folder, &log, &count)));
            }
        });
        Self { address, seen, open }
    }

    /// Most requests for a completion that waited for their answer at a time.
    pub fn most_open(&self) -> usize {
        self.open.most.load(Ordering::SeqCst)
    }

    /// All requests for a completion so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "these tests never run on wasm")]
    std::thread::spawn(work);
}

/// Reads a request to its end.
fn read(stream: &mut TcpStream) -> std::io::Result<Request> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Ok(Request { head: head.replace('\r', ""), body: body.to_owned() });
            }
        }
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// What others may ask and read, as public endpoints say it.
const CORS: &str = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: authorization, content-type\r\n\
                    Access-Control-Expose-Headers: Retry-After\r\n";

fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{CORS}{headers}\r\n")?;
    stream.write_all(body)
}

fn answer(mut stream: TcpStream, folder: &Path, seen: &Mutex<Vec<Request>>, open: &Open) -> std::io::Result<()> {
    let request = read(&mut stream)?;
    let mut words = request.head.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    match method.as_str() {
        "OPTIONS" => send(&mut stream, "204 No Content", "", b""),
        "POST" if path.ends_with("/v1/chat/completions") => {
            let mut all = seen.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(request);
            let total = all.len();
            let of_path = |request: &&Request| request.head.contains(&format!("POST {path} "));
            let count = all.iter().filter(of_path).count();
            drop(all);
            open.most.fetch_max(1 + open.now.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
            let kind = path.split('/').nth(1).unwrap_or_default();
            if kind == "unhurried" {
                std::thread::sleep(Duration::from_secs(1));
            }
            // Before the answer: whoever has it may ask the next one at once.
            open.now.fetch_sub(1, Ordering::SeqCst);
            complete(&mut stream, kind, count, total)
        }
        _ => file(&mut stream, folder, &path),
    }
}

/// The `count`-th answer at a path, of `total` at all.
fn complete(stream: &mut TcpStream, kind: &str, count: usize, total: usize) -> std::io::Result<()> {
    const JSON: &str = "Content-Type: application/json\r\n";
    let text = format!("1. Split number {total}, [Segment the Image, example.jpg]\\n2. Crop it, [Crop Image, exa");
    let whole = |reason: &str, usage: &str| {
        format!(
            "{{\"model\": \"test-model\", \"choices\": [{{\"index\": 0, \"message\": {{\"role\": \"assistant\", \
             \"content\": \"{text}\"}}, \"finish_reason\": \"{reason}\"}}]{usage}}}"
        )
    };
    let good = whole("stop", ", \"usage\": {\"prompt_tokens\": 700, \"completion_tokens\": 20}");
    match (kind, count) {
        ("limited", 1) => {
            send(stream, "429 Too Many Requests", "Retry-After: 1\r\n", b"{\"error\": {\"message\": \"slow down\"}}")
        }
        ("patient", _) => send(stream, "429 Too Many Requests", "Retry-After: 3600\r\n", b"{}"),
        ("failing", 1..=3) => send(stream, "500 Internal Server Error", "", b"oh"),
        ("broken", 1) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n{CORS}{JSON}\r\n",
                good.len()
            )?;
            stream.write_all(&good.as_bytes()[..good.len() / 2])
        }
        ("denied", _) => send(stream, "401 Unauthorized", JSON, b"{\"error\": {\"message\": \"no <b>such</b> key\"}}"),
        ("wrong", _) => send(stream, "200 OK", "Content-Type: text/html\r\n", b"<html>Hello</html>"),
        ("huge", _) => send(stream, "200 OK", JSON, &vec![b' '; 4 << 20]),
        ("empty", _) => send(stream, "200 OK", JSON, b"{\"choices\": []}"),
        ("cut", _) => send(stream, "200 OK", JSON, whole("length", "").as_bytes()),
        // To another port, which stands after the dash.
        (moved, _) if moved.starts_with("moved-") => {
            let to = format!("Location: http://127.0.0.1:{}/good/v1/chat/completions\r\n", &moved["moved-".len()..]);
            send(stream, "307 Temporary Redirect", &to, b"")
        }
        ("slow", 2..) => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        _ => send(stream, "200 OK", JSON, good.as_bytes()),
    }
}

/// A file of the folder, of the right type.
fn file(stream: &mut TcpStream, folder: &Path, path: &str) -> std::io::Result<()> {
    let types = HashMap::from([
        ("html", "text/html"),
        ("js", "text/javascript"),
        ("css", "text/css"),
        ("wasm", "application/wasm"),
        ("json", "application/json"),
    ]);
    let name = path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let name = PathBuf::from(if name.is_empty() { "index.html" } else { name });
    let kind = name.extension().and_then(|extension| types.get(extension.to_str()?)).unwrap_or(&"text/plain");
    match std::fs::read(folder.join(&name)) {
        Ok(bytes) => send(stream, "200 OK", &format!("Content-Type: {kind}\r\n"), &bytes),
        Err(_) => send(stream, "404 Not Found", "", b""),
    }
}
