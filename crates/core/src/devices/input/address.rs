//! Devices that codes are sent to: SMS, VOICE, WHATSAPP, EMAIL.

use serde_json::Value;

use super::given;
use crate::devices::kind::DeviceType;
use crate::email::EmailAddress;
use crate::phone::{self, Phone};
use crate::problem::Problem;
use crate::schema::{Field, text};

/// Where codes go. One of `phone` and `email` is there.
#[derive(Debug, Clone, Default)]
pub struct Address {
    /// E.164 number.
    pub phone: Option<String>,
    /// Digits to dial after the answer.
    pub extension: Option<String>,
    /// Mail address.
    pub email: Option<String>,
}

impl Address {
    /// The number or mail address.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.phone.as_deref().or(self.email.as_deref())
    }
}

/// The members of the body.
pub fn fields() -> Vec<Field> {
    vec![
        text("phone").max(32).doc("Needed by SMS, VOICE and WHATSAPP: international form with country code."),
        text("extension").max(32).doc("VOICE: digits, `#`, `*` and `,` to dial after the answer."),
        text("email").max(254).doc("Needed by EMAIL."),
    ]
}

/// Reads the address that the type needs.
pub fn read(kind: DeviceType, members: &Value, problems: &mut Vec<Problem>) -> Option<Address> {
    if kind == DeviceType::Email {
        return Some(Address { email: Some(mail(members, problems)?), ..Address::default() });
    }
    let number = number(members, problems);
    let extension = members.get("extension").and_then(Value::as_str).filter(|_| kind == DeviceType::Voice);
    if extension.is_some_and(|digits| !phone::is_extension(digits)) {
        problems.push(Problem::invalid("extension", "may hold digits, #, * and commas"));
    }
    Some(Address { phone: Some(number?), extension: extension.map(str::to_owned), email: None })
}

/// Reads `phone`.
pub fn number(members: &Value, problems: &mut Vec<Problem>) -> Option<String> {
    let Ok(phone) = Phone::parse(given("phone", members, problems)?) else {
        let why = "must be a phone number in international form, such as +1.5125550101";
        problems.push(Problem::invalid("phone", why));
        return None;
    };
    Some(phone.to_string())
}

fn mail(members: &Value, problems: &mut Vec<Problem>) -> Option<String> {
    let Ok(email) = EmailAddress::parse(given("email", members, problems)?) else {
        problems.push(Problem::invalid("email", "must be an e-mail address"));
        return None;
    };
    Some(email.to_string())
}
