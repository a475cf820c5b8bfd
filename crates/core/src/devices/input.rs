//! What a client sends to pair a device.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::device::{DeviceStatus, MAX_NICKNAME};
use super::kind::DeviceType;
use crate::email::EmailAddress;
use crate::ids::{DevicePolicyId, NotificationPolicyId};
use crate::phone::{self, Phone};
use crate::problem::Problem;
use crate::schema::{self, Field, Object, boolean, list, map, nested, object, one_of, text, uuid};

/// The body of `POST …/devices`.
pub fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            one_of("type", DeviceType::WORDS).required().immutable(),
            text("phone").max(32).doc("Needed by SMS and VOICE: international form with country code."),
            text("extension").max(32).doc("VOICE: digits, `#`, `*` and `,` to dial after the answer."),
            text("email").max(254).doc("Needed by EMAIL."),
            text("nickname").max(MAX_NICKNAME),
            one_of("status", &["ACTIVE", "ACTIVATION_REQUIRED"]),
            nested("policy", object(vec![uuid("id"), one_of("type", &["DEFAULT"])])).write_only(),
            nested("notification", notification()).write_only(),
            boolean("testMode"),
        ])
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

/// The body of activation: the code, and a nickname to give on that occasion; an empty one removes it.
pub fn activation_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> =
        LazyLock::new(|| object(vec![otp(), text("nickname").max(MAX_NICKNAME)]));
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

/// A device to pair, checked and normalised.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its type; one of [`DeviceType::PAIRABLE`].
    pub kind: DeviceType,
    /// E.164 number.
    pub phone: Option<String>,
    /// Digits to dial after the answer.
    pub extension: Option<String>,
    /// Address.
    pub email: Option<String>,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(rename = "type")]
    kind: DeviceType,
    phone: Option<String>,
    extension: Option<String>,
    email: Option<String>,
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
    pub fn read(input: &serde_json::Value) -> Result<Self, Vec<Problem>> {
        let (checked, faults) = schema().examine(input, None);
        let body: Body = match schema::decode(checked) {
            Ok(body) => body,
            Err(disagreement) => return Err(if faults.is_empty() { disagreement } else { faults }),
        };
        let mut problems = Vec::new();
        if !DeviceType::PAIRABLE.contains(&body.kind) {
            let names = DeviceType::PAIRABLE.map(DeviceType::as_str);
            problems.push(
                Problem::not_allowed("type", &names)
                    .saying(format!("{} devices cannot be paired", body.kind)),
            );
            return Err(schema::join(faults, problems));
        }
        let is_phone = body.kind != DeviceType::Email;
        let phone = is_phone.then(|| number(body.phone.as_deref(), &mut problems)).flatten();
        let email = (!is_phone).then(|| address(body.email.as_deref(), &mut problems)).flatten();
        let extension = body.extension.filter(|_| body.kind == DeviceType::Voice);
        if extension.as_deref().is_some_and(|text| !phone::is_extension(text)) {
            problems.push(Problem::invalid("extension", "may hold digits, #, * and commas"));
        }
        let policy = body.policy.unwrap_or_default();
        if body_names_both_or_neither(&policy, input) {
            let text = "policy must contain either 'id' or 'type'. valid 'type'=[DEFAULT]";
            problems.push(Problem::invalid("policy", text));
        }
        let problems = schema::join(faults, problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            kind: body.kind,
            phone,
            extension,
            email,
            nickname: body.nickname.filter(|name| !name.is_empty()),
            status: body.status,
            policy: policy.id,
            notification: body.notification,
            test_mode: body.test_mode,
        })
    }
}

fn body_names_both_or_neither(policy: &PolicyChoice, input: &serde_json::Value) -> bool {
    let given = input.get("policy").is_some_and(|policy| !policy.is_null());
    given && policy.id.is_some() == policy.kind.is_some()
}

/// What a device of this type cannot be without.
fn given<'t>(target: &str, text: Option<&'t str>, problems: &mut Vec<Problem>) -> Option<&'t str> {
    let problem = match text {
        Some(text) if !text.trim().is_empty() => return Some(text),
        Some(_) => Problem::empty(target),
        None => Problem::required(target),
    };
    problems.push(problem);
    None
}

fn number(phone: Option<&str>, problems: &mut Vec<Problem>) -> Option<String> {
    let text = given("phone", phone, problems)?;
    match Phone::parse(text) {
        Ok(phone) => Some(phone.to_string()),
        Err(_) => {
            problems.push(Problem::invalid(
                "phone",
                "must be a phone number in international form, such as +1.5125550101",
            ));
            None
        }
    }
}

fn address(email: Option<&str>, problems: &mut Vec<Problem>) -> Option<String> {
    let text = given("email", email, problems)?;
    match EmailAddress::parse(text) {
        Ok(email) => Some(email.to_string()),
        Err(_) => {
            problems.push(Problem::invalid("email", "must be an e-mail address"));
            None
        }
    }
}
