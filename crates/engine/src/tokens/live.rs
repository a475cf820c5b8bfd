//! Is a token of ours good now? The one check behind API calls, user information and introspection.

use std::str::FromStr;

use postern_core::directory::application::Application;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, EnvironmentId, SessionId, UserId};
use postern_core::jose::claims::Claims;
use postern_core::jose::jws::Unverified;
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::{Db, Tx};
use postern_store::tables::{revoked_token, session};

use crate::keys::SigningKeys;
use crate::{Error, Result};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An access token: it names its client in `client_id`.
    Access,
    /// An ID token: its audience is its client.
    Id,
}

/// A token that is good now.
#[derive(Debug, Clone)]
pub struct Live {
    /// Access or ID token.
    pub kind: Kind,
    /// What it says.
    pub claims: Claims,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The client it was given to, which is enabled.
    pub application: Stored<Application>,
    /// The user it speaks for, who may sign on; none for a client's own token.
    pub user: Option<Stored<User>>,
}

impl Live {
    /// Its scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.claims.text("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }
}

/// The token, when one of the environment's keys signed it, it has not expired or been revoked, its client is enabled,
/// its user may sign on and its session lives.
///
/// # Errors
/// [`Error::Unauthenticated`] for every token that is not good; those of the database.
pub async fn live(
    db: &Db,
    keys: &SigningKeys,
    environment: EnvironmentId,
    now: Timestamp,
    token: &Unverified<'_>,
) -> Result<Live> {
    let claims = keys.verify(db, environment, now, token).await?;
    claims.check_times(now, Span::ZERO).map_err(|_| Error::Unauthenticated)?;
    let expires_at = claims.expiry().ok().flatten().ok_or(Error::Unauthenticated)?;
    let (kind, client) = match claims.text("client_id") {
        Some(client) => (Kind::Access, Some(client)),
        None => (Kind::Id, claims.text("aud")),
    };
    let application: ApplicationId = read(client)?.ok_or(Error::Unauthenticated)?;
    let mut tx = db.read().await?;
    let application = documents::find::<Application>(&mut tx, environment, application).await?;
    let application = application.filter(|application| application.enabled).ok_or(Error::Unauthenticated)?;
    if let Some(jti) = claims.text("jti")
        && revoked_token::is_revoked(&mut tx, environment, jti).await?
    {
        return Err(Error::Unauthenticated);
    }
    let user = living_user(&mut tx, environment, &claims, now).await?;
    Ok(Live { kind, claims, expires_at, application, user })
}

/// The claims of an ID token that was given as a hint: it may have expired.
///
/// # Errors
/// [`Error::Unauthenticated`] when no key of the environment signed it, or it is no ID token.
pub async fn hinted(
    db: &Db,
    keys: &SigningKeys,
    environment: EnvironmentId,
    now: Timestamp,
    token: &str,
) -> Result<Claims> {
    let token = Unverified::parse(token).map_err(|_| Error::Unauthenticated)?;
    let claims = keys.verify(db, environment, now, &token).await?;
    if claims.get("client_id").is_some() || claims.subject().is_none() {
        return Err(Error::Unauthenticated);
    }
    Ok(claims)
}

async fn living_user(
    tx: &mut Tx,
    environment: EnvironmentId,
    claims: &Claims,
    now: Timestamp,
) -> Result<Option<Stored<User>>> {
    let Some(user) = read::<UserId>(claims.subject())? else { return Ok(None) };
    let user = documents::find::<User>(tx, environment, user).await?;
    let user = user.filter(|user| user.can_authenticate(now)).ok_or(Error::Unauthenticated)?;
    if let Some(session) = read::<SessionId>(claims.text("sid"))? {
        let session = session::find(tx, environment, session, now).await?;
        if session.is_none_or(|session| session.user != user.id) {
            return Err(Error::Unauthenticated);
        }
    }
    Ok(Some(user))
}

fn read<I: FromStr>(text: Option<&str>) -> Result<Option<I>> {
    text.map(|text| text.parse().map_err(|_| Error::Unauthenticated)).transpose()
}
