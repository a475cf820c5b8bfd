//! One master key with the working keys derived from it.
//!
//! Derivation is HKDF-SHA-256, done once when the key is loaded. Tenants and
//! purposes are part of what is authenticated, not of the derivation, so that
//! no operation has to derive a key.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::crypto::{keyring::length_prefix, sha256};
use crate::secret::Secret;

/// Bytes of a master key.
pub const KEY_LENGTH: usize = 32;
pub(super) const ID_LENGTH: usize = 4;

pub(super) struct MasterKey {
    id: [u8; ID_LENGTH],
    bytes: Secret<[u8; KEY_LENGTH]>,
    sealing: LessSafeKey,
    mac: hmac::Key,
}

impl MasterKey {
    #[expect(clippy::expect_used, reason = "an AES-256 key has the length of this array")]
    pub(super) fn new(bytes: &Secret<[u8; KEY_LENGTH]>) -> Self {
        let [a, b, c, d, ..] = sha256(bytes.expose());
        let sealing = derive(bytes, "postern/v1/seal");
        let mac = derive(bytes, "postern/v1/mac");
        Self {
            id: [a, b, c, d],
            bytes: bytes.clone(),
            sealing: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*sealing).expect("32 bytes")),
            mac: hmac::Key::new(hmac::HMAC_SHA256, &*mac),
        }
    }

    pub(super) fn duplicate(&self) -> Self {
        Self::new(&self.bytes)
    }

    pub(super) fn id(&self) -> [u8; ID_LENGTH] {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LENGTH] {
        self.bytes.expose()
    }

    pub(super) fn sealing(&self) -> &LessSafeKey {
        &self.sealing
    }

    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.mac);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            context.update(&length_prefix(part));
            context.update(part);
        }
        let mut output = [0; 32];
        output.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        output
    }
}

#[expect(clippy::expect_used, reason = "HKDF-SHA-256 gives up to 8160 bytes; 32 are asked for")]
fn derive(master: &Secret<[u8; KEY_LENGTH]>, purpose: &str) -> Zeroizing<[u8; KEY_LENGTH]> {
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"postern key ring")
        .extract(master.expose())
        .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|output| output.fill(key.as_mut_slice()))
        .expect("32 bytes");
    key
}
