//! Creates, changes and removes environments (platform contract 2.1).

use postern_core::directory::environment::{Environment, EnvironmentStatus, EnvironmentType};
use postern_core::entity::Stored;
use postern_core::schema::{Declared, Object};
use postern_core::time::Span;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::purge;
use serde_json::{Map, Value};

use crate::audit::{self, Event, Subject};
use crate::environments::PLATFORM;
use crate::keys::Prepared;
use crate::{Ctx, Error, Result, provision, roles};

/// How long a production environment can be restored after its deletion.
const RESTORABLE: Span = Span::days(30);

/// Makes an environment (its id is that of the context) and gives its creator the administration.
///
/// # Errors
/// Every problem of the body.
pub async fn create(tx: &mut Tx, ctx: &Ctx, sent: &Value, key: &Prepared) -> Result<Stored<Environment>> {
    let environment = provision::environment(tx, ctx, sent, false, key).await?;
    roles::own_environment(tx, ctx, environment.id).await?;
    audit::record(tx, ctx, Event::new("ENVIRONMENT.CREATED", Subject::of(&environment))).await?;
    Ok(environment)
}

/// Replaces name, description and the like. Type, region, licence and products stay.
///
/// # Errors
/// Every problem of the body.
pub async fn replace(tx: &mut Tx, ctx: &Ctx, sent: &Value) -> Result<Stored<Environment>> {
    let old = get(tx, ctx).await?;
    let kept = members(&old)?;
    let (body, _) = Environment::read(sent, Some(&kept), &owned(&kept)).map_err(Error::Invalid)?;
    let body = Environment { kind: old.kind, license: old.license, ..body };
    update(tx, ctx, Stored { body, ..old }).await
}

/// Sets some members, already checked.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn merge(tx: &mut Tx, ctx: &Ctx, changes: &Value) -> Result<Stored<Environment>> {
    let old = get(tx, ctx).await?;
    let merged = Object::merge_patch(&members(&old)?, changes);
    let mut body: Environment = serde_json::from_value(merged).map_err(Error::internal)?;
    body.bill_of_materials.keep_ids(&old.bill_of_materials);
    body.bill_of_materials.fill_ids(&ctx.random);
    if body.status == EnvironmentStatus::Active {
        body.soft_deleted_at = None;
        body.hard_deleted_allowed_at = None;
    } else if old.status == EnvironmentStatus::Active {
        body.soft_deleted_at = Some(ctx.now);
        body.hard_deleted_allowed_at = Some(ctx.now.plus(RESTORABLE));
    }
    update(tx, ctx, Stored { body, ..old }).await
}

/// Removes a sandbox at once, with all it holds; marks a production environment for deletion.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let environment = get(tx, ctx).await?;
    if environment.kind == EnvironmentType::Production {
        let mut body = environment.body.clone();
        body.status = EnvironmentStatus::DeletePending;
        body.soft_deleted_at = Some(ctx.now);
        body.hard_deleted_allowed_at = Some(ctx.now.plus(RESTORABLE));
        update(tx, ctx, Stored { body, ..environment }).await?;
        return Ok(());
    }
    documents::delete::<Environment>(tx, PLATFORM, ctx.environment).await?;
    purge::schedule(tx, ctx.environment).await?;
    let above = Ctx { environment: PLATFORM, ..ctx.clone() };
    audit::record(tx, &above, Event::new("ENVIRONMENT.DELETED", Subject::new::<Environment>(ctx.environment)))
        .await
}

async fn get(tx: &mut Tx, ctx: &Ctx) -> Result<Stored<Environment>> {
    documents::find::<Environment>(tx, PLATFORM, ctx.environment).await?.ok_or(Error::NotFound("environment"))
}

async fn update(tx: &mut Tx, ctx: &Ctx, mut environment: Stored<Environment>) -> Result<Stored<Environment>> {
    documents::update(tx, &mut environment, ctx.now).await?;
    audit::record(tx, ctx, Event::new("ENVIRONMENT.UPDATED", Subject::of(&environment))).await?;
    Ok(environment)
}

fn members(environment: &Environment) -> Result<Map<String, Value>> {
    match serde_json::to_value(environment).map_err(Error::internal)? {
        Value::Object(members) => Ok(members),
        _ => Err(Error::internal("an environment is a JSON object")),
    }
}

fn owned(kept: &Map<String, Value>) -> Vec<(&'static str, Value)> {
    kept.get("organization").map(|owner| ("organization", owner.clone())).into_iter().collect()
}
