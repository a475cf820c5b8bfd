//! Private keys as text: PKCS#8 in PEM (RFC 7468), as Apple and Google hand them out.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use crate::secret::Secret;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The DER bytes of the one unencrypted PKCS#8 key in the text. Line breaks may be missing or of any kind; text around
/// the key is left alone. Nothing when there is no such key, or more than one.
#[must_use]
pub fn private_key(text: &str) -> Option<Secret<Vec<u8>>> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (encoded, after) = rest.split_once(END)?;
    if after.contains(BEGIN) {
        return None;
    }
    let compact: Zeroizing<String> =
        Zeroizing::new(encoded.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    BASE64.decode(compact.as_bytes()).ok().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_whatever_its_line_breaks() {
        for text in [
            "-----BEGIN PRIVATE KEY-----\nAAEC\nAwQF\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\r\nAAECAwQF\r\n-----END PRIVATE KEY-----",
            "comment\n-----BEGIN PRIVATE KEY-----AAECAwQF-----END PRIVATE KEY-----",
        ] {
            assert_eq!(private_key(text).unwrap().expose(), &[0, 1, 2, 3, 4, 5], "{text:?}");
        }
    }

    #[test]
    fn other_text_is_no_key() {
        for text in [
            "",
            "AAECAwQF",
            "-----BEGIN PRIVATE KEY-----\nAAEC",
            "-----BEGIN PRIVATE KEY-----\n%%%%\n-----END PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nAAEC\n-----END EC PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----",
        ] {
            assert!(private_key(text).is_none(), "{text:?}");
        }
    }
}
