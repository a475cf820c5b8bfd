//! One method of a policy, as the rules of devices and challenges need it.

use super::{DevicePolicy, Failure, OfflineMethod};
use crate::devices::kind::DeviceType;
use crate::policy::duration::Duration;
use crate::time::Span;

/// What wrong codes lead to where the policy does not say it.
const STANDARD_FAILURE: Failure = Failure { count: 3, cool_down: Duration::minutes(2) };
/// Digits of codes that devices make themselves.
const DEVICE_OTP_LENGTH: i64 = 6;

/// What a policy says about one type of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// Whether it counts.
    pub enabled: bool,
    /// Whether no new device can be added.
    pub pairing_disabled: bool,
    /// Whether people are asked for a nickname when they add one.
    pub prompt_for_nickname: bool,
    /// Digits of a code, 6 to 10.
    pub otp_length: i64,
    /// How long a sent code is good; zero where no code is sent.
    pub life_time: Span,
    /// Wrong codes that block, 1 to 7.
    pub failure_count: i64,
    /// How long the device then rests; may be zero.
    pub cool_down: Span,
}

impl Method {
    fn new(enabled: bool, pairing_disabled: Option<bool>, prompt: Option<bool>, failure: Failure) -> Self {
        Self {
            enabled,
            pairing_disabled: pairing_disabled == Some(true),
            prompt_for_nickname: prompt == Some(true),
            otp_length: DEVICE_OTP_LENGTH,
            life_time: Span::ZERO,
            failure_count: failure.count,
            cool_down: failure.cool_down.span(),
        }
    }

    fn offline(method: &OfflineMethod) -> Self {
        Self {
            otp_length: method.otp.otp_length,
            life_time: method.otp.life_time.span(),
            ..Self::new(
                method.enabled,
                method.pairing_disabled,
                method.prompt_for_nickname_on_pairing,
                method.otp.failure,
            )
        }
    }
}

impl DevicePolicy {
    /// What the policy says about a type of device; `None` when it says nothing, which means disabled.
    #[must_use]
    pub fn method(&self, kind: DeviceType) -> Option<Method> {
        match kind {
            DeviceType::Sms => Some(Method::offline(&self.sms)),
            DeviceType::Voice => Some(Method::offline(&self.voice)),
            DeviceType::Email => Some(Method::offline(&self.email)),
            DeviceType::WhatsApp => self.whats_app.as_ref().map(Method::offline),
            DeviceType::Totp => {
                let totp = &self.totp;
                let prompt = totp.prompt_for_nickname_on_pairing;
                Some(Method::new(totp.enabled, totp.pairing_disabled, prompt, totp.otp.failure))
            }
            DeviceType::Mobile => {
                let mobile = &self.mobile;
                let prompt = mobile.prompt_for_nickname_on_pairing;
                Some(Method::new(mobile.enabled, None, prompt, mobile.otp.failure))
            }
            DeviceType::OathToken => {
                let oath = &self.oath_token;
                let prompt = oath.prompt_for_nickname_on_pairing;
                Some(Method::new(oath.enabled, oath.pairing_disabled, prompt, oath.otp.failure))
            }
            DeviceType::Fido2 => self.fido2.as_ref().map(|fido2| {
                let failure = fido2.failure.unwrap_or(STANDARD_FAILURE);
                Method::new(
                    fido2.enabled,
                    fido2.pairing_disabled,
                    fido2.prompt_for_nickname_on_pairing,
                    failure,
                )
            }),
            DeviceType::Browser
            | DeviceType::SecurityKey
            | DeviceType::Platform
            | DeviceType::PingIdDesktopGen2 => None,
        }
    }

    /// Whether devices of this type count.
    #[must_use]
    pub fn enables(&self, kind: DeviceType) -> bool {
        self.method(kind).is_some_and(|method| method.enabled)
    }
}
