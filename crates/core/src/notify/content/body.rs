//! The body of contents: which members each channel has, and their defaults.
//!
//! Limits that hold on every channel are said here, those of one channel and
//! everything about variables in [`check`](super::super::check).

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::super::channel::Channel;
use super::super::check::{self, MAX_MAIL, MAX_NAME, MAX_SENDER, MAX_SUBJECT, MAX_TITLE, MAX_VARIANT};
use super::super::template::Template;
use super::{HTML_TEXT, PushCategory, TemplateContent};
use crate::problem::Problem;
use crate::schema::{Declared, Field, Object, boolean, nested, object, one_of, text};

/// Longest id or locale of a template that a provider keeps, in characters.
const MAX_PROVIDER_WORD: usize = 256;
/// Longest locale, in characters.
const MAX_LOCALE: usize = 35;

/// The channels as contents write them.
const METHODS: &[&str] = &[
    Channel::Sms.template_name(),
    Channel::Voice.template_name(),
    Channel::Email.template_name(),
    Channel::WhatsApp.template_name(),
    Channel::Push.template_name(),
];

/// Members that belong to some channels only.
const OF_CHANNELS: &[(&str, &[Channel])] = &[
    ("content", &[Channel::Sms, Channel::Voice, Channel::WhatsApp]),
    ("sender", &[Channel::Sms]),
    ("twilioVerifyTemplate", &[Channel::Sms]),
    ("voice", &[Channel::Voice]),
    ("subject", &[Channel::Email]),
    ("body", &[Channel::Email, Channel::Push]),
    ("from", &[Channel::Email]),
    ("replyTo", &[Channel::Email]),
    ("charset", &[Channel::Email]),
    ("emailContentType", &[Channel::Email]),
    ("title", &[Channel::Push]),
    ("pushCategory", &[Channel::Push]),
    ("whatsAppTemplate", &[Channel::WhatsApp]),
];

impl Declared for TemplateContent {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                boolean("default").read_only(),
                text("locale").required().immutable().max(MAX_LOCALE),
                one_of("deliveryMethod", METHODS).required().immutable(),
                text("variant").max(MAX_VARIANT).doc("Names an alternative, whatever the case."),
                text("content")
                    .multiline()
                    .max(MAX_MAIL)
                    .doc("SMS: at most 660 characters. Voice: at most 1024 bytes."),
                text("sender").max(MAX_SENDER).doc("SMS: who the message seems to come from."),
                text("subject").max(MAX_SUBJECT).doc("Email."),
                text("body")
                    .multiline()
                    .max(MAX_MAIL)
                    .doc("Email: at most 100000 bytes, HTML allowed. Push: at most 400 characters."),
                text("title").max(MAX_TITLE).doc("Push."),
                one_of("pushCategory", PushCategory::WORDS).doc("Push: BANNER_BUTTONS when not sent."),
                text("voice").max(MAX_NAME).doc("Voice."),
                mailbox("from"),
                mailbox("replyTo"),
                text("charset").max(MAX_NAME).doc("Email: UTF-8."),
                text("emailContentType").max(MAX_NAME).doc("Email: text/html (when not sent) or text/plain."),
                nested("twilioVerifyTemplate", object(vec![word("id").required(), word("locale")])),
                nested(
                    "whatsAppTemplate",
                    object(vec![
                        word("id").required(),
                        word("name"),
                        one_of("category", &["AUTHENTICATION"]),
                        word("language"),
                    ]),
                ),
            ])
        });
        &SCHEMA
    }

    /// Members of other channels are dropped like unknown ones.
    fn fill(checked: &mut Map<String, Value>) {
        let method = checked.get("deliveryMethod").and_then(Value::as_str);
        let Some(channel) = method.and_then(Channel::from_template_name) else { return };
        for (name, channels) in OF_CHANNELS {
            if !channels.contains(&channel) {
                checked.shift_remove(*name);
            }
        }
        let defaults: &[(&str, &str)] = match channel {
            Channel::Email => &[("charset", "UTF-8"), ("emailContentType", HTML_TEXT)],
            Channel::Push => &[("pushCategory", PushCategory::BannerButtons.as_str())],
            Channel::Sms | Channel::Voice | Channel::WhatsApp => &[],
        };
        for (name, value) in defaults {
            checked.entry(*name).or_insert_with(|| Value::from(*value));
        }
    }

    /// `template` is the server's to set; without it there are no rules to hold the content against. Whether the
    /// environment has the language is not known here.
    fn problems(&self) -> Vec<Problem> {
        Template::find(&self.template.id)
            .map(|template| check::check(self, template, &[&self.locale]))
            .unwrap_or_default()
    }
}

