//! What an application changes about itself.

use postern_core::devices::Device;
use postern_core::devices::mobile::{KeyChange, MobileApp, Update};
use postern_core::devices::proof::{self, Covered};
use postern_core::entity::Stored;
use postern_core::ids::DeviceId;
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, Verdict, devices};

/// Notes what changed on the phone.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: DeviceId, update: &Update) -> Result<Stored<Device>> {
    let mut device = find(tx, ctx, id).await?;
    let before = device.body.clone();
    let app = app(&mut device)?;
    update.apply(&mut app.facts);
    if let Some(address) = &update.push {
        app.push.clone_from(address);
    }
    if let Some(enabled) = update.push_enabled {
        app.push_enabled = enabled;
    }
    if device.body == before {
        return Ok(device);
    }
    documents::update(tx, &mut device, ctx.now).await?;
    audit::record(tx, ctx, Event::new("DEVICE.UPDATED", Subject::of(&device))).await?;
    Ok(device)
}

/// Takes a new key in the place of the old one, which signed the request. The application proves that it has the new
/// one too. The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn change_key(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceId,
    change: &KeyChange,
    covered: Covered<'_>,
) -> Result<Verdict<Stored<Device>>> {
    let mut device = find(tx, ctx, id).await?;
    let without_body = Covered { body: b"", ..covered };
    if proof::check(&change.proof, &change.key, without_body, ctx.now).is_err() {
        audit::record(tx, ctx, Event::failed("DEVICE.KEY_ROTATION_FAILED", Subject::of(&device))).await?;
        let problem = Problem::invalid("newKeyProof", "is not a proof of this request with the new key");
        return Ok(Verdict::Refused(Error::invalid(problem)));
    }
    app(&mut device)?.key = change.key.clone();
    documents::update(tx, &mut device, ctx.now).await?;
    audit::record(tx, ctx, Event::new("DEVICE.KEY_ROTATION_SUCCEEDED", Subject::of(&device))).await?;
    Ok(Verdict::Accepted(device))
}

/// Ends the pairing.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn unpair(tx: &mut Tx, ctx: &Ctx, id: DeviceId) -> Result<()> {
    let device = find(tx, ctx, id).await?;
    devices::delete(tx, ctx, device.user, id).await
}

pub(super) async fn find(tx: &mut Tx, ctx: &Ctx, id: DeviceId) -> Result<Stored<Device>> {
    documents::find::<Device>(tx, ctx.environment, id).await?.ok_or(Error::NotFound("device"))
}

pub(super) fn app(device: &mut Stored<Device>) -> Result<&mut MobileApp> {
    let app = device.body.mobile.as_deref_mut();
    app.ok_or_else(|| Error::internal("a mobile device without an application"))
}
