//! The tools that come along: GPT4Tools' names, arguments and conditions, described in our words.

use super::tool::Argument::{Description, Image, Object, Question, Region, Style, Thing};
use super::tool::{Argument, Returns, Tool};

/// A tool, as a row of a table.
pub(super) struct Row {
    name: &'static str,
    also: &'static [&'static str],
    usage: &'static str,
    arguments: &'static [Argument],
    /// The name of the tool it comes after, or nothing.
    pub after: &'static str,
    /// A placeholder, or nothing for an image.
    returns: &'static str,
    asks: &'static [&'static str],
}

impl Row {
    pub(super) fn tool(&self) -> Tool {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Tool {
            name: self.name.to_owned(),
            also: owned(self.also),
            usage: self.usage.to_owned(),
            arguments: self.arguments.to_vec(),
            after: None,
            returns: if self.returns.is_empty() { Returns::Image } else { Returns::Text(self.returns.to_owned()) },
            asks: owned(self.asks),
        }
    }
}

/// A row of what most tools are: one that takes an image and gives one back.
const IMAGE: Row = Row { name: "", also: &[], usage: "", arguments: &[Image], after: "", returns: "", asks: &[] };
/// A row of those that make an image from a description and another tool's image.
const CONDITIONED: Row = Row { arguments: &[Image, Description], ..IMAGE };

