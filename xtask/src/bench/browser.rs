//! A page in headless Chromium that works something out and hands it back: serves a folder, waits for what the page posts
//! to `/result`. Must not know what the page does.

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tiny_http::{Header, Method, Request, Response, Server};

/// Far beyond what the page needs on a slow machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// What Chromium is called.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Opens `index.html` of that folder and returns what the page posts as JSON.
///
/// # Errors
/// When Chromium cannot be started or ends, when the page posts an `error`, or nothing in time.
pub fn result(folder: &Path) -> Result<Value> {
    let server = Server::http("127.0.0.1:0").map_err(|error| anyhow!("no port to serve the bench on: {error}"))?;
    let port = server.server_addr().to_ip().context("a port of this machine")?.port();
    let mut chromium = Chromium::start(&format!("http://127.0.0.1:{port}/"))?;
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = chromium.process.try_wait()? {
            bail!("Chromium ended before the bench did: {status}");
        }
        let Some(mut request) = server.recv_timeout(Duration::from_millis(200))? else { continue };
        if *request.method() != Method::Post {
            answer(request, folder);
            continue;
        }
        let mut text = String::new();
        request.as_reader().read_to_string(&mut text)?;
        // The page has said all it has to say; whether it hears back does not matter.
        let _ = request.respond(Response::from_string("thanks"));
        let result: Value = serde_json::from_str(&text).context("the page posts JSON")?;
        return match result.get("error") {
            Some(error) => Err(anyhow!("in Chromium: {error}")),
            None => Ok(result),
        };
    }
    bail!("no result from Chromium within {} seconds", PATIENCE.as_secs())
}

fn answer(request: Request, folder: &Path) {
    let name = request.url().trim_start_matches('/');
    let name = if name.is_empty() { "index.html" } else { name }.to_owned();
    let kind = match Path::new(&name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "text/plain",
    };
    // Only the folder's own files: a name with a way in it is not one.
    let file = if name.contains(['/', '\\']) { None } else { std::fs::read(folder.join(name)).ok() };
    // A browser that goes away in the middle shows in its process.
    let _ = match file {
        Some(bytes) => {
            let mut response = Response::from_data(bytes);
            // Isolated from other origins, a page has a clock of 5 us instead of 100 us.
            for (name, value) in [
                ("Content-Type", kind),
                ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Cross-Origin-Embedder-Policy", "require-corp"),
            ] {
                response.add_header(Header::from_bytes(name, value).expect("plain ASCII makes headers"));
            }
            request.respond(response)
        }
        None => request.respond(Response::from_string("not found").with_status_code(404)),
    };
}

/// A browser's process with a profile of its own; both go with it.
struct Chromium {
    process: Child,
    profile: PathBuf,
}

impl Chromium {
    fn start(address: &str) -> Result<Self> {
        let program = crate::process::find(&PROGRAMS).context("no Chromium on the PATH")?;
        let profile = std::env::temp_dir().join(format!("snapscope-bench-{}", std::process::id()));
        let mut command = Command::new(&program);
        command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.arg(format!("--user-data-dir={}", profile.display())).arg(address);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().with_context(|| format!("{} cannot be started", program.display()))?;
        Ok(Self { process, profile })
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        // A part of the browser that is still ending may hold a file; the system clears this folder anyway.
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
