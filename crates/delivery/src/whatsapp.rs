//! WhatsApp through Meta's Cloud API.
//!
//! WhatsApp lets a business speak first only in words that it has approved, so a message is a template of the account
//! by its name, with the passcode as its only value: in the text and on the button that copies it.

mod account;
mod answer;
pub mod codes;

use futures_util::future::BoxFuture;
use postern_core::notify::content::WhatsAppTemplate;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::Timestamp;
use serde_json::{Value, json};

use crate::http::{Call, Outbound, OutboundError};
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};
use crate::settings::WhatsAppSettings;

pub use account::GraphAccount;

/// A business account that sends templates.
pub struct WhatsAppProvider {
    account: GraphAccount,
    number_id: Option<String>,
}

impl WhatsAppProvider {
    /// A provider from its settings; nothing is checked yet.
    #[must_use]
    pub fn new(settings: WhatsAppSettings, outbound: Outbound) -> Self {
        let WhatsAppSettings { number_id, access_token, app_secret, base_url } = settings;
        Self { account: GraphAccount::new(outbound, access_token, app_secret, base_url), number_id }
    }

    async fn send(&self, message: &OutboundMessage, now: Timestamp) -> Outcome {
        let Some(number) = &self.number_id else {
            return Outcome::misconfigured("no number of the WhatsApp account is selected");
        };
        let (Some(template), Some(code)) = (&message.whats_app, &message.otp) else {
            return Outcome::reject("WhatsApp carries nothing but passcodes in an approved template");
        };
        let body = body(message, template, code.expose());
        let call = match self.account.address(&[number, "messages"]) {
            Ok(url) => Call::post(url).json(&body),
            Err(error) => return error.outcome(),
        };
        match self.account.send(call, now).await {
            Ok(answer) => answer::outcome(&answer),
            Err(error) => OutboundError::outcome(error),
        }
    }
}

fn body(message: &OutboundMessage, template: &WhatsAppTemplate, code: &str) -> Value {
    let code = json!([{ "type": "text", "text": code }]);
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to,
        "type": "template",
        // Comes back with the reports on the message.
        "biz_opaque_callback_data": message.id,
        "template": {
            "name": template.name.as_deref().unwrap_or(&template.id),
            "language": { "policy": "deterministic", "code": language(template, &message.locale) },
            "components": [
                { "type": "body", "parameters": code },
                { "type": "button", "sub_type": "url", "index": "0", "parameters": code },
            ],
        },
    })
}

/// In the spelling of Meta: `en`, `en_US`.
fn language(template: &WhatsAppTemplate, locale: &str) -> String {
    let tag = template.language.as_deref().unwrap_or(locale).replace('-', "_");
    match tag.split_once('_') {
        Some((language, region)) => {
            format!("{}_{}", language.to_ascii_lowercase(), region.to_ascii_uppercase())
        }
        None => tag.to_ascii_lowercase(),
    }
}

impl Provider for WhatsAppProvider {
    fn name(&self) -> &str {
        "WHATSAPP"
    }

    fn serves(&self, channel: Channel) -> bool {
        channel == Channel::WhatsApp
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send(message, attempt.now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_written_as_meta_writes_them() {
        let template = |language: Option<&str>| WhatsAppTemplate {
            id: "1".to_owned(),
            name: None,
            category: None,
            language: language.map(str::to_owned),
        };
        for (given, locale, expected) in [
            (Some("en_US"), "de", "en_US"),
            (Some("pt-br"), "de", "pt_BR"),
            (None, "DE", "de"),
            (None, "en-gb", "en_GB"),
        ] {
            assert_eq!(language(&template(given), locale), expected);
        }
    }
}
