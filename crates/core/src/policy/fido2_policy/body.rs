//! The body of a FIDO2 policy.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::display::{MOST_ATTRIBUTES, attributes_problems};
use super::{Attachment, AttestationWish, DisplaySuffix, Fido2Policy, Hint, MdsOption, Wanted};
use crate::problem::Problem;
use crate::schema::{Declared, Field, Object, boolean, duration, list, nested, object, one_of, text};

/// The form of a relying party id, as a regular expression.
const RELYING_PARTY: &str = r"^(?:[a-z0-9_-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9]+)$|^localhost$";
/// Longest domain.
const MAX_DOMAIN: usize = 253;
/// Most authenticators that a policy may name.
const MOST_AUTHENTICATORS: usize = 1000;

impl Declared for Fido2Policy {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(declaration);
        &SCHEMA
    }

    /// What cannot be enforced is refused, so that nobody relies on it.
    fn input_problems(input: &Value) -> Vec<Problem> {
        let sent = |pointer: &str| input.pointer(pointer).is_some_and(|value| !value.is_null());
        let mut problems = Vec::new();
        if sent("/userVerification/pinRequirement") {
            let why = "is not supported: the length of a PIN cannot be enforced";
            problems.push(Problem::invalid("userVerification.pinRequirement", why));
        }
        if sent("/eaUniqueIdentifierAttribute") {
            let why = "is not supported: there are no custom user attributes";
            problems.push(Problem::invalid("eaUniqueIdentifierAttribute", why));
        }
        problems
    }

    /// The list of authenticators is of no use to the other options.
    fn fill(checked: &mut Map<String, Value>) {
        if let Some(Value::Object(requirements)) = checked.get_mut("mdsAuthenticatorsRequirements")
            && requirements.get("option").is_none_or(|option| *option != MdsOption::Specific.as_str())
        {
            requirements.remove("allowedAuthenticators");
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = attributes_problems(&self.user_display_name_attributes);
        let requirements = &self.mds_authenticators_requirements;
        if self.attestation_requirements == AttestationWish::None && requirements.option != MdsOption::None {
            let why = "must be NONE while attestationRequirements is NONE";
            let option = Problem::not_allowed("mdsAuthenticatorsRequirements.option", &["NONE"]).saying(why);
            problems.push(option);
        }
        let named = requirements.allowed_authenticators.as_ref().is_some_and(|list| !list.is_empty());
        if requirements.option == MdsOption::Specific && !named {
            problems.push(Problem::required("mdsAuthenticatorsRequirements.allowedAuthenticators"));
        }
        problems
    }
}

fn declaration() -> Object {
    object(vec![
        text("name").required().max(256).doc("Unique in the environment."),
        text("description"),
        text("deviceDisplayName").required().max(100).doc("A text, or the key of a translated one."),
        one_of("discoverableCredentials", Wanted::WORDS).required(),
        one_of("authenticatorAttachment", Attachment::WORDS).required(),
        nested("userVerification", object(vec![at_each_use(), one_of("option", Wanted::WORDS).required()]))
            .required(),
        duration("userPresenceTimeout", &[("MINUTES", 1, 10), ("SECONDS", 60, 600)])
            .default(json!({"duration": 2, "timeUnit": "MINUTES"}))
            .doc("How long browsers wait for the person."),
        nested("backupEligibility", object(vec![at_each_use(), boolean("allow").required()])).required(),
        nested("userDisplayNameAttributes", display_names()).required(),
        one_of("attestationRequirements", AttestationWish::WORDS).required(),
        nested("mdsAuthenticatorsRequirements", requirements()).required(),
        relying_party_id("relyingPartyId").required().doc("The domain that credentials are bound to."),
        list("publicKeyCredentialHints", one_of("hint", Hint::WORDS), 3).min(1),
        boolean("aggregateDevices").default(false).doc("The passkeys of a user are offered as one."),
        boolean("default").default(false).doc("Rules where nothing else is said; one per environment."),
    ])
}

fn at_each_use() -> Field {
    boolean("enforceDuringAuthentication").required()
}

fn display_names() -> Object {
    let part = nested("part", object(vec![text("name").required().max(256)]));
    let attribute = object(vec![text("name").required().max(256), list("subAttributes", part, 10).min(1)]);
    object(vec![
        list("attributes", nested("attribute", attribute), MOST_ATTRIBUTES).required().min(1),
        one_of("suffix", DisplaySuffix::WORDS),
    ])
}

fn requirements() -> Object {
    let allowed = nested("authenticator", object(vec![text("id").required().max(256)]));
    object(vec![
        at_each_use(),
        one_of("option", MdsOption::WORDS).required(),
        list("allowedAuthenticators", allowed, MOST_AUTHENTICATORS).doc("Needed by SPECIFIC."),
    ])
}

/// A field that holds a domain for credentials.
pub(crate) fn relying_party_id(name: &'static str) -> Field {
    text(name).max(MAX_DOMAIN).pattern(RELYING_PARTY, is_relying_party_id)
}

/// Whether credentials can be bound to it: a lower-case domain with a dot, or `localhost`.
#[must_use]
pub fn is_relying_party_id(text: &str) -> bool {
    if text == "localhost" {
        return true;
    }
    let Some((labels, top)) = text.rsplit_once('.') else { return false };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_')
    };
    let top_level = match top.strip_prefix("xn--") {
        Some(rest) => !rest.is_empty() && rest.bytes().all(plain),
        None => top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_lowercase()),
    };
    text.len() <= MAX_DOMAIN && top_level && labels.split('.').all(label)
}
