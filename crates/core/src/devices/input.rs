//! What a client sends to pair a device. What only one kind of device needs is read in the file of that kind.

pub mod address;
pub mod browser;
pub mod oath_token;
pub mod passkey;
pub mod totp;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::device::{DeviceStatus, MAX_NICKNAME};
use super::kind::DeviceType;
use crate::ids::{DevicePolicyId, NotificationPolicyId};
use crate::problem::Problem;
use crate::schema::{self, Field, Object, boolean, list, map, nested, object, one_of, text, uuid};
use serde_json::Value;

/// Longest answer of an authenticator, in characters of JSON.
pub const MAX_CREDENTIAL: usize = 100_000;

/// The body of `POST …/devices`.
pub fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(
            [
                vec![
                    one_of("type", DeviceType::WORDS).required().immutable(),
                    text("nickname").max(MAX_NICKNAME),
                    one_of("status", &["ACTIVE", "ACTIVATION_REQUIRED"]),
                    nested("policy", object(vec![uuid("id"), one_of("type", &["DEFAULT"])])).write_only(),
                    nested("notification", notification()).write_only(),
                    boolean("testMode"),
                ],
                address::fields(),
                passkey::fields(),
                oath_token::fields(),
                browser::fields(),
            ]
            .into_iter()
            .flatten()
            .collect(),
        )
    });
    &SCHEMA
}

/// How a message is worded; shared by pairing and authentication.
pub fn notification() -> Object {
    object(vec![
        nested("policy", object(vec![uuid("id").required()])),
        nested(
            "template",
            object(vec![
                text("name").max(100),
                text("locale").max(200),
                text("variant").max(100),
                map("variables", text("value").max(1024).multiline(), 50),
            ]),
        ),
    ])
}

/// The body of the reorder action.
pub fn order_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![list("order", nested("device", object(vec![uuid("id").required()])), 100).required()])
    });
    &SCHEMA
}

/// The body of the nickname property; an empty nickname removes it.
pub fn nickname_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> =
        LazyLock::new(|| object(vec![text("nickname").required().min(0).max(MAX_NICKNAME)]));
    &SCHEMA
}

/// The body of activation: the proof that the type of device asks for, and a nickname to give on that occasion; an
/// empty one removes it.
pub fn activation_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("otp").max(32).doc("Needed by all types but FIDO2."),
            boolean("oathResync")
                .doc("OATH_TOKEN: the code is the next one after a code that was too far away."),
            text("origin").max(300).doc("FIDO2: the origin of the page."),
            text("attestation")
                .max(MAX_CREDENTIAL)
                .multiline()
                .doc("FIDO2: the credential, JSON in a string."),
            text("nickname").max(MAX_NICKNAME),
        ])
    });
    &SCHEMA
}

/// The body of every check of a one-time passcode.
pub fn otp_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| object(vec![otp()]));
    &SCHEMA
}

fn otp() -> Field {
    text("otp").required().max(32)
}

/// Which policy rules the pairing.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PolicyChoice {
    /// This one.
    pub id: Option<DevicePolicyId>,
    /// The environment's default, by name.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// How the message is worded.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct NotificationChoice {
    /// Limits to apply instead of the policy's.
    pub policy: Option<NotificationPolicyRef>,
    /// Text to use.
    pub template: TemplateChoice,
}

/// A reference to a notification policy.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct NotificationPolicyRef {
    /// Its id.
    pub id: NotificationPolicyId,
}

/// Which text of a template to use.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TemplateChoice {
    /// Template; fixed by the operation when not given.
    pub name: Option<String>,
    /// A locale or an `Accept-Language` list.
    pub locale: Option<String>,
    /// Variant of the text.
    pub variant: Option<String>,
    /// Values of dynamic variables.
    pub variables: BTreeMap<String, String>,
}

/// What a client sends to activate a device.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Proof {
    /// A one-time passcode.
    pub otp: Option<String>,
    /// Whether the code follows one that was too far away.
    pub oath_resync: bool,
    /// The origin of the page that spoke to the authenticator.
    pub origin: Option<String>,
    /// What the authenticator answered.
    pub attestation: Option<String>,
    /// The owner's name for the device; an empty one removes it.
    pub nickname: Option<String>,
}

