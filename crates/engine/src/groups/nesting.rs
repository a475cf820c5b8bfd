//! Groups in groups.

use std::collections::{BTreeMap, BTreeSet};

use postern_core::directory::group::Group;
use postern_core::entity::Stored;
use postern_core::ids::GroupId;
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::group_nesting;

use super::{Membership, get, memberships, stand_above};
use crate::audit::{self, Event, Subject};
use crate::references::{constraint, must_exist, one_at_a_time};
use crate::{Ctx, Error, Result};

/// Groups that may be nested in one, however deep.
const MOST_BELOW: usize = 500;
const TOO_MANY: &str = "A group can hold 500 groups at most, however deep they are nested";

/// The groups that a group is nested in, oldest first.
///
/// # Errors
/// [`Error::NotFound`] without the group.
pub async fn nestings(tx: &mut Tx, ctx: &Ctx, group: GroupId) -> Result<Vec<Membership>> {
    get(tx, ctx, group).await?;
    let direct: BTreeSet<GroupId> =
        group_nesting::parents(tx, ctx.environment, group).await?.into_iter().collect();
    let all = group_nesting::ancestors(tx, ctx.environment, group).await?.into_iter().collect();
    memberships(tx, ctx, all, BTreeMap::new(), &direct).await
}

/// Makes a group a member of another.
///
/// # Errors
/// [`Error::NotFound`] without the group; [`Error::Invalid`] without the other, when it is a member of the first one
/// itself, or when it may not hold all users of the first; [`Error::Denied`] when the other gives more roles than the
/// caller has.
pub async fn nest(tx: &mut Tx, ctx: &Ctx, group: GroupId, parent: GroupId) -> Result<Membership> {
    one_at_a_time(tx, ctx).await?;
    let group = documents::find_shared::<Group>(tx, ctx.environment, group).await?;
    let group = group.ok_or(Error::NotFound("group"))?;
    let parent = must_exist::<Group>(tx, ctx, parent, "id").await?;
    refuse_strangers(&group, &parent)?;
    let mut above = group_nesting::ancestors(tx, ctx.environment, parent.id).await?;
    above.push(parent.id);
    if group.id == parent.id || above.contains(&group.id) {
        return Err(Error::invalid(Problem::invalid("id", "is a member of this group itself")));
    }
    let below = group_nesting::descendants(tx, ctx.environment, group.id).await?.len() + 1;
    for id in above {
        if group_nesting::descendants(tx, ctx.environment, id).await?.len() + below > MOST_BELOW {
            return Err(constraint(TOO_MANY));
        }
    }
    stand_above(tx, ctx, parent.id).await?;
    if !group_nesting::add(tx, ctx.environment, group.id, parent.id, ctx.now).await? {
        return Err(Error::invalid(Problem::not_unique("id")));
    }
    audit::record(tx, ctx, Event::new("GROUP.UPDATED", Subject::of(&group))).await?;
    Ok(Membership { group: parent, direct: true })
}

/// A group of a population holds users of that population only.
fn refuse_strangers(group: &Stored<Group>, parent: &Stored<Group>) -> Result<()> {
    if parent.population.is_some() && parent.population != group.population {
        let text = "is a group of a population, which can hold groups of that population only";
        return Err(Error::invalid(Problem::invalid("id", text)));
    }
    Ok(())
}

/// Takes a group out of another.
///
/// # Errors
/// [`Error::NotFound`] when it is not in it; [`Error::Invalid`] when it is in it through a third one only;
/// [`Error::Denied`] when the other gives more roles than the caller has.
pub async fn unnest(tx: &mut Tx, ctx: &Ctx, group: GroupId, parent: GroupId) -> Result<()> {
    let group = get(tx, ctx, group).await?;
    stand_above(tx, ctx, parent).await?;
    if group_nesting::remove(tx, ctx.environment, group.id, parent).await? {
        ctx.note_access_change();
        return audit::record(tx, ctx, Event::new("GROUP.UPDATED", Subject::of(&group))).await;
    }
    let above = group_nesting::ancestors(tx, ctx.environment, group.id).await?;
    if above.contains(&parent) {
        Err(constraint("Only a group that is nested directly can be taken out"))
    } else {
        Err(Error::NotFound("group nesting"))
    }
}
