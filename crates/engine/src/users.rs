//! Users: create, import, switch, move, forget.

pub mod attributes;

use postern_core::devices::Device;
use postern_core::directory::identity_provider::IdentityProvider as Provider;
use postern_core::directory::population::Population;
use postern_core::directory::user::{IdentityProvider, IdentityProviderType, User, VerifyStatus};
use postern_core::entity::Stored;
use postern_core::ids::{Id, IdentityProviderId, PopulationId, UserId};
use postern_core::password::PasswordHash;
use postern_core::schema::{Declared, decode};
use postern_core::time::Timestamp;
use postern_store::BoxFuture;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use postern_store::tables::{
    account_failure, device_order, group_membership, otp, pairing_key, password, recovery_code,
    refresh_token, sent_quota, session, unique_attribute,
};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::{self, Event, Subject};
use crate::references::{default_of, must_exist};
use crate::{
    Ctx, Error, Result, browsers, groups, mfa_settings, oath, passwords, phones, roles, sessions, tokens,
    user_schema,
};

/// A user of this environment.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, ctx: &Ctx, id: UserId) -> Result<Stored<User>> {
    documents::find::<User>(tx, ctx.environment, id).await?.ok_or(Error::NotFound("user"))
}

/// Creates a user from the body that was sent.
///
/// # Errors
/// Every problem of the body.
pub async fn create(tx: &mut Tx, ctx: &Ctx, sent: &Value) -> Result<Stored<User>> {
    insert(tx, ctx, User::schema(), sent).await
}

/// Creates a user with a password that was hashed before.
///
/// # Errors
/// Every problem of the body.
pub async fn import(
    tx: &mut Tx,
    ctx: &Ctx,
    sent: &Value,
    hash: Option<&PasswordHash>,
) -> Result<Stored<User>> {
    let user = insert(tx, ctx, postern_core::directory::user::import_schema(), sent).await?;
    if let Some(hash) = hash {
        let must_change = sent.pointer("/password/forceChange").and_then(Value::as_bool).unwrap_or_default();
        passwords::put(tx, ctx, user.id, hash, must_change).await?;
    }
    Ok(user)
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    schema: &postern_core::schema::Object,
    sent: &Value,
) -> Result<Stored<User>> {
    let mut checked = schema.check(sent, None).map_err(Error::Invalid)?;
    drop(schema.split_secrets(&mut checked));
    let population = default_of::<Population>(tx, ctx).await?;
    let mfa_enabled = mfa_settings::load(tx, ctx).await?.new_users_have_mfa();
    let population =
        population.ok_or_else(|| Error::internal("the environment has no default population"))?;
    postern_core::directory::user::fill_owned(&mut checked, mfa_enabled, population.id);
    checked.shift_remove("password");
    let mut user: User = decode(checked).map_err(Error::Invalid)?;
    Error::unless_empty(user.problems())?;
    must_exist::<Population>(tx, ctx, user.population.id, "population.id").await?;
    if let Some(provider) = user.identity_provider.id {
        user.identity_provider = vouching(tx, ctx, provider, "identityProvider.id").await?;
    }
    let id = UserId::at(ctx.now, &ctx.random);
    user.custom_attributes = user_schema::take_values(tx, ctx, id, sent, None, false).await?;
    let stored = Stored::new(ctx.environment, id, ctx.now, user);
    documents::insert(tx, &stored).await?;
    audit::record(tx, ctx, Event::new("USER.CREATED", Subject::of(&stored))).await?;
    Ok(stored)
}

/// Switches a user on or off. Sessions, refresh tokens and remembered browsers of one who is switched off end.
pub fn set_enabled<'t>(
    tx: &'t mut Tx,
    ctx: &'t Ctx,
    (id, enabled): &'t (UserId, bool),
) -> BoxFuture<'t, Result<Stored<User>>> {
    Box::pin(async move {
        let user = change(tx, ctx, *id, "USER.UPDATED", move |user| user.enabled = *enabled).await?;
        ctx.note_access_change();
        if !enabled {
            tokens::revoke_user(tx, ctx, *id).await?;
            sessions::end_all(tx, ctx, *id).await?;
            browsers::forget_all(tx, ctx, *id).await?;
        }
        Ok(user)
    })
}

