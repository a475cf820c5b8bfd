//! The forms of the page as they come back: which flow, which action, what was typed, and whether this browser was
//! given the form.
//!
//! The token of a form is a keyed hash over the flow and a random cookie of the
//! browser. A page of another origin has neither, so it can not sign anybody on
//! as somebody else behind their back.

use data_encoding::BASE64URL_NOPAD;
use http::header::SET_COOKIE;
use postern_core::flow::Action;
use postern_core::ids::FlowId;
use serde_json::{Map, Value, json};

use super::super::web::call::Pairs;
use super::super::web::{Call, Reply};

const COOKIE: &str = "signon-form";
const PURPOSE: &str = "sign-on form";

/// Name of the field that carries the token.
pub(super) const TOKEN: &str = "formToken";
/// Name of the field that carries the flow's id.
pub(super) const FLOW: &str = "flowId";
/// Name of the field that carries the name of the action.
pub(super) const ACTION: &str = "action";
/// Name of the field that carries a device's id.
pub(super) const DEVICE: &str = "device";
/// Names of the fields that the script of the passkey page fills.
pub(super) const ORIGIN: &str = "origin";
/// See [`ORIGIN`].
pub(super) const ASSERTION: &str = "assertion";
/// Name of the field that says why a push is taken back.
pub(super) const REASON: &str = "reason";
/// Names of the fields that people or scripts fill.
const FILLED: [&str; 9] = [
    "username",
    "password",
    "otp",
    "recoveryCode",
    "currentPassword",
    "newPassword",
    ORIGIN,
    ASSERTION,
    REASON,
];

/// A browser that may send the page's forms.
pub(super) struct Browser {
    secret: String,
    is_new: bool,
}

impl Browser {
    /// The browser of the request, known by its cookie or given one.
    pub(super) fn of(call: &Call) -> Self {
        let known = call
            .cookie(COOKIE)
            .filter(|text| BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|secret| secret.len() == 32));
        match known {
            Some(secret) => Self { secret: secret.to_owned(), is_new: false },
            None => Self { secret: BASE64URL_NOPAD.encode(&call.ctx.random.bytes::<32>()), is_new: true },
        }
    }

    /// The token of this browser's forms for a flow.
    pub(super) fn token(&self, call: &Call, flow: FlowId) -> String {
        BASE64URL_NOPAD
            .encode(&call.ctx.keys.mac(PURPOSE, &self.parts(call, flow).each_ref().map(Vec::as_slice)))
    }

    /// Whether the form was made for this browser and flow.
    pub(super) fn sent(&self, call: &Call, flow: FlowId, form: &Pairs) -> bool {
        let token = form.get(TOKEN).and_then(|token| BASE64URL_NOPAD.decode(token.as_bytes()).ok());
        let parts = self.parts(call, flow);
        !self.is_new
            && token.is_some_and(|token| {
                call.ctx.keys.mac_matches(PURPOSE, &parts.each_ref().map(Vec::as_slice), &token)
            })
    }

    /// Gives a new browser its cookie.
    pub(super) fn remember(&self, call: &Call, reply: Reply) -> Reply {
        if !self.is_new {
            return reply;
        }
        let secure = if call.app.parts.secure_cookies { "; Secure" } else { "" };
        let cookie = format!(
            "{COOKIE}={}; Path={}/signon/; HttpOnly; SameSite=Lax{secure}",
            self.secret,
            call.ctx.urls.path_of(call.ctx.environment)
        );
        reply.header(SET_COOKIE, &cookie)
    }

    fn parts(&self, call: &Call, flow: FlowId) -> [Vec<u8>; 3] {
        [
            self.secret.clone().into_bytes(),
            call.ctx.environment.to_string().into_bytes(),
            flow.to_string().into_bytes(),
        ]
    }
}

/// The flow that a form or a query names.
pub(super) fn flow(pairs: &Pairs) -> Option<FlowId> {
    pairs.get(FLOW)?.parse().ok()
}

/// The action that a form asks for.
pub(super) fn action(form: &Pairs) -> Option<Action> {
    let name = form.get(ACTION)?;
    Action::ALL.into_iter().find(|action| action.name() == name)
}

/// What was typed, as the body that the action reads.
pub(super) fn body(form: &Pairs) -> Value {
    let mut body = Map::new();
    for name in FILLED {
        if let Some(text) = form.get(name) {
            // People copy codes with the spaces that the message had.
            let text = if name == "otp" { text.split_whitespace().collect() } else { text.to_owned() };
            body.insert(name.to_owned(), Value::String(text));
        }
    }
    if let Some(device) = form.get(DEVICE) {
        body.insert(DEVICE.to_owned(), json!({ "id": device }));
    }
    Value::Object(body)
}
