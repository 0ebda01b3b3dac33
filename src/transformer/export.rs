//! A Python script that reads a saved model with plain torch and computes its logits. Knows the names and settings of
//! `safetensors`, not the weights.

use super::config::Config;

const SCRIPT: &str = include_str!("export.py");

/// The script for models of these settings: `python script.py FILE.safetensors TOKEN...` prints the logits of each position,
/// equal to the engine's to 1e-4; imported, it offers `load(path)` and `logits(model, tokens)`.
#[must_use]
pub fn export_pytorch(config: &Config) -> String {
    let mut settings = String::new();
    for (name, text) in config.to_fields() {
        let quote = if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') { "" } else { "\"" };
        let text = match text.as_str() {
            "true" => "True",
            "false" => "False",
            other => other,
        };
        let quote = if ["True", "False"].contains(&text) { "" } else { quote };
        settings.push_str(&["    \"", name, "\": ", quote, text, quote, ",\n"].concat());
    }
    SCRIPT.replace("    # SETTINGS\n", &settings)
}
