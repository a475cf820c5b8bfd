//! The body of a device authentication policy.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{DevicePolicy, NewDeviceNotification, mobile};
use crate::problem::Problem;
use crate::schema::{
    Declared, Field, Object, boolean, duration, integer, map, nested, object, one_of, text, uuid,
};

/// How many wrong codes may block.
pub(super) const FAILURE_COUNT: (i64, i64) = (1, 7);
/// Rest of methods whose codes are sent.
const SENT_REST: &[(&str, i64, i64)] = &[("MINUTES", 0, 30), ("SECONDS", 0, 1800)];
/// Rest of authenticator applications and passkeys.
const DEVICE_REST: &[(&str, i64, i64)] = &[("MINUTES", 2, 30), ("SECONDS", 120, 1800)];
/// Rest of hardware tokens.
const TOKEN_REST: &[(&str, i64, i64)] = &[("MINUTES", 1, 30), ("SECONDS", 1, 1800)];
/// Methods of other products, which are not built.
const OTHER_PRODUCTS: [&str; 3] = ["desktop", "yubikey", "pingIdDesktopGen2"];
/// Methods that FIDO2 replaced.
const LEGACY_FIDO: [&str; 2] = ["securityKey", "platform"];

impl Declared for DevicePolicy {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(declaration);
        &SCHEMA
    }

    /// Legacy methods are dropped, unless the same body uses their successor.
    fn input_problems(input: &Value) -> Vec<Problem> {
        let sent = |name: &str| input.get(name).is_some_and(|value| !value.is_null());
        let mut problems = Vec::new();
        if sent("fido2") && LEGACY_FIDO.iter().any(|name| sent(name)) {
            let names: Vec<&str> = LEGACY_FIDO.into_iter().filter(|name| sent(name)).collect();
            let message = format!(
                "Deprecated Fido Settings: {} must not be sent together with fido2",
                names.join(", ")
            );
            problems.push(Problem::invalid("fido2", message));
        }
        let enabled = |name: &&str| {
            let sent = input.get(*name).and_then(|method| method.get("enabled"));
            sent.is_some_and(|value| *value == Value::Bool(true) || *value == "true")
        };
        problems.extend(OTHER_PRODUCTS.iter().filter(|name| enabled(name)).map(|name| {
            Problem::invalid(&format!("{name}.enabled"), "must be false: PingID methods are not supported")
        }));
        problems
    }
}

fn declaration() -> Object {
    object(vec![
        text("name").required().max(256).doc("Unique in the environment."),
        nested(
            "authentication",
            object(vec![
                one_of(
                    "deviceSelection",
                    &["DEFAULT_TO_FIRST", "PROMPT_TO_SELECT", "ALWAYS_DISPLAY_DEVICES"],
                )
                .default("DEFAULT_TO_FIRST"),
            ]),
        )
        .default(json!({})),
        nested("notificationsPolicy", object(vec![uuid("id")])).default(json!({})),
        one_of("newDeviceNotification", NewDeviceNotification::WORDS).default("EMAIL_THEN_SMS"),
        offline("sms").required(),
        offline("email").required(),
        mobile::field().required(),
        totp().required(),
        offline("voice").required(),
        offline("whatsApp"),
        fido2(),
        token("oathToken").default(json!({"enabled": false})),
        nested("rememberMe", object(vec![nested("web", remembered_browser()).required()]))
            .default(json!({"web": {"enabled": false}})),
        token("pingIdDesktopGen2").default(json!({"enabled": false})).doc("Always off."),
        boolean("ignoreUserLock"),
        boolean("forSignOnPolicy").read_only(),
        boolean("blockDisabledUsers"),
        boolean("blockUsersWithDisabledMfa"),
        boolean("default").required().doc("Rules where nothing else is said; one per environment."),
    ])
}

fn method(name: &'static str, more: Vec<Field>) -> Field {
    let mut fields = vec![
        boolean("enabled").required(),
        boolean("pairingDisabled").doc("No new device can be added."),
        boolean("promptForNicknameOnPairing"),
    ];
    fields.extend(more);
    nested(name, object(fields))
}

/// How long a device rests after too many wrong codes.
pub(super) fn cool_down(units: &'static [(&'static str, i64, i64)]) -> Field {
    duration("coolDown", units)
}

fn failure_count() -> Field {
    integer("count", FAILURE_COUNT.0, FAILURE_COUNT.1)
}

fn offline(name: &'static str) -> Field {
    let failure = object(vec![failure_count().required(), cool_down(SENT_REST).required()]);
    let otp = object(vec![
        nested("failure", failure).required(),
        duration("lifeTime", &[("MINUTES", 1, 120), ("SECONDS", 60, 7200)]).required(),
        integer("otpLength", 6, 10).default(6),
    ]);
    let standard = json!({
        "failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
        "lifeTime": {"duration": 30, "timeUnit": "MINUTES"},
    });
    method(name, vec![nested("otp", otp).default(standard)])
}

/// `failure` of a device that makes its own codes; members fill in one by one.
fn device_failure(rest: &'static [(&'static str, i64, i64)]) -> Field {
    let two_minutes = json!({"duration": 2, "timeUnit": "MINUTES"});
    nested("failure", object(vec![failure_count().default(3), cool_down(rest).default(two_minutes)]))
}

fn device_otp(rest: &'static [(&'static str, i64, i64)]) -> Field {
    nested("otp", object(vec![device_failure(rest).default(json!({}))])).default(json!({}))
}

fn totp() -> Field {
    method(
        "totp",
        vec![
            device_otp(DEVICE_REST),
            map("uriParameters", text("value").max(256), 20),
            integer("passcodeGracePeriod", 1, 10)
                .doc("Codes before and after that are good too; 5 when not sent."),
        ],
    )
}

fn fido2() -> Field {
    method("fido2", vec![uuid("fido2PolicyId"), device_failure(DEVICE_REST)])
}

fn token(name: &'static str) -> Field {
    method(name, vec![device_otp(TOKEN_REST)])
}

fn remembered_browser() -> Object {
    object(vec![
        boolean("enabled").required(),
        duration("lifeTime", &[("MINUTES", 1, 129_600), ("HOURS", 1, 2160), ("DAYS", 1, 90)])
            .default(json!({"duration": 30, "timeUnit": "DAYS"})),
    ])
}
