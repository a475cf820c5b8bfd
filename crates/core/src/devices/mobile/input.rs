//! What an application says about itself when it pairs, and when something changed.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facts, Model, Os, OsType, PushAddress};
use crate::devices::proof;
use crate::directory::reference::Reference;
use crate::ids::ApplicationId;
use crate::jose::jwk::Jwk;
use crate::notify::PushProvider;
use crate::problem::Problem;
use crate::schema::{self, Field, Object, boolean, json, nested, object, one_of, text, uuid};

/// Longest push address, in characters.
const MAX_TOKEN: usize = 4096;
/// Longest log, in characters.
pub const MAX_LOG: usize = 256 * 1024;

/// The body that claims a pairing key.
pub fn claim_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let application = object(vec![
            uuid("id").required(),
            text("nativeName").max(256).doc("Bundle id or package name."),
            text("version").max(100),
        ]);
        let own = vec![
            text("pairingKey").required().max(64).doc("Spaces, hyphens and case do not matter."),
            json("publicKey").required().doc("A P-256 key as a JSON Web Key (RFC 7517)."),
            nested("application", application).required(),
        ];
        object([own, facts()].concat())
    });
    &SCHEMA
}

/// The body that tells what changed. What is not sent stays; `push` as `null` takes the address away.
pub fn update_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let application = object(vec![text("version").max(100)]);
        object([vec![nested("application", application)], facts()].concat())
    });
    &SCHEMA
}

/// The body that changes the key.
pub fn key_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            json("publicKey").required().doc("The new P-256 key as a JSON Web Key."),
            text("newKeyProof")
                .required()
                .max(4096)
                .doc("A proof of this request without its body, signed with the new key."),
        ])
    });
    &SCHEMA
}

/// The body that carries logs.
pub fn log_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> =
        LazyLock::new(|| object(vec![text("content").required().max(MAX_LOG).multiline()]));
    &SCHEMA
}

fn facts() -> Vec<Field> {
    let push = object(vec![
        one_of("provider", PushProvider::WORDS).required(),
        text("token").required().max(MAX_TOKEN),
        boolean("sandbox").doc("APNS: the token is of Apple's development network."),
    ]);
    vec![
        nested("os", object(vec![one_of("type", OsType::WORDS).required(), text("version").max(100)])),
        nested("model", object(vec![text("name").max(100), text("marketingName").max(100)])),
        text("manufacturer").max(100),
        text("locale").max(35).pattern("a language tag", schema::texts::is_language_tag),
        text("apiVersion").max(100),
        text("sdkVersion").max(100),
        boolean("rooted"),
        boolean("lockEnabled"),
        nested("push", push).nullable().doc("Where pushes reach the application."),
        boolean("pushEnabled").doc("Whether the user takes pushes on this device."),
    ]
}

/// A claim of a pairing key, checked.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The pairing key as it was typed or scanned.
    pub pairing_key: String,
    /// What will verify the application's requests.
    pub key: Jwk,
    /// Which application it is.
    pub application: ApplicationId,
    /// What it says about itself.
    pub update: Update,
}

/// What an application says about itself; what is absent stays as it was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Update {
    /// The application's name and version.
    pub application: AppFacts,
    os: Option<Os>,
    model: Option<Model>,
    manufacturer: Option<String>,
    locale: Option<String>,
    api_version: Option<String>,
    sdk_version: Option<String>,
    rooted: Option<bool>,
    lock_enabled: Option<bool>,
    /// Where pushes reach it; `Some(None)` takes the address away.
    #[serde(deserialize_with = "present")]
    pub push: Option<Option<PushAddress>>,
    /// Whether the user takes pushes on it.
    pub push_enabled: Option<bool>,
}

/// Name and version of an application.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppFacts {
    /// Bundle id or package name.
    pub native_name: Option<String>,
    /// Version.
    pub version: Option<String>,
}

/// Tells an explicit `null` from a member that is not there.
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<PushAddress>>, D::Error> {
    Option::<PushAddress>::deserialize(deserializer).map(Some)
}

impl Claim {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            pairing_key: String,
            public_key: Value,
            application: Reference<ApplicationId>,
        }
        let checked = claim_schema().check(input, None)?;
        let body: Body = schema::decode(checked.clone())?;
        Ok(Self {
            pairing_key: body.pairing_key,
            key: key(&body.public_key)?,
            application: body.application.id,
            update: schema::decode(checked)?,
        })
    }
}

