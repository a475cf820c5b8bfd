//! An application that was removed from its phone (MFA contract 5.1).

use postern_core::crypto::{constant_time_eq, sha256};
use postern_core::devices::Device;
use postern_core::ids::DeviceId;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::{Ctx, Result, devices};

/// The push provider said that an address is no more: its device is unpaired. False when there is no such device, or it
/// has another address now. `digest` is the SHA-256 of the address.
///
/// # Errors
/// Those of the database.
pub async fn device_gone(tx: &mut Tx, ctx: &Ctx, device: DeviceId, digest: &[u8; 32]) -> Result<bool> {
    let Some(device) = documents::find::<Device>(tx, ctx.environment, device).await? else {
        return Ok(false);
    };
    let address = device.mobile.as_ref().and_then(|app| app.push.as_ref());
    if !address.is_some_and(|address| constant_time_eq(&sha256(address.token.as_bytes()), digest)) {
        return Ok(false);
    }
    devices::delete(tx, ctx, device.user, device.id).await?;
    Ok(true)
}
