//! What a browser can do with passkeys, as the page in it has found out (MFA contract 6.7).

use crate::devices::{Device, DeviceType};
use crate::schema::words;

words! {
    /// What a browser can do with passkeys.
    pub enum Compatibility {
        Full = "FULL",
        SecurityKeyOnly = "SECURITY_KEY_ONLY",
        None = "NONE",
    }
}

impl Compatibility {
    /// What the word says; everything when there is none.
    #[must_use]
    pub fn read(word: Option<&str>) -> Self {
        word.and_then(Self::from_word).unwrap_or(Self::Full)
    }

    /// Whether the browser can ask this device.
    #[must_use]
    pub fn suits(self, device: &Device) -> bool {
        if device.kind != DeviceType::Fido2 {
            return true;
        }
        let credential = device.passkey.as_deref().and_then(|passkey| passkey.credential.as_ref());
        match self {
            Self::Full => true,
            Self::SecurityKeyOnly => credential.is_some_and(|credential| credential.cross_platform),
            Self::None => false,
        }
    }
}
