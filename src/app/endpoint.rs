//! A chat endpoint as the teacher: the dialog where the reader names it, and the requests. What is sent, what comes back and when to
//! ask again is `endpoint`'s; answers become a file like any other of the reader's own. The key is read from its field when asking
//! starts, goes into the requests' headers, and is dropped at their end.

use super::dom;
use super::element::{self, El, button, div, el, text};
use super::leptos::*;
use super::live::{Live, memo};
use super::own_tables;
use super::shell::{Dialog, Shell};
use crate::endpoint::asking::{retry_after, unanswered};
use crate::endpoint::{
    Address, Answer, Asking, Failure, Form, Job, MOST_BYTES, MOST_MS, MOST_OPEN, Next, TOKENS, USUAL_TOKENS, reply,
};
use crate::protocol::{Command, TableKind};
use crate::view::endpoint as view;
use crate::view::text::say;
use core::time::Duration;
use js_sys::{Reflect, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{
    AbortController, Headers, HtmlInputElement, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache,
    RequestCredentials, RequestInit, RequestRedirect, Response,
};

/// What the answers are called as a file.
const FILE: &str = "answers.jsonl";
/// Most scenes that are asked for at once: all that there can be.
const MOST_SCENES: u32 = 3000;

/// What is known of an endpoint that is asked. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct State {
    status: Live<Status>,
    fields: StoredValue<Fields>,
    round: StoredValue<Option<Round>, LocalStorage>,
}

/// How far it is.
#[derive(Clone, Default)]
struct Status {
    is_busy: bool,
    /// The part of the scenes that is answered.
    share: f64,
    said: Vec<String>,
    /// What came of it, in the end; whether that is an error.
    outcome: (String, bool),
}

/// What was typed, all but the key: the dialog is built anew each time it opens.
struct Fields {
    address: String,
    model: String,
    scenes: String,
    tokens: String,
    open: String,
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

type Came = Result<(Answer, Option<f64>), (Failure, Option<f64>)>;

impl State {
    /// Nobody is asked yet.
    pub fn new() -> Self {
        let fields = Fields {
            address: String::new(),
            model: String::new(),
            scenes: "10".to_owned(),
            tokens: USUAL_TOKENS.to_string(),
            open: "2".to_owned(),
        };
        Self {
            status: Live::new(Status::default()),
            fields: StoredValue::new(fields),
            round: StoredValue::new_local(None),
        }
    }

    /// Begins with what was typed, or says what is wrong with it.
    fn start(self, shell: Shell, key: &str) {
        if self.with_round(|_| ()).is_some() {
            return;
        }
        match self.round(shell, key) {
            Ok(round) => {
                let said = vec![say("ask_preparing").to_owned()];
                self.status.set(Status { is_busy: true, said, ..Status::default() });
                self.round.set_value(Some(round));
                shell.ask(&Command::Prompts { experiment: shell.experiment.now() });
            }
            Err(error) => self.status.set(Status { outcome: (error, true), ..Status::default() }),
        }
    }

    fn round(self, shell: Shell, key: &str) -> Result<Round, String> {
        let (address, form, most, open) = self.fields.with_value(|fields| {
            let address = Address::read(&fields.address).map_err(view::address)?;
            let tokens = number(&fields.tokens, "ask_tokens", TOKENS[0], TOKENS[1])?;
            let form = Form::new(&fields.model, tokens).map_err(view::form)?;
            let most = number(&fields.scenes, "ask_scenes", 1, MOST_SCENES)?;
            let open = number(&fields.open, "ask_open_requests", 1, MOST_OPEN)?;
            Ok::<_, String>((address, form, most as usize, open))
        })?;
        let key = key.trim().to_owned();
        headers(&key).ok_or_else(|| say("ask_bad_key").to_owned())?;
        // Said before anything is sent, not found out by sending.
        let policy = document().query_selector("meta[http-equiv='Content-Security-Policy']").ok().flatten();
        let policy = policy.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
        if !address.is_allowed(&policy, &own_origin()) {
            return Err(view::how_to_serve(&origin(&address)));
        }
        let file = shell.own_tables.answers().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Round {
            id: next_id(),
            address,
            key,
            form,
            most,
            open,
            asking: None,
            file: file.unwrap_or_default(),
            requests: Vec::new(),
            start_ms: dom::now_ms(),
        })
    }

