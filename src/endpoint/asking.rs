//! Many prompts, asked several at a time: which is next, which is asked again and when, and what came of all. Its clock is the
//! caller's, its jitter a seed's.

use super::Form;
use super::reply::{self, Answer, Failure, Verdict};
use crate::json::{self, Json};

/// How often one prompt is asked.
pub const MOST_TRIES: u32 = 5;
/// Longest that one waits because a server says so, in seconds.
pub const LONGEST_WAIT_SECS: f64 = 300.0;
/// Prompts left out one after the other before one stops.
const MOST_LEFT_OUT: u32 = 3;
/// The wait after the first failure, and the longest of one's own accord, in ms.
const WAIT_MS: [u32; 2] = [1000, 30_000];
/// Digits of the digest that ids end in.
const DIGITS: usize = 16;

/// What came of all so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Prompts to ask.
    pub asked: u64,
    /// Answers.
    pub answered: u64,
    /// Answers that are cut.
    pub cut: u64,
    /// Prompts that got no usable answer and were left out.
    pub left_out: u64,
    /// Requests that were made again.
    pub retries: u64,
    /// Tokens of prompts and of answers, as far as they are known.
    pub tokens: [u64; 2],
    /// Answers whose tokens are not known.
    pub unknown: u64,
}

/// A request to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    prompt: usize,
    /// How often it was made already.
    tries: u32,
    /// How often the form had been changed when it was made.
    adapted: u32,
}

/// What to do after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// This one is done: take another.
    Other,
    /// Make it again.
    Again {
        /// The request.
        job: Job,
        /// After so many ms.
        wait_ms: u32,
    },
}

/// The prompts, and what came of them.
#[derive(Clone, Debug)]
pub struct Asking {
    form: Form,
    /// How often the form was changed to what the server takes.
    adapted: u32,
    prompts: Vec<(String, String)>,
    seed: u64,
    next: usize,
    open: usize,
    left_out_in_a_row: u32,
    is_stopped: bool,
    failure: Option<Failure>,
    tally: Tally,
    lines: String,
}

impl Asking {
    /// Prompts, ids and texts, that are to be asked in this form.
    #[must_use]
    pub fn new(form: Form, prompts: Vec<(String, String)>, seed: u64) -> Self {
        let tally = Tally { asked: prompts.len() as u64, ..Tally::default() };
        let (failure, lines) = (None, String::new());
        let (adapted, next, open, left_out_in_a_row, is_stopped) = (0, 0, 0, 0, false);
        Self { form, adapted, prompts, seed, next, open, left_out_in_a_row, is_stopped, failure, tally, lines }
    }

    /// The next request; none where none is left, or after a stop.
    pub fn take(&mut self) -> Option<Job> {
        if self.is_stopped || self.next == self.prompts.len() {
            return None;
        }
        (self.next, self.open) = (self.next + 1, self.open + 1);
        Some(Job { prompt: self.next - 1, tries: 0, adapted: self.adapted })
    }

    /// The body of a request.
    #[must_use]
    pub fn body(&self, job: Job) -> String {
        self.form.body(&self.prompts[job.prompt].1)
    }

    /// Takes in what came of a request; `wait_secs` is how long the server asks to wait.
    pub fn hear(&mut self, job: Job, came: Result<Answer, Failure>, wait_secs: Option<f64>) -> Next {
        if self.is_stopped {
            return Next::Other;
        }
        let failure = match came {
            Ok(answer) => {
                self.keep(job, &answer);
                return Next::Other;
            }
            Err(failure) => failure,
        };
        // What a server takes by another name is no failure, and not asked in vain twice.
        if let Failure::Status { status: 400, message } = &failure {
            self.adapted += u32::from(job.adapted == self.adapted && self.form.adapt(message));
            // Also what was on its way when another was refused.
            if job.adapted < self.adapted {
                return Next::Again { job: Job { adapted: self.adapted, ..job }, wait_ms: 0 };
            }
        }
        let tries = job.tries + 1;
        match failure.verdict() {
            Verdict::Again if wait_secs.is_some_and(|secs| secs > LONGEST_WAIT_SECS) => {
                let secs = wait_secs.unwrap_or_default() as u64;
                self.stop(Some(Failure::Later { secs }));
                Next::Other
            }
            Verdict::Again if tries < MOST_TRIES => {
                self.tally.retries += 1;
                let asked_ms = wait_secs.map_or(0.0, |secs| secs * 1000.0).max(0.0) as u32;
                let wait_ms = wait_ms(tries, mixed(self.seed, job.prompt as u64, tries)).max(asked_ms);
                Next::Again { job: Job { tries, adapted: self.adapted, ..job }, wait_ms }
            }
            Verdict::LeaveOut if self.left_out_in_a_row + 1 < MOST_LEFT_OUT => {
                self.left_out_in_a_row += 1;
                self.tally.left_out += 1;
                self.open -= 1;
                Next::Other
            }
            _ => {
                self.stop(Some(failure));
                Next::Other
            }
        }
    }

