//! Passkeys: what browsers are asked for, and whether their answers hold (MFA contract 1.6, 6.3, 6.7).
//!
//! The signatures are checked by [`postern_core::webauthn`]; here is what only
//! the database knows: whose credential it is, which policy holds, whether the
//! counter has been seen, how many wrong answers there were.

mod assertion;
mod options;
mod registration;
mod requirements;

pub use assertion::{ask, check};
pub(crate) use registration::{offer, register};

use postern_core::devices::DeviceType;
use postern_core::policy::DevicePolicy;

use crate::tries::TryRules;
use crate::{Result, device_policies};

/// The COSE algorithms that are offered, the preferred one first: ES256, PS256, RS256.
const ALGORITHMS: [i64; 3] = [-7, -37, -257];
/// Bytes of a challenge that nobody gives.
const CHALLENGE_BYTES: usize = 32;

/// What wrong answers lead to.
fn try_rules(policy: &DevicePolicy) -> Result<TryRules> {
    device_policies::rules(policy, DeviceType::Fido2).map(TryRules::from)
}
