//! The logs of an application: wished for by an administrator, sent by the application (MFA contract 1.11).

use postern_core::crypto::keyring::SealContext;
use postern_core::devices::DeviceType;
use postern_core::devices::mobile::{LogStatus, LogWish};
use postern_core::ids::{DeviceId, UserId};
use postern_core::problem::Problem;
use postern_core::secret::{Sealed, Secret};
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::device_log;

use super::{sealed_record, upkeep};
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, devices};

/// How long logs are kept.
const KEPT: Span = Span::days(30);

/// Wishes for the logs.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for devices that have none.
pub async fn want(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<LogWish> {
    let mut device = devices::get(tx, ctx, user, id).await?;
    if device.kind != DeviceType::Mobile {
        let text = format!("a {} device has no logs", device.kind);
        return Err(Error::invalid(Problem::invalid("type", text)));
    }
    let wish = LogWish::new(ctx.now);
    upkeep::app(&mut device)?.logs = Some(wish);
    documents::update(tx, &mut device, ctx.now).await?;
    audit::record(tx, ctx, Event::new("DEVICE.UPDATED", Subject::of(&device))).await?;
    Ok(wish)
}

/// The wish, and the logs that came for it or an earlier one.
///
/// # Errors
/// [`Error::NotFound`] when there are neither.
pub async fn read(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    id: DeviceId,
) -> Result<(Option<LogWish>, Option<(Timestamp, Secret)>)> {
    let device = devices::get(tx, ctx, user, id).await?;
    let wish = device.mobile.as_ref().and_then(|app| app.logs);
    let record = sealed_record(id);
    let kept = match device_log::find(tx, ctx.environment, id).await? {
        Some((at, sealed)) => {
            let opened = ctx.keys.open_text(&context(ctx, &record), &Sealed(sealed));
            Some((at, opened.map_err(Error::internal)?))
        }
        None => None,
    };
    if wish.is_none() && kept.is_none() { Err(Error::NotFound("logs")) } else { Ok((wish, kept)) }
}

/// Takes the logs that were wished for.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when nobody wishes for them.
pub async fn receive(tx: &mut Tx, ctx: &Ctx, id: DeviceId, content: &str) -> Result<()> {
    let mut device = upkeep::find(tx, ctx, id).await?;
    let app = upkeep::app(&mut device)?;
    let Some(wish) = app.logs.filter(|wish| wish.open(ctx.now)) else {
        return Err(Error::Malformed(vec![Problem::invalid("status", "nobody has asked for logs")]));
    };
    app.logs = Some(LogWish { status: LogStatus::Received, ..wish });
    documents::update(tx, &mut device, ctx.now).await?;
    let record = sealed_record(id);
    let sealed = ctx.keys.seal(&ctx.random, &context(ctx, &record), content.as_bytes());
    device_log::put(tx, ctx.environment, id, &sealed.0, ctx.now).await?;
    audit::record(tx, ctx, Event::new("DEVICE.LOGS_RECEIVED", Subject::of(&device))).await
}

/// Removes logs of all environments that are a month old, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(device_log::sweep(tx, now.minus(KEPT), limit).await?)
}

fn context<'a>(ctx: &Ctx, record: &'a str) -> SealContext<'a> {
    SealContext { environment: ctx.environment, record, field: "logs" }
}
