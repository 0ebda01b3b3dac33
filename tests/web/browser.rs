//! Browsers for tests: [`each`] opens the built page's folder in Chromium, then in Firefox. Starts servers and drivers
//! on free ports and ends all it started. Must not know what is on the page.

use crate::server::Server;
use crate::skip::skip;
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel};

/// Longest wait for anything: far beyond what is usual, so that a busy machine fails no test.
const PATIENCE: Duration = Duration::from_secs(30);

/// The browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
}

/// A page in a browser, and the folder it is served from.
pub struct Page {
    /// Which browser.
    pub kind: Kind,
    /// The WebDriver session.
    pub driver: WebDriver,
    /// Address of the served folder, with a slash at the end.
    pub origin: String,
    /// The served folder.
    pub folder: PathBuf,
    /// The same folder at an origin that is not this one.
    pub elsewhere: String,
    /// All that the driver and the browser print.
    log: PathBuf,
}

/// What a reader has set, in the system or in the browser.
#[derive(Clone, Copy)]
struct Reader {
    /// Wants less motion.
    calm: bool,
    /// The first of the browser's languages; the machine's own does not count.
    language: &'static str,
}

const ENGLISH: Reader = Reader { calm: false, language: "en" };

/// Runs a test in both browsers, in English; a panic or an error in one of them fails it.
#[track_caller]
pub fn each(test: impl AsyncFn(&Page) -> WebDriverResult<()>) {
    each_where(ENGLISH, test);
}

/// The same in browsers that ask for another language.
#[track_caller]
pub fn each_in(language: &'static str, test: impl AsyncFn(&Page) -> WebDriverResult<()>) {
    each_where(Reader { language, ..ENGLISH }, test);
}

/// The same for readers who asked their system for less motion.
#[track_caller]
pub fn each_calm(test: impl AsyncFn(&Page) -> WebDriverResult<()>) {
    each_where(Reader { calm: true, ..ENGLISH }, test);
}

#[track_caller]
fn each_where(reader: Reader, test: impl AsyncFn(&Page) -> WebDriverResult<()>) {
    let Some(folder) = std::env::var_os("SNAPSCOPE_SITE_DIR").map(PathBuf::from) else {
        skip("SNAPSCOPE_SITE_DIR does not name the built page");
        return;
    };
    for kind in [Kind::Chromium, Kind::Firefox] {
        println!("in {kind:?}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let work = Work::new();
        let (origin, elsewhere) = (serve(&folder), serve(&folder));
        let driver = Driver::start(kind, &work.0);
        let session = runtime.block_on(WebDriver::new(&driver.address, capabilities(kind, reader, &work.0)));
        let session = session.unwrap_or_else(|error| panic!("{kind:?} starts: {error}\n{}", driver.said()));
        let log = driver.log.clone();
        let page = Page { kind, driver: session, origin, folder: folder.clone(), elsewhere, log };
        let sized = async {
            page.driver.set_window_rect(0, 0, 1280, 900).await?;
            test(&page).await
        };
        // Whatever happens inside, the browser is to end.
        let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(sized)));
        let _ = runtime.block_on(page.driver.quit());
        match outcome {
            Ok(result) => result.unwrap_or_else(|error| panic!("in {kind:?}: {error}")),
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl Page {
    /// Opens a path below the folder's address, `#fragment` included, with the window new to it.
    pub async fn open(&self, path: &str) -> WebDriverResult<()> {
        self.driver.goto("about:blank").await?;
        self.driver.goto(format!("{}{path}", self.origin)).await
    }

    /// Opens a page of this text, from an origin of its own.
    pub async fn open_text(&self, html: &str) -> WebDriverResult<()> {
        let work = Work::new();
        fs::write(work.0.join("index.html"), html).expect("a file can be written");
        self.driver.goto(serve(&work.0)).await?;
        // The folder may go: the page is there.
        Ok(())
    }

    /// Opens a path below a copy of the served folder in which one file is changed; the copy lives as long as what is
    /// returned.
    pub async fn open_changed(
        &self,
        file: &str,
        change: &dyn Fn(&str) -> String,
        path: &str,
    ) -> WebDriverResult<impl Drop + use<>> {
        let work = Work::new();
        copy(&self.folder, &work.0);
        let before = fs::read_to_string(work.0.join(file)).expect("the file is there");
        let after = change(&before);
        assert_ne!(after, before, "{file} is changed");
        fs::write(work.0.join(file), after).expect("a file can be written");
        // By way of an empty page, so that nothing that is waited for next is already true of the one before.
        self.driver.goto("about:blank").await?;
        self.driver.goto(format!("{}{path}", serve(&work.0))).await?;
        Ok(work)
    }

    /// The value of a JavaScript expression.
    pub async fn eval(&self, expression: &str) -> WebDriverResult<serde_json::Value> {
        self.driver.execute(format!("return ({expression});"), vec![]).await?.convert()
    }

    /// Waits until a JavaScript expression is true.
    pub async fn wait_for(&self, expression: &str) -> WebDriverResult<()> {
        self.wait_within(PATIENCE, expression).await
    }

    /// Waits until a JavaScript expression is true, at most that long.
    pub async fn wait_within(&self, patience: Duration, expression: &str) -> WebDriverResult<()> {
        const PAUSE: Duration = Duration::from_millis(50);
        let mut waited = Duration::ZERO;
        while self.eval(expression).await? != serde_json::Value::Bool(true) {
            assert!(
                waited < patience,
                "in {:?}: not within {patience:?}: {expression}\nthe page says: {}\nthe browser says: {:?}",
                self.kind,
                self.eval("document.body?.innerText").await?,
                self.complaints().await?
            );
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
        Ok(())
    }

    /// Errors on the console so far: uncaught ones, `console.error`, refused or failed requests.
    pub async fn complaints(&self) -> WebDriverResult<Vec<String>> {
        if self.kind == Kind::Chromium {
            let entries = self.driver.browser_log().await?;
            return Ok(entries
                .into_iter()
                .filter(|entry| entry.level == "SEVERE")
                .map(|entry| entry.message)
                .collect());
        }
        // Firefox has no log to ask for. It prints errors nobody caught, with where they come from; what it prints
        // of `console.error` cannot be told from the complaints of its own internals.
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let sources = ["http:", "file:", "blob:"];
        let is_complaint = |line: &&str| {
            let source = line.strip_prefix("JavaScript error: ");
            source.is_some_and(|source| sources.iter().any(|start| source.starts_with(start)))
        };
        Ok(text.lines().filter(is_complaint).map(str::to_owned).collect())
    }

    /// Addresses asked for by the page that are not its own.
    pub async fn foreign_requests(&self) -> WebDriverResult<Vec<String>> {
        let names = self.eval("performance.getEntriesByType('resource').map((entry) => entry.name)").await?;
        let names: Vec<String> = serde_json::from_value(names)?;
        let is_own =
            |name: &String| name.starts_with(&self.origin) || name.starts_with("blob:") || name.starts_with("data:");
        Ok(names.into_iter().filter(|name| !is_own(name)).collect())
    }

    /// A picture of the window, beside the served folder's build: `target/page-shots/NAME-KIND.png`.
    pub async fn picture(&self, name: &str) -> WebDriverResult<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/page-shots");
        fs::create_dir_all(&folder).expect("target/ can be written");
        self.driver.screenshot(&folder.join(format!("{name}-{:?}.png", self.kind).to_lowercase())).await
    }
}

/// Copies what is in a folder into another one.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("a file can be copied");
        }
    }
}

