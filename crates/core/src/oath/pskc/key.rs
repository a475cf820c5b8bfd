//! One key package: a token.

use data_encoding::{BASE64, HEXUPPER};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::protection::Protection;
use super::xml::Element;
use crate::oath::import::SeedFile;
use crate::oath::token::{MAX_SERIAL, TokenType};
use crate::problem::Problem;
use crate::secret::Secret;

/// A key package as an API call would send it.
pub(super) struct Package {
    body: Value,
    drift: i64,
}

impl Package {
    /// Takes it into the file.
    pub(super) fn add(self, entry: usize, file: &mut SeedFile) {
        let before = file.tokens.len();
        file.add(entry, &self.body);
        if let Some((_, new)) = file.tokens.get_mut(before)
            && let Some(clock) = &mut new.token.totp
        {
            clock.used.drift = self.drift;
        }
    }
}

/// Reads a key package.
///
/// # Errors
/// Its serial number, if it has one that can be one, and what is wrong.
pub(super) fn read(package: &Element, protection: &Protection) -> Result<Package, (Option<String>, Problem)> {
    let serial = serial(package);
    let kept = serial.clone().filter(|serial| serial.len() <= MAX_SERIAL);
    token(package, protection, serial).map_err(|problem| (kept, problem))
}

fn serial(package: &Element) -> Option<String> {
    let printed = package.text_at(&["DeviceInfo", "SerialNo"]).filter(|text| !text.is_empty());
    printed.or_else(|| package.child("Key")?.attribute("Id")).map(str::to_owned)
}

fn token(package: &Element, protection: &Protection, serial: Option<String>) -> Result<Package, Problem> {
    let key = package.child("Key").ok_or_else(|| Problem::required("key"))?;
    let kind = kind(key)?;
    let secret = secret(key, protection)?;
    let mut body = Map::new();
    if let Some(serial) = serial {
        body.insert("serialNumber".to_owned(), serial.into());
    }
    let hexadecimal = Zeroizing::new(HEXUPPER.encode(secret.expose()));
    body.insert("secret".to_owned(), hexadecimal.as_str().into());
    body.insert("type".to_owned(), kind.as_str().into());
    body.insert("otpLength".to_owned(), length(key)?);
    if let Some(suite) = key.text_at(&["AlgorithmParameters", "Suite"]).filter(|suite| !suite.is_empty()) {
        body.insert("hashAlgorithm".to_owned(), hash(suite).into());
    }
    let mut drift = 0;
    match kind {
        TokenType::Hotp => {
            body.insert("hotp".to_owned(), json!({ "counter": number(key, "Counter")?.unwrap_or_default() }));
        }
        TokenType::Totp => {
            if number(key, "Time")?.is_some_and(|begin| begin != 0) {
                return Err(Problem::invalid("time", "must be 0: steps are counted from 1970"));
            }
            let step = number(key, "TimeInterval")?.unwrap_or(30);
            body.insert("totp".to_owned(), json!({ "timeStep": step }));
            drift = number(key, "TimeDrift")?.unwrap_or_default();
        }
    }
    Ok(Package { body: Value::Object(body), drift })
}

/// The algorithm: `urn:ietf:params:xml:ns:keyprov:pskc:hotp`, or `#hotp` in older files.
fn kind(key: &Element) -> Result<TokenType, Problem> {
    let name = key.attribute("Algorithm").unwrap_or_default();
    let last = name.rsplit([':', '#']).next().unwrap_or_default();
    TokenType::from_word(&last.to_ascii_uppercase())
        .ok_or_else(|| Problem::not_allowed("algorithm", TokenType::WORDS))
}

fn length(key: &Element) -> Result<Value, Problem> {
    let Some(format) = key.at(&["AlgorithmParameters", "ResponseFormat"]) else { return Ok(json!(6)) };
    match format.attribute("Encoding") {
        None | Some("DECIMAL") => Ok(format.attribute("Length").unwrap_or("6").into()),
        Some(_) => Err(Problem::not_allowed("responseFormat", &["DECIMAL"])),
    }
}

/// `HMAC-SHA256` and its like; the body's check refuses others.
fn hash(suite: &str) -> String {
    let plain = suite.to_ascii_uppercase().replace(['-', '_'], "");
    let bare = plain.rsplit("HMAC").next().unwrap_or_default();
    format!("Hmac{bare}")
}

fn secret(key: &Element, protection: &Protection) -> Result<Secret<Vec<u8>>, Problem> {
    let value = key.at(&["Data", "Secret"]).ok_or_else(|| Problem::required("secret"))?;
    if let Some(plain) = value.text_at(&["PlainValue"]) {
        return decoded(plain).ok_or_else(|| Problem::invalid("secret", "is not in base64"));
    }
    match value.child("EncryptedValue") {
        Some(encrypted) => protection.open(encrypted, value.text_at(&["ValueMAC"])),
        None => Err(Problem::required("secret")),
    }
}

/// A number in clear; an encrypted one is refused.
fn number(key: &Element, name: &str) -> Result<Option<i64>, Problem> {
    let Some(value) = key.at(&["Data", name]) else { return Ok(None) };
    let number = value.text_at(&["PlainValue"]).and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| Problem::invalid(name, "must be a number in clear"))
}

/// Base64, with any white space in it.
pub(super) fn decoded(text: &str) -> Option<Secret<Vec<u8>>> {
    let compact: String = text.split_ascii_whitespace().collect();
    BASE64.decode(compact.as_bytes()).ok().map(Secret::new)
}
