//! Secrets of applications and custom resources: made, shown, rotated.
//!
//! They are sealed rather than hashed, because the management API shows them
//! and because they key the signatures of clients. After a change the door
//! calls [`super::Clients::forget`].

use postern_core::crypto::keyring::{KeyRing, SealContext};
use postern_core::entity::Entity;
use postern_core::ids::{ApplicationId, EnvironmentId, Id, ResourceId};
use postern_core::problem::{Code, Problem};
use postern_core::secret::{Sealed, Secret};
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::application_secret;
use uuid::Uuid;

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result};

/// Characters of a secret.
const LENGTH: usize = 64;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";

/// How long the previous secret may stay valid after a rotation.
const SHORTEST_KEEP: Span = Span::minutes(1);
const LONGEST_KEEP: Span = Span::days(30);

/// Whose secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// An application: it authenticates at every OAuth endpoint.
    Application(ApplicationId),
    /// A custom resource: it authenticates at the introspection endpoint.
    Resource(ResourceId),
}

/// The secrets of an owner, opened.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The one that is valid now.
    pub current: Secret,
    /// The one before, while it is still valid.
    pub previous: Option<Previous>,
}

/// A replaced secret that is still valid.
#[derive(Debug, Clone)]
pub struct Previous {
    /// The secret.
    pub secret: Secret,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// When it was last used since the rotation.
    pub used_at: Option<Timestamp>,
}

/// For audit events.
struct SecretRecord;

impl Entity for SecretRecord {
    type Id = ApplicationId;
    const KIND: &'static str = "SECRET";
}

/// Makes the secret of a new application or resource.
///
/// # Errors
/// Those of the database.
pub async fn create_secret(tx: &mut Tx, ctx: &Ctx, owner: Owner) -> Result<Secret> {
    let secret = new_secret(ctx);
    store_secret(tx, ctx, owner, &secret).await?;
    Ok(secret)
}

/// Sets a given secret: for clients that are moved here with the secret they have.
///
/// # Errors
/// Those of the database.
pub async fn store_secret(tx: &mut Tx, ctx: &Ctx, owner: Owner, secret: &Secret) -> Result<()> {
    let sealed = owner.seal(ctx, secret);
    Ok(application_secret::put(tx, ctx.environment, owner.id(), &sealed).await?)
}

/// The secrets as the management API shows them; none for an owner without.
///
/// # Errors
/// Those of the database; [`Error::Internal`] when they cannot be opened.
pub async fn read_secret(tx: &mut Tx, ctx: &Ctx, owner: Owner) -> Result<Option<Secrets>> {
    find_secret(tx, &ctx.keys, ctx.environment, owner, ctx.now).await
}

/// Replaces the secret. The old one stays valid until `previous_expires_at`, or ends at once.
///
/// # Errors
/// [`Error::NotFound`] when the owner has none; [`Error::Invalid`] when the moment is not 1 minute to 30 days ahead.
pub async fn rotate_secret(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: Owner,
    previous_expires_at: Option<Timestamp>,
) -> Result<Secrets> {
    let secret = new_secret(ctx);
    match previous_expires_at {
        Some(until) => {
            let ahead = until.since(ctx.now);
            if ahead < SHORTEST_KEEP || ahead > LONGEST_KEEP {
                let problem = Problem::new(Code::OutOfRange, "must be 1 minute to 30 days ahead");
                return Err(Error::invalid(problem.at("previous.expiresAt")));
            }
            let sealed = owner.seal(ctx, &secret);
            if !application_secret::rotate(tx, ctx.environment, owner.id(), &sealed, until).await? {
                return Err(Error::NotFound("secret"));
            }
        }
        None => {
            read_secret(tx, ctx, owner).await?.ok_or(Error::NotFound("secret"))?;
            store_secret(tx, ctx, owner, &secret).await?;
        }
    }
    let subject = Subject::new::<SecretRecord>(ApplicationId::from_uuid(owner.id()));
    audit::record(tx, ctx, Event::new("SECRET.UPDATED", subject)).await?;
    read_secret(tx, ctx, owner).await?.ok_or(Error::NotFound("secret"))
}

/// Ends the previous secret at once. No previous secret is fine.
///
/// # Errors
/// Those of the database.
pub async fn drop_previous(tx: &mut Tx, ctx: &Ctx, owner: Owner) -> Result<()> {
    application_secret::drop_previous(tx, ctx.environment, owner.id()).await?;
    Ok(())
}

/// Notes that the previous secret was used.
///
/// # Errors
/// Those of the database.
pub async fn note_previous_used(tx: &mut Tx, ctx: &Ctx, owner: Owner) -> Result<()> {
    Ok(application_secret::note_previous_used(tx, ctx.environment, owner.id(), ctx.now).await?)
}

/// Removes the secrets of a deleted application or resource.
///
/// # Errors
/// Those of the database.
pub async fn forget_secret(tx: &mut Tx, ctx: &Ctx, owner: Owner) -> Result<()> {
    Ok(application_secret::forget(tx, ctx.environment, owner.id()).await?)
}

/// The secrets, opened; an expired previous one is left out.
pub(super) async fn find_secret(
    tx: &mut Tx,
    keys: &KeyRing,
    environment: EnvironmentId,
    owner: Owner,
    now: Timestamp,
) -> Result<Option<Secrets>> {
    let Some(row) = application_secret::find(tx, environment, owner.id()).await? else { return Ok(None) };
    let previous = match row.previous.filter(|previous| now < previous.expires_at) {
        None => None,
        Some(previous) => Some(Previous {
            secret: owner.open(keys, environment, &previous.secret)?,
            expires_at: previous.expires_at,
            used_at: previous.used_at,
        }),
    };
    Ok(Some(Secrets { current: owner.open(keys, environment, &row.current)?, previous }))
}

fn new_secret(ctx: &Ctx) -> Secret {
    Secret::new(ctx.random.text(LENGTH, ALPHABET))
}

impl Owner {
    fn id(self) -> Uuid {
        match self {
            Self::Application(id) => id.uuid(),
            Self::Resource(id) => id.uuid(),
        }
    }

    fn record(self) -> String {
        match self {
            Self::Application(id) => format!("application/{id}"),
            Self::Resource(id) => format!("resource/{id}"),
        }
    }

    pub(super) fn seal(self, ctx: &Ctx, secret: &Secret) -> Sealed {
        let record = self.record();
        let context = SealContext { environment: ctx.environment, record: &record, field: "secret" };
        ctx.keys.seal(&ctx.random, &context, secret.expose().as_bytes())
    }

    pub(super) fn open(self, keys: &KeyRing, environment: EnvironmentId, sealed: &Sealed) -> Result<Secret> {
        let record = self.record();
        let context = SealContext { environment, record: &record, field: "secret" };
        let clear = keys.open(&context, sealed).map_err(Error::internal)?;
        Ok(Secret::new(
            String::from_utf8(clear.expose().clone()).map_err(|_| Error::internal("a secret is not text"))?,
        ))
    }
}
