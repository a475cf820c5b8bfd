//! The contents that come with the product: always there, never stored.
//!
//! Owns their form and their ids. The words are in `texts`.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Builder;

use super::channel::Channel;
use super::content::{HTML_TEXT, PushCategory, TemplateContent, WhatsAppTemplate};
use super::locale;
use super::texts::{LANGUAGES, Mail, Row, Text};
use crate::ids::{EnvironmentId, Id, TemplateContentId};

/// The language in which every built-in content exists.
pub const LAST_RESORT: &str = "en";

/// All built-in contents of a template; none for a template that only says what an environment made it say.
#[must_use]
pub fn all(template: &str) -> Vec<TemplateContent> {
    LANGUAGES
        .iter()
        .flat_map(|(language, rows)| rows.iter().map(move |row| (*language, row)))
        .filter(|(_, (name, _))| *name == template)
        .map(|(language, row)| content(language, row))
        .collect()
}

/// The built-in content in the language of a locale.
#[must_use]
pub fn find(template: &str, channel: Channel, locale: &str) -> Option<TemplateContent> {
    let wanted = locale::key(locale::language(locale));
    let (language, rows) = LANGUAGES.iter().find(|(language, _)| *language == wanted)?;
    let row = rows.iter().find(|(name, text)| *name == template && channel_of(text) == channel)?;
    Some(content(language, row))
}

/// The id under which an environment shows a built-in content: the same at
/// every call, different in every environment.
#[must_use]
pub fn id(environment: EnvironmentId, content: &TemplateContent) -> TemplateContentId {
    let name = format!(
        "{environment}/{}/{}/{}",
        content.template.id,
        content.delivery_method.template_name(),
        content.locale_key()
    );
    let hash = digest(&SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash.as_ref()) {
        *byte = *hashed;
    }
    TemplateContentId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
}

const fn channel_of(text: &Text) -> Channel {
    match text {
        Text::Sms(_) => Channel::Sms,
        Text::Voice(_) => Channel::Voice,
        Text::Mail(_) => Channel::Email,
        Text::WhatsApp(_) => Channel::WhatsApp,
        Text::Push(_) => Channel::Push,
    }
}

fn content(language: &str, (template, text): &Row) -> TemplateContent {
    let mut content = TemplateContent::new(template, channel_of(text), language);
    content.default = true;
    match text {
        Text::Sms(text) => content.content = Some((*text).to_owned()),
        Text::Voice(text) => {
            content.content = Some((*text).to_owned());
            content.voice = Some("Woman".to_owned());
        }
        Text::Mail(mail) => {
            content.subject = Some(mail.subject.to_owned());
            content.body = Some(page(language, mail));
            content.charset = Some("UTF-8".to_owned());
            content.email_content_type = Some(HTML_TEXT.to_owned());
        }
        Text::WhatsApp(text) => {
            content.content = Some((*text).to_owned());
            content.whats_app_template = Some(namesake(language, template));
        }
        Text::Push(push) => {
            content.title = Some(push.title.to_owned());
            content.body = Some(push.body.to_owned());
            content.push_category = Some(PushCategory::BannerButtons);
        }
    }
    content
}

/// An environment whose WhatsApp account has an approved template of the same name needs no content of its own.
fn namesake(language: &str, template: &str) -> WhatsAppTemplate {
    WhatsAppTemplate {
        id: template.to_owned(),
        name: Some(template.to_owned()),
        category: Some("AUTHENTICATION".to_owned()),
        language: Some(language.to_owned()),
    }
}

/// The page of a mail. Styles stand at the elements, since mail programs drop style sheets.
fn page(language: &str, mail: &Mail) -> String {
    let Mail { subject, before, after, with_code } = mail;
    let code = if *with_code {
        "<p style=\"font-size:32px;font-weight:bold;letter-spacing:4px\">${otp}</p>\n"
    } else {
        ""
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{subject}</title></head>\n\
         <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5\">\n\
         <p>{before}</p>\n{code}<p>{after}</p>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::check::check;
    use crate::notify::render::{Values, fill, variables_of};
    use crate::notify::segments::{is_gsm7, segments};
    use crate::notify::template::Template;
    use crate::notify::voice;
    use crate::random::Random;

    fn every() -> impl Iterator<Item = TemplateContent> {
        Template::all().iter().flat_map(|template| all(template.name))
    }

    fn typical(content: &TemplateContent) -> Values {
        let template = Template::find(&content.template.id).unwrap();
        let value = |name: &str| if name == "otp" { "0123456789" } else { "Pat" };
        template.variables.iter().map(|known| (known.name.to_owned(), value(known.name).to_owned())).collect()
    }

    #[test]
    fn every_language_says_the_same_things() {
        assert_eq!(every().count(), 68);
        for content in every() {
            for (language, _) in LANGUAGES {
                assert!(
                    find(&content.template.id, content.delivery_method, language).is_some(),
                    "{language}"
                );
            }
        }
        for (language, _) in LANGUAGES {
            for channel in [Channel::Sms, Channel::Voice, Channel::Email] {
                for template in ["device_pairing", "strong_authentication", "transaction"] {
                    assert!(find(template, channel, language).is_some(), "{template} {channel:?} {language}");
                }
            }
        }
    }

    #[test]
    fn every_built_in_content_obeys_the_rules_and_renders() {
        for content in every() {
            let template = Template::find(&content.template.id).unwrap();
            assert_eq!(check(&content, template, &[&content.locale]), [], "{content:?}");
            let rendered = fill(&content, &typical(&content)).unwrap();
            assert!(variables_of(&rendered.text).is_empty());
            for name in template.required_on(content.delivery_method) {
                assert!(variables_of(content.text()).iter().any(|used| used == name), "{content:?}");
            }
        }
    }

    #[test]
    fn a_built_in_short_message_takes_one_message() {
        for content in every().filter(|content| content.delivery_method == Channel::Sms) {
            let text = fill(&content, &typical(&content)).unwrap().text;
            assert!(is_gsm7(&text) && text.chars().count() <= 153 && segments(&text) == 1, "{text}");
        }
    }

    #[test]
    fn a_built_in_call_says_the_passcode_twice_digit_by_digit() {
        for content in every().filter(|content| content.delivery_method == Channel::Voice) {
            let text = fill(&content, &typical(&content)).unwrap().text;
            assert_eq!(voice::fault(&text), None);
            assert_eq!(voice::plain(&text).matches("0, 1, 2, 3, 4, 5, 6, 7, 8, 9").count(), 2, "{text}");
        }
    }

    #[test]
    fn ids_are_stable_and_apart() {
        let (one, other) = (EnvironmentId::new(&Random::seeded(1)), EnvironmentId::new(&Random::seeded(2)));
        let ids: std::collections::HashSet<_> = every().map(|content| id(one, &content)).collect();
        assert_eq!(ids.len(), every().count());
        for content in every() {
            assert_eq!(id(one, &content), id(one, &content));
            assert_ne!(id(one, &content), id(other, &content));
        }
    }
}
