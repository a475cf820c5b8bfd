//! Authentication codes that the application read from a QR code or was opened with.

use std::sync::LazyLock;

use http::Method;
use postern_core::entity::Stored;
use postern_core::ids::AuthenticationCodeId;
use postern_core::mfa::authentication_code::AuthenticationCode;
use postern_core::schema::{Object, object, one_of, text};
use postern_engine::{Ctx, Error, authentication_codes};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::super::web::{Call, Failure, Reply};
use super::proof::{Signed, admit};
use super::{CODE, CODES};

/// The body that claims a code.
pub(super) fn claim_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| object(vec![text("code").required().max(32)]));
    &SCHEMA
}

/// The body that decides.
pub(super) fn decision_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> =
        LazyLock::new(|| object(vec![one_of("answer", &["APPROVE", "DENY"]).required()]));
    &SCHEMA
}

pub(super) async fn claim(mut call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        code: String,
    }
    let signed = Signed::of(&call, Method::POST, CODES)?;
    let device = admit(&mut call, &signed).await?;
    let body: Body = claim_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let code = call
        .app
        .write(&call.ctx, (device, body.code), |tx, ctx, (device, code)| {
            Box::pin(authentication_codes::claim(tx, ctx, device, code))
        })
        .await?;
    Ok(Reply::ok(&render(&call.ctx, &code)))
}

pub(super) async fn decide(mut call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        answer: String,
    }
    let id: AuthenticationCodeId = call.id("codeID")?;
    let signed = Signed::of(&call, Method::POST, CODE)?;
    let device = admit(&mut call, &signed).await?;
    let body: Body = decision_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let work = (device, id, body.answer == "APPROVE");
    let code = call
        .app
        .write(&call.ctx, work, |tx, ctx, (device, id, approved)| {
            Box::pin(authentication_codes::decide(tx, ctx, device, *id, *approved))
        })
        .await?;
    Ok(Reply::ok(&render(&call.ctx, &code)))
}

fn render(ctx: &Ctx, code: &Stored<AuthenticationCode>) -> Value {
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(code.id)),
        ("status".to_owned(), json!(code.status(ctx.now))),
        ("userApproval".to_owned(), json!(code.user_approval)),
        ("expiresAt".to_owned(), json!(code.expires_at)),
    ]);
    if let Some(context) = &code.client_context {
        members.insert("clientContext".to_owned(), context.clone());
    }
    Value::Object(members)
}
