//! Asks whether a browser is remembered, so that its user need not prove a factor (MFA contract 6.9).

use postern_core::entity::Stored;
use postern_core::ids::DeviceAuthenticationId;
use postern_core::mfa::DeviceAuthentication;
use postern_core::mfa::authentication::{Failure, Start, Wording};
use postern_core::mfa::browser_check::BrowserCheck;
use postern_core::permission::Verb;
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use super::{Snapshot, access, refused, show};
use crate::audit::{self, Event, Subject};
use crate::browsers::{self, Shown};
use crate::{Ctx, Result, device_policies, users};

/// A device authentication that is over at once: COMPLETED when the browser is remembered for the user and the account
/// may be used, else FAILED, which does not tell why.
///
/// # Errors
/// [`Error::Denied`](crate::Error::Denied); [`Error::NotFound`](crate::Error::NotFound) without the user;
/// [`Error::Invalid`](crate::Error::Invalid) at `policy.id`.
pub async fn check_browser(
    tx: &mut Tx,
    ctx: &Ctx,
    check: &BrowserCheck,
    cookie: Option<&Secret>,
) -> Result<Snapshot> {
    access::demand(ctx, Verb::Create, Some(check.user))?;
    let policy = device_policies::effective(tx, ctx, Some(check.policy), "policy.id").await?;
    let user = users::get(tx, ctx, check.user).await?;
    let shown =
        Shown { cookie: cookie.cloned(), payload: check.payload.clone(), session: check.session.clone() };
    let browser = browsers::recognise(tx, ctx, user.id, &policy, &shown).await?;
    let browser = browser.filter(|_| access::usable(&user, &policy, ctx.now).is_ok());
    let mut authentication = begin(ctx, check);
    let event = match &browser {
        Some(browser) => {
            authentication.body.remembered(browser.id).map_err(refused)?;
            Event::new("DEVICE_PAYLOAD.CHECK_SUCCESS", Subject::of(&user)).and(Subject::of(browser))
        }
        None => {
            authentication.body.fail(not_remembered());
            Event::failed("DEVICE_PAYLOAD.CHECK_INVALID", Subject::of(&user))
        }
    };
    documents::insert(tx, &authentication).await?;
    let created = Event::new("AUTHENTICATION.CREATED", Subject::of(&authentication)).and(Subject::of(&user));
    audit::record(tx, ctx, created).await?;
    audit::record(tx, ctx, event).await?;
    show(tx, ctx, authentication, None).await
}

fn begin(ctx: &Ctx, check: &BrowserCheck) -> Stored<DeviceAuthentication> {
    let start = Start {
        user: Some(check.user),
        policy: check.policy,
        wording: Wording::default(),
        rp_id: None,
        challenge: None,
        application: None,
    };
    let mut body = DeviceAuthentication::start(start, ctx.now);
    body.device_session.clone_from(&check.session);
    Stored::new(ctx.environment, DeviceAuthenticationId::new(&ctx.random), ctx.now, body)
}

fn not_remembered() -> Failure {
    Failure {
        code: "DEVICE_NOT_REMEMBERED".to_owned(),
        message: "The browser is not remembered.".to_owned(),
        unavailable_devices: Vec::new(),
    }
}
