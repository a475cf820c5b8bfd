//! The actions with passwords. Hashing is done by the door between the two parts of each.

use postern_core::entity::Stored;
use postern_core::flow::{Action, Flow, PasswordState};
use postern_core::ids::{FlowId, UserId};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_store::sql::Tx;

use super::mfa::usable_subject;
use super::subject::facts;
use super::{Browser, Resolved, Save, Snapshot, Subject, not_usable, open, refused, resolve, settle};
use crate::passwords::{self, Changed, Check, Checked, State};
use crate::{Ctx, Error, Result, Verdict, users};

/// The one refusal for a wrong name, a wrong password, a user without one, and a user whom the request does not admit.
#[must_use]
pub fn wrong_credentials() -> Error {
    Error::invalid(Problem::invalid("username", "Invalid username and/or password."))
}

/// Loads what a password is compared with: of the named user, or of the flow's when it is known.
///
/// # Errors
/// [`Error::NotFound`] without the flow; [`Error::Malformed`] when the state does not offer the check.
pub async fn prepare_password(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    username: Option<&str>,
    browser: &Browser,
) -> Result<Check> {
    let flow = open(tx, ctx, id, Action::UsernamePasswordCheck, browser).await?;
    match (username, flow.user()) {
        (Some(username), _) => passwords::prepare_check_by_name(tx, ctx, username).await,
        (None, Some(user)) => passwords::prepare_check(tx, ctx, user.id).await,
        (None, None) => Err(Error::invalid(Problem::required("username"))),
    }
}

/// Records a comparison and moves the flow (`usernamePassword.check`). The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`] without the flow. The verdict refuses with [`wrong_credentials`], `PASSWORD_LOCKED_OUT` or
/// `ACCOUNT_NOT_USABLE`.
pub async fn record_password(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    checked: &Checked,
    browser: &Browser,
) -> Result<Verdict<Snapshot>> {
    let mut flow = open(tx, ctx, id, Action::UsernamePasswordCheck, browser).await?;
    let state = match passwords::record_check(tx, ctx, checked, wrong_credentials).await? {
        Verdict::Accepted(state) => state,
        Verdict::Refused(error) => return Ok(Verdict::Refused(error)),
    };
    let Some(user) = checked.user() else { return Ok(Verdict::Refused(wrong_credentials())) };
    let user = users::get(tx, ctx, user.id).await?;
    if !user.can_authenticate(ctx.now) {
        return Ok(Verdict::Refused(not_usable()));
    }
    let state = match state {
        State::MustChange => PasswordState::MustChange,
        State::Expired => PasswordState::Expired,
        _ => PasswordState::Valid,
    };
    let subject = Subject::new(user, flow.is_conditional());
    let facts = facts(ctx, &flow, Some(&subject));
    let Ok(next) = flow.body.password_accepted(subject.flow_user(), state, &facts) else {
        return Ok(Verdict::Refused(wrong_credentials()));
    };
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next).await?;
    Ok(Verdict::Accepted(settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await?))
}

/// Mails a recovery code (`password.forgot`).
///
/// # Errors
/// [`Error::NotFound`] without the flow, and for a name that nobody has.
pub async fn forgot_password(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    username: &str,
    browser: &Browser,
) -> Result<Snapshot> {
    let mut flow = open(tx, ctx, id, Action::PasswordForgot, browser).await?;
    let user = passwords::find_user(tx, ctx, username).await?.ok_or(Error::NotFound("user"))?;
    if !user.can_authenticate(ctx.now) {
        return Err(not_usable());
    }
    let subject = Subject::new(user, false);
    let next = flow.body.recovery_started(subject.flow_user()).map_err(|_| Error::NotFound("user"))?;
    passwords::send_recovery_code(tx, ctx, subject.user.id).await?;
    settle(tx, ctx, flow, Some(subject), Resolved::nothing(next), browser, Save::Update).await
}

/// Mails another recovery code (`password.sendRecoveryCode`).
///
/// # Errors
/// [`Error::NotFound`] without the flow.
pub async fn resend_recovery_code(tx: &mut Tx, ctx: &Ctx, id: FlowId, browser: &Browser) -> Result<Snapshot> {
    let flow = open(tx, ctx, id, Action::PasswordSendRecoveryCode, browser).await?;
    let subject = usable_subject(tx, ctx, &flow).await?;
    passwords::send_recovery_code(tx, ctx, subject.user.id).await?;
    let next = postern_core::flow::Next::Person;
    settle(tx, ctx, flow, Some(subject), Resolved::nothing(next), browser, Save::Update).await
}

/// Whose password the flow may set by this action.
///
/// # Errors
/// [`Error::NotFound`] without the flow; [`Error::Malformed`] when the state does not offer the action.
pub async fn password_holder(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    action: Action,
    browser: &Browser,
) -> Result<UserId> {
    let flow = open(tx, ctx, id, action, browser).await?;
    Ok(usable_subject(tx, ctx, &flow).await?.user.id)
}

/// Records a new password and moves the flow (`password.reset`, `password.recover`).
///
/// # Errors
/// [`Error::NotFound`] without the flow; a refusal when the password was changed meanwhile.
pub async fn record_new_password(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    action: Action,
    changed: &Changed,
    browser: &Browser,
) -> Result<Snapshot> {
    let mut flow: Stored<Flow> = open(tx, ctx, id, action, browser).await?;
    let subject = usable_subject(tx, ctx, &flow).await?;
    if subject.user.id != changed.user() {
        return Err(wrong_credentials());
    }
    passwords::record_change(tx, ctx, changed).await?;
    let facts = facts(ctx, &flow, Some(&subject));
    let next = match action {
        Action::PasswordRecover => flow.body.password_recovered(&facts),
        _ => flow.body.password_changed(&facts),
    };
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next.map_err(refused)?).await?;
    settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await
}

/// Checks the recovery code of the flow's user and takes a try. The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`] without the flow.
pub async fn check_recovery_code(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    code: &Secret,
    browser: &Browser,
) -> Result<Verdict<UserId>> {
    let flow = open(tx, ctx, id, Action::PasswordRecover, browser).await?;
    let user = usable_subject(tx, ctx, &flow).await?.user.id;
    match passwords::check_recovery_code(tx, ctx, user, code).await? {
        Verdict::Accepted(_) => Ok(Verdict::Accepted(user)),
        Verdict::Refused(error) => Ok(Verdict::Refused(error)),
    }
}
