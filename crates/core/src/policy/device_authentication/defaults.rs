//! What an environment starts with.

use super::{
    Authentication, DeviceOtp, DevicePolicy, Failure, Fido2Method, MobileMethod, NewDeviceNotification,
    NotificationsPolicy, OathMethod, OfflineMethod, OfflineOtp, RememberMe, RememberedBrowser, TotpMethod,
};
use crate::devices::selection::DeviceSelection;
use crate::policy::duration::{Duration, TimeUnit};

impl DevicePolicy {
    /// The default policy of a new environment: mail, authenticator applications, passkeys, hardware
    /// tokens and the mobile application; neither text messages nor calls.
    #[must_use]
    pub fn initial_default() -> Self {
        Self {
            name: "Default MFA Policy".to_owned(),
            authentication: Authentication { device_selection: DeviceSelection::DefaultToFirst },
            notifications_policy: NotificationsPolicy::default(),
            new_device_notification: NewDeviceNotification::EmailThenSms,
            sms: offline(false),
            email: offline(true),
            mobile: MobileMethod {
                enabled: true,
                prompt_for_nickname_on_pairing: None,
                otp: device_otp(),
                applications: None,
            },
            totp: TotpMethod {
                enabled: true,
                pairing_disabled: None,
                prompt_for_nickname_on_pairing: None,
                otp: device_otp(),
                uri_parameters: None,
                passcode_grace_period: Some(5),
            },
            voice: offline(false),
            whats_app: Some(offline(false)),
            fido2: Some(Fido2Method {
                enabled: true,
                pairing_disabled: None,
                prompt_for_nickname_on_pairing: None,
                fido2_policy_id: None,
                failure: Some(device_otp().failure),
            }),
            oath_token: token(true),
            remember_me: RememberMe {
                web: RememberedBrowser {
                    enabled: false,
                    life_time: Duration { duration: 30, time_unit: TimeUnit::Days },
                },
            },
            ping_id_desktop_gen2: token(false),
            ignore_user_lock: None,
            for_sign_on_policy: false,
            block_disabled_users: None,
            block_users_with_disabled_mfa: None,
            default: true,
        }
    }

    /// The default policy of a development environment: text messages and calls too.
    #[must_use]
    pub fn development_default() -> Self {
        Self { sms: offline(true), voice: offline(true), ..Self::initial_default() }
    }
}

fn offline(enabled: bool) -> OfflineMethod {
    OfflineMethod {
        enabled,
        pairing_disabled: None,
        prompt_for_nickname_on_pairing: None,
        otp: OfflineOtp {
            failure: Failure { count: 3, cool_down: Duration::minutes(0) },
            life_time: Duration::minutes(30),
            otp_length: 6,
        },
    }
}

fn device_otp() -> DeviceOtp {
    DeviceOtp { failure: Failure { count: 3, cool_down: Duration::minutes(2) } }
}

fn token(enabled: bool) -> OathMethod {
    OathMethod { enabled, pairing_disabled: None, prompt_for_nickname_on_pairing: None, otp: device_otp() }
}
