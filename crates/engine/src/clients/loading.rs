//! Reads a client and what belongs to it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use postern_core::directory::application::Application;
use postern_core::directory::application_attribute::ApplicationAttribute;
use postern_core::directory::grant::Grant;
use postern_core::directory::resource::{Resource, ResourceType};
use postern_core::directory::resource_attribute::ResourceAttribute;
use postern_core::directory::scope::Scope;
use postern_core::entity::Stored;
use postern_core::ids::ApplicationId;
use postern_core::jose::jwk::JwkSet;
use postern_core::time::Timestamp;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::{Db, Tx, Value};

use super::secrets::find_secret;
use super::{Client, ClientGrant, Owner};
use crate::{Ctx, Result};

/// Records of one kind that are read for a client at most.
const LIMIT: i64 = 1000;

pub(super) async fn load(db: &Db, ctx: &Ctx, id: ApplicationId) -> Result<Option<Client>> {
    let mut tx = db.snapshot().await?;
    let application = documents::find::<Application>(&mut tx, ctx.environment, id).await?;
    let Some(application) = application.filter(|application| application.is_client()) else {
        return Ok(None);
    };
    let secrets = find_secret(&mut tx, &ctx.keys, ctx.environment, Owner::Application(id), ctx.now).await?;
    let noted = secrets.as_ref().and_then(|secrets| secrets.previous.as_ref()?.used_at);
    let of_application = || Select::first(Condition::equals("application_id", id), LIMIT);
    let mut grants = Vec::new();
    for grant in documents::list::<Grant>(&mut tx, ctx.environment, &of_application()).await? {
        grants.extend(load_grant(&mut tx, ctx, grant).await?);
    }
    let attributes =
        documents::list::<ApplicationAttribute>(&mut tx, ctx.environment, &of_application()).await?;
    let kind = Value::from(ResourceType::PingOneApi.as_str());
    let api = documents::find_by::<Resource>(&mut tx, ctx.environment, "type", kind).await?;
    let public_keys = application.jwks.as_deref().map(|text| {
        JwkSet::parse(text).unwrap_or_else(|error| {
            tracing::warn!(application.id = %id, error = %error, "the keys of an application cannot be read");
            JwkSet::default()
        })
    });
    Ok(Some(Client {
        application,
        grants,
        attributes,
        api,
        secrets,
        public_keys: Arc::new(public_keys.unwrap_or_default()),
        noted_at: AtomicI64::new(noted.map_or(0, Timestamp::micros)),
    }))
}

async fn load_grant(tx: &mut Tx, ctx: &Ctx, grant: Stored<Grant>) -> Result<Option<ClientGrant>> {
    let resource = grant.resource.id;
    let Some(stored) = documents::find::<Resource>(tx, ctx.environment, resource).await? else {
        return Ok(None);
    };
    let of_resource = || Select::first(Condition::equals("resource_id", resource), LIMIT);
    let granted: HashSet<_> = grant.scopes.iter().map(|scope| scope.id).collect();
    let mut scopes = documents::list::<Scope>(tx, ctx.environment, &of_resource()).await?;
    scopes.retain(|scope| granted.contains(&scope.id));
    let attributes = documents::list::<ResourceAttribute>(tx, ctx.environment, &of_resource()).await?;
    Ok(Some(ClientGrant { resource: stored, scopes, attributes }))
}
