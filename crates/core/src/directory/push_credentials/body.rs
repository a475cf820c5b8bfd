//! The bodies of push credentials: one declaration per type.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{PushCredentials, PushCredentialsType};
use crate::problem::Problem;
use crate::schema::{Declared, Field, Kinds, Object, Secrets, one_of, sealed, text};

/// Longest key or key file, in characters.
const MAX_KEY: usize = 16 * 1024;

impl Declared for PushCredentials {
    fn schema() -> &'static Object {
        kinds().all()
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        kinds().of(input, old)
    }

    /// A missing secret, a key file that is none, an account that is none.
    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        self.account(secrets).err().unwrap_or_default()
    }
}

/// The declaration of each type.
fn kinds() -> &'static Kinds {
    static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
        let own = PushCredentialsType::ALL.iter().map(|kind| (kind.as_str(), own_fields(*kind)));
        Kinds::new("type", &common(), own)
    });
    &KINDS
}

fn common() -> Vec<Field> {
    let kind = one_of("type", PushCredentialsType::WORDS)
        .required()
        .immutable()
        .doc("`FCM`, the form of former times, is no longer taken: Google has switched it off.");
    vec![kind, sealed()]
}

fn own_fields(kind: PushCredentialsType) -> Vec<Field> {
    match kind {
        PushCredentialsType::Apns => vec![
            text("key").required().max(64).secret().doc("Apple's id of the key."),
            text("teamId").required().max(64),
            text("token").required().max(MAX_KEY).multiline().secret().doc("The content of the p8 file."),
        ],
        PushCredentialsType::FcmHttpV1 => vec![
            text("googleServiceAccountCredentials")
                .required()
                .max(MAX_KEY)
                .multiline()
                .secret()
                .doc("The content of the service account's JSON file."),
        ],
        PushCredentialsType::Hms => {
            vec![text("clientId").required().max(256), text("clientSecret").required().max(1024).secret()]
        }
    }
}
