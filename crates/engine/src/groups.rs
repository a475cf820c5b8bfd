//! Groups: who is in them, and which groups are in which.
//!
//! A user is a member of a group that it was added to, of one whose filter it meets, and of every group that such a
//! group is nested in. Membership is worked out when it is asked for, so that it is never behind the users.

mod nesting;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use postern_core::directory::group::Group;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{EnvironmentId, GroupId, Id, PopulationId, UserId};
use postern_core::problem::{Code, Problem};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use postern_store::tables::{group_membership, group_nesting};

use crate::audit::{self, Event, Subject};
use crate::references::{constraint, must_exist};
use crate::users::attributes::{self, NOBODY};
use crate::{Ctx, Error, Result, filters, roles, users};

pub use self::nesting::{nest, nestings, unnest};
pub use self::rules::{before_delete, before_write};

/// Groups with a filter that are looked at.
const MOST_DYNAMIC: i64 = 100_000;

/// A group that somebody or something is a member of.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The group.
    pub group: Stored<Group>,
    /// Whether it was added, rather than being a member by a filter or through another group.
    pub direct: bool,
}

impl Membership {
    /// `DIRECT` or `INDIRECT`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.direct { "DIRECT" } else { "INDIRECT" }
    }
}

/// A group of this environment.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, ctx: &Ctx, id: GroupId) -> Result<Stored<Group>> {
    documents::find::<Group>(tx, ctx.environment, id).await?.ok_or(Error::NotFound("group"))
}

/// The groups of a user, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn of_user(tx: &mut Tx, ctx: &Ctx, user: &Stored<User>) -> Result<Vec<Membership>> {
    let direct: BTreeSet<GroupId> =
        group_membership::of_user(tx, ctx.environment, user.id).await?.into_iter().collect();
    let mut known = BTreeMap::new();
    let dynamic = Select::first(Condition::equals("is_dynamic", 1), MOST_DYNAMIC);
    for group in documents::list::<Group>(tx, ctx.environment, &dynamic).await? {
        if meets(&group, user, ctx) {
            known.insert(group.id, group);
        }
    }
    let starts: BTreeSet<GroupId> = known.keys().copied().chain(direct.iter().copied()).collect();
    let all = with_ancestors(tx, ctx.environment, starts).await?;
    memberships(tx, ctx, all, known, &direct).await
}

