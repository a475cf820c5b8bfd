//! The application's side of the device protocol (docs/reference/device-protocol.md), without a network: it makes signed
//! requests and reads the answers. Robots and tests put the wire between.
//!
//! Owns the key, the passcode seed and the number of the device. It is honest;
//! who wants a dishonest phone changes the requests.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use postern_core::devices::mobile::MobilePayload;
use postern_core::devices::proof::{self, Covered};
use postern_core::ids::EnvironmentId;
use postern_core::jose::signing::{SigningAlgorithm, SigningError, SigningKey};
use postern_core::mfa::push::request::Decision;
use postern_core::oath::{CodeMaker, Digits, HashAlgorithm, drift};
use postern_core::random::Random;
use postern_core::secret::Secret;
use postern_core::time::Timestamp;
use serde_json::{Map, Value, json};

/// A request ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// `GET`, `POST` …
    pub method: &'static str,
    /// Path and query below the address of the authorization service.
    pub path: String,
    /// JSON; empty when there is none.
    pub body: String,
    /// The value of the header [`proof::HEADER`].
    pub proof: String,
}

/// Where a phone lives in time and chance.
#[derive(Clone, Copy)]
pub struct Moment<'m> {
    /// What its clock shows.
    pub now: Timestamp,
    /// Where it takes random bytes from.
    pub random: &'m Random,
}

/// An application on a phone.
pub struct Phone {
    environment: EnvironmentId,
    key: SigningKey,
    paired: Option<Pairing>,
}

struct Pairing {
    device: String,
    seed: Secret<Vec<u8>>,
    period: i64,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phone").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// Something that a phone cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// The key cannot be made or used.
    #[error(transparent)]
    Key(#[from] SigningError),
    /// It is not paired.
    #[error("the phone is not paired")]
    NotPaired,
    /// An answer lacks what the protocol promises.
    #[error("the answer is not one of the device protocol")]
    Answer,
}

/// A new key on its way: it counts once the server has taken it.
pub struct NewKey(SigningKey);

impl Phone {
    /// A phone with a fresh key that is not paired.
    ///
    /// # Errors
    /// [`PhoneError::Key`].
    pub fn new(environment: EnvironmentId) -> Result<Self, PhoneError> {
        Ok(Self { environment, key: fresh()?, paired: None })
    }

    /// A phone as it was kept.
    ///
    /// # Errors
    /// [`PhoneError`] when the parts are not those of a phone.
    pub fn restore(environment: EnvironmentId, kept: &Kept) -> Result<Self, PhoneError> {
        let key = SigningKey::from_pkcs8(SigningAlgorithm::ES256, KID, &kept.key)?;
        let pairing = |device: &String| Pairing {
            device: device.clone(),
            seed: kept.seed.clone(),
            period: kept.period,
        };
        Ok(Self { environment, key, paired: kept.device.as_ref().map(pairing) })
    }

    /// What to keep of it. Secret as a whole.
    ///
    /// # Errors
    /// [`PhoneError::Key`].
    pub fn keep(&self) -> Result<Kept, PhoneError> {
        Ok(Kept {
            key: self.key.to_pkcs8()?,
            device: self.paired.as_ref().map(|pairing| pairing.device.clone()),
            seed: self.paired.as_ref().map(|pairing| pairing.seed.clone()).unwrap_or_default(),
            period: self.paired.as_ref().map_or(0, |pairing| pairing.period),
        })
    }

    /// The device that it is.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        self.paired.as_ref().map(|pairing| pairing.device.as_str())
    }

    /// Claims a pairing key for an application. `facts` are further members, such as `os` and `push`.
    ///
    /// # Errors
    /// [`PhoneError::Key`].
    pub fn claim(
        &self,
        moment: Moment<'_>,
        pairing_key: &str,
        application: &str,
        facts: &Value,
    ) -> Result<SignedRequest, PhoneError> {
        let mut body = json!({
            "pairingKey": pairing_key, "publicKey": self.key.public_jwk(), "application": { "id": application },
        });
        if let (Some(body), Some(facts)) = (body.as_object_mut(), facts.as_object()) {
            body.extend(facts.clone());
        }
        self.sign(moment, "POST", format!("/{}/devices", self.environment), body.to_string())
    }

    /// Reads the answer to a claim. From then on it is paired.
    ///
    /// # Errors
    /// [`PhoneError::Answer`].
    pub fn paired(&mut self, answer: &Value) -> Result<(), PhoneError> {
        let text = |path: &str| answer.pointer(path).and_then(Value::as_str).ok_or(PhoneError::Answer);
        let seed = BASE32_NOPAD.decode(text("/otp/secret")?.as_bytes()).map_err(|_| PhoneError::Answer)?;
        let period = answer.pointer("/otp/period").and_then(Value::as_i64).ok_or(PhoneError::Answer)?;
        let device = text("/id")?.to_owned();
        self.paired = Some(Pairing { device, seed: Secret::new(seed), period });
        Ok(())
    }

