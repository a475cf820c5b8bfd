//! Seals the secrets of applications and custom resources anew.

use postern_core::ids::{ApplicationId, Id, ResourceId};
use postern_core::secret::Sealed;
use postern_store::sql::{Db, Tx};
use postern_store::tables::application_secret::{self, ApplicationSecret};
use uuid::Uuid;

use super::Owner;
use crate::resealing::Resealed;
use crate::{Ctx, Result};

/// Rows that are read at once.
const PAGE: i64 = 200;

/// Seals the environment's client secrets with the current master key, where an older one did.
pub(crate) async fn reseal(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let mut after = None;
    loop {
        let page = application_secret::list(&mut db.read().await?, ctx.environment, after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(*last);
        for (owner, row) in page {
            let previous = row.previous.as_ref().map(|previous| &previous.secret);
            if !std::iter::once(&row.current).chain(previous).any(|sealed| ctx.keys.needs_resealing(sealed)) {
                continue;
            }
            let work = (ctx.clone(), owner, row);
            let outcome = db.write(work, |tx, (ctx, owner, row)| Box::pin(one(tx, ctx, *owner, row))).await;
            done.note(&format!("application_secret/{owner}"), outcome)?;
        }
    }
}

async fn one(tx: &mut Tx, ctx: &Ctx, owner: Uuid, row: &ApplicationSecret) -> Result<bool> {
    let current = again(ctx, owner, &row.current)?;
    let previous = match &row.previous {
        Some(previous) => Some(again(ctx, owner, &previous.secret)?),
        None => None,
    };
    Ok(application_secret::reseal(tx, ctx.environment, owner, &row.current, &current, previous.as_ref())
        .await?)
}

/// The row does not say whose secret it is, but the seal does: it opens for its owner alone.
fn again(ctx: &Ctx, id: Uuid, sealed: &Sealed) -> Result<Sealed> {
    let application = Owner::Application(ApplicationId::from_uuid(id));
    let resource = Owner::Resource(ResourceId::from_uuid(id));
    let (owner, secret) = match application.open(&ctx.keys, ctx.environment, sealed) {
        Ok(secret) => (application, secret),
        Err(_) => (resource, resource.open(&ctx.keys, ctx.environment, sealed)?),
    };
    Ok(owner.seal(ctx, &secret))
}
