//! Makes of authenticators: what is known of them, and which a policy admits (MFA contract 4.3).
//!
//! [`entry`] is one make; [`blob`] reads the list that the FIDO Alliance
//! publishes; [`custom`] is a make that an administrator added; [`requirement`]
//! decides. Leaves credentials and their signatures to [`crate::webauthn`].

pub mod blob;
pub mod custom;
pub mod entry;
pub mod requirement;

pub use blob::{BlobError, Catalogue};
pub use custom::CustomAuthenticator;
pub use entry::Entry;

use crate::schema::words;
use crate::webauthn::AttestationKind;

words! {
    /// How an authenticator said of what make it is.
    pub enum AttestationType {
        None = "NONE",
        SelfSigned = "SELF",
        Basic = "BASIC",
        AttestationCa = "ATTCA",
        AnonymizationCa = "ANONCA",
    }
}

impl From<AttestationKind> for AttestationType {
    fn from(kind: AttestationKind) -> Self {
        match kind {
            AttestationKind::None => Self::None,
            AttestationKind::SelfSigned => Self::SelfSigned,
            AttestationKind::Basic => Self::Basic,
            AttestationKind::AttestationCa => Self::AttestationCa,
            AttestationKind::AnonymizationCa => Self::AnonymizationCa,
        }
    }
}
