//! The kinds of MFA devices.

use crate::schema::words;

words! {
    /// What a device is.
    pub enum DeviceType {
        Email = "EMAIL",
        Sms = "SMS",
        Voice = "VOICE",
        WhatsApp = "WHATSAPP",
        Totp = "TOTP",
        Fido2 = "FIDO2",
        Mobile = "MOBILE",
        OathToken = "OATH_TOKEN",
        Browser = "BROWSER",
        SecurityKey = "SECURITY_KEY",
        Platform = "PLATFORM",
        PingIdDesktopGen2 = "PINGID_DESKTOP_GEN2",
    }
}

impl DeviceType {
    /// The types that can be paired by an API call; MOBILE devices pair themselves, the others are known but refused.
    pub const PAIRABLE: [Self; 8] = [
        Self::Email,
        Self::Sms,
        Self::Voice,
        Self::WhatsApp,
        Self::Totp,
        Self::Fido2,
        Self::OathToken,
        Self::Browser,
    ];

    /// Whether a device of this type answers a challenge of its own: all but remembered browsers and what is refused.
    #[must_use]
    pub const fn authenticates(self) -> bool {
        self.receives_codes() || matches!(self, Self::Totp | Self::OathToken | Self::Fido2 | Self::Mobile)
    }

    /// Whether the code may be returned instead of sent, for tests.
    #[must_use]
    pub const fn allows_test_mode(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::Voice)
    }

    /// Whether a device of this type must prove itself before it is active, whoever pairs it.
    #[must_use]
    pub const fn always_proves_itself(self) -> bool {
        matches!(self, Self::Totp | Self::Fido2)
    }

    /// The method reference (RFC 8176 style) that a proof on this device adds to `amr`.
    #[must_use]
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Sms | Self::WhatsApp => "sms",
            Self::Voice => "tel",
            Self::Email => "email",
            Self::Totp | Self::OathToken => "otp",
            Self::Mobile => "mca",
            Self::Fido2 | Self::SecurityKey | Self::Platform => "hwk",
            Self::Browser => "rm",
            Self::PingIdDesktopGen2 => "desktop",
        }
    }

    /// Whether a code is sent to the device, instead of being made by it.
    #[must_use]
    pub const fn receives_codes(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::Voice | Self::WhatsApp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_type_reads_back_its_wire_word() {
        for kind in DeviceType::ALL {
            assert_eq!(DeviceType::from_word(kind.as_str()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(DeviceType::from_word("sms"), None);
    }
}
