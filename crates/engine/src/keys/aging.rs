//! Replaces signing keys that have signed for long enough.
//!
//! The key is made before the transaction, beside the request threads. Every
//! node may try: the one that ends the old key adds the new one, and the others
//! throw theirs away.

use postern_core::time::Span;
use postern_store::sql::Db;
use postern_store::tables::signing_key::{self, DueKey};

use super::rotation::{algorithm_named, prepare, replace};
use crate::{Ctx, Error, Result};

/// How long a key signs: the default period of PingOne's key rotation policies.
pub const ROTATION_PERIOD: Span = Span::days(90);

/// Replaces at most `most` keys that are due, each by one of the same algorithm. Gives how many were replaced here.
///
/// # Errors
/// Those of the database; [`Error::Internal`] when no key can be made.
pub async fn rotate_aged(db: &Db, ctx: &Ctx, most: i64) -> Result<u64> {
    let mut tx = db.read().await?;
    let due = signing_key::due(&mut tx, ctx.now.minus(ROTATION_PERIOD), most).await?;
    drop(tx);
    let mut replaced = 0;
    for key in due {
        replaced += u64::from(rotate_one(db, ctx, key).await?);
    }
    Ok(replaced)
}

async fn rotate_one(db: &Db, ctx: &Ctx, old: DueKey) -> Result<bool> {
    let algorithm = algorithm_named(&old.algorithm)
        .ok_or_else(|| Error::internal("a signing key has an unknown algorithm"))?;
    let ctx = Ctx { environment: old.environment, ..ctx.clone() };
    let maker = ctx.clone();
    let prepared =
        tokio::task::spawn_blocking(move || prepare(&maker, algorithm)).await.map_err(Error::internal)??;
    let (environment, new) = (old.environment, prepared.id());
    let work = (ctx, old.id, prepared);
    let replaced = db
        .write(work, |tx, (ctx, old, key)| Box::pin(async move { replace(tx, ctx, *old, key).await }))
        .await?;
    if replaced {
        tracing::info!(%environment, old.key.id = %old.id, key.id = %new, "a signing key is replaced by age");
    }
    Ok(replaced)
}
