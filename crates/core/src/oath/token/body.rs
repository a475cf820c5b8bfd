//! The body of a token.

use std::sync::LazyLock;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::{Map, Value, json};

use super::{MAX_SERIAL, OathToken, TokenType};
use crate::oath::hotp::{Digits, HashAlgorithm};
use crate::problem::Problem;
use crate::schema::{Declared, Object, integer, nested, object, one_of, sealed, text};

/// Longest key, in hexadecimal digits.
const MAX_SECRET: usize = 200;
/// Shortest key: 80 bits, what the oldest tokens have.
const MIN_SECRET: usize = 20;
/// Largest counter and row number: what every client can write as a number.
const MOST: i64 = 9_007_199_254_740_991;
/// Seconds of a time step.
const STEPS: [i64; 2] = [30, 60];

impl Declared for OathToken {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("serialNumber")
                    .required()
                    .max(MAX_SERIAL)
                    .pattern("letters and digits", is_serial)
                    .doc("What is printed on the token; unique in the environment."),
                text("secret")
                    .required()
                    .max(MAX_SECRET)
                    .pattern("an even number of hexadecimal digits, 20 at least", is_secret)
                    .secret()
                    .doc("The key in hexadecimal digits. Never shown."),
                one_of("type", TokenType::WORDS).required(),
                integer("otpLength", 6, 8).required().doc("6 or 8."),
                one_of("hashAlgorithm", HashAlgorithm::WORDS)
                    .default(HashAlgorithm::HmacSha1.as_str())
                    .doc("HOTP tokens know HmacSHA1 only."),
                nested("hotp", object(vec![integer("counter", 0, MOST).default(0)]))
                    .doc("HOTP: the counter of the next code."),
                nested(
                    "totp",
                    object(vec![
                        integer("timeStep", 30, 60).required().doc("30 or 60 seconds."),
                        integer("drift", -MOST, MOST)
                            .read_only()
                            .doc("By how many time steps the clock is ahead."),
                    ]),
                )
                .doc("TOTP: its clock; needed."),
                integer("rowNumber", 0, MOST)
                    .write_only()
                    .doc("The row of the file that the token came from; named in error messages."),
                sealed(),
            ])
        });
        &SCHEMA
    }

    /// A token has what its type has.
    fn fill(checked: &mut Map<String, Value>) {
        let hotp = checked.get("type").and_then(Value::as_str) == Some(TokenType::Hotp.as_str());
        if hotp {
            checked.shift_remove("totp");
            checked.entry("hotp").or_insert_with(|| json!({ "counter": 0 }));
        } else {
            checked.shift_remove("hotp");
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if Digits::from_length(self.otp_length).is_none() {
            problems.push(Problem::not_allowed("otpLength", &["6", "8"]));
        }
        match (self.kind, self.totp) {
            (TokenType::Hotp, _) if self.hash_algorithm != HashAlgorithm::HmacSha1 => {
                problems.push(Problem::not_allowed("hashAlgorithm", &[HashAlgorithm::HmacSha1.as_str()]));
            }
            (TokenType::Totp, None) => problems.push(Problem::required("totp.timeStep")),
            (TokenType::Totp, Some(clock)) if !STEPS.contains(&clock.time_step) => {
                problems.push(Problem::not_allowed("totp.timeStep", &["30", "60"]));
            }
            _ => {}
        }
        problems
    }
}

/// Whether the text can be a serial number.
pub(crate) fn is_serial(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_secret(text: &str) -> bool {
    text.len() >= MIN_SECRET && HEXLOWER_PERMISSIVE.decode_len(text.len()).is_ok() && is_hexadecimal(text)
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
