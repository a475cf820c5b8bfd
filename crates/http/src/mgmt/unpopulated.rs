//! Collections that are always empty, because what would fill them is made by products that Postern is not: flow
//! policies of DaVinci, application roles and permissions of Authorize. Clients that look for them find none, and what
//! refers to them is refused as a reference to what does not exist.

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::application::Application;
use postern_core::directory::resource::Resource;
use postern_core::directory::user::User;
use postern_core::ids::{ApplicationId, ResourceId, UserId};
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_core::schema::{Object, integer, object, reference, uuid};
use postern_engine::Error;
use postern_store::documents;

use super::crud::address;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const FLOW_POLICIES: &str = "/v1/environments/{envID}/flowPolicies";
const FLOW_POLICY: &str = "/v1/environments/{envID}/flowPolicies/{flowPolicyID}";
const ASSIGNMENTS: &str = "/v1/environments/{envID}/applications/{applicationID}/flowPolicyAssignments";
const ASSIGNMENT: &str =
    "/v1/environments/{envID}/applications/{applicationID}/flowPolicyAssignments/{flowPolicyAssignmentID}";
const PERMISSIONS: &str = "/v1/environments/{envID}/resources/{resourceID}/applicationPermissions";
const ROLES: &str = "/v1/environments/{envID}/users/{userID}/applicationRoles";
const ROLE: &str = "/v1/environments/{envID}/users/{userID}/applicationRoles/{applicationRoleID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let read = Permission::Read;
    let write = Permission::Write;
    let policies = [
        Route::new(Method::GET, FLOW_POLICIES, "Read all flow policies", |call: Call| async move {
            Ok(empty(&call, FLOW_POLICIES, "flowPolicies"))
        })
        .needs(read(Area::SignOnPolicies)),
        Route::new(Method::GET, FLOW_POLICY, "Read one flow policy", |_| async { missing("flow policy") })
            .needs(read(Area::SignOnPolicies)),
    ];
    let assignments = [
        Route::new(Method::GET, ASSIGNMENTS, "Read all flow policy assignments", list_assignments)
            .needs(read(Area::Applications)),
        Route::new(Method::POST, ASSIGNMENTS, "Create flow policy assignment", assign)
            .needs(write(Area::Applications))
            .body(assignment()),
        Route::new(Method::GET, ASSIGNMENT, "Read one flow policy assignment", no_assignment)
            .needs(read(Area::Applications)),
        Route::new(Method::PUT, ASSIGNMENT, "Update flow policy assignment", no_assignment)
            .needs(write(Area::Applications))
            .body(assignment()),
        Route::new(Method::DELETE, ASSIGNMENT, "Delete flow policy assignment", no_assignment)
            .needs(write(Area::Applications)),
    ];
    let permissions =
        [Route::new(Method::GET, PERMISSIONS, "Read all application permissions", list_permissions)
            .needs(read(Area::Resources))];
    let roles = [
        Route::new(Method::GET, ROLES, "Read all application roles of a user", list_roles)
            .needs(read(Area::RoleAssignments)),
        Route::new(Method::POST, ROLES, "Give an application role to a user", give_role)
            .needs(write(Area::RoleAssignments))
            .body(role()),
        Route::new(Method::DELETE, ROLE, "Take an application role from a user", no_role)
            .needs(write(Area::RoleAssignments)),
    ];
    let group = |name: &'static str| move |route: Route| route.group(name);
    policies
        .into_iter()
        .map(group("Flow policies"))
        .chain(assignments.into_iter().map(group("Application flow policy assignments")))
        .chain(permissions.into_iter().map(group("Application permissions")))
        .chain(roles.into_iter().map(group("User application roles")))
        .collect()
}

fn empty(call: &Call, path: &str, embedded: &str) -> Reply {
    let own = address(&call.ctx, path, &call.params);
    Reply::ok(&hal::collection(Links::to(&own), embedded, Vec::new(), Some(0)))
}

fn missing(what: &'static str) -> Result<Reply, Failure> {
    Err(Error::NotFound(what).into())
}

async fn application(call: &Call) -> Result<(), Failure> {
    let id: ApplicationId = call.id("applicationID")?;
    let found = documents::find::<Application>(&mut call.app.read().await?, call.ctx.environment, id).await?;
    found.map(|_| ()).ok_or_else(|| Error::NotFound("application").into())
}

async fn list_assignments(call: Call) -> Result<Reply, Failure> {
    application(&call).await?;
    Ok(empty(&call, ASSIGNMENTS, "flowPolicyAssignments"))
}

fn assignment() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            reference("flowPolicy").required(),
            integer("priority", 1, i64::from(i32::MAX)).required(),
        ])
    });
    &BODY
}

async fn assign(call: Call) -> Result<Reply, Failure> {
    application(&call).await?;
    assignment().check(&call.object()?, None).map_err(Error::Invalid)?;
    Err(Error::invalid(Problem::invalid("flowPolicy.id", "does not exist in this environment")).into())
}

async fn no_assignment(call: Call) -> Result<Reply, Failure> {
    application(&call).await?;
    missing("flow policy assignment")
}

async fn list_permissions(call: Call) -> Result<Reply, Failure> {
    let id: ResourceId = call.id("resourceID")?;
    let found = documents::find::<Resource>(&mut call.app.read().await?, call.ctx.environment, id).await?;
    found.ok_or(Error::NotFound("resource"))?;
    Ok(empty(&call, PERMISSIONS, "permissions"))
}

async fn user(call: &Call) -> Result<(), Failure> {
    let id: UserId = call.id("userID")?;
    let found = documents::find::<User>(&mut call.app.read().await?, call.ctx.environment, id).await?;
    found.map(|_| ()).ok_or_else(|| Error::NotFound("user").into())
}

async fn list_roles(call: Call) -> Result<Reply, Failure> {
    user(&call).await?;
    Ok(empty(&call, ROLES, "roles"))
}

fn role() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![uuid("id").required()]));
    &BODY
}

async fn give_role(call: Call) -> Result<Reply, Failure> {
    user(&call).await?;
    role().check(&call.object()?, None).map_err(Error::Invalid)?;
    Err(Error::invalid(Problem::invalid("id", "does not exist in this environment")).into())
}

async fn no_role(call: Call) -> Result<Reply, Failure> {
    user(&call).await?;
    missing("application role")
}
