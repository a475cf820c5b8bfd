//! Roles: who may give which to whom, and who may control what holds them.
//!
//! An actor grants only what it holds itself, in a scope it holds it in, and controls nothing and nobody that holds
//! more. A role that was made to be given by the holders of another one is given by them too.

mod known;

use postern_core::directory::custom_role::CustomRole;
use postern_core::directory::environment::Environment;
use postern_core::directory::population::Population;
use postern_core::directory::reference::Reference;
use postern_core::directory::role::RoleScopeType;
use postern_core::directory::role_assignment::{RoleAssignment, RoleScope};
use postern_core::entity::Stored;
use postern_core::ids::{
    ApplicationId, EnvironmentId, Id, OrganizationId, PopulationId, RoleAssignmentId, RoleId, UserId,
};
use postern_core::permission::PermissionSet;
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use uuid::Uuid;

use crate::caller::{Authority, Scope};
use crate::environments::PLATFORM;
use crate::references::constraint;
use crate::{Caller, Ctx, Error, Result, groups};

pub use self::known::{Known, find};

/// Role assignments of one actor that are looked at.
const MOST: i64 = 1_000;

/// Refuses an assignment whose role or scope does not exist or that gives more than the caller may give.
///
/// # Errors
/// [`Error::Invalid`] naming the member; [`Error::Denied`].
pub async fn may_grant(tx: &mut Tx, ctx: &Ctx, assignment: &RoleAssignment) -> Result<()> {
    let Some(role) = known::held(tx, ctx.environment, assignment.role.id).await? else {
        return Err(Error::invalid(Problem::invalid("role.id", "is not the id of a role")));
    };
    if !role.applies_to(assignment.scope.kind) {
        return Err(Error::invalid(Problem::invalid("scope.type", "is no scope of this role")));
    }
    let place = place(tx, ctx, &assignment.scope).await?;
    let place = place.filter(|place| place.organization == ctx.organization);
    let place = place.ok_or_else(|| Error::invalid(Problem::invalid("scope.id", "does not exist")))?;
    if holds(&ctx.caller, role.permissions(), &assignment.scope, place)
        || may_hand_on(tx, ctx, &role, &assignment.scope, place).await?
    {
        Ok(())
    } else {
        Err(Error::Denied)
    }
}

