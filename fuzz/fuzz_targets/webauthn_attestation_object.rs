//! Any bytes as an attestation object, and as what follows the head of authenticator data.
#![no_main]

#[path = "webauthn_ceremony.rs"]
mod ceremony;

/// Hash, flags and counter.
const HEAD: usize = 37;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut data = ceremony::authenticator_data();
    data.truncate(HEAD);
    data.extend(bytes);
    let Ok(length) = u16::try_from(data.len()) else { return };
    let around =
        [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".as_slice(), &length.to_be_bytes(), &data]
            .concat();
    for object in [bytes, around.as_slice()] {
        if let Ok(registered) = ceremony::registers(object) {
            // Nobody signs here, so nothing but the absence of an attestation registers.
            assert!(registered.attestation.trust_path.is_empty());
        }
    }
});
