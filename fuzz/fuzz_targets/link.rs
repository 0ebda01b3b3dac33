//! Any text as a link: it is answered, and what was taken of it writes a link that reads back whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::experiment::Link;

fuzz_target!(|text: &str| {
    let (link, refused) = Link::parse(text);
    assert!(refused.len() <= 22, "refusals are bounded: {}", refused.len());
    let written = link.write();
    let (again, refused) = Link::parse(&written);
    assert_eq!(refused, [], "a written link is refused nothing");
    assert_eq!(again, link, "a written link reads back");
    assert_eq!(again.write(), written, "writing is byte-stable");
});
