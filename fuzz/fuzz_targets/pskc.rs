//! Seed files: no key container and no CSV file makes the readers panic, or takes them long.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern_core::oath::pskc::Keys;
use postern_core::oath::{csv, pskc};
use postern_core::secret::Secret;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Without a password: a file may ask for as many rounds of its derivation as are allowed.
    let keys = Keys { pre_shared: Some(Secret::new(vec![0x42; 16])), password: None };
    let _ = pskc::read(text, &keys);
    let _ = csv::read(text);
});