    /// Takes the prompts, and asks those that have no answer yet.
    pub fn hear(self, shell: Shell, prompts: Result<Vec<(String, String)>, String>) {
        let seed = shell.experiment.peek(|experiment| experiment.seed);
        let begun = self.with_round(|round| {
            if round.asking.is_some() {
                return None;
            }
            Some(prompts.map(|prompts| {
                let left = unanswered(prompts, &round.file, round.most);
                let is_empty = left.is_empty();
                round.asking = Some(Asking::new(round.form.clone(), left, seed));
                (round.id, round.open, is_empty)
            }))
        });
        match begun.flatten() {
            None => {}
            Some(Err(error)) => self.end(shell, &error, true),
            Some(Ok((_, _, true))) => self.end(shell, say("ask_all_answered"), false),
            Some(Ok((id, open, false))) => {
                self.tick(id);
                (0..open).for_each(|_| self.go_on(shell));
            }
        }
    }

    /// Says how far it is, each second.
    fn tick(self, id: u32) {
        if self.with_round(|round| round.id) == Some(id) {
            self.tell();
            set_timeout(move || self.tick(id), Duration::from_secs(1));
        }
    }

    fn tell(self) {
        let told = self.with_round(|round| {
            let (tally, secs) = (round.asking.as_ref()?.tally(), (dom::now_ms() - round.start_ms) / 1000.0);
            Some((tally.answered as f64 / tally.asked as f64, view::progress(tally, secs)))
        });
        if let Some((share, said)) = told.flatten() {
            self.status.update(|status| (status.share, status.said) = (share, said));
        }
    }

    /// Makes the next request, if there is one, or ends.
    fn go_on(self, shell: Shell) {
        let job = self.with_round(|round| round.asking.as_mut().and_then(Asking::take)).flatten();
        match job {
            Some(job) => self.send(shell, job),
            None => self.end_if_over(shell),
        }
    }

    fn send(self, shell: Shell, job: Job) {
        let request = self.with_round(|round| {
            let controller = AbortController::new().ok()?;
            round.requests.push(controller.clone());
            let body = round.asking.as_ref()?.body(job);
            Some((round.id, round.address.url.clone(), request(&round.key, &body, &controller)?, controller))
        });
        let Some((id, url, init, controller)) = request.flatten() else { return };
        let came = move |came| self.came(shell, id, job, came);
        fetch(&url, &init, &controller, came);
    }

    fn came(self, shell: Shell, id: u32, job: Job, came: Came) {
        let (came, wait_secs) = match came {
            Ok((answer, wait)) => (Ok(answer), wait),
            Err((failure, wait)) => (Err(failure), wait),
        };
        let next = self.with_round(|round| {
            let asking = round.asking.as_mut().filter(|_| round.id == id)?;
            Some(asking.hear(job, came, wait_secs))
        });
        self.tell();
        match next.flatten() {
            // Of a round that is over.
            None => {}
            Some(Next::Other) => self.go_on(shell),
            Some(Next::Again { job, wait_ms }) => {
                let again = move || {
                    if self.with_round(|round| round.id) == Some(id) {
                        self.send(shell, job);
                    }
                };
                set_timeout(again, Duration::from_millis(wait_ms.into()));
            }
        }
    }

    fn end_if_over(self, shell: Shell) {
        let over = self.with_round(|round| {
            let asking = round.asking.as_ref().filter(|asking| asking.is_over())?;
            Some(asking.failure().map(|failure| view::failure(failure, &origin(&round.address))))
        });
        match over.flatten() {
            None => {}
            Some(None) => self.end(shell, say("ask_finished"), false),
            Some(Some(failure)) => self.end(shell, &failure, true),
        }
    }

