//! Which of Twilio's voices says a text in a language.
//!
//! Twilio refuses a voice that does not speak the language. So a wish is kept where it can be, first for the exact
//! locale and then for its language; otherwise another voice that speaks the language takes its place.

/// What `<Say>` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Speaker {
    /// Twilio's name of the voice; none leaves the choice to Twilio.
    pub(super) voice: Option<String>,
    /// The language, in Twilio's spelling.
    pub(super) language: String,
}

/// The languages of the voices `man` and `woman`.
const OLDEST: [&str; 5] = ["en", "en-GB", "es", "fr", "de"];

/// The languages of the voice `alice`. Of several regions the first is taken for the language alone.
const ALICE: [&str; 26] = [
    "en-US", "en-GB", "en-AU", "en-CA", "en-IN", "es-ES", "es-MX", "fr-FR", "fr-CA", "pt-BR", "pt-PT",
    "zh-CN", "zh-HK", "zh-TW", "ca-ES", "da-DK", "de-DE", "fi-FI", "it-IT", "ja-JP", "ko-KR", "nb-NO",
    "nl-NL", "pl-PL", "ru-RU", "sv-SE",
];

/// Voices for languages that only one of them speaks.
const ALONE: [(&str, &str); 5] = [
    ("cy-GB", "Polly.Gwyneth"),
    ("hi-IN", "Polly.Aditi"),
    ("is-IS", "Polly.Dora"),
    ("ro-RO", "Polly.Carmen"),
    ("tr-TR", "Polly.Filiz"),
];

/// Who says a text of this locale, if this voice is wished.
pub(super) fn speaker(wished: Option<&str>, locale: &str) -> Speaker {
    let tag = language_tag(locale);
    let own = |name: &str| ["man", "woman", "alice"].into_iter().find(|own| own.eq_ignore_ascii_case(name));
    let found = match (wished, wished.and_then(own)) {
        // Names of other voices are Twilio's business; such a voice knows its language itself.
        (Some(name), None) => return Speaker { voice: Some(name.to_owned()), language: tag },
        (_, Some("alice")) => by_alice(&tag).or_else(|| by_oldest(Some("woman"), &tag)),
        (_, voice) => by_oldest(voice, &tag).or_else(|| by_alice(&tag)),
    };
    // A language that no voice is known for: Twilio may have learned it.
    found.or_else(|| by_one(&tag)).unwrap_or(Speaker { voice: None, language: tag })
}

fn by_oldest(voice: Option<&str>, tag: &str) -> Option<Speaker> {
    let language = known(&OLDEST, tag)?;
    Some(Speaker { voice: voice.map(str::to_owned), language: language.to_owned() })
}

fn by_alice(tag: &str) -> Option<Speaker> {
    let language = known(&ALICE, tag)?;
    Some(Speaker { voice: Some("alice".to_owned()), language: language.to_owned() })
}

fn by_one(tag: &str) -> Option<Speaker> {
    let (language, voice) = ALONE.iter().find(|(known, _)| is_language_of(tag, known))?;
    Some(Speaker { voice: Some((*voice).to_owned()), language: (*language).to_owned() })
}

/// The exact locale, or else the first of its language.
fn known<'t>(table: &[&'t str], tag: &str) -> Option<&'t str> {
    let exact = table.iter().find(|known| known.eq_ignore_ascii_case(tag));
    exact.or_else(|| table.iter().find(|known| is_language_of(tag, known))).copied()
}

fn is_language_of(tag: &str, known: &str) -> bool {
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    language(tag) == language(known)
}

/// `en_gb` gives `en-GB`.
fn language_tag(locale: &str) -> String {
    let mut parts = locale.split(['-', '_']);
    let mut tag = parts.next().unwrap_or_default().to_ascii_lowercase();
    for part in parts {
        tag.push('-');
        tag.push_str(&if part.len() == 2 { part.to_ascii_uppercase() } else { part.to_owned() });
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_that_does_not_speak_the_language_gives_way_to_one_that_does() {
        for (wished, locale, voice, language) in [
            (Some("Woman"), "en", Some("woman"), "en"),
            (Some("Man"), "en_gb", Some("man"), "en-GB"),
            (Some("Woman"), "en-AU", Some("woman"), "en"),
            (Some("Woman"), "es_MX", Some("woman"), "es"),
            (Some("Woman"), "it", Some("alice"), "it-IT"),
            (Some("Woman"), "pt", Some("alice"), "pt-BR"),
            (Some("Alice"), "es-MX", Some("alice"), "es-MX"),
            (Some("Alice"), "de", Some("alice"), "de-DE"),
            (Some("Woman"), "tr", Some("Polly.Filiz"), "tr-TR"),
            (Some("Polly.Amy"), "en-GB", Some("Polly.Amy"), "en-GB"),
            (None, "fr", None, "fr"),
            (None, "ja", Some("alice"), "ja-JP"),
            (Some("Woman"), "th", None, "th"),
        ] {
            let expected = Speaker { voice: voice.map(str::to_owned), language: language.to_owned() };
            assert_eq!(speaker(wished, locale), expected, "{wished:?} {locale}");
        }
    }
}
