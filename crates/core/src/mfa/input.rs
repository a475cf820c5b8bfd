//! What a client sends to start and move a device authentication (MFA contract 6.1 to 6.8).

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::Compatibility;
use super::authentication::{OneTime, Wording};
use crate::devices::input::{self, MAX_CREDENTIAL, NotificationPolicyRef, TemplateChoice, address};
use crate::devices::kind::DeviceType;
use crate::devices::mobile::MobilePayload;
use crate::ids::{ApplicationId, DeviceId, DevicePolicyId, UserId};
use crate::problem::Problem;
use crate::schema::{self, Object, boolean, json, nested, object, one_of, reference, text, uuid};

/// Types that get a code without being paired.
const ONE_TIME: &[&str] = &["EMAIL", "SMS", "VOICE", "WHATSAPP"];
/// Least bytes of a challenge that the caller gives.
const LEAST_CHALLENGE: usize = 32;
/// Most bytes of a challenge that the caller gives.
const MOST_CHALLENGE: usize = 1024;

/// The body that starts one.
pub fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let one_time = object(vec![
            one_of("type", ONE_TIME).required(),
            text("email").max(254),
            text("phone").max(32),
            boolean("testMode").doc("EMAIL, SMS and VOICE: the code is returned instead of sent."),
        ]);
        object(vec![
            reference("user").doc("Not needed where a passkey names its user."),
            reference("policy"),
            nested(
                "selectedDevice",
                object(vec![
                    uuid("id"),
                    text("otp")
                        .max(32)
                        .write_only()
                        .doc("Checked at once; without `id` against all devices."),
                    nested("oneTime", one_time).doc("An address that needs no pairing."),
                ]),
            ),
            nested("notification", notification()).write_only(),
            reference("application"),
            text("mobilePayload").max(8192).multiline().write_only().doc(
                "With `application`: what a paired application shows (docs/reference/device-protocol.md).",
            ),
            nested("rp", object(vec![text("id").required().max(253)])).write_only(),
            one_of("compatibility", Compatibility::WORDS).write_only(),
            text("challenge").max(2048).write_only().doc("base64url, at least 32 bytes: what passkeys sign."),
            nested("webAuthn", object(vec![text("challenge").max(2048)])).write_only(),
        ])
    });
    &SCHEMA
}

fn notification() -> Object {
    let mut all = input::notification();
    all.fields.push(json("clientContext").doc("Shown by the application on the phone, as it stands."));
    all
}

/// The body of `device.select`.
pub fn select_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![reference("device").required(), one_of("compatibility", Compatibility::WORDS)])
    });
    &SCHEMA
}

/// The body of `assertion.check`.
pub fn assertion_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("origin").required().max(300).doc("The origin of the page."),
            text("assertion")
                .required()
                .max(MAX_CREDENTIAL)
                .multiline()
                .doc("The credential, JSON in a string."),
            one_of("compatibility", Compatibility::WORDS),
        ])
    });
    &SCHEMA
}

/// The body of `cancel.push.authentication`.
pub fn cancel_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![one_of("reason", &["CHANGE_DEVICE", "SIGNOUT", "ADD_DEVICE", "DEFAULT"]).required()])
    });
    &SCHEMA
}

/// The answer of an authenticator.
#[derive(Debug, Clone, Deserialize)]
pub struct AssertionAnswer {
    /// The origin of the page.
    pub origin: String,
    /// The credential, JSON in a string.
    pub assertion: String,
}

/// What an authentication is to start with, checked.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Who; nobody where a passkey names its user.
    pub user: Option<UserId>,
    /// By which policy; the environment's default when none is named.
    pub policy: Option<DevicePolicyId>,
    /// What to ask.
    pub choice: Choice,
    /// How messages are worded.
    pub wording: Wording,
    /// The native application that takes part itself.
    pub application: Option<ApplicationId>,
    /// What the application says of itself.
    pub mobile_payload: Option<MobilePayload>,
    /// The relying party.
    pub rp_id: Option<String>,
    /// What passkeys sign, in base64url.
    pub challenge: Option<String>,
    /// What the browser can do with passkeys.
    pub browser: Compatibility,
}

/// What the caller wants to be asked.
#[derive(Debug, Clone)]
pub enum Choice {
    /// What the policy says.
    ByPolicy,
    /// This device.
    Device(DeviceId),
    /// This device, with its code.
    DeviceWithCode(DeviceId, String),
    /// Whichever device the code is of.
    CodeAlone(String),
    /// An address for this once.
    OneTime(OneTime),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user: Option<Named<UserId>>,
    policy: Option<Named<DevicePolicyId>>,
    #[serde(default)]
    selected_device: SelectedDevice,
    #[serde(default)]
    notification: Notification,
    application: Option<Named<ApplicationId>>,
    mobile_payload: Option<String>,
    rp: Option<RelyingParty>,
    compatibility: Option<String>,
    challenge: Option<String>,
    web_authn: Option<WebAuthn>,
}

