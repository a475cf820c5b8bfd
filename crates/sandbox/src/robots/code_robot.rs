//! Robots that make codes by themselves: authenticator applications and hardware tokens.

use data_encoding::HEXLOWER_PERMISSIVE;
use postern_core::oath::{CodeMaker, Digits, HashAlgorithm, drift};
use postern_core::problem::Problem;
use postern_core::schema::{Field, integer, one_of, text};
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bytes::Bytes;
use super::key_uri::{KeyUri, base32};

/// Seconds of a step where it is not said.
const STEP: i64 = 30;
/// Digits of a code where it is not said.
const DIGITS: i64 = 6;

/// A key, and how codes are made of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seed {
    secret: Bytes,
    pub(super) hash_algorithm: HashAlgorithm,
    pub(super) otp_length: i64,
}

/// A robot with a clock: TOTP.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockRobot {
    #[serde(flatten)]
    pub(super) seed: Seed,
    /// In seconds.
    pub(super) time_step: i64,
}

/// A robot with a button: HOTP.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ButtonRobot {
    #[serde(flatten)]
    pub(super) seed: Seed,
    /// Where the next code stands.
    pub(super) counter: u64,
}

/// The members of the body that makes one.
pub(super) fn fields() -> Vec<Field> {
    vec![
        text("keyUri").max(2048).doc("TOTP, HOTP: what the QR code says; in place of all below."),
        text("secret").max(400).doc("TOTP: the key in base32. HOTP: in hexadecimal digits."),
        one_of("secretFormat", &["BASE32", "HEX"])
            .doc("How the secret is written, where it is written otherwise."),
        one_of("hashAlgorithm", HashAlgorithm::WORDS),
        integer("otpLength", 6, 8).whole(),
        integer("timeStep", 1, 3600).whole().doc("TOTP: seconds of a step."),
        integer("counter", 0, i64::MAX - 1_000_000).whole().doc("HOTP: where the first code stands."),
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    key_uri: Option<String>,
    secret: Option<String>,
    secret_format: Option<String>,
    hash_algorithm: Option<HashAlgorithm>,
    otp_length: Option<i64>,
    time_step: Option<i64>,
    counter: Option<i64>,
}

impl ClockRobot {
    /// Reads the checked body.
    pub(super) fn read(members: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let key = key(members, false, problems)?;
        let seed = seed(&key, problems)?;
        if !(1..=3600).contains(&key.period) {
            problems.push(Problem::out_of_range("timeStep", 1, 3600));
            return None;
        }
        Some(Self { seed, time_step: key.period })
    }

    /// The code at a moment, and when the next one comes.
    pub(super) fn code(&self, now: Timestamp, offset: Span) -> (Secret, Timestamp) {
        let step = drift::step_at(now.plus(offset), self.time_step);
        let ends = Timestamp::from_seconds(step.saturating_add(1).saturating_mul(self.time_step));
        (self.seed.maker().code(step.unsigned_abs()), ends.minus(offset))
    }
}

impl ButtonRobot {
    /// Reads the checked body.
    pub(super) fn read(members: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let key = key(members, true, problems)?;
        Some(Self { seed: seed(&key, problems)?, counter: key.counter.unsigned_abs() })
    }

    /// Presses the button so many times in vain and then once more. Gives the code and where it stands.
    pub(super) fn press(&mut self, in_vain: u64) -> (Secret, u64) {
        let at = self.counter.saturating_add(in_vain);
        self.counter = at.saturating_add(1);
        (self.seed.maker().code(at), at)
    }
}

impl Seed {
    fn maker(&self) -> CodeMaker {
        let digits = Digits::from_length(self.otp_length).unwrap_or(Digits::Six);
        CodeMaker::new(self.secret.0.expose(), self.hash_algorithm, digits)
    }
}

fn seed(key: &KeyUri, problems: &mut Vec<Problem>) -> Option<Seed> {
    if Digits::from_length(key.digits).is_none() {
        problems.push(Problem::invalid("otpLength", "must be 6 or 8"));
        return None;
    }
    let secret = Bytes::from(key.secret.clone());
    Some(Seed { secret, hash_algorithm: key.algorithm, otp_length: key.digits })
}

/// The key, from the text of a QR code or from its parts.
fn key(members: &Value, by_button: bool, problems: &mut Vec<Problem>) -> Option<KeyUri> {
    let body: Body = match serde_json::from_value(members.clone()) {
        Ok(body) => body,
        Err(error) => {
            problems.push(Problem::invalid("type", error.to_string()));
            return None;
        }
    };
    let found = match (&body.key_uri, &body.secret) {
        (Some(uri), _) => of_uri(uri, by_button),
        (None, Some(secret)) => of_parts(&body, secret, by_button),
        (None, None) => Err(Problem::required("secret")),
    };
    found.map_err(|problem| problems.push(problem)).ok()
}

fn of_uri(uri: &str, by_button: bool) -> Result<KeyUri, Problem> {
    let key = KeyUri::parse(uri).map_err(|why| Problem::invalid("keyUri", why.to_string()))?;
    if key.by_button == by_button {
        Ok(key)
    } else {
        Err(Problem::invalid("keyUri", "is for the other type"))
    }
}

fn of_parts(body: &Body, secret: &str, by_button: bool) -> Result<KeyUri, Problem> {
    let hexadecimal = match body.secret_format.as_deref() {
        Some(format) => format == "HEX",
        None => by_button,
    };
    let (decoded, form) = if hexadecimal {
        (HEXLOWER_PERMISSIVE.decode(secret.as_bytes()).ok(), "must be an even number of hexadecimal digits")
    } else {
        (base32(secret), "must be base32")
    };
    let secret = decoded.filter(|bytes| !bytes.is_empty()).ok_or_else(|| Problem::invalid("secret", form))?;
    Ok(KeyUri {
        by_button,
        secret,
        algorithm: body.hash_algorithm.unwrap_or(HashAlgorithm::HmacSha1),
        digits: body.otp_length.unwrap_or(DIGITS),
        period: body.time_step.unwrap_or(STEP),
        counter: body.counter.unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(59);

    #[test]
    fn a_clock_gives_the_values_of_rfc_6238() {
        let mut problems = Vec::new();
        let body = json!({"secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "otpLength": 8});
        let robot = ClockRobot::read(&body, &mut problems).unwrap();
        let (code, until) = robot.code(NOW, Span::ZERO);
        assert_eq!((code.expose().as_str(), until.seconds()), ("94287082", 60));
        let (code, until) = robot.code(NOW, Span::seconds(1_111_111_109 - 59));
        assert_eq!(
            (code.expose().as_str(), until.seconds()),
            ("07081804", 1_111_111_110 - (1_111_111_109 - 59))
        );
    }

    #[test]
    fn a_button_never_gives_a_code_twice_and_can_be_pressed_in_vain() {
        let body = json!({"secret": "3132333435363738393031323334353637383930"});
        let mut robot = ButtonRobot::read(&body, &mut Vec::new()).unwrap();
        let mut codes: Vec<String> = (0..2).map(|_| robot.press(0).0.expose().clone()).collect();
        let (code, at) = robot.press(2);
        codes.push(code.expose().clone());
        // RFC 4226, appendix D: counters 0, 1 and 4.
        assert_eq!(codes, ["755224", "287082", "338314"]);
        assert_eq!((at, robot.counter), (4, 5));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, target) in [
            (json!({}), "secret"),
            (json!({"secret": "not base32!"}), "secret"),
            (json!({"secret": "GEZDGNBV", "otpLength": 7}), "otpLength"),
            (json!({"keyUri": "otpauth://hotp/x?secret=GEZDGNBV"}), "keyUri"),
            (json!({"keyUri": "otpauth://totp/x?secret=GEZDGNBV&period=0"}), "timeStep"),
        ] {
            let mut problems = Vec::new();
            assert!(ClockRobot::read(&body, &mut problems).is_none());
            assert_eq!(problems[0].target.as_deref(), Some(target), "{body}");
        }
    }
}