/// Serves a folder until the tests end, and returns its address.
fn serve(folder: &Path) -> String {
    let server = Server::bind(folder, 0).expect("the folder is there and some port is free");
    let address = server.address();
    #[expect(clippy::disallowed_methods, reason = "these tests never run on wasm")]
    std::thread::spawn(move || server.run());
    address
}

fn capabilities(kind: Kind, reader: Reader, work: &Path) -> Capabilities {
    let failed = "capabilities are plain JSON";
    if kind == Kind::Chromium {
        let mut chromium = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            &format!("--user-data-dir={}", work.join("profile").display()),
            &format!("--lang={}", reader.language),
            &format!("--accept-lang={}", reader.language),
        ] {
            chromium.add_arg(argument).expect(failed);
        }
        if reader.calm {
            chromium.add_arg("--force-prefers-reduced-motion").expect(failed);
        }
        if let Some(binary) = find(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]) {
            chromium.set_binary(&binary.to_string_lossy()).expect(failed);
        }
        chromium.set_browser_log_level(LoggingPrefsLogLevel::All).expect(failed);
        return chromium.into();
    }
    let mut firefox = DesiredCapabilities::firefox();
    firefox.add_arg("-headless").expect(failed);
    // Prints errors into the log that `complaints` reads.
    let mut preferences = FirefoxPreferences::new();
    preferences.set("browser.dom.window.dump.enabled", true).expect(failed);
    preferences.set("intl.accept_languages", reader.language).expect(failed);
    preferences.set("ui.prefersReducedMotion", i32::from(reader.calm)).expect(failed);
    firefox.set_preferences(preferences).expect(failed);
    if let Some(binary) = find(&["firefox-esr", "firefox"]) {
        firefox.set_firefox_binary(&binary.to_string_lossy()).expect(failed);
    }
    firefox.into()
}

/// A driver's process; ends with it.
struct Driver {
    process: Child,
    address: String,
    log: PathBuf,
}

impl Driver {
    fn start(kind: Kind, work: &Path) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = free.expect("some port is free").port();
        let log = work.join("driver.log");
        let file = fs::File::create(&log).expect("a file can be written");
        let program = match kind {
            Kind::Chromium => PathBuf::from("chromedriver"),
            Kind::Firefox => {
                std::env::var_os("SNAPSCOPE_GECKODRIVER").map_or_else(|| "geckodriver".into(), PathBuf::from)
            }
        };
        let mut command = Command::new(&program);
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stderr(Stdio::null()).stdout(file);
        // Firefox refuses a home that belongs to somebody else, and root often has one.
        let process = command.env("HOME", work).spawn();
        let process = process.unwrap_or_else(|error| panic!("{} can be started: {error}", program.display()));
        let driver = Self { process, address: format!("http://127.0.0.1:{port}"), log };
        for _ in 0..600 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return driver;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{} does not answer:\n{}", program.display(), driver.said());
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder of one test's own; goes with it.
struct Work(PathBuf);

impl Work {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("snapscope-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        Self(folder)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // A browser that is still ending may hold a file; the system clears this folder anyway.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    programs
        .iter()
        .find_map(|program| std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file()))
}
