//! Digests, constant-time comparison and the key ring for secrets at rest.
//!
//! All primitives come from `aws-lc-rs`. Signatures are in [`crate::jose`],
//! password hashing is in [`crate::password`].

pub mod keyring;
pub mod pem;
pub mod x509;

use aws_lc_rs::{constant_time, digest, hmac};

/// SHA-256 of the bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    fixed(&digest::SHA256, bytes)
}

/// SHA-1 of the bytes: for certificate thumbprints, never for security.
#[must_use]
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    fixed(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

/// HMAC with SHA-256.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut output = [0; 32];
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    output.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    output
}

/// What is stored of a random token (at least 128 bits) so that it can be found again: its SHA-256.
///
/// Not for values that people choose or that are short; see [`keyring::KeyRing::mac`] for those.
#[must_use]
pub fn token_digest(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// Whether both are the same, in a time that depends only on their lengths.
#[must_use]
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

fn fixed<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut output = [0; N];
    output.iter_mut().zip(digest::digest(algorithm, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    output
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    #[test]
    fn digests_match_the_published_values() {
        let sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(HEXLOWER.encode(&sha256(b"abc")), sha256_of_abc);
        assert_eq!(HEXLOWER.encode(&token_digest("abc")), sha256_of_abc);
        assert_eq!(HEXLOWER.encode(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn comparison_sees_length_and_content() {
        assert!(constant_time_eq(b"abc", b"abc"));
        assert!(!constant_time_eq(b"abc", b"abd"));
        assert!(!constant_time_eq(b"abc", b"ab"));
        assert!(constant_time_eq(b"", b""));
    }
}
