//! Environments: which exist, to whom they belong.
//!
//! Every request needs the environment of its path, so the facts are cached for
//! a few seconds; a change on this node is seen at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;
use postern_core::directory::environment::{Environment, EnvironmentStatus, EnvironmentType};
use postern_core::ids::{EnvironmentId, OrganizationId};
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Db;

use crate::{Caller, Ctx, Error, Result};

/// The partition of records above environments: organizations and environments themselves.
pub const PLATFORM: EnvironmentId = EnvironmentId::NIL;

/// How long a change on another node may go unseen.
const FRESH: Span = Span::seconds(5);
/// Environments kept in memory.
const CAPACITY: u64 = 10_000;

/// What every request needs to know of its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentFacts {
    /// Its id.
    pub id: EnvironmentId,
    /// Its owner.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Whether it is for tests.
    pub sandbox: bool,
    /// Whether it serves requests other than its own restoration.
    pub active: bool,
}

/// A cache of environment facts.
#[derive(Clone)]
pub struct Environments {
    cache: Cache<EnvironmentId, (Arc<EnvironmentFacts>, Timestamp, u64)>,
    generation: Arc<AtomicU64>,
}

impl Default for Environments {
    fn default() -> Self {
        Self { cache: Cache::new(CAPACITY), generation: Arc::default() }
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
        let generation = self.generation.load(Ordering::Acquire);
        if let Some((facts, read_at, seen)) = self.cache.get(&id)
            && seen == generation
            && now.since(read_at) < FRESH
        {
            return Ok(Some(facts));
        }
        let mut tx = db.read().await?;
        let Some(environment) = documents::find::<Environment>(&mut tx, PLATFORM, id).await? else {
            self.cache.invalidate(&id);
            return Ok(None);
        };
        let facts = Arc::new(EnvironmentFacts {
            id,
            organization: environment.organization.id,
            name: environment.name.clone(),
            sandbox: environment.kind == EnvironmentType::Sandbox,
            active: environment.status == EnvironmentStatus::Active,
        });
        self.cache.insert(id, (Arc::clone(&facts), now, generation));
        Ok(Some(facts))
    }

    /// The organization of the environment that the caller lives in.
    ///
    /// # Errors
    /// [`Error::Denied`] for callers that live nowhere.
    pub async fn home(&self, db: &Db, ctx: &Ctx) -> Result<OrganizationId> {
        let home = match ctx.caller.as_ref() {
            Caller::Worker { home, .. } | Caller::User { home, .. } => *home,
            Caller::System => return Ok(ctx.organization),
            Caller::Anonymous => return Err(Error::Denied),
        };
        Ok(self.find(db, home, ctx.now).await?.ok_or(Error::Denied)?.organization)
    }

    /// Forgets everything, after a change.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}
