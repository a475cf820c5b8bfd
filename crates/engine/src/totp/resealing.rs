//! Seals the keys of authenticator applications anew.

use postern_core::devices::{Device, DeviceType};
use postern_core::ids::DeviceId;
use postern_store::documents;
use postern_store::sql::{Db, Tx};
use postern_store::tables::device_keys;

use super::{open, within};
use crate::resealing::{PAGE, Resealed};
use crate::{Ctx, Result};

/// Seals the environment's keys with the current master key, where an older one did.
pub(crate) async fn reseal(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let mut after = DeviceId::NIL;
    loop {
        let mut tx = db.read().await?;
        let page = device_keys::of_type(&mut tx, ctx.environment, DeviceType::Totp, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else { return Ok(()) };
        after = *last;
        for id in page {
            let found = documents::find::<Device>(&mut db.read().await?, ctx.environment, id).await?;
            if found.is_some_and(|device| is_old(ctx, &device)) {
                let outcome = db.write((ctx.clone(), id), |tx, (ctx, id)| Box::pin(one(tx, ctx, *id))).await;
                done.note(&format!("device/{id}"), outcome)?;
            }
        }
    }
}

fn is_old(ctx: &Ctx, device: &Device) -> bool {
    device.totp.as_deref().is_some_and(|key| ctx.keys.needs_resealing(&key.secret))
}

async fn one(tx: &mut Tx, ctx: &Ctx, id: DeviceId) -> Result<bool> {
    let found = documents::find::<Device>(tx, ctx.environment, id).await?;
    let Some(mut device) = found.filter(|device| is_old(ctx, device)) else { return Ok(false) };
    let secret = open(ctx, &device)?;
    let sealed = within(ctx, &device, |context| ctx.keys.seal(&ctx.random, context, secret.expose()));
    if let Some(key) = device.body.totp.as_deref_mut() {
        key.secret = sealed;
    }
    // To its readers nothing has changed, nor has the time of the last change.
    let unchanged = device.updated_at;
    documents::update(tx, &mut device, unchanged).await?;
    Ok(true)
}
