//! The order of a user's devices; the first is the default (MFA contract 1.13).

use postern_core::devices::Device;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use super::reading::of_user;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result};

/// Sets the order. Every active device must be named once.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] naming the entry of `order`.
pub async fn reorder(tx: &mut Tx, ctx: &Ctx, user: UserId, order: &[DeviceId]) -> Result<()> {
    let owner = owner(tx, ctx, user).await?;
    let mut active = of_user(tx, ctx, user).await?;
    active.retain(|device| device.has_place());
    Error::unless_empty(problems(&active, order))?;
    for (place, id) in (1..).zip(order) {
        let Some(device) = active.iter_mut().find(|device| device.id == *id) else { continue };
        if device.position != place {
            device.body.position = place;
            documents::update(tx, device, ctx.now).await?;
        }
    }
    device_order::start(tx, ctx.environment, user).await?;
    audit::record(tx, ctx, Event::new("DEVICES.ORDER_UPDATED", Subject::of(&owner))).await
}

fn problems(active: &[Stored<Device>], order: &[DeviceId]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, id) in order.iter().enumerate() {
        let target = format!("order[{at}].id");
        if !active.iter().any(|device| device.id == *id) {
            problems.push(Problem::invalid(&target, "is not an active device of the user"));
        } else if order.iter().take(at).any(|earlier| earlier == id) {
            problems.push(Problem::invalid(&target, "is named more than once"));
        }
    }
    if problems.is_empty() && order.len() < active.len() {
        problems.push(Problem::invalid("order", "must name every active device of the user"));
    }
    problems
}

/// Removes the order; the user has no default device then, and devices are listed as they were activated.
///
/// # Errors
/// [`Error::NotFound`] without the user.
pub async fn remove_order(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<()> {
    let owner = owner(tx, ctx, user).await?;
    for mut device in of_user(tx, ctx, user).await? {
        let place = device.activated_at.unwrap_or(device.created_at.micros());
        if device.has_place() && device.position != place {
            device.body.position = place;
            documents::update(tx, &mut device, ctx.now).await?;
        }
    }
    device_order::remove(tx, ctx.environment, user).await?;
    audit::record(tx, ctx, Event::new("DEVICES.ORDER_DELETED", Subject::of(&owner))).await
}

async fn owner(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Stored<User>> {
    documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))
}
