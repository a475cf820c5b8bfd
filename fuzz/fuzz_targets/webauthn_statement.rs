//! Any bytes as the attestation statement of each format, about a well-formed credential.
#![no_main]

#[path = "webauthn_ceremony.rs"]
mod ceremony;

const FORMATS: [&str; 6] = ["none", "packed", "tpm", "android-key", "apple", "fido-u2f"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((format, statement)) = bytes.split_first() else { return };
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let data = ceremony::authenticator_data();
    let object = [
        b"\xa3\x63fmt".as_slice(),
        &[0x60 | format.len() as u8],
        format.as_bytes(),
        b"\x68authData\x58",
        &[data.len() as u8],
        &data,
        b"\x67attStmt",
        statement,
    ]
    .concat();
    let registered = ceremony::registers(&object);
    assert_eq!(registered.is_ok(), format == "none" && statement == [0xa0], "{format}");
});
