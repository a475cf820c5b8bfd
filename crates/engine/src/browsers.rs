//! Remembered browsers: a cookie that stands in for a second factor for a while (MFA contract 1.12, 6.9).
//!
//! A browser is remembered after its user proved a factor in it. It counts only
//! for this user, for as long as the policy says and while the policy remembers
//! browsers at all; neither the cookie nor the page's identifier is kept, only
//! keyed hashes of them. What a cookie is called and how it travels is the door's.

use std::collections::BTreeSet;

use data_encoding::BASE64URL_NOPAD;
use postern_core::crypto::constant_time_eq;
use postern_core::devices::browser::payload::Payload;
use postern_core::devices::browser::token::BrowserToken;
use postern_core::devices::browser::user_agent::UserAgent;
use postern_core::devices::browser::{Browser, MOST_PER_USER};
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, Id, UserId};
use postern_core::policy::DevicePolicy;
use postern_core::secret::Secret;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result};

const COOKIE: &str = "browser-cookie";
const IDENTIFIER: &str = "browser-identifier";
/// More than a user can have.
const MOST: i64 = 200;
/// Stands in for a hash that is not there, so that the comparison takes its time.
const NO_DIGEST: [u8; 32] = [0; 32];

/// What a browser shows of itself.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The value of the cookie.
    pub cookie: Option<Secret>,
    /// What the page found out about it.
    pub payload: Payload,
    /// The session that the client names.
    pub session: Option<String>,
}

/// A browser that was just remembered.
#[derive(Debug)]
pub struct Remembered {
    /// Its device.
    pub device: Stored<Device>,
    /// The value of the cookie, which is not kept.
    pub cookie: Secret,
}

/// Remembers a browser in which the user has just proved a factor. To be called only where the policy remembers browsers.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Internal`] when the policy remembers no browsers.
pub async fn remember(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    policy: &DevicePolicy,
    payload: &Payload,
    session: Option<&str>,
) -> Result<Remembered> {
    if !policy.remember_me.web.enabled {
        return Err(Error::internal("the policy remembers no browsers"));
    }
    // Two at once must not exceed the limit together.
    documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let device = Device::new(user, DeviceType::Browser, DeviceStatus::Active, ctx.now);
    let mut device = Stored::new(ctx.environment, DeviceId::new(&ctx.random), ctx.now, device);
    let cookie = fill(tx, ctx, policy, payload, session, &mut device).await?;
    documents::insert(tx, &device).await?;
    for name in ["DEVICE.CREATED", "DEVICE.ACTIVATED"] {
        let event = Event::new(name, Subject::of(&device)).and(Subject::new::<User>(user));
        audit::record(tx, ctx, event).await?;
    }
    Ok(Remembered { device, cookie })
}

/// Fills in the record of a browser and makes room for it. Gives the value of its cookie. The caller holds the user and
/// saves the record.
pub(crate) async fn fill(
    tx: &mut Tx,
    ctx: &Ctx,
    policy: &DevicePolicy,
    payload: &Payload,
    session: Option<&str>,
    device: &mut Stored<Device>,
) -> Result<Secret> {
    make_room(tx, ctx, device.user, payload).await?;
    let token = BrowserToken::new(device.id, &ctx.random);
    // A server that speaks for the browser has a name of its own, which says nothing about the browser.
    let agent = UserAgent::read(payload.user_agent.as_deref().unwrap_or_default());
    let digest = |purpose, parts: &[&[u8]]| BASE64URL_NOPAD.encode(&ctx.keys.mac(purpose, parts));
    let (environment, user) = (ctx.environment.uuid(), device.user.uuid());
    let browser = Browser {
        name: agent.name,
        version: agent.version,
        system: agent.system,
        system_version: agent.system_version,
        cookie_digest: digest(
            COOKIE,
            &[environment.as_bytes(), user.as_bytes(), device.id.uuid().as_bytes(), token.secret()],
        ),
        identifier_digest: payload
            .identifier
            .as_ref()
            .map(|id| digest(IDENTIFIER, &[environment.as_bytes(), user.as_bytes(), id.as_bytes()])),
        session: session.map(str::to_owned),
        remembered_at: ctx.now,
        expires_at: ctx.now.plus(policy.remember_me.web.life_time.span()),
    };
    device.body.nickname.get_or_insert_with(|| browser.nickname());
    device.body.browser = Some(Box::new(browser));
    Ok(token.value())
}

/// The device of a browser that is remembered for the user under the policy. Whatever is wrong takes the same time and
/// gives the same answer. Whether the account may be used is for the caller to ask.
///
/// # Errors
/// Those of the database.
pub async fn recognise(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    policy: &DevicePolicy,
    shown: &Shown,
) -> Result<Option<Stored<Device>>> {
    let token = shown.cookie.as_ref().and_then(|cookie| BrowserToken::read(cookie.expose()));
    // An id that nobody has is looked for as well.
    let token = token.unwrap_or_else(|| BrowserToken::new(DeviceId::NIL, &ctx.random));
    let device = documents::find::<Device>(tx, ctx.environment, token.device).await?;
    let browser = device.as_ref().and_then(|device| device.browser.as_deref());
    let proven = is_proven(ctx, user, browser, &token, shown);
    let counts = device.as_ref().is_some_and(|device| counts(ctx, user, policy, device));
    Ok(device.filter(|_| proven && counts))
}

