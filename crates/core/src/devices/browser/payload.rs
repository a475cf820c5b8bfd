//! What a page found out about its browser, as it is sent in `payload`.
//!
//! PingOne's own is made by a proprietary script and opaque. Ours is a JSON
//! object, plain or in base64 or base64url: `deviceId` (or `id`) is a text that
//! the page keeps in the browser, `userAgent` is what the browser calls itself.
//! Every other text is accepted as well, and then says nothing.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use serde_json::Value;

/// Longest payload, in characters.
pub const MOST: usize = 20_000;
/// Longest identifier, in bytes.
const MOST_IDENTIFIER: usize = 256;
/// Longest name that a browser gives itself, in characters.
const MOST_USER_AGENT: usize = 500;

/// What could be read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Payload {
    /// A text that stays the same in this browser and is another in every other.
    pub identifier: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

/// The identifier is half of what proves a browser, so it is not printed.
impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payload").field("user_agent", &self.user_agent).finish_non_exhaustive()
    }
}

impl Payload {
    /// Reads a payload; what is not ours says nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let members = object(text.as_bytes()).or_else(|| decoded(text).and_then(|bytes| object(&bytes)));
        let Some(members) = members else { return Self::default() };
        let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let identifier = text("deviceId").or_else(|| text("id")).filter(|id| id.len() <= MOST_IDENTIFIER);
        Self {
            identifier: identifier.map(str::to_owned),
            user_agent: text("userAgent").map(|agent| agent.chars().take(MOST_USER_AGENT).collect()),
        }
    }
}

fn object(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().filter(Value::is_object)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=').as_bytes();
    BASE64_NOPAD.decode(bare).or_else(|_| BASE64URL_NOPAD.decode(bare)).ok()
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_payload_is_read_plain_and_in_both_kinds_of_base64() {
        // The characters make both alphabets use their own signs.
        let json = r#"{"deviceId":"??>>~~","userAgent":"Mozilla/5.0 (X11)","screen":{"w":1}}"#;
        let wanted = Payload {
            identifier: Some("??>>~~".to_owned()),
            user_agent: Some("Mozilla/5.0 (X11)".to_owned()),
        };
        let (base64, base64url) = (BASE64.encode(json.as_bytes()), BASE64URL.encode(json.as_bytes()));
        for text in [json, &base64, &base64url, base64url.trim_end_matches('='), &format!(" {json}\n")] {
            assert_eq!(Payload::read(text), wanted, "{text}");
        }
    }

    #[test]
    fn id_stands_in_for_device_id() {
        let read = |text| Payload::read(text).identifier;
        assert_eq!(read(r#"{"id":"a"}"#).as_deref(), Some("a"));
        assert_eq!(read(r#"{"id":"a","deviceId":"b"}"#).as_deref(), Some("b"));
        assert_eq!(read(r#"{"id":"a","deviceId":""}"#).as_deref(), Some("a"));
        assert_eq!(read(r#"{"id":7}"#), None, "numbers are not identifiers");
        assert_eq!(read(&format!(r#"{{"id":"{}"}}"#, "a".repeat(257))), None, "too long");
    }

    #[test]
    fn what_is_not_ours_says_nothing() {
        for text in ["", "R/o;hs0x", "[1]", "\"text\"", "eyJhbGciOiJub25lIn0.e30.", "{\"id\":"] {
            assert_eq!(Payload::read(text), Payload::default(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_payload_panics(text in "\\PC{0,300}") {
            let _payload = Payload::read(&text);
        }
    }
}
