//! What a teacher is told of an image: a caption, and the objects in it with their boxes. Drawn from a vocabulary of its own, or
//! read from captions that someone brings. There are no images: nobody looks at them when instructions are made
//! (docs/papers.md 3.1.1).

mod captions;
mod image;
pub(super) mod vocabulary;

pub use captions::{CaptionsError, MAX_BYTES, read};
pub(super) use image::capital;
pub use image::{Object, SIZE, Scene};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Random};
    use std::collections::BTreeSet;

    fn draw(index: u64) -> Scene {
        Scene::draw(&mut Random::new(7, Purpose::Scene, index))
    }

    #[test]
    fn thousands_of_scenes_are_different() {
        let captions: BTreeSet<String> = (0..5_000).map(|i| draw(i).caption).collect();
        assert!(captions.len() > 4_900, "{} different captions of 5000", captions.len());
        assert_eq!(draw(3), draw(3), "the same scene again");
    }

    #[test]
    fn scenes_are_sentences_with_their_objects_in_boxes() {
        for i in 0..500 {
            let scene = draw(i);
            assert!(scene.caption.ends_with('.') && scene.caption.starts_with(char::is_uppercase), "{}", scene.caption);
            assert!(!scene.objects.is_empty() && !scene.caption.contains("  "), "{scene:?}");
            for Object { name, bounds: [x1, y1, x2, y2] } in &scene.objects {
                assert!(scene.caption.to_lowercase().contains(name), "{name} in {}", scene.caption);
                assert!(x1 < x2 && *x2 <= SIZE[0] && y1 < y2 && *y2 <= SIZE[1], "{:?}", scene.objects);
            }
        }
    }

    #[test]
    fn objects_of_a_caption_are_its_known_words_or_those_after_an_article() {
        let found = |caption: &str| {
            let scene = Scene::of_caption(caption, &mut Random::new(0, Purpose::Scene, 0));
            scene.objects.into_iter().map(|object| object.name).collect::<Vec<_>>()
        };
        assert_eq!(found("Two people and a dog near a bicycle"), ["dog", "bicycle"]);
        assert_eq!(found("The zeppelin over a harbourfront."), ["zeppelin", "harbourfront"]);
        assert_eq!(found("猫がいる"), ["main object"]);
        assert_eq!(found(""), ["main object"]);
    }
}
