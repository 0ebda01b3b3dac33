//! A chat endpoint as the teacher: the dialog where the reader names it. The requests are [`requests`]' business; what is sent,
//! what comes back and when to ask again is `endpoint`'s. Answers become a file like any other of the reader's own. The key is
//! read from its field when asking starts, goes into the requests' headers, and is dropped at their end.

mod requests;

use super::own::has_answers;
use crate::endpoint::asking::unanswered;
use crate::endpoint::{Address, Asking, Failure, Form, Job, MOST_OPEN, Next, TOKENS, is_key};
use crate::page::components::field::Button;
use crate::page::components::shown::Shown;
use crate::page::platform::dom;
use crate::page::reactive::memo;
use crate::page::state::dialog::{DialogEntry, Dialogs};
use crate::page::state::feature::Feature;
use crate::page::state::files::Tables;
use crate::page::state::shell::Shell;
use crate::protocol::{Command, Event, TableKind};
use crate::view::endpoint as view;
use crate::view::text::say;
use core::time::Duration;
use js_sys::Reflect;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use requests::{Came, Request};
use web_sys::AbortController;

/// What the answers are called as a file.
const FILE: &str = "answers.jsonl";
/// Most scenes that are asked for at once: all that there can be.
const MOST_SCENES: u32 = 3000;

/// Asking a chat endpoint.
pub static ENDPOINT: DialogEntry =
    DialogEntry { name: "endpoint", title: "ask_title", key: None, view: || view! { <Endpoint /> }.into_any() };

/// What is typed besides the key, in the order of the dialog: words for it, what helps, and where it starts.
const FIELDS: [(&str, &str, &str); 5] = [
    ("ask_address", "ask_address_help", ""),
    ("ask_model", "", ""),
    ("ask_scenes", "ask_scenes_help", "10"),
    ("ask_tokens", "", "2048"),
    ("ask_open_requests", "", "2"),
];

/// What is known of an endpoint that is asked. A handle, in the context.
#[derive(Clone, Copy)]
pub struct EndpointState {
    shell: Shell,
    tables: Tables,
    /// What was typed: the dialog is built anew each time it opens.
    fields: [RwSignal<String>; FIELDS.len()],
    is_busy: RwSignal<bool>,
    /// The part of the scenes that is answered.
    share: RwSignal<f64>,
    said: RwSignal<Vec<String>>,
    /// What came of it, in the end; whether that is an error.
    outcome: RwSignal<(String, bool)>,
    round: StoredValue<Option<Round>, LocalStorage>,
    rounds: StoredValue<u32>,
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

impl Feature for EndpointState {
    fn heard(&self, event: &Event) {
        if let Event::Prompted { prompts } = event {
            self.prompted(prompts.clone());
        }
    }
}

impl EndpointState {
    /// Nobody is asked yet.
    pub fn start(shell: Shell) -> Self {
        let state = Self {
            shell,
            tables: Tables::here(),
            fields: FIELDS.map(|(_, _, start)| RwSignal::new(start.to_owned())),
            is_busy: RwSignal::new(false),
            share: RwSignal::new(0.0),
            said: RwSignal::new(Vec::new()),
            outcome: RwSignal::default(),
            round: StoredValue::new_local(None),
            rounds: StoredValue::new(0),
        };
        shell.add(state);
        state
    }

    fn here() -> Self {
        expect_context()
    }

    /// What `of` makes of the round, if there is one; of the round of that id only, where one is given.
    fn with<R>(self, id: Option<u32>, of: impl FnOnce(&mut Round) -> R) -> Option<R> {
        let mut made = None;
        self.round.update_value(|round| {
            let round = round.as_mut().filter(|round| id.is_none_or(|id| round.id == id));
            made = round.map(of);
        });
        made
    }

    /// Begins with what was typed, or says what is wrong with it.
    fn begin(self, key: &str) {
        if self.round.with_value(Option::is_some) {
            return;
        }
        self.share.set(0.0);
        self.outcome.set(Default::default());
        match self.read(key) {
            Ok(round) => {
                self.is_busy.set(true);
                self.said.set(vec![say("ask_preparing").to_owned()]);
                self.round.set_value(Some(round));
                self.shell.ask(&Command::Prompts { experiment: self.shell.experiment.get_untracked() });
            }
            Err(error) => {
                self.said.set(Vec::new());
                self.outcome.set((error, true));
            }
        }
    }

