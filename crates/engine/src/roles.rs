//! Roles: who may give which to whom, and who may control what holds them.
//!
//! An actor grants only what it holds itself, in a scope it holds it in, and controls no application that holds more.

use postern_core::directory::environment::Environment;
use postern_core::directory::population::Population;
use postern_core::directory::reference::Reference;
use postern_core::directory::role::{Role, RoleScopeType};
use postern_core::directory::role_assignment::{RoleAssignment, RoleScope};
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, EnvironmentId, Id, OrganizationId, PopulationId, RoleAssignmentId};
use postern_core::permission::PermissionSet;
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::caller::{Authority, Scope};
use crate::environments::PLATFORM;
use crate::{Caller, Ctx, Error, Result};

/// Role assignments of one actor that are looked at.
const MOST: i64 = 1_000;

/// Refuses an assignment whose scope does not exist or that gives more than the caller holds.
///
/// # Errors
/// [`Error::Invalid`] naming the member; [`Error::Denied`].
pub async fn may_grant(tx: &mut Tx, ctx: &Ctx, assignment: &RoleAssignment) -> Result<()> {
    let Some(role) = Role::find(assignment.role.id) else {
        return Err(Error::invalid(Problem::invalid("role.id", "is not the id of a role")));
    };
    let place = place(tx, ctx, &assignment.scope).await?;
    let place = place.filter(|place| place.organization == ctx.organization);
    let place = place.ok_or_else(|| Error::invalid(Problem::invalid("scope.id", "does not exist")))?;
    if holds(&ctx.caller, role, &assignment.scope, place) { Ok(()) } else { Err(Error::Denied) }
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
    let select = Select::first(Condition::equals("actor_id", application.uuid()), MOST);
    for assignment in documents::list::<RoleAssignment>(tx, ctx.environment, &select).await? {
        let Some(role) = Role::find(assignment.role.id) else { continue };
        // A role about something that is gone gives nothing.
        let Some(place) = place(tx, ctx, &assignment.scope).await? else { continue };
        if !holds(&ctx.caller, role, &assignment.scope, place) {
            return Err(Error::Denied);
        }
    }
    Ok(())
}

/// Whether the caller's own roles, taken together, include this one in this scope.
fn holds(caller: &Caller, role: &Role, scope: &RoleScope, place: Place) -> bool {
    if matches!(caller, Caller::System) {
        return true;
    }
    let covers = |authority: &&Authority| match authority.scope {
        Scope::Organization(id) => id == place.organization,
        Scope::Environment(id) => Some(id) == place.environment,
        Scope::Population(id) => id == scope.id,
    };
    let held = caller.authorities().iter().filter(covers).map(|authority| authority.permissions);
    held.fold(PermissionSet::EMPTY, PermissionSet::union).includes(role.permissions)
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
    role: &Role,
    scope: RoleScope,
    read_only: bool,
) -> Result<()> {
    let body = RoleAssignment {
        user: None,
        application: Some(Reference::to(application)),
        role: Reference::to(role.id()),
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
    let (home, actor) = match ctx.caller.as_ref() {
        Caller::Worker { application, home, .. } => (*home, application.uuid()),
        Caller::User { user, home, .. } => (*home, user.uuid()),
        Caller::Anonymous | Caller::System => return Ok(()),
    };
    let select = Select::first(Condition::equals("actor_id", actor), MOST);
    for held in documents::list::<RoleAssignment>(tx, home, &select).await? {
        if let Some(role) = Role::find(held.role.id) {
            assign(tx, ctx, heir, role, held.scope, false).await?;
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
        assign(tx, &at_home, *application, &role, scope, false).await?;
    }
    Ok(())
}
