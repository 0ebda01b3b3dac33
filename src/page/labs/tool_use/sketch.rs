//! An image as the boxes on it.

use crate::page::reactive::effect;
use crate::page::state::theme::ThemeState;
use crate::view::probe::{self, Call};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Width and height, pixels.
const SIZE: [f64; 2] = [256.0, 192.0];

/// What a call made, as the boxes on it.
#[component]
pub fn Sketch(
    /// The call.
    call: Call,
) -> impl IntoView {
    let theme = ThemeState::here();
    let node = NodeRef::<html::Canvas>::new();
    let names: Vec<String> = call.objects.iter().map(|(name, _)| name.clone()).collect();
    effect(move || {
        if let Some(node) = node.get() {
            let _ = draw(&node, &call, theme.dark.get());
        }
    });
    let [width, height] = SIZE.map(|side| side.to_string());
    view! {
        <canvas node_ref=node width=width height=height role="img" aria-label=names.join(", ") class="sketch"></canvas>
    }
}

fn draw(canvas: &HtmlCanvasElement, call: &Call, is_dark: bool) -> Option<()> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    let [wide, high] = SIZE;
    let (paper, ink) = if is_dark { ("#1d2330", "#e6e9f0") } else { ("#f4f5f8", "#1c2230") };
    context.set_fill_style_str(paper);
    context.fill_rect(0.0, 0.0, wide, high);
    context.set_font("12px sans-serif");
    let [of_wide, of_high] = probe::SIZE;
    for (at, (name, bounds)) in call.objects.iter().enumerate() {
        let [x1, y1, x2, y2] = bounds.map(f64::from);
        let (x, y) = (x1 / of_wide * wide, y1 / of_high * high);
        let (w, h) = ((x2 - x1) / of_wide * wide, (y2 - y1) / of_high * high);
        let hue = (at * 137 + name.len() * 31) % 360;
        context.set_stroke_style_str(ink);
        match call.look {
            1 => context.stroke_rect(x, y, w, h),
            2 => {
                let light = 30 + (y2 / of_high * 50.0) as u32;
                context.set_fill_style_str(&format!("hsl(0 0% {light}%)"));
                context.fill_rect(x, y, w, h);
            }
            4 => {
                context.begin_path();
                context.move_to(x + w / 2.0, y);
                context.line_to(x + w / 2.0, y + h * 0.6);
                context.line_to(x, y + h);
                context.move_to(x + w / 2.0, y + h * 0.6);
                context.line_to(x + w, y + h);
                context.move_to(x, y + h * 0.3);
                context.line_to(x + w, y + h * 0.3);
                context.stroke();
            }
            look => {
                let strength = if look == 3 { 70 } else { 40 };
                context.set_fill_style_str(&format!("hsl({hue} {strength}% {}%)", if is_dark { 38 } else { 72 }));
                context.fill_rect(x, y, w, h);
            }
        }
        // On paper of its own: a name is read on any colour.
        let (x, y) = (x + 3.0, (y + 13.0).min(high - 3.0));
        context.set_fill_style_str(paper);
        context.fill_rect(x - 2.0, y - 11.0, 7.0 * name.chars().count() as f64 + 4.0, 14.0);
        context.set_fill_style_str(ink);
        let _ = context.fill_text(name, x, y);
    }
    Some(())
}
