//! Adapters as a file: safetensors, with their settings and the base they belong to in its metadata.

use super::base::Base;
use crate::transformer::lora::TARGETS;
use crate::transformer::safetensors::{Dtype, File, FileError, read_views, write_views};
use crate::transformer::{Lora, LoraError, LoraSettings};

/// Why a file has no adapters for this base.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AdaptersError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A setting of adapters is out of its range.
    #[error(transparent)]
    Lora(#[from] LoraError),
    /// A setting is missing or not of its kind.
    #[error("metadata {field}: {found}, expected {expected}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is there, in words.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// They belong to another base.
    #[error("metadata base: these adapters belong to the base {found}, the one at hand is {expected:016x}")]
    OtherBase {
        /// Digest in the file.
        found: String,
        /// Digest of the base.
        expected: u64,
    },
}

/// Letters of targets in the metadata, in the order of [`TARGETS`].
const NAMES: [&str; 6] = ["q", "k", "v", "o", "up", "down"];

/// Writes adapters of a base: every matrix in PEFT's shape and order.
#[must_use]
pub fn save(base: &Base, lora: &Lora) -> Vec<u8> {
    let LoraSettings { rank, alpha, dropout, targets } = lora.settings();
    let [rank, alpha, dropout] = [rank.to_string(), alpha.to_string(), dropout.to_string()];
    let names: Vec<&str> =
        TARGETS.iter().zip(NAMES).filter(|(it, _)| targets.contains(it)).map(|(_, name)| name).collect();
    let (targets, digest) = (names.join(","), format!("{:016x}", base.digest));
    let metadata = [
        ("format", "pt"),
        ("r", &*rank),
        ("lora_alpha", &*alpha),
        ("lora_dropout", &*dropout),
        ("target_modules", &*targets),
        ("base", &*digest),
    ];
    write_views(&metadata, lora.views(), lora.params(), Dtype::F32)
}

/// Reads what [`save`] wrote.
///
/// # Errors
/// Names the field or tensor that is wrong.
pub fn load(base: &Base, bytes: &[u8]) -> Result<Lora, AdaptersError> {
    let file = File::read(bytes)?;
    let get = |field: &'static str, expected: &'static str| {
        let found = file.metadata.iter().find(|(known, _)| known == field).map(|(_, text)| text.as_str());
        found.ok_or_else(|| AdaptersError::Field { field, found: "missing".to_owned(), expected })
    };
    let number = |field: &'static str, expected: &'static str| {
        let text = get(field, expected)?;
        let found = || AdaptersError::Field { field, found: crate::experiment::setting::shorten(text), expected };
        text.parse::<f32>().map_err(|_| found())
    };
    let digest = get("base", "the digest of a base")?;
    if digest != format!("{:016x}", base.digest) {
        let found = crate::experiment::setting::shorten(digest);
        return Err(AdaptersError::OtherBase { found, expected: base.digest });
    }
    const LISTED: &str = "some of q,k,v,o,up,down";
    let mut targets = Vec::new();
    for name in get("target_modules", LISTED)?.split(',') {
        match NAMES.iter().position(|known| *known == name) {
            Some(at) if !targets.contains(&TARGETS[at]) => targets.push(TARGETS[at]),
            _ => {
                let found = crate::experiment::setting::shorten(name);
                return Err(AdaptersError::Field { field: "target_modules", found, expected: LISTED });
            }
        }
    }
    let rank = number("r", "a whole number from 1 to 64")? as usize;
    let (alpha, dropout) = (number("lora_alpha", "a number")?, number("lora_dropout", "a number")?);
    let mut lora = Lora::new(&base.config, LoraSettings { rank, alpha, dropout, targets }, 0)?;
    let params = read_views(&file, lora.views())?;
    lora.params_mut().copy_from_slice(&params);
    Ok(lora)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::student::base::{Pretraining, Size};
    use crate::transformer::Target;

    fn base() -> Base {
        Pretraining::new(Size { layers: 1, width: 16, heads: 2 }, 0, 1).expect("a size").base()
    }

    fn lora(base: &Base) -> Lora {
        let settings = LoraSettings { rank: 3, alpha: 16.0, dropout: 0.05, targets: vec![Target::Query, Target::Out] };
        Lora::new(&base.config, settings, 7).expect("settings in their ranges")
    }

    #[test]
    fn adapters_come_back_as_they_were() {
        let base = base();
        let lora = lora(&base);
        let back = load(&base, &save(&base, &lora)).expect("a file of ours");
        assert_eq!((back.settings(), back.params()), (lora.settings(), lora.params()));
    }

    #[test]
    fn what_is_no_file_of_adapters_is_refused_in_a_sentence() {
        let base = base();
        let bytes = save(&base, &lora(&base));
        let refused = |from: &str, to: &str| {
            let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).expect("in the metadata");
            let mut other = bytes.clone();
            other[at..at + from.len()].copy_from_slice(to.as_bytes());
            load(&base, &other).expect_err(from).to_string()
        };
        assert_eq!(refused("\"r\":\"3\"", "\"r\":\"0\""), "rank is 0, expected a whole number from 1 to 64");
        assert!(refused("\"r\":\"3\"", "\"s\":\"3\"").starts_with("metadata r: missing"));
        assert!(refused("\"q,o\"", "\"q,q\"").contains("target_modules: q, expected some of q,k,v,o,up,down"));
        assert!(refused("0.05", "0.95").contains("adapter dropout is 0.95"));
        assert!(refused("\"r\":\"3\"", "\"r\":\"4\"").contains("lora_A"), "another shape");
        let other = Base { digest: base.digest ^ 1, ..base.clone() };
        assert!(load(&other, &bytes).expect_err("another base").to_string().contains("belong to the base"));
        for length in 0..bytes.len().min(400) {
            assert!(load(&base, &bytes[..length]).is_err(), "cut at {length}");
        }
    }
}
