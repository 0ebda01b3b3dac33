//! The page's state as signals, and what follows it: address bar, host page, theme, keys. Knows no component and no lab.

pub mod address;
pub mod compare;
pub mod dialog;
pub mod entry;
pub mod feature;
pub mod files;
pub mod host;
pub mod keys;
pub mod language;
pub mod notices;
pub mod routing;
pub mod saving;
pub mod shell;
pub mod theme;
