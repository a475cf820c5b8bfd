//! The options that browsers get: JSON in a string, bytes as signed numbers, algorithms as texts, as clients expect it.

use data_encoding::BASE64URL_NOPAD;
use postern_core::devices::passkey::Credential;
use postern_core::ids::{Id, UserId};
use postern_core::policy::Fido2Policy;
use postern_core::policy::fido2_policy::{Attachment, AttestationWish, Hint, Wanted};
use serde_json::{Map, Value, json};

use super::ALGORITHMS;

/// For whom, and by whom, a credential is to be made.
pub(super) struct Creation<'a> {
    pub(super) policy: &'a Fido2Policy,
    pub(super) rp_id: &'a str,
    pub(super) rp_name: &'a str,
    pub(super) user: UserId,
    pub(super) user_name: &'a str,
    pub(super) display_name: &'a str,
    /// In base64url.
    pub(super) challenge: &'a str,
    /// Credentials that the user has already.
    pub(super) excluded: &'a [&'a Credential],
}

impl Creation<'_> {
    /// The text for `publicKeyCredentialCreationOptions`.
    pub(super) fn text(&self) -> String {
        let policy = self.policy;
        let algorithms =
            ALGORITHMS.map(|algorithm| json!({ "type": "public-key", "alg": algorithm.to_string() }));
        let mut all = json!({
            "rp": { "id": self.rp_id, "name": self.rp_name },
            "user": {
                "id": signed(&user_handle(self.user)), "displayName": self.display_name, "name": self.user_name,
            },
            "challenge": signed(&bytes(self.challenge)),
            "pubKeyCredParams": algorithms,
            "timeout": timeout(policy),
            "excludeCredentials": descriptors(self.excluded),
            "authenticatorSelection": selection(policy),
            "attestation": match policy.attestation_requirements {
                AttestationWish::None => "none",
                AttestationWish::Direct => "direct",
                AttestationWish::Enterprise => "enterprise",
            },
            "extensions": { "credProps": true },
        });
        put_hints(&mut all, policy);
        all.to_string()
    }
}

/// The text for `publicKeyCredentialRequestOptions`. Without credentials the authenticator names one itself.
pub(super) fn request(policy: &Fido2Policy, rp_id: &str, challenge: &str, allowed: &[&Credential]) -> String {
    let verification = if allowed.is_empty() { "required" } else { wanted(policy.user_verification.option) };
    let mut all = json!({
        "challenge": signed(&bytes(challenge)), "timeout": timeout(policy), "rpId": rp_id,
        "allowCredentials": descriptors(allowed), "userVerification": verification,
    });
    put_hints(&mut all, policy);
    all.to_string()
}

/// By what the authenticator knows the user: the bytes of the id.
pub(super) fn user_handle(user: UserId) -> [u8; 16] {
    *user.uuid().as_bytes()
}

/// The bytes of a challenge.
pub(super) fn bytes(challenge: &str) -> Vec<u8> {
    BASE64URL_NOPAD.decode(challenge.as_bytes()).unwrap_or_default()
}

fn selection(policy: &Fido2Policy) -> Map<String, Value> {
    let mut all = Map::new();
    let attachment = match policy.authenticator_attachment {
        Attachment::Platform => Some("platform"),
        Attachment::CrossPlatform => Some("cross-platform"),
        Attachment::Both => None,
    };
    if let Some(attachment) = attachment {
        all.insert("authenticatorAttachment".to_owned(), json!(attachment));
    }
    let discoverable = policy.discoverable_credentials;
    all.insert("residentKey".to_owned(), json!(wanted(discoverable)));
    all.insert("requireResidentKey".to_owned(), json!(discoverable == Wanted::Required));
    all.insert("userVerification".to_owned(), json!(wanted(policy.user_verification.option)));
    all
}

fn descriptors(credentials: &[&Credential]) -> Vec<Value> {
    let one = |credential: &&Credential| {
        let mut all = json!({ "type": "public-key", "id": signed(&credential.id_bytes()) });
        if let (false, Some(members)) = (credential.transports.is_empty(), all.as_object_mut()) {
            members.insert("transports".to_owned(), json!(credential.transports));
        }
        all
    };
    credentials.iter().map(one).collect()
}

fn put_hints(options: &mut Value, policy: &Fido2Policy) {
    let Some(hints) = &policy.public_key_credential_hints else { return };
    let words: Vec<&str> = hints
        .iter()
        .map(|hint| match hint {
            Hint::SecurityKey => "security-key",
            Hint::ClientDevice => "client-device",
            Hint::Hybrid => "hybrid",
        })
        .collect();
    if let Some(members) = options.as_object_mut() {
        members.insert("hints".to_owned(), json!(words));
    }
}

const fn wanted(option: Wanted) -> &'static str {
    match option {
        Wanted::Discouraged => "discouraged",
        Wanted::Preferred => "preferred",
        Wanted::Required => "required",
    }
}

/// In milliseconds.
fn timeout(policy: &Fido2Policy) -> i64 {
    policy.user_presence_timeout.span().as_seconds() * 1000
}

/// Bytes as clients of PingOne read them: numbers from -128 to 127.
fn signed(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|byte| byte.cast_signed()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_signed_numbers() {
        assert_eq!(signed(&[0, 127, 128, 255]), [0, 127, -128, -1]);
    }

    #[test]
    fn the_options_say_what_the_policy_wants() {
        let mut policy = Fido2Policy::initial_default("example.com");
        policy.authenticator_attachment = Attachment::CrossPlatform;
        policy.discoverable_credentials = Wanted::Required;
        policy.public_key_credential_hints = Some(vec![Hint::SecurityKey, Hint::ClientDevice]);
        policy.attestation_requirements = AttestationWish::Direct;
        let creation = Creation {
            policy: &policy,
            rp_id: "example.com",
            rp_name: "Example",
            user: UserId::NIL,
            user_name: "pat",
            display_name: "Pat",
            challenge: "_wA",
            excluded: &[],
        };
        let options: Value = serde_json::from_str(&creation.text()).unwrap();
        assert_eq!(options["user"], json!({"id": vec![0; 16], "displayName": "Pat", "name": "pat"}));
        assert_eq!(options["challenge"], json!([-1, 0]));
        assert_eq!(options["pubKeyCredParams"][0], json!({"type": "public-key", "alg": "-7"}));
        let selection = json!({"authenticatorAttachment": "cross-platform", "residentKey": "required",
            "requireResidentKey": true, "userVerification": "preferred"});
        assert_eq!(options["authenticatorSelection"], selection);
        assert_eq!(options["hints"], json!(["security-key", "client-device"]));
        assert_eq!(
            (options["attestation"].as_str(), options["timeout"].as_i64()),
            (Some("direct"), Some(120_000))
        );
    }

    #[test]
    fn who_is_nobody_yet_must_be_verified() {
        let policy = Fido2Policy::initial_default("example.com");
        let options: Value = serde_json::from_str(&request(&policy, "example.com", "AAA", &[])).unwrap();
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"], json!([]));
    }
}