    /// Ends all requests, forgets the key, and runs what was answered.
    fn end(self, shell: Shell, outcome: &str, is_error: bool) {
        self.tell();
        let Some(round) = self.round.try_update_value(Option::take).flatten() else { return };
        round.requests.iter().for_each(AbortController::abort);
        let lines = round.asking.as_ref().map_or("", Asking::lines);
        let mut outcome = outcome.to_owned();
        if !lines.is_empty() {
            let mut file = round.file;
            if !file.is_empty() && !file.ends_with('\n') {
                file.push('\n');
            }
            file.push_str(lines);
            shell.own_tables.give(shell, TableKind::Answers, vec![(FILE.to_owned(), file.into_bytes())]);
            outcome = format!("{outcome} {}", say("ask_kept"));
        }
        self.status.update(|status| {
            (status.is_busy, status.outcome) = (false, (outcome, is_error));
        });
    }

    /// Stops where the browser says that the page's policy forbids it.
    fn refuse(self, shell: Shell, blocked: &str) {
        self.with_round(|round| {
            let is_meant = blocked.starts_with(&origin(&round.address));
            if let Some(asking) = round.asking.as_mut().filter(|_| is_meant) {
                asking.stop(Some(Failure::Policy));
            }
        });
        self.end_if_over(shell);
    }

    fn with_round<R>(self, of: impl FnOnce(&mut Round) -> R) -> Option<R> {
        self.round.try_update_value(|round| round.as_mut().map(of)).flatten()
    }
}

