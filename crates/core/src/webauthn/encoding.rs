//! Binary members: base64 or base64url, with or without padding.

use data_encoding::BASE64URL_NOPAD;

use super::WebauthnError;

/// The bytes of a text in either alphabet, padded or not; line breaks and other characters are refused.
///
/// # Errors
/// [`WebauthnError::TooLarge`] over `max` bytes, [`WebauthnError::MalformedEncoding`] when the text is no such encoding.
pub(super) fn decode(text: &str, max: usize) -> Result<Vec<u8>, WebauthnError> {
    if text.len() > max.div_ceil(3).saturating_mul(4) {
        return Err(WebauthnError::TooLarge);
    }
    let unpadded = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    if unpadded.len() != text.len() && !text.len().is_multiple_of(4) {
        return Err(WebauthnError::MalformedEncoding);
    }
    let url: Vec<u8> = unpadded
        .bytes()
        .map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        })
        .collect();
    let bytes = BASE64URL_NOPAD.decode(&url).map_err(|_| WebauthnError::MalformedEncoding)?;
    if bytes.len() > max { Err(WebauthnError::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_are_read_padded_or_not() {
        for text in ["+/8=", "-_8=", "+/8", "-_8", "+_8"] {
            assert_eq!(decode(text, 8), Ok(vec![0xfb, 0xff]), "{text}");
        }
        assert_eq!(decode("", 8), Ok(Vec::new()));
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["=", "A", "AA=", "AAA==", "AA===", "AA==AA==", "AA\n", "A A=", "AB==", "é"] {
            assert_eq!(decode(text, 64), Err(WebauthnError::MalformedEncoding), "{text:?}");
        }
    }

    #[test]
    fn the_limit_counts_bytes() {
        assert_eq!(decode("AAAA", 3), Ok(vec![0; 3]));
        assert_eq!(decode("AAAA", 2), Err(WebauthnError::TooLarge));
        assert_eq!(decode("AAAAAAAA", 3), Err(WebauthnError::TooLarge));
    }
}
