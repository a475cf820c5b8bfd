//! Argon2id hashes as PHC strings: the form in which new passwords are kept.

use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

/// What every hash of today begins with.
const HEAD: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// A well-formed hash of today's cost whose output was drawn and not computed.
pub(super) const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cG9zdGVybi1uby11c2Vy$u8Jr3lWkQX0v7cZb9mYtH2eNfPqSg5aLdRiV4oKxB1M";

#[expect(
    clippy::expect_used,
    reason = "cost, salt and output lengths are fixed and within the bounds of Argon2"
)]
pub(super) fn hash(password: &[u8], salt: &[u8; 16]) -> String {
    let params = Params::new(19_456, 2, 1, None).expect("valid cost");
    let mut output = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password, salt, output.as_mut_slice())
        .expect("valid lengths");
    format!("{HEAD}{}${}", BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(output.as_slice()))
}

/// Checks against the cost that the stored text names. Only texts made by [`hash`] are ever stored.
pub(super) fn verify(stored: &str, candidate: &[u8]) -> bool {
    argon2::PasswordHash::new(stored)
        .is_ok_and(|stored| Argon2::default().verify_password(candidate, &stored).is_ok())
}

pub(super) fn is_current(stored: &str) -> bool {
    stored.starts_with(HEAD)
}
