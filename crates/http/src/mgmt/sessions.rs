//! Browser sessions of a user: which there are, and ending one.

use http::Method;
use postern_core::ids::{SessionId, UserId};
use postern_core::permission::{Area, Permission};
use postern_engine::sessions::{self, Session};
use postern_engine::users;
use serde_json::Value;

use super::crud;
use super::resource::Resource;
use super::resources::user::Users;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/users/{userID}/sessions";
const ITEM: &str = "/v1/environments/{envID}/users/{userID}/sessions/{sessionID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let (look, end) = (Permission::Read(Area::Sessions), Permission::Write(Area::Sessions));
    let routes = [
        Route::new(Method::GET, PATH, "Read all sessions", list).needs(look),
        Route::new(Method::GET, ITEM, "Read one session", read).needs(look),
        Route::new(Method::DELETE, ITEM, "Delete session", delete).needs(end),
    ];
    routes.into_iter().map(|route| route.group("Sessions")).collect()
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let mut tx = call.app.read().await?;
    users::get(&mut tx, &call.ctx, user).await?;
    let found = sessions::list(&mut tx, &call.ctx, user).await?;
    drop(tx);
    let count = i64::try_from(found.len()).ok();
    let links = Links::to(&crud::address(&call.ctx, PATH, &call.params));
    let items = found.iter().map(|session| show(&call, session)).collect();
    Ok(Reply::ok(&hal::collection(links, "sessions", items, count)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let (user, id): (UserId, SessionId) = (call.id("userID")?, call.id("sessionID")?);
    let mut tx = call.app.read().await?;
    let session = sessions::get_of_user(&mut tx, &call.ctx, user, id).await?;
    drop(tx);
    Ok(Reply::ok(&show(&call, &session)))
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    let work: (UserId, SessionId) = (call.id("userID")?, call.id("sessionID")?);
    call.app
        .write(&call.ctx, work, |tx, ctx, (user, id)| {
            Box::pin(async move {
                sessions::get_of_user(tx, ctx, *user, *id).await?;
                sessions::end_session(tx, ctx, *id).await?;
                ctx.note_access_change();
                Ok::<_, postern_engine::Error>(())
            })
        })
        .await?;
    Ok(Reply::no_content())
}

fn show(call: &Call, session: &Session) -> Value {
    let user = crud::address(&call.ctx, Users::ITEM, &call.params);
    let links = Links::to(&format!("{user}/sessions/{}", session.id))
        .link("environment", &crud::environment_address(&call.ctx, session.environment))
        .link("user", &user);
    hal::resource(links, session.members())
}