impl Update {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        update_schema().read(input, None)
    }

    /// Lays what was said over what was known.
    pub fn apply(&self, facts: &mut Facts) {
        fn over<T: Clone>(said: &Option<T>, known: &mut Option<T>) {
            if said.is_some() {
                known.clone_from(said);
            }
        }
        over(&self.os, &mut facts.os);
        over(&self.model, &mut facts.model);
        over(&self.manufacturer, &mut facts.manufacturer);
        over(&self.locale, &mut facts.locale);
        over(&self.api_version, &mut facts.api_version);
        over(&self.sdk_version, &mut facts.sdk_version);
        over(&self.rooted, &mut facts.rooted);
        over(&self.lock_enabled, &mut facts.lock_enabled);
        over(&self.application.native_name, &mut facts.native_name);
        over(&self.application.version, &mut facts.version);
    }
}

/// A change of the key, checked.
#[derive(Debug, Clone)]
pub struct KeyChange {
    /// The new key.
    pub key: Jwk,
    /// Proof that the application has it.
    pub proof: String,
}

impl KeyChange {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            public_key: Value,
            new_key_proof: String,
        }
        let body: Body = key_schema().read(input, None)?;
        Ok(Self { key: key(&body.public_key)?, proof: body.new_key_proof })
    }
}

fn key(value: &Value) -> Result<Jwk, Vec<Problem>> {
    let refused = |why: &str| vec![Problem::invalid("publicKey", why)];
    let key: Jwk = serde_json::from_value(value.clone()).map_err(|_| refused("must be a JSON Web Key"))?;
    proof::check_key(&key).map_err(|why| refused(&format!("must be a public P-256 key: {why}")))?;
    // Only what verifies is kept.
    let mut kept = Jwk::default();
    (kept.kty, kept.crv, kept.x, kept.y) = (key.kty, key.crv, key.x, key.y);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jose::signing::{SigningAlgorithm, SigningKey};

    fn body(changes: &Value) -> Value {
        let key = SigningKey::generate(SigningAlgorithm::ES256, "phone").unwrap().public_jwk();
        let mut body = json!({
            "pairingKey": "12345678901234", "publicKey": key,
            "application": {"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01", "nativeName": "com.acme", "version": "2"},
            "os": {"type": "IOS", "version": "20.1"}, "push": {"provider": "APNS", "token": "abc"},
        });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    }

    #[test]
    fn a_claim_is_read_with_what_verifies_and_no_more() {
        let claim = Claim::read(&body(&json!({}))).unwrap();
        assert!(claim.key.kid.is_none() && claim.key.x.is_some());
        assert_eq!(claim.update.application.native_name.as_deref(), Some("com.acme"));
        assert_eq!(claim.update.push.unwrap().unwrap().provider, PushProvider::Apns);
    }

    #[test]
    fn faults_are_named() {
        let secret = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"});
        for (changes, target) in [
            (json!({"pairingKey": ""}), "pairingKey"),
            (json!({"publicKey": secret}), "publicKey"),
            (json!({"publicKey": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}), "publicKey"),
            (json!({"publicKey": "text"}), "publicKey"),
            (json!({"application": {"id": "x"}}), "application.id"),
            (json!({"push": {"provider": "SMOKE", "token": "abc"}}), "push.provider"),
            (json!({"os": {"type": "CPM"}}), "os.type"),
        ] {
            let problems = Claim::read(&body(&changes)).unwrap_err();
            assert_eq!(problems[0].target.as_deref(), Some(target), "{changes}: {problems:?}");
        }
    }

    #[test]
    fn an_update_leaves_alone_what_it_does_not_name() {
        let mut facts = Facts { manufacturer: Some("Acme".to_owned()), ..Facts::default() };
        let update = Update::read(&json!({"locale": "de", "push": null})).unwrap();
        update.apply(&mut facts);
        assert_eq!((facts.manufacturer.as_deref(), facts.locale.as_deref()), (Some("Acme"), Some("de")));
        assert_eq!(update.push, Some(None));
        assert_eq!(Update::read(&json!({})).unwrap().push, None);
    }
}
