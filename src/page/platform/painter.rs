//! When pictures are painted: only what changed and can be seen, a few milliseconds in each animation frame, and the
//! next frame of numbers is asked for when all of it is on the screen. Does not know what it paints.

use super::dom;
use leptos::prelude::request_animation_frame;
use std::cell::RefCell;
use std::rc::Rc;

/// Painting time in one animation frame after which the rest waits for the next.
const BUDGET_MS: f64 = 8.0;

/// All pictures of the page.
#[derive(Clone, Default)]
pub struct Painter(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    pictures: Vec<Picture>,
    next_key: u32,
    scheduled: bool,
    then: Option<Box<dyn FnOnce()>>,
}

struct Picture {
    key: u32,
    visible: bool,
    dirty: bool,
    paint: Rc<dyn Fn()>,
}

impl Painter {
    /// Adds a picture, not yet seen.
    pub fn add(&self, paint: impl Fn() + 'static) -> u32 {
        let mut state = self.0.borrow_mut();
        state.next_key += 1;
        let key = state.next_key;
        state.pictures.push(Picture { key, visible: false, dirty: true, paint: Rc::new(paint) });
        key
    }

    /// Forgets a picture.
    pub fn remove(&self, key: u32) {
        self.0.borrow_mut().pictures.retain(|picture| picture.key != key);
    }

    /// Says whether a picture can be seen.
    pub fn set_visible(&self, key: u32, visible: bool) {
        self.each(|picture| {
            if picture.key == key {
                picture.visible = visible;
            }
        });
    }

    /// Says that a picture changed.
    pub fn touch(&self, key: u32) {
        self.each(|picture| picture.dirty |= picture.key == key);
    }

    /// Says that all pictures changed; `then` follows once all that can be seen are painted.
    pub fn touch_all(&self, then: Option<Box<dyn FnOnce()>>) {
        if then.is_some() {
            self.0.borrow_mut().then = then;
        }
        self.each(|picture| picture.dirty = true);
    }

    fn each(&self, change: impl FnMut(&mut Picture)) {
        let mut state = self.0.borrow_mut();
        state.pictures.iter_mut().for_each(change);
        if !state.scheduled {
            state.scheduled = true;
            drop(state);
            self.schedule();
        }
    }

    fn schedule(&self) {
        let painter = self.clone();
        request_animation_frame(move || painter.paint());
    }

    /// Paints every picture now, seen or not.
    pub fn paint_all(&self) {
        let all: Vec<_> = self.0.borrow().pictures.iter().map(|picture| picture.paint.clone()).collect();
        all.iter().for_each(|paint| paint());
    }

    fn paint(&self) {
        let end = dom::now_ms() + BUDGET_MS;
        loop {
            // The borrow ends before painting: a picture may touch others.
            let next = self.0.borrow_mut().pictures.iter_mut().find(|picture| picture.dirty && picture.visible).map(
                |picture| {
                    picture.dirty = false;
                    picture.paint.clone()
                },
            );
            match next {
                Some(paint) => paint(),
                None => break,
            }
            if dom::now_ms() > end {
                self.schedule();
                return;
            }
        }
        let then = {
            let mut state = self.0.borrow_mut();
            state.scheduled = false;
            state.then.take()
        };
        if let Some(then) = then {
            then();
        }
    }
}
