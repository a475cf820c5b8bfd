//! Any bytes as client data, and any text as the JSON of a credential.
#![no_main]

use postern_core::webauthn::{AssertionResponse, ClientData, RegistrationResponse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = ClientData::parse(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = RegistrationResponse::parse(text);
        let _ = AssertionResponse::parse(text);
    }
});
