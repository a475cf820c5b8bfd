//! Recovery codes: eight characters by mail, good for five minutes and five tries.

use postern_core::devices::input::TemplateChoice;
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, Id, UserId};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::recovery_code;

use crate::audit::{self, Event, Subject};
use crate::notification_policies::Choice;
use crate::notifications::{self, Notice};
use crate::{Ctx, Error, Result, Verdict};

/// Characters of a code.
const LENGTH: usize = 8;
/// No characters that look alike.
const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// How long a code is good.
const LIFE_TIME: Span = Span::minutes(5);
/// Tries that a code takes.
const TRIES: i64 = 5;
/// How far apart mails to one user are.
const EVERY: Span = Span::seconds(10);
const TEMPLATE: &str = "recovery_code_template";
const PURPOSE: &str = "recovery code";

/// A code that was right.
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// Whose password may be set.
    pub user: UserId,
}

/// Mails a code. One that was mailed a moment ago is not mailed again.
///
/// # Errors
/// [`Error::NotFound`]; a refusal for users of an external identity provider.
pub async fn send_recovery_code(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Stored<User>> {
    let user = documents::find::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    super::own_password_only(&user)?;
    let expires_at = ctx.now.plus(LIFE_TIME);
    if let Some(end) = recovery_code::expiry(tx, ctx.environment, user.id, ctx.now).await?
        && end.plus(EVERY) > expires_at
    {
        return Ok(user);
    }
    let code = Secret::new(ctx.random.text(LENGTH, ALPHABET));
    let digest = ctx.keys.mac(PURPOSE, &binding(ctx, user.id, code.expose()).each_ref().map(Vec::as_slice));
    recovery_code::put(tx, ctx.environment, user.id, &digest, expires_at).await?;
    mail(tx, ctx, &user, &code, expires_at).await?;
    audit::record(tx, ctx, Event::new("PASSWORD.RECOVERY_CODE_SENT", Subject::of(&user))).await?;
    Ok(user)
}

/// The mail goes to the address of the user record, which is no device; it is worded as if it were one.
async fn mail(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    code: &Secret,
    expires_at: Timestamp,
) -> Result<()> {
    let address = Device {
        email: Some(user.email.clone()),
        ..Device::new(user.id, DeviceType::Email, DeviceStatus::Active, ctx.now)
    };
    let device = Stored::new(ctx.environment, DeviceId::new(&ctx.random), ctx.now, address);
    let wording = TemplateChoice::default();
    let limits = Choice::default();
    let (device, code) = (&device, Some(code));
    let notice = Notice { template: TEMPLATE, wording: &wording, user, device, code, expires_at, limits };
    notifications::send(tx, ctx, &notice).await
}

/// Checks a code and takes a try. The code stays good until the new password is recorded, which consumes it.
/// The effects of both verdicts must be kept.
///
/// # Errors
/// Those of the database. The verdict refuses with `INVALID_VALUE` at `recoveryCode`.
pub async fn check_recovery_code(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    code: &Secret,
) -> Result<Verdict<Recovery>> {
    let Some(digest) = recovery_code::take_try(tx, ctx.environment, user, TRIES, ctx.now).await? else {
        return Ok(Verdict::Refused(wrong()));
    };
    let typed = code.expose().trim().to_ascii_uppercase();
    let parts = binding(ctx, user, &typed);
    if ctx.keys.mac_matches(PURPOSE, &parts.each_ref().map(Vec::as_slice), &digest) {
        return Ok(Verdict::Accepted(Recovery { user }));
    }
    Ok(Verdict::Refused(wrong()))
}

/// The code is not, or no longer, good.
pub(super) fn wrong() -> Error {
    Error::invalid(Problem::invalid("recoveryCode", "The recovery code is invalid or has expired."))
}

fn binding(ctx: &Ctx, user: UserId, code: &str) -> [Vec<u8>; 3] {
    [ctx.environment.uuid().as_bytes().to_vec(), user.uuid().as_bytes().to_vec(), code.as_bytes().to_vec()]
}