    fn keep(&mut self, job: Job, answer: &Answer) {
        self.open -= 1;
        self.left_out_in_a_row = 0;
        self.tally.answered += 1;
        self.tally.cut += u64::from(answer.is_cut());
        match answer.usage {
            Some(used) => {
                for (sum, tokens) in self.tally.tokens.iter_mut().zip(used) {
                    *sum = sum.saturating_add(tokens);
                }
            }
            None => self.tally.unknown += 1,
        }
        self.lines.push_str(&answer.line(&self.prompts[job.prompt].0));
        self.lines.push('\n');
    }

    /// Asks no more. What comes later is not taken in.
    pub fn stop(&mut self, why: Option<Failure>) {
        if !self.is_stopped {
            (self.is_stopped, self.failure) = (true, why);
        }
    }

    /// Whether nothing is left to come.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_stopped || (self.open == 0 && self.next == self.prompts.len())
    }

    /// Why it was stopped, if not at a wish.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// What came of all so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The answers so far, a line for each.
    #[must_use]
    pub fn lines(&self) -> &str {
        &self.lines
    }
}

/// The first `most` of these prompts that a file has no answer to.
#[must_use]
pub fn unanswered(prompts: Vec<(String, String)>, file: &str, most: usize) -> Vec<(String, String)> {
    // A list, as a set of its own weighs more in the page than looking through some thousands takes.
    let answered: Vec<u64> = file.lines().filter_map(known).collect();
    let is_open = |(id, _): &(String, String)| digest(id).is_some_and(|digest| !answered.contains(&digest));
    prompts.into_iter().filter(is_open).take(most).collect()
}

/// The digest of the prompt that a line has an answer to.
fn known(line: &str) -> Option<u64> {
    let line = json::read(line).ok()?;
    reply::answer(reply::at(&line, &["response", "body"])?).ok()?;
    digest(line.get("custom_id").and_then(Json::text)?)
}

fn digest(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(id.len().checked_sub(DIGITS)?..)?, 16).ok()
}

/// How long a server asks to wait, in seconds, by what its `Retry-After` says: seconds, or a date, of which `from_now` knows how far
/// off it is.
#[must_use]
pub fn retry_after(header: &str, from_now: impl FnOnce(&str) -> f64) -> Option<f64> {
    let header = header.trim();
    let is_number = header.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let secs = if is_number { header.parse().ok()? } else { from_now(header) };
    secs.is_finite().then_some(secs.max(0.0))
}

/// How long to wait after so many tries: twice as long each time, and of the wait at least a half.
fn wait_ms(tries: u32, random: u64) -> u32 {
    let [first, longest] = WAIT_MS;
    let whole = first.saturating_mul(1 << (tries - 1).min(16)).min(longest);
    whole / 2 + (random % u64::from(whole / 2 + 1)) as u32
}

