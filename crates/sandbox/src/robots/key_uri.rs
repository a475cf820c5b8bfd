//! What a QR code says to an authenticator application: `otpauth://totp/…?secret=…`.

use data_encoding::BASE32_NOPAD;
use postern_core::oath::HashAlgorithm;
use url::Url;

/// Why a text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyUriError {
    #[error("must begin with otpauth://totp/ or otpauth://hotp/")]
    Scheme,
    #[error("has no secret in base32")]
    Secret,
    #[error("has a parameter that cannot be read: algorithm, digits, period or counter")]
    Parameter,
}

/// A key with all that it takes to make codes. What the text does not say is as applications assume.
#[derive(Debug)]
pub(super) struct KeyUri {
    /// Whether a button moves it on, and not a clock.
    pub(super) by_button: bool,
    pub(super) secret: Vec<u8>,
    pub(super) algorithm: HashAlgorithm,
    pub(super) digits: i64,
    /// In seconds.
    pub(super) period: i64,
    pub(super) counter: i64,
}

impl KeyUri {
    pub(super) fn parse(text: &str) -> Result<Self, KeyUriError> {
        let uri = Url::parse(text).map_err(|_| KeyUriError::Scheme)?;
        let by_button = match (uri.scheme(), uri.host_str()) {
            ("otpauth", Some("totp")) => false,
            ("otpauth", Some("hotp")) => true,
            _ => return Err(KeyUriError::Scheme),
        };
        let mut secret = None;
        let (mut algorithm, mut digits, mut period, mut counter) = (HashAlgorithm::HmacSha1, 6, 30, 0);
        for (name, value) in uri.query_pairs() {
            let number = || value.parse::<i64>().ok().filter(|n| *n >= 0).ok_or(KeyUriError::Parameter);
            match &*name.to_ascii_lowercase() {
                "secret" => secret = base32(&value),
                "algorithm" => algorithm = hash(&value).ok_or(KeyUriError::Parameter)?,
                "digits" => digits = number()?,
                "period" => period = number()?,
                "counter" => counter = number()?,
                _ => {}
            }
        }
        let secret = secret.ok_or(KeyUriError::Secret)?;
        Ok(Self { by_button, secret, algorithm, digits, period, counter })
    }
}

/// A key in base32 as people copy it: in either case, in groups, with padding or without. Nothing when it is none.
pub(super) fn base32(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .trim_end_matches('=')
        .chars()
        .filter(|character| !matches!(character, ' ' | '-'))
        .map(|character| character.to_ascii_uppercase())
        .collect();
    BASE32_NOPAD.decode(plain.as_bytes()).ok().filter(|bytes| !bytes.is_empty())
}

fn hash(name: &str) -> Option<HashAlgorithm> {
    match &*name.to_ascii_uppercase() {
        "SHA1" | "HMACSHA1" => Some(HashAlgorithm::HmacSha1),
        "SHA256" | "HMACSHA256" => Some(HashAlgorithm::HmacSha256),
        "SHA512" | "HMACSHA512" => Some(HashAlgorithm::HmacSha512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn what_is_not_said_is_as_applications_assume() {
        let uri = KeyUri::parse(&format!("otpauth://totp/pat%20ng@example.com?secret={SECRET}&issuer=Acme"))
            .unwrap();
        assert_eq!(uri.secret, b"12345678901234567890");
        assert_eq!((uri.by_button, uri.digits, uri.period), (false, 6, 30));
        assert_eq!(uri.algorithm, HashAlgorithm::HmacSha1);
        let text = format!("otpauth://hotp/x?secret={SECRET}&algorithm=SHA256&digits=8&counter=7");
        let uri = KeyUri::parse(&text).unwrap();
        assert_eq!((uri.by_button, uri.digits, uri.counter), (true, 8, 7));
        assert_eq!(uri.algorithm, HashAlgorithm::HmacSha256);
    }

    #[test]
    fn a_key_is_read_as_people_copy_it() {
        for text in ["gezd gnbv-gy3q", "GEZDGNBVGY3Q", "GEZDGNBVGY3Q===="] {
            assert_eq!(base32(text).unwrap(), b"1234567", "{text}");
        }
        for text in ["", "1", "GEZ!"] {
            assert_eq!(base32(text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, why) in [
            ("", KeyUriError::Scheme),
            ("https://totp/x?secret=GEZDGNBV", KeyUriError::Scheme),
            ("otpauth://yubi/x?secret=GEZDGNBV", KeyUriError::Scheme),
            ("otpauth://totp/x", KeyUriError::Secret),
            ("otpauth://totp/x?secret=1", KeyUriError::Secret),
            ("otpauth://totp/x?secret=GEZDGNBV&algorithm=MD5", KeyUriError::Parameter),
            ("otpauth://totp/x?secret=GEZDGNBV&period=-1", KeyUriError::Parameter),
        ] {
            assert_eq!(KeyUri::parse(text).unwrap_err(), why, "{text}");
        }
    }
}
