//! How messages of an environment leave: one record each.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::sender::{Sender, sender};
use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{SettingsId, UserId, parse_uuid};
use crate::schema::{Declared, Object, integer, list, nested, object, one_of, reference, text, texts};

/// Stands in the chain of phone providers for the account of the operator.
pub const OPERATOR_PHONE: &str = "PINGONE_TWILIO";
/// Stands in the chain of mail providers for the server of the operator.
pub const OPERATOR_EMAIL: &str = "PINGONE_EMAIL";

/// The notifications settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationSettings {
    /// `ALL`.
    pub delivery_mode: String,
    /// Limits of former times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<Restrictions>,
    /// Phone providers in order: ids of phone delivery settings, or [`OPERATOR_PHONE`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_providers_fallback_chain: Option<Vec<String>>,
    /// Mail providers in order; `[PINGONE_EMAIL]` forces the operator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_provider_fallback_chain: Option<Vec<String>>,
    /// Who mails are from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Sender>,
    /// Who gets the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Sender>,
    /// Users without limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whitelist: Option<Vec<ListedUser>>,
    /// Of former times; languages have their own records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_language: Option<String>,
}

/// Limits of former times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restrictions {
    /// Text messages and calls.
    pub sms_voice_quota: DailyQuota,
}

/// So many a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyQuota {
    /// 0 to 50.
    pub daily: i64,
}

/// A user without limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUser {
    /// The user.
    pub user: Reference<UserId>,
}

impl Default for NotificationSettings {
    /// What an environment starts with, and what a delete goes back to.
    fn default() -> Self {
        Self {
            delivery_mode: "ALL".to_owned(),
            restrictions: None,
            sms_providers_fallback_chain: None,
            email_provider_fallback_chain: None,
            from: None,
            reply_to: None,
            whitelist: None,
            default_language: None,
        }
    }
}

fn is_phone_provider(text: &str) -> bool {
    text == OPERATOR_PHONE || parse_uuid(text).is_ok()
}

impl Entity for NotificationSettings {
    type Id = SettingsId;
    const KIND: &'static str = "NOTIFICATIONS_SETTINGS";
}

impl Declared for NotificationSettings {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let quota = object(vec![integer("daily", 0, 50).required()]);
            let provider = text("provider")
                .min(1)
                .pattern("the id of phone delivery settings, or PINGONE_TWILIO", is_phone_provider);
            object(vec![
                one_of("deliveryMode", &["ALL"]).default("ALL"),
                nested("restrictions", object(vec![nested("smsVoiceQuota", quota).required()])),
                list("smsProvidersFallbackChain", provider, 10),
                list("emailProviderFallbackChain", one_of("provider", &[OPERATOR_EMAIL]), 10),
                sender("from"),
                sender("replyTo"),
                list("whitelist", nested("entry", object(vec![reference("user").required()])), 100),
                text("defaultLanguage").max(64).pattern("a language tag", texts::is_language_tag),
            ])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;
    use serde_json::json;

    const ID: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

    #[test]
    fn the_settings_of_the_documentation_are_echoed() {
        let body = json!({"deliveryMode": "ALL", "smsProvidersFallbackChain": [ID, "PINGONE_TWILIO"], "emailProviderFallbackChain": [],
                          "from": {"name": "Acme", "address": "no-reply@acme.example"},
                          "replyTo": {"name": "Acme", "address": "help@acme.example"}, "whitelist": [{"user": {"id": ID}}]});
        let (settings, _) = NotificationSettings::read(&body, None, &[]).unwrap();
        assert_eq!(serde_json::to_value(settings).unwrap(), body);
    }

    #[test]
    fn each_fault_is_named() {
        let table = [
            (json!({"deliveryMode": "WHITELIST"}), Code::InvalidValue, "deliveryMode"),
            (json!({"restrictions": {}}), Code::RequiredValue, "restrictions.smsVoiceQuota"),
            (
                json!({"restrictions": {"smsVoiceQuota": {"daily": 51}}}),
                Code::OutOfRange,
                "restrictions.smsVoiceQuota.daily",
            ),
            (json!({"smsProvidersFallbackChain": ["x"]}), Code::InvalidValue, "smsProvidersFallbackChain[0]"),
            (
                json!({"emailProviderFallbackChain": ["x"]}),
                Code::InvalidValue,
                "emailProviderFallbackChain[0]",
            ),
            (json!({"from": {"name": "x"}}), Code::RequiredValue, "from.address"),
            (json!({"replyTo": {"address": "x"}}), Code::InvalidValue, "replyTo.address"),
            (json!({"whitelist": [{}]}), Code::RequiredValue, "whitelist[0].user"),
        ];
        for (body, code, target) in table {
            let problems = NotificationSettings::read(&body, None, &[]).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
        }
    }
}
