//! What a student replies: turn by turn, the likeliest token each time, with what a simulated tool gave back after each call.

use super::lexicon::END;
use crate::lab::tool_use::form::CALL;
use crate::lab::tool_use::metrics::{Metrics, metrics};
use crate::lab::tool_use::sample::Sample;
use crate::lab::tool_use::strict::{Failure, judge};
use crate::lab::tool_use::transcript::Transcript;
use crate::transformer::tokenizer::Vocabulary;
use crate::transformer::{Generator, Model};

/// Most turns of a reply, and tokens of a turn.
const TURNS: usize = 5;
const TOKENS: usize = 120;

/// Replies to prompts.
pub struct Student<'a> {
    model: &'a Model,
    vocabulary: &'a Vocabulary,
    generator: Generator,
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

impl<'a> Student<'a> {
    /// A student with these weights.
    #[must_use]
    pub fn new(model: &'a Model, vocabulary: &'a Vocabulary) -> Self {
        Self { model, vocabulary, generator: Generator::new(model) }
    }

    /// The transcript that follows a prompt: turns of the student, and `tool` says what comes back after the call of that number.
    pub fn reply(&mut self, prompt: &str, tool: &mut dyn FnMut(usize, &str) -> String) -> String {
        self.generator.clear();
        let mut next = vec![END];
        self.vocabulary.encode(prompt, &mut next);
        let mut transcript = String::new();
        for call in 0..TURNS {
            let Some(turn) = self.turn(&next) else { break };
            transcript += &turn;
            if !turn.ends_with(CALL[2]) {
                break;
            }
            let observation = tool(call, &turn) + "\n";
            transcript += &observation;
            next.clear();
            self.vocabulary.encode(&observation, &mut next);
        }
        transcript
    }

    /// One turn after these tokens; none where they do not fit the context.
    fn turn(&mut self, tokens: &[u32]) -> Option<String> {
        if tokens.len() > self.generator.room(self.model) {
            return None;
        }
        let mut turn = Vec::new();
        let mut logits = self.generator.push(self.model, tokens);
        loop {
            let best = (0..logits.len()).fold(0, |best, i| if logits[i] > logits[best] { i } else { best }) as u32;
            if best == END {
                break;
            }
            turn.push(best);
            if turn.len() == TOKENS || self.generator.room(self.model) == 0 {
                break;
            }
            logits = self.generator.push(self.model, &[best]);
        }
        Some(self.vocabulary.decode(&turn))
    }

    /// Replies to a sample's prompt and judges the reply. The tools give back what they do in the sample, whatever is called.
    pub fn judged(&mut self, sample: &Sample) -> Judged {
        let truth = Transcript::parse(&sample.output);
        let back = |call: usize| {
            let found = truth.observations.iter().find(|(before, _)| *before == call + 1);
            found.map_or("", |(_, text)| *text).to_owned()
        };
        let output = self.reply(&sample.instruction, &mut |call, _| back(call));
        let prediction = Transcript::parse(&output);
        Judged {
            metrics: metrics(&truth, &prediction),
            failure: judge(&truth, &prediction).err(),
            output: output.clone(),
        }
    }
}
