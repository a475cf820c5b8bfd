//! Grants: the scopes of one resource that an application may request.

use postern_core::directory::application::{Application, ApplicationType, GrantType};
use postern_core::directory::grant::Grant;
use postern_core::directory::resource::{Resource as Api, ResourceType};
use postern_core::directory::scope::Scope;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_engine::references::must_exist;
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::application::{APPLICATION, application_link};
use crate::mgmt::resource::{Change, Hook, Parent, Resource, exists_alone};
use crate::web::hal::Links;

/// See the module.
pub struct Grants;

impl Resource for Grants {
    type Doc = Grant;
    const PATH: &'static str = "/v1/environments/{envID}/applications/{applicationID}/grants";
    const ITEM: &'static str = "/v1/environments/{envID}/applications/{applicationID}/grants/{grantID}";
    const ID: &'static str = "grantID";
    const EMBEDDED: &'static str = "grants";
    const TITLE: &'static str = "application grant";
    const GROUP: &'static str = "Application resource grants";
    const READ: Permission = Permission::Read(Area::Grants);
    const WRITE: Permission = Permission::Write(Area::Grants);
    const DECIDES_ACCESS: bool = true;
    /// One grant of an application is written at a time, for the rule about its other grants.
    const PARENTS: &'static [Parent] = &[Parent { exists: exists_alone::<Application>, ..APPLICATION }];

    fn example(_n: usize) -> Value {
        json!({ "resource": { "id": "{{openid}}" }, "scopes": [{ "id": "{{profile}}" }] })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Grant>) -> Hook<'t> {
        Box::pin(async move {
            let resource = must_exist::<Api>(tx, ctx, change.new.resource.id, "resource.id").await?;
            let application =
                must_exist::<Application>(tx, ctx, change.new.application.id, "application.id").await?;
            if application.kind == ApplicationType::Worker
                && application.may_use(GrantType::ClientCredentials)
                && resource.kind == ResourceType::OpenIdConnect
            {
                let text = "worker applications that use client credentials have no OpenID Connect scopes";
                return Err(Error::invalid(Problem::invalid("resource.id", text)));
            }
            let names = names(tx, ctx, &change.new).await?;
            refuse_same_names(tx, ctx, &change.new, &names).await
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<Grant>, _own: &str, links: Links) -> Links {
        let resource =
            format!("{}/environments/{}/resources/{}", ctx.urls.api, stored.environment, stored.resource.id);
        application_link(ctx, stored.application.id, links).link("resource", &resource)
    }
}

/// The names of the granted scopes, each known to belong to the resource.
async fn names(tx: &mut Tx, ctx: &Ctx, grant: &Grant) -> Result<Vec<String>> {
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    for (at, scope) in grant.scopes.iter().enumerate() {
        match documents::find_shared::<Scope>(tx, ctx.environment, scope.id).await? {
            Some(scope) if scope.resource.id == grant.resource.id => names.push(scope.name.clone()),
            _ => {
                problems
                    .push(Problem::invalid(&format!("scopes[{at}].id"), "is not a scope of the resource"));
            }
        }
    }
    Error::unless_empty(problems)?;
    Ok(names)
}

/// Two grants of one application may not hold scopes of the same name.
async fn refuse_same_names(tx: &mut Tx, ctx: &Ctx, grant: &Stored<Grant>, names: &[String]) -> Result<()> {
    let condition = Condition::equals("application_id", grant.application.id);
    let others =
        documents::list::<Grant>(tx, ctx.environment, &Select { condition, after: None, limit: 1_000 })
            .await?;
    for other in others.iter().filter(|other| other.id != grant.id && other.resource.id != grant.resource.id)
    {
        for scope in &other.scopes {
            let Some(scope) = documents::find::<Scope>(tx, ctx.environment, scope.id).await? else {
                continue;
            };
            if let Some(at) = names.iter().position(|name| *name == scope.name) {
                let text = "another grant of the application has a scope of this name";
                return Err(Error::invalid(Problem::invalid(&format!("scopes[{at}].id"), text)));
            }
        }
    }
    Ok(())
}
