//! Authorization requests: understood, checked against the application, turned into a flow.
//!
//! [`understand`] needs no database (the client comes from its cache, as do its
//! [`Rules`]); [`prepare`] reads; [`start`] writes. Everything that can be refused is refused before the
//! transaction, so that a refused request costs no write and no message.

mod policy;
mod request;

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::flow::{Candidate, Flow, FlowClient, Next, SignOns, Start, Status};
use postern_core::ids::{FlowId, UserId};
use postern_core::oauth::request::Prompt;
use postern_core::oauth::{ErrorCode, OAuthError};
use postern_store::documents;
use postern_store::sql::Tx;

use crate::clients::Client;
use crate::flows::{self, Browser, Resolved, Save, Snapshot, Subject, resolve, settle};
use crate::tokens;
use crate::{Ctx, Error, Result, passwords, sessions};

pub use self::policy::{Rules, SignOnRules};
pub use self::request::{Understood, client_settings, understand};

/// A flow that is ready to be written.
#[derive(Debug, Clone)]
pub struct Prepared {
    flow: Stored<Flow>,
    subject: Option<Subject>,
    resolved: Resolved,
}

impl Prepared {
    /// The state that the flow will begin in.
    #[must_use]
    pub fn status(&self) -> Status {
        self.flow.status
    }
}

/// Finds user and session, chooses the policy, and moves the flow to its first open step.
///
/// # Errors
/// Those of the database; the inner error is the answer to the application.
pub async fn prepare(
    tx: &mut Tx,
    ctx: &Ctx,
    client: &Client,
    rules: &Rules,
    understood: Understood,
    browser: &Browser,
) -> Result<std::result::Result<Prepared, OAuthError>> {
    let Understood { mut request, hint } = understood;
    if client.application.restricts_users() {
        let why = "The application is for administrators or members of groups, which this server does not check at sign-on.";
        return Ok(Err(OAuthError::new(ErrorCode::AccessDenied, "client_id", why)));
    }
    match tokens::for_user(client, &request.scope) {
        Ok(granted) => request.scope = granted.scopes,
        Err(refusal) => {
            return Ok(Err(OAuthError::new(ErrorCode::InvalidScope, "scope", refusal.description)));
        }
    }
    let mut alternatives = match rules.choose(&request) {
        Ok(chosen) => chosen,
        Err(error) => return Ok(Err(error)),
    };
    let conditional = alternatives.iter().flat_map(|(_, steps)| steps).any(|step| step.condition.is_some());
    if alternatives.is_empty() {
        return Err(Error::internal("no sign-on policy rules the application"));
    }
    let (policy, steps) = alternatives.remove(0);
    let may_go_on = |user: &Stored<User>| {
        user.can_authenticate(ctx.now) || (user.enabled && rules.ignore_user_lock(&steps))
    };
    let hinted = match &hint {
        None => None,
        Some(name) => match hinted_user(tx, ctx, name).await?.filter(may_go_on) {
            Some(user) => Some(Subject::new(user, conditional)),
            None => {
                let why = "The token names no user who may sign on.";
                return Ok(Err(OAuthError::invalid("login_hint_token", why).in_claim("sub")));
            }
        },
    };
    let session = if request.is_flow() && !browser.is_named_by(&client.application) {
        None
    } else {
        session_user(tx, ctx, browser, conditional).await?
    };
    let candidate =
        session.as_ref().map(|(subject, past)| Candidate { user: subject.flow_user(), past: *past });
    let start = Start {
        client: FlowClient { id: client.id(), name: client.application.name.clone() },
        policy,
        request,
        steps,
        alternatives,
        hint: hinted.as_ref().map(Subject::flow_user),
        candidate,
    };
    begin(tx, ctx, rules, start, hinted, session.map(|(subject, _)| subject)).await
}

async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    rules: &Rules,
    start: Start,
    hinted: Option<Subject>,
    of_session: Option<Subject>,
) -> Result<std::result::Result<Prepared, OAuthError>> {
    let no_prompt = start.request.prompt == Prompt::None;
    let facts = flows::start_facts(ctx, &start.request, hinted.as_ref().or(of_session.as_ref()));
    let (mut flow, next) = Flow::start(start, &facts);
    let user = flow.user().map(|user| user.id);
    let subject = hinted.into_iter().chain(of_session).find(|subject| Some(subject.user.id) == user);
    let resolved = resolve(tx, ctx, Some(rules), &mut flow, subject.as_ref(), next).await?;
    if no_prompt && matches!(resolved.next, Next::Person | Next::Device) {
        return Ok(Err(OAuthError::new(ErrorCode::LoginRequired, "prompt", "The user must sign on.")));
    }
    let flow = Stored::new(ctx.environment, FlowId::at(ctx.now, &ctx.random), ctx.now, flow);
    Ok(Ok(Prepared { flow, subject, resolved }))
}

/// Writes the flow, and sends its code or completes it.
///
/// # Errors
/// [`crate::Error::Invalid`] at `request` when the message of the request cannot be worded; those of the database.
pub async fn start(tx: &mut Tx, ctx: &Ctx, prepared: &Prepared, browser: &Browser) -> Result<Snapshot> {
    let Prepared { flow, subject, resolved } = prepared.clone();
    settle(tx, ctx, flow, subject, resolved, browser, Save::Insert).await
}

/// The user whom a hint names: by id first, then by name.
async fn hinted_user(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<Option<Stored<User>>> {
    if let Ok(id) = name.parse::<UserId>()
        && let Some(user) = documents::find::<User>(tx, ctx.environment, id).await?
    {
        return Ok(Some(user));
    }
    passwords::find_user(tx, ctx, name).await
}

/// The user of the browser's live session, if they may still sign on, and what they proved in it.
async fn session_user(
    tx: &mut Tx,
    ctx: &Ctx,
    browser: &Browser,
    conditional: bool,
) -> Result<Option<(Subject, SignOns)>> {
    let Some(token) = &browser.session else { return Ok(None) };
    let Some(session) = sessions::find_by_token(tx, ctx, token.expose()).await? else { return Ok(None) };
    let user = documents::find::<User>(tx, ctx.environment, session.user).await?;
    let past = SignOns { password: session.record.password_at(), mfa: session.record.mfa_at() };
    Ok(user.filter(|user| user.can_authenticate(ctx.now)).map(|user| (Subject::new(user, conditional), past)))
}