fn mailbox(name: &'static str) -> Field {
    let members = vec![text("name").max(MAX_NAME), text("address").required()];
    nested(name, object(members)).doc("Email.")
}

fn word(name: &'static str) -> Field {
    text(name).max(MAX_PROVIDER_WORD)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::problem::Code;

    fn read(template: &str, sent: &Value, old: Option<&Value>) -> Result<Value, Vec<Problem>> {
        let old = old.and_then(Value::as_object);
        TemplateContent::read(sent, old, &[("template", json!({ "id": template }))])
            .map(|(content, _)| serde_json::to_value(content).unwrap())
    }

    #[test]
    fn the_content_of_the_workflow_is_taken_as_it_stands() {
        let text =
            "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}";
        let sent = json!({"locale": "en", "content": text, "deliveryMethod": "SMS", "default": true, "template": {"id": "x"}});
        assert_eq!(
            read("transaction", &sent, None).unwrap(),
            json!({"template": {"id": "transaction"}, "default": false, "locale": "en", "deliveryMethod": "SMS", "content": text})
        );
    }

    #[test]
    fn every_channel_keeps_its_members_and_gets_its_defaults() {
        let everything = json!({
            "locale": "en", "content": "a ${otp}", "sender": "ACME", "subject": "s", "body": "b ${otp}", "title": "t",
            "pushCategory": "APPROVE_AND_OPEN_APP", "voice": "Man", "from": {"address": "a@b.example"},
            "replyTo": {"address": "a@b.example"}, "twilioVerifyTemplate": {"id": "x"}, "whatsAppTemplate": {"id": "w"},
        });
        let table: [(&str, &[&str]); 5] = [
            ("SMS", &["content", "sender", "twilioVerifyTemplate"]),
            ("Voice", &["content", "voice"]),
            ("Email", &["subject", "body", "from", "replyTo", "charset", "emailContentType"]),
            ("Push", &["body", "title", "pushCategory"]),
            ("WhatsApp", &["content", "whatsAppTemplate"]),
        ];
        for (method, members) in table {
            let template = if method == "Push" { "strong_authentication" } else { "device_pairing" };
            let mut sent = everything.clone();
            sent["deliveryMethod"] = json!(method);
            let read = read(template, &sent, None).unwrap();
            let names: Vec<&str> = read.as_object().unwrap().keys().map(String::as_str).skip(4).collect();
            assert_eq!(names, members, "{method}");
        }
        let push = json!({"locale": "en", "deliveryMethod": "Push", "title": "t", "body": "b"});
        assert_eq!(read("strong_authentication", &push, None).unwrap()["pushCategory"], "BANNER_BUTTONS");
    }

    #[test]
    fn each_fault_has_its_code_and_target() {
        let sms = json!({"locale": "en", "deliveryMethod": "SMS", "content": "${otp}"});
        let table = [
            ("locale", json!(null), Code::RequiredValue, "locale"),
            ("locale", json!("english!"), Code::InvalidValue, "locale"),
            ("deliveryMethod", json!("sms"), Code::InvalidValue, "deliveryMethod"),
            ("deliveryMethod", json!("Push"), Code::InvalidValue, "deliveryMethod"),
            ("content", json!("no code"), Code::RequiredValue, "content"),
            ("content", json!("x".repeat(661)), Code::SizeLimitExceeded, "content"),
            ("variant", json!("v".repeat(101)), Code::SizeLimitExceeded, "variant"),
            ("sender", json!("Twelve chars"), Code::SizeLimitExceeded, "sender"),
            ("from", json!({"name": "Acme"}), Code::RequiredValue, "from.address"),
            (
                "whatsAppTemplate",
                json!({"id": "x", "category": "MARKETING"}),
                Code::InvalidValue,
                "whatsAppTemplate.category",
            ),
        ];
        for (member, value, code, target) in table {
            let mut sent = sms.clone();
            sent[member] = value;
            let problems = read("device_pairing", &sent, None).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{sent}");
        }
    }

    #[test]
    fn language_and_channel_stay_what_they_were() {
        let old = json!({"template": {"id": "general"}, "default": false, "locale": "en", "deliveryMethod": "SMS", "content": "a"});
        let kept = read("general", &json!({"content": "b"}), Some(&old)).unwrap();
        assert_eq!((&kept["locale"], &kept["content"]), (&json!("en"), &json!("b")));
        for (member, value) in [("locale", "de"), ("deliveryMethod", "Voice")] {
            let problems = read("general", &json!({"content": "b", member: value}), Some(&old)).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (Code::InvalidValue, Some(member)));
        }
    }

    #[test]
    fn every_channel_can_be_chosen() {
        assert_eq!(METHODS, Channel::ALL.map(Channel::template_name));
    }
}
