//! Any `PATH=VALUE`: the setting stays in its range, and a refused value changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::experiment::{Experiment, SETTINGS};

fuzz_target!(|input: (u8, &str)| {
    let setting = &SETTINGS[usize::from(input.0) % SETTINGS.len()];
    let text = input.1;
    let mut experiment = Experiment::default();
    match experiment.set(setting.path, text) {
        Ok(()) => {
            let value = (setting.get)(&experiment);
            assert_eq!(setting.parse(&value.to_string()), Ok(value), "{} is in its range", setting.path);
        }
        Err(_) => assert_eq!(experiment, Experiment::default(), "a refused value changes nothing"),
    }
    let _ = experiment.set(text, "1");
});
