//! Equations as MathML.

use crate::view::math::Math;
use leptos::math;
use leptos::prelude::*;

/// An equation on a line of its own.
#[component]
pub fn Equation(
    /// The equation.
    math: Math,
) -> impl IntoView {
    view! { <div class="equation">{math::math().display("block").child(part(math))}</div> }
}

fn all(parts: &'static [Math]) -> Vec<AnyView> {
    parts.iter().map(|inner| part(*inner)).collect()
}

fn part(math: Math) -> AnyView {
    match math {
        Math::I(text) => math::mi().child(text).into_any(),
        Math::N(text) => math::mn().child(text).into_any(),
        // Brackets of a line's height are easier to read than those that fence in a subscript.
        Math::O(text) => math::mo().stretchy("false").child(text).into_any(),
        Math::Space => math::mspace().width("0.17em").into_any(),
        Math::Row(parts) => math::mrow().child(all(parts)).into_any(),
        Math::Sub(parts) => math::msub().child(all(parts)).into_any(),
        Math::SubSup(parts) => math::msubsup().child(all(parts)).into_any(),
        Math::Frac(parts) => math::mfrac().child(all(parts)).into_any(),
        Math::Under(parts) => math::munder().child(all(parts)).into_any(),
    }
}
