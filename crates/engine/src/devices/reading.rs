//! Finds devices, in the user's order.

use postern_core::crypto::keyring::SealContext;
use postern_core::devices::{Device, DeviceStatus};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::secret::Secret;
use postern_store::documents::{self, Condition, Op, Select};
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use crate::{Ctx, Error, Result};

/// Most devices of one user, of all states.
const MOST: i64 = 200;

/// A user's devices.
#[derive(Debug)]
pub struct Listing {
    /// Those that were asked for: the ordered ones first, then those that wait for activation.
    pub devices: Vec<Stored<Device>>,
    /// Ids of all active devices in the user's order; empty when the user has no order.
    pub order: Vec<DeviceId>,
}

/// One device of a user.
///
/// # Errors
/// [`Error::NotFound`] when it is not there or somebody else's.
pub async fn get(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    let device = documents::find::<Device>(tx, ctx.environment, id).await?;
    device.filter(|device| device.user == user && !device.over(ctx.now)).ok_or(Error::NotFound("device"))
}

/// All devices of an existing user that fulfil the condition.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn list(tx: &mut Tx, ctx: &Ctx, user: UserId, condition: Condition) -> Result<Listing> {
    documents::find::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let filtered = !matches!(condition, Condition::Everything);
    let devices = matching(tx, ctx, user, condition).await?;
    let mut order = Vec::new();
    if device_order::is_ordered(tx, ctx.environment, user).await? {
        // The order is that of all devices, whichever of them are asked for.
        let all = if filtered { of_user(tx, ctx, user).await? } else { Vec::new() };
        let all = if filtered { &all } else { &devices };
        let ordered = all.iter().filter(|device| device.has_place());
        order.extend(ordered.map(|device| device.id));
    }
    Ok(Listing { devices, order })
}

/// All devices of a user in their order, active ones first.
///
/// # Errors
/// Those of the database.
pub async fn of_user(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Vec<Stored<Device>>> {
    matching(tx, ctx, user, Condition::Everything).await
}

async fn matching(tx: &mut Tx, ctx: &Ctx, user: UserId, condition: Condition) -> Result<Vec<Stored<Device>>> {
    let own = Condition::Compare { column: "user_id", op: Op::Eq, value: user.into() };
    let select = Select { condition: Condition::All(vec![own, condition]), after: None, limit: MOST };
    let mut devices = documents::list::<Device>(tx, ctx.environment, &select).await?;
    devices.retain(|device| !device.over(ctx.now));
    devices.sort_by_key(|device| {
        (device.status == DeviceStatus::ActivationRequired, device.position, device.id)
    });
    Ok(devices)
}

/// The pairing code of a test device that waits for its activation.
#[must_use]
pub fn test_code(ctx: &Ctx, device: &Stored<Device>) -> Option<String> {
    let record = sealed_record(device.id);
    let context = SealContext { environment: ctx.environment, record: &record, field: "test.otp" };
    let clear = ctx.keys.open(&context, device.test_otp.as_ref()?).ok()?;
    String::from_utf8(clear.expose().clone()).ok()
}

/// Seals the pairing code of a test device.
pub(super) fn seal_test_code(ctx: &Ctx, id: DeviceId, code: &Secret) -> postern_core::secret::Sealed {
    let record = sealed_record(id);
    let context = SealContext { environment: ctx.environment, record: &record, field: "test.otp" };
    ctx.keys.seal(&ctx.random, &context, code.expose().as_bytes())
}

fn sealed_record(id: DeviceId) -> String {
    format!("device/{id}")
}
