//! Users with what belongs to them: the state of the password with one user, populations on request.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use postern_core::directory::population::Population;
use postern_core::ids::{PopulationId, UserId};
use postern_core::permission::Verb;
use postern_engine::{Error, Result, passwords};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::crud;
use crate::mgmt::resource::Resource;
use crate::mgmt::resources::population::Populations;
use crate::mgmt::resources::user::Users;
use crate::web::hal::embed;
use crate::web::{Call, Failure, Reply, hal};

/// Lists, with filter and paging; `expand=population` embeds the population of each user.
pub(super) async fn list(call: Call) -> Result<Reply, Failure> {
    let page = crud::page::<Users>(&call).await?;
    let mut shown: Vec<Value> =
        page.found.iter().map(|user| crud::render::<Users>(&call.ctx, &call.params, user)).collect();
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

/// Reads one.
pub(super) async fn read(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let expanded = expands_population(&call, Some(id))?;
    let mut tx = call.app.read().await?;
    let password = passwords::state(&mut tx, &call.ctx, id).await?;
    let user = &password.holder.user;
    let mut shown = crud::render::<Users>(&call.ctx, &call.params, user);
    embed(&mut shown, "password", json!({ "status": password.state.name() }));
    if expanded {
        embed(&mut shown, "population", population(&mut tx, &call, user.population.id).await?);
    }
    Ok(Reply::ok(&shown))
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
