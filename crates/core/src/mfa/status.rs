//! The states of a device authentication, the actions that are open, and the table that joins them (MFA contract 6.2).
//!
//! ```text
//!                        initialize
//!      no usable device │    │ several devices      one device, or the first
//!  (error or FAILED) ◄──┘    ▼                          │
//!           DEVICE_SELECTION_REQUIRED ── device.select ─┤
//!                 ▲                                     ▼
//!                 │ cancel      ┌──────────────┬────────┴────────────────┐
//!                 │             ▼              ▼                         ▼
//!                 │       OTP_REQUIRED  ASSERTION_REQUIRED  PUSH_CONFIRMATION_REQUIRED ─► …_TIMED_OUT, …_REJECTED
//!                 └─────────────┼──────────────┼─────────────────────────┤   │ device.select
//!                               │ otp.check    │ assertion.check         │ approved on the phone
//!                               ▼              ▼                         ▼
//!                                            COMPLETED
//! ```
//!
//! `device.select` leads from every state that is not final to that of the
//! selected device.

use crate::schema::words;

words! {
    /// What a device authentication waits for. The wire names are PingOne's.
    pub enum Status {
        DeviceSelectionRequired = "DEVICE_SELECTION_REQUIRED",
        OtpRequired = "OTP_REQUIRED",
        AssertionRequired = "ASSERTION_REQUIRED",
        PushConfirmationRequired = "PUSH_CONFIRMATION_REQUIRED",
        PushConfirmationTimedOut = "PUSH_CONFIRMATION_TIMED_OUT",
        PushConfirmationRejected = "PUSH_CONFIRMATION_REJECTED",
        Completed = "COMPLETED",
        Failed = "FAILED",
    }
}

/// What may be done. The names are PingOne's media types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Chooses a device, or asks it again.
    DeviceSelect,
    /// Checks a code.
    OtpCheck,
    /// Checks the signature of a passkey.
    AssertionCheck,
    /// Takes a push back.
    CancelPush,
}

/// The table: which actions each state offers, in the order of their links.
pub const ALLOWED: [(Status, &[Action]); 8] = [
    (Status::DeviceSelectionRequired, &[Action::DeviceSelect]),
    (Status::OtpRequired, &[Action::DeviceSelect, Action::OtpCheck]),
    (Status::AssertionRequired, &[Action::DeviceSelect, Action::AssertionCheck]),
    (Status::PushConfirmationRequired, &[Action::DeviceSelect, Action::OtpCheck, Action::CancelPush]),
    (Status::PushConfirmationTimedOut, &[Action::DeviceSelect]),
    (Status::PushConfirmationRejected, &[Action::DeviceSelect]),
    (Status::Completed, &[]),
    (Status::Failed, &[]),
];

impl Status {
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
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::DeviceSelect, Self::OtpCheck, Self::AssertionCheck, Self::CancelPush];

    /// The name of the link, and the middle of `application/vnd.pingidentity.<name>+json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeviceSelect => "device.select",
            Self::OtpCheck => "otp.check",
            Self::AssertionCheck => "assertion.check",
            Self::CancelPush => "cancel.push.authentication",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_row_and_final_states_offer_nothing() {
        for status in Status::ALL {
            assert_eq!(status.actions().is_empty(), status.is_final(), "{status}");
        }
    }

    #[test]
    fn every_action_is_offered_somewhere() {
        for action in Action::ALL {
            assert!(ALLOWED.iter().any(|(_, actions)| actions.contains(&action)), "{}", action.name());
        }
    }
}
