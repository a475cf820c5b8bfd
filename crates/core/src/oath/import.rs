//! A token on its way in, from a request or from a seed file.

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::token::OathToken;
use crate::problem::Problem;
use crate::schema::Declared;
use crate::secret::Secret;

/// A token with its key in clear.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// All but the key.
    pub token: OathToken,
    /// The key.
    pub secret: Secret<Vec<u8>>,
    /// The key as it may be shown: its first two characters and stars.
    pub masked: String,
}

impl NewToken {
    /// Reads the body of a token.
    ///
    /// # Errors
    /// Every fault.
    pub fn read(body: &Value) -> Result<Self, Vec<Problem>> {
        let (token, secrets) = OathToken::read(body, None, &[])?;
        let text = secrets.text(&["secret"]).unwrap_or_default();
        Self::with_key(token, text).ok_or_else(|| vec![Problem::required("secret")])
    }

    /// A checked token and its key in hexadecimal digits; nothing when they are none.
    #[must_use]
    pub fn with_key(token: OathToken, key: &str) -> Option<Self> {
        let secret = HEXLOWER_PERMISSIVE.decode(key.as_bytes()).ok()?;
        Some(Self { token, secret: Secret::new(secret), masked: masked(key) })
    }
}

fn masked(secret: &str) -> String {
    secret.chars().take(2).chain("******".chars()).collect()
}

/// A serial number that was there already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Duplicate {
    /// The serial number.
    pub serial_number: String,
    /// The first two characters of the key that was sent with it.
    pub masked_secret: String,
}

/// What is wrong with one entry of a seed file.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Which entry: the line of a CSV file, the number of a key package, from 1.
    pub entry: usize,
    /// Its serial number, where it has one that can be one.
    pub serial_number: Option<String>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// What a seed file holds.
#[derive(Debug, Default)]
pub struct SeedFile {
    /// The tokens that can be imported, with the entries that they come from.
    pub tokens: Vec<(usize, NewToken)>,
    /// The entries that cannot.
    pub faults: Vec<Fault>,
}

impl SeedFile {
    /// Takes an entry in, or notes what is wrong with it.
    pub(super) fn add(&mut self, entry: usize, body: &Value) {
        match NewToken::read(body) {
            Ok(token) => self.tokens.push((entry, token)),
            Err(problems) => {
                let serial = body.get("serialNumber").and_then(Value::as_str);
                let serial = serial.filter(|serial| serial.len() <= super::token::MAX_SERIAL);
                self.faults.push(Fault { entry, serial_number: serial.map(str::to_owned), problems });
            }
        }
    }
}
