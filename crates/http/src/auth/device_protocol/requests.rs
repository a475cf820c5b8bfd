//! Push requests: looked for, and answered.

use std::sync::LazyLock;
use std::time::Duration;

use http::Method;
use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::PushRequestId;
use postern_core::mfa::push::request::{Answer, Decision, Evidence, PushRequest};
use postern_core::problem::Problem;
use postern_core::schema::{Object, integer, object, one_of, text};
use postern_core::time::Span;
use postern_engine::{Ctx, Error, Result, push};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::super::web::{Call, Failure, Reply};
use super::proof::{Signed, admit};
use super::{REQUEST, REQUESTS, upkeep};

/// Longest that a request for requests waits, in seconds.
const LONGEST_WAIT: i64 = 25;
/// How often it looks meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// The body of an answer.
pub(super) fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            one_of("answer", Decision::WORDS).required(),
            text("challenge").required().max(100).doc("The challenge of the request."),
            text("detailsDigest")
                .required()
                .max(100)
                .doc("SHA-256 in base64url of the text `details`, exactly as it came and was shown."),
            integer("number", 0, 999)
                .whole()
                .doc("What the user picked or typed, where numbers are matched."),
        ])
    });
    &SCHEMA
}

pub(super) async fn list(mut call: Call) -> std::result::Result<Reply, Failure> {
    let signed = Signed::of(&call, Method::GET, REQUESTS)?;
    let wait = wait(&call)?;
    let device = admit(&mut call, &signed).await?;
    let until = call.ctx.now.plus(wait);
    loop {
        let waiting = look(&call.app, &call.ctx, &device).await?;
        if !waiting.is_empty() || call.app.now() >= until {
            return Ok(Reply::ok(&render_all(&call.ctx, &device, &waiting)));
        }
        tokio::time::sleep(PAUSE).await;
        call.ctx.now = call.app.now();
    }
}

/// How long the phone would wait for a request.
fn wait(call: &Call) -> Result<Span> {
    let query = call.query();
    let Some(text) = query.get("wait") else { return Ok(Span::ZERO) };
    match text.parse::<i64>() {
        Ok(seconds) if (0..=LONGEST_WAIT).contains(&seconds) => Ok(Span::seconds(seconds)),
        _ => Err(Error::invalid(Problem::out_of_range("wait", 0, LONGEST_WAIT))),
    }
}

async fn look(
    app: &super::super::super::web::App,
    ctx: &Ctx,
    device: &Stored<Device>,
) -> Result<Vec<Stored<PushRequest>>> {
    let mut tx = app.read().await?;
    push::pending(&mut tx, ctx, device.id).await
}

pub(super) async fn answer(mut call: Call) -> std::result::Result<Reply, Failure> {
    let id: PushRequestId = call.id("requestID")?;
    let signed = Signed::of(&call, Method::POST, REQUEST)?;
    let device = admit(&mut call, &signed).await?;
    let answer = read(&call, &signed)?;
    let request = call
        .app
        .write(&call.ctx, (device.id, id, answer), |tx, ctx, (device, id, answer)| {
            Box::pin(push::answer(tx, ctx, *device, *id, answer.clone()))
        })
        .await?;
    Ok(Reply::ok(&json!({ "id": request.id, "status": request.status() })))
}

fn read(call: &Call, signed: &Signed) -> Result<Answer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        answer: Decision,
        challenge: String,
        details_digest: String,
        number: Option<i64>,
    }
    let body: Body = schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    Ok(Answer {
        decision: body.answer,
        challenge: body.challenge,
        details_digest: body.details_digest,
        number: body.number,
        evidence: Evidence { proof: signed.token.clone(), body: signed.body(), at: call.ctx.now },
    })
}

fn render_all(ctx: &Ctx, device: &Stored<Device>, waiting: &[Stored<PushRequest>]) -> Value {
    let requests: Vec<Value> = waiting.iter().map(render).collect();
    json!({ "requests": requests, "logsRequested": upkeep::logs_wanted(ctx, device) })
}

/// The right number is not among what the application gets.
fn render(request: &Stored<PushRequest>) -> Value {
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(request.id)),
        ("challenge".to_owned(), json!(request.challenge)),
        ("details".to_owned(), json!(request.details)),
        ("category".to_owned(), json!(request.category)),
        ("silent".to_owned(), json!(request.silence.is_some())),
        ("createdAt".to_owned(), json!(request.created_at)),
        ("expiresAt".to_owned(), json!(request.expires_at)),
    ]);
    if let Some(matching) = &request.matching {
        let mut shown = json!({ "type": matching.kind });
        if let (Some(shown), false) = (shown.as_object_mut(), matching.choices.is_empty()) {
            shown.insert("choices".to_owned(), json!(matching.choices));
        }
        members.insert("numberMatching".to_owned(), shown);
    }
    Value::Object(members)
}
