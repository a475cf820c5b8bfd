//! The options that Postern hands out: JSON in a text, with bytes as arrays of signed numbers.

use serde::Deserialize;

use super::AuthenticatorError;

/// What a new passkey is to be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationOptions {
    /// The bytes to sign.
    pub challenge: Vec<u8>,
    /// The relying party's domain.
    pub rp_id: String,
    /// The user's handle: 1 to 64 bytes.
    pub user_handle: Vec<u8>,
    /// The COSE algorithms that are offered.
    pub algorithms: Vec<i64>,
    /// Whether the passkey is to name its user: wished for, or required.
    pub discoverable: bool,
    /// Whether the client is to tell if it does.
    pub asks_properties: bool,
}

/// What a passkey is to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestOptions {
    /// The bytes to sign.
    pub challenge: Vec<u8>,
    /// The relying party's domain.
    pub rp_id: String,
    /// The ids of the credentials that may answer; none for any that names its user.
    pub credentials: Vec<Vec<u8>>,
}

impl CreationOptions {
    /// Reads `publicKeyCredentialCreationOptions`.
    ///
    /// # Errors
    /// [`AuthenticatorError::InvalidOptions`].
    pub fn parse(text: &str) -> Result<Self, AuthenticatorError> {
        let read: Creation = serde_json::from_str(text).map_err(|_| AuthenticatorError::InvalidOptions)?;
        let selection = read.authenticator_selection.unwrap_or_default();
        Ok(Self {
            challenge: read.challenge.0,
            rp_id: read.rp.id,
            user_handle: read.user.id.0,
            algorithms: read.parameters.into_iter().map(|parameter| parameter.alg.0).collect(),
            discoverable: selection.require_resident_key
                || selection.resident_key.is_some_and(|wish| wish != "discouraged"),
            asks_properties: read.extensions.unwrap_or_default().properties,
        })
    }
}

impl RequestOptions {
    /// Reads `publicKeyCredentialRequestOptions`.
    ///
    /// # Errors
    /// [`AuthenticatorError::InvalidOptions`].
    pub fn parse(text: &str) -> Result<Self, AuthenticatorError> {
        let read: Request = serde_json::from_str(text).map_err(|_| AuthenticatorError::InvalidOptions)?;
        Ok(Self {
            challenge: read.challenge.0,
            rp_id: read.rp_id,
            credentials: read.allow_credentials.into_iter().map(|credential| credential.id.0).collect(),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Creation {
    challenge: SignedBytes,
    rp: RelyingParty,
    user: User,
    #[serde(rename = "pubKeyCredParams")]
    parameters: Vec<Parameter>,
    authenticator_selection: Option<Selection>,
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    challenge: SignedBytes,
    rp_id: String,
    #[serde(default)]
    allow_credentials: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct RelyingParty {
    id: String,
}

#[derive(Deserialize)]
struct User {
    id: SignedBytes,
}

#[derive(Deserialize)]
struct Parameter {
    alg: Number,
}

#[derive(Deserialize)]
struct Descriptor {
    id: SignedBytes,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Selection {
    require_resident_key: bool,
    resident_key: Option<String>,
}

#[derive(Deserialize, Default)]
struct Extensions {
    #[serde(rename = "credProps", default)]
    properties: bool,
}

/// Bytes as an array of numbers from -128 to 127.
#[derive(Deserialize)]
#[serde(from = "Vec<i8>")]
struct SignedBytes(Vec<u8>);

impl From<Vec<i8>> for SignedBytes {
    fn from(signed: Vec<i8>) -> Self {
        Self(signed.into_iter().map(i8::cast_unsigned).collect())
    }
}

/// A number, written as one or as a text.
#[derive(Deserialize)]
#[serde(try_from = "serde_json::Value")]
struct Number(i64);

impl TryFrom<serde_json::Value> for Number {
    type Error = &'static str;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        number.map(Self).ok_or("not a number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pingone_hands_out_is_read() {
        let options = CreationOptions::parse(
            r#"{"rp":{"id":"example.com","name":"Example"},
                "user":{"id":[44,-12,7],"displayName":"pat","name":"pat"},"challenge":[18,-101,55],
                "pubKeyCredParams":[{"type":"public-key","alg":"-7"},{"type":"public-key","alg":-257}],
                "timeout":120000,"excludeCredentials":[],
                "authenticatorSelection":{"requireResidentKey":true,"userVerification":"required"},
                "attestation":"none"}"#,
        )
        .unwrap();
        assert_eq!(options.challenge, [18, 155, 55]);
        assert_eq!(options.user_handle, [44, 244, 7]);
        assert_eq!(options.algorithms, [-7, -257]);
        assert!(options.discoverable && !options.asks_properties);

        let options = RequestOptions::parse(
            r#"{"challenge":[-1],"timeout":120000,"rpId":"example.com",
                "allowCredentials":[{"type":"public-key","id":[1,-2]}],"userVerification":"required"}"#,
        )
        .unwrap();
        assert_eq!(options.challenge, [255]);
        assert_eq!(options.credentials, [[1, 254]]);
    }

    #[test]
    fn other_options_are_refused() {
        for text in ["", "{}", r#"{"challenge":[200],"rpId":"example.com"}"#, r#"{"challenge":[1]}"#] {
            assert_eq!(RequestOptions::parse(text), Err(AuthenticatorError::InvalidOptions), "{text}");
        }
        assert_eq!(CreationOptions::parse("[]"), Err(AuthenticatorError::InvalidOptions));
    }
}
