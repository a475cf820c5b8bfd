//! Which devices of a user count under a policy, which of them can be asked now, and which is asked first.

use postern_core::devices::selection::{self, Selection};
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::mfa::Compatibility;
use postern_core::policy::DevicePolicy;
use postern_core::time::Timestamp;
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use crate::{Ctx, Result, devices};

/// The active devices of a user.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// Those that are not blocked, in the user's order.
    pub devices: Vec<Stored<Device>>,
    /// Those that an administrator has blocked.
    pub blocked: Vec<Stored<Device>>,
}

impl Candidates {
    /// Reads them. Remembered browsers are not among them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Self> {
        let mut all = devices::of_user(tx, ctx, user).await?;
        all.retain(|device| device.status == DeviceStatus::Active && device.kind.authenticates());
        let (blocked, devices) = all.into_iter().partition(|device| device.blocked_at.is_some());
        Ok(Self { devices, blocked })
    }

    /// Whether the user has no active device at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.blocked.is_empty()
    }

    /// Whether passkeys are among them.
    #[must_use]
    pub fn have_passkeys(&self) -> bool {
        self.devices.iter().chain(&self.blocked).any(|device| device.kind == DeviceType::Fido2)
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, id: DeviceId) -> Option<&Stored<Device>> {
        self.devices.iter().chain(&self.blocked).find(|device| device.id == id)
    }

    /// Those that can be asked now.
    pub fn usable<'s>(
        &'s self,
        policy: &'s DevicePolicy,
        browser: Compatibility,
        now: Timestamp,
    ) -> impl Iterator<Item = &'s Stored<Device>> {
        self.devices.iter().filter(move |device| usable(device, policy, browser, now))
    }

    /// Which is asked first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn choose(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        user: UserId,
        policy: &DevicePolicy,
        browser: Compatibility,
    ) -> Result<Selection> {
        let usable: Vec<&Stored<Device>> = self.usable(policy, browser, ctx.now).collect();
        let ordered = usable.len() < 2 || device_order::is_ordered(tx, ctx.environment, user).await?;
        Ok(selection::choose(&usable, policy.authentication.device_selection, ordered))
    }
}

/// Whether the device can be asked now. `browser`: what it can do with passkeys.
#[must_use]
pub fn usable(device: &Device, policy: &DevicePolicy, browser: Compatibility, now: Timestamp) -> bool {
    device.usable(now)
        && device.kind.authenticates()
        && policy.enables(device.kind)
        && device.mobile.as_ref().is_none_or(|app| app.ways(policy).any())
        && browser.suits(device)
}
