//! Who calls the API: checks an access token of ours and finds what its bearer may do.
//!
//! A verified token is trusted for at most ten seconds and never beyond its
//! end; after a change on this node the door calls [`Authenticator::forget`].
//!
//! A user's roles count only in tokens of applications of type `WORKER`, which
//! are there for administration. Every other application speaks for its users
//! with the scopes that it was granted, on their own records: an administrator
//! who signs on to some shop does not hand the shop the environment.

use std::sync::Arc;

use postern_core::crypto::sha256;
use postern_core::directory::application::ApplicationType;
use postern_core::directory::environment::{Environment, EnvironmentStatus};
use postern_core::directory::resource::PINGONE_API_AUDIENCE;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::ids::{EnvironmentId, Id, UserId};
use postern_core::jose::jws::Unverified;
use postern_core::permission::OwnRights;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Db;
use uuid::Uuid;

use crate::caller::Authority;
use crate::environments::PLATFORM;
use crate::keys::SigningKeys;
use crate::short_cache::ShortCache;
use crate::tokens::{self, Kind};
use crate::{Caller, Ctx, Error, Result, groups, roles};

/// Tokens kept in memory.
const CAPACITY: usize = 50_000;

/// Role assignments that are read for one actor at most.
const MOST_ROLES: i64 = 1000;

/// Checks access tokens. Clones share the cache.
#[derive(Clone)]
pub struct Authenticator {
    keys: SigningKeys,
    known: ShortCache<[u8; 32], Arc<Caller>>,
}

impl Default for Authenticator {
    fn default() -> Self {
        Self::new(SigningKeys::default())
    }
}

impl Authenticator {
    /// Checks tokens with these keys.
    #[must_use]
    pub fn new(keys: SigningKeys) -> Self {
        Self { keys, known: ShortCache::new(CAPACITY) }
    }

    /// The bearer of the token. The environment is the token's own, not the context's.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for every token that is not good for the PingOne API; those of the database.
    pub async fn caller(&self, db: &Db, ctx: &Ctx, token: &str) -> Result<Arc<Caller>> {
        let key = sha256(token.as_bytes());
        if let Some(caller) = self.known.get(&key, ctx.now) {
            return Ok(caller);
        }
        // Boxed: most requests need none of it, but would move its size.
        Box::pin(self.check(db, ctx, token, key)).await
    }

    async fn check(&self, db: &Db, ctx: &Ctx, token: &str, key: [u8; 32]) -> Result<Arc<Caller>> {
        let token = Unverified::parse(token).map_err(|_| Error::Unauthenticated)?;
        let claims = token.unverified_claims().map_err(|_| Error::Unauthenticated)?;
        // The issuer of a custom domain names no environment; tokens for the API name it besides.
        let named = || claims.text("env").and_then(|text| text.parse().ok());
        let environment =
            claims.issuer().and_then(environment_of).or_else(named).ok_or(Error::Unauthenticated)?;
        let before = self.known.before(environment);
        let live = tokens::live(db, &self.keys, environment, ctx.now, &token).await?;
        if live.kind != Kind::Access || !live.claims.audience_contains(PINGONE_API_AUDIENCE) {
            return Err(Error::Unauthenticated);
        }
        if !is_active(db, environment).await? {
            return Err(Error::Unauthenticated);
        }
        let application = live.application.id;
        let caller = match &live.user {
            None => {
                let authorities = authorities(db, environment, application.uuid()).await?;
                Caller::Worker { application, home: environment, authorities }
            }
            Some(user) => Caller::User {
                user: user.id,
                home: environment,
                application,
                own: OwnRights::from_scopes(live.scopes()),
                authorities: match live.application.kind {
                    ApplicationType::Worker => of_user(db, environment, user.id).await?,
                    _ => Vec::new(),
                },
            },
        };
        let caller = Arc::new(caller);
        self.known.put(key, Arc::clone(&caller), before, ctx.now, Some(live.expires_at));
        Ok(caller)
    }

    /// Checks all tokens of the environment anew: after its roles, applications, users, sessions or tokens changed, or
    /// it went away itself.
    pub fn forget(&self, environment: EnvironmentId) {
        self.known.forget(environment);
    }
}

/// Whether the environment is there and not about to be deleted.
async fn is_active(db: &Db, environment: EnvironmentId) -> Result<bool> {
    let found = documents::find::<Environment>(&mut db.read().await?, PLATFORM, environment).await?;
    Ok(found.is_some_and(|environment| environment.status == EnvironmentStatus::Active))
}

/// The environment that an issuer names. Its host is not looked at, as one installation may have several;
/// what counts is that a key of that environment signed.
fn environment_of(issuer: &str) -> Option<EnvironmentId> {
    issuer.strip_suffix("/as")?.rsplit('/').next()?.parse().ok()
}

/// What a user was given, and what the groups were given that it was added to.
async fn of_user(db: &Db, home: EnvironmentId, user: UserId) -> Result<Vec<Authority>> {
    let mut all = authorities(db, home, user.uuid()).await?;
    let groups = groups::added_to(&mut db.read().await?, home, user).await?;
    for group in groups {
        all.extend(authorities(db, home, group.uuid()).await?);
    }
    Ok(all)
}

async fn authorities(db: &Db, home: EnvironmentId, actor: Uuid) -> Result<Vec<Authority>> {
    let select = Select::first(Condition::equals("actor_id", actor), MOST_ROLES);
    let mut tx = db.read().await?;
    let mut all = Vec::new();
    for assignment in documents::list::<RoleAssignment>(&mut tx, home, &select).await? {
        if let Some(role) = roles::find(&mut tx, home, assignment.role.id).await? {
            let scope = roles::authority_scope(&assignment.scope);
            all.push(Authority { scope, permissions: role.permissions() });
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_from_the_path_of_any_host() {
        let id = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        for issuer in [format!("https://auth.example.com/{id}/as"), format!("http://localhost:8080/{id}/as")]
        {
            assert_eq!(environment_of(&issuer).map(|found| found.to_string()).as_deref(), Some(id));
        }
        for issuer in ["", "/as", "https://auth.example.com/as", id] {
            assert_eq!(environment_of(issuer), None, "{issuer}");
        }
    }
}
