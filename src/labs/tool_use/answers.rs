//! Answers of another teacher: a file of what a language model answered to the prompts of an experiment, in the place of the grammar's.
//!
//! The file is JSON Lines as batches of chat completions come back (OpenAI's Batch API; servers of others write the same):
//! `custom_id`, which ends in the prompt's digest, and `response.body`, a chat completion. So it does not matter who asked: the page,
//! a batch job or a program of the reader's own. An answer counts for a scene when its digest is that of the scene's prompt; a flawed
//! line is told and left out.

use super::catalogue::Catalogue;
use super::json::{self, Json};
use super::pipeline::{Answered, Scenes};
use super::sample::FieldError;
use super::teacher;
use super::told::Told;
use std::collections::BTreeMap;
use xxhash_rust::xxh64::xxh64;

/// Most bytes of a file.
pub const MAX_BYTES: usize = 200_000_000;
/// Digits of a digest.
const DIGITS: usize = 16;

/// What a teacher is told of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Its scene's place and its digest: `scene-12-9f2c0d61b7a4e833`.
    pub id: String,
    /// The message.
    pub text: String,
}

/// The prompts of all scenes.
pub fn prompts<'a>(scenes: &'a Scenes, seed: u64, catalogue: &'a Catalogue) -> impl Iterator<Item = Prompt> + 'a {
    let prompt = |(number, scene)| {
        let text = teacher::prompt(&scene, catalogue);
        Prompt { id: format!("scene-{number}-{:016x}", xxh64(text.as_bytes(), 0)), text }
    };
    (0_u64..).zip(scenes.all(seed)).map(prompt)
}

/// Why a file has no answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersError {
    /// Too many bytes.
    #[error("{bytes} bytes, a file of answers has at most {MAX_BYTES}")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// No text.
    #[error("byte {byte}: not UTF-8 text")]
    NotText {
        /// Where.
        byte: usize,
    },
    /// None of the lines has an answer.
    #[error("no answers; {first}")]
    None {
        /// What is told of the first line, if there is one.
        first: String,
    },
    /// None of the answers is to a prompt of the experiment.
    #[error(
        "none of the {answers} answers is to a prompt of this experiment: its seed, scenes, captions or tools differ"
    )]
    Others {
        /// How many there are.
        answers: usize,
    },
}

/// Answers by the digests of their prompts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    answers: BTreeMap<u64, String>,
    told: Vec<String>,
}

impl Answers {
    /// Reads a file. Of two answers to a prompt the last counts; of one that was cut, the line it was cut in is left out.
    ///
    /// # Errors
    /// Says why there are no answers.
    pub fn read(bytes: &[u8]) -> Result<Self, AnswersError> {
        if bytes.len() > MAX_BYTES {
            return Err(AnswersError::TooLong { bytes: bytes.len() });
        }
        let text = core::str::from_utf8(bytes).map_err(|error| AnswersError::NotText { byte: error.valid_up_to() })?;
        let (mut answers, mut told) = (BTreeMap::new(), Told::default());
        for (line, row) in text.trim_start_matches('\u{feff}').lines().zip(1_u64..) {
            if line.trim().is_empty() {
                continue;
            }
            match json::read(line).map_err(|byte| format!("byte {byte}: not JSON")).and_then(|line| answer(&line)) {
                Ok((prompt, mut answer, is_cut)) => {
                    if is_cut {
                        answer.truncate(answer.rfind('\n').unwrap_or(0));
                        told.say(row, "the answer is cut, the line it is cut in is left out");
                    }
                    answers.insert(prompt, answer);
                }
                Err(what) => told.say(row, &what),
            }
        }
        let told = told.sentences("row");
        if answers.is_empty() {
            let first = told.into_iter().next().unwrap_or_else(|| "the file is empty".to_owned());
            return Err(AnswersError::None { first });
        }
        Ok(Self { answers, told })
    }

    /// Those of the scenes that have an answer; `told` hears of the others and of flawed lines.
    ///
    /// # Errors
    /// When no scene has one.
    pub fn answered(
        &self,
        scenes: &Scenes,
        seed: u64,
        catalogue: &Catalogue,
        told: &mut Vec<String>,
    ) -> Result<Scenes, AnswersError> {
        let mut found = Vec::new();
        for (number, scene) in (0_u64..).zip(scenes.all(seed)) {
            let digest = xxh64(teacher::prompt(&scene, catalogue).as_bytes(), 0);
            if let Some(answer) = self.answers.get(&digest) {
                found.push(Answered { number, scene, answer: answer.clone() });
            }
        }
        if found.is_empty() {
            return Err(AnswersError::Others { answers: self.answers.len() });
        }
        told.extend_from_slice(&self.told);
        let (all, lacking) = (scenes.count(), scenes.count() - found.len() as u64);
        if lacking > 0 {
            told.push(format!("{lacking} of {all} scenes have no answer in the file and are left out"));
        }
        Ok(Scenes::Answered(found))
    }
}

