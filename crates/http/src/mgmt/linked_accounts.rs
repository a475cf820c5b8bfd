//! Accounts with external providers that a user is linked to. No sign-on makes such a link, so nobody has any.

use http::Method;
use postern_core::ids::UserId;
use postern_engine::{Error, users};

use super::crud;
use super::resource::Resource;
use super::resources::user::Users;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/users/{userID}/linkedAccounts";
const ITEM: &str = "/v1/environments/{envID}/users/{userID}/linkedAccounts/{linkedAccountID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = [
        Route::new(Method::GET, PATH, "Read all linked accounts", list).needs(Users::READ),
        Route::new(Method::GET, ITEM, "Read one linked account", none).needs(Users::READ),
        Route::new(Method::DELETE, ITEM, "Delete linked account", none).needs(Users::WRITE),
    ];
    routes.into_iter().map(|route| route.group("Linked accounts")).collect()
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    users::get(&mut call.app.read().await?, &call.ctx, user).await?;
    let links = Links::to(&crud::address(&call.ctx, PATH, &call.params));
    Ok(Reply::ok(&hal::collection(links, "linkedAccounts", Vec::new(), Some(0))))
}

async fn none(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    users::get(&mut call.app.read().await?, &call.ctx, user).await?;
    Err(Error::NotFound("linked account").into())
}
