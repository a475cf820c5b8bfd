//! OATH_TOKEN devices: which token.

use serde_json::Value;

use super::given;
use crate::oath::token::MAX_SERIAL;
use crate::problem::Problem;
use crate::schema::{Field, text};

/// Which token.
#[derive(Debug, Clone)]
pub struct TokenWish {
    /// What is printed on it.
    pub serial_number: String,
}

/// The members of the body.
pub fn fields() -> Vec<Field> {
    vec![text("serialNumber").max(MAX_SERIAL).doc("Needed by OATH_TOKEN: what is printed on the token.")]
}

/// Reads what was sent.
pub fn read(members: &Value, problems: &mut Vec<Problem>) -> Option<TokenWish> {
    given("serialNumber", members, problems)
        .map(|serial| TokenWish { serial_number: serial.trim().to_owned() })
}
