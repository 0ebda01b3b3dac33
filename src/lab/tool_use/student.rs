//! The student: a compact transformer that first learns general text, without any call of a tool, and is then tuned by adapters
//! to call tools (PAPERS 3.3). [`lexicon`] makes tokens of texts, [`lessons`] is the general text, [`base`] learns it, [`tuning`]
//! tunes the adapters on the samples of [`data`], [`replies`] are what comes of it, and [`adapters`] their file.

pub mod adapters;
pub mod base;
pub mod data;
pub mod lessons;
pub mod lexicon;
pub mod replies;
pub mod tuning;

pub use base::Base;
pub use lexicon::lexicon;

/// xxh64 of the base that ships, `public/student/base.safetensors`.
pub const BASE_DIGEST: u64 = 0;

/// The base and its adapters, where they are built in: a page loads them from beside itself, once they are needed.
#[must_use]
pub fn here() -> Option<[&'static [u8]; 2]> {
    #[cfg(target_arch = "wasm32")]
    return None;
    #[cfg(not(target_arch = "wasm32"))]
    Some([
        include_bytes!("../../../public/student/base.safetensors"),
        include_bytes!("../../../public/student/adapters.safetensors"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_that_ships_is_the_one_that_the_engine_knows() {
        let [base, adapters] = here().expect("natively they are here");
        let base = Base::load(base).expect("a base");
        assert_eq!(base.digest, BASE_DIGEST, "{:016x}", base.digest);
        assert_eq!(base.vocabulary, lexicon(), "made with the words of today");
        assert!(adapters::load(&base, adapters).is_ok());
    }
}
