//! `TPMS_ATTEST` as `TPM2_Certify` makes it: what the TPM signs.

use super::reader::Reader;

/// `TPM_GENERATED_VALUE`: set by the TPM alone.
const GENERATED: u32 = 0xff54_4347;
/// `TPM_ST_ATTEST_CERTIFY`.
const CERTIFY: u16 = 0x8017;

/// The members that a verifier looks at.
pub(super) struct Certified<'a> {
    pub(super) extra_data: &'a [u8],
    pub(super) name: &'a [u8],
}

impl<'a> Certified<'a> {
    /// Reads the structure; nothing when it is another, or not the TPM's own.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if (reader.u32()?, reader.u16()?) != (GENERATED, CERTIFY) {
            return None;
        }
        let _qualified_signer = reader.sized()?;
        let extra_data = reader.sized()?;
        let _clock: [u8; 17] = reader.array()?;
        let _firmware: [u8; 8] = reader.array()?;
        let name = reader.sized()?;
        let _qualified_name = reader.sized()?;
        reader.end()?;
        Some(Self { extra_data, name })
    }
}
