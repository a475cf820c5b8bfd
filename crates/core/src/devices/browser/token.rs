//! The cookie of a remembered browser: which device it is, and a secret that only this browser has.
//!
//! Each user has a cookie of their own, so that people who share a browser do
//! not make it forget each other.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use crate::ids::{DeviceId, Id, UserId};
use crate::random::Random;
use crate::secret::Secret;

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// The name of the cookie with which a browser is remembered for this user.
#[must_use]
pub fn cookie_name(user: UserId) -> String {
    format!("RM-{user}")
}

/// What the cookie says.
pub struct BrowserToken {
    /// The BROWSER device.
    pub device: DeviceId,
    secret: Secret<[u8; SECRET_BYTES]>,
}

impl BrowserToken {
    /// A fresh one for the device.
    #[must_use]
    pub fn new(device: DeviceId, random: &Random) -> Self {
        Self { device, secret: Secret::new(random.bytes()) }
    }

    /// Reads the value of a cookie; nothing when it was not made here.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let (id, secret) = bytes.split_first_chunk::<ID_BYTES>()?;
        let secret: [u8; SECRET_BYTES] = secret.try_into().ok()?;
        Some(Self { device: DeviceId::from_uuid(Uuid::from_bytes(*id)), secret: Secret::new(secret) })
    }

    /// The value of the cookie.
    #[must_use]
    pub fn value(&self) -> Secret {
        let bytes = [self.device.uuid().as_bytes().as_slice(), self.secret.expose()].concat();
        Secret::new(BASE64URL_NOPAD.encode(&bytes))
    }

    /// The part that is kept as a keyed hash.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        self.secret.expose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cookie_reads_back() {
        let random = Random::seeded(7);
        let device = DeviceId::new(&random);
        let token = BrowserToken::new(device, &random);
        let again = BrowserToken::read(token.value().expose()).unwrap();
        assert_eq!((again.device, again.secret()), (device, token.secret()));
        assert_ne!(BrowserToken::new(device, &random).secret(), token.secret(), "each is another");
    }

    proptest! {
        #[test]
        fn only_texts_of_one_length_are_cookies(text in "[A-Za-z0-9_=-]{0,90}") {
            prop_assert!(BrowserToken::read(&text).is_none() || text.len() == 64);
        }
    }
}
