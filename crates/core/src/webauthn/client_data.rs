//! Client data: what the browser says about a ceremony.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use super::{Ceremony, WebauthnError, origin};
use crate::crypto::constant_time_eq;

/// Challenges shorter than this can be guessed; WebAuthn asks for 16 bytes.
const MIN_CHALLENGE: usize = 16;

/// The members of `clientDataJSON` that a relying party looks at; others may be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin")]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

impl ClientData {
    /// Reads the bytes of `clientDataJSON`. A member that is looked at may be there only once.
    ///
    /// # Errors
    /// [`WebauthnError::MalformedClientData`] when they are not the UTF-8 of such JSON.
    pub fn parse(bytes: &[u8]) -> Result<Self, WebauthnError> {
        let text = std::str::from_utf8(bytes).map_err(|_| WebauthnError::MalformedClientData)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        serde_json::from_str(text).map_err(|_| WebauthnError::MalformedClientData)
    }

    /// Checks the ceremony, the challenge, the origin against the one the caller named and the relying party, and
    /// that no foreign page framed the ceremony.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub(super) fn check(
        &self,
        ceremony: Ceremony,
        challenge: &[u8],
        rp_id: &str,
        named_origin: &str,
    ) -> Result<(), WebauthnError> {
        if self.kind != ceremony.name() {
            return Err(WebauthnError::WrongCeremony);
        }
        let expected = BASE64URL_NOPAD.encode(challenge);
        if challenge.len() < MIN_CHALLENGE
            || !constant_time_eq(expected.as_bytes(), self.challenge.as_bytes())
        {
            return Err(WebauthnError::ChallengeMismatch);
        }
        origin::check(&self.origin, named_origin, rp_id)?;
        if self.cross_origin == Some(true) || self.top_origin.is_some() {
            return Err(WebauthnError::CrossOrigin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &[u8; 16] = b"sixteen bytes ok";

    fn check(json: &str) -> Result<(), WebauthnError> {
        let json = json.replace("CHALLENGE", &BASE64URL_NOPAD.encode(CHALLENGE));
        ClientData::parse(json.as_bytes())?.check(
            Ceremony::Get,
            CHALLENGE,
            "example.com",
            "https://app.example.com",
        )
    }

    #[test]
    fn what_a_browser_writes_holds() {
        for json in [
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://app.example.com","crossOrigin":false}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://app.example.com"}"#,
            "\u{feff}{\"type\":\"webauthn.get\",\"challenge\":\"CHALLENGE\",\"origin\":\"https://app.example.com\"}",
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://app.example.com","other_keys_can_be_added_here":"x","tokenBinding":{"status":"supported"}}"#,
        ] {
            assert_eq!(check(json), Ok(()), "{json}");
        }
    }

    #[test]
    fn each_broken_rule_has_its_name() {
        use WebauthnError::{
            ChallengeMismatch, CrossOrigin, MalformedClientData, OriginMismatch, WrongCeremony,
        };
        for (json, error) in [
            (
                r#"{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://app.example.com"}"#,
                WrongCeremony,
            ),
            (
                r#"{"type":"webauthn.get","challenge":"CHALLENGEA","origin":"https://app.example.com"}"#,
                ChallengeMismatch,
            ),
            (
                r#"{"type":"webauthn.get","challenge":"","origin":"https://app.example.com"}"#,
                ChallengeMismatch,
            ),
            (
                r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://www.example.com"}"#,
                OriginMismatch,
            ),
            (
                r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://app.example.com","crossOrigin":true}"#,
                CrossOrigin,
            ),
            (
                r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://app.example.com","topOrigin":"https://evil.example"}"#,
                CrossOrigin,
            ),
            (
                r#"{"type":"webauthn.get","type":"webauthn.get","challenge":"CHALLENGE","origin":"https://app.example.com"}"#,
                MalformedClientData,
            ),
            (r#"{"type":"webauthn.get","origin":"https://app.example.com"}"#, MalformedClientData),
            ("[]", MalformedClientData),
            ("", MalformedClientData),
        ] {
            assert_eq!(check(json), Err(error), "{json}");
        }
        assert_eq!(ClientData::parse(b"\xff"), Err(MalformedClientData));
    }

    #[test]
    fn a_challenge_that_could_be_guessed_is_never_met() {
        let json = br#"{"type":"webauthn.get","challenge":"","origin":"https://app.example.com"}"#;
        let checked = ClientData::parse(json).unwrap().check(
            Ceremony::Get,
            b"",
            "example.com",
            "https://app.example.com",
        );
        assert_eq!(checked, Err(WebauthnError::ChallengeMismatch));
    }
}