/// A device to pair, checked and normalised.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its type; one of [`DeviceType::PAIRABLE`].
    pub kind: DeviceType,
    /// What its type needs.
    pub wanted: Wanted,
    /// The owner's name for it.
    pub nickname: Option<String>,
    /// The wanted status, if any.
    pub status: Option<DeviceStatus>,
    /// Which policy; `None` for the environment's default.
    pub policy: Option<DevicePolicyId>,
    /// How the message is worded.
    pub notification: NotificationChoice,
    /// The code is returned instead of sent.
    pub test_mode: bool,
}

/// What a type of device needs to be paired.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Where codes go.
    Address(address::Address),
    /// Nothing: the server makes the key.
    Totp,
    /// How the credential is to be made.
    Passkey(passkey::PasskeyWish),
    /// A hardware token.
    OathToken(oath_token::TokenWish),
    /// A browser to remember.
    Browser(browser::BrowserWish),
}

impl Wanted {
    /// The address that codes go to, where they are sent.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Address(address) => address.text(),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(rename = "type")]
    kind: DeviceType,
    nickname: Option<String>,
    status: Option<DeviceStatus>,
    policy: Option<PolicyChoice>,
    #[serde(default)]
    notification: NotificationChoice,
    #[serde(default)]
    test_mode: bool,
}

impl NewDevice {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        let (checked, faults) = schema().examine(input, None);
        let members = Value::Object(checked.clone());
        let body: Body = match schema::decode(checked) {
            Ok(body) => body,
            Err(disagreement) => return Err(if faults.is_empty() { disagreement } else { faults }),
        };
        let mut problems = Vec::new();
        let wanted = wanted(body.kind, &members, &mut problems);
        let policy = body.policy.unwrap_or_default();
        if body_names_both_or_neither(&policy, input) {
            let text = "policy must contain either 'id' or 'type'. valid 'type'=[DEFAULT]";
            problems.push(Problem::invalid("policy", text));
        }
        if body.test_mode && !body.kind.allows_test_mode() {
            problems.push(Problem::invalid("testMode", format!("{} devices have no test mode", body.kind)));
        }
        let problems = schema::join(faults, problems);
        match wanted {
            Some(wanted) if problems.is_empty() => Ok(Self {
                kind: body.kind,
                wanted,
                nickname: body.nickname.filter(|name| !name.is_empty()),
                status: body.status,
                policy: policy.id,
                notification: body.notification,
                test_mode: body.test_mode,
            }),
            _ => Err(problems),
        }
    }
}

/// What the type needs; without it there is a problem.
fn wanted(kind: DeviceType, members: &Value, problems: &mut Vec<Problem>) -> Option<Wanted> {
    match kind {
        DeviceType::Sms | DeviceType::Voice | DeviceType::WhatsApp | DeviceType::Email => {
            address::read(kind, members, problems).map(Wanted::Address)
        }
        DeviceType::Totp => Some(Wanted::Totp),
        DeviceType::Fido2 => passkey::read(members, problems).map(Wanted::Passkey),
        DeviceType::OathToken => oath_token::read(members, problems).map(Wanted::OathToken),
        DeviceType::Browser => browser::read(members, problems).map(Wanted::Browser),
        DeviceType::Mobile
        | DeviceType::SecurityKey
        | DeviceType::Platform
        | DeviceType::PingIdDesktopGen2 => {
            let names = DeviceType::PAIRABLE.map(DeviceType::as_str);
            let why = match kind {
                DeviceType::Mobile => {
                    "MOBILE devices are paired with a pairing key, from the device".to_owned()
                }
                other => format!("{other} devices cannot be paired"),
            };
            problems.push(Problem::not_allowed("type", &names).saying(why));
            None
        }
    }
}

fn body_names_both_or_neither(policy: &PolicyChoice, input: &Value) -> bool {
    let given = input.get("policy").is_some_and(|policy| !policy.is_null());
    given && policy.id.is_some() == policy.kind.is_some()
}

/// What a device of this type cannot be without.
fn given<'t>(target: &str, members: &'t Value, problems: &mut Vec<Problem>) -> Option<&'t str> {
    let problem = match members.get(target).and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => return Some(text),
        Some(_) => Problem::empty(target),
        None => Problem::required(target),
    };
    problems.push(problem);
    None
}
