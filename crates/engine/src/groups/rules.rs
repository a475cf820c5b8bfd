//! Rules for groups as records: names, populations, filters, and what goes with them.

use postern_core::directory::group::Group;
use postern_core::directory::population::Population;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::filter::fold;
use postern_core::ids::Id;
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition};
use postern_store::sql::{Tx, Value};
use postern_store::tables::{group_membership, group_nesting};

use super::{stand_above, user_filter};
use crate::references::{must_exist, one_at_a_time, remove_owned};
use crate::{Ctx, Error, Result};

/// Refuses what a group may not be.
///
/// # Errors
/// [`Error::Invalid`] naming the member.
pub async fn before_write(
    tx: &mut Tx,
    ctx: &Ctx,
    new: &Stored<Group>,
    old: Option<&Stored<Group>>,
) -> Result<()> {
    if let Some(text) = &new.user_filter {
        user_filter(text)?;
    }
    if old.is_some_and(|old| old.population != new.population) {
        return Err(Error::invalid(Problem::invalid("population", "cannot be changed")));
    }
    if let Some(population) = new.population {
        must_exist::<Population>(tx, ctx, population.id, "population.id").await?;
    }
    if old.is_none_or(|old| fold(&old.name) != fold(&new.name)) {
        one_at_a_time(tx, ctx).await?;
        refuse_shared_name(tx, ctx, new).await?;
    }
    Ok(())
}

/// Two groups may share a name when they are of two populations. The unique index sees to one population; this sees
/// to groups of the environment, which share their name with none.
async fn refuse_shared_name(tx: &mut Tx, ctx: &Ctx, group: &Stored<Group>) -> Result<()> {
    let same = Condition::equals("name_key", fold(&group.name));
    let same = match group.population {
        Some(_) => same.and(Condition::equals("population_id", Value::Null)),
        None => same,
    };
    let others = same.and(Condition::Not(Box::new(Condition::equals("id", group.id))));
    match documents::count::<Group>(tx, ctx.environment, &others, 1).await? {
        0 => Ok(()),
        _ => Err(Error::invalid(Problem::not_unique("name"))),
    }
}

/// Removes what belongs to a group that is about to go.
///
/// # Errors
/// [`Error::Denied`] when the group gives more roles than the caller has; those of the database.
pub async fn before_delete(tx: &mut Tx, ctx: &Ctx, group: &Stored<Group>) -> Result<()> {
    stand_above(tx, ctx, group.id).await?;
    remove_owned::<RoleAssignment>(tx, ctx, "actor_id", group.id.uuid()).await?;
    group_membership::delete_of_group(tx, ctx.environment, group.id).await?;
    Ok(group_nesting::forget(tx, ctx.environment, group.id).await?)
}
