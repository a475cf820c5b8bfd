//! Roles: who may give which to whom.
//!
//! An actor grants only what it holds itself, in a scope it holds it in.

use postern_core::directory::environment::Environment;
use postern_core::directory::population::Population;
use postern_core::directory::reference::Reference;
use postern_core::directory::role::{Role, RoleScopeType};
use postern_core::directory::role_assignment::{RoleAssignment, RoleScope};
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, EnvironmentId, Id, OrganizationId, PopulationId, RoleAssignmentId};
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::caller::{Authority, Scope};
use crate::environments::PLATFORM;
use crate::{Caller, Ctx, Error, Result};

/// Refuses an assignment whose scope does not exist or that gives more than the caller holds.
///
/// # Errors
/// [`Error::Invalid`] naming the member; [`Error::Denied`].
pub async fn may_grant(tx: &mut Tx, ctx: &Ctx, assignment: &RoleAssignment) -> Result<()> {
    let Some(role) = Role::find(assignment.role.id) else {
        return Err(Error::invalid(Problem::invalid("role.id", "is not the id of a role")));
    };
    let (environment, organization) = place(tx, ctx, &assignment.scope).await?;
    let authorities = match ctx.caller.as_ref() {
        Caller::System => return Ok(()),
        Caller::Anonymous => return Err(Error::Denied),
        Caller::Worker { authorities, .. } | Caller::User { authorities, .. } => authorities,
    };
    let holds = |authority: &Authority| match authority.scope {
        Scope::Organization(id) => id == organization,
        Scope::Environment(id) => Some(id) == environment,
        Scope::Population(id) => id == assignment.scope.id,
    };
    let held = authorities.iter().filter(|authority| holds(authority)).map(|authority| authority.permissions);
    let held = held
        .fold(postern_core::permission::PermissionSet::EMPTY, postern_core::permission::PermissionSet::union);
    if held.includes(role.permissions) { Ok(()) } else { Err(Error::Denied) }
}

/// The environment (if any) and organization that a scope lies in.
async fn place(tx: &mut Tx, ctx: &Ctx, scope: &RoleScope) -> Result<(Option<EnvironmentId>, OrganizationId)> {
    let unknown = || Error::invalid(Problem::invalid("scope.id", "does not exist"));
    match scope.kind {
        RoleScopeType::Organization if scope.id == ctx.organization.uuid() => Ok((None, ctx.organization)),
        RoleScopeType::Environment => {
            let id = EnvironmentId::from_uuid(scope.id);
            let found = documents::find::<Environment>(tx, PLATFORM, id).await?;
            let found =
                found.filter(|found| found.organization.id == ctx.organization).ok_or_else(unknown)?;
            Ok((Some(id), found.organization.id))
        }
        RoleScopeType::Population => {
            let id = PopulationId::from_uuid(scope.id);
            documents::find::<Population>(tx, ctx.environment, id).await?.ok_or_else(unknown)?;
            Ok((Some(ctx.environment), ctx.organization))
        }
        _ => Err(unknown()),
    }
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

/// Gives a new worker the roles of the worker or user that creates it.
///
/// # Errors
/// Those of the database.
pub async fn inherit(tx: &mut Tx, ctx: &Ctx, heir: ApplicationId) -> Result<()> {
    let (home, actor) = match ctx.caller.as_ref() {
        Caller::Worker { application, home, .. } => (*home, application.uuid()),
        Caller::User { user, home, .. } => (*home, user.uuid()),
        Caller::Anonymous | Caller::System => return Ok(()),
    };
    let select = Select { condition: Condition::equals("actor_id", actor), after: None, limit: 1_000 };
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
