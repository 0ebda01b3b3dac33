//! Any bytes as a message: they are answered, and what was read encodes to bytes that encode the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::protocol::wire::{decode_command, decode_event, encode_command, encode_event};

// Compared as bytes: a message may hold NaN, which equals nothing.
fuzz_target!(|bytes: &[u8]| {
    if let Ok(command) = decode_command(bytes) {
        let once = encode_command(&command);
        let again = decode_command(&once).map(|command| encode_command(&command));
        assert_eq!(again, Ok(once), "a command survives its own form");
    }
    if let Ok(event) = decode_event(bytes) {
        let once = encode_event(&event);
        let again = decode_event(&once).map(|event| encode_event(&event));
        assert_eq!(again, Ok(once), "an event survives its own form");
    }
});
