//! The tools that come along, and catalogues of others: read, or refused in a sentence.

use super::*;
use crate::random::{Purpose, Random};
use std::collections::BTreeSet;

#[test]
fn row_3a_23_tools_with_their_arguments_and_conditions() {
    let catalogue = Catalogue::seen();
    let tools = catalogue.tools();
    let count = |arguments: usize| tools.iter().filter(|tool| tool.arguments.len() == arguments).count();
    assert_eq!((tools.len(), count(1), count(2), count(3)), (23, 10, 12, 1));
    let without: Vec<&str> = tools.iter().filter(|tool| !tool.takes_image()).map(|tool| tool.name.as_str()).collect();
    assert_eq!(without, ["Generate Image From User Input Text"]);
    let texts = tools.iter().filter(|tool| tool.returns != Returns::Image).map(|tool| tool.name.as_str());
    let wanted = ["Detect the Give Object", "Get Photo Description", "Answer Question About The Image"];
    assert_eq!(texts.collect::<Vec<_>>(), wanted);
    let conditions = [
        ("Canny Image", "Edge Detection On Image"),
        ("Depth", "Predict Depth On Image"),
        ("Sketch Image", "Sketch Detection On Image"),
        ("Segmentations", "Segment the Image"),
        ("Pose Image", "Pose Detection On Image"),
        ("Soft Hed Boundary Image", "Hed Detection On Image"),
        ("Normal Map", "Predict Normal Map On Image"),
    ];
    for (name, first) in conditions {
        let tool = catalogue.find(&format!("Generate Image Condition On {name}")).expect(name);
        let chain: Vec<&str> = catalogue.chain(tool).into_iter().map(|at| tools[at].name.as_str()).collect();
        assert_eq!(chain, [first, &tools[tool].name]);
    }
    assert_eq!(tools.iter().filter(|tool| tool.after.is_some()).count(), conditions.len());
}

#[test]
fn row_3a_eight_tools_are_in_no_training() {
    let (seen, unseen) = (Catalogue::seen(), Catalogue::unseen());
    assert_eq!(unseen.tools().len(), 8);
    for tool in unseen.tools() {
        assert_eq!(seen.find(&tool.name), None, "{}", tool.name);
    }
    for name in ["Crop Image", "Text Detection On Image", "Detection"] {
        assert!(unseen.find(name).is_some(), "{name}");
    }
    for tool in seen.tools().iter().chain(unseen.tools()) {
        assert!(tool.asks.len() >= 3, "{} can be asked for in several ways", tool.name);
    }
}

#[test]
fn names_are_found_in_any_case_and_by_other_names() {
    let catalogue = Catalogue::seen();
    let found = |name: &str| catalogue.find(name).map(|at| catalogue.tools()[at].name.as_str());
    assert_eq!(found("detect THE given object"), Some("Detect the Give Object"));
    assert_eq!(found("Segment Image"), Some("Segment the Image"));
    assert_eq!(found("Segment the Given Object"), Some("Segment the given object"));
    assert_eq!(found("Crop Image"), None);
}

#[test]
fn a_description_says_what_is_taken() {
    let catalogue = Catalogue::seen();
    let says = |name: &str| catalogue.tools()[catalogue.find(name).expect(name)].description();
    assert!(says("Segment the Image").ends_with("The input to this tool should be a string, the image_path."), "one");
    let three = "a comma separated string of three, the image_path, the object in the image and the new object.";
    assert!(says("Replace Something From The Photo").ends_with(three), "three");
}

const EDGE: &str = r#"{"name": "Edge", "use": "Finds edges.", "arguments": ["image"]}"#;

fn read(tools: &[&str]) -> Result<Catalogue, CatalogueError> {
    Catalogue::read(format!("[{}]", tools.join(",")).as_bytes())
}

#[test]
fn own_tools_are_read() {
    let own = r#"{"name": "Paint", "use": "Paints.", "arguments": ["image", "style"], "after": "Edge", "returns": "[painted]",
                  "asks": ["paint the {object} {style}"], "also": ["Painter"], "more": 1}"#;
    let found = read(&[own, EDGE]).expect("a catalogue");
    let tool = &found.tools()[0];
    assert_eq!((found.chain(0), found.find("painter")), (vec![1, 0], Some(0)));
    assert_eq!(
        (&tool.returns, &tool.arguments[..]),
        (&Returns::Text("[painted]".to_owned()), &[Argument::Image, Argument::Style][..])
    );
}

