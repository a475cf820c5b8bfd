//! `TPMT_PUBLIC`: the public part of a key as a TPM writes it.

use aws_lc_rs::digest::{self, Algorithm};

use super::reader::{Reader, hash};
use crate::webauthn::cose::{Curve, Material};

const RSA: u16 = 0x0001;
const ECC: u16 = 0x0023;
/// `TPM_ALG_NULL`: no algorithm is chosen.
const NULL: u16 = 0x0010;
/// What an exponent of zero stands for.
const DEFAULT_EXPONENT: u32 = 65537;

/// A public key and how its name is made.
pub(super) struct PublicArea {
    pub(super) key: Material,
    name_algorithm: u16,
    name_hash: &'static Algorithm,
}

impl PublicArea {
    /// Reads the structure of a signing key; nothing when it is another.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let kind = reader.u16()?;
        let name_algorithm = reader.u16()?;
        let _attributes = reader.u32()?;
        let _policy = reader.sized()?;
        if reader.u16()? != NULL {
            return None; // a symmetric algorithm: a key that wraps others
        }
        skip_scheme(&mut reader)?;
        let key = match kind {
            RSA => rsa(&mut reader)?,
            ECC => ecc(&mut reader)?,
            _ => return None,
        };
        reader.end()?;
        Some(Self { key, name_algorithm, name_hash: hash(name_algorithm)? })
    }

    /// The name by which the TPM speaks of the key: an algorithm, and the structure's hash.
    pub(super) fn name(&self, bytes: &[u8]) -> Vec<u8> {
        [self.name_algorithm.to_be_bytes().as_slice(), digest::digest(self.name_hash, bytes).as_ref()]
            .concat()
    }
}

/// A scheme or a key derivation: none, or one with its hash.
fn skip_scheme(reader: &mut Reader<'_>) -> Option<()> {
    if reader.u16()? != NULL {
        reader.u16()?;
    }
    Some(())
}

fn rsa(reader: &mut Reader<'_>) -> Option<Material> {
    let bits = reader.u16()?;
    let exponent = reader.u32()?;
    let n = reader.sized()?;
    let e = if exponent == 0 { DEFAULT_EXPONENT } else { exponent };
    (n.len() * 8 == usize::from(bits)).then(|| Material::Rsa { n: n.to_vec(), e: shortest(e) })
}

fn ecc(reader: &mut Reader<'_>) -> Option<Material> {
    let curve = match reader.u16()? {
        0x0003 => Curve::P256,
        0x0004 => Curve::P384,
        0x0005 => Curve::P521,
        _ => return None,
    };
    skip_scheme(reader)?;
    let x = padded(reader.sized()?, curve.size())?;
    let y = padded(reader.sized()?, curve.size())?;
    Some(Material::Ec { curve, x, y })
}

fn shortest(number: u32) -> Vec<u8> {
    number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
}

/// A coordinate at the curve's length: some TPMs leave out leading zeros.
fn padded(number: &[u8], size: usize) -> Option<Vec<u8>> {
    let missing = size.checked_sub(number.len())?;
    Some([vec![0; missing].as_slice(), number].concat())
}
