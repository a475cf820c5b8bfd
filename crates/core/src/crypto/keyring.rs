//! The key ring: seals secrets for storage and makes keyed hashes.
//!
//! A ring holds one or more 32-byte master keys. The first one seals and makes
//! hashes; the others only open and check what they made before a rotation.
//! Reading and writing the key file is left to the binary.
//!
//! A sealed value is `version ‖ key id ‖ nonce ‖ AES-256-GCM cipher text and
//! tag` in base64url. The tenant, the record and the field are bound as
//! associated data, so a value copied elsewhere does not open.

mod master;

use aws_lc_rs::aead::{self, Aad, NONCE_LEN, Nonce};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use zeroize::Zeroizing;

pub use self::master::KEY_LENGTH;
use self::master::MasterKey;
use crate::crypto::constant_time_eq;
use crate::ids::{EnvironmentId, Id as _};
use crate::random::Random;
use crate::secret::{Sealed, Secret};

const VERSION: u8 = 1;

/// Where a sealed value lives. It opens only with the same context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext<'a> {
    /// The tenant that owns the record.
    pub environment: EnvironmentId,
    /// The record: its kind and id, such as `device/0b7d2a52-…`.
    pub record: &'a str,
    /// The field of the record, such as `secret`.
    pub field: &'a str,
}

/// A key file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no key in it.
    #[error("the key ring holds no key")]
    Empty,
    /// A line is not 32 bytes in base64. Lines count from 1.
    #[error("line {0} of the key ring is not a 32-byte key in base64")]
    InvalidLine(usize),
    /// The same key (or one with the same id) stands twice.
    #[error("line {0} of the key ring repeats a key")]
    Repeated(usize),
}

/// A sealed value could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The text is not a sealed value of a known version.
    #[error("not a sealed value")]
    Malformed,
    /// The key that sealed it is not in the ring.
    #[error("sealed with a key that is not in the key ring")]
    UnknownKey,
    /// The value was changed, or belongs to another record.
    #[error("the sealed value does not belong here or was changed")]
    Refused,
}

/// The master keys of an installation.
pub struct KeyRing {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl KeyRing {
    /// A ring with one fresh key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self { current: MasterKey::new(&Secret::new(random.bytes())), older: Vec::new() }
    }

    /// Reads one base64 key (standard alphabet, padded) per line, the current one first.
    /// Blank lines and lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`KeyRingError`] when no key is left, or a line is not a key or repeats one.
    pub fn from_text(text: &Secret) -> Result<Self, KeyRingError> {
        let mut keys: Vec<MasterKey> = Vec::new();
        for (number, line) in (1..).zip(text.expose().lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = Zeroizing::new(
                BASE64.decode(line.as_bytes()).map_err(|_| KeyRingError::InvalidLine(number))?,
            );
            let bytes: [u8; KEY_LENGTH] =
                bytes.as_slice().try_into().map_err(|_| KeyRingError::InvalidLine(number))?;
            let key = MasterKey::new(&Secret::new(bytes));
            if keys.iter().any(|known| known.id() == key.id()) {
                return Err(KeyRingError::Repeated(number));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(KeyRingError::Empty)?;
        Ok(Self { current, older: keys.collect() })
    }

    /// The text that [`Self::from_text`] reads.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        // Reserved at once: a growing text would leave unwiped copies behind.
        let mut text = String::with_capacity((self.older.len() + 1) * (BASE64.encode_len(KEY_LENGTH) + 1));
        for key in self.keys() {
            BASE64.encode_append(key.bytes(), &mut text);
            text.push('\n');
        }
        Secret::new(text)
    }

    /// A ring with a fresh current key; all keys of this one go on opening.
    #[must_use]
    pub fn rotated(&self, random: &Random) -> Self {
        Self {
            current: MasterKey::new(&Secret::new(random.bytes())),
            older: self.keys().map(MasterKey::duplicate).collect(),
        }
    }

    /// Ids of the keys, the current one first: the first 8 hex digits of each key's SHA-256.
    #[must_use]
    pub fn key_ids(&self) -> Vec<String> {
        self.keys().map(|key| data_encoding::HEXLOWER.encode(&key.id())).collect()
    }

    /// Seals a secret with the current key.
    #[must_use]
    #[expect(clippy::expect_used, reason = "AES-GCM seals everything shorter than 64 GiB")]
    pub fn seal(&self, random: &Random, context: &SealContext<'_>, clear: &[u8]) -> Sealed {
        let nonce: [u8; NONCE_LEN] = random.bytes();
        let mut body = Vec::with_capacity(clear.len() + aead::AES_256_GCM.tag_len());
        body.extend_from_slice(clear);
        self.current
            .sealing()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                associated_data(context),
                &mut body,
            )
            .expect("the secret is short");
        let blob = [&[VERSION], self.current.id().as_slice(), &nonce, &body].concat();
        Sealed(BASE64URL_NOPAD.encode(&blob))
    }

