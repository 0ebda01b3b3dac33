//! Any text as the JSON form: it gets an experiment in range or a sentence, and the experiment writes itself back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::experiment::Experiment;

fuzz_target!(|text: &str| match Experiment::from_json(text) {
    Ok(experiment) => {
        for setting in experiment.settings() {
            let value = (setting.get)(&experiment);
            assert_eq!(setting.parse(&value.to_string()), Ok(value), "{} is in its range", setting.path);
        }
        let again = Experiment::from_json(&experiment.to_json().to_string());
        assert_eq!(again, Ok(experiment), "a written form reads back");
    }
    Err(error) => assert!(error.to_string().len() < 1000, "a refusal is a sentence"),
});
