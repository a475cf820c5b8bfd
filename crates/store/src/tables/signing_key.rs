//! Signing keys of environments: the private half sealed, the public half as a JWK.

use postern_core::ids::{EnvironmentId, Id, KeyId, KeyRotationPolicyId};
use postern_core::secret::Sealed;
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx};

/// A signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id, which is also the `kid`.
    pub id: KeyId,
    /// `RS256` or `ES256`.
    pub algorithm: String,
    /// PKCS#8, sealed.
    pub private: Sealed,
    /// The public JWK as JSON text.
    pub public: String,
    /// When it was made and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
    /// From when on it signs no more.
    pub retired_at: Option<Timestamp>,
    /// The rotation policy that it belongs to; none for the keys of the environment itself.
    pub policy: Option<KeyRotationPolicyId>,
    /// Its certificate, DER in base64; keys that were made without have none.
    pub certificate: Option<String>,
}

/// Adds a key.
pub async fn insert(tx: &mut Tx, key: &SigningKeyRow) -> Result<()> {
    let sql = "INSERT INTO signing_key (env, id, algorithm, private, public, created_at, active_from, retired_at, \
               policy, certificate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = [
        key.environment.into(),
        key.id.into(),
        key.algorithm.as_str().into(),
        key.private.0.as_str().into(),
        key.public.as_str().into(),
        key.created_at.into(),
        key.active_from.into(),
        key.retired_at.into(),
        key.policy.into(),
        key.certificate.as_deref().into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
}

/// All keys of the environment, the one that becomes active last first.
pub async fn list(tx: &mut Tx, environment: EnvironmentId) -> Result<Vec<SigningKeyRow>> {
    let sql = "SELECT id, algorithm, private, public, created_at, active_from, retired_at, policy, certificate \
               FROM signing_key WHERE env = $1 ORDER BY active_from DESC, created_at DESC, id";
    tx.query(sql, &[environment.into()]).await?.iter().map(|row| read(environment, row)).collect()
}

/// Ends the signing time of every key of the environment itself but one. Keys of rotation policies stay as they are.
pub async fn retire_others(
    tx: &mut Tx,
    environment: EnvironmentId,
    keep: KeyId,
    retired_at: Timestamp,
) -> Result<u64> {
    let sql = "UPDATE signing_key SET retired_at = $3 \
               WHERE env = $1 AND id <> $2 AND policy IS NULL AND (retired_at IS NULL OR retired_at > $3)";
    tx.execute(sql, &[environment.into(), keep.into(), retired_at.into()]).await
}

/// A key that signs now and is to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueKey {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id.
    pub id: KeyId,
    /// `RS256` or `ES256`.
    pub algorithm: String,
}

/// The newest keys of environments themselves, where those have signed since `active_until` or longer; the oldest first.
pub async fn due(tx: &mut Tx, active_until: Timestamp, limit: i64) -> Result<Vec<DueKey>> {
    let sql = "SELECT env, id, algorithm FROM signing_key \
               WHERE policy IS NULL AND retired_at IS NULL AND active_from <= $1 \
               AND NOT EXISTS (SELECT 1 FROM signing_key newer \
               WHERE newer.env = signing_key.env AND newer.policy IS NULL AND newer.retired_at IS NULL \
               AND newer.active_from > signing_key.active_from) \
               ORDER BY active_from, env, id LIMIT $2";
    let rows = tx.query(sql, &[active_until.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| Ok(DueKey { environment: row.id(0)?, id: row.id(1)?, algorithm: row.text(2)?.to_owned() }))
        .collect()
}

/// A rotation policy whose newest key signs already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuePolicy {
    /// The tenant.
    pub environment: EnvironmentId,
    /// The policy.
    pub policy: KeyRotationPolicyId,
    /// Its newest key.
    pub newest: KeyId,
    /// Since when that one signs.
    pub active_from: Timestamp,
}

/// Rotation policies that need a next key; the oldest first.
pub async fn due_policies(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<DuePolicy>> {
    let sql = "SELECT env, policy, id, active_from FROM signing_key \
               WHERE policy IS NOT NULL AND retired_at IS NULL AND active_from <= $1 \
               AND NOT EXISTS (SELECT 1 FROM signing_key newer WHERE newer.env = signing_key.env \
               AND newer.policy = signing_key.policy AND newer.retired_at IS NULL \
               AND newer.active_from > signing_key.active_from) ORDER BY active_from, env, id LIMIT $2";
    let rows = tx.query(sql, &[now.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(DuePolicy {
                environment: row.id(0)?,
                policy: row.id(1)?,
                newest: row.id(2)?,
                active_from: row.timestamp(3)?,
            })
        })
        .collect()
}

/// Ends the signing time of the keys of a policy that sign since before the moment, but for one.
pub async fn retire_of_policy(
    tx: &mut Tx,
    environment: EnvironmentId,
    policy: KeyRotationPolicyId,
    keep: Option<KeyId>,
    retired_at: Timestamp,
) -> Result<u64> {
    let keep = keep.unwrap_or(KeyId::NIL);
    let sql = "UPDATE signing_key SET retired_at = $4 \
               WHERE env = $1 AND policy = $2 AND id <> $3 AND retired_at IS NULL AND active_from <= $4";
    tx.execute(sql, &[environment.into(), policy.into(), keep.into(), retired_at.into()]).await
}

/// Removes the keys of a policy that have not signed yet.
pub async fn drop_upcoming(
    tx: &mut Tx,
    environment: EnvironmentId,
    policy: KeyRotationPolicyId,
    now: Timestamp,
) -> Result<u64> {
    let sql = "DELETE FROM signing_key WHERE env = $1 AND policy = $2 AND active_from > $3";
    tx.execute(sql, &[environment.into(), policy.into(), now.into()]).await
}

/// Ends the signing time of a key whose end was not set. False when it was, or the key has gone: somebody else was first.
pub async fn retire(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: KeyId,
    retired_at: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE signing_key SET retired_at = $3 WHERE env = $1 AND id = $2 AND retired_at IS NULL";
    Ok(tx.execute(sql, &[environment.into(), id.into(), retired_at.into()]).await? == 1)
}

/// Replaces the seal of a key, unless it was replaced meanwhile. Gives whether it was.
pub async fn reseal(tx: &mut Tx, key: &SigningKeyRow, sealed: &Sealed) -> Result<bool> {
    let sql = "UPDATE signing_key SET private = $4 WHERE env = $1 AND id = $2 AND private = $3";
    let params =
        [key.environment.into(), key.id.into(), key.private.0.as_str().into(), sealed.0.as_str().into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Removes keys of all environments that were retired before the moment. Gives how many.
pub async fn sweep(tx: &mut Tx, retired_before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM signing_key WHERE retired_at IS NOT NULL AND retired_at < $1";
    tx.execute(sql, &[retired_before.into()]).await
}

fn read(environment: EnvironmentId, row: &Row) -> Result<SigningKeyRow> {
    Ok(SigningKeyRow {
        environment,
        id: row.id(0)?,
        algorithm: row.text(1)?.to_owned(),
        private: Sealed(row.text(2)?.to_owned()),
        public: row.text(3)?.to_owned(),
        created_at: row.timestamp(4)?,
        active_from: row.timestamp(5)?,
        retired_at: row.opt_timestamp(6)?,
        policy: row.opt_uuid(7)?.map(Id::from_uuid),
        certificate: row.opt_text(8)?.map(str::to_owned),
    })
}
