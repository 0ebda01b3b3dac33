//! A page in headless Chromium that works something out and hands it back: serves a folder, waits for what the page posts
//! to `/result`. Must not know what the page does.

use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use axum::routing::post;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Looks at Chromium this often.
const PAUSE: Duration = Duration::from_millis(500);
/// So many looks are far beyond what the page needs on a slow machine: ten minutes.
const LOOKS: u32 = 1200;

/// What Chromium is called.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Opens `index.html` of that folder and returns what the page posts as JSON.
///
/// # Errors
/// When Chromium cannot be started or ends, when the page posts an `error`, or nothing in time.
pub fn result(folder: &Path) -> Result<Value> {
    let (told, results) = mpsc::channel();
    let hear = move |text: String| async move {
        // Only the first counts; whoever waited for it may be gone.
        let _ = told.send(text);
    };
    // Isolated from other origins, a page has a clock of 5 us instead of 100 us.
    let isolate = |name, value| {
        let name = HeaderName::from_static(name);
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    let pages = Router::new()
        .route("/result", post(hear))
        .fallback_service(ServeDir::new(folder))
        .layer(isolate("cross-origin-opener-policy", "same-origin"))
        .layer(isolate("cross-origin-embedder-policy", "require-corp"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let port = listener.local_addr()?.port();
    runtime.spawn(async { axum::serve(listener, pages).await });
    let mut chromium = Chromium::start(&format!("http://127.0.0.1:{port}/"))?;
    for _ in 0..LOOKS {
        match results.recv_timeout(PAUSE) {
            Ok(text) => {
                let result: Value = serde_json::from_str(&text).context("the page posts JSON")?;
                return match result.get("error") {
                    Some(error) => Err(anyhow!("in Chromium: {error}")),
                    None => Ok(result),
                };
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("the bench's server ended"),
        }
        if let Some(status) = chromium.process.try_wait()? {
            bail!("Chromium ended before the bench did: {status}");
        }
    }
    bail!("no result from Chromium within ten minutes")
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
