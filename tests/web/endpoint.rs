//! A chat endpoint as the teacher of the lab of tool use: asked, limited, failing, slow, cut, wrong, refused; and the file that its
//! answers become.

use crate::browser::{Page, each};
use crate::chat_server::ChatServer;
use crate::lab::{RUN, STEP, axe_is_content, says};
use crate::tool_use::hand;
use snapscope::endpoint::Answer;
use snapscope::experiment::Link;
use snapscope::labs::{self, Library, tool_use};
use thirtyfour::prelude::*;

const LINK: &str = "#v=1&lab=tool-use&seed=5&data.scenes=4&data.negatives=0&view.pace=max";
const KEY: &str = "sk-never-kept";

/// Opens the lab where the server serves it, and the dialog.
async fn open(page: &Page, address: &str) -> WebDriverResult<()> {
    page.driver.goto("about:blank").await?;
    page.driver.goto(format!("{address}{LINK}")).await?;
    open_dialog(page).await
}

/// Opens the dialog once the run is over.
async fn open_dialog(page: &Page) -> WebDriverResult<()> {
    page.wait_within(RUN, &format!("{STEP} === 4")).await?;
    press(page, "Ask a chat endpoint").await?;
    page.wait_for("document.querySelector('dialog[open] #ask-address') !== null").await
}

/// Presses the button of that name as soon as it can be: found and pressed in one go, as the page may build it anew in between.
async fn press(page: &Page, name: &str) -> WebDriverResult<()> {
    page.wait_for(&format!(
        "((button) => {{ button?.click(); return button !== undefined; }})(\
         [...document.querySelectorAll('button')].find((it) => it.innerText === '{name}' && !it.disabled))"
    ))
    .await
}

