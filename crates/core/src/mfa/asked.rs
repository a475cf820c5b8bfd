//! How a device was asked to prove itself.

use serde::{Deserialize, Serialize};

use super::{AssertionAsked, PushAsked, Status};

/// What the answer will be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Asked {
    /// A one-time passcode, sent to the device or made by it.
    Code,
    /// A signature of a passkey.
    Assertion(Box<AssertionAsked>),
    /// A decision of a person on a phone.
    Push(Box<PushAsked>),
}

impl Asked {
    /// The state of a device authentication, or of a sign-on flow, that waits for the answer.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Code => Status::OtpRequired,
            Self::Assertion(_) => Status::AssertionRequired,
            Self::Push(_) => Status::PushConfirmationRequired,
        }
    }
}
