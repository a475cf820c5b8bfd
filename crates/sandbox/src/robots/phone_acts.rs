//! What robots with phones are told to do. What the server said to them is part of the answer, whatever it was.

use std::sync::LazyLock;

use postern_core::ids::PushRequestId;
use postern_core::mfa::push::request::{Decision, PushRequest};
use postern_core::problem::{Code, Problem};
use postern_core::schema::{Object, boolean, integer, object, one_of, uuid};
use postern_engine::{Error, Result};
use postern_http::web::{Call, Failure, Reply};
use postern_store::documents;
use serde::Deserialize;
use serde_json::{Value, json};

use super::acts::unable;
use super::phone_robot::{Pairing, PhoneRobot, Reaction, failure, other_number};
use super::robot::Robot;
use super::wire::{Said, moment, send};
use super::{Robots, shelf};
use crate::phone::Phone;

/// Longest that a phone waits for a push request, in seconds.
const LONGEST_WAIT: i64 = 25;

/// What became of a pairing.
pub(super) enum Claimed {
    /// A phone with a device.
    Paired(Box<PhoneRobot>),
    /// The server would not have it.
    Refused(Said),
}

/// Pairs a phone.
pub(super) async fn claim(robots: &Robots, call: &Call, pairing: Pairing) -> Result<Claimed> {
    let mut phone = Phone::new(call.ctx.environment).map_err(failure)?;
    let key = pairing.pairing_key.expose();
    let signed = phone.claim(moment(call), key, &pairing.application, &pairing.facts()).map_err(failure)?;
    let said = send(robots, call, &signed).await?;
    if said.status != 201 {
        return Ok(Claimed::Refused(said));
    }
    phone.paired(&said.body).map_err(failure)?;
    let robot = PhoneRobot::new(pairing.application, &phone).map_err(failure)?;
    Ok(Claimed::Paired(Box::new(robot)))
}

/// The body of `…/look`.
pub(crate) fn look_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let wait = integer("wait", 0, LONGEST_WAIT).whole();
        object(vec![wait.doc("Seconds to wait for a push request when there is none yet.")])
    });
    &SCHEMA
}

#[derive(Deserialize)]
struct LookWish {
    #[serde(default)]
    wait: u8,
}

/// `POST …/look`: the push requests that the phone sees.
pub(crate) async fn look(robots: Robots, call: Call) -> std::result::Result<Reply, Failure> {
    let wish: LookWish = look_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let (_, phone) = phone(&call, "look").await?;
    let (requests, said) = see(&robots, &call, &phone, wish.wait).await?;
    Ok(Reply::ok(&json!({ "requests": requests, "server": { "status": said.status, "body": said.body } })))
}

/// Looks, and remembers what is seen.
async fn see(robots: &Robots, call: &Call, phone: &Phone, wait: u8) -> Result<(Vec<Value>, Said)> {
    let signed = phone.look(moment(call), wait).map_err(failure)?;
    let said = send(robots, call, &signed).await?;
    let requests = said.body.get("requests").and_then(Value::as_array).cloned().unwrap_or_default();
    if !requests.is_empty() {
        let seen = requests.clone();
        shelf::change(call, move |_, robot| {
            if let Robot::Phone(phone) = robot {
                phone.remember(&seen);
            }
            Ok(())
        })
        .await?;
    }
    Ok((requests, said))
}

/// The body of `…/answer`.
pub(crate) fn answer_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            one_of("answer", Decision::WORDS).required(),
            integer("number", 0, 999).whole().doc("The number on the screen, where numbers are matched."),
            boolean("wrongNumber").doc("Picks or types another number than that on the screen."),
            integer("times", 1, 2).whole().default(1).doc("How often it is answered."),
            uuid("request")
                .doc("Which request, even one that was seen long ago; the newest where it is not said."),
        ])
    });
    &SCHEMA
}

