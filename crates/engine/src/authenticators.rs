//! Makes of authenticators in an environment: those that its administrators added, then those that are published.

use postern_core::entity::Stored;
use postern_core::fido::{CustomAuthenticator, Entry};
use postern_core::problem::Problem;
use postern_core::schema::Declared;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde_json::Value;
use uuid::Uuid;

use crate::audit::{self, Event, Subject};
use crate::references::constraint;
use crate::{Ctx, Error, Result};

/// Most makes that an environment may add.
pub const MOST: i64 = 1000;

/// Adds a make.
///
/// # Errors
/// Every problem of the body; `UNIQUENESS_VIOLATION` when the make is listed already.
pub async fn add(tx: &mut Tx, ctx: &Ctx, sent: &Value) -> Result<Stored<CustomAuthenticator>> {
    let (body, _) = CustomAuthenticator::read(sent, None, &[]).map_err(Error::Invalid)?;
    let names = body.attestation_certificate_key_identifiers.iter().flatten();
    let published = match body.aaguid {
        Some(aaguid) => ctx.authenticators.of_model(aaguid),
        None => names.filter_map(|name| ctx.authenticators.of_key(&name.to_ascii_lowercase())).next(),
    };
    let target = if body.aaguid.is_some() { "aaguid" } else { "attestationCertificateKeyIdentifiers" };
    let taken = find(tx, ctx, &body.identifier()).await?.is_some();
    if published.is_some() || taken {
        return Err(Error::invalid(Problem::not_unique(target)));
    }
    if documents::count::<CustomAuthenticator>(tx, ctx.environment, &Condition::Everything, MOST).await?
        >= MOST
    {
        return Err(constraint("An environment cannot have more authenticators of its own."));
    }
    let id = postern_core::ids::AuthenticatorId::new(&ctx.random);
    let made = Stored::new(ctx.environment, id, ctx.now, body);
    documents::insert(tx, &made).await?;
    audit::record(tx, ctx, Event::new("FIDO_METADATA.CREATED", Subject::of(&made))).await?;
    Ok(made)
}

/// Takes a make away that was added.
///
/// # Errors
/// [`Error::NotFound`]; `CONSTRAINT_VIOLATION` for one that is published.
pub async fn remove(tx: &mut Tx, ctx: &Ctx, identifier: &str) -> Result<()> {
    let Some(found) = find(tx, ctx, identifier).await? else {
        return Err(match ctx.authenticators.find(identifier) {
            Some(_) => constraint("Only authenticators that were added can be deleted."),
            None => Error::NotFound("authenticator"),
        });
    };
    documents::remove(tx, &found).await?;
    audit::record(tx, ctx, Event::new("FIDO_METADATA.DELETED", Subject::of(&found))).await
}

/// The make of this name that was added.
///
/// # Errors
/// Those of the database.
pub async fn find(tx: &mut Tx, ctx: &Ctx, identifier: &str) -> Result<Option<Stored<CustomAuthenticator>>> {
    let key = identifier.to_ascii_lowercase();
    Ok(documents::find_by::<CustomAuthenticator>(tx, ctx.environment, "identifier", key.into()).await?)
}

/// All makes that were added, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn added(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Stored<CustomAuthenticator>>> {
    let select = Select { condition: Condition::Everything, after: None, limit: MOST };
    Ok(documents::list::<CustomAuthenticator>(tx, ctx.environment, &select).await?)
}

/// What is known under this name.
///
/// # Errors
/// Those of the database.
pub async fn entry(tx: &mut Tx, ctx: &Ctx, identifier: &str) -> Result<Option<Entry>> {
    match find(tx, ctx, identifier).await? {
        Some(added) => Ok(added.entry()),
        None => Ok(ctx.authenticators.find(identifier).cloned()),
    }
}

/// What is known of an authenticator by the model that it says it is, or by its attestation key (lower-case hex).
///
/// # Errors
/// Those of the database.
pub async fn of_authenticator(
    tx: &mut Tx,
    ctx: &Ctx,
    aaguid: Uuid,
    key: Option<&str>,
) -> Result<Option<Entry>> {
    if !aaguid.is_nil() {
        return entry(tx, ctx, &aaguid.to_string()).await;
    }
    let Some(key) = key else { return Ok(None) };
    let added = added(tx, ctx).await?;
    let ours = added
        .iter()
        .filter_map(|one| one.entry())
        .find(|entry| entry.key_identifiers.iter().any(|own| own == key));
    Ok(ours.or_else(|| ctx.authenticators.of_key(key).cloned()))
}
