//! What a phone answers.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, PushRequestId};
use postern_core::mfa::push::request::{Answer, Decision, PushRequest, PushStatus, Refused};
use postern_core::problem::{Code, Problem};
use postern_store::documents;
use postern_store::sql::Tx;

use super::{counting, open};
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, lockout};

/// The requests that wait for an answer of the device, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn pending(tx: &mut Tx, ctx: &Ctx, device: DeviceId) -> Result<Vec<Stored<PushRequest>>> {
    let mut waiting = open(tx, ctx, device).await?;
    waiting.retain(|request| request.waits(ctx.now));
    Ok(waiting)
}

/// Takes the answer of a device whose proof was checked. An approval with a wrong number denies.
///
/// # Errors
/// [`Error::NotFound`] for a request of another device; [`Error::Malformed`] when nothing waits any more;
/// [`Error::Invalid`] for an answer to something else; [`Error::Refused`] for an approval of a locked or blocked device.
pub async fn answer(
    tx: &mut Tx,
    ctx: &Ctx,
    device: DeviceId,
    id: PushRequestId,
    answer: Answer,
) -> Result<Stored<PushRequest>> {
    let found = documents::find::<Device>(tx, ctx.environment, device).await?;
    let mut device = found.ok_or(Error::NotFound("device"))?;
    lockout::hold(tx, ctx, device.user).await?;
    let found = documents::find::<PushRequest>(tx, ctx.environment, id).await?;
    let mut request =
        found.filter(|request| request.device == device.id).ok_or(Error::NotFound("push request"))?;
    if answer.decision == Decision::Approve && !device.usable(ctx.now) {
        let problem = Problem::new(Code::ConstraintViolation, "The device is blocked or locked.");
        return Err(Error::refused(problem));
    }
    let status = request.body.answer(answer, ctx.now).map_err(refused)?;
    documents::update(tx, &mut request, ctx.now).await?;
    note(tx, ctx, &device, &request).await?;
    if status == PushStatus::Approved {
        lockout::forgive(tx, ctx, request.user).await?;
    } else {
        counting::note_fail(tx, ctx, &mut device, &request).await?;
        lockout::count(tx, ctx, request.user).await?;
    }
    Ok(request)
}

async fn note(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>, request: &Stored<PushRequest>) -> Result<()> {
    let answered = Event::new(format!("PUSH_REQUEST.{}", request.status()), Subject::of(request));
    audit::record(tx, ctx, answered.and(Subject::of(device))).await?;
    if request.status() == PushStatus::FraudReported {
        audit::record(tx, ctx, Event::new("DEVICE.FRAUD_REPORTED", Subject::of(device))).await?;
    }
    Ok(())
}

fn refused(why: Refused) -> Error {
    match why {
        Refused::NotWaiting => Error::Malformed(vec![Problem::invalid(
            "status",
            "the request was answered or taken back, or its time is over",
        )]),
        Refused::OtherChallenge => {
            Error::invalid(Problem::invalid("challenge", "is not that of the request"))
        }
        Refused::OtherDetails => Error::invalid(Problem::invalid("details", "are not those of the request")),
        Refused::NumberNeeded => Error::invalid(Problem::required("number")),
    }
}
