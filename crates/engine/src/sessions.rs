//! Browser sessions: what the cookie `ST` refers to and the claim `sid` names.
//!
//! A session begins with the first proof of a sign-on and ends by itself when
//! it was not used for [`IDLE_TIMEOUT`], at the latest [`MAX_LIFETIME`] after
//! it began. Only the digest of the cookie's token is stored. How fresh a proof
//! must be is for sign-on policies to say; the cookie header is the door's.

mod record;

use postern_core::crypto::token_digest;
use postern_core::entity::Entity;
use postern_core::ids::{EnvironmentId, SessionId, UserId};
use postern_core::random::Random;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::session::{self, SessionRow};

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result};

pub use self::record::{At, Authenticators, LastSignOn, Location, Proof, Record};

/// How long a session lives without being used.
pub const IDLE_TIMEOUT: Span = Span::days(30);

/// How long a session lives at most, however often it is used.
pub const MAX_LIFETIME: Span = Span::days(90);

/// Sessions that one user may have; the oldest give way.
pub const MAX_PER_USER: i64 = 10;

/// How far apart the notes of a session's use are, to spare writes.
const TOUCH_EVERY: Span = Span::minutes(1);

/// A session that lives.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub active_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// How the user signed on, and from where.
    pub record: Record,
    token_digest: Vec<u8>,
}

impl Entity for Session {
    type Id = SessionId;
    const KIND: &'static str = "SESSION";
}

/// Begins a session of the user, and gives the token for its cookie. The oldest sessions beyond
/// [`MAX_PER_USER`] end.
///
/// # Errors
/// Those of the database.
pub async fn create(tx: &mut Tx, ctx: &Ctx, user: UserId, proof: Proof) -> Result<(Session, Secret)> {
    let token = new_token(&ctx.random);
    let mut record = Record::default();
    record.sign_on(ctx, proof);
    let session = Session {
        environment: ctx.environment,
        id: SessionId::at(ctx.now, &ctx.random),
        user,
        created_at: ctx.now,
        active_at: ctx.now,
        expires_at: end(ctx.now, ctx.now),
        record,
        token_digest: token_digest(token.expose()).to_vec(),
    };
    session::insert(tx, &session.row()?).await?;
    session::trim(tx, ctx.environment, user, MAX_PER_USER).await?;
    audit::record(tx, ctx, Event::new("SESSION.CREATED", Subject::new::<Session>(session.id))).await?;
    Ok((session, token))
}

/// The living session of the cookie's token.
///
/// # Errors
/// Those of the database.
pub async fn find_by_token(tx: &mut Tx, ctx: &Ctx, token: &str) -> Result<Option<Session>> {
    let row = session::find_by_token(tx, ctx.environment, &token_digest(token), ctx.now).await?;
    row.map(Session::from_row).transpose()
}

/// The living session with this id.
///
/// # Errors
/// Those of the database.
pub async fn find(tx: &mut Tx, ctx: &Ctx, id: SessionId) -> Result<Option<Session>> {
    session::find(tx, ctx.environment, id, ctx.now).await?.map(Session::from_row).transpose()
}

/// The living session of the user with this id.
///
/// # Errors
/// [`Error::NotFound`] when the user has no such session.
pub async fn get_of_user(tx: &mut Tx, ctx: &Ctx, user: UserId, id: SessionId) -> Result<Session> {
    find(tx, ctx, id).await?.filter(|session| session.user == user).ok_or(Error::NotFound("session"))
}

/// The living sessions of a user, newest first, at most [`MAX_PER_USER`].
///
/// # Errors
/// Those of the database.
pub async fn list(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Vec<Session>> {
    let rows = session::list(tx, ctx.environment, user, ctx.now, MAX_PER_USER).await?;
    rows.into_iter().map(Session::from_row).collect()
}

/// Notes that the session was used, at most once a minute.
///
/// # Errors
/// Those of the database.
pub async fn touch(tx: &mut Tx, ctx: &Ctx, session: &mut Session) -> Result<()> {
    if ctx.now.since(session.active_at) < TOUCH_EVERY {
        return Ok(());
    }
    session.use_now(ctx);
    session::update(tx, &session.row()?).await?;
    Ok(())
}

/// Notes that the user proved who it is once more, and gives a new token for the cookie: whoever has a copy of the old
/// one shall not rise with it. Nothing when the session has ended meanwhile, or somebody else got a new token for it.
///
/// # Errors
/// Those of the database.
pub async fn sign_on(tx: &mut Tx, ctx: &Ctx, session: &mut Session, proof: Proof) -> Result<Option<Secret>> {
    let token = new_token(&ctx.random);
    let old = std::mem::replace(&mut session.token_digest, token_digest(token.expose()).to_vec());
    session.record.sign_on(ctx, proof);
    session.use_now(ctx);
    Ok(session::renew(tx, &session.row()?, &old).await?.then_some(token))
}

/// Ends a session. False when it had ended before.
///
/// # Errors
/// Those of the database.
pub async fn end_session(tx: &mut Tx, ctx: &Ctx, id: SessionId) -> Result<bool> {
    let ended = session::delete(tx, ctx.environment, id).await?;
    if ended {
        audit::record(tx, ctx, Event::new("SESSION.DELETED", Subject::new::<Session>(id))).await?;
    }
    Ok(ended)
}

/// Ends all sessions of a user: when it is disabled or locked, or its password was reset. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn end_all(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<u64> {
    ctx.note_access_change();
    Ok(session::delete_of_user(tx, ctx.environment, user).await?)
}

/// Removes expired sessions of all environments, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(session::sweep(tx, now, limit).await?)
}

impl Session {
    fn use_now(&mut self, ctx: &Ctx) {
        self.active_at = ctx.now;
        self.expires_at = end(self.created_at, ctx.now);
        self.record.seen(ctx);
    }

    fn row(&self) -> Result<SessionRow> {
        Ok(SessionRow {
            environment: self.environment,
            id: self.id,
            user: self.user,
            token_digest: self.token_digest.clone(),
            created_at: self.created_at,
            active_at: self.active_at,
            expires_at: self.expires_at,
            body: serde_json::to_string(&self.record).map_err(Error::internal)?,
        })
    }

    fn from_row(row: SessionRow) -> Result<Self> {
        Ok(Self {
            environment: row.environment,
            id: row.id,
            user: row.user,
            created_at: row.created_at,
            active_at: row.active_at,
            expires_at: row.expires_at,
            record: serde_json::from_str(&row.body).map_err(Error::internal)?,
            token_digest: row.token_digest,
        })
    }
}

fn end(created_at: Timestamp, active_at: Timestamp) -> Timestamp {
    active_at.plus(IDLE_TIMEOUT).min(created_at.plus(MAX_LIFETIME))
}

/// Two random UUIDs: 244 random bits in a form that cookies carry as it is.
fn new_token(random: &Random) -> Secret {
    Secret::new(format!("{}-{}", random.uuid(), random.uuid()))
}