/// Whether a role was made to be given by somebody with another one, which the caller holds in this scope. Who made it
/// had to hold its permissions in this environment alone, so it is handed on in no other.
async fn may_hand_on(tx: &mut Tx, ctx: &Ctx, role: &Known, scope: &RoleScope, place: Place) -> Result<bool> {
    let Known::Custom(role) = role else { return Ok(false) };
    if place.environment != Some(ctx.environment) {
        return Ok(false);
    }
    for held in of_caller(tx, ctx).await? {
        let named = role.can_be_assigned_by.iter().any(|giver| giver.id == held.role.id);
        if named && covers(authority_scope(&held.scope), scope, place) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The roles that the caller itself was given, in the environment that it lives in.
async fn of_caller(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Stored<RoleAssignment>>> {
    let (home, actor) = match ctx.caller.as_ref() {
        Caller::Worker { application, home, .. } => (*home, application.uuid()),
        Caller::User { user, home, .. } => (*home, user.uuid()),
        Caller::Anonymous | Caller::System => return Ok(Vec::new()),
    };
    let select = Select::first(Condition::equals("actor_id", actor), MOST);
    Ok(documents::list::<RoleAssignment>(tx, home, &select).await?)
}

/// Refuses who would make a role that allows more in this environment than the caller may do itself.
///
/// # Errors
/// [`Error::Denied`].
pub fn may_compose(ctx: &Ctx, permissions: PermissionSet) -> Result<()> {
    let scope = RoleScope { id: ctx.environment.uuid(), kind: RoleScopeType::Environment };
    let place = Place { environment: Some(ctx.environment), organization: ctx.organization };
    if holds(&ctx.caller, permissions, &scope, place) { Ok(()) } else { Err(Error::Denied) }
}

/// Refuses who would make a role allow more, in this environment or wherever somebody has it already, than the caller may
/// do there itself.
///
/// # Errors
/// [`Error::Denied`]; those of the database.
pub async fn may_change(tx: &mut Tx, ctx: &Ctx, role: RoleId, permissions: PermissionSet) -> Result<()> {
    may_compose(ctx, permissions)?;
    // Nobody is given the role meanwhile.
    documents::find_locked::<CustomRole>(tx, ctx.environment, role).await?;
    let select = Select::first(Condition::equals("role_id", role), MOST + 1);
    let given = documents::list::<RoleAssignment>(tx, ctx.environment, &select).await?;
    if given.len() > usize::try_from(MOST).unwrap_or(usize::MAX) {
        return Err(constraint("The role is given too often to be changed"));
    }
    for assignment in given {
        let Some(place) = place(tx, ctx, &assignment.scope).await? else { continue };
        if !holds(&ctx.caller, permissions, &assignment.scope, place) {
            return Err(Error::Denied);
        }
    }
    Ok(())
}

/// Refuses who holds less than the application: who knows its secret, redirects its answers or takes roles from it acts
/// as something stronger. An application may always act on itself.
///
/// # Errors
/// [`Error::Denied`]; those of the database.
pub async fn may_control(tx: &mut Tx, ctx: &Ctx, application: ApplicationId) -> Result<()> {
    if let Caller::Worker { application: own, home, .. } = ctx.caller.as_ref()
        && (*own, *home) == (application, ctx.environment)
    {
        return Ok(());
    }
    may_stand_above(tx, ctx, application.uuid()).await.map(|_| ())
}

/// Refuses who holds less than a user, application or group: who decides about it would rise with it. Gives whether
/// there is any role to it.
///
/// # Errors
/// [`Error::Denied`]; those of the database.
pub async fn may_stand_above(tx: &mut Tx, ctx: &Ctx, actor: Uuid) -> Result<bool> {
    let select = Select::first(Condition::equals("actor_id", actor), MOST);
    let mut any = false;
    for assignment in documents::list::<RoleAssignment>(tx, ctx.environment, &select).await? {
        let Some(role) = find(tx, ctx.environment, assignment.role.id).await? else { continue };
        // A role about something that is gone gives nothing.
        let Some(place) = place(tx, ctx, &assignment.scope).await? else { continue };
        if !holds(&ctx.caller, role.permissions(), &assignment.scope, place) {
            return Err(Error::Denied);
        }
        any = true;
    }
    Ok(any)
}

/// Refuses who holds less than a user, by its own roles or those of groups: whoever decides how that user signs on could
/// sign on in its place. People may always decide about themselves.
///
/// # Errors
/// [`Error::Denied`]; those of the database.
pub async fn may_control_user(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<()> {
    if ctx.caller.is_self(user) {
        return Ok(());
    }
    may_stand_above(tx, ctx, user.uuid()).await?;
    for group in groups::added_to(tx, ctx.environment, user).await? {
        may_stand_above(tx, ctx, group.uuid()).await?;
    }
    Ok(())
}

/// Whether the caller's own roles, taken together, include these permissions in this scope.
fn holds(caller: &Caller, permissions: PermissionSet, scope: &RoleScope, place: Place) -> bool {
    if matches!(caller, Caller::System) {
        return true;
    }
    let covering = |authority: &&Authority| covers(authority.scope, scope, place);
    let held = caller.authorities().iter().filter(covering).map(|authority| authority.permissions);
    held.fold(PermissionSet::EMPTY, PermissionSet::union).includes(permissions)
}

/// Whether what holds in the one scope holds in the other.
fn covers(held: Scope, scope: &RoleScope, place: Place) -> bool {
    match held {
        Scope::Organization(id) => id == place.organization,
        Scope::Environment(id) => Some(id) == place.environment,
        Scope::Population(id) => id == scope.id,
    }
}

/// The scope of an assignment, as callers have it.
#[must_use]
pub fn authority_scope(scope: &RoleScope) -> Scope {
    match scope.kind {
        RoleScopeType::Organization => Scope::Organization(OrganizationId::from_uuid(scope.id)),
        RoleScopeType::Environment => Scope::Environment(EnvironmentId::from_uuid(scope.id)),
        RoleScopeType::Population => Scope::Population(scope.id),
    }
}

/// Where a scope lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// None for a whole organization.
    environment: Option<EnvironmentId>,
    organization: OrganizationId,
}

/// None when the scope does not exist.
async fn place(tx: &mut Tx, ctx: &Ctx, scope: &RoleScope) -> Result<Option<Place>> {
    Ok(match scope.kind {
        RoleScopeType::Organization => {
            Some(Place { environment: None, organization: OrganizationId::from_uuid(scope.id) })
        }
        RoleScopeType::Environment => {
            let id = EnvironmentId::from_uuid(scope.id);
            let found = documents::find_shared::<Environment>(tx, PLATFORM, id).await?;
            found.map(|found| Place { environment: Some(id), organization: found.organization.id })
        }
        RoleScopeType::Population => {
            let id = PopulationId::from_uuid(scope.id);
            let found = documents::find_shared::<Population>(tx, ctx.environment, id).await?;
            found.map(|_| Place { environment: Some(ctx.environment), organization: ctx.organization })
        }
    })
}

/// Gives an application a role.
///
/// # Errors
/// Those of the database.
pub async fn assign(
    tx: &mut Tx,
    ctx: &Ctx,
    application: ApplicationId,
    role: RoleId,
    scope: RoleScope,
    read_only: bool,
) -> Result<()> {
    let body = RoleAssignment {
        user: None,
        application: Some(Reference::to(application)),
        group: None,
        gateway: None,
        role: Reference::to(role),
        scope,
        read_only,
    };
    let id = RoleAssignmentId::new(&ctx.random);
    Ok(documents::insert(tx, &Stored::new(ctx.environment, id, ctx.now, body)).await?)
}

/// Gives a new worker the roles of the worker or user that creates it, those over other environments too: only callers
/// that hold as much can then read its secret or change it ([`may_control`]).
///
/// # Errors
/// Those of the database.
pub async fn inherit(tx: &mut Tx, ctx: &Ctx, heir: ApplicationId) -> Result<()> {
    for held in of_caller(tx, ctx).await? {
        // A role of another environment means nothing in this one.
        if find(tx, ctx.environment, held.role.id).await?.is_some() {
            assign(tx, ctx, heir, held.role.id, held.scope, false).await?;
        }
    }
    Ok(())
}

/// Gives the creator of an environment its administration.
///
/// # Errors
/// Those of the database.
pub async fn own_environment(tx: &mut Tx, ctx: &Ctx, environment: EnvironmentId) -> Result<()> {
    use postern_core::directory::role::{
        CLIENT_APPLICATION_DEVELOPER, ENVIRONMENT_ADMIN, IDENTITY_DATA_ADMIN,
    };
    let Caller::Worker { application, home, .. } = ctx.caller.as_ref() else { return Ok(()) };
    let at_home = Ctx { environment: *home, ..ctx.clone() };
    let scope = RoleScope { id: environment.uuid(), kind: RoleScopeType::Environment };
    for role in [ENVIRONMENT_ADMIN, IDENTITY_DATA_ADMIN, CLIENT_APPLICATION_DEVELOPER] {
        assign(tx, &at_home, *application, role.id(), scope, false).await?;
    }
    Ok(())
}
