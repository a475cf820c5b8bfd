//! Which content a person gets.
//!
//! The rule, in falling order: contents of the wished variant, contents without
//! one, built-in contents. Within each, for every wished language in turn, the
//! exact locale and then its language; then the default language of the
//! environment in the same way. A built-in content in English ends the search.

use std::borrow::Cow;

use super::channel::Channel;
use super::content::TemplateContent;
use super::{built_in, locale};
use crate::filter::fold;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Name of the template.
    pub template: &'a str,
    /// The way the message takes.
    pub channel: Channel,
    /// Wished languages in the form of `Accept-Language`: the request's, else
    /// the user's preferred language; empty without a wish.
    pub languages: &'a str,
    /// Default language of the environment.
    pub default_language: &'a str,
    /// Wished variant.
    pub variant: Option<&'a str>,
}

/// The best content among an environment's own and the built-in ones; none
/// when the template has nothing to say on the channel.
///
/// `contents` may hold contents of other templates and channels.
#[must_use]
pub fn select<'a>(contents: &'a [TemplateContent], wanted: &Wanted<'_>) -> Option<Cow<'a, TemplateContent>> {
    let mut locales = locale::wishes(wanted.languages);
    locales.push(locale::key(wanted.default_language));
    let mut variants = vec![String::new()];
    if let Some(variant) = wanted.variant {
        variants.insert(0, fold(variant));
    }
    variants
        .iter()
        .find_map(|variant| {
            let pool = || {
                contents.iter().filter(|content| {
                    content.template.id == wanted.template
                        && content.delivery_method == wanted.channel
                        && content.variant_key() == *variant
                })
            };
            locales.iter().find_map(|wish| {
                let exact = pool().find(|content| content.locale_key() == *wish);
                exact.or_else(|| pool().find(|content| content.locale_key() == locale::language(wish)))
            })
        })
        .map(Cow::Borrowed)
        .or_else(|| built_in_for(&locales, wanted).map(Cow::Owned))
}

fn built_in_for(locales: &[String], wanted: &Wanted<'_>) -> Option<TemplateContent> {
    locales
        .iter()
        .map(String::as_str)
        .chain([built_in::LAST_RESORT])
        .find_map(|locale| built_in::find(wanted.template, wanted.channel, locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(locale: &str, variant: Option<&str>) -> TemplateContent {
        let mut content = TemplateContent::new("transaction", Channel::Sms, locale);
        content.variant = variant.map(str::to_owned);
        content
    }

    /// Locale, variant and origin of the content that is found.
    fn found(contents: &[TemplateContent], languages: &str, variant: Option<&str>) -> (String, String, bool) {
        let wanted = Wanted {
            template: "transaction",
            channel: Channel::Sms,
            languages,
            default_language: "fr",
            variant,
        };
        let content = select(contents, &wanted).unwrap();
        (content.locale.clone(), content.variant_key(), content.default)
    }

    #[test]
    fn languages_fall_back_in_the_order_of_the_contract() {
        let all = [
            own("es", None),
            own("es_ES", None),
            own("fr", None),
            own("en", Some("v2")),
            own("fr", Some("v2")),
        ];
        let without_default = [own("es", None)];
        type Case<'a> = (&'a [TemplateContent], &'a str, Option<&'a str>, (&'a str, &'a str, bool));
        let table: [Case<'_>; 13] = [
            (&all, "es-ES", None, ("es_ES", "", false)),
            (&all, "es-MX", None, ("es", "", false)),
            (&all, "sv", None, ("fr", "", false)),
            (&all, "", None, ("fr", "", false)),
            (&all, "sv, es;q=0.5", None, ("es", "", false)),
            (&all, "de;q=0.4, es-es;q=0.9", None, ("es_ES", "", false)),
            (&all, "en", Some("V2"), ("en", "v2", false)),
            (&all, "es", Some("v2"), ("fr", "v2", false)),
            (&all, "es", Some("unknown"), ("es", "", false)),
            (&without_default, "de-AT", None, ("de", "", true)),
            (&without_default, "sv", None, ("fr", "", true)),
            (&[], "es-MX", Some("v2"), ("es", "", true)),
            (&[], "sv, ja;q=0.2", None, ("fr", "", true)),
        ];
        for (contents, languages, variant, (locale, key, default)) in table {
            let expected = (locale.to_owned(), key.to_owned(), default);
            assert_eq!(found(contents, languages, variant), expected, "{languages} {variant:?}");
        }
    }

    #[test]
    fn english_is_the_last_resort() {
        let wanted = Wanted {
            template: "device_pairing",
            channel: Channel::Email,
            languages: "sv",
            default_language: "ja",
            variant: None,
        };
        assert_eq!(select(&[], &wanted).unwrap().locale, "en");
    }

    #[test]
    fn a_template_without_words_for_the_channel_gives_nothing() {
        let wanted = Wanted {
            template: "general",
            channel: Channel::Push,
            languages: "en",
            default_language: "en",
            variant: None,
        };
        assert!(select(&[own("en", None)], &wanted).is_none());
    }
}