/// A number that looks random (SplitMix64's finaliser).
fn mixed(seed: u64, prompt: u64, tries: u32) -> u64 {
    let mut x = seed ^ prompt.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (u64::from(tries) << 56);
    for multiplier in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        x = (x ^ (x >> 30)).wrapping_mul(multiplier);
    }
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prompts(count: u64) -> Vec<(String, String)> {
        (0..count).map(|n| (format!("scene-{n}-{n:016x}"), format!("prompt {n}"))).collect()
    }

    fn asking(count: u64) -> Asking {
        Asking::new(Form::new("m", 100).expect("allowed"), prompts(count), 7)
    }

    fn answer(usage: Option<[u64; 2]>, reason: &str) -> Answer {
        Answer { text: "1. a".to_owned(), finish_reason: reason.to_owned(), model: None, usage }
    }

    fn status(status: u16) -> Failure {
        Failure::Status { status, message: String::new() }
    }

    #[test]
    fn answers_are_counted_and_kept() {
        let mut asking = asking(3);
        let jobs: Vec<Job> = core::iter::from_fn(|| asking.take()).collect();
        assert_eq!((jobs.len(), asking.is_over()), (3, false));
        assert!(asking.body(jobs[2]).contains("prompt 2"));
        for (job, came) in
            jobs.into_iter().zip([answer(Some([5, 2]), "stop"), answer(Some([6, 3]), "length"), answer(None, "stop")])
        {
            assert_eq!(asking.hear(job, Ok(came), None), Next::Other);
        }
        let wanted = Tally { asked: 3, answered: 3, cut: 1, tokens: [11, 5], unknown: 1, ..Tally::default() };
        assert_eq!((asking.is_over(), asking.tally()), (true, &wanted));
        assert_eq!(asking.lines().lines().count(), 3);
        let left = unanswered(prompts(5), asking.lines(), 1);
        assert_eq!(left, &prompts(5)[3..4], "what is answered is not asked again");
        let flawed = "nonsense\n{\"custom_id\": \"scene-0-0000000000000000\", \"response\": {\"status_code\": 500}}";
        assert_eq!(unanswered(prompts(2), flawed, 9).len(), 2, "a failure is no answer");
    }

    #[test]
    fn a_failure_that_passes_is_tried_five_times_with_longer_and_longer_waits() {
        let mut asking = asking(2);
        let mut job = asking.take().expect("a request");
        for whole in [1000, 2000, 4000, 8000] {
            let Next::Again { job: again, wait_ms } = asking.hear(job, Err(status(503)), None) else { panic!("again") };
            assert!((whole / 2..=whole).contains(&wait_ms), "{wait_ms} of {whole}");
            job = again;
        }
        assert_eq!(asking.hear(job, Err(status(503)), None), Next::Other);
        assert_eq!((asking.take(), asking.is_over(), asking.failure()), (None, true, Some(&status(503))));
        assert_eq!(asking.tally().retries, 4);
    }

    #[test]
    fn a_server_is_waited_for_as_long_as_it_says_within_reason() {
        let mut asking = asking(1);
        let job = asking.take().expect("a request");
        let Next::Again { job, wait_ms } = asking.hear(job, Err(status(429)), Some(20.0)) else { panic!("again") };
        assert_eq!(wait_ms, 20_000);
        assert_eq!(asking.hear(job, Err(status(429)), Some(3600.0)), Next::Other);
        assert_eq!(asking.failure(), Some(&Failure::Later { secs: 3600 }));
        let from_now = |_: &str| 12.0;
        let found =
            ["3", " 1.5 ", "Wed, 21 Oct 2026 07:28:00 GMT", "", "1.2.3"].map(|text| retry_after(text, from_now));
        assert_eq!(found, [Some(3.0), Some(1.5), Some(12.0), None, None]);
        assert_eq!((retry_after("x", |_| f64::NAN), retry_after("x", |_| -4.0)), (None, Some(0.0)));
    }

    #[test]
    fn what_does_not_pass_stops_at_once_and_what_comes_later_is_not_taken_in() {
        let mut asking = asking(4);
        let (first, second) = (asking.take().expect("a request"), asking.take().expect("another"));
        assert_eq!(asking.hear(first, Err(status(401)), None), Next::Other);
        assert_eq!(asking.hear(second, Ok(answer(None, "stop")), None), Next::Other);
        assert_eq!((asking.take(), asking.failure(), asking.tally().answered), (None, Some(&status(401)), 0));
    }

    #[test]
    fn a_reply_without_an_answer_is_left_out_until_there_are_many() {
        let mut asking = asking(9);
        for came in [Err(Failure::NoText), Err(Failure::NoChoices), Ok(answer(None, "stop")), Err(Failure::NoText)] {
            let job = asking.take().expect("a request");
            assert_eq!(asking.hear(job, came, None), Next::Other);
        }
        assert_eq!((asking.is_over(), asking.tally().left_out), (false, 3));
        for _ in 0..2 {
            let job = asking.take().expect("a request");
            asking.hear(job, Err(Failure::NoText), None);
        }
        assert_eq!(asking.failure(), Some(&Failure::NoText), "three in a row");
    }

    #[test]
    fn a_server_that_takes_the_bound_by_another_name_is_asked_so() {
        let mut asking = asking(2);
        // Both are on their way when the first is refused.
        let jobs = [asking.take(), asking.take()].map(|job| job.expect("a request"));
        let refusal = |message: &str| Err(Failure::Status { status: 400, message: message.to_owned() });
        let again = jobs.map(|job| match asking.hear(job, refusal("Use 'max_completion_tokens'"), None) {
            Next::Again { job, wait_ms: 0 } => job,
            next => panic!("{next:?}"),
        });
        assert!(again.iter().all(|job| asking.body(*job).contains("\"max_completion_tokens\":100")));
        assert_eq!(asking.hear(again[0], Ok(answer(None, "stop")), None), Next::Other);
        assert_eq!(asking.hear(again[1], refusal("Use 'max_completion_tokens'"), None), Next::Other);
        assert!(asking.is_over() && asking.failure().is_some() && asking.tally().retries == 0);
    }

    proptest! {
        #[test]
        fn every_prompt_is_answered_left_out_or_a_reason_to_stop(count in 0_u64..20, codes in proptest::collection::vec(0_u8..8, 0..200)) {
            let mut asking = asking(count);
            let mut codes = codes.into_iter();
            let mut waiting: Vec<Job> = Vec::new();
            loop {
                while waiting.len() < 4 {
                    let Some(job) = asking.take() else { break };
                    waiting.push(job);
                }
                if waiting.is_empty() || asking.is_over() {
                    break;
                }
                let job = waiting.remove(0);
                let came = match codes.next() {
                    Some(0) => Err(Failure::Network),
                    Some(1) => Err(Failure::NoText),
                    Some(2) => Err(status(429)),
                    _ => Ok(answer(Some([1, 1]), "stop")),
                };
                if let Next::Again { job, wait_ms } = asking.hear(job, came, None) {
                    prop_assert!(wait_ms <= WAIT_MS[1]);
                    waiting.push(job);
                }
            }
            prop_assert!(asking.is_over());
            let tally = asking.tally();
            prop_assert_eq!(tally.answered, asking.lines().lines().count() as u64);
            prop_assert!(tally.answered + tally.left_out == count || asking.failure().is_some());
        }
    }
}
