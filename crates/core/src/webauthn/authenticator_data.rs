//! Authenticator data (section 6.1): what an authenticator says about a ceremony, and signs.

use super::response::MAX_CREDENTIAL_ID;
use super::{WebauthnError, cbor};
use crate::crypto::{constant_time_eq, sha256};

/// Authenticator data, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthenticatorData<'a> {
    pub(super) rp_id_hash: &'a [u8; 32],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) credential: Option<AttestedCredential<'a>>,
}

/// The credential that a registration makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttestedCredential<'a> {
    pub(super) aaguid: [u8; 16],
    pub(super) id: &'a [u8],
    /// The COSE key as it was written.
    pub(super) key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    const USER_PRESENT: u8 = 1;
    const USER_VERIFIED: u8 = 1 << 2;
    const BACKUP_ELIGIBLE: u8 = 1 << 3;
    const BACKED_UP: u8 = 1 << 4;
    const CREDENTIAL: u8 = 1 << 6;
    const EXTENSIONS: u8 = 1 << 7;

    /// Takes the bytes apart. Extension outputs are read, so that nothing follows them, and then left alone.
    ///
    /// # Errors
    /// [`WebauthnError::MalformedAuthenticatorData`] or [`WebauthnError::MalformedCbor`].
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        let (mut data, rest) = Self::fixed(bytes).ok_or(WebauthnError::MalformedAuthenticatorData)?;
        let rest = if data.has(Self::CREDENTIAL) {
            let (credential, rest) = AttestedCredential::parse(rest)?;
            data.credential = Some(credential);
            rest
        } else {
            rest
        };
        let rest = if data.has(Self::EXTENSIONS) {
            let (outputs, rest) = cbor::read_first(rest)?;
            outputs.map().ok_or(WebauthnError::MalformedAuthenticatorData)?;
            rest
        } else {
            rest
        };
        if rest.is_empty() { Ok(data) } else { Err(WebauthnError::MalformedAuthenticatorData) }
    }

    fn fixed(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (&[flags], rest) = rest.split_first_chunk::<1>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        Some((Self { rp_id_hash, flags, sign_count: u32::from_be_bytes(*count), credential: None }, rest))
    }

    /// Checks relying party, presence, verification and that only what may be backed up is.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub(super) fn check(&self, rp_id: &str, require_user_verification: bool) -> Result<(), WebauthnError> {
        if !constant_time_eq(self.rp_id_hash, &sha256(rp_id.as_bytes())) {
            return Err(WebauthnError::RelyingPartyMismatch);
        }
        if !self.has(Self::USER_PRESENT) {
            return Err(WebauthnError::UserNotPresent);
        }
        if require_user_verification && !self.user_verified() {
            return Err(WebauthnError::UserNotVerified);
        }
        if self.backed_up() && !self.backup_eligible() {
            return Err(WebauthnError::BackupFlagsInconsistent);
        }
        Ok(())
    }

    pub(super) const fn user_verified(&self) -> bool {
        self.has(Self::USER_VERIFIED)
    }

    pub(super) const fn backup_eligible(&self) -> bool {
        self.has(Self::BACKUP_ELIGIBLE)
    }

    pub(super) const fn backed_up(&self) -> bool {
        self.has(Self::BACKED_UP)
    }

    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl<'a> AttestedCredential<'a> {
    fn parse(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), WebauthnError> {
        let (aaguid, id, after) = Self::head(bytes).ok_or(WebauthnError::MalformedAuthenticatorData)?;
        let (_, rest) = cbor::read_first(after)?;
        let (key, _) = after
            .split_at_checked(after.len() - rest.len())
            .ok_or(WebauthnError::MalformedAuthenticatorData)?;
        Ok((Self { aaguid, id, key }, rest))
    }

    fn head(bytes: &'a [u8]) -> Option<([u8; 16], &'a [u8], &'a [u8])> {
        let (aaguid, rest) = bytes.split_first_chunk::<16>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, rest) = rest.split_at_checked(length)?;
        (1..=MAX_CREDENTIAL_ID).contains(&length).then_some((*aaguid, id, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(flags: u8, tail: &[u8]) -> Vec<u8> {
        [sha256(b"example.com").as_slice(), &[flags], &[0, 0, 1, 2], tail].concat()
    }

    #[test]
    fn each_broken_rule_has_its_name() {
        let check = |flags: u8, rp_id: &str, verified: bool| {
            AuthenticatorData::parse(&data(flags, &[])).unwrap().check(rp_id, verified)
        };
        assert_eq!(check(0x01, "example.com", false), Ok(()));
        assert_eq!(check(0x05, "example.com", true), Ok(()));
        assert_eq!(check(0x1d, "example.com", true), Ok(()));
        assert_eq!(check(0x05, "example.org", true), Err(WebauthnError::RelyingPartyMismatch));
        assert_eq!(check(0x04, "example.com", true), Err(WebauthnError::UserNotPresent));
        assert_eq!(check(0x01, "example.com", true), Err(WebauthnError::UserNotVerified));
        assert_eq!(check(0x11, "example.com", false), Err(WebauthnError::BackupFlagsInconsistent));
    }

    #[test]
    fn parts_are_found_and_nothing_may_follow() {
        let credential = [[7; 16].as_slice(), &[0, 2], b"id", &[0xa1, 1, 2]].concat();
        let bytes = data(0x41, &credential);
        let parsed = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(parsed.sign_count, 0x102);
        let found = parsed.credential.unwrap();
        assert_eq!((found.aaguid, found.id, found.key), ([7; 16], b"id".as_slice(), [0xa1, 1, 2].as_slice()));

        let with_extensions = [credential.as_slice(), &[0xa0]].concat();
        assert!(AuthenticatorData::parse(&data(0xc1, &with_extensions)).is_ok());
        for (flags, tail) in [
            (0x41, with_extensions.as_slice()), // bytes that no flag announces
            (0xc1, credential.as_slice()),      // no extensions though announced
            (0x81, &[0x01]),                    // extensions that are no map
            (0x01, &[0]),
            (0x41, &[]),
        ] {
            assert!(AuthenticatorData::parse(&data(flags, tail)).is_err(), "{flags:x} {tail:x?}");
        }
        for length in 0..bytes.len() {
            assert!(AuthenticatorData::parse(&bytes[..length]).is_err());
        }
    }

    #[test]
    fn credential_ids_have_one_to_1023_bytes() {
        let with_id = |length: u16| {
            let tail = [[0; 16].as_slice(), &length.to_be_bytes(), &vec![1; length.into()], &[0xa0]].concat();
            AuthenticatorData::parse(&data(0x41, &tail)).map(|_| ())
        };
        assert_eq!(with_id(1), Ok(()));
        assert_eq!(with_id(1023), Ok(()));
        assert_eq!(with_id(0), Err(WebauthnError::MalformedAuthenticatorData));
        assert_eq!(with_id(1024), Err(WebauthnError::MalformedAuthenticatorData));
    }
}
