//! Locking and unlocking an account: actions on the user (platform contract 2.7).

use std::sync::LazyLock;

use http::Method;
use postern_core::ids::UserId;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::schema::{self, Object, date, object};
use postern_core::time::Timestamp;
use postern_engine::{Error, accounts};
use serde::Deserialize;

use super::users::shown;
use crate::web::{Call, Failure, Media, Reply, Route};

const USER: &str = "/v1/environments/{envID}/users/{userID}";

fn lock_body() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![date("unlockAt").doc("When the lock ends by itself.")]));
    &BODY
}

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let action = |route: Route, name| {
        let route = route.media(Media::Action(name)).verb(Verb::Administer);
        route.needs(Permission::Write(Area::UserAccounts)).group("Users")
    };
    vec![
        action(Route::new(Method::POST, USER, "Lock account", lock).body(lock_body()), "account.lock"),
        action(Route::new(Method::POST, USER, "Unlock account", unlock), "account.unlock"),
    ]
}

async fn lock(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        unlock_at: Option<Timestamp>,
    }
    let id: UserId = call.id("userID")?;
    let body: Body =
        lock_body().check(&call.object()?, None).and_then(schema::decode).map_err(Error::Invalid)?;
    let work = (id, body.unlock_at);
    let user = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, until)| Box::pin(accounts::lock(tx, ctx, *id, *until)))
        .await?;
    Ok(Reply::ok(&shown(&call, &user).await?))
}

async fn unlock(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let user = call.app.write(&call.ctx, id, |tx, ctx, id| Box::pin(accounts::unlock(tx, ctx, *id))).await?;
    Ok(Reply::ok(&shown(&call, &user).await?))
}
