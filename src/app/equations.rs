//! Equations as MathML elements, made one by one: no markup is ever parsed.

use super::element::{El, div};
use super::leptos::*;
use crate::view::math::Math;
use web_sys::Element;

const NAMESPACE: &str = "http://www.w3.org/1998/Math/MathML";

/// An equation on its own line.
pub fn equation(math: Math) -> El {
    let line = div("equation");
    if let Some(root) = element("math") {
        let _ = root.set_attribute("display", "block");
        put(&root, math);
        let _ = line.node().append_child(&root);
    }
    line
}

fn element(name: &str) -> Option<Element> {
    document().create_element_ns(Some(NAMESPACE), name).ok()
}

fn put(parent: &Element, math: Math) {
    let (name, text, children): (_, _, &[Math]) = match math {
        Math::I(text) => ("mi", text, &[]),
        Math::N(text) => ("mn", text, &[]),
        Math::O(text) => ("mo", text, &[]),
        Math::Space => ("mspace", "", &[]),
        Math::Row(parts) => ("mrow", "", parts),
        Math::Sub(parts) => ("msub", "", parts),
        Math::SubSup(parts) => ("msubsup", "", parts),
        Math::Frac(parts) => ("mfrac", "", parts),
        Math::Under(parts) => ("munder", "", parts),
    };
    let Some(made) = element(name) else { return };
    if !text.is_empty() {
        made.set_text_content(Some(text));
    }
    // Brackets of a line's height are easier to read than those that fence in a subscript.
    let _ = match math {
        Math::O(_) => made.set_attribute("stretchy", "false"),
        Math::Space => made.set_attribute("width", "0.17em"),
        _ => Ok(()),
    };
    for child in children {
        put(&made, *child);
    }
    let _ = parent.append_child(&made);
}
