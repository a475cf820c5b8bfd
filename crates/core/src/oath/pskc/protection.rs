//! How the keys of a file are encrypted and authenticated, and how they are opened.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_128, AES_256, Algorithm, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{hmac, pbkdf2};

use zeroize::Zeroizing;

use super::key::decoded;
use super::xml::Element;
use super::{Keys, PskcError};
use crate::problem::Problem;
use crate::secret::Secret;

const AES_128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
const AES_256_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
/// Most rounds of a key derivation: more would let a file keep the machine busy.
const MOST_ROUNDS: u32 = 10_000_000;
/// Bytes of an initialization vector.
const BLOCK: usize = 16;

/// How the keys of a file are protected.
#[derive(Default)]
pub(super) struct Protection {
    key: Option<Secret<Vec<u8>>>,
    mac: Option<hmac::Key>,
}

impl Protection {
    /// Reads how the encrypting key is found.
    pub(super) fn encryption_key(&mut self, element: &Element, keys: &Keys) -> Result<(), PskcError> {
        self.key = Some(match element.child("DerivedKey") {
            Some(derived) => derive(derived, keys.password.as_ref().ok_or(PskcError::PasswordNeeded)?)?,
            None => keys.pre_shared.clone().ok_or(PskcError::KeyNeeded)?,
        });
        Ok(())
    }

    /// Reads how values are authenticated. Without a key of its own the MAC uses the encrypting key (RFC 6030, 6.1.1).
    pub(super) fn mac_method(&mut self, element: &Element) -> Result<(), PskcError> {
        let key = self.key.as_ref().ok_or(PskcError::Unsupported("a MAC without encryption"))?;
        let own = match element.child("MACKey") {
            Some(encrypted) => Some(decrypt(encrypted, key)?),
            None => None,
        };
        let algorithm = mac_algorithm(element.attribute("Algorithm").unwrap_or_default())?;
        self.mac = Some(hmac::Key::new(algorithm, own.as_ref().unwrap_or(key).expose()));
        Ok(())
    }

    /// Opens an encrypted value whose MAC is right.
    pub(super) fn open(&self, value: &Element, tag: Option<&str>) -> Result<Secret<Vec<u8>>, Problem> {
        let problem = |text: &str| Problem::invalid("secret", text);
        let (Some(key), Some(mac)) = (&self.key, &self.mac) else {
            return Err(problem("is encrypted, but the file does not say with which key and MAC"));
        };
        let cipher = cipher_value(value).ok_or_else(|| problem("is not in base64"))?;
        let tag = tag.and_then(decoded).ok_or_else(|| problem("has no MAC"))?;
        hmac::verify(mac, cipher.expose(), tag.expose())
            .map_err(|_| problem("has a wrong MAC: it was changed, or belongs to another file"))?;
        decrypt(value, key).map_err(|_| problem("does not open with the key of the file"))
    }
}

fn cipher_value(element: &Element) -> Option<Secret<Vec<u8>>> {
    decoded(element.text_at(&["CipherData", "CipherValue"])?)
}

/// Opens a value of XML encryption: the initialization vector, then blocks with padding whose last byte is its length.
fn decrypt(element: &Element, key: &Secret<Vec<u8>>) -> Result<Secret<Vec<u8>>, PskcError> {
    let method = element.child("EncryptionMethod").and_then(|method| method.attribute("Algorithm"));
    let algorithm: &'static Algorithm = match method {
        Some(AES_128_CBC) => &AES_128,
        Some(AES_256_CBC) => &AES_256,
        _ => return Err(PskcError::Unsupported("an encryption other than AES-128-CBC and AES-256-CBC")),
    };
    let value = cipher_value(element).ok_or(PskcError::WrongKey)?;
    let (vector, blocks) = value.expose().split_first_chunk::<BLOCK>().ok_or(PskcError::WrongKey)?;
    let key = UnboundCipherKey::new(algorithm, key.expose()).map_err(|_| PskcError::WrongKey)?;
    let key = PaddedBlockDecryptingKey::cbc_iso10126(key).map_err(|_| PskcError::WrongKey)?;
    let context = DecryptionContext::Iv128(FixedLength::from(*vector));
    let mut buffer = Zeroizing::new(blocks.to_vec());
    let clear = key.decrypt(&mut buffer, context).map_err(|_| PskcError::WrongKey)?;
    Ok(Secret::new(clear.to_vec()))
}

fn mac_algorithm(name: &str) -> Result<hmac::Algorithm, PskcError> {
    match name.rsplit('#').next().unwrap_or_default() {
        "hmac-sha1" => Ok(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        "hmac-sha256" => Ok(hmac::HMAC_SHA256),
        "hmac-sha512" => Ok(hmac::HMAC_SHA512),
        _ => Err(PskcError::Unsupported("a MAC other than HMAC with SHA-1, SHA-256 or SHA-512")),
    }
}

/// A key from a password: PBKDF2 (RFC 6030, 6.2).
fn derive(derived: &Element, password: &Secret) -> Result<Secret<Vec<u8>>, PskcError> {
    let unsupported = PskcError::Unsupported("a key derivation other than PBKDF2 with a given salt");
    let Some(parameters) = derived.at(&["KeyDerivationMethod", "PBKDF2-params"]) else {
        return Err(unsupported);
    };
    let salt = parameters.text_at(&["Salt", "Specified"]).and_then(decoded).ok_or(unsupported)?;
    let number = |name: &str| parameters.text_at(&[name]).and_then(|text| text.parse::<u32>().ok());
    let rounds = number("IterationCount").filter(|rounds| *rounds <= MOST_ROUNDS).and_then(NonZeroU32::new);
    let rounds = rounds.ok_or(PskcError::Unsupported("a key derivation with so many rounds"))?;
    let length = match number("KeyLength") {
        None | Some(16) => 16,
        Some(32) => 32,
        Some(_) => return Err(PskcError::Unsupported("a derived key of another length than 16 or 32 bytes")),
    };
    let mut key = vec![0; length];
    pbkdf2::derive(function(parameters)?, rounds, salt.expose(), password.expose().as_bytes(), &mut key);
    Ok(Secret::new(key))
}

/// The hash function of the derivation: SHA-1 unless said otherwise.
fn function(parameters: &Element) -> Result<pbkdf2::Algorithm, PskcError> {
    let name = parameters.child("PRF").and_then(|function| function.attribute("Algorithm"));
    match name.map(|name| name.rsplit(['#', '/']).next().unwrap_or_default().to_ascii_lowercase()).as_deref()
    {
        None | Some("" | "hmac-sha1") => Ok(pbkdf2::PBKDF2_HMAC_SHA1),
        Some("hmac-sha256") => Ok(pbkdf2::PBKDF2_HMAC_SHA256),
        Some("hmac-sha512") => Ok(pbkdf2::PBKDF2_HMAC_SHA512),
        Some(_) => Err(PskcError::Unsupported("a key derivation with another hash function")),
    }
}
