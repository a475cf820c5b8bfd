//! Any bytes as a COSE key, which then verifies nothing.
#![no_main]

use postern_core::webauthn::PublicKey;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = PublicKey::parse(bytes) {
        assert!([-7, -35, -36, -8, -257, -37].contains(&key.algorithm()));
        let _ = key.verify(b"message", bytes);
    }
});
