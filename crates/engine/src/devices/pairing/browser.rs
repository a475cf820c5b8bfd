//! BROWSER devices: active at once, since the application saw the user prove a factor.

use postern_core::devices::Device;
use postern_core::devices::input::browser::BrowserWish;
use postern_core::entity::Stored;
use postern_core::secret::Secret;
use postern_store::sql::Tx;

use super::Pairing;
use crate::{Ctx, Result, browsers};

/// Gives the value of the cookie, which only the answer carries.
pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    wish: &BrowserWish,
    device: &mut Stored<Device>,
) -> Result<Secret> {
    browsers::fill(tx, ctx, pairing.policy, &wish.payload, wish.session.as_deref(), device).await
}
