//! A text message provider that answers from memory.

use postern_core::notify::gateway::{Gateway, GatewayError, Numbers};
use postern_core::policy::delivery_request::RequestChannel;
use postern_core::policy::phone_delivery::{NumberType, SenderNumber};
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