/// Whether cookie, identifier and session are those of the browser. The time does not depend on which of them is wrong.
fn is_proven(
    ctx: &Ctx,
    user: UserId,
    browser: Option<&Browser>,
    token: &BrowserToken,
    shown: &Shown,
) -> bool {
    let (environment, user) = (ctx.environment.uuid(), user.uuid());
    let device = token.device.uuid();
    let parts: [&[u8]; 4] = [environment.as_bytes(), user.as_bytes(), device.as_bytes(), token.secret()];
    let cookie = browser.and_then(|browser| bytes(&browser.cookie_digest)).unwrap_or(NO_DIGEST.to_vec());
    let cookie = ctx.keys.mac_matches(COOKIE, &parts, &cookie);

    let wanted = browser.and_then(|browser| browser.identifier_digest.as_deref());
    let identifier = shown.payload.identifier.as_deref().unwrap_or_default();
    let parts: [&[u8]; 3] = [environment.as_bytes(), user.as_bytes(), identifier.as_bytes()];
    let digest = wanted.and_then(bytes).unwrap_or(NO_DIGEST.to_vec());
    let identifier = ctx.keys.mac_matches(IDENTIFIER, &parts, &digest) | wanted.is_none();

    let session = browser.and_then(|browser| browser.session.as_deref());
    let session = session.is_none_or(|session| {
        constant_time_eq(session.as_bytes(), shown.session.as_deref().unwrap_or_default().as_bytes())
    });
    cookie & identifier & session
}

/// Whether the device is a browser of the user that is still remembered. A policy that shortened the time counts at once.
fn counts(ctx: &Ctx, user: UserId, policy: &DevicePolicy, device: &Device) -> bool {
    let Some(browser) = device.browser.as_deref() else { return false };
    let rule = &policy.remember_me.web;
    rule.enabled
        && device.user == user
        && device.status == DeviceStatus::Active
        && device.blocked_at.is_none()
        && browser.expires_at > ctx.now
        && browser.remembered_at.plus(rule.life_time.span()) > ctx.now
}

/// Forgets every browser of a user, who is switched off or has reason to think that one is in other hands.
///
/// # Errors
/// Those of the database.
pub async fn forget_all(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<()> {
    for device in of_user(tx, ctx, user).await? {
        forget(tx, ctx, &device).await?;
    }
    Ok(())
}

/// Forgets what is over, the same browser of before, and the oldest ones beyond the limit.
async fn make_room(tx: &mut Tx, ctx: &Ctx, user: UserId, payload: &Payload) -> Result<()> {
    let known = of_user(tx, ctx, user).await?;
    let goes = |device: &&Stored<Device>| device.over(ctx.now) || is_same(ctx, device, payload);
    let mut leaving: BTreeSet<DeviceId> = known.iter().filter(goes).map(|device| device.id).collect();
    let surplus = (known.len() - leaving.len()).saturating_sub(MOST_PER_USER - 1);
    let oldest: Vec<DeviceId> =
        known.iter().map(|device| device.id).filter(|id| !leaving.contains(id)).take(surplus).collect();
    leaving.extend(oldest);
    for device in known.iter().filter(|device| leaving.contains(&device.id)) {
        forget(tx, ctx, device).await?;
    }
    Ok(())
}

/// Whether it is the browser that the payload names. A browser that names none is another each time.
fn is_same(ctx: &Ctx, device: &Stored<Device>, payload: &Payload) -> bool {
    let known = device.browser.as_ref().and_then(|browser| bytes(browser.identifier_digest.as_deref()?));
    let (Some(known), Some(identifier)) = (known, &payload.identifier) else { return false };
    let (environment, user) = (ctx.environment.uuid(), device.user.uuid());
    let parts: [&[u8]; 3] = [environment.as_bytes(), user.as_bytes(), identifier.as_bytes()];
    ctx.keys.mac_matches(IDENTIFIER, &parts, &known)
}

/// A user's browsers, the oldest first.
async fn of_user(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Vec<Stored<Device>>> {
    let condition = Condition::All(vec![
        Condition::equals("user_id", user.uuid()),
        Condition::equals("type", DeviceType::Browser.as_str()),
    ]);
    Ok(documents::list::<Device>(tx, ctx.environment, &Select::first(condition, MOST)).await?)
}

async fn forget(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>) -> Result<()> {
    if documents::delete::<Device>(tx, ctx.environment, device.id).await? {
        audit::record(tx, ctx, Event::new("DEVICE.DELETED", Subject::of(device))).await?;
    }
    Ok(())
}

fn bytes(digest: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(digest.as_bytes()).ok()
}
