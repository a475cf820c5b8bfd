//! A text message provider that answers from memory.

use postern_core::notify::gateway::{
    Gateway, GatewayError, Numbers, WhatsAppAccount, WhatsAppNumbers, WhatsAppTemplates,
};
use postern_core::policy::delivery_request::RequestChannel;
use postern_core::policy::phone_delivery::{NumberType, SenderNumber};
use postern_core::policy::whatsapp_delivery::{ApprovedTemplate, WhatsAppNumber};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;

/// Knows one account for each token: `wrong` is refused, `down` gets no answer, `empty` has no number,
/// and every other has two.
pub(crate) struct FakeGateway;

impl Gateway for FakeGateway {
    fn numbers<'a>(&'a self, _account: &'a str, token: &'a Secret, _now: Timestamp) -> Numbers<'a> {
        let answer = match token.expose().as_str() {
            "wrong" => Err(GatewayError::Credentials),
            "down" => Err(GatewayError::Unavailable),
            "empty" => Ok(Vec::new()),
            _ => Ok(vec![number("+15125550100"), number("+15125550101")]),
        };
        Box::pin(std::future::ready(answer))
    }

    fn whatsapp_numbers<'a>(&'a self, account: &'a WhatsAppAccount, _now: Timestamp) -> WhatsAppNumbers<'a> {
        let answer = match account.access_token.expose().as_str() {
            "wrong" => Err(GatewayError::Credentials),
            "down" => Err(GatewayError::Unavailable),
            "empty" => Ok(Vec::new()),
            _ => {
                Ok(vec![whatsapp_number("101", "+1 512-555-0101"), whatsapp_number("102", "+1 512-555-0102")])
            }
        };
        Box::pin(std::future::ready(answer))
    }

    fn whatsapp_templates<'a>(
        &'a self,
        _account: &'a WhatsAppAccount,
        _now: Timestamp,
    ) -> WhatsAppTemplates<'a> {
        let template = ApprovedTemplate {
            id: "9001".to_owned(),
            name: "strong_authentication".to_owned(),
            category: "AUTHENTICATION".to_owned(),
            language: "en".to_owned(),
            status: "APPROVED".to_owned(),
        };
        Box::pin(std::future::ready(Ok(vec![template])))
    }
}

fn whatsapp_number(id: &str, number: &str) -> WhatsAppNumber {
    WhatsAppNumber {
        number: number.to_owned(),
        number_id: id.to_owned(),
        selected: false,
        available: None,
        capabilities: None,
        quality_rating: Some("GREEN".to_owned()),
        created_at: None,
    }
}

fn number(number: &str) -> SenderNumber {
    SenderNumber {
        number: number.to_owned(),
        kind: NumberType::PhoneNumber,
        selected: Some(false),
        available: Some(true),
        capabilities: Some(vec![RequestChannel::Sms, RequestChannel::Voice]),
        supported_countries: None,
    }
}
