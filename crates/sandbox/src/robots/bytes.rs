//! Secret bytes of a robot, in base64url inside its sealed record.

use data_encoding::BASE64URL_NOPAD;
use postern_core::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Secret bytes. Serialised only into the record, which is sealed as a whole; never printed.
#[derive(Debug, Clone)]
pub(super) struct Bytes(pub(super) Secret<Vec<u8>>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Secret::new(bytes))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(self.0.expose()))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes());
        bytes.map(Self::from).map_err(|_| serde::de::Error::custom("not base64url"))
    }
}