#[derive(Deserialize)]
struct Named<T> {
    id: T,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct SelectedDevice {
    id: Option<DeviceId>,
    otp: Option<String>,
    one_time: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Notification {
    policy: Option<NotificationPolicyRef>,
    template: TemplateChoice,
    client_context: Option<Value>,
}

#[derive(Deserialize)]
struct RelyingParty {
    id: String,
}

#[derive(Deserialize)]
struct WebAuthn {
    challenge: Option<String>,
}

impl Wish {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        let (checked, faults) = schema().examine(input, None);
        let body: Body = match schema::decode(checked) {
            Ok(body) => body,
            Err(disagreement) => return Err(if faults.is_empty() { disagreement } else { faults }),
        };
        let mut problems = Vec::new();
        let mobile_payload = payload(&body, &mut problems);
        let challenge = body.challenge.or(body.web_authn.and_then(|given| given.challenge));
        if challenge.as_deref().is_some_and(|text| !is_challenge(text)) {
            problems.push(Problem::invalid("challenge", "must be base64url of 32 to 1024 bytes"));
        }
        let choice = choice(body.selected_device, &mut problems);
        if body.user.is_none() && mobile_payload.is_none() && !matches!(choice, Some(Choice::ByPolicy)) {
            problems.push(Problem::required("user.id"));
        }
        let problems = schema::join(faults, problems);
        let (Some(choice), true) = (choice, problems.is_empty()) else { return Err(problems) };
        let TemplateChoice { name, locale, variant, variables } = body.notification.template;
        Ok(Self {
            user: body.user.map(|named| named.id),
            policy: body.policy.map(|named| named.id),
            choice,
            wording: Wording {
                template: name,
                variant,
                locale,
                variables,
                client_context: body.notification.client_context,
                notifications_policy: body.notification.policy.map(|named| named.id),
            },
            application: body.application.map(|named| named.id),
            mobile_payload,
            rp_id: body.rp.map(|rp| rp.id),
            challenge,
            browser: Compatibility::read(body.compatibility.as_deref()),
        })
    }
}

/// The payload of an application, which is named beside it and speaks for the user who is named too.
fn payload(body: &Body, problems: &mut Vec<Problem>) -> Option<MobilePayload> {
    let text = body.mobile_payload.as_deref()?;
    for (missing, target) in
        [(body.application.is_none(), "application.id"), (body.user.is_none(), "user.id")]
    {
        if missing {
            problems.push(Problem::required(target));
        }
    }
    let payload = MobilePayload::read(text);
    if payload.is_none() {
        problems.push(Problem::invalid("mobilePayload", "is not a payload of the device protocol"));
    }
    payload
}

fn is_challenge(text: &str) -> bool {
    let bare = text.trim_end_matches('=');
    data_encoding::BASE64URL_NOPAD
        .decode(bare.as_bytes())
        .is_ok_and(|bytes| (LEAST_CHALLENGE..=MOST_CHALLENGE).contains(&bytes.len()))
}

fn choice(selected: SelectedDevice, problems: &mut Vec<Problem>) -> Option<Choice> {
    match (selected.id, selected.otp, selected.one_time) {
        (None, None, None) => Some(Choice::ByPolicy),
        (Some(id), None, None) => Some(Choice::Device(id)),
        (Some(id), Some(otp), None) => Some(Choice::DeviceWithCode(id, otp)),
        (None, Some(otp), None) => Some(Choice::CodeAlone(otp)),
        (None, None, Some(one_time)) => one_time_of(&one_time, problems).map(Choice::OneTime),
        (_, _, Some(_)) => {
            let why = "cannot be given together with id or otp";
            problems.push(Problem::invalid("selectedDevice.oneTime", why));
            None
        }
    }
}

fn one_time_of(members: &Value, problems: &mut Vec<Problem>) -> Option<OneTime> {
    let kind = DeviceType::from_word(members.get("type")?.as_str()?)?;
    let mut found = Vec::new();
    let address = address::read(kind, members, &mut found);
    problems.extend(found.into_iter().map(|problem| problem.under("selectedDevice.oneTime")));
    let test_mode = members.get("testMode").and_then(Value::as_bool).unwrap_or_default();
    if test_mode && !kind.allows_test_mode() {
        let why = format!("{kind} has no test mode");
        problems.push(Problem::invalid("selectedDevice.oneTime.testMode", why));
    }
    Some(OneTime { kind, address: address?.text()?.to_owned(), test_mode })
}
