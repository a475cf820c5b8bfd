//! Which device authentication policy holds, and what it says about a type of device.

use std::sync::Arc;

use postern_core::devices::{Device, DeviceType};
use postern_core::entity::Stored;
use postern_core::ids::DevicePolicyId;
use postern_core::policy::{DevicePolicy, Method};
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::challenges::OtpRules;
use crate::{Ctx, Error, Result};

/// The named policy, or the environment's default.
///
/// # Errors
/// [`Error::Invalid`] naming `target` when the named one does not exist.
pub async fn effective(
    tx: &mut Tx,
    ctx: &Ctx,
    named: Option<DevicePolicyId>,
    target: &str,
) -> Result<Arc<Stored<DevicePolicy>>> {
    let Some(id) = named else {
        let default = documents::find_parsed_by(tx, ctx.environment, "is_default", true.into()).await?;
        return default
            .ok_or_else(|| Error::internal("the environment has no default device authentication policy"));
    };
    let found = documents::find_parsed(tx, ctx.environment, id).await?;
    found.ok_or_else(|| {
        Error::invalid(Problem::invalid(target, "is not a device authentication policy of this environment"))
    })
}

/// The policy a device was paired under, or the default when that one is gone.
///
/// # Errors
/// Those of the database.
pub async fn of_device(tx: &mut Tx, ctx: &Ctx, device: &Device) -> Result<Arc<Stored<DevicePolicy>>> {
    if let Some(id) = device.policy
        && let Some(policy) = documents::find_parsed(tx, ctx.environment, id).await?
    {
        return Ok(policy);
    }
    effective(tx, ctx, None, "policy.id").await
}

/// What the policy says about a type of device.
#[must_use]
pub fn method(policy: &DevicePolicy, kind: DeviceType) -> Option<Method> {
    policy.method(kind)
}

/// Whether a device of this type may be paired under the policy. A browser needs no method, only to be remembered.
#[must_use]
pub fn allows_pairing(policy: &DevicePolicy, kind: DeviceType) -> bool {
    if kind == DeviceType::Browser {
        return policy.remember_me.web.enabled;
    }
    policy.method(kind).is_some_and(|method| method.enabled && !method.pairing_disabled)
}

/// The rules for codes of a type of device.
///
/// # Errors
/// [`Error::Invalid`] when the policy says nothing about the type.
pub fn rules(policy: &DevicePolicy, kind: DeviceType) -> Result<OtpRules> {
    let method = policy.method(kind);
    method.map(OtpRules::from).ok_or_else(|| {
        Error::invalid(Problem::invalid("type", format!("{kind} is not enabled in the policy")))
    })
}

impl From<Method> for OtpRules {
    fn from(method: Method) -> Self {
        Self {
            length: u8::try_from(method.otp_length).unwrap_or(6),
            life_time: method.life_time,
            tries: method.failure_count,
            cool_down: method.cool_down,
        }
    }
}
