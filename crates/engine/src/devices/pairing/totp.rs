//! TOTP devices: the server makes the key, the first code proves that the user has it (MFA contract 1.5).

use postern_core::devices::input::Proof;
use postern_core::devices::{Device, totp as rules};
use postern_core::entity::Stored;
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_store::sql::Tx;

use super::{Pairing, code};
use crate::{Ctx, Error, Result, Verdict, totp};

pub(super) fn begin(ctx: &Ctx, pairing: &Pairing<'_>, device: &mut Stored<Device>) {
    let key = totp::make(ctx, device, pairing.policy, &pairing.user.username);
    device.body.totp = Some(Box::new(key));
}

pub(super) async fn prove(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    proof: &Proof,
) -> Result<Verdict<()>> {
    let code = code(proof)?;
    if !rules::is_offered(device, ctx.now) {
        let text = "The device was not activated within 30 minutes; delete it and pair it again.";
        return Err(Error::invalid(Problem::invalid("status", text)));
    }
    let verdict = totp::attempt(tx, ctx, device, policy, code).await?;
    if let (Verdict::Accepted(()), Some(key)) = (&verdict, device.body.totp.as_deref_mut()) {
        key.offer = None;
    }
    Ok(verdict)
}
