//! What a phone sends: no proof and no body makes a reader panic, and no proof that nobody signed holds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern_core::devices::mobile::{Claim, KeyChange, Update};
use postern_core::devices::proof::{self, Covered};
use postern_core::jose::jwk::Jwk;
use postern_core::time::Timestamp;

/// The base point of P-256 as somebody's key.
const X: &str = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY";
const Y: &str = "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut key = Jwk::default();
    (key.kty, key.crv) = ("EC".to_owned(), Some("P-256".to_owned()));
    (key.x, key.y) = (Some(X.to_owned()), Some(Y.to_owned()));
    let covered = Covered { method: "POST", path: "/e/devices", body: data };
    let _ = proof::check(text, &key, covered, Timestamp::from_seconds(1_800_000_000));
    if let Ok(body) = serde_json::from_str::<serde_json::Value>(text) {
        let _ = (Claim::read(&body), KeyChange::read(&body), Update::read(&body));
        if let Ok(sent) = serde_json::from_value::<Jwk>(body) {
            let _ = proof::check_key(&sent);
        }
    }
});
