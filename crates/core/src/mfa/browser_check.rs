//! What a client sends to ask whether a browser is remembered (MFA contract 6.9).

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::devices::browser::payload::{self, Payload};
use crate::devices::input::browser::MAX_SESSION;
use crate::ids::{DevicePolicyId, UserId};
use crate::problem::Problem;
use crate::schema::{self, Object, nested, object, one_of, reference, text};

/// The body of `payload.check`.
pub fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let payload = object(vec![
            one_of("type", &["BROWSER"]).required(),
            text("value")
                .required()
                .max(payload::MOST)
                .multiline()
                .doc("What the page found out about the browser."),
        ]);
        object(vec![
            reference("user").required(),
            reference("policy").required(),
            nested("payload", payload).required(),
            nested("deviceSession", object(vec![text("id").required().max(MAX_SESSION)]))
                .doc("Needed where the browser was remembered in a session: the id of that session."),
        ])
    });
    &SCHEMA
}

/// The question, checked.
#[derive(Debug, Clone)]
pub struct BrowserCheck {
    /// For whom the browser may be remembered.
    pub user: UserId,
    /// The policy that says whether browsers are remembered.
    pub policy: DevicePolicyId,
    /// What the page found out about the browser.
    pub payload: Payload,
    /// The session that the client names.
    pub session: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user: Named<UserId>,
    policy: Named<DevicePolicyId>,
    payload: Sent,
    device_session: Option<Named<String>>,
}

#[derive(Deserialize)]
struct Named<T> {
    id: T,
}

#[derive(Deserialize)]
struct Sent {
    value: String,
}

impl BrowserCheck {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        let body: Body = schema().check(input, None).and_then(schema::decode)?;
        Ok(Self {
            user: body.user.id,
            policy: body.policy.id,
            payload: Payload::read(&body.payload.value),
            session: body.device_session.map(|named| named.id),
        })
    }
}