/// Switches MFA on or off for a user.
pub fn set_mfa_enabled<'t>(
    tx: &'t mut Tx,
    ctx: &'t Ctx,
    (id, enabled): &'t (UserId, bool),
) -> BoxFuture<'t, Result<Stored<User>>> {
    Box::pin(async move {
        roles::may_control_user(tx, ctx, *id).await?;
        change(tx, ctx, *id, "USER.UPDATED", move |user| user.mfa_enabled = *enabled).await
    })
}

/// Spares a user MFA until then; a moment that is past ends it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Denied`] for a user with more rights than the caller.
pub async fn bypass_mfa(tx: &mut Tx, ctx: &Ctx, id: UserId, until: Timestamp) -> Result<Stored<User>> {
    roles::may_control_user(tx, ctx, id).await?;
    let until = Some(until).filter(|until| *until > ctx.now);
    change(tx, ctx, id, "USER.UPDATED", move |user| user.bypass_mfa_enabled_until = until).await
}

/// Moves a user to another population.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] without the population.
pub async fn relocate(tx: &mut Tx, ctx: &Ctx, id: UserId, to: PopulationId) -> Result<Stored<User>> {
    get(tx, ctx, id).await?;
    must_exist::<Population>(tx, ctx, to, "id").await?;
    groups::follow_move(tx, ctx, id, to).await?;
    change(tx, ctx, id, "USER.MOVED", move |user| user.population.id = to).await
}

/// Says whether the identity of a user may be verified.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_verify_status(
    tx: &mut Tx,
    ctx: &Ctx,
    id: UserId,
    status: VerifyStatus,
) -> Result<Stored<User>> {
    change(tx, ctx, id, "USER.UPDATED", move |user| user.verify_status = status).await
}

/// Says who vouches for a user; Postern itself without a provider.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] without the provider.
pub async fn set_identity_provider(
    tx: &mut Tx,
    ctx: &Ctx,
    id: UserId,
    provider: Option<Uuid>,
) -> Result<Stored<User>> {
    get(tx, ctx, id).await?;
    roles::may_control_user(tx, ctx, id).await?;
    let provider = match provider {
        Some(provider) => vouching(tx, ctx, provider, "id").await?,
        None => IdentityProvider::default(),
    };
    change(tx, ctx, id, "USER.UPDATED", move |user| user.identity_provider = provider).await
}

/// The provider with this id, as users name it.
async fn vouching(tx: &mut Tx, ctx: &Ctx, id: Uuid, target: &str) -> Result<IdentityProvider> {
    let found = must_exist::<Provider>(tx, ctx, IdentityProviderId::from_uuid(id), target).await?;
    let kind = IdentityProviderType::from_word(found.kind.as_str())
        .ok_or_else(|| Error::internal("a kind of provider that users do not know"))?;
    Ok(IdentityProvider { id: Some(id), kind })
}

async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    id: UserId,
    event: &str,
    apply: impl FnOnce(&mut User) + Send,
) -> Result<Stored<User>> {
    let mut user = get(tx, ctx, id).await?;
    apply(&mut user.body);
    documents::update(tx, &mut user, ctx.now).await?;
    audit::record(tx, ctx, Event::new(event, Subject::of(&user))).await?;
    Ok(user)
}

/// Removes everything that belongs to a user who is about to go.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &mut Tx, ctx: &Ctx, id: UserId) -> Result<()> {
    let select = Select { condition: Condition::equals("user_id", id.uuid()), after: None, limit: 1_000 };
    for device in documents::list::<Device>(tx, ctx.environment, &select).await? {
        oath::release(tx, ctx, &device).await?;
        otp::forget(tx, ctx.environment, device.id).await?;
        phones::forget(tx, ctx.environment, device.id).await?;
        documents::delete::<Device>(tx, ctx.environment, device.id).await?;
    }
    pairing_key::forget(tx, ctx.environment, id).await?;
    device_order::start(tx, ctx.environment, id).await?;
    account_failure::reset(tx, ctx.environment, id).await?;
    sent_quota::forget(tx, ctx.environment, id).await?;
    group_membership::delete_of_user(tx, ctx.environment, id).await?;
    unique_attribute::delete_of_user(tx, ctx.environment, id).await?;
    password::delete(tx, ctx.environment, id).await?;
    recovery_code::delete(tx, ctx.environment, id).await?;
    session::delete_of_user(tx, ctx.environment, id).await?;
    refresh_token::delete_of_user(tx, ctx.environment, id).await?;
    Ok(())
}
