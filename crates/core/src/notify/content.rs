//! The words of a template for one channel, in one language.
//!
//! The type is both the stored form and, with id, dates and links added, the
//! form of the API. Leaves the rules of a good content to [`super::check`].

mod body;

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::locale;
use crate::entity::Entity;
use crate::filter::fold;
use crate::ids::TemplateContentId;
use crate::schema::words;

/// The content type of a mail body that is not HTML.
pub const PLAIN_TEXT: &str = "text/plain";

/// The content type of a mail body when none is given.
pub const HTML_TEXT: &str = "text/html";

/// A content. Which of the optional members count depends on the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateContent {
    /// The template it belongs to.
    #[serde(default)]
    pub template: TemplateRef,
    /// Whether it came with the product.
    #[serde(default)]
    pub default: bool,
    /// Its language, such as `en`, `en-US` or `en_US`.
    pub locale: String,
    /// The channel it is for.
    pub delivery_method: Channel,
    /// A named alternative, compared without case; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Text of a short message or call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Sender name of a short message, at most 11 letters, digits and spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Subject of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Text of a mail or of a push notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Title of a push notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Buttons of a push notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_category: Option<PushCategory>,
    /// Voice of a call: `Man`, `Woman`, `Alice` or a name the provider knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// Sender of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Mailbox>,
    /// Where answers to a mail go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Mailbox>,
    /// Character set of a mail; only `UTF-8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// `text/html` or `text/plain`; HTML when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_content_type: Option<String>,
    /// Template of Twilio Verify to use instead of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twilio_verify_template: Option<TwilioVerifyTemplate>,
    /// Approved template of the WhatsApp business account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whats_app_template: Option<WhatsAppTemplate>,
}

/// A template by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRef {
    /// Such as `device_pairing`.
    pub id: String,
}

/// Name and address at either end of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Shown name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address.
    pub address: String,
}

words! {
    /// How a push notification may be answered: with approve and deny on the banner, without buttons, or with an
    /// approve that opens the application.
    pub enum PushCategory {
        BannerButtons = "BANNER_BUTTONS",
        WithoutBannerButtons = "WITHOUT_BANNER_BUTTONS",
        ApproveAndOpenApp = "APPROVE_AND_OPEN_APP",
    }
}

/// A template that Twilio Verify keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwilioVerifyTemplate {
    /// Twilio's id.
    pub id: String,
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// A template that WhatsApp has approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatsAppTemplate {
    /// WhatsApp's id.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `AUTHENTICATION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Entity for TemplateContent {
    type Id = TemplateContentId;
    const KIND: &'static str = "CONTENT";
}

impl TemplateContent {
    /// A content with nothing to say yet.
    #[must_use]
    pub fn new(template: &str, delivery_method: Channel, locale: &str) -> Self {
        Self {
            template: TemplateRef { id: template.to_owned() },
            default: false,
            locale: locale.to_owned(),
            delivery_method,
            variant: None,
            content: None,
            sender: None,
            subject: None,
            body: None,
            title: None,
            push_category: None,
            voice: None,
            from: None,
            reply_to: None,
            charset: None,
            email_content_type: None,
            twilio_verify_template: None,
            whats_app_template: None,
        }
    }

    /// The main text with its variables: the body of mails and push
    /// notifications, the content of the rest.
    #[must_use]
    pub fn text(&self) -> &str {
        match self.delivery_method {
            Channel::Email | Channel::Push => self.body.as_deref(),
            Channel::Sms | Channel::Voice | Channel::WhatsApp => self.content.as_deref(),
        }
        .unwrap_or_default()
    }

    /// The line above the text with its variables: subject of a mail, title of a push notification.
    #[must_use]
    pub fn heading(&self) -> Option<&str> {
        match self.delivery_method {
            Channel::Email => self.subject.as_deref(),
            Channel::Push => self.title.as_deref(),
            Channel::Sms | Channel::Voice | Channel::WhatsApp => None,
        }
    }

    /// Whether the text is HTML, which only mails are.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let plain =
            self.email_content_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(PLAIN_TEXT));
        self.delivery_method == Channel::Email && !plain
    }

    /// The locale as it is compared and indexed.
    #[must_use]
    pub fn locale_key(&self) -> String {
        locale::key(&self.locale)
    }

    /// The variant as it is compared and indexed; empty without one. Together
    /// with template, channel and locale key it is unique in an environment.
    #[must_use]
    pub fn variant_key(&self) -> String {
        self.variant.as_deref().map(fold).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_of_the_api_decodes_and_shows_its_members_in_their_order() {
        let content: TemplateContent = serde_json::from_value(json!({
            "locale": "en", "content": "Code ${OTP}", "deliveryMethod": "SMS"
        }))
        .unwrap();
        let stored = TemplateContent { template: TemplateRef { id: "transaction".to_owned() }, ..content };
        assert_eq!(
            serde_json::to_string(&stored).unwrap(),
            r#"{"template":{"id":"transaction"},"default":false,"locale":"en","deliveryMethod":"SMS","content":"Code ${OTP}"}"#
        );
    }

    #[test]
    fn keys_ignore_case_and_the_kind_of_dash() {
        let mut content = TemplateContent::new("general", Channel::Email, "en_US");
        content.variant = Some("Älpha".to_owned());
        assert_eq!((content.locale_key(), content.variant_key()), ("en-us".to_owned(), "älpha".to_owned()));
        content.variant = None;
        assert_eq!(content.variant_key(), "");
    }
}
