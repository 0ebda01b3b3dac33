//! Values that wake who reads them: leptos's triggers around plain values, so that the reactive machinery is compiled
//! once and not for each type of value.

use super::element::watch;
use super::leptos::*;

/// A value that wakes who read it when it is set. A handle: copies are the same value.
pub struct Live<T: 'static> {
    value: StoredValue<T, LocalStorage>,
    changed: Trigger,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T> Live<T> {
    /// A value that lives as long as the part of the page it is made in.
    pub fn new(value: T) -> Self {
        Self { value: StoredValue::new_local(value), changed: Trigger::new() }
    }

    /// Wakes the reader whenever the value is set.
    pub fn track(self) {
        self.changed.track();
    }

    /// What `of` makes of the value; wakes the reader whenever it is set.
    pub fn with<R>(self, of: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.value.with_value(of)
    }

    /// What `of` makes of the value, once.
    pub fn peek<R>(self, of: impl FnOnce(&T) -> R) -> R {
        self.value.with_value(of)
    }

    /// Changes the value and wakes its readers. Nothing happens once its part of the page is gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if self.value.try_update_value(change).is_some() {
            self.changed.notify();
        }
    }

    /// Sets the value and wakes its readers. Nothing happens once its part of the page is gone.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: Clone> Live<T> {
    /// The value; wakes the reader whenever it is set.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, once.
    pub fn now(self) -> T {
        self.peek(T::clone)
    }
}

impl<T: PartialEq> Live<T> {
    /// Whether the value is another one than `other`; not once its part of the page is gone.
    pub fn differs(self, other: &T) -> bool {
        self.value.try_with_value(|value| value != other) == Some(true)
    }

    /// Sets the value where it is another one.
    pub fn put(self, value: T) {
        if self.differs(&value) {
            self.set(value);
        }
    }
}

/// A value that follows what `of` says and wakes its readers only when it becomes another one.
pub fn memo<T: PartialEq>(of: impl Fn() -> T + 'static) -> Live<T> {
    let live = Live::new(untrack(&of));
    watch(move || live.put(of()));
    live
}
