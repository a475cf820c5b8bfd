//! An application that shows that it is paired, to be asked no more than the policy wants.

use postern_core::devices::Device;
use postern_core::devices::mobile::MobilePayload;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, UserId};
use postern_core::problem::Problem;
use postern_store::sql::Tx;

use super::admit;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, Verdict};

/// The device of the user that the payload shows. The effects of both verdicts must be kept.
///
/// # Errors
/// Those of the database.
pub async fn check_payload(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    application: ApplicationId,
    payload: &MobilePayload,
) -> Result<Verdict<Stored<Device>>> {
    let path = MobilePayload::path(ctx.environment, &payload.device.to_string());
    let admitted = admit(tx, ctx, payload.device, &payload.proof, MobilePayload::covered(&path)).await;
    let device = match admitted {
        Ok(device) => Some(device),
        Err(Error::NotFound(_) | Error::Unauthenticated) => None,
        Err(error) => return Err(error),
    };
    let own = |device: &Stored<Device>| {
        device.user == user && device.mobile.as_ref().is_some_and(|app| app.application == application)
    };
    match device.filter(own) {
        Some(device) => {
            let event = Event::new("DEVICE_PAYLOAD.CHECK_SUCCESS", Subject::of(&device));
            audit::record(tx, ctx, event.and(Subject::new::<User>(user))).await?;
            Ok(Verdict::Accepted(device))
        }
        None => {
            let event = Event::failed("DEVICE_PAYLOAD.CHECK_INVALID", Subject::new::<User>(user));
            audit::record(tx, ctx, event).await?;
            let text = "is not a fresh payload of a device of the user with the application";
            Ok(Verdict::Refused(Error::invalid(Problem::invalid("mobilePayload", text))))
        }
    }
}
