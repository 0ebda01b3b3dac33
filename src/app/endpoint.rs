//! A chat endpoint as the teacher: the dialog where the reader names it, and the requests. What is sent, what comes back and when to
//! ask again is `endpoint`'s; answers become a file like any other of the reader's own. The key is read from its field when asking
//! starts, goes into the requests' headers, and is dropped at their end.

use super::dom;
use super::element::{self, El, button, div, el, text};
use super::leptos::*;
use super::live::memo;
use super::own_tables;
use super::shell::{Dialog, Shell};
use crate::endpoint::asking::{retry_after, unanswered};
use crate::endpoint::{
    Address, Answer, Asking, Failure, Form, Job, MOST_BYTES, MOST_MS, MOST_OPEN, Next, TOKENS, is_key, reply,
};
use crate::protocol::{Command, TableKind};
use crate::view::endpoint as view;
use crate::view::text::say;
use core::time::Duration;
use js_sys::{Object, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, HtmlInputElement, ReadableStreamDefaultReader, RequestInit, Response};

/// What the answers are called as a file.
const FILE: &str = "answers.jsonl";
/// Most scenes that are asked for at once: all that there can be.
const MOST_SCENES: u32 = 3000;

/// What is typed besides the key, in the order of the dialog: words for it, what helps, and where it starts.
const FIELDS: [(&str, &str, &str); 5] = [
    ("ask_address", "ask_address_help", ""),
    ("ask_model", "", ""),
    ("ask_scenes", "ask_scenes_help", "10"),
    ("ask_tokens", "", "2048"),
    ("ask_open_requests", "", "2"),
];

/// What is known of an endpoint that is asked. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct State {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    /// Fires when what is said of it changes.
    changed: Trigger,
}

/// Behind one handle, as each kind of value in a `StoredValue` has code of its own.
struct Inner {
    status: RefCell<Status>,
    /// What was typed: the dialog is built anew each time it opens.
    fields: RefCell<[String; FIELDS.len()]>,
    round: RefCell<Option<Round>>,
    rounds: Cell<u32>,
}

/// How far it is.
#[derive(Default)]
struct Status {
    is_busy: bool,
    /// The part of the scenes that is answered.
    share: f64,
    said: Vec<String>,
    /// What came of it, in the end; whether that is an error.
    outcome: (String, bool),
}

/// From a click to the last answer.
struct Round {
    id: u32,
    address: Address,
    key: String,
    form: Form,
    most: usize,
    open: u32,
    /// None until the prompts are there.
    asking: Option<Asking>,
    /// The answers that there were before.
    file: String,
    requests: Vec<AbortController>,
    start_ms: f64,
}

/// What came of a request, and how long to wait in seconds, if that is said.
type Came = (Result<Answer, Failure>, Option<f64>);

impl State {
    /// Nobody is asked yet.
    pub fn new() -> Self {
        let inner = Inner {
            status: RefCell::default(),
            fields: RefCell::new(FIELDS.map(|(_, _, start)| start.to_owned())),
            round: RefCell::default(),
            rounds: Cell::new(0),
        };
        Self { inner: StoredValue::new_local(Rc::new(inner)), changed: Trigger::new() }
    }

    /// None once the page is gone.
    #[inline(never)]
    fn inner(self) -> Option<Rc<Inner>> {
        self.inner.try_get_value()
    }

    /// Begins with what was typed, or says what is wrong with it.
    fn start(self, shell: Shell, key: &str) {
        let Some(inner) = self.inner().filter(|inner| inner.round.borrow().is_none()) else { return };
        let mut status = Status::default();
        match inner.round(shell, key) {
            Ok(round) => {
                (status.is_busy, status.said) = (true, vec![say("ask_preparing").to_owned()]);
                inner.round.replace(Some(round));
                shell.ask(&Command::Prompts { experiment: shell.experiment.now() });
            }
            Err(error) => status.outcome = (error, true),
        }
        inner.status.replace(status);
        self.changed.notify();
    }

    /// Takes the prompts, and asks those that have no answer yet.
    pub fn hear(self, shell: Shell, prompts: Result<Vec<(String, String)>, String>) {
        let Some(inner) = self.inner() else { return };
        let prompts = match prompts {
            Ok(prompts) => prompts,
            Err(error) => return self.end(shell, error, true),
        };
        let (id, open) = {
            let mut round = inner.round.borrow_mut();
            let Some(round) = round.as_mut().filter(|round| round.asking.is_none()) else { return };
            let left = unanswered(prompts, &round.file, round.most);
            let seed = shell.experiment.peek(|experiment| experiment.seed);
            round.asking = Some(Asking::new(round.form.clone(), left, seed));
            (round.id, round.open)
        };
        self.tick(id);
        (0..open).for_each(|_| self.go_on(shell));
    }