async fn put(page: &Page, field: &str, value: &str) -> WebDriverResult<()> {
    let script = format!(
        "const field = document.getElementById('{field}'); field.value = '{value}'; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    page.driver.execute(script, vec![]).await.map(|_| ())
}

/// Asks an address for so many scenes, one at a time.
async fn ask(page: &Page, address: &str, scenes: &str) -> WebDriverResult<()> {
    fill(page, address, scenes).await?;
    press(page, "Ask").await
}

/// Says what is to be asked.
async fn fill(page: &Page, address: &str, scenes: &str) -> WebDriverResult<()> {
    for (field, value) in [
        ("ask-address", address),
        ("ask-model", "test-model"),
        ("ask-scenes", scenes),
        ("ask-open-requests", "1"),
        ("ask-key", KEY),
    ] {
        put(page, field, value).await?;
    }
    Ok(())
}

/// Waits for what the dialog says in the end.
async fn ends(page: &Page, text: &str) -> WebDriverResult<()> {
    let said = serde_json::json!(text);
    let outcome = "document.querySelector('.ask [role=alert]')?.innerText";
    page.wait_within(RUN, &format!("({outcome} ?? '').includes({said})")).await
}

#[test]
fn an_endpoint_is_asked_in_spite_of_limits_and_failures_and_what_it_answered_is_run() {
    each(async |page| {
        let server = ChatServer::start(&page.folder);
        open(page, &server.address).await?;
        axe_is_content(page).await?;
        // Two of four, one of them only after it was limited and the server failed three times.
        ask(page, "/limited/v1", "1").await?;
        ends(page, "All that was asked for is there. The run is now on the answers so far").await?;
        says(page, "1 of 1 scenes are answered; requests made again: 1;").await?;
        says(page, "Tokens so far: 700 of prompts, 20 of answers.").await?;
        page.wait_for(
            "location.hash.includes('data.teacher=own-answers') && location.hash.includes('answers.digest=')",
        )
        .await?;
        page.wait_within(RUN, &format!("{STEP} === 1")).await?;
        ask(page, "/failing/v1/chat/completions", "1").await?;
        says(page, "requests made again: 3;").await?;
        page.wait_within(RUN, &format!("{STEP} === 2")).await?;
        // The third breaks off at first; what is answered is not asked again.
        ask(page, "/broken/v1", "10").await?;
        says(page, "2 of 2 scenes are answered; requests made again: 1;").await?;
        page.wait_within(RUN, &format!("{STEP} === 4")).await?;
        ask(page, "/good/v1", "10").await?;
        ends(page, "Each scene of the settings has an answer already.").await?;
        let seen = server.seen();
        assert_eq!(seen.len(), 2 + 4 + 3, "in {:?}", page.kind);
        for request in &seen {
            let head = request.head.to_lowercase();
            assert!(head.contains(&format!("authorization: bearer {KEY}")), "{head}");
            assert!(!head.contains("\ncookie:") && !head.contains("\nreferer:"), "nothing else of the reader: {head}");
            assert!(
                request.body.starts_with("{\"model\":\"test-model\",\"messages\":[{\"role\":\"user\","),
                "{}",
                request.body
            );
        }
        press(page, "Close").await?;
        page.wait_for("document.querySelector('.p-made').textContent.includes('Split number')").await?;
        let kept = "JSON.stringify(localStorage) + location.href + document.documentElement.outerHTML";
        assert_eq!(page.eval(&format!("({kept}).includes('{KEY}')")).await?, false, "the key is nowhere");
        press(page, "Ask a chat endpoint").await?;
        page.wait_for("document.getElementById('ask-key').value === ''").await?;
        page.wait_for("document.getElementById('ask-address').value === '/good/v1'").await?;
        put(page, "ask-key", "another").await?;
        press(page, "Clear the key").await?;
        page.wait_for("document.getElementById('ask-key').value === ''").await
    });
}

#[test]
fn what_goes_wrong_is_said_in_a_sentence_and_what_was_answered_is_kept() {
    each(async |page| {
        let server = ChatServer::start(&page.folder);
        open(page, &server.address).await?;
        for (address, text) in [
            ("/denied/v1", "The endpoint refuses, with status 401: no <b>such</b> key"),
            ("/wrong/v1", "The answer is no JSON: is this the address of chat completions?"),
            ("/huge/v1", "The answer has more than 1\u{202f}048\u{202f}576 bytes, which are not read."),
            ("/empty/v1", "The answer has no choices."),
            ("/patient/v1", "The endpoint asks to wait 3600 s: try again then."),
            ("http://api.example.com/v1", "Address: expected one that begins with https://"),
            ("https://me:pw@api.example.com/v1", "Address: names and passwords may not stand in it"),
        ] {
            ask(page, address, "4").await?;
            ends(page, text).await?;
        }
        assert_eq!(page.eval("document.querySelectorAll('dialog b').length").await?, 0, "no markup");
        assert_eq!(server.seen().len(), 1 + 1 + 1 + 3 + 1, "in {:?}: what does not pass is not tried again", page.kind);
        put(page, "ask-tokens", "5").await?;
        ask(page, "/good/v1", "4").await?;
        ends(page, "Most tokens of an answer: expected a whole number from 16 to 32\u{202f}768.").await?;
        put(page, "ask-tokens", "100").await?;
        // Cut answers are kept, and marked.
        ask(page, "/cut/v1", "1").await?;
        says(page, "1 answers are cut: the line each is cut in is left out.").await?;
        says(page, "Of 1 answers the endpoint did not say how many tokens they took.").await?;
        page.wait_within(RUN, &format!("{STEP} === 1")).await?;
        // The second is slow after one good answer: cancelled at once, and the answer is kept.
        ask(page, "/slow/v1", "3").await?;
        says(page, "1 of 3 scenes are answered").await?;
        press(page, "Cancel").await?;
        ends(page, "Cancelled. The run is now on the answers so far").await?;
        page.wait_within(RUN, &format!("{STEP} === 2")).await
    });
}

#[test]
fn another_origin_is_asked_only_where_the_policy_names_it() {
    each(async |page| {
        let (site, other) = (ChatServer::start(&page.folder), ChatServer::start(&page.folder));
        let origin = other.address.trim_end_matches('/');
        open(page, &site.address).await?;
        ask(page, &format!("{origin}/good/v1"), "1").await?;
        ends(
            page,
            &format!("This page may not ask {origin}: its content security policy allows only its own address."),
        )
        .await?;
        ends(page, &format!("write connect-src 'self' {origin} in the place of connect-src 'self'")).await?;
        assert!(other.seen().is_empty(), "nothing is sent");
        // Served as that sentence says.
        let change = |html: &str| html.replace("connect-src 'self'", &format!("connect-src 'self' {origin}"));
        let _copy = page.open_changed("index.html", &change, LINK).await?;
        open_dialog(page).await?;
        ask(page, &format!("{origin}/limited/v1"), "2").await?;
        ends(page, "All that was asked for is there.").await?;
        says(page, "2 of 2 scenes are answered; requests made again: 1;").await?;
        page.wait_within(RUN, &format!("{STEP} === 2")).await
    });
}

#[test]
fn a_redirect_is_not_followed() {
    each(async |page| {
        let (endpoint, other) = (ChatServer::start(&page.folder), ChatServer::start(&page.folder));
        let [from, to] = [&endpoint, &other].map(|server| server.address.trim_end_matches('/'));
        // Both may be asked, so it is not the policy that stops it.
        let change = |html: &str| html.replace("connect-src 'self'", &format!("connect-src 'self' {from} {to}"));
        let _copy = page.open_changed("index.html", &change, LINK).await?;
        open_dialog(page).await?;
        let port = to.rsplit(':').next().unwrap_or_default();
        ask(page, &format!("{from}/moved-{port}/v1"), "1").await?;
        ends(page, "Nobody answers there, or the endpoint lets no page read its answers (CORS).").await?;
        assert!(other.seen().is_empty(), "neither prompt nor key went on, in {:?}", page.kind);
        assert_eq!(endpoint.seen().len(), 5, "it is tried so often, in {:?}", page.kind);
        Ok(())
    });
}

#[test]
fn as_many_requests_are_open_at_a_time_as_was_asked_for() {
    each(async |page| {
        for open_requests in [1, 3] {
            let server = ChatServer::start(&page.folder);
            open(page, &server.address).await?;
            fill(page, "/unhurried/v1", "4").await?;
            put(page, "ask-open-requests", &open_requests.to_string()).await?;
            press(page, "Ask").await?;
            ends(page, "All that was asked for is there.").await?;
            assert_eq!((server.most_open(), server.seen().len()), (open_requests, 4), "in {:?}", page.kind);
            page.wait_within(RUN, &format!("{STEP} === 4")).await?;
        }
        Ok(())
    });
}

#[test]
fn a_file_of_answers_gives_the_native_bits() {
    let mut library = Library::default();
    let experiment = Link::parse(LINK).0.experiment;
    let prompts = tool_use::prompts(&experiment, &library).expect("prompts");
    let file: String = prompts
        .iter()
        .zip(1..)
        .map(|((id, _), n)| {
            let text = format!("1. Split number {n}, [Segment the Image, example.jpg]\n2. Crop it, [Crop Image, x]");
            let (finish_reason, model) = ("stop".to_owned(), None);
            Answer { text, finish_reason, model, usage: None }.line(id) + "\n"
        })
        .collect();
    let own = library
        .get_mut::<tool_use::Files>()
        .take_answers(vec![("mine.jsonl".to_owned(), file.clone().into_bytes())])
        .expect("answers");
    let link = format!(
        "{LINK}&data.teacher=own-answers&answers.name=mine.jsonl&answers.size={}&answers.digest={:016x}",
        own.size, own.digest
    );
    let mut run = labs::start_on(&Link::parse(&link).0.experiment, &library).expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let digest = run.digest();
    each(async |page| {
        page.open(&format!("{link}&digest={digest}")).await?;
        says(page, "answers: this experiment is about the answers mine.jsonl").await?;
        hand(page, "mine.jsonl", &file).await?;
        says(page, "mine.jsonl was read.").await?;
        page.wait_within(RUN, &format!("{STEP} === 4")).await?;
        // The file is there now: once the address is that of the run, the link again gives the bits it promises.
        page.wait_for("!location.hash.includes('&digest=')").await?;
        page.driver.execute(format!("location.hash = '{link}&digest={digest}';"), vec![]).await?;
        says(page, &format!("Reproduced bit for bit: digest {digest}.")).await?;
        page.wait_for("document.querySelectorAll('.p-dropped tbody tr').length === 4").await
    });
}
