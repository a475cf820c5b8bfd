//! The groups that a group is nested in.

use http::Method;
use postern_core::ids::GroupId;
use postern_engine::{Error, groups};

use super::{body, named, page, show};
use crate::mgmt::crud;
use crate::mgmt::resource::Resource;
use crate::mgmt::resources::group::Groups;
use crate::web::{Call, Failure, Reply, Route, hal};

const PATH: &str = "/v1/environments/{envID}/groups/{groupID}/memberOfGroups";
const ITEM: &str = "/v1/environments/{envID}/groups/{groupID}/memberOfGroups/{nestedGroupID}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "Read all group nestings", list).needs(Groups::READ),
        Route::new(Method::POST, PATH, "Create group nesting", add).needs(Groups::WRITE).body(body()),
        Route::new(Method::GET, ITEM, "Read one group nesting", read).needs(Groups::READ),
        Route::new(Method::DELETE, ITEM, "Delete group nesting", remove).needs(Groups::WRITE),
    ]
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let group: GroupId = call.id("groupID")?;
    let mut tx = call.app.read().await?;
    let all = groups::nestings(&mut tx, &call.ctx, group).await?;
    drop(tx);
    let count = i64::try_from(all.len()).ok();
    let address = crud::address(&call.ctx, Groups::ITEM, &call.params);
    let (found, links) = page(&call, &address, all)?;
    let items = found.iter().map(|nesting| show(&call, &address, nesting)).collect();
    Ok(Reply::ok(&hal::collection(links, "groupMemberships", items, count)))
}

async fn add(call: Call) -> Result<Reply, Failure> {
    let group: GroupId = call.id("groupID")?;
    let work = (group, named(&call)?);
    let nesting = call
        .app
        .write(&call.ctx, work, |tx, ctx, (group, parent)| Box::pin(groups::nest(tx, ctx, *group, *parent)))
        .await?;
    let address = crud::address(&call.ctx, Groups::ITEM, &call.params);
    Ok(Reply::created(&show(&call, &address, &nesting)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let (group, parent): (GroupId, GroupId) = (call.id("groupID")?, call.id("nestedGroupID")?);
    let mut tx = call.app.read().await?;
    let all = groups::nestings(&mut tx, &call.ctx, group).await?;
    drop(tx);
    let found = all.iter().find(|nesting| nesting.group.id == parent);
    let nesting = found.ok_or(Error::NotFound("group nesting"))?;
    let address = crud::address(&call.ctx, Groups::ITEM, &call.params);
    Ok(Reply::ok(&show(&call, &address, nesting)))
}

async fn remove(call: Call) -> Result<Reply, Failure> {
    let work: (GroupId, GroupId) = (call.id("groupID")?, call.id("nestedGroupID")?);
    call.app
        .write(&call.ctx, work, |tx, ctx, (group, parent)| Box::pin(groups::unnest(tx, ctx, *group, *parent)))
        .await?;
    Ok(Reply::no_content())
}