/// The groups that a user was added to, and those that they are nested in: membership that nobody gets by changing
/// attributes, for what gives rights.
///
/// # Errors
/// Those of the database.
pub async fn added_to(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<BTreeSet<GroupId>> {
    let direct = group_membership::of_user(tx, environment, user).await?;
    with_ancestors(tx, environment, direct.into_iter().collect()).await
}

async fn with_ancestors(
    tx: &mut Tx,
    environment: EnvironmentId,
    starts: BTreeSet<GroupId>,
) -> Result<BTreeSet<GroupId>> {
    let mut all = starts.clone();
    for group in starts {
        all.extend(group_nesting::ancestors(tx, environment, group).await?);
    }
    Ok(all)
}

/// The records behind ids, as memberships, oldest first. `known` are records that were read before.
async fn memberships(
    tx: &mut Tx,
    ctx: &Ctx,
    all: BTreeSet<GroupId>,
    mut known: BTreeMap<GroupId, Stored<Group>>,
    direct: &BTreeSet<GroupId>,
) -> Result<Vec<Membership>> {
    let mut found = Vec::with_capacity(all.len());
    for id in all {
        let group = match known.remove(&id) {
            Some(group) => Some(group),
            None => documents::find::<Group>(tx, ctx.environment, id).await?,
        };
        found.extend(group.map(|group| Membership { direct: direct.contains(&group.id), group }));
    }
    found.sort_by_key(|membership| (membership.group.created_at, membership.group.id));
    Ok(found)
}

/// Whether a user meets the filter of a group and is of its population.
fn meets(group: &Stored<Group>, user: &Stored<User>, ctx: &Ctx) -> bool {
    let there = group.population.is_none_or(|population| population == user.population);
    there && by_filter(group).is_some_and(|filter| attributes::at(filter, ctx.now).met_by_record(user))
}

/// The users who are members of a group, as a condition on users. Nobody for a group that does not exist.
///
/// # Errors
/// Those of the database.
pub async fn members(tx: &mut Tx, ctx: &Ctx, group: GroupId) -> Result<Condition> {
    let mut parts = Vec::new();
    let mut all = group_nesting::descendants(tx, ctx.environment, group).await?;
    all.push(group);
    for id in all {
        let Some(group) = documents::find::<Group>(tx, ctx.environment, id).await? else { continue };
        parts.push(Condition::Among {
            table: "group_membership",
            member: "user_id",
            owner: "group_id",
            value: id.into(),
        });
        if let Some(filter) = by_filter(&group) {
            let filter = attributes::at(filter, ctx.now);
            parts.push(match group.population {
                Some(population) => filter.and(Condition::equals("population_id", population.id)),
                None => filter,
            });
        }
    }
    Ok(Condition::Any(parts))
}

/// How many users were added to a group; counting stops at `cap`.
///
/// # Errors
/// Those of the database.
pub async fn count_added(tx: &mut Tx, ctx: &Ctx, group: GroupId, cap: i64) -> Result<i64> {
    Ok(group_membership::count(tx, ctx.environment, group, cap).await?)
}

/// How many users are members of a group in whatever way; counting stops at `cap`.
///
/// # Errors
/// Those of the database.
pub async fn count_members(tx: &mut Tx, ctx: &Ctx, group: GroupId, cap: i64) -> Result<i64> {
    let members = members(tx, ctx, group).await?;
    Ok(documents::count::<User>(tx, ctx.environment, &members, cap).await?)
}

/// The filter of a group as a condition on users.
fn by_filter(group: &Group) -> Option<Condition> {
    let text = group.user_filter.as_deref()?;
    // It was read when it was kept; what can no longer be read finds nobody.
    Some(user_filter(text).unwrap_or(NOBODY))
}

/// Reads a `userFilter`.
///
/// # Errors
/// [`Error::Invalid`] naming the member.
fn user_filter(text: &str) -> Result<Condition> {
    let parsed = filters::parse(Some(text), attributes::ATTRIBUTES).map_err(|error| match error {
        Error::Malformed(problems) => {
            Error::Invalid(problems.into_iter().map(|problem| problem.at("userFilter")).collect())
        }
        error => error,
    })?;
    if parsed.compared_with(attributes::GROUP).is_empty() {
        Ok(parsed)
    } else {
        let text = "a filter of a group cannot name groups; nest them instead";
        Err(Error::invalid(Problem::new(Code::InvalidFilter, text).at("userFilter")))
    }
}

/// Adds a user to a group.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] without the group, for a user of another population or one
/// who was added before; [`Error::Denied`] when the group gives more roles than the caller has.
pub async fn add_user(tx: &mut Tx, ctx: &Ctx, user: UserId, group: GroupId) -> Result<Membership> {
    let user =
        documents::find_shared::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let group = must_exist::<Group>(tx, ctx, group, "id").await?;
    if group.population.is_some_and(|population| population != user.population) {
        return Err(Error::invalid(Problem::invalid("id", "is a group of another population")));
    }
    stand_above(tx, ctx, group.id).await?;
    if !group_membership::add(tx, ctx.environment, user.id, group.id, ctx.now).await? {
        return Err(Error::invalid(Problem::not_unique("id")));
    }
    audit::record(tx, ctx, Event::new("MEMBER_OF_GROUP.CREATED", Subject::of(&user))).await?;
    Ok(Membership { group, direct: true })
}

/// Refuses who would give or take roles that it does not hold by deciding who is a member of the group.
async fn stand_above(tx: &mut Tx, ctx: &Ctx, group: GroupId) -> Result<()> {
    for group in with_ancestors(tx, ctx.environment, BTreeSet::from([group])).await? {
        if roles::may_stand_above(tx, ctx, group.uuid()).await? {
            ctx.note_access_change();
        }
    }
    Ok(())
}

/// Takes a user out of a group that it was added to.
///
/// # Errors
/// [`Error::NotFound`] when it is no member; [`Error::Invalid`] when it is one by other ways; [`Error::Denied`] when the
/// group gives more roles than the caller has.
pub async fn remove_user(tx: &mut Tx, ctx: &Ctx, user: UserId, group: GroupId) -> Result<()> {
    let user = users::get(tx, ctx, user).await?;
    stand_above(tx, ctx, group).await?;
    if group_membership::remove(tx, ctx.environment, user.id, group).await? {
        ctx.note_access_change();
        return audit::record(tx, ctx, Event::new("MEMBER_OF_GROUP.DELETED", Subject::of(&user))).await;
    }
    match membership(tx, ctx, &user, group).await {
        Ok(_) => Err(constraint("Only users who were added to a group can be taken out of it")),
        Err(error) => Err(error),
    }
}

/// The membership of a user in a group.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn membership(tx: &mut Tx, ctx: &Ctx, user: &Stored<User>, group: GroupId) -> Result<Membership> {
    let all = of_user(tx, ctx, user).await?;
    all.into_iter().find(|membership| membership.group.id == group).ok_or(Error::NotFound("group membership"))
}

/// Takes a user who has moved out of the groups of other populations.
///
/// # Errors
/// Those of the database.
pub async fn follow_move(tx: &mut Tx, ctx: &Ctx, user: UserId, to: PopulationId) -> Result<()> {
    ctx.note_access_change();
    // Nobody adds the user to a group of the old population meanwhile.
    documents::find_locked::<User>(tx, ctx.environment, user).await?;
    Ok(group_membership::leave_other_populations(tx, ctx.environment, user, to).await?)
}
