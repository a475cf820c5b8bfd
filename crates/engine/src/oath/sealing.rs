//! The keys of tokens on their way to the database and back.

use postern_core::crypto::keyring::SealContext;
use postern_core::entity::Stored;
use postern_core::oath::OathToken;
use postern_core::secret::Secret;

use crate::{Ctx, Error, Result};

/// Seals the key of a token.
pub(super) fn seal(ctx: &Ctx, token: &mut Stored<OathToken>, secret: &[u8]) {
    token.body.sealed = Some(within(ctx, token, |context| ctx.keys.seal(&ctx.random, context, secret)));
}

/// Opens the key of a token.
///
/// # Errors
/// [`Error::Internal`] when it is missing, or sealed with a key that is not in the ring.
pub(crate) fn open(ctx: &Ctx, token: &Stored<OathToken>) -> Result<Secret<Vec<u8>>> {
    let sealed = token.sealed.as_ref().ok_or_else(|| Error::internal("a token without a key"))?;
    within(ctx, token, |context| ctx.keys.open(context, sealed)).map_err(Error::internal)
}

/// Where the key lives.
fn within<T>(ctx: &Ctx, token: &Stored<OathToken>, work: impl FnOnce(&SealContext<'_>) -> T) -> T {
    let record = format!("oath_token/{}", token.id);
    work(&SealContext { environment: ctx.environment, record: &record, field: "secret" })
}
