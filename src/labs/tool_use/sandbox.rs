//! A sandbox of simulated tools: what a call gives back, and a sketch of the image that it would make. Nothing is looked at: a
//! sketch is the scene's boxes, drawn in the way of the tool.

use super::catalogue::{Catalogue, Returns, Tool};
use super::clean::file_name;
use super::scene::{Object, Scene};
use crate::random::{Purpose, Random};

/// How a sketch is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Colored boxes with names.
    #[default]
    Photo,
    /// Outlines.
    Outlines,
    /// The lighter, the nearer.
    Depth,
    /// Filled regions, each in a color of its own.
    Regions,
    /// Body and limbs.
    Pose,
}

impl Look {
    /// How the image of a tool looks, by what it is called.
    fn of(tool: &Tool) -> Self {
        let name = tool.name.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match () {
            () if name.starts_with("generate") => Self::Photo,
            () if has(&["edge", "hed", "line", "scribble", "sketch", "canny"]) => Self::Outlines,
            () if has(&["depth", "normal"]) => Self::Depth,
            () if has(&["segment"]) => Self::Regions,
            () if has(&["pose"]) => Self::Pose,
            () => Self::Photo,
        }
    }
}

/// A sketch of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// How it is drawn.
    pub look: Look,
    /// What is on it.
    pub objects: Vec<Object>,
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What is told.
    pub observation: String,
    /// The image that was made, if one was.
    pub sketch: Option<Sketch>,
}

/// The files there are, and the tools.
pub struct Sandbox {
    catalogue: Catalogue,
    files: Vec<(String, Sketch)>,
    random: Random,
}

impl Sandbox {
    /// A sandbox with one file, the image of a scene.
    #[must_use]
    pub fn new(catalogue: Catalogue, file: &str, scene: &Scene, seed: u64) -> Self {
        let photo = Sketch { look: Look::Photo, objects: scene.objects.clone() };
        Self { catalogue, files: vec![(file.to_owned(), photo)], random: Random::new(seed, Purpose::Sample, 0) }
    }

    /// Calls a tool; `told` is what it gives back if that is known already.
    pub fn call(&mut self, name: &str, input: &str, told: Option<&str>) -> Outcome {
        let Some(at) = self.catalogue.find(name) else {
            let observation = told.map_or_else(|| "There is no tool of this name.".to_owned(), str::to_owned);
            return Outcome { observation, sketch: None };
        };
        let tool = &self.catalogue.tools()[at];
        let (file, rest) = input.split_once(',').unwrap_or((input, ""));
        let found = self.files.iter().find(|(known, _)| known == file.trim()).map(|(_, sketch)| sketch);
        if tool.takes_image() && found.is_none() && told.is_none() {
            return Outcome { observation: format!("There is no file {}.", file.trim()), sketch: None };
        }
        if let Returns::Text(placeholder) = &tool.returns {
            let observation = told.unwrap_or(placeholder).to_owned();
            // What is found is shown on the image it was found on.
            let objects = found.map(|sketch| about(&sketch.objects, rest)).unwrap_or_default();
            let sketch = (!objects.is_empty()).then_some(Sketch { look: Look::Photo, objects });
            return Outcome { observation, sketch };
        }
        let before = found.map(|sketch| sketch.objects.clone()).unwrap_or_default();
        let name = tool.name.to_lowercase();
        let described = if tool.takes_image() { rest } else { input };
        let objects = match () {
            () if name.starts_with("generate") => Scene::of_caption(described, &mut self.random).objects,
            () if name.starts_with("remove") => before.into_iter().filter(|it| !says(described, &it.name)).collect(),
            () if name.starts_with("replace") => {
                let (from, to) = described.split_once(',').unwrap_or((described, ""));
                let swap =
                    |it: Object| if says(from, &it.name) { Object { name: to.trim().to_owned(), ..it } } else { it };
                before.into_iter().map(swap).collect()
            }
            () if name.contains("crop") => about(&before, described),
            () => before,
        };
        let sketch = Sketch { look: Look::of(tool), objects };
        let told = told.map_or_else(|| file_name(&mut self.random), str::to_owned);
        let made = told.rsplit(' ').next().unwrap_or(&told).to_owned();
        self.files.push((made, sketch.clone()));
        Outcome { observation: told, sketch: Some(sketch) }
    }
}

fn says(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    text.contains(&name) || text.split_whitespace().any(|word| word.len() > 2 && name.contains(word))
}

/// The objects that a text is about; all where it is about none of them.
fn about(objects: &[Object], text: &str) -> Vec<Object> {
    let some: Vec<Object> = objects.iter().filter(|it| says(text, &it.name)).cloned().collect();
    if some.is_empty() { objects.to_vec() } else { some }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sandbox() -> Sandbox {
        let object = |name: &str, x: u32| Object { name: name.to_owned(), bounds: [x, 10, x + 50, 90] };
        let scene =
            Scene { caption: "A dog beside a car.".to_owned(), objects: vec![object("dog", 5), object("car", 200)] };
        Sandbox::new(Catalogue::seen(), "image/a.png", &scene, 1)
    }

    fn names(outcome: &Outcome) -> Vec<&str> {
        outcome.sketch.iter().flat_map(|sketch| &sketch.objects).map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn a_chain_goes_from_file_to_file() {
        let mut sandbox = sandbox();
        let edges = sandbox.call("Edge Detection On Image", "image/a.png", None);
        assert!(edges.observation.ends_with(".png"), "{edges:?}");
        assert_eq!(edges.sketch.as_ref().map(|it| it.look), Some(Look::Outlines));
        assert_eq!(names(&edges), ["dog", "car"]);
        let input = format!("{}, a cat on a sofa", edges.observation);
        let drawn = sandbox.call("Generate Image Condition On Canny Image", &input, None);
        assert_eq!(drawn.sketch.as_ref().map(|it| it.look), Some(Look::Photo));
        assert_eq!(names(&drawn), ["cat", "sofa"]);
        let told = sandbox.call("Edge Detection On Image", "image/a.png", Some("Result saved as b.png"));
        assert_eq!(told.observation, "Result saved as b.png");
        assert!(sandbox.call("Edge Detection On Image", "b.png", None).sketch.is_some(), "a file that was told");
    }

    #[test]
    fn what_is_not_there_is_said() {
        let mut sandbox = sandbox();
        assert_eq!(sandbox.call("Fly", "image/a.png", None).observation, "There is no tool of this name.");
        let lost = sandbox.call("Edge Detection On Image", "image/b.png", None);
        assert_eq!((lost.observation.as_str(), lost.sketch), ("There is no file image/b.png.", None));
    }

    #[test]
    fn objects_go_and_change() {
        let mut sandbox = sandbox();
        let gone = sandbox.call("Remove Something From The Photo", "image/a.png, red car", None);
        assert_eq!(names(&gone), ["dog"]);
        let found = sandbox.call("Detect the Give Object", "image/a.png, dog", None);
        assert_eq!((found.observation.as_str(), names(&found)), ("[output_from_detection_tool]", vec!["dog"]));
    }
}
