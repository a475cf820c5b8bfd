//! What robots with codes and with passkeys are told to do.

use std::sync::LazyLock;

use postern_core::problem::{Code, Problem};
use postern_core::schema::{Object, boolean, integer, object, one_of, text};
use postern_core::time::Span;
use postern_engine::{Ctx, Error};
use postern_http::web::{Call, Failure, Reply};
use serde::Deserialize;
use serde_json::{Value, json};

use super::passkey_robot::{CREATION, Ceremony, Counter, REQUEST};
use super::phone_robot;
use super::robot::Robot;
use super::{Robots, shelf};

/// Longest options of a passkey, in characters.
const MAX_OPTIONS: usize = 100_000;
/// How far a clock can be wrong: ten years, in seconds.
const MAX_OFFSET: i64 = 315_360_000;

/// The body of `…/code`.
pub(crate) fn code_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            integer("offset", -MAX_OFFSET, MAX_OFFSET)
                .whole()
                .doc("TOTP, PHONE: by how many seconds its clock is ahead."),
            integer("skip", 0, 1_000_000)
                .whole()
                .doc("HOTP: how often the button is pressed in vain before."),
        ])
    });
    &SCHEMA
}

#[derive(Deserialize)]
struct CodeWish {
    #[serde(default)]
    offset: i64,
    #[serde(default)]
    skip: u64,
}

/// `POST …/code`: the code that it shows.
pub(crate) async fn code(_: Robots, call: Call) -> Result<Reply, Failure> {
    let wish: CodeWish = code_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let shown = shelf::change(&call, move |ctx, robot| show(ctx, robot, &wish)).await?;
    Ok(Reply::ok(&shown))
}

fn show(ctx: &Ctx, robot: &mut Robot, wish: &CodeWish) -> postern_engine::Result<Value> {
    let offset = Span::seconds(wish.offset);
    match robot {
        Robot::Totp(clock) => {
            let (code, until) = clock.code(ctx.now, offset);
            Ok(json!({ "otp": code.expose(), "expiresAt": until }))
        }
        Robot::Hotp(button) => {
            let (code, at) = button.press(wish.skip);
            Ok(json!({ "otp": code.expose(), "counter": at }))
        }
        Robot::Phone(phone) => {
            let phone = phone.phone(ctx.environment).map_err(phone_robot::failure)?;
            let code = phone.passcode(ctx.now.plus(offset)).map_err(phone_robot::failure)?;
            Ok(json!({ "otp": code.expose() }))
        }
        Robot::Passkey(_) => Err(unable(robot, "code")),
    }
}

/// The body of `…/register`.
pub(crate) fn register_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text(CREATION)
                .required()
                .max(MAX_OPTIONS)
                .multiline()
                .doc("As the device that waits shows them."),
            origin(),
            boolean("userVerification").doc("Whether the user is verified this time."),
        ])
    });
    &SCHEMA
}

/// The body of `…/assert`.
pub(crate) fn assert_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text(REQUEST)
                .required()
                .max(MAX_OPTIONS)
                .multiline()
                .doc("As the device authentication shows them."),
            origin(),
            one_of("counter", &["NEXT", "CLONE"])
                .doc("CLONE signs as a copy does whose counter did not move."),
            boolean("userVerification").doc("Whether the user is verified this time."),
        ])
    });
    &SCHEMA
}

fn origin() -> postern_core::schema::Field {
    text("origin").max(300).doc("The page; https:// and the relying party's domain where it is not said.")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CeremonyWish {
    #[serde(rename = "publicKeyCredentialCreationOptions", alias = "publicKeyCredentialRequestOptions")]
    options: String,
    origin: Option<String>,
    #[serde(default)]
    counter: Counter,
    user_verification: Option<bool>,
}

impl CeremonyWish {
    fn ceremony(&self) -> Ceremony<'_> {
        Ceremony {
            options: &self.options,
            origin: self.origin.as_deref(),
            user_verification: self.user_verification,
        }
    }
}

/// `POST …/register`: makes a passkey.
pub(crate) async fn register(_: Robots, call: Call) -> Result<Reply, Failure> {
    let wish: CeremonyWish = register_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let made = shelf::change(&call, move |ctx, robot| match robot {
        Robot::Passkey(robot) => robot.register(&wish.ceremony(), &ctx.random).map_err(Error::invalid),
        _ => Err(unable(robot, "register")),
    });
    let (origin, attestation) = made.await?;
    Ok(Reply::ok(&json!({ "origin": origin, "attestation": attestation })))
}

/// `POST …/assert`: signs with a passkey.
pub(crate) async fn assert(_: Robots, call: Call) -> Result<Reply, Failure> {
    let wish: CeremonyWish = assert_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let made = shelf::change(&call, move |_, robot| match robot {
        Robot::Passkey(robot) => robot.assert(&wish.ceremony(), wish.counter).map_err(Error::invalid),
        _ => Err(unable(robot, "assert")),
    });
    let (origin, assertion) = made.await?;
    Ok(Reply::ok(&json!({ "origin": origin, "assertion": assertion })))
}

/// A robot of another type was told to do this.
pub(super) fn unable(robot: &Robot, act: &str) -> Error {
    let able = robot.acts().join(", ");
    let message = format!("A {} robot cannot be told to {act}. It can be told to: {able}.", robot.kind());
    Error::refused(Problem::new(Code::InvalidValue, message).at("type"))
}
