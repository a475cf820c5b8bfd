//! Sign-on flows: the doors' actions on the state machine of [`postern_core::flow`].
//!
//! Each action loads the flow, proves what it must, moves the flow, and then
//! `settle`s: a device is chosen and asked, or the sign-on is completed, in
//! the same transaction. The id of a flow is the id of its challenge, so a code
//! counts for exactly the request that the flow answers. Starting a flow is in
//! [`crate::authorize`].

mod browser;
mod complete;
mod devices;
mod factor;
mod mfa;
mod password;
mod settle;
mod subject;

use postern_core::devices::Device;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::flow::{Action, Flow, Refused, Status};
use postern_core::ids::{FlowId, SessionId};
use postern_core::password::PasswordPolicy;
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::{Ctx, Error, Result};

pub use self::browser::{Browser, proof, proves};
pub use self::complete::{authorized, issue_code_at_resume};
pub(crate) use self::devices::{Resolved, resolve};
pub use self::factor::{awaits_push, check_assertion, check_otp, follow_push};
pub use self::mfa::{cancel_push, look_up, reset, select_device};
pub use self::password::{
    check_recovery_code, forgot_password, password_holder, prepare_password, record_new_password,
    record_password, resend_recovery_code, wrong_credentials,
};
pub(crate) use self::settle::{Save, settle};
pub(crate) use self::subject::{Subject, start_facts};

/// What an accepted authorization request is answered with.
#[derive(Debug, Clone)]
pub struct Authorized {
    /// Who signed on.
    pub user: Stored<User>,
    /// How, and for what.
    pub sign_on: crate::tokens::SignOn,
    /// The code, when the request asks for one and it was issued.
    pub code: Option<Secret>,
}

/// A flow with what its answer shows.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The flow.
    pub flow: Stored<Flow>,
    /// The user's devices that count here, in order, while MFA is under way.
    pub devices: Vec<Stored<Device>>,
    /// The rules for a new password, while one is asked for.
    pub password_policy: Option<Stored<PasswordPolicy>>,
    /// The answer, once completed.
    pub authorized: Option<Authorized>,
    /// The token of a new session, for the cookie.
    pub new_session: Option<Secret>,
}

/// The flow, unless it was idle for too long.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx, ctx: &Ctx, id: FlowId) -> Result<Stored<Flow>> {
    let flow = documents::find::<Flow>(tx, ctx.environment, id).await?;
    flow.filter(|flow| !flow.expired(ctx.now)).ok_or(Error::NotFound("flow"))
}

/// The flow with what its answer shows, unchanged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn show(tx: &mut Tx, ctx: &Ctx, id: FlowId) -> Result<Snapshot> {
    let flow = find(tx, ctx, id).await?;
    settle::show(tx, ctx, flow).await
}

/// Whether this session completed the flow: who may fetch its answer.
#[must_use]
pub fn is_completed_by(flow: &Flow, session: Option<SessionId>) -> bool {
    flow.status == Status::Completed && session.is_some() && flow.session == session
}

/// The flow, if it offers the action now, to this browser.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when the state does not offer it; a refusal when the flow is another
/// browser's.
pub async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    action: Action,
    browser: &Browser,
) -> Result<Stored<Flow>> {
    let flow = find(tx, ctx, id).await?;
    if !browser.may_act(tx, ctx, &flow).await? {
        return Err(elsewhere());
    }
    if flow.allows(action) { Ok(flow) } else { Err(not_now()) }
}

fn not_now() -> Error {
    Error::Malformed(vec![
        Problem::new(Code::InvalidValue, "The action is not possible in the current state of the flow.")
            .at("Content-Type"),
    ])
}

/// The flow goes on in another browser.
fn elsewhere() -> Error {
    let why = "The sign-on was begun in another browser, or the browser did not send its cookies.";
    Error::refused(Problem::new(Code::ConstraintViolation, why))
}

/// For transitions whose user was checked before.
fn refused(refusal: Refused) -> Error {
    match refusal {
        Refused::NotNow => not_now(),
        Refused::AnotherUser => wrong_credentials(),
        Refused::TooManyCodes => {
            Error::refused(Problem::new(Code::QuotaExceeded, "Too many codes were sent in this flow."))
        }
    }
}

/// The account may not be used: disabled or locked.
fn not_usable() -> Error {
    Error::refused(Problem::new(Code::AccountNotUsable, "The account is disabled or locked."))
}
