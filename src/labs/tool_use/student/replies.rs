//! What a student replies: turn by turn, the likeliest token each time, with what a tool gave back after each call.
//!
//! A [`Reply`] goes on in small parts, so that it can be watched token by token, and whoever waits never waits long.

use super::lexicon::END;
use crate::labs::tool_use::form::CALL;
use crate::labs::tool_use::metrics::{Metrics, metrics};
use crate::labs::tool_use::sample::Sample;
use crate::labs::tool_use::strict::{Failure, judge};
use crate::labs::tool_use::transcript::Transcript;
use crate::transformer::tokenizer::Vocabulary;
use crate::transformer::{Generator, Model, likeliest};

/// Most turns of a reply, and tokens of a turn.
const TURNS: usize = 5;
const TOKENS: usize = 120;
/// Tokens that are read in one part.
const READ: usize = 64;

/// What a part came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// Some of what was said before was read.
    Read,
    /// A token was written.
    Wrote {
        /// The token.
        token: u32,
    },
    /// A tool was called, for the so manieth time from 0: what it gave back is to be told by [`Reply::observe`].
    Called {
        /// Which call.
        call: usize,
    },
    /// The reply is at its end.
    Over,
}

/// Why a reply was cut off before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cut {
    /// There is no more room.
    #[error("the reply is cut off: with its prompt it is as long as the base reads")]
    Context,
    /// Its last turn is too long.
    #[error("the reply is cut off: a turn has at most {TOKENS} tokens")]
    Turn,
    /// It calls too often.
    #[error("the reply is cut off: it has at most {TURNS} calls")]
    Calls,
}

/// A reply that is being written. A token that is written is read with the next part.
#[derive(Clone, Debug)]
pub struct Reply {
    generator: Generator,
    /// What is still to be read.
    unread: Vec<u32>,
    /// Tokens of the turn at hand, and all before it as text.
    turn: Vec<u32>,
    before: String,
    calls: usize,
    is_over: bool,
    cut: Option<Cut>,
}

impl Reply {
    /// A reply with nothing to reply to.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let generator = Generator::new(model);
        let (unread, turn, before) = (Vec::new(), Vec::new(), String::new());
        Self { generator, unread, turn, before, calls: 0, is_over: true, cut: None }
    }

    /// Begins the reply to a prompt.
    pub fn begin(&mut self, vocabulary: &Vocabulary, prompt: &str) {
        self.generator.clear();
        self.unread = vec![END];
        vocabulary.encode(prompt, &mut self.unread);
        self.turn.clear();
        self.before.clear();
        (self.calls, self.is_over, self.cut) = (0, false, None);
    }

    /// Why it was cut off, if it was.
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }

    fn cut_off(&mut self, why: Cut) {
        (self.is_over, self.cut) = (true, Some(why));
    }

    /// What was written so far, with what tools gave back.
    #[must_use]
    pub fn text(&self, vocabulary: &Vocabulary) -> String {
        self.before.clone() + &vocabulary.decode(&self.turn)
    }

    /// Tells what the tool gave back that was called last.
    pub fn observe(&mut self, vocabulary: &Vocabulary, observation: &str) {
        let observation = format!("{observation}\n");
        self.before += &observation;
        vocabulary.encode(&observation, &mut self.unread);
        self.calls += 1;
        if self.calls == TURNS {
            self.cut_off(Cut::Calls);
        }
    }

    /// Goes on a little; `see` is shown the logits of the token that is written.
    pub fn part(&mut self, model: &Model, vocabulary: &Vocabulary, see: &mut dyn FnMut(&[f32])) -> Part {
        if !self.is_over && self.unread.len() > self.generator.room(model) {
            self.cut_off(Cut::Context);
        }
        if self.is_over {
            return Part::Over;
        }
        if self.unread.len() > READ {
            let rest = self.unread.split_off(READ);
            self.generator.push(model, &self.unread);
            self.unread = rest;
            return Part::Read;
        }
        let logits = self.generator.push(model, &self.unread);
        self.unread.clear();
        see(logits);
        let token = likeliest(logits);
        if token == END {
            // A turn that ends with a call waits for the tool.
            let text = vocabulary.decode(&self.turn);
            let is_call = text.ends_with(CALL[2]);
            self.before += &text;
            self.turn.clear();
            self.is_over = !is_call;
            return if is_call { Part::Called { call: self.calls } } else { Part::Over };
        }
        self.turn.push(token);
        self.unread.push(token);
        if self.turn.len() == TOKENS {
            self.cut_off(Cut::Turn);
        }
        Part::Wrote { token }
    }
}

/// What the simulated tools of a sample give back, whatever is called: what they gave in its own transcript.
#[must_use]
pub fn observation<'a>(truth: &Transcript<'a>, call: usize) -> &'a str {
    truth.observations.iter().find(|(before, _)| *before == call + 1).map_or("", |(_, text)| *text)
}

/// A reply, and what it is worth.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The transcript.
    pub output: String,
    /// The paper's metrics.
    pub metrics: Metrics,
    /// Why it fails the strict score, if it does.
    pub failure: Option<Failure>,
}

impl Judged {
    /// Judges what was replied to a sample.
    #[must_use]
    pub fn new(sample: &Sample, output: String) -> Self {
        let (truth, prediction) = (Transcript::parse(&sample.output), Transcript::parse(&output));
        let (metrics, failure) = (metrics(&truth, &prediction), judge(&truth, &prediction).err());
        Self { metrics, failure, output }
    }

    /// The reply to a sample, written to its end.
    #[must_use]
    pub fn of(reply: &mut Reply, model: &Model, vocabulary: &Vocabulary, sample: &Sample) -> Self {
        let truth = Transcript::parse(&sample.output);
        reply.begin(vocabulary, &sample.instruction);
        loop {
            match reply.part(model, vocabulary, &mut |_| ()) {
                Part::Called { call } => reply.observe(vocabulary, observation(&truth, call)),
                Part::Over => return Self::new(sample, reply.text(vocabulary)),
                Part::Read | Part::Wrote { .. } => {}
            }
        }
    }
}