    /// Says how far it is, each second.
    fn tick(self, id: u32) {
        if self.inner().is_some_and(|inner| inner.is_at(id)) {
            self.tell();
            later(1000, Box::new(move || self.tick(id)));
        }
    }

    fn tell(self) {
        let Some(inner) = self.inner() else { return };
        if let Some(round) = &*inner.round.borrow()
            && let Some(asking) = &round.asking
        {
            let (tally, mut status) = (asking.tally(), inner.status.borrow_mut());
            status.share = tally.answered as f64 / tally.asked.max(1) as f64;
            status.said = view::progress(tally, (dom::now_ms() - round.start_ms) / 1000.0);
        }
        self.changed.notify();
    }

    /// Makes the next request, if there is one, or ends.
    fn go_on(self, shell: Shell) {
        let job = self.inner().and_then(|inner| inner.round.borrow_mut().as_mut()?.asking.as_mut()?.take());
        match job {
            Some(job) => self.send(shell, job),
            None => self.end_if_over(shell),
        }
    }

    fn send(self, shell: Shell, job: Job) {
        let Some(inner) = self.inner() else { return };
        let mut round = inner.round.borrow_mut();
        let Some(round) = round.as_mut() else { return };
        let (Some(asking), Ok(controller)) = (&round.asking, AbortController::new()) else { return };
        let (id, init) = (round.id, request(&round.key, &asking.body(job), &controller));
        fetch(&round.address.url, &init, &controller, Box::new(move |came| self.came(shell, id, job, came)));
        round.requests.push(controller);
    }

    fn came(self, shell: Shell, id: u32, job: Job, (came, wait_secs): Came) {
        let next = self.inner().filter(|inner| inner.is_at(id)).and_then(|inner| {
            let mut round = inner.round.borrow_mut();
            Some(round.as_mut()?.asking.as_mut()?.hear(job, came, wait_secs))
        });
        // Of a round that is over.
        let Some(next) = next else { return };
        self.tell();
        match next {
            Next::Other => self.go_on(shell),
            Next::Again { job, wait_ms } => {
                let again = move || {
                    if self.inner().is_some_and(|inner| inner.is_at(id)) {
                        self.send(shell, job);
                    }
                };
                later(wait_ms, Box::new(again));
            }
        }
    }

    fn end_if_over(self, shell: Shell) {
        let over = self.inner().and_then(|inner| {
            let round = inner.round.borrow();
            let round = round.as_ref()?;
            let asking = round.asking.as_ref()?;
            match asking.failure() {
                Some(failure) => Some((view::failure(failure, &origin(&round.address)), true)),
                None if asking.tally().asked == 0 => Some((say("ask_all_answered").to_owned(), false)),
                None => asking.is_over().then(|| (say("ask_finished").to_owned(), false)),
            }
        });
        if let Some((outcome, is_error)) = over {
            self.end(shell, outcome, is_error);
        }
    }

    /// Ends all requests, forgets the key, and runs what was answered.
    fn end(self, shell: Shell, mut outcome: String, is_error: bool) {
        self.tell();
        let Some(inner) = self.inner() else { return };
        let Some(round) = inner.round.take() else { return };
        round.requests.iter().for_each(AbortController::abort);
        let lines = round.asking.as_ref().map_or("", Asking::lines);
        if !lines.is_empty() {
            let mut file = round.file;
            if !file.is_empty() && !file.ends_with('\n') {
                file.push('\n');
            }
            file.push_str(lines);
            shell.own_tables.hand(shell, TableKind::Answers, FILE.to_owned(), file.into_bytes());
            outcome = [&outcome, " ", say("ask_kept")].concat();
        }
        {
            let mut status = inner.status.borrow_mut();
            (status.is_busy, status.outcome) = (false, (outcome, is_error));
        }
        self.changed.notify();
    }

    /// Stops where the browser says that the page's policy forbids it.
    fn refuse(self, shell: Shell, blocked: &str) {
        let Some(inner) = self.inner() else { return };
        if let Some(round) = inner.round.borrow_mut().as_mut()
            && let Some(asking) = &mut round.asking
            && blocked.starts_with(&origin(&round.address))
        {
            asking.stop(Some(Failure::Policy));
        } else {
            return;
        }
        self.end_if_over(shell);
    }
}

