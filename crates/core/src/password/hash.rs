//! Hashes of passwords: Argon2id for new ones, imported encodings until the next sign-on.
//!
//! Hashing takes tens of milliseconds of CPU and 19 MiB; the caller runs it off
//! the async threads and bounds how many run at once.

mod argon;
mod salted;

use serde::{Deserialize, Serialize};

use super::encoding::{Encoding, split};
use crate::random::Random;

/// Dearest bcrypt cost that is accepted from an import (about half a second of CPU for each sign-on).
const MAX_BCRYPT_COST: u32 = 13;

/// A hash as it is stored. Not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

/// An encoded value cannot be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The encoding is known by name, but sign-on with it is not built.
    #[error("passwords encoded as {} are not supported", .0.prefix())]
    Unsupported(Encoding),
    /// What follows the prefix is not in that encoding.
    #[error("the value is not a valid {} encoding", .0.prefix())]
    Malformed(Encoding),
    /// The encoding would cost too much at each sign-on.
    #[error("the work factor of the {} encoding is too high", .0.prefix())]
    TooExpensive(Encoding),
}

impl PasswordHash {
    /// Hashes a clear-text password: Argon2id, 19 MiB, two passes, a 16-byte salt, as a PHC string.
    #[must_use]
    pub fn new(password: &str, random: &Random) -> Self {
        Self(argon::hash(password.as_bytes(), &random.bytes()))
    }

    /// Takes over an encoded value. `Ok(None)` means that the value is clear text.
    ///
    /// # Errors
    /// [`ImportError`] when it is encoded and could not be verified later.
    pub fn recognise(value: &str) -> Result<Option<Self>, ImportError> {
        let Some((encoding, encoded)) = split(value) else { return Ok(None) };
        match encoding {
            Encoding::Bcrypt => check_bcrypt(encoded)?,
            Encoding::Ssha | Encoding::Ssha256 | Encoding::Ssha384 | Encoding::Ssha512 => {
                salted::read(encoding, encoded).ok_or(ImportError::Malformed(encoding))?;
            }
            // Their byte layouts are not published in full; a guess would lock people out.
            Encoding::Pbkdf2
            | Encoding::MskccPbkdf2
            | Encoding::Scrypt
            | Encoding::ScryptRfc7914
            | Encoding::Argon2 => return Err(ImportError::Unsupported(encoding)),
        }
        Ok(Some(Self(value.to_owned())))
    }

    /// A hash that no password has, to be checked for an unknown user so that the answer takes as long.
    #[must_use]
    pub fn dummy() -> Self {
        Self(argon::DUMMY.to_owned())
    }

    /// Whether this is the hash of the password. False also for a stored text of no known form.
    #[must_use]
    pub fn verify(&self, candidate: &str) -> bool {
        match split(&self.0) {
            None => argon::verify(&self.0, candidate.as_bytes()),
            Some((Encoding::Bcrypt, encoded)) => bcrypt::verify(candidate, encoded).unwrap_or(false),
            Some((encoding, encoded)) => {
                salted::read(encoding, encoded).is_some_and(|salted| salted.is_of(candidate.as_bytes()))
            }
        }
    }

    /// Whether the next successful check should replace it by a hash of today's strength.
    #[must_use]
    pub fn needs_rehash(&self) -> bool {
        !argon::is_current(&self.0)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

fn check_bcrypt(encoded: &str) -> Result<(), ImportError> {
    let parts: bcrypt::HashParts = encoded.parse().map_err(|_| ImportError::Malformed(Encoding::Bcrypt))?;
    match parts.get_cost() {
        // The `2x` mark is of a faulty implementation whose hashes cannot be verified.
        _ if encoded.starts_with("$2x") => Err(ImportError::Malformed(Encoding::Bcrypt)),
        4..=MAX_BCRYPT_COST => Ok(()),
        0..4 => Err(ImportError::Malformed(Encoding::Bcrypt)),
        _ => Err(ImportError::TooExpensive(Encoding::Bcrypt)),
    }
}

#[cfg(test)]
mod tests;
