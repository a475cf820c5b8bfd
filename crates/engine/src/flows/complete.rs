//! The session of a sign-on, which begins with the first proof, and what the application gets at the end.

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::flow::Flow;
use postern_core::ids::SessionId;
use postern_core::oauth::request::AuthorizeRequest;
use postern_core::secret::Secret;
use postern_store::sql::Tx;

use super::{Authorized, Browser};
use crate::sessions::{self, Proof, Session};
use crate::tokens::{self, CodeGrant, SignOn};
use crate::{Ctx, Error, Result, users};

/// A completed sign-on.
pub(super) struct Completed {
    pub(super) authorized: Authorized,
    pub(super) new_session: Option<Secret>,
}

/// Makes or renews the session and, where the answer is the flow object itself, issues the code.
pub(super) async fn complete(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &mut Stored<Flow>,
    user: Stored<User>,
    browser: &Browser,
) -> Result<Completed> {
    let keeps = browser.may_keep(tx, ctx, flow).await?;
    let known = if keeps { known_session(tx, ctx, flow, &user, browser).await? } else { None };
    let (session, token) = sign_on(tx, ctx, flow, &user, known).await?;
    let new_session = token.filter(|_| keeps);
    flow.body.session = Some(session);
    let sign_on = sign_on_of(flow, user.id)?;
    let code = match flow.request.is_flow() && flow.request.response_type.code {
        true => Some(Secret::new(tokens::issue_code(tx, ctx, &grant(flow, sign_on.clone())).await?)),
        false => None,
    };
    Ok(Completed { authorized: Authorized { user, sign_on, code }, new_session })
}

/// Begins the session of a flow that goes on after its first proof, for a browser that may keep it. Gives its token.
pub(super) async fn begin_session(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &mut Stored<Flow>,
    user: &Stored<User>,
    browser: &Browser,
) -> Result<Option<Secret>> {
    let proof = Proof { password: flow.did("pwd"), mfa: flow.did("mfa") };
    let proven = proof.password || proof.mfa;
    if flow.session.is_some() || !proven || !browser.may_keep(tx, ctx, flow).await? {
        return Ok(None);
    }
    let known = browser.session_of(tx, ctx, user.id).await?;
    let (session, token) = sign_on(tx, ctx, flow, user, known).await?;
    flow.body.session = Some(session);
    Ok(token)
}

/// The session that is renewed instead of making another: the browser's, or the one that this flow began.
async fn known_session(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &Flow,
    user: &Stored<User>,
    browser: &Browser,
) -> Result<Option<Session>> {
    if let Some(session) = browser.session_of(tx, ctx, user.id).await? {
        return Ok(Some(session));
    }
    let Some(id) = flow.session else { return Ok(None) };
    Ok(sessions::find(tx, ctx, id).await?.filter(|session| session.user == user.id))
}

/// Notes the proof in the browser's session, or begins a session; either way there is a token for the cookie. A flow in
/// which nothing was done leaves a session as it is.
async fn sign_on(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &mut Stored<Flow>,
    user: &Stored<User>,
    known: Option<Session>,
) -> Result<(SessionId, Option<Secret>)> {
    let proof = Proof { password: flow.did("pwd"), mfa: flow.did("mfa") };
    let fresh = proof.password || proof.mfa;
    flow.body.auth_time = Some(ctx.now);
    if let Some(mut session) = known {
        if !fresh {
            flow.body.auth_time = session.record.signed_on_at().or(Some(ctx.now));
            sessions::touch(tx, ctx, &mut session).await?;
            return Ok((session.id, None));
        }
        if let Some(token) = sessions::sign_on(tx, ctx, &mut session, proof).await? {
            return Ok((session.id, Some(token)));
        }
    }
    let (session, token) = sessions::create(tx, ctx, user.id, proof).await?;
    Ok((session.id, Some(token)))
}

/// How the user of a completed flow signed on.
fn sign_on_of(flow: &Flow, user: postern_core::ids::UserId) -> Result<SignOn> {
    Ok(SignOn {
        user,
        session: flow.session,
        scopes: flow.request.scope.clone(),
        acr: flow.policy.name.clone(),
        amr: flow.amr(),
        auth_time: flow
            .auth_time
            .ok_or_else(|| Error::internal("a completed flow has no time of sign-on"))?,
    })
}

fn grant(flow: &Stored<Flow>, sign_on: SignOn) -> CodeGrant {
    let AuthorizeRequest { redirect_uri, nonce, challenge, .. } = flow.request.clone();
    CodeGrant { application: flow.client.id, sign_on, redirect_uri, nonce, challenge, flow: flow.id }
}

/// The answer of a completed flow, again. Its code is given as it was; whether it is still good is another question.
///
/// # Errors
/// [`Error::NotFound`] when the user has gone.
pub async fn authorized(tx: &mut Tx, ctx: &Ctx, flow: &Stored<Flow>) -> Result<Authorized> {
    let id = flow.user().map(|user| user.id).ok_or(Error::NotFound("user"))?;
    let user = users::get(tx, ctx, id).await?;
    let code = (flow.request.is_flow() && flow.request.response_type.code)
        .then(|| Secret::new(tokens::code_of(ctx, flow.id)));
    Ok(Authorized { sign_on: sign_on_of(flow, id)?, user, code })
}

/// Issues the code of a completed flow whose answer goes through the browser, when the browser comes for it.
///
/// # Errors
/// [`Error::NotFound`] when the user has gone.
pub async fn issue_code_at_resume(tx: &mut Tx, ctx: &Ctx, flow: &Stored<Flow>) -> Result<Authorized> {
    let mut authorized = authorized(tx, ctx, flow).await?;
    if flow.request.response_type.code && !flow.request.is_flow() {
        let grant = grant(flow, authorized.sign_on.clone());
        authorized.code = Some(Secret::new(tokens::issue_code(tx, ctx, &grant).await?));
    }
    Ok(authorized)
}
