//! Which device an MFA step asks, by the policy that rules it.

use std::sync::Arc;

use postern_core::devices::selection::{self, Selection};
use postern_core::devices::{Device, DeviceType};
use postern_core::entity::Stored;
use postern_core::flow::{Flow, Next};
use postern_core::policy::DevicePolicy;
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use super::subject::facts;
use super::{Subject, refused};
use crate::authorize::Rules;
use crate::{Ctx, Result, device_policies, devices};

/// What a moved flow comes to, before anything is written.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    /// What happens next; never [`Next::Device`] without `ask`.
    pub(crate) next: Next,
    /// The user's devices that count, in order.
    pub(crate) devices: Vec<Stored<Device>>,
    /// The device to ask.
    pub(crate) ask: Option<Ask>,
}

/// A device that is to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) device: Stored<Device>,
    pub(crate) policy: Arc<Stored<DevicePolicy>>,
}

impl Resolved {
    pub(crate) fn nothing(next: Next) -> Self {
        Self { next, devices: Vec::new(), ask: None }
    }
}

/// Answers every question for a device that needs no person: the default device, a user without devices, MFA waived.
/// `rules` spares reading the device policies again.
pub(crate) async fn resolve(
    tx: &mut Tx,
    ctx: &Ctx,
    rules: Option<&Rules>,
    flow: &mut Flow,
    subject: Option<&Subject>,
    mut next: Next,
) -> Result<Resolved> {
    while let (Next::Device, Some(subject)) = (next, subject) {
        let policy = policy_of(tx, ctx, rules, flow).await?;
        let facts = facts(ctx, flow, Some(subject));
        if subject.user.bypasses_mfa(ctx.now) {
            next = flow.mfa_waived(&facts).map_err(refused)?;
            continue;
        }
        if !subject.user.mfa_enabled && policy.block_users_with_disabled_mfa == Some(true) {
            next = flow.fail("ACCESS_DENIED", "MFA is not enabled for the user.");
            continue;
        }
        let devices = counting(tx, ctx, flow, &policy, subject).await?;
        let usable: Vec<&Stored<Device>> = devices.iter().filter(|device| device.usable(ctx.now)).collect();
        let ordered =
            usable.len() < 2 || device_order::is_ordered(tx, ctx.environment, subject.user.id).await?;
        match selection::choose(&usable, policy.authentication.device_selection, ordered) {
            Selection::NoUsableDevices => next = flow.no_usable_device(&facts).map_err(refused)?,
            Selection::Ask => {
                let next = flow.selection_required().map_err(refused)?;
                return Ok(Resolved { next, devices, ask: None });
            }
            Selection::Use(id) => {
                let ask = devices
                    .iter()
                    .find(|device| device.id == id)
                    .cloned()
                    .map(|device| Ask { device, policy });
                return Ok(Resolved { next, devices, ask });
            }
        }
    }
    Ok(Resolved::nothing(next))
}

/// The policy of the MFA step under way: the action's own, or the environment's default.
pub(super) async fn policy_of(
    tx: &mut Tx,
    ctx: &Ctx,
    rules: Option<&Rules>,
    flow: &Flow,
) -> Result<Arc<Stored<DevicePolicy>>> {
    let named = flow.mfa().and_then(|mfa| mfa.device_policy);
    if let Some(known) = rules.and_then(|rules| rules.device_policy(named)) {
        return Ok(known);
    }
    device_policies::effective(tx, ctx, named, "deviceAuthenticationPolicy.id").await
}

/// Whether it does not matter that the account is locked: only devices are asked, under a policy that ignores the lock.
pub(super) async fn ignores_lock(tx: &mut Tx, ctx: &Ctx, flow: &Flow) -> Result<bool> {
    if flow.mfa().is_none() || !flow.asks_devices_alone() {
        return Ok(false);
    }
    Ok(!policy_of(tx, ctx, None, flow).await?.respects_user_lock())
}

/// The user's devices of the types that the step and its policy let count, in the user's order.
pub(super) async fn counting(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &Flow,
    policy: &DevicePolicy,
    subject: &Subject,
) -> Result<Vec<Stored<Device>>> {
    let mut all = devices::of_user(tx, ctx, subject.user.id).await?;
    all.retain(|device| counts(flow, policy, device.kind));
    Ok(all)
}

/// An action that names methods without a policy says itself which of them count, as it did before policies existed;
/// the default policy then gives no more than lengths and limits.
fn counts(flow: &Flow, policy: &DevicePolicy, kind: DeviceType) -> bool {
    let Some(step) = flow.mfa() else { return false };
    let by_flags = step.device_policy.is_none() && step.methods.is_some();
    kind.authenticates() && step.allows(kind) && (by_flags || policy.enables(kind))
}
