//! Any bytes as a file of answers and as the reply of an endpoint: they are read or refused in a sentence, and what is read is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::endpoint::{Address, reply};
use snapscope::json;
use snapscope::labs::tool_use::answers::Answers;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = Answers::read(bytes) {
        assert!(error.to_string().len() < 1000, "a refusal is a sentence: {error}");
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(answer) = reply::read(200, &text) {
        let line = json::read(&answer.line("scene-0-0123456789abcdef")).expect("JSON");
        let body = line.get("response").and_then(|it| it.get("body")).expect("a body");
        assert_eq!(reply::answer(body), Ok(answer));
    }
    if let Ok(address) = Address::read(&text) {
        let url = &address.url;
        assert!(url.starts_with("https://") || url.starts_with("http://") || url.starts_with('/'), "{url}");
    }
});
