//! The groups of a user.

use http::Method;
use postern_core::ids::{GroupId, UserId};
use postern_engine::groups::{self, Membership};
use postern_engine::{Result, users};
use postern_store::sql::Tx;
use serde_json::Value;

use super::{body, named, page, show};
use crate::mgmt::crud;
use crate::mgmt::resource::Resource;
use crate::mgmt::resources::group::Groups;
use crate::mgmt::resources::user::Users;
use crate::web::hal::{self, embed};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/users/{userID}/memberOfGroups";
const ITEM: &str = "/v1/environments/{envID}/users/{userID}/memberOfGroups/{groupID}";

pub(super) fn routes() -> Vec<Route> {
    let routes = [
        Route::new(Method::GET, PATH, "Read all group memberships of a user", list).needs(Groups::READ),
        Route::new(Method::POST, PATH, "Add user to group", add).needs(Groups::WRITE).body(body()),
        Route::new(Method::GET, ITEM, "Read one group membership of a user", read).needs(Groups::READ),
        Route::new(Method::DELETE, ITEM, "Remove user from group", remove).needs(Groups::WRITE),
    ];
    routes.into_iter().map(|route| route.group("Group membership")).collect()
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let mut tx = call.app.read().await?;
    let user = users::get(&mut tx, &call.ctx, user).await?;
    let all = groups::of_user(&mut tx, &call.ctx, &user).await?;
    let count = i64::try_from(all.len()).ok();
    let address = crud::address(&call.ctx, Users::ITEM, &call.params);
    let (found, links) = page(&call, &address, all)?;
    let mut items = Vec::with_capacity(found.len());
    for membership in &found {
        items.push(shown(&mut tx, &call, &address, membership).await?);
    }
    Ok(Reply::ok(&hal::collection(links, "groupMemberships", items, count)))
}

/// One membership; `expand=group` embeds the group.
async fn shown(tx: &mut Tx, call: &Call, address: &str, membership: &Membership) -> Result<Value> {
    let mut shown = show(call, address, membership);
    if call.query().lists("expand", "group") {
        embed(&mut shown, "group", crud::count_and_show::<Groups>(tx, call, &membership.group).await?);
    }
    Ok(shown)
}

async fn add(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let work = (user, named(&call)?);
    let membership = call
        .app
        .write(&call.ctx, work, |tx, ctx, (user, group)| Box::pin(groups::add_user(tx, ctx, *user, *group)))
        .await?;
    let address = crud::address(&call.ctx, Users::ITEM, &call.params);
    Ok(Reply::created(&show(&call, &address, &membership)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let (user, group): (UserId, GroupId) = (call.id("userID")?, call.id("groupID")?);
    let mut tx = call.app.read().await?;
    let user = users::get(&mut tx, &call.ctx, user).await?;
    let membership = groups::membership(&mut tx, &call.ctx, &user, group).await?;
    let address = crud::address(&call.ctx, Users::ITEM, &call.params);
    Ok(Reply::ok(&shown(&mut tx, &call, &address, &membership).await?))
}

async fn remove(call: Call) -> Result<Reply, Failure> {
    let work: (UserId, GroupId) = (call.id("userID")?, call.id("groupID")?);
    call.app
        .write(&call.ctx, work, |tx, ctx, (user, group)| {
            Box::pin(groups::remove_user(tx, ctx, *user, *group))
        })
        .await?;
    Ok(Reply::no_content())
}
