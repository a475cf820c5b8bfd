//! Ends an action: asks the device, or completes the sign-on, and keeps the flow.

use postern_core::devices::input::TemplateChoice;
use postern_core::entity::Stored;
use postern_core::flow::{Flow, Next, Refused, Status};
use postern_core::ids::Id;
use postern_core::mfa::Asked;
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;

use super::devices::{Ask, counting, policy_of};
use super::{Browser, Resolved, Snapshot, Subject, complete, refused};
use crate::mfa::{self, Question};
use crate::{Ctx, Error, Result, passwords, users};

/// Whether the flow is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Save {
    /// It is new.
    Insert,
    /// It is there.
    Update,
}

/// Ends an action.
pub(crate) async fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    mut flow: Stored<Flow>,
    subject: Option<Subject>,
    resolved: Resolved,
    browser: &Browser,
    save: Save,
) -> Result<Snapshot> {
    let Resolved { next, devices, ask } = resolved;
    let (mut authorized, mut new_session) = (None, None);
    match (next, ask, subject) {
        (Next::Device, Some(mut ask), Some(subject)) => {
            let asked = challenge(tx, ctx, &flow, &subject, &mut ask, browser).await?;
            let _next = flow.body.device_chosen(ask.device.id, asked).map_err(refused)?;
            new_session = complete::begin_session(tx, ctx, &mut flow, &subject.user, browser).await?;
        }
        (Next::Person, _, Some(subject)) => {
            new_session = complete::begin_session(tx, ctx, &mut flow, &subject.user, browser).await?;
        }
        (Next::Completed, _, Some(subject)) => {
            let completed = complete::complete(tx, ctx, &mut flow, subject.user, browser).await?;
            authorized = Some(completed.authorized);
            new_session = completed.new_session;
        }
        _ => {}
    }
    flow.body.touch(ctx.now);
    match save {
        Save::Insert => documents::insert_later(tx, &flow).await?,
        Save::Update => documents::update(tx, &mut flow, ctx.now).await?,
    }
    let password_policy = rules_for_new_password(tx, ctx, &flow).await?;
    Ok(Snapshot { flow, devices, password_policy, authorized, new_session })
}

/// Loads what the answer of an unchanged flow shows.
pub(super) async fn show(tx: &mut Tx, ctx: &Ctx, flow: Stored<Flow>) -> Result<Snapshot> {
    let mut devices = Vec::new();
    if let (true, Some(user)) = (flow.status.is_mfa(), flow.user()) {
        let policy = policy_of(tx, ctx, None, &flow).await?;
        let subject = Subject::new(users::get(tx, ctx, user.id).await?, false);
        devices = counting(tx, ctx, &flow, &policy, &subject).await?;
    }
    let authorized = match flow.status {
        Status::Completed => Some(complete::authorized(tx, ctx, &flow).await?),
        _ => None,
    };
    let password_policy = rules_for_new_password(tx, ctx, &flow).await?;
    Ok(Snapshot { flow, devices, password_policy, authorized, new_session: None })
}

async fn rules_for_new_password(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &Flow,
) -> Result<Option<Stored<postern_core::password::PasswordPolicy>>> {
    let asked = matches!(
        flow.status,
        Status::MustChangePassword | Status::PasswordExpired | Status::RecoveryCodeRequired
    );
    match flow.user().filter(|_| asked) {
        Some(user) => Ok(Some(passwords::holder(tx, ctx, user.id).await?.policy)),
        None => Ok(None),
    }
}

/// Asks the device on behalf of the flow.
async fn challenge(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &Stored<Flow>,
    subject: &Subject,
    ask: &mut Ask,
    browser: &Browser,
) -> Result<Asked> {
    if !flow.may_send() {
        return Err(refused(Refused::TooManyCodes));
    }
    let wording = wording(flow, subject, browser);
    let question = Question {
        challenge: flow.id.uuid(),
        user: Some(&subject.user),
        policy: &ask.policy,
        wording: &wording,
        limits: None,
        client_context: None,
        rp_id: None,
        passkey_challenge: None,
        // Whoever knows the flow's id sees its answers.
        returns_test_codes: false,
    };
    let asking = mfa::ask(tx, ctx, &question, &mut ask.device).await;
    let asking = if flow.request.template.is_some() { asking.map_err(blame_request) } else { asking };
    Ok(asking?.asked)
}

fn wording(flow: &Flow, subject: &Subject, browser: &Browser) -> TemplateChoice {
    let locale = subject.user.preferred_language.clone().or_else(|| browser.languages.clone());
    let Some(chosen) = &flow.request.template else {
        return TemplateChoice { locale, ..TemplateChoice::default() };
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    TemplateChoice {
        name: Some(chosen.name.clone()),
        locale,
        variant: chosen.variant.clone(),
        variables: chosen.variables.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
    }
}

/// A message that cannot be worded is the fault of `pi.template` in the request.
fn blame_request(error: Error) -> Error {
    match error {
        Error::Invalid(problems) => {
            let blame = |problem: Problem| problem.at("request").with("claim", "pi.template");
            Error::Invalid(problems.into_iter().map(blame).collect())
        }
        other => other,
    }
}
