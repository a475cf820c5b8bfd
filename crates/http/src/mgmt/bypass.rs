//! How long a user needs no MFA: `…/users/{userID}/bypassMFA` (MFA contract 1.17). A moment that is past ends it.

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::user::User;
use postern_core::ids::UserId;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::schema::{self, Object, date, object};
use postern_core::time::Timestamp;
use postern_engine::{Error, users};
use serde::Deserialize;
use serde_json::{Map, json};

use super::crud::address;
use super::resource::Resource;
use super::resources::user::Users;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/users/{userID}/bypassMFA";
const UNTIL: &str = "bypassMFAEnabledUntil";

fn body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            date(UNTIL).required().doc("Until when the user needs no MFA; a moment that is past ends it."),
        ])
    });
    &BODY
}

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "Read user MFA bypass", read).needs(Permission::Read(Area::MfaEnabled)),
        Route::new(Method::PUT, PATH, "Update user MFA bypass", write)
            .needs(Permission::Write(Area::MfaEnabled))
            .verb(Verb::Administer)
            .body(body()),
    ]
    .into_iter()
    .map(|route| route.group(Users::GROUP))
    .collect()
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let mut tx = call.app.read().await?;
    let user = users::get(&mut tx, &call.ctx, id).await?;
    drop(tx);
    Ok(shown(&call, &user))
}

async fn write(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(rename = "bypassMFAEnabledUntil")]
        until: Timestamp,
    }
    let id: UserId = call.id("userID")?;
    let body: Body = body().check(&call.object()?, None).and_then(schema::decode).map_err(Error::Invalid)?;
    let work = (id, body.until);
    let user = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, until)| Box::pin(users::bypass_mfa(tx, ctx, *id, *until)))
        .await?;
    Ok(shown(&call, &user))
}

/// Without an active bypass there are only links.
fn shown(call: &Call, user: &User) -> Reply {
    let own = address(&call.ctx, Users::ITEM, &call.params);
    let links = Links::to(&format!("{own}/bypassMFA")).link("user", &own);
    let mut members = Map::new();
    if let Some(until) = user.bypass_mfa_enabled_until.filter(|_| user.bypasses_mfa(call.ctx.now)) {
        members.insert(UNTIL.to_owned(), json!(until));
        members.insert("canBypassMFA".to_owned(), json!(true));
    }
    Reply::ok(&hal::resource(links, members))
}
