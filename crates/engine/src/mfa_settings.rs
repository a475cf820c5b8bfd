//! The MFA settings of an environment, or what holds when none were set.

use postern_core::ids::{Id, MfaSettingsId};
use postern_core::policy::MfaSettings;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::{Ctx, Result};

/// The settings in force.
///
/// # Errors
/// Those of the database.
pub async fn load(tx: &mut Tx, ctx: &Ctx) -> Result<MfaSettings> {
    let id = MfaSettingsId::from_uuid(ctx.environment.uuid());
    Ok(documents::find::<MfaSettings>(tx, ctx.environment, id)
        .await?
        .map(|stored| stored.body)
        .unwrap_or_default())
}
