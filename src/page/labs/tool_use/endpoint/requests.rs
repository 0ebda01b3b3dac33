//! One request to a chat endpoint, within the time and the size there are.

use crate::endpoint::asking::retry_after;
use crate::endpoint::{Answer, Failure, MOST_BYTES, MOST_MS, reply};
use core::time::Duration;
use gloo_net::http;
use js_sys::{Reflect, Uint8Array};
use leptos::prelude::set_timeout_with_handle;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect,
};

/// A request.
pub struct Request {
    /// Where it goes.
    pub url: String,
    /// The key; empty for none.
    pub key: String,
    /// The body: JSON.
    pub body: String,
    /// Ends it.
    pub controller: AbortController,
}

/// What came of a request.
pub struct Came {
    /// The answer, or why there is none.
    pub answer: Result<Answer, Failure>,
    /// How long to wait before the next one, seconds, if that is said.
    pub wait_secs: Option<f64>,
}

impl Request {
    /// Makes the request. It says no more of the reader than it must, and follows nobody elsewhere.
    pub async fn send(self) -> Came {
        let is_late = Rc::new(Cell::new(false));
        let (late, ends) = (is_late.clone(), self.controller.clone());
        let abort = move || {
            late.set(true);
            ends.abort();
        };
        let timer = set_timeout_with_handle(abort, Duration::from_millis(MOST_MS.into())).ok();
        let came = self.answered().await;
        if let Some(timer) = timer {
            timer.clear();
        }
        if is_late.get() { Came { answer: Err(Failure::Timeout), wait_secs: None } } else { came }
    }

    async fn answered(&self) -> Came {
        let failed = |failure| Came { answer: Err(failure), wait_secs: None };
        let mut builder = http::Request::post(&self.url)
            .header("Content-Type", "application/json")
            .abort_signal(Some(&self.controller.signal()))
            .redirect(RequestRedirect::Error)
            .credentials(RequestCredentials::Omit)
            .cache(RequestCache::NoStore)
            .referrer_policy(ReferrerPolicy::NoReferrer);
        if !self.key.is_empty() {
            builder = builder.header("Authorization", &["Bearer ", &self.key].concat());
        }
        let Ok(request) = builder.body(&self.body) else { return failed(Failure::Network) };
        let Ok(response) = request.send().await else { return failed(Failure::Network) };
        let from_now = |date: &str| (js_sys::Date::parse(date) - js_sys::Date::now()) / 1000.0;
        let wait_secs = response.headers().get("Retry-After").and_then(|header| retry_after(&header, from_now));
        let answer = match body(&response).await {
            Ok(bytes) => reply::read(response.status(), &String::from_utf8_lossy(&bytes)),
            Err(failure) => Err(failure),
        };
        Came { answer, wait_secs }
    }
}

/// Reads a reply to its end, or to the bound.
async fn body(response: &http::Response) -> Result<Vec<u8>, Failure> {
    let Some(body) = response.body() else { return Ok(Vec::new()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(|_| Failure::BrokenOff)?;
        let field = |name: &str| Reflect::get(&piece, &name.into()).unwrap_or_default();
        if field("done").is_truthy() {
            return Ok(bytes);
        }
        bytes.extend(Uint8Array::new(&field("value")).to_vec());
        if bytes.len() > MOST_BYTES {
            let _ = reader.cancel();
            return Err(Failure::TooLong);
        }
    }
}
