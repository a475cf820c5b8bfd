//! A pairing key is claimed.

use data_encoding::BASE32_NOPAD;
use http::Method;
use postern_core::devices::mobile::Claim;
use postern_engine::phones::{self, Authenticator, Paired};
use postern_engine::{Ctx, Error};
use serde_json::{Map, Value, json};

use super::super::super::web::hal::{self, Links};
use super::super::super::web::{Call, Failure, Reply};
use super::proof::Signed;
use super::{DEVICES, upkeep};

pub(super) async fn pair(call: Call) -> Result<Reply, Failure> {
    let signed = Signed::of(&call, Method::POST, DEVICES)?;
    let claim = Claim::read(&call.object()?).map_err(Error::Invalid)?;
    let verdict = call
        .app
        .write(&call.ctx, (claim, signed), |tx, ctx, (claim, signed)| {
            Box::pin(phones::claim(tx, ctx, claim, &signed.token, signed.covered()))
        })
        .await?;
    Ok(Reply::created(&render(&call.ctx, &verdict.into_result()?)))
}

fn render(ctx: &Ctx, paired: &Paired) -> Value {
    let own = upkeep::address(ctx, paired.device.id);
    let links = Links::to(&own)
        .link("requests", &format!("{own}/requests"))
        .link("authenticationCodes", &format!("{own}/authenticationCodes"));
    let period = paired.device.mobile.as_ref().map(|app| app.otp.period);
    let secret = BASE32_NOPAD.encode(paired.seed.expose());
    let members = Map::from_iter([
        ("id".to_owned(), json!(paired.device.id)),
        ("environment".to_owned(), json!({ "id": paired.device.environment })),
        ("user".to_owned(), json!({ "id": paired.user.id, "username": paired.user.username })),
        ("application".to_owned(), json!({ "id": paired.application.id, "name": paired.application.name })),
        ("otp".to_owned(), json!({ "secret": secret, "algorithm": "SHA1", "digits": 6, "period": period })),
        ("authenticators".to_owned(), json!({ "push": outcome(paired.push), "otp": outcome(paired.otp) })),
    ]);
    hal::resource(links, members)
}

fn outcome(authenticator: Authenticator) -> Value {
    match authenticator.0 {
        None => json!({ "status": "COMPLETED" }),
        Some(code) => json!({ "status": "FAILED", "error": { "code": code } }),
    }
}
