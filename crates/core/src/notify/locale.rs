//! Languages: one spelling for comparison, and lists of wishes.
//!
//! Locales arrive as `en`, `en-US` or `en_US` in any case. Wishes arrive as the
//! value of an `Accept-Language` header (RFC 9110 section 12.5.4), which is
//! also the form of a user's preferred language.

/// The languages every environment has.
pub const PREDEFINED: [&str; 17] =
    ["cs", "de", "en", "es", "fr", "fr-CA", "hu", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"];

/// How many wishes of a list are looked at.
const MAX_WISHES: usize = 16;

/// The longest locale, in bytes.
const MAX_LOCALE: usize = 35;

/// Whether a text is a locale: a language of two or three letters, perhaps a
/// script of four, perhaps a region of two letters or three digits.
#[must_use]
pub fn is_locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']).peekable();
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let language = parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && letters(part));
    let _script = parts.next_if(|part| part.len() == 4 && letters(part));
    let region = parts.next().is_none_or(|part| {
        (part.len() == 2 && letters(part))
            || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
    });
    language && region && parts.next().is_none()
}

/// The form by which locales are compared and indexed: `en_US` gives `en-us`.
#[must_use]
pub fn key(locale: &str) -> String {
    locale.to_ascii_lowercase().replace('_', "-")
}

/// The language alone: `en-US` gives `en`.
#[must_use]
pub fn language(locale: &str) -> &str {
    locale.split(['-', '_']).next().unwrap_or_default()
}

/// Whether a content in this locale fits an environment with these languages:
/// the locale itself is among them, or its language is.
#[must_use]
pub fn is_among(locale: &str, languages: &[&str]) -> bool {
    let wanted = key(locale);
    languages.iter().any(|known| key(known) == wanted || key(known) == language(&wanted))
}

/// The wished locales in falling order of preference, as comparison keys.
///
/// Reads `fr-CA, de;q=0.8, *;q=0.1`. Wishes of quality 0, the star and texts
/// that are no locale are left out; equal qualities keep their order.
#[must_use]
pub fn wishes(list: &str) -> Vec<String> {
    let mut wishes: Vec<(u16, String)> = list.split(',').take(MAX_WISHES).filter_map(wish).collect();
    wishes.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    wishes.into_iter().map(|(_, locale)| locale).collect()
}

fn wish(text: &str) -> Option<(u16, String)> {
    let mut parts = text.split(';');
    let locale = parts.next()?.trim();
    let quality = match parts.find_map(|part| part.trim().strip_prefix(['q', 'Q'])) {
        Some(value) => thousandths(value.trim_start().strip_prefix('=')?.trim())?,
        None => 1_000,
    };
    (quality > 0 && locale.len() <= MAX_LOCALE && is_locale(locale)).then(|| (quality, key(locale)))
}

/// A quality of at most three decimals, times thousand.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<3}");
    let plain = fraction.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|value| plain && *value <= 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_told_from_other_texts() {
        for good in PREDEFINED.into_iter().chain(["en-US", "EN_us", "zh-Hant-TW", "es-419", "cmn_CN"]) {
            assert!(is_locale(good), "{good}");
        }
        for bad in ["", "e", "english", "en-", "en-USA", "en US", "en-US-x", "12", "en--US", "é"] {
            assert!(!is_locale(bad), "{bad}");
        }
    }

    #[test]
    fn a_region_fits_its_language() {
        assert!(is_among("en_US", &["en"]));
        assert!(is_among("FR-ca", &["fr-CA"]));
        assert!(!is_among("fr", &["fr-CA"]));
        assert!(!is_among("sv", &["en", "de"]));
    }

    #[test]
    fn wishes_are_ordered_by_quality() {
        let table: [(&str, &[&str]); 8] = [
            ("fr-CA", &["fr-ca"]),
            ("de;q=0.5, fr_CA, en;q=0.8", &["fr-ca", "en", "de"]),
            ("de, fr", &["de", "fr"]),
            ("de;q=0, *, fr;q=0.001", &["fr"]),
            ("de;q=1.001, fr;q=x, en;q=0.1234", &[]),
            ("es ; q = 0.9,it;q=1.", &["it", "es"]),
            ("", &[]),
            ("nonsense text", &[]),
        ];
        for (list, expected) in table {
            assert_eq!(wishes(list), expected, "{list}");
        }
    }
}
