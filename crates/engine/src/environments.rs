//! Environments: which exist, to whom they belong.
//!
//! Every request needs the environment of its path, so the facts are cached for
//! a few seconds; a change on this node is seen at once.

use std::sync::Arc;

use postern_core::directory::environment::{Environment, EnvironmentStatus, EnvironmentType};
use postern_core::ids::{EnvironmentId, OrganizationId};
use postern_core::time::Timestamp;
use postern_store::documents;
use postern_store::sql::Db;

use crate::short_cache::ShortCache;
use crate::{Caller, Ctx, Error, Result};

/// The partition of records above environments: organizations and environments themselves.
pub const PLATFORM: EnvironmentId = EnvironmentId::NIL;

/// Environments kept in memory.
const CAPACITY: usize = 10_000;

/// What every request needs to know of its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentFacts {
    /// Its id.
    pub id: EnvironmentId,
    /// Its owner.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Where it is said to be.
    pub region: Arc<str>,
    /// Whether it is for tests.
    pub sandbox: bool,
    /// Whether it serves requests other than its own restoration.
    pub active: bool,
}

/// A cache of environment facts. Clones share it.
#[derive(Clone)]
pub struct Environments(ShortCache<EnvironmentId, Arc<EnvironmentFacts>>);

impl Default for Environments {
    fn default() -> Self {
        Self(ShortCache::new(CAPACITY))
    }
}

impl Environments {
    /// The facts of an environment, if it exists.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(
        &self,
        db: &Db,
        id: EnvironmentId,
        now: Timestamp,
    ) -> Result<Option<Arc<EnvironmentFacts>>> {
        if let Some(facts) = self.0.get(&id, now) {
            return Ok(Some(facts));
        }
        // Boxed: most requests need none of it, but would move its size.
        Box::pin(self.read(db, id, now)).await
    }

    async fn read(
        &self,
        db: &Db,
        id: EnvironmentId,
        now: Timestamp,
    ) -> Result<Option<Arc<EnvironmentFacts>>> {
        let before = self.0.before(id);
        let mut tx = db.read().await?;
        let found = documents::find::<Environment>(&mut tx, PLATFORM, id).await?;
        drop(tx);
        let Some(environment) = found else { return Ok(None) };
        let facts = Arc::new(EnvironmentFacts {
            id,
            organization: environment.organization.id,
            name: environment.name.clone(),
            region: environment.region.as_str().into(),
            sandbox: environment.kind == EnvironmentType::Sandbox,
            active: environment.status == EnvironmentStatus::Active,
        });
        self.0.put(id, Arc::clone(&facts), before, now, None);
        Ok(Some(facts))
    }

    /// The organization of the environment that the caller lives in.
    ///
    /// # Errors
    /// [`Error::Denied`] for callers that live nowhere.
    pub async fn home(&self, db: &Db, ctx: &Ctx) -> Result<OrganizationId> {
        if matches!(ctx.caller.as_ref(), Caller::System) {
            return Ok(ctx.organization);
        }
        let home = ctx.caller.home().ok_or(Error::Denied)?;
        Ok(self.find(db, home, ctx.now).await?.ok_or(Error::Denied)?.organization)
    }

    /// Reads the facts of the environment anew, after a change of them.
    pub fn forget(&self, id: EnvironmentId) {
        self.0.forget(id);
    }
}
