//! Seals the keys of hardware tokens anew.

use postern_core::ids::{Id, OathTokenId};
use postern_core::oath::OathToken;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::{Db, Tx};

use super::sealing::{open, seal};
use crate::resealing::{PAGE, Resealed};
use crate::{Ctx, Result};

/// Seals the environment's keys with the current master key, where an older one did.
pub(crate) async fn reseal(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let mut select = Select::first(Condition::Everything, PAGE);
    loop {
        let page = documents::list::<OathToken>(&mut db.read().await?, ctx.environment, &select).await?;
        let Some(last) = page.last() else { return Ok(()) };
        select.after = Some((last.created_at, last.id.uuid()));
        for token in page.iter().filter(|token| is_old(ctx, token)) {
            let work = (ctx.clone(), token.id);
            let outcome = db.write(work, |tx, (ctx, id)| Box::pin(one(tx, ctx, *id))).await;
            done.note(&format!("oath_token/{}", token.id), outcome)?;
        }
    }
}

fn is_old(ctx: &Ctx, token: &OathToken) -> bool {
    token.sealed.as_ref().is_some_and(|sealed| ctx.keys.needs_resealing(sealed))
}

async fn one(tx: &mut Tx, ctx: &Ctx, id: OathTokenId) -> Result<bool> {
    let found = documents::find::<OathToken>(tx, ctx.environment, id).await?;
    let Some(mut token) = found.filter(|token| is_old(ctx, token)) else { return Ok(false) };
    let secret = open(ctx, &token)?;
    seal(ctx, &mut token, secret.expose());
    // To its readers nothing has changed, nor has the time of the last change.
    let unchanged = token.updated_at;
    documents::update(tx, &mut token, unchanged).await?;
    Ok(true)
}
