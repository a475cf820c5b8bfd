//! The key of an authenticator application (MFA contract 1.5): made by the server, shown until it is proven.

use std::collections::BTreeMap;

use data_encoding::BASE32;
use serde::{Deserialize, Serialize};

use super::device::{Device, DeviceStatus};
use crate::entity::Stored;
use crate::oath::hotp::{CodeMaker, Digits, HashAlgorithm};
use crate::oath::totp::{self, TimeUse};
use crate::secret::{Sealed, Secret};
use crate::time::{Span, Timestamp};

/// Bytes of a key: 32 characters in base32.
pub const KEY_LENGTH: usize = 20;
/// How long a new key can be seen and proven.
pub const PAIRING_TIME: Span = Span::minutes(30);
/// Windows before and after that count where the policy does not say it.
pub const STANDARD_GRACE: i64 = 5;
/// What applications assume, and the server therefore decides: other values in a policy would make a key that no code fits.
const FIXED: [(&str, &str); 3] = [("algorithm", "SHA1"), ("digits", "6"), ("period", "30")];

/// What a TOTP device shares with its application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotpKey {
    /// The shared key.
    pub secret: Sealed,
    /// How far it was used.
    #[serde(flatten)]
    pub used: TimeUse,
    /// What the application is shown; gone once it has proven the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<KeyOffer>,
}

/// How the key is shown to an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyOffer {
    /// Whose key it is.
    pub username: String,
    /// What the policy adds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

impl TotpKey {
    /// A new key.
    #[must_use]
    pub fn new(secret: Sealed, username: &str, parameters: Option<&BTreeMap<String, String>>) -> Self {
        let parameters = parameters.cloned().unwrap_or_default();
        let offer = KeyOffer { username: username.to_owned(), parameters };
        Self { secret, used: TimeUse::default(), offer: Some(offer) }
    }

    /// Checks a code within `grace` windows; a right one does not count again.
    pub fn accept(&mut self, secret: &[u8], code: &str, now: Timestamp, grace: i64) -> bool {
        let maker = CodeMaker::new(secret, HashAlgorithm::HmacSha1, Digits::Six);
        totp::accept(&mut self.used, &maker, code, now, grace)
    }
}

/// Whether the device waits for its first code and may still be shown its key.
#[must_use]
pub fn is_offered(device: &Stored<Device>, now: Timestamp) -> bool {
    device.status == DeviceStatus::ActivationRequired
        && device.totp.is_some()
        && now < device.created_at.plus(PAIRING_TIME)
}

/// The key as people type it.
#[must_use]
pub fn spelled(secret: &[u8]) -> Secret {
    Secret::new(BASE32.encode(secret))
}

impl KeyOffer {
    /// What a QR code says: `otpauth://totp/{username}?secret=…` and the parameters of the policy.
    #[must_use]
    pub fn uri(&self, secret: &[u8]) -> Secret {
        let mut uri =
            format!("otpauth://totp/{}?secret={}", escaped(&self.username), spelled(secret).expose());
        for (name, value) in self.parameters.iter().filter(|(name, value)| may_stand(name, value)) {
            uri.push_str(&format!("&{}={}", escaped(name), escaped(value)));
        }
        Secret::new(uri)
    }
}

fn may_stand(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name != "secret" && FIXED.iter().all(|(fixed, only)| name != *fixed || value.eq_ignore_ascii_case(only))
}

/// Percent-encodes all but unreserved characters: applications do not read `+` as a space.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            all.push(char::from(byte));
        } else {
            all.push_str(&format!("%{byte:02X}"));
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn offer(username: &str, parameters: &[(&str, &str)]) -> String {
        let parameters =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        KeyOffer { username: username.to_owned(), parameters }.uri(SECRET).expose().clone()
    }

    #[test]
    fn the_uri_names_the_user_the_key_and_what_the_policy_adds() {
        assert_eq!(spelled(SECRET).expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            offer("pat ng@example.com", &[("issuer", "Acme & Söhne"), ("image", "https://a.example/x.png")]),
            "otpauth://totp/pat%20ng@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &image=https%3A%2F%2Fa.example%2Fx.png&issuer=Acme%20%26%20S%C3%B6hne"
        );
    }

    #[test]
    fn a_policy_cannot_make_a_key_that_no_code_fits() {
        let uri =
            offer("pat", &[("secret", "AAAA"), ("digits", "8"), ("period", "30"), ("Algorithm", "SHA512")]);
        assert_eq!(uri, "otpauth://totp/pat?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=30");
    }

    #[test]
    fn a_key_reads_back() {
        let mut key = TotpKey::new(Sealed("x".to_owned()), "pat", None);
        let now = Timestamp::from_seconds(59);
        assert!(key.accept(SECRET, "287082", now, 5) && !key.accept(SECRET, "287082", now, 5));
        let kept = serde_json::to_value(&key).unwrap();
        assert_eq!(serde_json::from_value::<TotpKey>(kept).unwrap(), key);
    }
}