    /// Opens a sealed value with the key that sealed it.
    ///
    /// # Errors
    /// [`OpenError`] when it is malformed, its key is missing, or the context or the value is not the one sealed.
    pub fn open(&self, context: &SealContext<'_>, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        let parts = Parts::read(sealed).ok_or(OpenError::Malformed)?;
        let key = self.keys().find(|key| key.id() == parts.key).ok_or(OpenError::UnknownKey)?;
        let mut body = parts.body;
        let opened = key.sealing().open_in_place(
            Nonce::assume_unique_for_key(parts.nonce),
            associated_data(context),
            &mut body,
        );
        let length = opened.map_err(|_| OpenError::Refused)?.len();
        body.truncate(length);
        Ok(Secret::new(body))
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// As [`Self::open`]; [`OpenError::Malformed`] when it is not UTF-8.
    pub fn open_text(&self, context: &SealContext<'_>, sealed: &Sealed) -> Result<Secret, OpenError> {
        let opened = self.open(context, sealed)?;
        std::str::from_utf8(opened.expose()).map(Secret::from).map_err(|_| OpenError::Malformed)
    }

    /// Whether the value should be sealed anew because a newer key is current.
    /// True for a malformed value too, which then fails to open and is seen.
    #[must_use]
    pub fn needs_resealing(&self, sealed: &Sealed) -> bool {
        Parts::read(sealed).is_none_or(|parts| parts.key != self.current.id())
    }

    /// Keyed hash (HMAC-SHA-256) of the parts, with the current key.
    ///
    /// Purposes never collide, nor do parts: `["ab", "c"]` and `["a", "bc"]`
    /// differ. Compare with [`Self::mac_matches`], which outlives a rotation.
    #[must_use]
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.current.mac(purpose, parts)
    }

    /// The keyed hashes that the keys of the ring make, the current one's first: for looking up what one of them made.
    pub fn macs(&self, purpose: &str, parts: &[&[u8]]) -> impl Iterator<Item = [u8; 32]> {
        self.keys().map(move |key| key.mac(purpose, parts))
    }

    /// Whether the current or an older key made this keyed hash. The time does not depend on the contents.
    #[must_use]
    pub fn mac_matches(&self, purpose: &str, parts: &[&[u8]], expected: &[u8]) -> bool {
        self.keys().fold(false, |found, key| found | constant_time_eq(&key.mac(purpose, parts), expected))
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({} keys)", self.older.len() + 1)
    }
}

struct Parts {
    key: [u8; master::ID_LENGTH],
    nonce: [u8; NONCE_LEN],
    body: Vec<u8>,
}

impl Parts {
    fn read(sealed: &Sealed) -> Option<Self> {
        let blob = BASE64URL_NOPAD.decode(sealed.0.as_bytes()).ok()?;
        let rest = blob.strip_prefix(&[VERSION])?;
        let (key, rest) = rest.split_first_chunk()?;
        let (nonce, body) = rest.split_first_chunk()?;
        Some(Self { key: *key, nonce: *nonce, body: body.to_vec() })
    }
}

fn associated_data(context: &SealContext<'_>) -> Aad<Vec<u8>> {
    let environment = context.environment.uuid();
    let parts: [&[u8]; 4] =
        [&[VERSION], environment.as_bytes(), context.record.as_bytes(), context.field.as_bytes()];
    let mut data = Vec::with_capacity(128);
    for part in parts {
        data.extend_from_slice(&length_prefix(part));
        data.extend_from_slice(part);
    }
    Aad::from(data)
}

fn length_prefix(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_be_bytes()
}

#[cfg(test)]
mod tests;
