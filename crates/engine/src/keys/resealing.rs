//! Seals the private halves of signing keys anew.

use postern_store::sql::{Db, Tx};
use postern_store::tables::signing_key::{self, SigningKeyRow};

use super::rotation::sealed_again;
use crate::resealing::Resealed;
use crate::{Ctx, Result};

/// Seals the environment's signing keys with the current master key, where an older one did.
pub(crate) async fn reseal(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let rows = signing_key::list(&mut db.read().await?, ctx.environment).await?;
    for row in rows.into_iter().filter(|row| ctx.keys.needs_resealing(&row.private)) {
        let record = format!("signing_key/{}", row.id);
        let work = (ctx.clone(), row);
        let outcome = db.write(work, |tx, (ctx, row)| Box::pin(one(tx, ctx, row))).await;
        done.note(&record, outcome)?;
    }
    Ok(())
}

async fn one(tx: &mut Tx, ctx: &Ctx, row: &SigningKeyRow) -> Result<bool> {
    Ok(signing_key::reseal(tx, row, &sealed_again(ctx, row)?).await?)
}
