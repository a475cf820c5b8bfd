//! Any bytes as an attestation object.
#![no_main]

#[path = "webauthn_ceremony.rs"]
mod ceremony;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(registered) = ceremony::registers(bytes) {
        // Nobody can sign with this key, so nothing but the absence of an attestation registers it.
        assert!(registered.attestation.trust_path.is_empty());
    }
});