fn next_id() -> u32 {
    thread_local! {
        static LAST: Cell<u32> = const { Cell::new(0) };
    }
    LAST.set(LAST.get() + 1);
    LAST.get()
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

/// The headers of a request; none where the key cannot stand in one.
fn headers(key: &str) -> Option<Headers> {
    let headers = Headers::new().ok()?;
    headers.set("Content-Type", "application/json").ok()?;
    if !key.is_empty() {
        headers.set("Authorization", &["Bearer ", key].concat()).ok()?;
    }
    Some(headers)
}

/// A request that says no more of the reader than it must, and follows nobody elsewhere.
fn request(key: &str, body: &str, controller: &AbortController) -> Option<RequestInit> {
    let init = RequestInit::new();
    init.set_method("POST");
    let headers = headers(key)?;
    init.set_headers(headers.as_ref());
    init.set_body(&body.into());
    init.set_signal(Some(&controller.signal()));
    init.set_redirect(RequestRedirect::Error);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    Some(init)
}

/// Makes a request; `came` gets what comes of it within the time and the size there are, and how long to wait if that is said.
fn fetch(url: &str, init: &RequestInit, controller: &AbortController, came: impl FnOnce(Came) + 'static) {
    let is_late = Rc::new(Cell::new(false));
    let (late, ends) = (is_late.clone(), controller.clone());
    let timer = set_timeout_with_handle(
        move || {
            late.set(true);
            ends.abort();
        },
        Duration::from_millis(MOST_MS.into()),
    );
    let timely = move |failure| if is_late.get() { Failure::Timeout } else { failure };
    let came = move |what| {
        if let Ok(timer) = timer {
            timer.clear();
        }
        came(what);
    };
    dom::after(&window().fetch_with_str_and_init(url, init), move |response| {
        let Ok(response) = response.map(JsCast::unchecked_into::<Response>) else {
            return came(Err((timely(Failure::Network), None)));
        };
        let from_now = |date: &str| (js_sys::Date::parse(date) - js_sys::Date::now()) / 1000.0;
        let wait = response.headers().get("Retry-After").ok().flatten();
        let wait = wait.and_then(|header| retry_after(&header, from_now));
        let status = response.status();
        let read = move |bytes: Result<Vec<u8>, Failure>| {
            let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            match text.map_err(timely).and_then(|text| reply::read(status, &text)) {
                Ok(answer) => came(Ok((answer, wait))),
                Err(failure) => came(Err((failure, wait))),
            }
        };
        match response.body() {
            Some(body) => read_on(body.get_reader().unchecked_into(), Vec::new(), Box::new(read)),
            None => read(Ok(Vec::new())),
        }
    });
}

type Read = Box<dyn FnOnce(Result<Vec<u8>, Failure>)>;

/// Reads a reply to its end, or to the bound.
fn read_on(reader: ReadableStreamDefaultReader, mut bytes: Vec<u8>, then: Read) {
    dom::after(&reader.read(), move |piece| {
        let Ok(piece) = piece else { return then(Err(Failure::BrokenOff)) };
        if Reflect::get(&piece, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return then(Ok(bytes));
        }
        let value = Reflect::get(&piece, &"value".into()).unwrap_or_default();
        bytes.extend(Uint8Array::new(&value).to_vec());
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
        .add(button("", say("ask_open"), move || shell.dialog.set(Some(Dialog::Endpoint))))
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
    let typed = |name: &'static str, help: &'static str, of: fn(&mut Fields) -> &mut String| {
        let mut value = String::new();
        state.fields.update_value(|fields| value = of(fields).clone());
        let put = move |text| state.fields.update_value(|fields| *of(fields) = text);
        let input = el("input").attr("type", "text").prop_of("value", move || value.clone().into());
        field(name, help, input.on_value("input", put))
    };
    let secret = el("input").attr("type", "password");
    let key: HtmlInputElement = secret.node().unchecked_into();
    let (clears, starts) = (key.clone(), key);
    let clear = button("", say("ask_clear_key"), move || clears.set_value(""));
    let start = move || state.start(shell, &starts.value());
    let is_busy = memo(move || state.status.with(|status| status.is_busy));
    let cancel = move || {
        is_busy.get().then(|| button("", say("ask_cancel"), move || state.end(shell, say("ask_cancelled"), false)))
    };
    let share = move || state.status.with(|status| status.share);
    let bar = move || {
        is_busy
            .get()
            .then(|| el("progress").attr("aria-label", say("ask_title")).prop_of("value", move || share().into()))
    };
    let said = move || state.status.with(|status| status.said.iter().map(|line| text("p", line)).collect());
    let outcome = move || {
        let (sentence, is_error) = state.status.with(|status| status.outcome.clone());
        let class = if is_error { "error" } else { "hint" };
        (!sentence.is_empty()).then(|| text("p", &sentence).class(class).attr("role", "alert"))
    };
    div("sheet-part ask")
        .add(text("p", say("ask_intro")))
        .add(typed("ask_address", "ask_address_help", |fields| &mut fields.address))
        .add(typed("ask_model", "ask_model_help", |fields| &mut fields.model))
        .add(field("ask_key", "ask_key_help", secret).add(clear))
        .add(typed("ask_scenes", "ask_scenes_help", |fields| &mut fields.scenes))
        .add(typed("ask_tokens", "ask_tokens_help", |fields| &mut fields.tokens))
        .add(typed("ask_open_requests", "ask_open_requests_help", |fields| &mut fields.open))
        .add(
            div("row")
                .add(button("", say("ask_start"), start).flag_of("disabled", move || is_busy.get()))
                .maybe_of(cancel)
                .maybe_of(move || save(shell)),
        )
        .maybe_of(bar)
        .add(div("told").part_of(said))
        .maybe_of(outcome)
}

/// A field under its name.
fn field(name: &'static str, help: &'static str, input: El) -> El {
    let (id, help_id) = (name.replace('_', "-"), help.replace('_', "-"));
    let input = input.attr("id", &id).attr("aria-describedby", &help_id).attr("autocomplete", "off");
    div("control")
        .add(div("row").add(text("label", say(name)).attr("for", &id)).add(input.attr("spellcheck", "false")))
        .add(text("p", say(help)).class("hint").attr("id", &help_id))
}
