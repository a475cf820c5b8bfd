//! Making, adding, rotating and removing keys.
//!
//! Making an RSA key takes a noticeable part of a second, so [`prepare`] is
//! for outside the transaction and [`add`] and [`rotate`] are for inside.

use postern_core::crypto::keyring::{KeyRing, SealContext};
use postern_core::directory::key_rotation_policy::KeyRotationPolicy;
use postern_core::ids::{EnvironmentId, KeyId, KeyRotationPolicyId};
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::secret::Sealed;
use postern_core::time::Timestamp;
use postern_store::sql::Tx;
use postern_store::tables::signing_key::{self, SigningKeyRow};

use super::loaded::kid;
use super::policies::certified;
use super::{OVERLAP, RETENTION};
use crate::{Ctx, Error, Result};

/// A key that was made and sealed for its environment, and is not stored yet.
#[derive(Debug, Clone)]
pub struct Prepared {
    environment: EnvironmentId,
    id: KeyId,
    algorithm: SigningAlgorithm,
    private: Sealed,
    public: String,
    certificate: Option<String>,
}

impl Prepared {
    /// Its id, which is the `kid` of tokens.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }
}

/// Makes a key for the environment of the context.
///
/// # Errors
/// [`Error::Internal`] when the cryptographic library cannot make one.
pub fn prepare(ctx: &Ctx, algorithm: SigningAlgorithm) -> Result<Prepared> {
    certified(ctx, &KeyRotationPolicy::initial(), algorithm, ctx.now)
}

/// A key that was made, sealed. `certificate` is DER in base64.
pub(super) fn sealed(
    ctx: &Ctx,
    id: KeyId,
    key: &SigningKey,
    certificate: Option<String>,
) -> Result<Prepared> {
    let private = key.to_pkcs8().map_err(Error::internal)?;
    let record = record(id);
    let private = ctx.keys.seal(&ctx.random, &context(ctx.environment, &record), private.expose());
    let public = serde_json::to_string(&key.public_jwk()).map_err(Error::internal)?;
    let algorithm = key.algorithm();
    Ok(Prepared { environment: ctx.environment, id, algorithm, private, public, certificate })
}

/// Makes the first key of a new environment. It signs at once.
/// It holds the transaction while the key is made; with [`prepare`] and [`add`] it does not.
///
/// # Errors
/// Those of [`prepare`] and of the database.
pub async fn create_first(tx: &mut Tx, ctx: &Ctx, algorithm: SigningAlgorithm) -> Result<KeyId> {
    let prepared = prepare(ctx, algorithm)?;
    add(tx, ctx, &prepared).await
}

/// Adds a prepared key that signs at once and ends the time of the others.
///
/// # Errors
/// Those of the database.
pub async fn add(tx: &mut Tx, ctx: &Ctx, key: &Prepared) -> Result<KeyId> {
    store(tx, ctx, key, ctx.now).await
}

/// Publishes a prepared key, which signs after [`OVERLAP`]; the others sign until then.
/// The door calls [`super::SigningKeys::forget`] after the commit.
///
/// # Errors
/// Those of the database.
pub async fn rotate(tx: &mut Tx, ctx: &Ctx, key: &Prepared) -> Result<KeyId> {
    store(tx, ctx, key, ctx.now.plus(OVERLAP)).await
}

/// Replaces `old` by a prepared key, as [`rotate`] does, unless it was replaced already. Gives whether it was replaced here.
///
/// # Errors
/// Those of the database.
pub(super) async fn replace(tx: &mut Tx, ctx: &Ctx, old: KeyId, key: &Prepared) -> Result<bool> {
    // Only one of several nodes ends the old key, and only that one adds its successor.
    if !signing_key::retire(tx, key.environment, old, ctx.now.plus(OVERLAP)).await? {
        return Ok(false);
    }
    rotate(tx, ctx, key).await?;
    Ok(true)
}

/// Removes the keys of all environments whose last token has expired. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    Ok(signing_key::sweep(tx, now.minus(RETENTION)).await?)
}

async fn store(tx: &mut Tx, ctx: &Ctx, key: &Prepared, active_from: Timestamp) -> Result<KeyId> {
    insert(tx, ctx, key, None, active_from).await?;
    signing_key::retire_others(tx, key.environment, key.id, active_from).await?;
    Ok(key.id)
}

/// Adds a key, of a rotation policy or of the environment itself.
pub(super) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    key: &Prepared,
    policy: Option<KeyRotationPolicyId>,
    active_from: Timestamp,
) -> Result<()> {
    let row = SigningKeyRow {
        environment: key.environment,
        id: key.id,
        algorithm: key.algorithm.name().to_owned(),
        private: key.private.clone(),
        public: key.public.clone(),
        created_at: ctx.now,
        active_from,
        retired_at: None,
        policy,
        certificate: key.certificate.clone(),
    };
    Ok(signing_key::insert(tx, &row).await?)
}

/// Opens the private half.
pub(super) fn open(keys: &KeyRing, row: &SigningKeyRow, algorithm: SigningAlgorithm) -> Result<SigningKey> {
    let record = record(row.id);
    let private = keys.open(&context(row.environment, &record), &row.private).map_err(Error::internal)?;
    SigningKey::from_pkcs8(algorithm, kid(row.id), &private).map_err(Error::internal)
}

/// The private half, sealed anew with the current master key.
pub(super) fn sealed_again(ctx: &Ctx, row: &SigningKeyRow) -> Result<Sealed> {
    let record = record(row.id);
    let context = context(row.environment, &record);
    let private = ctx.keys.open(&context, &row.private).map_err(Error::internal)?;
    Ok(ctx.keys.seal(&ctx.random, &context, private.expose()))
}

pub(super) fn algorithm_named(name: &str) -> Option<SigningAlgorithm> {
    [SigningAlgorithm::RS256, SigningAlgorithm::ES256].into_iter().find(|algorithm| algorithm.name() == name)
}

fn record(id: KeyId) -> String {
    format!("signing_key/{id}")
}

fn context(environment: EnvironmentId, record: &str) -> SealContext<'_> {
    SealContext { environment, record, field: "private" }
}