    /// Any request about the own device. `rest` follows the device's path, such as `/requests?wait=25`.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn request(
        &self,
        moment: Moment<'_>,
        method: &'static str,
        rest: &str,
        body: &Value,
    ) -> Result<SignedRequest, PhoneError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.sign(moment, method, format!("{}{rest}", self.own_path()?), body)
    }

    /// Looks for push requests, waiting so many seconds for one.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn look(&self, moment: Moment<'_>, wait: u8) -> Result<SignedRequest, PhoneError> {
        let rest = if wait == 0 { "/requests".to_owned() } else { format!("/requests?wait={wait}") };
        self.request(moment, "GET", &rest, &Value::Null)
    }

    /// Answers a push request as it was found.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn answer(
        &self,
        moment: Moment<'_>,
        request: &Value,
        decision: Decision,
        number: Option<i64>,
    ) -> Result<SignedRequest, PhoneError> {
        let text = |name: &str| request.get(name).and_then(Value::as_str).ok_or(PhoneError::Answer);
        let mut body = Map::from_iter([
            ("answer".to_owned(), json!(decision)),
            ("challenge".to_owned(), json!(text("challenge")?)),
            ("detailsDigest".to_owned(), json!(proof::digest(text("details")?.as_bytes()))),
        ]);
        body.extend(number.map(|number| ("number".to_owned(), json!(number))));
        self.request(moment, "POST", &format!("/requests/{}", text("id")?), &Value::Object(body))
    }

    /// Changes the key. The new one counts once [`Phone::changed_key`] is told that the server took it.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn change_key(&self, moment: Moment<'_>) -> Result<(SignedRequest, NewKey), PhoneError> {
        let new = fresh()?;
        let path = format!("{}/key", self.own_path()?);
        let covered = Covered { method: "PUT", path: &path, body: b"" };
        let proof = proof::sign(&new, covered, moment.now, &nonce(moment.random))?;
        let body = json!({ "publicKey": new.public_jwk(), "newKeyProof": proof });
        Ok((self.sign(moment, "PUT", path, body.to_string())?, NewKey(new)))
    }

    /// The server took the new key.
    pub fn changed_key(&mut self, NewKey(key): NewKey) {
        self.key = key;
    }

    /// What it gives the server that it signs its user on with.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn payload(&self, moment: Moment<'_>) -> Result<String, PhoneError> {
        let device = self.device().ok_or(PhoneError::NotPaired)?;
        let path = MobilePayload::path(self.environment, device);
        let covered = MobilePayload::covered(&path);
        let proof = proof::sign(&self.key, covered, moment.now, &nonce(moment.random))?;
        Ok(json!({ "device": device, "proof": proof }).to_string())
    }

    /// The passcode that it shows.
    ///
    /// # Errors
    /// [`PhoneError::NotPaired`].
    pub fn passcode(&self, now: Timestamp) -> Result<Secret, PhoneError> {
        let pairing = self.paired.as_ref().ok_or(PhoneError::NotPaired)?;
        let maker = CodeMaker::new(pairing.seed.expose(), HashAlgorithm::HmacSha1, Digits::Six);
        Ok(maker.code(drift::step_at(now, pairing.period).unsigned_abs()))
    }

    /// The path of the own device.
    fn own_path(&self) -> Result<String, PhoneError> {
        let device = self.device().ok_or(PhoneError::NotPaired)?;
        Ok(format!("/{}/devices/{device}", self.environment))
    }

    fn sign(
        &self,
        moment: Moment<'_>,
        method: &'static str,
        path: String,
        body: String,
    ) -> Result<SignedRequest, PhoneError> {
        let covered = Covered { method, path: &path, body: body.as_bytes() };
        let proof = proof::sign(&self.key, covered, moment.now, &nonce(moment.random))?;
        Ok(SignedRequest { method, path, body, proof })
    }
}

/// What a phone keeps in its safe place.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its key, PKCS#8.
    pub key: Secret<Vec<u8>>,
    /// The device that it is.
    pub device: Option<String>,
    /// The seed of its passcodes.
    pub seed: Secret<Vec<u8>>,
    /// How long each passcode stands, in seconds.
    pub period: i64,
}

const KID: &str = "phone";

fn fresh() -> Result<SigningKey, PhoneError> {
    Ok(SigningKey::generate(SigningAlgorithm::ES256, KID)?)
}

fn nonce(random: &Random) -> String {
    BASE64URL_NOPAD.encode(&random.bytes::<16>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_comes_back_as_it_was_kept() {
        let random = Random::seeded(1);
        let environment = EnvironmentId::new(&random);
        let mut phone = Phone::new(environment).unwrap();
        assert_eq!(phone.passcode(Timestamp::from_seconds(59)).unwrap_err(), PhoneError::NotPaired);
        let seed = BASE32_NOPAD.encode(b"12345678901234567890");
        phone.paired(&json!({"id": "d", "otp": {"secret": seed, "period": 30}})).unwrap();
        let again = Phone::restore(environment, &phone.keep().unwrap()).unwrap();
        assert_eq!(again.device(), Some("d"));
        // RFC 6238, appendix B, cut to six digits.
        assert_eq!(again.passcode(Timestamp::from_seconds(59)).unwrap().expose(), "287082");
    }

    #[test]
    fn an_answer_covers_the_details_as_they_came() {
        let random = Random::seeded(2);
        let mut phone = Phone::new(EnvironmentId::new(&random)).unwrap();
        phone.paired(&json!({"id": "d", "otp": {"secret": "AAAA", "period": 30}})).unwrap();
        let moment = Moment { now: Timestamp::from_seconds(1), random: &random };
        let request = json!({"id": "r", "challenge": "c", "details": "{\"a\": 1}"});
        let signed = phone.answer(moment, &request, Decision::Approve, Some(42)).unwrap();
        let body: Value = serde_json::from_str(&signed.body).unwrap();
        assert_eq!(body["detailsDigest"], proof::digest(b"{\"a\": 1}"));
        assert_eq!((&body["answer"], &body["number"]), (&json!("APPROVE"), &json!(42)));
        assert!(signed.path.ends_with("/devices/d/requests/r"));
    }
}
