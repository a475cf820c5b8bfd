//! Values that must not leak by accident.
//!
//! [`Secret`] holds clear text in memory: it prints as `***` and is wiped when
//! dropped. [`Sealed`] holds cipher text made by
//! [`crate::crypto::keyring::KeyRing`]; it may be stored.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Clear text of a secret. Neither printed nor serialised; wiped on drop.
#[derive(Clone, Default)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value in.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The clear text. Each call is a place to review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Cipher text of a secret, in base64url: safe to store, useless without the key ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);