impl Inner {
    /// Whether this round is not over.
    fn is_at(&self, id: u32) -> bool {
        self.round.borrow().as_ref().is_some_and(|round| round.id == id)
    }

    /// What was typed, or what is wrong with it.
    fn round(&self, shell: Shell, key: &str) -> Result<Round, String> {
        let fields = self.fields.borrow();
        let [address, model, scenes, tokens, open] = &*fields;
        let address = Address::read(address).map_err(view::address)?;
        let tokens = number(tokens, "ask_tokens", TOKENS[0], TOKENS[1])?;
        let form = Form::new(model, tokens).map_err(view::form)?;
        let most = number(scenes, "ask_scenes", 1, MOST_SCENES)? as usize;
        let open = number(open, "ask_open_requests", 1, MOST_OPEN)?;
        let key = key.trim().to_owned();
        if !is_key(&key) {
            return Err(say("ask_bad_key").to_owned());
        }
        // Said before anything is sent, not found out by sending.
        let policy = document().query_selector("meta[http-equiv='Content-Security-Policy']").ok().flatten();
        let policy = policy.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
        if !address.is_allowed(&policy, &own_origin()) {
            return Err(view::how_to_serve(&origin(&address)));
        }
        let file = shell.own_tables.answers().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let (file, start_ms) = (file.unwrap_or_default(), dom::now_ms());
        self.rounds.set(self.rounds.get() + 1);
        let id = self.rounds.get();
        Ok(Round { id, address, key, form, most, open, asking: None, file, requests: Vec::new(), start_ms })
    }
}

fn number(typed: &str, name: &'static str, least: u32, most: u32) -> Result<u32, String> {
    let number = typed.trim().parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| view::number(name, least, most))
}

fn own_origin() -> String {
    window().location().origin().unwrap_or_default()
}

fn origin(address: &Address) -> String {
    address.origin.clone().unwrap_or_else(own_origin)
}

/// Works after so many ms; boxed, as each kind of work would have a timer's code of its own.
fn later(ms: u32, work: Box<dyn FnOnce()>) -> Option<TimeoutHandle> {
    set_timeout_with_handle(work, Duration::from_millis(ms.into())).ok()
}

