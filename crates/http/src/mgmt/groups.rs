//! What groups have beyond a plain resource: the count of all members, and groups in groups.

mod memberships;
mod nestings;

use std::sync::LazyLock;

use http::Method;
use postern_core::entity::Stored;
use postern_core::ids::GroupId;
use postern_core::problem::Problem;
use postern_core::schema::{Object, object, uuid};
use postern_engine::groups::{self, Membership};
use postern_engine::{Error, Result};
use serde_json::{Map, Value, json};

use super::crud;
use super::resource::Resource;
use super::resources::group::{Groups, MOST_COUNTED};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route, paging};

/// Memberships of a page.
const PAGE: i64 = 1_000;

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![Route::new(Method::GET, Groups::ITEM, "Read one group", read).needs(Groups::READ)];
    routes.extend(nestings::routes());
    let mut routes: Vec<Route> = routes.into_iter().map(|route| route.group(Groups::GROUP)).collect();
    routes.extend(memberships::routes());
    routes
}

/// Reads one; `include=totalMemberCounts` counts those too who are members by a filter or through another group.
async fn read(call: Call) -> Result<Reply, Failure> {
    let id: GroupId = call.id("groupID")?;
    let mut tx = call.app.read().await?;
    let group = groups::get(&mut tx, &call.ctx, id).await?;
    let mut shown = crud::count_and_show::<Groups>(&mut tx, &call, &group).await?;
    if call.query().lists("include", "totalMemberCounts") {
        let users = groups::count_members(&mut tx, &call.ctx, id, MOST_COUNTED + 1).await?;
        if let Some(members) = shown.as_object_mut().filter(|_| users <= MOST_COUNTED) {
            members.insert("totalMemberCounts".to_owned(), json!({ "users": users }));
        }
    }
    Ok(Reply::ok(&shown))
}

/// The body of whatever becomes a member: the id of the group.
fn body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![uuid("id").required()]));
    &BODY
}

/// The group that the body names.
fn named(call: &Call) -> Result<GroupId> {
    let checked = body().check(&call.object()?, None).map_err(Error::Invalid)?;
    let id = checked.get("id").and_then(Value::as_str).and_then(|text| text.parse().ok());
    id.ok_or_else(|| Error::invalid(Problem::invalid("id", "is not an id")))
}

/// A membership as HAL. `member` is the address of who is the member.
fn show(call: &Call, member: &str, membership: &Membership) -> Value {
    let group = &membership.group;
    let environment = crud::environment_address(&call.ctx, group.environment);
    let links = Links::to(&format!("{member}/memberOfGroups/{}", group.id))
        .link("environment", &environment)
        .link("group", &format!("{environment}/groups/{}", group.id));
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(group.id));
    members.insert("environment".to_owned(), json!({ "id": group.environment }));
    members.insert("name".to_owned(), json!(group.name));
    members.insert("type".to_owned(), json!(membership.kind()));
    if let Some(population) = group.population {
        members.insert("population".to_owned(), json!({ "id": population.id }));
    }
    hal::resource(links, members)
}

/// A page of memberships: which of them, and the links.
fn page(call: &Call, member: &str, all: Vec<Membership>) -> Result<(Vec<Membership>, Links)> {
    let query = call.query();
    let window = paging::window(&query, PAGE, PAGE)?;
    let place = |group: &Stored<_>| (group.created_at, postern_core::ids::Id::uuid(group.id));
    let mut rest: Vec<Membership> = all
        .into_iter()
        .filter(|membership| window.after.is_none_or(|after| place(&membership.group) > after))
        .collect();
    let mut found: Vec<_> = rest.iter().map(|membership| membership.group.clone()).collect();
    let links = paging::cut(&mut found, window.limit, &format!("{member}/memberOfGroups"), &query);
    rest.truncate(found.len());
    Ok((rest, links))
}
