//! Push requests: asked, answered once, taken back, timed out, counted (MFA contract 6.8).
//!
//! A request is a record of its own ([`PushRequest`]); who asked keeps its
//! number and looks what became of it. The notification only wakes the
//! application: without a push address or push credentials the application
//! finds the request when it looks.
//!
//! Limits. At most three requests of a device wait at a time. Within the
//! policy's period no more than its limit are sent without an approval,
//! whatever became of them; those denied or not answered lock the device when
//! they reach the limit. A new request of the same asker takes the place of its
//! earlier one.

mod answering;
mod asking;
mod counting;
mod gone;

pub use answering::{answer, pending};
pub use asking::{ask, ask_silently};
pub use counting::{note_overdue, sweep_overdue};
pub use gone::device_gone;

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, Id, PushRequestId};
use postern_core::mfa::push::request::{KEPT, PushRequest, PushStatus};
use postern_core::mfa::{PushAsked, PushState};
use postern_core::time::Timestamp;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use postern_store::tables::push_request as table;

use crate::{Ctx, Result};

/// Requests of one device that are looked at together at most.
const MOST: i64 = 100;

/// What became of a request. Reads only; whoever sees that it timed out and may write notes it with [`note_overdue`].
///
/// # Errors
/// Those of the database.
pub async fn state(tx: &mut Tx, ctx: &Ctx, asked: &PushAsked) -> Result<PushState> {
    let id = PushRequestId::from_uuid(asked.request);
    // A request that is gone was never answered in time, or its device went.
    let Some(request) = documents::find::<PushRequest>(tx, ctx.environment, id).await? else {
        return Ok(PushState::TimedOut);
    };
    let state = request.state(ctx.now);
    if state != PushState::Approved {
        return Ok(state);
    }
    // What a device has said does not count once it is blocked or locked.
    let device = documents::find::<Device>(tx, ctx.environment, request.device).await?;
    Ok(if device.is_some_and(|device| device.usable(ctx.now)) { state } else { PushState::Denied })
}

/// Takes a request back; one of which something became stays as it is.
///
/// # Errors
/// Those of the database.
pub async fn cancel(tx: &mut Tx, ctx: &Ctx, asked: &PushAsked) -> Result<()> {
    let id = PushRequestId::from_uuid(asked.request);
    match documents::find::<PushRequest>(tx, ctx.environment, id).await? {
        Some(request) => take_back(tx, ctx, request).await,
        None => Ok(()),
    }
}

async fn take_back(tx: &mut Tx, ctx: &Ctx, mut request: Stored<PushRequest>) -> Result<()> {
    if request.waits(ctx.now) && request.body.cancel() {
        documents::update(tx, &mut request, ctx.now).await?;
    }
    Ok(())
}

/// The requests of a device that nobody has answered, taken back or timed out.
async fn open(tx: &mut Tx, ctx: &Ctx, device: DeviceId) -> Result<Vec<Stored<PushRequest>>> {
    let condition =
        Condition::equals("device_id", device).and(Condition::equals("status", PushStatus::Pending.as_str()));
    let select = Select { condition, after: None, limit: MOST };
    Ok(documents::list::<PushRequest>(tx, ctx.environment, &select).await?)
}

/// Removes requests of all environments that ended a day ago, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(table::sweep(tx, now.minus(KEPT), limit).await?)
}
