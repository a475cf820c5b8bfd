//! The keys of rotation policies that administrators made.
//!
//! A policy has a key that signs and the next one, which is published from the start and takes over by itself when
//! its time comes; the sweeper then makes the one after. The keys of the default policy are those of the environment
//! itself, which [`super::aging`] replaces.

use postern_core::crypto::x509::{CertificateSignature, KeyAlgorithm, WantedKey, make};
use postern_core::directory::key_rotation_policy::KeyRotationPolicy;
use postern_core::ids::{KeyId, KeyRotationPolicyId};
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::{Db, Tx};
use postern_store::tables::signing_key::{self, DuePolicy};

use super::OVERLAP;
use super::loaded::kid;
use super::rotation::{Prepared, insert, sealed};
use crate::{Ctx, Error, Result};

/// Which keys a policy has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyKeys {
    /// The one that signs now.
    pub current: Option<KeyId>,
    /// The one that signs after it.
    pub next: Option<KeyId>,
    /// Since when the current one signs.
    pub rotated_at: Option<Timestamp>,
}

/// The keys of a policy; without one, those of the environment itself.
///
/// # Errors
/// Those of the database.
pub async fn of_policy(tx: &mut Tx, ctx: &Ctx, policy: Option<KeyRotationPolicyId>) -> Result<PolicyKeys> {
    let rows = signing_key::list(tx, ctx.environment).await?;
    let own = || rows.iter().filter(|row| row.policy == policy);
    let signs = |row: &&signing_key::SigningKeyRow| {
        row.active_from <= ctx.now && row.retired_at.is_none_or(|retired| ctx.now < retired)
    };
    let current = own().find(signs);
    Ok(PolicyKeys {
        current: current.map(|row| row.id),
        next: own().rfind(|row| row.active_from > ctx.now).map(|row| row.id),
        rotated_at: current.map(|row| row.active_from),
    })
}

/// Makes a key of a policy that signs from a moment on. It takes a while: never inside a transaction.
///
/// # Errors
/// [`Error::Internal`] when the cryptographic library cannot make one.
pub fn prepare_of(ctx: &Ctx, policy: &KeyRotationPolicy, starts_at: Timestamp) -> Result<Prepared> {
    certified(ctx, policy, SigningAlgorithm::RS256, starts_at)
}

/// A key with the certificate that a policy wants.
pub(super) fn certified(
    ctx: &Ctx,
    policy: &KeyRotationPolicy,
    algorithm: SigningAlgorithm,
    starts_at: Timestamp,
) -> Result<Prepared> {
    let (kind, length, signature) = match algorithm {
        SigningAlgorithm::RS256 => {
            (KeyAlgorithm::Rsa, policy.key_length, CertificateSignature::Sha256WithRsa)
        }
        SigningAlgorithm::ES256 => (KeyAlgorithm::Ec, 256, CertificateSignature::Sha256WithEcdsa),
    };
    let made = make(&WantedKey {
        algorithm: kind,
        length,
        signature,
        subject: policy.dn.clone(),
        issuer: None,
        serial: i64::from(ctx.random.below(u32::MAX)) + 1,
        starts_at,
        expires_at: starts_at.plus(Span::days(policy.validity_period)),
        signs_certificates: false,
        revocations: None,
    })
    .map_err(Error::internal)?;
    let id = KeyId::new(&ctx.random);
    let key = SigningKey::from_pkcs8(algorithm, kid(id), &made.private).map_err(Error::internal)?;
    sealed(ctx, id, &key, Some(data_encoding::BASE64.encode(&made.certificate)))
}

/// Gives a new policy its first two keys.
///
/// # Errors
/// Those of the database.
pub async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    id: KeyRotationPolicyId,
    policy: &KeyRotationPolicy,
    keys: &[Prepared; 2],
) -> Result<()> {
    let [current, next] = keys;
    insert(tx, ctx, current, Some(id), ctx.now).await?;
    insert(tx, ctx, next, Some(id), ctx.now.plus(policy.rotates_after())).await
}

/// Takes the next key of a policy back that has changed. The current one is the newest then, so that the next look at the
/// policies makes another one as it is wanted now.
///
/// # Errors
/// Those of the database.
pub async fn renew_next(tx: &mut Tx, ctx: &Ctx, policy: KeyRotationPolicyId) -> Result<()> {
    signing_key::drop_upcoming(tx, ctx.environment, policy, ctx.now).await?;
    Ok(())
}

/// Ends the keys of a policy that goes. They stay published until their last token has expired.
///
/// # Errors
/// Those of the database.
pub async fn end(tx: &mut Tx, ctx: &Ctx, policy: KeyRotationPolicyId) -> Result<()> {
    signing_key::drop_upcoming(tx, ctx.environment, policy, ctx.now).await?;
    signing_key::retire_of_policy(tx, ctx.environment, policy, None, ctx.now).await?;
    Ok(())
}

/// Makes the next key of at most `most` policies whose next key has become the current one. Gives how many.
///
/// # Errors
/// Those of the database; [`Error::Internal`] when no key can be made.
pub async fn rotate_policies(db: &Db, ctx: &Ctx, most: i64) -> Result<u64> {
    let due = signing_key::due_policies(&mut db.read().await?, ctx.now, most).await?;
    let mut made = 0;
    for due in due {
        made += u64::from(rotate_policy(db, ctx, due).await?);
    }
    Ok(made)
}

async fn rotate_policy(db: &Db, ctx: &Ctx, due: DuePolicy) -> Result<bool> {
    let ctx = Ctx { environment: due.environment, ..ctx.clone() };
    let found =
        documents::find::<KeyRotationPolicy>(&mut db.read().await?, due.environment, due.policy).await?;
    let Some(policy) = found else { return Ok(false) };
    let starts_at = due.active_from.plus(policy.rotates_after()).max(ctx.now.plus(OVERLAP));
    let maker = ctx.clone();
    let prepared = tokio::task::spawn_blocking(move || prepare_of(&maker, &policy.body, starts_at))
        .await
        .map_err(Error::internal)??;
    let work = (ctx, due, prepared, starts_at);
    db.write(work, |tx, (ctx, due, key, starts_at)| Box::pin(follow(tx, ctx, *due, key, *starts_at))).await
}

/// Adds the next key of a policy, unless somebody else did.
async fn follow(
    tx: &mut Tx,
    ctx: &Ctx,
    due: DuePolicy,
    key: &Prepared,
    starts_at: Timestamp,
) -> Result<bool> {
    if documents::find_locked::<KeyRotationPolicy>(tx, ctx.environment, due.policy).await?.is_none() {
        return Ok(false);
    }
    let rows = signing_key::list(tx, ctx.environment).await?;
    if rows.iter().any(|row| row.policy == Some(due.policy) && row.active_from > due.active_from) {
        return Ok(false);
    }
    insert(tx, ctx, key, Some(due.policy), starts_at).await?;
    signing_key::retire_of_policy(tx, ctx.environment, due.policy, Some(due.newest), ctx.now).await?;
    Ok(true)
}
