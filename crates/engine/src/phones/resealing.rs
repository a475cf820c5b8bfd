//! Seals the passcode seeds of paired applications anew.

use postern_core::devices::{Device, DeviceType};
use postern_core::ids::DeviceId;
use postern_store::documents;
use postern_store::sql::{Db, Tx};
use postern_store::tables::device_keys;

use super::{sealed_record, seed_context, upkeep};
use crate::resealing::{PAGE, Resealed};
use crate::{Ctx, Error, Result};

/// Seals the environment's seeds with the current master key, where an older one did.
pub(crate) async fn reseal(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let mut after = DeviceId::NIL;
    loop {
        let mut tx = db.read().await?;
        let page = device_keys::of_type(&mut tx, ctx.environment, DeviceType::Mobile, after, PAGE).await?;
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
    device.mobile.as_deref().is_some_and(|app| ctx.keys.needs_resealing(&app.otp.seed))
}

async fn one(tx: &mut Tx, ctx: &Ctx, id: DeviceId) -> Result<bool> {
    let found = documents::find::<Device>(tx, ctx.environment, id).await?;
    let Some(mut device) = found.filter(|device| is_old(ctx, device)) else { return Ok(false) };
    let record = sealed_record(id);
    let place = seed_context(ctx, &record);
    let app = upkeep::app(&mut device)?;
    let seed = ctx.keys.open(&place, &app.otp.seed).map_err(Error::internal)?;
    app.otp.seed = ctx.keys.seal(&ctx.random, &place, seed.expose());
    // To its readers nothing has changed, nor has the time of the last change.
    let unchanged = device.updated_at;
    documents::update(tx, &mut device, unchanged).await?;
    Ok(true)
}
