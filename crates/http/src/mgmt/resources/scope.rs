//! Scopes of a resource.

use postern_core::directory::grant::Grant;
use postern_core::directory::resource::Resource as Api;
use postern_core::directory::resource::ResourceType;
use postern_core::directory::scope::Scope;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::references::{constraint, must_exist};
use postern_engine::{Ctx, Error};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Parent, Resource, exists};
use crate::web::hal::Links;

/// See the module.
pub struct Scopes;

/// The resource that owns scopes and attributes.
pub(super) const RESOURCE: Parent =
    Parent { param: "resourceID", member: "resource", column: "resource_id", exists: exists::<Api> };

/// The link from something owned by a resource to that resource.
pub(super) fn resource_link(own: &str, links: Links) -> Links {
    let resource =
        own.rsplit('/').skip(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/");
    links.link("resource", &resource)
}

impl Resource for Scopes {
    type Doc = Scope;
    const PATH: &'static str = "/v1/environments/{envID}/resources/{resourceID}/scopes";
    const ITEM: &'static str = "/v1/environments/{envID}/resources/{resourceID}/scopes/{scopeID}";
    const ID: &'static str = "scopeID";
    const EMBEDDED: &'static str = "scopes";
    const TITLE: &'static str = "scope";
    const GROUP: &'static str = "Resource scopes";
    const READ: Permission = Permission::Read(Area::Resources);
    const WRITE: Permission = Permission::Write(Area::Resources);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] = &[RESOURCE];

    fn example(n: usize) -> Value {
        json!({ "name": format!("orders:read:{n}"), "description": "Read orders" })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Scope>) -> Hook<'t> {
        Box::pin(async move {
            let resource = must_exist::<Api>(tx, ctx, change.new.resource.id, "resource.id").await?;
            if change.old.as_ref().is_some_and(|old| is_built_in(&resource, old)) {
                return Err(constraint("Built-in scopes cannot be changed"));
            }
            Error::unless_empty(change.new.problems_on(resource.kind))
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Scope>) -> Hook<'t> {
        Box::pin(async move {
            let resource = must_exist::<Api>(tx, ctx, old.resource.id, "resource.id").await?;
            if is_built_in(&resource, old) {
                return Err(constraint("Built-in scopes cannot be deleted"));
            }
            let select = Select {
                condition: Condition::equals("resource_id", old.resource.id),
                after: None,
                limit: 10_000,
            };
            let grants = documents::list::<Grant>(tx, ctx.environment, &select).await?;
            if grants.iter().any(|grant| grant.scopes.iter().any(|scope| scope.id == old.id)) {
                return Err(constraint("The scope is granted to applications"));
            }
            Ok(())
        })
    }

    fn links(_ctx: &Ctx, _stored: &Stored<Scope>, own: &str, links: Links) -> Links {
        resource_link(own, links)
    }
}

fn is_built_in(resource: &Api, scope: &Scope) -> bool {
    use postern_core::directory::scope::OPENID_SCOPES;
    use postern_core::permission::OWN_SCOPES;
    match resource.kind {
        ResourceType::OpenIdConnect => OPENID_SCOPES.iter().any(|(name, _)| *name == scope.name),
        ResourceType::PingOneApi => OWN_SCOPES.iter().any(|own| own.name == scope.name),
        ResourceType::Custom => false,
    }
}
