//! The relying party's half of WebAuthn Level 3: whether a registration
//! (section 7.1) or an assertion (section 7.2) holds.
//!
//! Owns the reading of what browsers and authenticators send, with limits on
//! every input, and the checks of client data, authenticator data, keys,
//! signatures and attestation statements. Pure: the caller brings the
//! challenge, the stored credential and the time. Leaves to the caller which
//! credential belongs to whom, what is stored, whether a challenge is used
//! once, and which authenticators a policy admits. Postern is not meant to be
//! framed, so client data that speaks of a foreign top origin is refused.

mod assertion;
mod attestation;
mod authenticator_data;
mod cbor;
mod certificate;
mod client_data;
mod cose;
mod encoding;
mod error;
mod origin;
mod registration;
mod response;
#[cfg(test)]
mod tests;

pub use assertion::{Asserted, AssertionExpected, verify_assertion};
pub use attestation::{Attestation, AttestationKind, Format};
pub use client_data::ClientData;
pub use cose::PublicKey;
pub use error::WebauthnError;
pub use registration::{Registered, RegistrationExpected, register};
pub use response::{AssertionResponse, RegistrationResponse};

/// What a ceremony is for; the `type` of its client data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// A credential is made: `webauthn.create`.
    Create,
    /// A credential is used: `webauthn.get`.
    Get,
}

impl Ceremony {
    /// The value in client data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}