#[test]
fn masked_tools_are_the_same_by_names_that_none_of_them_has() {
    let catalogue = Catalogue::seen();
    let masked = |seed| catalogue.masked(&mut Random::new(seed, Purpose::Conversation, 0));
    assert_eq!(masked(1), masked(1));
    assert_ne!(masked(1), masked(2));
    let masked = masked(1);
    let names: BTreeSet<&str> = masked.tools().iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names.len(), catalogue.tools().len(), "as many names as tools: {names:?}");
    for (tool, original) in masked.tools().iter().zip(catalogue.tools()) {
        assert!(check(tool, 1).is_ok() && catalogue.find(&tool.name).is_none(), "{}", tool.name);
        let Tool { name, also, .. } = original.clone();
        assert_eq!(Tool { name, also, ..tool.clone() }, *original, "all else stays");
    }
}

#[test]
fn what_is_wrong_gets_a_sentence() {
    let said = |tools: &[&str]| read(tools).expect_err("refused").to_string();
    let tool =
        |name: &str, rest: &str| format!("{{\"name\": \"{name}\", \"use\": \"u\", \"arguments\": [\"image\"]{rest}}}");
    let two = |rest: &str| said(&[EDGE, &tool("B", rest)]);
    assert_eq!(said(&[EDGE]), "1 tools, expected a list of 2 to 99 tools");
    assert_eq!(said(&[EDGE, &tool("edge", "")]), "tool 2, field name: edge, which is a name of tool 1 already");
    assert_eq!(two(r#", "also": ["EDGE"]"#), "tool 2, field name: EDGE, which is a name of tool 1 already");
    let name = "expected 1 to 80 characters on a line, without commas, brackets and quotes";
    assert_eq!(said(&[EDGE, &tool("", "")]), format!("tool 2, field name: nothing, {name}"));
    assert_eq!(said(&[EDGE, &tool("a, b", "")]), format!("tool 2, field name: a, b, {name}"));
    assert!(said(&[EDGE, &tool(&"x".repeat(81), "")]).ends_with(name), "a long name");
    assert_eq!(said(&[EDGE, "{}"]), "tool 2, field name: nothing, expected a text");
    assert_eq!(said(&[EDGE, "7"]), "tool 2, field name: nothing, expected a text");
    assert_eq!(two(r#", "use": 3"#), "tool 2, field use: 3, expected a text");
    assert_eq!(two(r#", "arguments": "image""#), "tool 2, field arguments: the text image, expected a list of texts");
    assert_eq!(
        two(r#", "arguments": []"#),
        "tool 2, field arguments: nothing, expected 1 to 5, an image only as the first"
    );
    assert_eq!(
        two(r#", "arguments": ["text", "image"]"#),
        "tool 2, field arguments: text, image, expected 1 to 5, an image only as the first"
    );
    assert!(
        two(r#", "arguments": ["sound"]"#)
            .starts_with("tool 2, field arguments: the text sound, expected some of image")
    );
    assert!(
        two(r#", "asks": ["make it {style}"]"#).starts_with("tool 2, field asks: make it {style}, expected a line")
    );
    assert!(two(r#", "asks": ["open {object"]"#).starts_with("tool 2, field asks: open {object, expected a line"));
    assert!(
        two(r#", "after": "C""#).starts_with("tool 2, field after: C, which is no tool of these, expected the name")
    );
    let text = tool("T", r#", "returns": "x""#);
    assert!(said(&[&text, &tool("B", r#", "after": "T""#)]).starts_with("tool 2, field after: T, expected the name"));
    assert_eq!(two(r#", "after": "B""#), "tool 2, field after: B comes after itself by way of B");
    let cycle = [tool("A", r#", "after": "B""#), tool("B", r#", "after": "C""#), tool("C", r#", "after": "A""#)];
    assert_eq!(said(&[&cycle[0], &cycle[1], &cycle[2]]), "tool 1, field after: A comes after itself by way of B");
    let long: Vec<String> = (0..6).map(|i| tool(&format!("t{i}"), &format!(", \"after\": \"t{}\"", i + 1))).collect();
    let long: Vec<&str> =
        long.iter().map(String::as_str).chain([r#"{"name": "t6", "use": "u", "arguments": ["image"]}"#]).collect();
    assert_eq!(said(&long), "tool 1, field after: 7 tools one after the other, expected at most 4");
    assert_eq!(Catalogue::read(b"[1").expect_err("cut").to_string(), "byte 2: not JSON");
    assert_eq!(Catalogue::read(b"{}").expect_err("no list").to_string(), "an object, expected a list of 2 to 99 tools");
    assert_eq!(Catalogue::read(b"\xff").expect_err("no text").to_string(), "byte 0: not UTF-8 text");
}
