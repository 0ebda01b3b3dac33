//! Any `PATH=VALUE`: the setting stays in its range, and a refused value changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::experiment::{Experiment, Lab};

fuzz_target!(|input: (u8, &str)| {
    let settings: Vec<_> = Lab::ALL.iter().flat_map(|lab| lab.settings).collect();
    let setting = settings[usize::from(input.0) % settings.len()];
    let text = input.1;
    let start = || Experiment { seed: 0, lab: (setting.lab)() };
    let mut experiment = start();
    match experiment.set(setting.path, text) {
        Ok(()) => {
            let value = (setting.get)(&experiment);
            assert_eq!(setting.parse(&value.to_string()), Ok(value), "{} is in its range", setting.path);
        }
        Err(_) => assert_eq!(experiment, start(), "a refused value changes nothing"),
    }
    let _ = experiment.set(text, "1");
});
