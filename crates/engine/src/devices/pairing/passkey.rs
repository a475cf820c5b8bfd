//! FIDO2 devices: the browser makes a credential for what was offered.

use postern_core::devices::Device;
use postern_core::devices::input::Proof;
use postern_core::devices::input::passkey::PasskeyWish;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::policy::DevicePolicy;
use postern_store::sql::Tx;

use super::Pairing;
use crate::{Ctx, Result, Verdict, passkeys};

pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    wish: &PasskeyWish,
    device: &mut Stored<Device>,
) -> Result<()> {
    let passkey = passkeys::offer(tx, ctx, pairing.user, pairing.policy, wish).await?;
    device.body.passkey = Some(Box::new(passkey));
    Ok(())
}

pub(super) async fn prove(
    tx: &mut Tx,
    ctx: &Ctx,
    _owner: &Stored<User>,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    proof: &Proof,
) -> Result<Verdict<()>> {
    passkeys::register(tx, ctx, device, policy, proof).await
}
