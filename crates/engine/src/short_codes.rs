//! Codes that people carry from one screen to another: kept sealed to be shown, found by a keyed hash.

use postern_core::crypto::keyring::SealContext;
use postern_core::entity::Stored;
use postern_core::secret::{Sealed, Secret};
use postern_store::documents::{self, Document};
use postern_store::sql::Tx;

use crate::{Ctx, Error, Result};

/// Codes that are drawn before giving up; even a second one is needed about never.
const DRAWS: u32 = 5;
/// The column of the hash.
const COLUMN: &str = "digest";

/// How the codes of one kind of record are made and hashed.
pub(crate) struct Kind<'k> {
    /// Draws a code.
    pub(crate) generate: &'k (dyn Fn() -> Secret + Sync),
    /// The hashes of a code, that of the newest master key first.
    pub(crate) digests: fn(&Ctx, &str) -> Vec<String>,
}

/// The record with one of these hashes.
///
/// # Errors
/// Those of the database.
pub(crate) async fn find<T: Document>(
    tx: &mut Tx,
    ctx: &Ctx,
    digests: Vec<String>,
) -> Result<Option<Stored<T>>> {
    for digest in digests {
        let found = documents::find_by::<T>(tx, ctx.environment, COLUMN, digest.into()).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Draws a code that no other record of the type has. Gives it sealed for the record, and its hash.
///
/// # Errors
/// Those of the database.
pub(crate) async fn draw<T: Document>(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &Kind<'_>,
    record: &str,
) -> Result<(Sealed, String)> {
    for _ in 0..DRAWS {
        let code = (kind.generate)();
        let digests = (kind.digests)(ctx, code.expose());
        let Some(newest) = digests.first().cloned() else { continue };
        if find::<T>(tx, ctx, digests).await?.is_none() {
            return Ok((ctx.keys.seal(&ctx.random, &context(ctx, record), code.expose().as_bytes()), newest));
        }
    }
    Err(Error::internal("no code was found that is free"))
}

/// The code of a record, for those who show it.
///
/// # Errors
/// [`Error::Internal`] when no master key opens it.
pub(crate) fn open(ctx: &Ctx, record: &str, sealed: &Sealed) -> Result<Secret> {
    ctx.keys.open_text(&context(ctx, record), sealed).map_err(Error::internal)
}

fn context<'a>(ctx: &Ctx, record: &'a str) -> SealContext<'a> {
    SealContext { environment: ctx.environment, record, field: "code" }
}