/// The digest of the prompt, the text, and whether it is cut.
fn answer(line: &Json) -> Result<(u64, String, bool), String> {
    let missing = |field, found: Option<&Json>, expected| {
        let found = found.map_or_else(|| "nothing".to_owned(), Json::describe);
        FieldError { field, found, expected }.to_string()
    };
    let id = line.get("custom_id");
    let digest = id.and_then(Json::text).and_then(digest);
    let digest = digest.ok_or_else(|| missing("custom_id", id, "a text that ends in 16 hexadecimal digits"))?;
    if let Some(error) = line.get("error") {
        let message = error.get("message").unwrap_or(error);
        return Err(format!("field error: {}, expected an answer", message.describe()));
    }
    let response = line.get("response");
    if let Some(status) = response.and_then(|it| it.get("status_code")).filter(|it| **it != Json::Whole(200)) {
        return Err(format!("field response.status_code: {}, expected 200", status.describe()));
    }
    let choices = response.and_then(|it| it.get("body")).and_then(|body| body.get("choices"));
    let choice = choices.and_then(Json::items).and_then(<[Json]>::first);
    let choice = choice.ok_or_else(|| missing("response.body.choices", choices, "a list with an answer"))?;
    let content = choice.get("message").and_then(|message| message.get("content"));
    let text = content.and_then(Json::text).ok_or_else(|| missing("message.content", content, "a text"))?;
    let is_cut = matches!(choice.get("finish_reason").and_then(Json::text), Some("length" | "content_filter"));
    Ok((digest, text.to_owned(), is_cut))
}

/// The digest that an id ends in.
fn digest(id: &str) -> Option<u64> {
    let digits = id.get(id.len().checked_sub(DIGITS)?..)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hexadecimal.then(|| u64::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENES: Scenes = Scenes::Drawn(4);

    fn line(id: &str, content: &str, reason: &str) -> String {
        let (name, text) = (json::write(&id), json::write(&content));
        format!(
            "{{\"custom_id\": {name}, \"response\": {{\"status_code\": 200, \"body\": {{\"choices\": [{{\"message\": \
             {{\"role\": \"assistant\", \"content\": {text}}}, \"finish_reason\": \"{reason}\"}}]}}}}, \"error\": null}}\n"
        )
    }

    fn ids() -> Vec<String> {
        prompts(&SCENES, 7, &Catalogue::seen()).map(|prompt| prompt.id).collect()
    }

    #[test]
    fn answers_are_those_of_the_scenes_whose_prompts_they_are_to() {
        let ids = ids();
        let file = [
            line(&ids[2], "1. old", "stop"),
            "\n".to_owned(),
            line(&ids[2], "1. two", "stop"),
            line(&ids[1], "1. one\n2. cu", "length"),
        ];
        let answers = Answers::read(file.concat().as_bytes()).expect("answers");
        let mut told = Vec::new();
        let found = answers.answered(&SCENES, 7, &Catalogue::seen(), &mut told).expect("some are answered");
        let Scenes::Answered(found) = found else { panic!("{found:?}") };
        let found: Vec<(u64, &str)> = found.iter().map(|it| (it.number, it.answer.as_str())).collect();
        assert_eq!(found, [(1, "1. one"), (2, "1. two")], "of two the last, of a cut one its whole lines");
        let wanted = [
            "row 4: the answer is cut, the line it is cut in is left out",
            "2 of 4 scenes have no answer in the file and are left out",
        ];
        assert_eq!(told, wanted);
        for (seed, catalogue) in [(8, Catalogue::seen()), (7, Catalogue::unseen())] {
            let error = answers.answered(&SCENES, seed, &catalogue, &mut Vec::new()).expect_err("other prompts");
            assert_eq!(error, AnswersError::Others { answers: 2 });
        }
    }

    #[test]
    fn an_id_has_the_scene_and_the_digest_of_the_whole_prompt() {
        let all: Vec<Prompt> = prompts(&SCENES, 7, &Catalogue::seen()).collect();
        for (prompt, number) in all.iter().zip(0..) {
            let digits = prompt.id.strip_prefix(&format!("scene-{number}-")).expect("its number");
            assert_eq!((digits.len(), digest(&prompt.id)), (16, Some(xxh64(prompt.text.as_bytes(), 0))));
        }
        assert_eq!((digest("12"), digest("é23456789abcdef"), digest("+123456789abcdef")), (None, None, None));
    }

    #[test]
    fn what_is_no_answer_is_told_in_a_sentence() {
        let id = &ids()[0];
        let why = |line: &str| Answers::read(line.as_bytes()).expect_err(line).to_string();
        let body = |body: &str| {
            format!("{{\"custom_id\": \"{id}\", \"response\": {{\"status_code\": 200, \"body\": {body}}}}}")
        };
        for (line, wanted) in [
            (String::new(), "no answers; the file is empty"),
            ("{".to_owned(), "no answers; row 1: byte 1: not JSON"),
            ("{}".to_owned(), "row 1: field custom_id: nothing, expected a text that ends in 16 hexadecimal digits"),
            ("{\"custom_id\": 3}".to_owned(), "field custom_id: 3, expected"),
            (
                format!("{{\"custom_id\": \"{id}\"}}"),
                "field response.body.choices: nothing, expected a list with an answer",
            ),
            (body("{\"choices\": []}"), "field response.body.choices: a list of 0, expected"),
            (
                body("{\"choices\": [{\"message\": {\"content\": null}}]}"),
                "field message.content: nothing, expected a text",
            ),
            (
                format!("{{\"custom_id\": \"{id}\", \"error\": {{\"message\": \"gone\"}}}}"),
                "field error: the text gone, expected an answer",
            ),
            (
                format!("{{\"custom_id\": \"{id}\", \"response\": {{\"status_code\": 429}}}}"),
                "field response.status_code: 429, expected 200",
            ),
        ] {
            assert!(why(&line).contains(wanted), "{line}: {}", why(&line));
        }
        assert_eq!(Answers::read(b"\xff"), Err(AnswersError::NotText { byte: 0 }));
    }
}
