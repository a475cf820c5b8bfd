//! Native applications as authenticators: their names, their secrets, their push credentials.

use postern_core::directory::application::{Application, ApplicationType};
use postern_core::directory::push_credentials::PushCredentials;
use postern_core::entity::Stored;
use postern_core::ids::ApplicationId;
use postern_core::problem::Problem;
use postern_core::schema::Secrets;
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;

use crate::delivery_settings::seal;
use crate::{Ctx, Error, Result};

/// Prepares an application before it is written: the names that it had stay, its secrets are sealed. Those not sent
/// stay as they were.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing.
pub fn prepare(
    ctx: &Ctx,
    new: &mut Stored<Application>,
    old: Option<&Stored<Application>>,
    sent: &Secrets,
) -> Result<()> {
    if let Some(old) = old.and_then(|old| old.mobile.as_ref()) {
        new.body.mobile.get_or_insert_default().keep_names(old);
    }
    let kept = new.body.sealed.take();
    let reads_proofs = new
        .body
        .mobile
        .as_ref()
        .and_then(|mobile| mobile.integrity_detection.as_ref())
        .is_some_and(|detection| detection.google_play.is_some());
    // Without what they are for, secrets do not stay.
    new.body.sealed = seal(ctx, new, sent, kept.as_ref().filter(|_| reads_proofs))?;
    Ok(())
}

/// Seals the secrets of push credentials. Those not sent stay as they were.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing or cannot be used, or the application is not a native one.
pub async fn prepare_credentials(
    tx: &mut Tx,
    ctx: &Ctx,
    new: &mut Stored<PushCredentials>,
    sent: &Secrets,
) -> Result<()> {
    find(tx, ctx, new.application.id, "application").await?;
    let kept = new.body.sealed.take();
    new.body.sealed = seal(ctx, new, sent, kept.as_ref())?;
    Ok(())
}

/// A native application that is switched on.
///
/// # Errors
/// [`Error::Invalid`] naming `target` when it is not one.
pub(crate) async fn find(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ApplicationId,
    target: &str,
) -> Result<Stored<Application>> {
    let found = documents::find_shared::<Application>(tx, ctx.environment, id).await?;
    found
        .filter(|application| application.enabled && application.kind == ApplicationType::NativeApp)
        .ok_or_else(|| {
            Error::invalid(Problem::invalid(target, "is not a native application that is enabled"))
        })
}

/// Whether an application has push credentials of any kind.
///
/// # Errors
/// Those of the database.
pub(crate) async fn has_credentials(tx: &mut Tx, ctx: &Ctx, id: ApplicationId) -> Result<bool> {
    let own = Condition::equals("application_id", id);
    Ok(documents::count::<PushCredentials>(tx, ctx.environment, &own, 1).await? > 0)
}