/// `POST …/answer`: answers a push request. The tries list what the server said to each.
pub(crate) async fn answer(robots: Robots, call: Call) -> std::result::Result<Reply, Failure> {
    let reaction: Reaction = answer_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let (robot, phone) = phone(&call, "answer").await?;
    let request = choose(&robots, &call, &robot, &phone, reaction.request.as_deref()).await?;
    let number = number(&call, &request, &reaction).await?;
    let mut tries = Vec::new();
    for _ in 0..reaction.times {
        let signed = phone.answer(moment(&call), &request, reaction.answer, number).map_err(failure)?;
        tries.push(send(&robots, &call, &signed).await?.into_value());
    }
    let id = request.get("id").cloned().unwrap_or_default();
    Ok(Reply::ok(&json!({ "request": { "id": id }, "number": number, "tries": tries })))
}

/// The request to answer: one that was named and was seen before or is seen now, or the newest that waits.
async fn choose(
    robots: &Robots,
    call: &Call,
    robot: &PhoneRobot,
    phone: &Phone,
    named: Option<&str>,
) -> Result<Value> {
    if let Some(seen) = named.and_then(|id| robot.remembered(id)) {
        return Ok(seen.clone());
    }
    let (waiting, _) = see(robots, call, phone, 0).await?;
    let created = |request: &Value| request.get("createdAt").and_then(Value::as_str).map(str::to_owned);
    let found = match named {
        Some(id) => waiting.into_iter().find(|one| one.get("id").and_then(Value::as_str) == Some(id)),
        None => waiting.into_iter().max_by_key(created),
    };
    found.ok_or_else(|| match named {
        Some(_) => {
            Error::invalid(Problem::invalid("request", "is not a push request that the phone has seen"))
        }
        None => Error::refused(Problem::new(Code::InvalidValue, "No push request waits on the phone")),
    })
}

/// The number that the user picks or types. Who is to be wrong must know what is right: without a number in the body,
/// the screen is read from the record of the request.
async fn number(call: &Call, request: &Value, reaction: &Reaction) -> Result<Option<i64>> {
    if !reaction.wrong_number {
        return Ok(reaction.number);
    }
    let right = match reaction.number {
        Some(number) => Some(number),
        None => on_screen(call, request).await?,
    };
    let wrong = right.and_then(|right| other_number(request, right));
    let no_numbers = || Error::invalid(Problem::invalid("wrongNumber", "the request matches no numbers"));
    wrong.map(Some).ok_or_else(no_numbers)
}

async fn on_screen(call: &Call, request: &Value) -> Result<Option<i64>> {
    let id = request.get("id").and_then(Value::as_str).and_then(|id| id.parse::<PushRequestId>().ok());
    let Some(id) = id else { return Ok(None) };
    let found = documents::find::<PushRequest>(&mut call.app.read().await?, call.ctx.environment, id).await?;
    Ok(found.and_then(|request| request.matching.as_ref().map(|matching| matching.number)))
}

/// `POST …/rotate-key`: changes the key of the phone.
pub(crate) async fn change_key(robots: Robots, call: Call) -> std::result::Result<Reply, Failure> {
    let (_, mut phone) = phone(&call, "rotate-key").await?;
    let (signed, new) = phone.change_key(moment(&call)).map_err(failure)?;
    let said = send(&robots, &call, &signed).await?;
    if said.status == 200 {
        phone.changed_key(new);
        shelf::change(&call, move |_, robot| match robot {
            Robot::Phone(kept) => kept.take_key(&phone).map_err(failure),
            _ => Ok(()),
        })
        .await?;
    }
    Ok(Reply::ok(&json!({ "server": said.into_value() })))
}

/// `POST …/unpair`: removes the device from the phone. The robot stays, and its application does not know.
pub(crate) async fn unpair(robots: Robots, call: Call) -> std::result::Result<Reply, Failure> {
    let (_, phone) = phone(&call, "unpair").await?;
    let signed = phone.request(moment(&call), "DELETE", "", &Value::Null).map_err(failure)?;
    let said = send(&robots, &call, &signed).await?;
    Ok(Reply::ok(&json!({ "server": said.into_value() })))
}

/// The robot of the path, which must be a phone.
async fn phone(call: &Call, act: &str) -> Result<(Box<PhoneRobot>, Phone)> {
    match shelf::find(call).await?.robot {
        Robot::Phone(robot) => {
            let phone = robot.phone(call.ctx.environment).map_err(failure)?;
            Ok((robot, phone))
        }
        other => Err(unable(&other, act)),
    }
}
