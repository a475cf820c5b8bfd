//! Paired applications on phones: let in by a proof, paired by a key, kept up to date (docs/reference/device-protocol.md).

mod admission;
mod claim;
mod logs;
mod payload;
mod resealing;
mod upkeep;

pub use admission::admit;
pub(crate) use admission::app;
pub use claim::{Authenticator, Paired, claim};
pub(crate) use logs::sweep as sweep_logs;
pub use logs::{read as read_logs, receive as receive_logs, want as want_logs};
pub use payload::check_payload;
pub(crate) use resealing::reseal;
pub use upkeep::{change_key, unpair, update};

use postern_core::crypto::keyring::SealContext;
use postern_core::ids::{DeviceId, EnvironmentId};

use postern_store::sql::Tx;
use postern_store::tables::{device_log, push_request};

use crate::{Ctx, Result};

/// Removes what belongs to a device that goes.
///
/// # Errors
/// Those of the database.
pub(crate) async fn forget(tx: &mut Tx, environment: EnvironmentId, id: DeviceId) -> Result<()> {
    push_request::forget(tx, environment, id).await?;
    Ok(device_log::forget(tx, environment, id).await?)
}

/// Where the secrets of a device's application are sealed.
pub(crate) fn sealed_record(id: DeviceId) -> String {
    format!("device/{id}")
}

/// The place of the passcode seed.
pub(crate) fn seed_context<'a>(ctx: &Ctx, record: &'a str) -> SealContext<'a> {
    SealContext { environment: ctx.environment, record, field: "mobile.otp.seed" }
}