/// The tools of training and validation.
pub(super) const SEEN: [Row; 23] = [
    Row {
        name: "Detect the Give Object",
        also: &["Detect the Given Object", "Detect Given Object", "Detect Object", "Detect Give Object"],
        usage: "Use it to find one kind of object in the image and to say where it is.",
        arguments: &[Image, Object],
        returns: "[output_from_detection_tool]",
        asks: &[
            "find the {object}",
            "show me where the {object} is",
            "detect the {object} and nothing else",
            "locate the {object} in this photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Segment the Image",
        also: &["Segment Image"],
        usage: "Use it to part the whole image into regions, not to cut out a certain object.",
        asks: &[
            "segment the image",
            "split this picture into its regions",
            "give every region around the {object} a color of its own",
            "part the whole scene into segments",
        ],
        ..IMAGE
    },
    Row {
        name: "Get Photo Description",
        usage: "Use it to learn what is in the photo.",
        returns: "[output_from_caption_tool]",
        asks: &[
            "describe this photo",
            "tell me what is going on here",
            "say in a sentence what the photo with the {object} shows",
            "write a caption for the photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image From User Input Text",
        usage: "Use it to make a new image from a text alone.",
        arguments: &[Description],
        asks: &[
            "draw {description}",
            "make a picture of {description}",
            "generate an image that shows {description}",
            "show me what {description} would look like",
        ],
        ..IMAGE
    },
    Row {
        name: "Edge Detection On Image",
        usage: "Use it to detect the edges of the image, also called its canny image.",
        asks: &[
            "detect the edges of this image",
            "show the hard outlines of the {object}",
            "make a canny image of this",
            "trace the edges in this photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Canny Image",
        usage: "Use it to make a new real image from a description and a canny image.",
        after: "Edge Detection On Image",
        asks: &[
            "keep the edges and make {description} out of it",
            "generate {description} from the canny image of this",
            "paint {description} along the edges of this image",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Predict Depth On Image",
        usage: "Use it to estimate how far away everything in the image is.",
        asks: &[
            "predict the depth of this image",
            "make a depth map of the scene",
            "show how far away the {object} is",
            "estimate the distance of everything here",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Depth",
        usage: "Use it to make a new real image from a description and a depth image.",
        after: "Predict Depth On Image",
        asks: &[
            "keep the depth and make {description} out of it",
            "generate {description} from the depth map of this",
            "build {description} with the same distances",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Answer Question About The Image",
        usage: "Use it to answer a question about what the image shows.",
        arguments: &[Image, Question],
        returns: "[output_from_vqa_tool]",
        asks: &[
            "tell me {question}",
            "look closely and say {question}",
            "find out {question}",
            "answer this about the picture: {question}",
        ],
        ..IMAGE
    },
    Row {
        name: "Instruct Image Using Text",
        usage: "Use it to change the style or the look of the image as a text says.",
        arguments: &[Image, Style],
        asks: &[
            "change the picture: {style}",
            "edit this so that you {style}",
            "keep the scene but {style}",
            "{style} in this photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Sketch Detection On Image",
        usage: "Use it to turn the image into a sketch or scribble.",
        asks: &[
            "make a sketch of this image",
            "reduce the {object} and all else to a scribble",
            "detect the sketch in this photo",
            "show this as a few strokes of a pencil",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Sketch Image",
        usage: "Use it to make a new real image from a description and a sketch.",
        after: "Sketch Detection On Image",
        asks: &[
            "scribble this first and turn it into {description}",
            "generate {description} from a sketch of this",
            "keep only the strokes and make {description}",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Generate Image Condition On Segmentations",
        usage: "Use it to make a new real image from a description and segmentations.",
        after: "Segment the Image",
        asks: &[
            "keep the segments and make {description} out of them",
            "generate {description} from the segmentation of this",
            "fill the regions of this image with {description}",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Pose Detection On Image",
        usage: "Use it to detect how people in the image stand and move.",
        asks: &[
            "detect the pose in this image",
            "show how the body is held next to the {object}",
            "mark the joints and limbs",
            "make a pose image of this",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Pose Image",
        usage: "Use it to make a new real image of a human from a description and a pose.",
        after: "Pose Detection On Image",
        asks: &[
            "keep the pose and make {description} out of it",
            "generate {description} in the same posture",
            "let {description} stand as the body here does",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Hed Detection On Image",
        usage: "Use it to detect the soft boundaries of the image, also called its hed image.",
        asks: &[
            "detect the soft boundaries of this image",
            "show the soft outline of the {object}",
            "make a hed image of this",
            "find the blurred borders in this photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Soft Hed Boundary Image",
        usage: "Use it to make a new real image from a description and soft boundaries.",
        after: "Hed Detection On Image",
        asks: &[
            "keep the soft boundaries and make {description} out of them",
            "generate {description} from the hed image of this",
            "put {description} into the soft outlines of this",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Predict Normal Map On Image",
        usage: "Use it to estimate which way each surface in the image faces.",
        asks: &[
            "predict the normal map of this image",
            "show which way the surfaces of the {object} face",
            "make a normal map of this",
            "estimate how the surfaces lie",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Normal Map",
        usage: "Use it to make a new real image from a description and a normal map.",
        after: "Predict Normal Map On Image",
        asks: &[
            "keep the surfaces and make {description} out of them",
            "generate {description} from the normal map of this",
            "shape {description} by the normals of this image",
        ],
        ..CONDITIONED
    },
    Row {
        name: "Line Detection On Image",
        usage: "Use it to detect the straight lines of the image.",
        asks: &[
            "detect the straight lines of this image",
            "show every straight line near the {object}",
            "make a line drawing with a ruler from this",
            "find all lines that are straight",
        ],
        ..IMAGE
    },
    Row {
        name: "Segment the given object",
        also: &["Segment Given Object"],
        usage: "Use it to cut out certain objects of the image, not to segment all of it.",
        arguments: &[Image, Object],
        asks: &[
            "segment the {object}",
            "cut out only the {object}",
            "give me a mask of the {object}",
            "separate the {object} from the rest",
        ],
        ..IMAGE
    },
    Row {
        name: "Remove Something From The Photo",
        usage: "Use it to take an object out of the photo.",
        arguments: &[Image, Object],
        asks: &[
            "remove the {object}",
            "take the {object} out of the photo",
            "make the {object} vanish",
            "erase the {object} without a trace",
        ],
        ..IMAGE
    },
    Row {
        name: "Replace Something From The Photo",
        usage: "Use it to put another object in the place of one in the photo.",
        arguments: &[Image, Object, Thing],
        asks: &[
            "replace the {object} with a {thing}",
            "put a {thing} where the {object} is",
            "swap the {object} for a {thing}",
        ],
        ..IMAGE
    },
];

/// Tools that no training has.
pub(super) const UNSEEN: [Row; 8] = [
    Row {
        name: "Crop Image",
        usage: "Use it to cut a region out of the image.",
        arguments: &[Image, Region],
        asks: &[
            "crop the image to {region}",
            "keep only the region {region}",
            "cut the part from {region} out of the photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Text Detection On Image",
        usage: "Use it to read the text in the image.",
        returns: "[output_from_text_detection_tool]",
        asks: &[
            "read what is written here",
            "detect the text in this image",
            "tell me what the letters near the {object} say",
        ],
        ..IMAGE
    },
    Row {
        name: "Detection",
        usage: "Use it to detect all objects of the image, not a certain one.",
        returns: "[output_from_detection_tool]",
        asks: &[
            "detect everything in this image",
            "list all objects and where they are",
            "find the {object} and all there is besides",
        ],
        ..IMAGE
    },
    Row {
        name: "Count Objects In The Image",
        usage: "Use it to count how often an object is in the image.",
        arguments: &[Image, Object],
        returns: "[output_from_counting_tool]",
        asks: &[
            "count each {object}",
            "tell me the number of times the {object} appears",
            "work out if there is more than one {object}",
        ],
        ..IMAGE
    },
    Row {
        name: "Colorize The Photo",
        usage: "Use it to give colors to a photo in black and white.",
        asks: &[
            "colorize this old photo",
            "give the {object} and all else natural colors",
            "turn this from black and white into color",
        ],
        ..IMAGE
    },
    Row {
        name: "Enlarge The Image",
        usage: "Use it to make the image larger and sharper.",
        asks: &[
            "enlarge this image",
            "make this sharp enough to print the {object}",
            "double the resolution of this photo",
        ],
        ..IMAGE
    },
    Row {
        name: "Blur The Background",
        usage: "Use it to blur all of the image but one object.",
        arguments: &[Image, Object],
        asks: &[
            "blur everything except the {object}",
            "let only the {object} be sharp",
            "put the background of the {object} out of focus",
        ],
        ..IMAGE
    },
    Row {
        name: "Generate Image Condition On Color Map",
        usage: "Use it to make a new real image from a description and an image that was given colors.",
        arguments: &[Image, Description],
        after: "Colorize The Photo",
        asks: &[
            "colorize this first and make {description} out of it",
            "generate {description} with natural colors of this",
            "take the restored colors for {description}",
        ],
        ..IMAGE
    },
];
