//! Signing keys of environments: which one signs now, which ones verify, and their rotation.
//!
//! A key is published when it is made, signs from `active_from` on, and stays
//! published after its retirement until the last token it signed has expired.
//! The key that became active last signs, for [`ROTATION_PERIOD`]; then the sweeper
//! replaces it. Rotation policies that administrators made have keys of their own (`policies`). Parsed keys are cached per process;
//! a rotation elsewhere is noticed within [`NOTICE_WITHIN`]. Signing and
//! verification themselves are in [`postern_core::jose`].

mod aging;
mod loaded;
mod policies;
mod resealing;
mod rotation;

use std::sync::Arc;

use postern_core::directory::application::Application;
use postern_core::ids::EnvironmentId;
use postern_core::jose::claims::Claims;
use postern_core::jose::jwk::JwkSet;
use postern_core::jose::jws::Unverified;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Db;
use postern_store::tables::signing_key;

use self::loaded::Loaded;
use crate::{Ctx, Error, Result};
use postern_core::recent::Recent;

pub use self::aging::{ROTATION_PERIOD, rotate_aged};
pub use self::policies::{PolicyKeys, begin, end, of_policy, prepare_of, renew_next, rotate_policies};
pub(crate) use self::resealing::reseal;
pub use self::rotation::{Prepared, add, create_first, prepare, rotate, sweep};

/// How long a key of another node may go unnoticed.
pub const NOTICE_WITHIN: Span = Span::seconds(60);

/// How soon a token with an unknown key id makes the keys be read again.
const READ_AGAIN_AFTER: Span = Span::seconds(2);

/// How long a new key is published before it signs, so that everybody knows it by then.
pub const OVERLAP: Span = Span::minutes(5);

/// How long a retired key stays published: the longest life of a token, and an hour for clocks.
pub const RETENTION: Span = Span::hours(30 * 24 + 1);

/// How many environments keep their keys parsed at once.
const MOST_ENVIRONMENTS: usize = 4096;

/// The cache of parsed keys. Clones share it.
#[derive(Clone)]
pub struct SigningKeys(Recent<EnvironmentId, Arc<Loaded>>);

impl Default for SigningKeys {
    fn default() -> Self {
        Self(Recent::new(MOST_ENVIRONMENTS))
    }
}

impl SigningKeys {
    /// The key that signs now; with an algorithm, the newest key of that algorithm.
    ///
    /// # Errors
    /// [`Error::Internal`] when the environment has no such key or it cannot be opened.
    pub async fn signer(
        &self,
        db: &Db,
        ctx: &Ctx,
        algorithm: Option<SigningAlgorithm>,
    ) -> Result<Arc<SigningKey>> {
        let loaded = self.load(db, ctx.environment, ctx.now, NOTICE_WITHIN).await?;
        loaded.signer(ctx, algorithm, None)
    }

    /// The key that signs now for an application: that of the rotation policy that it names, or the environment's. It
    /// names its certificate in tokens when the application wants that; keys of former versions have none.
    ///
    /// # Errors
    /// Those of [`Self::signer`].
    pub async fn signer_for(&self, db: &Db, ctx: &Ctx, application: &Application) -> Result<Arc<SigningKey>> {
        let loaded = self.load(db, ctx.environment, ctx.now, NOTICE_WITHIN).await?;
        let policy = application.signing.as_ref().and_then(|signing| signing.key_rotation_policy);
        let key = loaded.signer(ctx, None, policy.map(|policy| policy.id))?;
        if application.include_x5t != Some(true) {
            return Ok(key);
        }
        let certificate = loaded.certificate(key.kid());
        Ok(certificate.map_or_else(|| Arc::clone(&key), |der| Arc::new(key.with_certificate(&der))))
    }

    /// The published keys: current, upcoming and recently retired.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn jwks(&self, db: &Db, ctx: &Ctx) -> Result<JwkSet> {
        Ok(self.load(db, ctx.environment, ctx.now, NOTICE_WITHIN).await?.jwks(ctx.now))
    }

    /// The algorithms of the published keys, for the discovery document.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn algorithms(&self, db: &Db, ctx: &Ctx) -> Result<Vec<SigningAlgorithm>> {
        Ok(self.load(db, ctx.environment, ctx.now, NOTICE_WITHIN).await?.algorithms(ctx.now))
    }

    /// The claims of a token that one of the environment's published keys signed. Times are not checked.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when none did; those of the database.
    pub async fn verify(
        &self,
        db: &Db,
        environment: EnvironmentId,
        now: Timestamp,
        token: &Unverified<'_>,
    ) -> Result<Claims> {
        let Some(kid) = token.header().key_id.as_deref() else { return Err(Error::Unauthenticated) };
        let mut loaded = self.load(db, environment, now, NOTICE_WITHIN).await?;
        if !loaded.knows(kid) {
            loaded = self.load(db, environment, now, READ_AGAIN_AFTER).await?;
        }
        loaded.verify(kid, token, now).ok_or(Error::Unauthenticated)
    }

    /// Forgets the environment's keys: to be called after a change was committed.
    pub fn forget(&self, environment: EnvironmentId) {
        self.0.remove(&environment);
    }

    async fn load(
        &self,
        db: &Db,
        environment: EnvironmentId,
        now: Timestamp,
        age: Span,
    ) -> Result<Arc<Loaded>> {
        let known = self.0.get(&environment);
        if let Some(known) = known.as_ref().filter(|known| known.is_fresh(now, age)) {
            return Ok(Arc::clone(known));
        }
        let rows = signing_key::list(&mut db.read().await?, environment).await?;
        let loaded = Arc::new(Loaded::new(rows, known.as_deref(), now));
        self.0.insert(environment, Arc::clone(&loaded));
        Ok(loaded)
    }
}
