//! Device authentications: the factor of a user, proven outside of a sign-on flow (MFA contract 6).
//!
//! Each action loads the document, proves what it must, moves the state machine
//! of [`postern_core::mfa`] and saves it in the same transaction, so that an
//! answer counts once. The document's id is the id of its challenge.

mod access;
mod actions;
mod asking;
mod code_alone;
mod remembered;
mod start;

use std::sync::Arc;

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceAuthenticationId, UserId};
use postern_core::mfa::authentication::Refused;
use postern_core::mfa::{Action, Asked, DeviceAuthentication};
use postern_core::permission::Verb;
use postern_core::policy::DevicePolicy;
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::mfa::Candidates;
use crate::{Ctx, Error, Result, device_policies, fido2_policies, users};

pub use actions::{cancel_push, check_assertion, check_otp, follow_push, select_device};
pub use remembered::check_browser;
pub use start::start;

/// A device authentication with what its answer shows.
#[derive(Debug)]
pub struct Snapshot {
    /// The device authentication.
    pub authentication: Stored<DeviceAuthentication>,
    /// The policy that rules it.
    pub policy: Arc<Stored<DevicePolicy>>,
    /// The user's active devices.
    pub candidates: Candidates,
    /// Whether the user needs no MFA for a while.
    pub bypassed: bool,
    /// Whether the user's passkeys are offered as one; nothing when the user has none.
    pub aggregates_passkeys: Option<bool>,
    /// The code of a test device, for the answer.
    pub test_code: Option<Secret>,
    /// The browser that stands in for a factor, when one does.
    pub browser: Option<Stored<Device>>,
}

/// The device authentication with what its answer shows, as it is kept.
///
/// # Errors
/// [`Error::NotFound`] when it is not there, over, or another user's than the caller.
pub async fn read(tx: &mut Tx, ctx: &Ctx, id: DeviceAuthenticationId) -> Result<Snapshot> {
    let authentication = find(tx, ctx, id, Verb::Read).await?;
    show(tx, ctx, authentication, None).await
}

/// Whether it waits for a push, so that reading it may move it.
#[must_use]
pub fn awaits_push(authentication: &DeviceAuthentication) -> bool {
    authentication.allows(Action::CancelPush) && matches!(authentication.asked(), Some(Asked::Push(_)))
}

async fn find(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceAuthenticationId,
    verb: Verb,
) -> Result<Stored<DeviceAuthentication>> {
    visible(ctx, documents::find(tx, ctx.environment, id).await?, verb)
}

/// Whether it is there for the caller.
fn visible(
    ctx: &Ctx,
    found: Option<Stored<DeviceAuthentication>>,
    verb: Verb,
) -> Result<Stored<DeviceAuthentication>> {
    let found = found
        .filter(|found| !found.expired(ctx.now))
        .filter(|found| access::demand(ctx, verb, found.user()).is_ok());
    found.ok_or(Error::NotFound("deviceAuthentication"))
}

/// The device authentication, if it offers the action now. Others who want to move it wait here: the tries of an address
/// that is no device have no row of a device to be counted under.
async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceAuthenticationId,
    action: Action,
) -> Result<Stored<DeviceAuthentication>> {
    let found = visible(ctx, documents::find_locked(tx, ctx.environment, id).await?, Verb::Update)?;
    if found.allows(action) { Ok(found) } else { Err(refused(Refused::NotNow)) }
}

async fn show(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: Stored<DeviceAuthentication>,
    test_code: Option<Secret>,
) -> Result<Snapshot> {
    let policy = device_policies::effective(tx, ctx, Some(authentication.policy), "policy.id").await?;
    let (candidates, bypassed) = match authentication.user() {
        Some(user) => (Candidates::of(tx, ctx, user).await?, bypasses(tx, ctx, user).await?),
        None => (Candidates::default(), false),
    };
    let test_code = test_code.or_else(|| asking::test_code(ctx, &authentication));
    let browser = match authentication.device().filter(|_| authentication.is_by_browser()) {
        Some(id) => documents::find::<Device>(tx, ctx.environment, id).await?,
        None => None,
    };
    let aggregates_passkeys = match candidates.have_passkeys() {
        true => Some(fido2_policies::effective(tx, ctx, &policy).await?.aggregate_devices),
        false => None,
    };
    Ok(Snapshot { authentication, policy, candidates, bypassed, aggregates_passkeys, test_code, browser })
}

async fn bypasses(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<bool> {
    Ok(users::get(tx, ctx, user).await?.bypasses_mfa(ctx.now))
}

fn refused(refusal: Refused) -> Error {
    match refusal {
        Refused::NotNow => {
            let why = "The action is not possible in the current state of the device authentication.";
            Error::Malformed(vec![Problem::new(Code::InvalidValue, why).at("Content-Type")])
        }
        Refused::TooOften => {
            let why = "The device authentication has asked devices too often.";
            Error::refused(Problem::new(Code::QuotaExceeded, why))
        }
    }
}
