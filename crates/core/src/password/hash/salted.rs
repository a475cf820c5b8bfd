//! The salted digests of LDAP: base64 of the digest of password and salt, followed by the salt.

use aws_lc_rs::digest::{self, Context};
use data_encoding::BASE64;

use crate::crypto::constant_time_eq;
use crate::password::Encoding;

/// Longest salt that is accepted, in bytes.
const MAX_SALT: usize = 128;

pub(super) struct Salted {
    algorithm: &'static digest::Algorithm,
    digest: Vec<u8>,
    salt: Vec<u8>,
}

/// Reads what follows the prefix; nothing when it is not such a value or the encoding is another.
pub(super) fn read(encoding: Encoding, encoded: &str) -> Option<Salted> {
    let algorithm = match encoding {
        Encoding::Ssha => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Encoding::Ssha256 => &digest::SHA256,
        Encoding::Ssha384 => &digest::SHA384,
        Encoding::Ssha512 => &digest::SHA512,
        _ => return None,
    };
    let mut digest = BASE64.decode(encoded.as_bytes()).ok()?;
    let salt_length = digest.len().checked_sub(algorithm.output_len())?;
    if !(1..=MAX_SALT).contains(&salt_length) {
        return None;
    }
    let salt = digest.split_off(algorithm.output_len());
    Some(Salted { algorithm, digest, salt })
}

impl Salted {
    pub(super) fn is_of(&self, candidate: &[u8]) -> bool {
        let mut context = Context::new(self.algorithm);
        context.update(candidate);
        context.update(&self.salt);
        constant_time_eq(context.finish().as_ref(), &self.digest)
    }
}