    /// What was typed, or what is wrong with it.
    fn read(self, key: &str) -> Result<Round, String> {
        let [address, model, scenes, tokens, open] = self.fields.map(|field| field.get_untracked());
        let address = Address::read(&address).map_err(view::address)?;
        let tokens = number(&tokens, "ask_tokens", TOKENS[0], TOKENS[1])?;
        let form = Form::new(&model, tokens).map_err(view::form)?;
        let most = number(&scenes, "ask_scenes", 1, MOST_SCENES)? as usize;
        let open = number(&open, "ask_open_requests", 1, MOST_OPEN)?;
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
        let file = self.tables.first(TableKind::Answers).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        self.rounds.update_value(|rounds| *rounds += 1);
        Ok(Round {
            id: self.rounds.get_value(),
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
    fn prompted(self, prompts: Result<Vec<(String, String)>, String>) {
        let prompts = match prompts {
            Ok(prompts) => prompts,
            Err(error) => return self.end(error, true),
        };
        let seed = self.shell.experiment.with_untracked(|experiment| experiment.seed);
        let begun = self.with(None, |round| {
            if round.asking.is_some() {
                return None;
            }
            let left = unanswered(prompts, &round.file, round.most);
            round.asking = Some(Asking::new(round.form.clone(), left, seed));
            Some((round.id, round.open))
        });
        if let Some(Some((id, open))) = begun {
            self.tick(id);
            (0..open).for_each(|_| self.go_on(id));
        }
    }

    /// Says how far it is, each second.
    fn tick(self, id: u32) {
        if self.with(Some(id), |_| ()).is_some() {
            self.tell();
            set_timeout(move || self.tick(id), Duration::from_secs(1));
        }
    }

    fn tell(self) {
        let told = self.with(None, |round| {
            let tally = round.asking.as_ref()?.tally();
            let secs = (dom::now_ms() - round.start_ms) / 1000.0;
            Some((tally.answered as f64 / tally.asked.max(1) as f64, view::progress(tally, secs)))
        });
        if let Some(Some((share, said))) = told {
            self.share.set(share);
            self.said.set(said);
        }
    }

    /// Makes the next request, if there is one, or ends.
    fn go_on(self, id: u32) {
        match self.with(Some(id), |round| round.asking.as_mut()?.take()) {
            Some(Some(job)) => self.send(id, job),
            Some(None) => self.end_if_over(),
            None => {}
        }
    }

    fn send(self, id: u32, job: Job) {
        let Ok(controller) = AbortController::new() else { return };
        let request = self.with(Some(id), |round| {
            let body = round.asking.as_ref()?.body(job);
            round.requests.push(controller.clone());
            Some(Request { url: round.address.url.clone(), key: round.key.clone(), body, controller })
        });
        if let Some(Some(request)) = request {
            spawn_local(async move {
                let came = request.send().await;
                self.came(id, job, came);
            });
        }
    }

    fn came(self, id: u32, job: Job, came: Came) {
        // Of a round that is over nothing is heard.
        let next = self.with(Some(id), |round| Some(round.asking.as_mut()?.hear(job, came.answer, came.wait_secs)));
        let Some(Some(next)) = next else { return };
        self.tell();
        match next {
            Next::Other => self.go_on(id),
            Next::Again { job, wait_ms } => {
                set_timeout(move || self.send(id, job), Duration::from_millis(wait_ms.into()));
            }
        }
    }

    fn end_if_over(self) {
        let over = self.with(None, |round| {
            let asking = round.asking.as_ref()?;
            match asking.failure() {
                Some(failure) => Some((view::failure(failure, &origin(&round.address)), true)),
                None if asking.tally().asked == 0 => Some((say("ask_all_answered").to_owned(), false)),
                None => asking.is_over().then(|| (say("ask_finished").to_owned(), false)),
            }
        });
        if let Some(Some((outcome, is_error))) = over {
            self.end(outcome, is_error);
        }
    }

    /// Ends all requests, forgets the key, and runs what was answered.
    fn end(self, mut outcome: String, is_error: bool) {
        self.tell();
        let mut round = None;
        self.round.update_value(|now| round = now.take());
        let Some(round) = round else { return };
        round.requests.iter().for_each(AbortController::abort);
        let lines = round.asking.as_ref().map_or("", Asking::lines);
        if !lines.is_empty() {
            let mut file = round.file;
            if !file.is_empty() && !file.ends_with('\n') {
                file.push('\n');
            }
            file.push_str(lines);
            self.tables.hand(TableKind::Answers, FILE.to_owned(), file.into_bytes());
            outcome = [&outcome, " ", say("ask_kept")].concat();
        }
        self.is_busy.set(false);
        self.outcome.set((outcome, is_error));
    }

    /// Stops where the browser says that the page's policy forbids it.
    fn refuse(self, blocked: &str) {
        let is_refused = self.with(None, |round| {
            let is_ours = blocked.starts_with(&origin(&round.address));
            match &mut round.asking {
                Some(asking) if is_ours => asking.stop(Some(Failure::Policy)),
                _ => return false,
            }
            true
        });
        if is_refused == Some(true) {
            self.end_if_over();
        }
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

/// What opens the dialog, and saves the answers where there are some.
pub fn opener() -> AnyView {
    let dialogs = Dialogs::here();
    view! {
        <div class="own-text">
            <Button label=say("ask_title") on_press=move || dialogs.show(&ENDPOINT) />
            <SaveAnswers />
        </div>
    }
    .into_any()
}

/// Saves the answers, where there are some.
#[component]
fn SaveAnswers() -> impl IntoView {
    let state = EndpointState::here();
    let are_there =
        memo(move || state.shell.experiment.with(has_answers) && state.tables.first(TableKind::Answers).is_some());
    let save = move || {
        if let Some(answers) = state.tables.first(TableKind::Answers) {
            dom::download_bytes(&answers, FILE, "application/jsonl");
        }
    };
    view! {
        <Shown when=move || are_there.get()>
            <Button label=say("ask_save") on_press=save />
        </Shown>
    }
}

/// The dialog's content.
#[component]
fn Endpoint() -> impl IntoView {
    let state = EndpointState::here();
    let violation = ev::Custom::<ev::Event>::new("securitypolicyviolation");
    let listener = window_event_listener(violation, move |event| {
        let blocked = Reflect::get(&event, &"blockedURI".into()).ok().and_then(|uri| uri.as_string());
        state.refuse(&blocked.unwrap_or_default());
    });
    on_cleanup(move || listener.remove());
    let key = NodeRef::<html::Input>::new();
    let start = move || {
        if let Some(key) = key.get_untracked() {
            state.begin(&key.value());
        }
    };
    let clear = move || {
        if let Some(key) = key.get_untracked() {
            key.set_value("");
        }
    };
    let typed = move |at: usize| {
        let ((name, help, _), field) = (FIELDS[at], state.fields[at]);
        view! {
            <FieldFrame name=name help=help>
                <input
                    type="text"
                    id=id(name)
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=(!help.is_empty()).then(|| id(help))
                    prop:value=field
                    on:input:target=move |event| field.set(event.target().value())
                />
            </FieldFrame>
        }
    };
    let line = |line: String| view! { <p>{line}</p> };
    let outcome = move || {
        let (outcome, is_error) = state.outcome.get();
        (!outcome.is_empty()).then(|| {
            view! {
                <p class=if is_error { "error" } else { "hint" } role="alert">
                    {outcome}
                </p>
            }
        })
    };
    view! {
        <div class="sheet-part ask">
            <p>{say("ask_intro")}</p>
            {(0..FIELDS.len()).map(typed).collect_view()}
            <FieldFrame name="ask_key" help="ask_key_help">
                <input
                    node_ref=key
                    type="password"
                    id=id("ask_key")
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=id("ask_key_help")
                />
            </FieldFrame>
            <Button label=say("ask_clear_key") on_press=clear />
            <div class="row">
                <Button label=say("ask_start") disabled=state.is_busy on_press=start />
                <Shown when=move || state.is_busy.get()>
                    <Button
                        label=say("own_cancel")
                        on_press=move || state.end(say("ask_cancelled").to_owned(), false)
                    />
                </Shown>
                <SaveAnswers />
            </div>
            <div class="told">
                <Shown when=move || state.is_busy.get()>
                    <progress aria-label=say("ask_title") value=move || state.share.get().to_string()></progress>
                </Shown>
                {move || state.said.get().into_iter().map(line).collect_view()}
                {outcome}
            </div>
        </div>
    }
}

/// The id that goes with a word of the catalogue.
fn id(word: &str) -> String {
    word.replace('_', "-")
}

/// A field under its name, and what helps.
#[component]
fn FieldFrame(
    /// Word of the catalogue for its name.
    name: &'static str,
    /// Word of the catalogue for what helps; empty for none.
    help: &'static str,
    /// The field.
    children: Children,
) -> impl IntoView {
    let hint = (!help.is_empty()).then(|| {
        view! {
            <p class="hint" id=id(help)>
                {say(help)}
            </p>
        }
    });
    view! {
        <div class="control">
            <div class="row">
                <label for=id(name)>{say(name)}</label>
                {children()}
            </div>
            {hint}
        </div>
    }
}
