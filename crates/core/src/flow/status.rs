//! The states of a flow, the actions people may take, and the table that joins them.

use serde::{Deserialize, Serialize};

use crate::mfa::Asked;

/// What a flow waits for. The wire names are PingOne's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// A name and a password.
    UsernamePasswordRequired,
    /// A name only: the policy begins with MFA.
    SignOnRequired,
    /// The password of the user who is known already.
    PasswordRequired,
    /// A new password, because an administrator asked for one.
    MustChangePassword,
    /// A new password, because the old one is too old.
    PasswordExpired,
    /// The code that was mailed to recover the password.
    RecoveryCodeRequired,
    /// The choice of a device.
    DeviceSelectionRequired,
    /// The code that was sent to the selected device, or that it makes.
    OtpRequired,
    /// The signature of the selected passkey.
    AssertionRequired,
    /// The decision on the selected phone; whoever waits reads the flow again.
    PushConfirmationRequired,
    /// The choice of a device, because nobody decided on the phone in time.
    PushConfirmationTimedOut,
    /// Nothing: every step was taken.
    Completed,
    /// Nothing: it cannot be completed.
    Failed,
}

/// What a person may do in a flow. The names are PingOne's link names and media types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Checks a name and a password.
    UsernamePasswordCheck,
    /// Names the user.
    UserLookup,
    /// Asks for a recovery code by name.
    PasswordForgot,
    /// Asks for another recovery code.
    PasswordSendRecoveryCode,
    /// Sets a password with the recovery code.
    PasswordRecover,
    /// Sets a password with the current one.
    PasswordReset,
    /// Chooses a device, or asks it for another code.
    DeviceSelect,
    /// Checks the code.
    OtpCheck,
    /// Checks the signature of a passkey.
    AssertionCheck,
    /// Takes a push back.
    CancelPush,
    /// Begins again as nobody.
    SessionReset,
}

/// The table: which actions each state offers, in the order of their links.
///
/// `password.forgot` is offered only where the sign-on action allows recovery; see [`super::Flow::actions`].
pub const ALLOWED: [(Status, &[Action]); 13] = [
    (
        Status::UsernamePasswordRequired,
        &[Action::UsernamePasswordCheck, Action::PasswordForgot, Action::SessionReset],
    ),
    (Status::SignOnRequired, &[Action::UserLookup, Action::SessionReset]),
    (
        Status::PasswordRequired,
        &[Action::UsernamePasswordCheck, Action::SessionReset, Action::PasswordForgot],
    ),
    (Status::MustChangePassword, &[Action::PasswordReset, Action::SessionReset]),
    (Status::PasswordExpired, &[Action::PasswordReset, Action::SessionReset]),
    (
        Status::RecoveryCodeRequired,
        &[Action::PasswordRecover, Action::PasswordSendRecoveryCode, Action::SessionReset],
    ),
    (Status::DeviceSelectionRequired, &[Action::DeviceSelect]),
    (Status::OtpRequired, &[Action::OtpCheck, Action::DeviceSelect]),
    (Status::AssertionRequired, &[Action::AssertionCheck, Action::DeviceSelect]),
    (Status::PushConfirmationRequired, &[Action::DeviceSelect, Action::CancelPush]),
    (Status::PushConfirmationTimedOut, &[Action::DeviceSelect]),
    (Status::Completed, &[]),
    (Status::Failed, &[]),
];

impl Status {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsernamePasswordRequired => "USERNAME_PASSWORD_REQUIRED",
            Self::SignOnRequired => "SIGN_ON_REQUIRED",
            Self::PasswordRequired => "PASSWORD_REQUIRED",
            Self::MustChangePassword => "MUST_CHANGE_PASSWORD",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::RecoveryCodeRequired => "RECOVERY_CODE_REQUIRED",
            Self::DeviceSelectionRequired => "DEVICE_SELECTION_REQUIRED",
            Self::OtpRequired => "OTP_REQUIRED",
            Self::AssertionRequired => "ASSERTION_REQUIRED",
            Self::PushConfirmationRequired => "PUSH_CONFIRMATION_REQUIRED",
            Self::PushConfirmationTimedOut => "PUSH_CONFIRMATION_TIMED_OUT",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }

    /// The actions that the table gives.
    #[must_use]
    pub fn actions(self) -> &'static [Action] {
        ALLOWED.iter().find(|(status, _)| *status == self).map_or(&[], |(_, actions)| actions)
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }

    /// The state that waits for the answer to this.
    #[must_use]
    pub const fn awaiting(asked: &Asked) -> Self {
        match asked {
            Asked::Code => Self::OtpRequired,
            Asked::Assertion(_) => Self::AssertionRequired,
            Asked::Push(_) => Self::PushConfirmationRequired,
        }
    }

    /// Whether a device is being chosen or asked.
    #[must_use]
    pub const fn is_mfa(self) -> bool {
        matches!(
            self,
            Self::DeviceSelectionRequired
                | Self::OtpRequired
                | Self::AssertionRequired
                | Self::PushConfirmationRequired
                | Self::PushConfirmationTimedOut
        )
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::UsernamePasswordCheck,
        Self::UserLookup,
        Self::PasswordForgot,
        Self::PasswordSendRecoveryCode,
        Self::PasswordRecover,
        Self::PasswordReset,
        Self::DeviceSelect,
        Self::OtpCheck,
        Self::AssertionCheck,
        Self::CancelPush,
        Self::SessionReset,
    ];

    /// The name of the link, and the middle of `application/vnd.pingidentity.<name>+json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsernamePasswordCheck => "usernamePassword.check",
            Self::UserLookup => "user.lookup",
            Self::PasswordForgot => "password.forgot",
            Self::PasswordSendRecoveryCode => "password.sendRecoveryCode",
            Self::PasswordRecover => "password.recover",
            Self::PasswordReset => "password.reset",
            Self::DeviceSelect => "device.select",
            Self::OtpCheck => "otp.check",
            Self::AssertionCheck => "assertion.check",
            Self::CancelPush => "cancel.push.authentication",
            Self::SessionReset => "session.reset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_row_and_its_wire_name() {
        for (status, actions) in ALLOWED {
            assert_eq!(status.actions(), actions);
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(actions.is_empty(), status.is_final());
        }
    }

    #[test]
    fn every_action_is_offered_somewhere() {
        for action in Action::ALL {
            assert!(ALLOWED.iter().any(|(_, actions)| actions.contains(&action)), "{}", action.name());
        }
    }
}
