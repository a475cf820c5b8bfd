//! The bodies of push credentials: one declaration per type.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{PushCredentials, PushCredentialsType};
use crate::problem::Problem;
use crate::schema::{Declared, Field, Object, Secrets, object, one_of, sealed, text};

/// Longest key or key file, in characters.
const MAX_KEY: usize = 16 * 1024;

impl Declared for PushCredentials {
    /// Every member of every type, without what only one of them requires.
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(union);
        &SCHEMA
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        let sent = input.get("type").and_then(Value::as_str);
        let kept = old.and_then(|members| members.get("type")).and_then(Value::as_str);
        kept.or(sent).and_then(PushCredentialsType::from_word).map_or_else(Self::schema, schema_of)
    }

    /// A missing secret, a key file that is none, an account that is none.
    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        self.account(secrets).err().unwrap_or_default()
    }
}

fn schema_of(kind: PushCredentialsType) -> &'static Object {
    static SCHEMAS: LazyLock<Vec<(PushCredentialsType, Object)>> = LazyLock::new(|| {
        let of = |kind: &PushCredentialsType| (*kind, object([own_fields(*kind), vec![sealed()]].concat()));
        PushCredentialsType::ALL.iter().map(of).collect()
    });
    SCHEMAS.iter().find(|(of, _)| *of == kind).map_or_else(PushCredentials::schema, |(_, schema)| schema)
}

fn union() -> Object {
    let mut fields: Vec<Field> = Vec::new();
    for mut field in PushCredentialsType::ALL.iter().flat_map(|kind| own_fields(*kind)) {
        if fields.iter().all(|known| known.name != field.name) {
            field.required = field.name == "type";
            fields.push(field);
        }
    }
    fields.push(sealed());
    object(fields)
}

fn own_fields(kind: PushCredentialsType) -> Vec<Field> {
    let word = one_of("type", PushCredentialsType::WORDS)
        .required()
        .immutable()
        .doc("`FCM`, the form of former times, is no longer taken: Google has switched it off.");
    match kind {
        PushCredentialsType::Apns => vec![
            word,
            text("key").required().max(64).secret().doc("Apple's id of the key."),
            text("teamId").required().max(64),
            text("token").required().max(MAX_KEY).multiline().secret().doc("The content of the p8 file."),
        ],
        PushCredentialsType::FcmHttpV1 => vec![
            word,
            text("googleServiceAccountCredentials")
                .required()
                .max(MAX_KEY)
                .multiline()
                .secret()
                .doc("The content of the service account's JSON file."),
        ],
        PushCredentialsType::Hms => vec![
            word,
            text("clientId").required().max(256),
            text("clientSecret").required().max(1024).secret(),
        ],
    }
}
