//! Seed files in the Portable Symmetric Key Container (RFC 6030).
//!
//! Reads keys for HOTP and TOTP, in clear, encrypted with a pre-shared key
//! (6.1) or with one derived from a password (6.2). CBC says nothing about who
//! wrote a value, so an encrypted key counts only with its MAC. Of XML only
//! what the format needs is read: no document type, no entities, bounded depth
//! and size.

mod key;
mod protection;
mod xml;

use self::protection::Protection;
use self::xml::{Document, XmlError};
use super::import::{Fault, SeedFile};
use crate::secret::Secret;

/// Largest file, in bytes: enough for every token of an environment, encrypted.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;
/// Most key packages of a file.
const MOST_PACKAGES: usize = 100_000;

/// What opens the keys of a file.
#[derive(Debug, Default)]
pub struct Keys {
    /// A key that was agreed upon.
    pub pre_shared: Option<Secret<Vec<u8>>>,
    /// A password that a key is derived from.
    pub password: Option<Secret>,
}

/// A file that cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PskcError {
    /// Larger than is read.
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// More keys than an environment may have.
    #[error("the file has more than {MOST_PACKAGES} key packages")]
    TooMany,
    /// It is no XML that is read.
    #[error("the file is not XML that can be read: {0}")]
    Xml(#[from] XmlError),
    /// It is something else.
    #[error("the file is not a PSKC key container of version 1")]
    OtherFormat,
    /// Its keys are encrypted with a key that was not given.
    #[error("the keys of the file are encrypted with a pre-shared key, which is needed")]
    KeyNeeded,
    /// Its keys are encrypted with a password that was not given.
    #[error("the keys of the file are encrypted with a password, which is needed")]
    PasswordNeeded,
    /// It was encrypted with another key, or was changed.
    #[error("the keys of the file do not open with the key or password that was given")]
    WrongKey,
    /// It is protected in a way that is not read.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
}

/// Reads a file. A key that is wrong does not keep the others out.
///
/// # Errors
/// [`PskcError`] when nothing of the file can be used.
pub fn read(text: &str, keys: &Keys) -> Result<SeedFile, PskcError> {
    if text.len() > MAX_BYTES {
        return Err(PskcError::TooLarge);
    }
    let mut document = Document::open(text)?.ok_or(PskcError::OtherFormat)?;
    let mut protection = Protection::default();
    let (mut file, mut packages) = (SeedFile::default(), 0);
    while let Some(element) = document.next_child()? {
        match element.name.as_str() {
            "EncryptionKey" => protection.encryption_key(&element, keys)?,
            "MACMethod" => protection.mac_method(&element)?,
            "KeyPackage" => {
                packages += 1;
                if packages > MOST_PACKAGES {
                    return Err(PskcError::TooMany);
                }
                match key::read(&element, &protection) {
                    Ok(found) => found.add(packages, &mut file),
                    Err((serial_number, problem)) => {
                        file.faults.push(Fault { entry: packages, serial_number, problems: vec![problem] });
                    }
                }
            }
            _ => {}
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
