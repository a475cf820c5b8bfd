//! Who is calling: a paired application proves it with every request.

use postern_core::devices::mobile::MobileApp;
use postern_core::devices::proof::{self, Covered};
use postern_core::devices::{Device, DeviceStatus};
use postern_core::entity::Stored;
use postern_core::ids::DeviceId;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::device_nonce;

use crate::{Ctx, Error, Result};

/// The device whose application signed the request. Each proof lets in once.
///
/// # Errors
/// [`Error::NotFound`] for a device that is no more: its application can forget the pairing;
/// [`Error::Unauthenticated`] for a proof that does not hold or was used before.
pub async fn admit(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceId,
    token: &str,
    covered: Covered<'_>,
) -> Result<Stored<Device>> {
    let device = documents::find::<Device>(tx, ctx.environment, id).await?;
    let device = device
        .filter(|device| device.status == DeviceStatus::Active && device.mobile.is_some())
        .ok_or(Error::NotFound("device"))?;
    let proof = proof::check(token, &app(&device)?.key, covered, ctx.now).map_err(|why| {
        tracing::debug!(device.id = %id, %why, "the proof of a device was refused");
        Error::Unauthenticated
    })?;
    if !device_nonce::take(tx, ctx.environment, id, &proof.nonce, proof.until).await? {
        return Err(Error::Unauthenticated);
    }
    Ok(device)
}

/// The application of a MOBILE device.
pub(crate) fn app(device: &Device) -> Result<&MobileApp> {
    device.mobile.as_deref().ok_or_else(|| Error::internal("a mobile device without an application"))
}