/// An object of the browser's.
fn object(fields: &[(&str, &JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A request that says no more of the reader than it must, and follows nobody elsewhere.
fn request(key: &str, body: &str, controller: &AbortController) -> RequestInit {
    let headers = object(&[("Content-Type", &"application/json".into())]);
    if !key.is_empty() {
        let _ = Reflect::set(&headers, &"Authorization".into(), &["Bearer ", key].concat().into());
    }
    let init = object(&[
        ("method", &"POST".into()),
        ("headers", &headers),
        ("body", &body.into()),
        ("signal", &controller.signal()),
        ("redirect", &"error".into()),
        ("credentials", &"omit".into()),
        ("cache", &"no-store".into()),
        ("referrerPolicy", &"no-referrer".into()),
    ]);
    init.unchecked_into()
}

/// Makes a request; `came` gets what comes of it within the time and the size there are.
fn fetch(url: &str, init: &RequestInit, controller: &AbortController, came: Box<dyn FnOnce(Came)>) {
    let is_late = Rc::new(Cell::new(false));
    let (late, ends) = (is_late.clone(), controller.clone());
    let abort = move || {
        late.set(true);
        ends.abort();
    };
    let timer = later(MOST_MS, Box::new(abort));
    let came: Box<dyn FnOnce(Came)> = Box::new(move |(what, wait)| {
        if let Some(timer) = timer {
            timer.clear();
        }
        came(if is_late.get() { (Err(Failure::Timeout), None) } else { (what, wait) });
    });
    dom::after(&window().fetch_with_str_and_init(url, init), move |response| {
        let Ok(response) = response.map(JsCast::unchecked_into::<Response>) else {
            return came((Err(Failure::Network), None));
        };
        let from_now = |date: &str| (js_sys::Date::parse(date) - js_sys::Date::now()) / 1000.0;
        let wait = response.headers().get("Retry-After").ok().flatten();
        let wait = wait.and_then(|header| retry_after(&header, from_now));
        let status = response.status();
        let read: Read = Box::new(move |bytes| {
            let answer = bytes.and_then(|bytes| reply::read(status, &String::from_utf8_lossy(&bytes)));
            came((answer, wait));
        });
        match response.body() {
            Some(body) => read_on(body.get_reader().unchecked_into(), Vec::new(), read),
            None => read(Ok(Vec::new())),
        }
    });
}

type Read = Box<dyn FnOnce(Result<Vec<u8>, Failure>)>;

/// Reads a reply to its end, or to the bound.
fn read_on(reader: ReadableStreamDefaultReader, mut bytes: Vec<u8>, then: Read) {
    dom::after(&reader.read(), move |piece| {
        let Ok(piece) = piece else { return then(Err(Failure::BrokenOff)) };
        let field = |name: &str| Reflect::get(&piece, &name.into()).unwrap_or_default();
        if field("done").is_truthy() {
            return then(Ok(bytes));
        }
        bytes.extend(Uint8Array::new(&field("value")).to_vec());
        if bytes.len() > MOST_BYTES {
            let _ = reader.cancel();
            return then(Err(Failure::TooLong));
        }
        read_on(reader, bytes, then);
    });
}

/// What opens the dialog, and saves the answers where there are some.
pub fn opener(shell: Shell) -> El {
    div("own-text")
        .add(button("", say("ask_title"), move || shell.dialog.set(Some(Dialog::Endpoint))))
        .maybe_of(move || save(shell))
}

fn save(shell: Shell) -> Option<El> {
    let has_answers = shell.experiment.with(own_tables::has_answers) && shell.own_tables.answers().is_some();
    let save = move || {
        if let Some(answers) = shell.own_tables.answers() {
            dom::download_part(&Uint8Array::from(&answers[..]), FILE, "application/jsonl");
        }
    };
    has_answers.then(|| button("", say("ask_save"), save))
}

/// The dialog's content.
pub fn dialog(shell: Shell) -> El {
    let state = shell.endpoint;
    element::listen(&document(), "securitypolicyviolation", move |event| {
        let blocked = Reflect::get(&event, &"blockedURI".into()).ok().and_then(|uri| uri.as_string());
        state.refuse(shell, &blocked.unwrap_or_default());
    });
    let Some(inner) = state.inner() else { return div("") };
    let typed = |at: usize| {
        let (name, help, _) = FIELDS[at];
        let input = el("input").attr("type", "text").attr("value", &inner.fields.borrow()[at]);
        let inner = inner.clone();
        let put = move |text| inner.fields.borrow_mut()[at] = text;
        field(name, help, input.on_value("input", put))
    };
    let secret = el("input").attr("type", "password");
    let key: HtmlInputElement = secret.node().unchecked_into();
    let clears = key.clone();
    let clear = button("", say("ask_clear_key"), move || clears.set_value(""));
    let start = button("", say("ask_start"), move || state.start(shell, &key.value()));
    let (busy, status) = (inner.clone(), inner.clone());
    let is_busy = memo(move || {
        state.changed.track();
        busy.status.borrow().is_busy
    });
    let cancel = move || {
        let cancel = move || state.end(shell, say("ask_cancelled").to_owned(), false);
        is_busy.get().then(|| button("", say("own_cancel"), cancel))
    };
    let said = move || {
        state.changed.track();
        let status = status.status.borrow();
        let mut parts = Vec::new();
        if status.is_busy {
            let bar = el("progress").attr("aria-label", say("ask_title"));
            parts.push(bar.attr("value", &status.share.to_string()));
        }
        for line in &status.said {
            parts.push(text("p", line));
        }
        let (outcome, is_error) = &status.outcome;
        if !outcome.is_empty() {
            let class = if *is_error { "error" } else { "hint" };
            parts.push(text("p", outcome).class(class).attr("role", "alert"));
        }
        parts
    };
    div("sheet-part ask")
        .add(text("p", say("ask_intro")))
        .all((0..FIELDS.len()).map(typed))
        .add(field("ask_key", "ask_key_help", secret).add(clear))
        .add(
            div("row")
                .add(start.flag_of("disabled", move || is_busy.get()))
                .maybe_of(cancel)
                .maybe_of(move || save(shell)),
        )
        .add(div("told").part_of(said))
}

/// A field under its name, and what helps.
fn field(name: &'static str, help: &'static str, input: El) -> El {
    let (id, help_id) = (name.replace('_', "-"), help.replace('_', "-"));
    let input = input.attr("id", &id).attr("autocomplete", "off").attr("spellcheck", "false");
    let row = |input| div("row").add(text("label", say(name)).attr("for", &id)).add(input);
    if help.is_empty() {
        return div("control").add(row(input));
    }
    let hint = text("p", say(help)).class("hint").attr("id", &help_id);
    div("control").add(row(input.attr("aria-describedby", &help_id))).add(hint)
}
