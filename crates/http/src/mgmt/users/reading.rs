//! Users with what belongs to them: the state of the password with one user, populations on request.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use postern_core::directory::population::Population;
use postern_core::ids::{PopulationId, UserId};
use postern_core::permission::Verb;
use postern_engine::{Error, Result, groups, passwords, users};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::Resource;
use crate::mgmt::resources::group::Groups;
use crate::mgmt::resources::population::Populations;
use crate::mgmt::resources::user::Users;
use crate::mgmt::{condition, crud};
use crate::web::hal::embed;
use crate::web::{Call, Failure, Reply, hal};

/// Lists, with filter and paging; `expand=population` embeds the population of each user.
pub(super) async fn list(call: Call) -> Result<Reply, Failure> {
    let mut filter = condition::parse(call.query().get("filter"), Users::FILTERS)?;
    if filter != Condition::Everything {
        if !filter.compared_with(users::attributes::GROUP).is_empty() {
            call.ctx.demand(Groups::READ, Verb::Read, None)?;
        }
        filter = users::attributes::resolved(&mut call.app.read().await?, &call.ctx, filter).await?;
    }
    let page = crud::page_of::<Users>(&call, filter).await?;
    let mut counted = page.counted.into_iter();
    let mut shown: Vec<Value> =
        page.found.iter().map(|user| crud::show::<Users>(&call, user, counted.next())).collect();
    if expands_population(&call, None)? {
        let mut tx = call.app.read().await?;
        let mut known = HashMap::new();
        for (user, shown) in page.found.iter().zip(&mut shown) {
            let population = match known.entry(user.population.id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(population(&mut tx, &call, user.population.id).await?),
            };
            embed(shown, "population", population.clone());
        }
    }
    Ok(Reply::ok(&hal::collection(page.links, Users::EMBEDDED, shown, page.count)))
}

/// Reads one; `include` adds the ids or names of its groups.
pub(super) async fn read(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let groups = included_groups(&call, id)?;
    let expanded = expands_population(&call, Some(id))?;
    let mut tx = call.app.read().await?;
    let password = passwords::state(&mut tx, &call.ctx, id).await?;
    let user = &password.holder.user;
    let mut shown = crud::count_and_show::<Users>(&mut tx, &call, user).await?;
    embed(&mut shown, "password", json!({ "status": password.state.name() }));
    if expanded {
        embed(&mut shown, "population", population(&mut tx, &call, user.population.id).await?);
    }
    if let Some(members) = shown.as_object_mut().filter(|_| groups.ids || groups.names) {
        let all = groups::of_user(&mut tx, &call.ctx, user).await?;
        if groups.ids {
            let ids: Vec<_> = all.iter().map(|membership| membership.group.id).collect();
            members.insert("memberOfGroupIDs".to_owned(), json!(ids));
        }
        if groups.names {
            let names: Vec<_> = all.iter().map(|membership| &membership.group.name).collect();
            members.insert("memberOfGroupNames".to_owned(), json!(names));
        }
    }
    Ok(Reply::ok(&shown))
}

/// What a request wants to know of the user's groups.
struct IncludedGroups {
    ids: bool,
    names: bool,
}

/// What the request asks for. People see the groups that they are in; others need the right to read groups.
fn included_groups(call: &Call, user: UserId) -> Result<IncludedGroups> {
    let query = call.query();
    let wanted = IncludedGroups {
        ids: query.lists("include", "memberOfGroupIDs"),
        names: query.lists("include", "memberOfGroupNames"),
    };
    if (wanted.ids || wanted.names) && !call.ctx.caller.is_self(user) {
        call.ctx.demand(Groups::READ, Verb::Read, None)?;
    }
    Ok(wanted)
}

/// Whether the request asks for populations; who may not read them may not have them embedded.
fn expands_population(call: &Call, reader: Option<UserId>) -> Result<bool> {
    let wanted = call.query().lists("expand", "population");
    if wanted {
        call.ctx.demand(Populations::READ, Verb::Read, reader)?;
    }
    Ok(wanted)
}

async fn population(tx: &mut Tx, call: &Call, id: PopulationId) -> Result<Value> {
    let found = documents::find::<Population>(tx, call.ctx.environment, id)
        .await?
        .ok_or(Error::NotFound("population"))?;
    crud::count_and_show::<Populations>(tx, call, &found).await
}
