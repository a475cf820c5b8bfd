//! Authentication codes: made for a page, claimed and decided by an application (MFA contract 5.5).

use postern_core::devices::Device;
use postern_core::directory::application::Application;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::AuthenticationCodeId;
use postern_core::mfa::authentication_code::{self as rules, AuthenticationCode, NewCode, NotNow};
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::authentication_code as table;

use crate::audit::{self, Event, Subject};
use crate::short_codes::{self, Kind};
use crate::{Ctx, Error, Result, mobile_applications};

/// Makes a code.
///
/// # Errors
/// [`Error::Invalid`] when the application is not a native one.
pub async fn create(tx: &mut Tx, ctx: &Ctx, wish: NewCode) -> Result<Stored<AuthenticationCode>> {
    mobile_applications::find(tx, ctx, wish.application.id, "application.id").await?;
    let id = AuthenticationCodeId::new(&ctx.random);
    let kind = Kind { generate: &|| rules::generate(&ctx.random), digests };
    let (sealed, digest) = short_codes::draw::<AuthenticationCode>(tx, ctx, &kind, &record(id)).await?;
    let code =
        Stored::new(ctx.environment, id, ctx.now, AuthenticationCode::new(wish, sealed, digest, ctx.now));
    documents::insert(tx, &code).await?;
    audit::record(tx, ctx, Event::new("AUTHENTICATION_CODE.CREATED", Subject::of(&code))).await?;
    Ok(code)
}

async fn by_code(tx: &mut Tx, ctx: &Ctx, code: &str) -> Result<Option<Stored<AuthenticationCode>>> {
    short_codes::find(tx, ctx, digests(ctx, code)).await
}

fn digests(ctx: &Ctx, code: &str) -> Vec<String> {
    rules::digests(&ctx.keys, ctx.environment, code)
}

/// A code.
///
/// # Errors
/// [`Error::NotFound`] when it is not there, or ended long ago.
pub async fn get(tx: &mut Tx, ctx: &Ctx, id: AuthenticationCodeId) -> Result<Stored<AuthenticationCode>> {
    let found = documents::find::<AuthenticationCode>(tx, ctx.environment, id).await?;
    found.filter(|code| code.forget_at() > ctx.now).ok_or(Error::NotFound("authentication code"))
}

/// What is shown of a code beside its record.
#[derive(Debug)]
pub struct Shown {
    /// The code.
    pub code: Secret,
    /// The link that opens the application with it.
    pub uri: String,
    /// The device that claimed it.
    pub device: Option<Stored<Device>>,
}

/// Opens a code for those who show it.
///
/// # Errors
/// [`Error::Internal`] when no master key opens it; those of the database.
pub async fn show(tx: &mut Tx, ctx: &Ctx, code: &Stored<AuthenticationCode>) -> Result<Shown> {
    let clear = short_codes::open(ctx, &record(code.id), &code.sealed)?;
    let application = documents::find::<Application>(tx, ctx.environment, code.application.id).await?;
    let prefix = application.and_then(|application| application.body.mobile?.uri_prefix);
    let device = match code.device {
        Some(id) => documents::find::<Device>(tx, ctx.environment, id).await?,
        None => None,
    };
    Ok(Shown { uri: rules::uri(prefix.as_deref(), clear.expose()), code: clear, device })
}

fn record(id: AuthenticationCodeId) -> String {
    format!("authentication_code/{id}")
}

/// Takes a code away.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: AuthenticationCodeId) -> Result<()> {
    let code = get(tx, ctx, id).await?;
    documents::remove(tx, &code).await?;
    audit::record(tx, ctx, Event::new("AUTHENTICATION_CODE.DELETED", Subject::of(&code))).await
}

/// The application of a device, whose proof was checked, claims a code for its user.
///
/// # Errors
/// [`Error::Invalid`] for a code that cannot be claimed, or not by this application; [`Error::Refused`] when user or
/// device may not be used.
pub async fn claim(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &Stored<Device>,
    code: &str,
) -> Result<Stored<AuthenticationCode>> {
    let unknown = || Error::invalid(Problem::invalid("code", "is not a code that can be claimed"));
    let application = device.mobile.as_ref().map(|app| app.application);
    let found = by_code(tx, ctx, code).await?;
    let mut found = found.filter(|code| Some(code.application.id) == application).ok_or_else(unknown)?;
    usable(tx, ctx, device).await?;
    found.body.claim(device.user, device.id, ctx.now).map_err(|NotNow| unknown())?;
    save(tx, ctx, &mut found, device).await?;
    Ok(found)
}

/// The user decides on a code that the device claimed.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when nothing is to be decided; [`Error::Refused`] when user or device may
/// not be used.
pub async fn decide(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &Stored<Device>,
    id: AuthenticationCodeId,
    approved: bool,
) -> Result<Stored<AuthenticationCode>> {
    let mut code = get(tx, ctx, id).await?;
    if code.device != Some(device.id) {
        return Err(Error::NotFound("authentication code"));
    }
    if approved {
        usable(tx, ctx, device).await?;
    }
    code.body.decide(device.id, approved, ctx.now).map_err(|NotNow| {
        Error::Malformed(vec![Problem::invalid("status", "the code does not wait for a decision")])
    })?;
    save(tx, ctx, &mut code, device).await?;
    Ok(code)
}

/// A code signs its user on, so neither the user nor the device may be switched off.
async fn usable(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>) -> Result<()> {
    let user = documents::find::<User>(tx, ctx.environment, device.user).await?;
    if user.is_some_and(|user| user.can_authenticate(ctx.now)) && device.usable(ctx.now) {
        return Ok(());
    }
    let text = "The user is disabled or locked, or the device is blocked or locked.";
    Err(Error::refused(Problem::new(Code::AccountNotUsable, text)))
}

async fn save(
    tx: &mut Tx,
    ctx: &Ctx,
    code: &mut Stored<AuthenticationCode>,
    device: &Stored<Device>,
) -> Result<()> {
    documents::update(tx, code, ctx.now).await?;
    let event = Event::new("AUTHENTICATION_CODE.UPDATED", Subject::of(code));
    let event = event.and(Subject::new::<User>(device.user)).and(Subject::of(device));
    audit::record(tx, ctx, event).await
}

/// Removes codes of all environments that ended an hour ago, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(table::sweep(tx, now, limit).await?)
}
