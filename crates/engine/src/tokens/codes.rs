//! Authorization codes: issued once per flow, redeemed once, and a replay ends what came of it.

use std::sync::Arc;

use postern_core::crypto::token_digest;
use postern_core::directory::application::{GrantType, PkceEnforcement};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, FlowId, Id, UserId};
use postern_core::oauth::request::Challenge;
use postern_core::pkce::{self, ChallengeMethod};
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::authorization_code::{self, CodeRow};
use serde::{Deserialize, Serialize};

use super::family::{self, revoke_family};
use super::{Decision, Issuable, OAuthCode, Refusal, SignOn, for_user};
use crate::clients::Client;
use crate::sessions;
use crate::{Ctx, Error, Result};

/// How long a code is good.
pub const CODE_LIFETIME: Span = Span::seconds(60);

/// How long a redeemed code is remembered, so that a replay is seen.
const REMEMBERED: Span = Span::days(1);

/// One refusal for every code that is not good, so that nothing is learnt from it.
const NOT_GOOD: &str = "The authorization code is invalid, expired or already used";

/// What a code stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeGrant {
    /// The client it is for.
    pub application: ApplicationId,
    /// The sign-on and the granted scopes.
    pub sign_on: SignOn,
    /// `redirect_uri` of the request.
    pub redirect_uri: Option<String>,
    /// `nonce` of the request.
    pub nonce: Option<String>,
    /// The PKCE challenge of the request.
    pub challenge: Option<Challenge>,
    /// The flow that ends with this code; a flow has one code.
    pub flow: FlowId,
}

/// A request to redeem a code.
pub struct CodeRedemption {
    /// The client that asks, authenticated.
    pub client: Arc<Client>,
    /// `code`.
    pub code: Secret,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `code_verifier`.
    pub verifier: Option<Secret>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    sign_on: SignOn,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<Challenge>,
}

/// The code of a flow, in the form of a UUID. The same flow gives the same code.
#[must_use]
pub fn code_of(ctx: &Ctx, flow: FlowId) -> String {
    let (environment, flow) = (ctx.environment.uuid(), flow.uuid());
    let mac = ctx.keys.mac("authorization-code", &[environment.as_bytes(), flow.as_bytes()]);
    let bytes = mac.first_chunk::<16>().copied().unwrap_or_default();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Stores the code of a flow and gives it. It is good for [`CODE_LIFETIME`] from the first call on.
///
/// # Errors
/// Those of the database.
pub async fn issue_code(tx: &mut Tx, ctx: &Ctx, grant: &CodeGrant) -> Result<String> {
    let code = code_of(ctx, grant.flow);
    let body = Body {
        sign_on: grant.sign_on.clone(),
        redirect_uri: grant.redirect_uri.clone(),
        nonce: grant.nonce.clone(),
        challenge: grant.challenge.clone(),
    };
    let row = CodeRow {
        environment: ctx.environment,
        digest: token_digest(&code).to_vec(),
        application: grant.application,
        body: serde_json::to_string(&body).map_err(Error::internal)?,
        expires_at: ctx.now.plus(CODE_LIFETIME),
        used_at: None,
        family: None,
    };
    authorization_code::put(tx, &row).await?;
    Ok(code)
}

/// Redeems a code. A code that its client sends twice ends all tokens that came of it.
///
/// # Errors
/// Those of the database. What is not granted is a [`Refusal`], whose effects are to be committed.
pub async fn redeem_code(tx: &mut Tx, ctx: &Ctx, request: &CodeRedemption) -> Result<Decision<Issuable>> {
    let client = &request.client;
    if !client.allows(GrantType::AuthorizationCode) {
        let why = "The application may not use the grant type authorization_code";
        return Ok(Err(Refusal::new(OAuthCode::UnauthorizedClient, why)));
    }
    let digest = token_digest(request.code.expose());
    let row = authorization_code::find(tx, ctx.environment, &digest).await?;
    let Some(row) = row.filter(|row| row.application == client.id()) else {
        return Ok(Err(Refusal::grant(NOT_GOOD)));
    };
    let body: Body = serde_json::from_str(&row.body).map_err(Error::internal)?;
    if row.used_at.is_some() {
        return replayed(tx, ctx, body.sign_on.user, &row).await;
    }
    if row.expires_at <= ctx.now {
        return Ok(Err(Refusal::grant(NOT_GOOD)));
    }
    if let Err(refusal) = is_bound(client, &body, request) {
        return Ok(Err(refusal));
    }
    // As in an exchange of a refresh token: whatever ends the family comes before or after, never in between.
    let user = documents::find_locked::<User>(tx, ctx.environment, body.sign_on.user).await?;
    let family = ctx.random.uuid();
    let remember = ctx.now.plus(REMEMBERED);
    if !authorization_code::redeem(tx, ctx.environment, &digest, family, ctx.now, remember).await? {
        // Somebody else redeemed it since it was read.
        let row = authorization_code::find(tx, ctx.environment, &digest).await?.unwrap_or(row);
        return replayed(tx, ctx, body.sign_on.user, &row).await;
    }
    grant(tx, ctx, client, user, body, family).await
}

/// Removes codes whose time is over, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep_codes(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(authorization_code::sweep(tx, now, limit).await?)
}

async fn replayed(tx: &mut Tx, ctx: &Ctx, user: UserId, row: &CodeRow) -> Result<Decision<Issuable>> {
    let Some(family) = row.family else { return Ok(Err(Refusal::grant(NOT_GOOD))) };
    documents::find_locked::<User>(tx, ctx.environment, user).await?;
    revoke_family(tx, ctx, family).await?;
    Ok(Err(Refusal::grant(NOT_GOOD).after_revoking()))
}

/// Whether the request fits the authorization request: redirect URI and PKCE.
fn is_bound(client: &Client, body: &Body, request: &CodeRedemption) -> Decision<()> {
    if body.redirect_uri.is_some() && body.redirect_uri != request.redirect_uri {
        return Err(Refusal::grant("The redirect_uri is not that of the authorization request"));
    }
    match (&body.challenge, &request.verifier) {
        (Some(challenge), Some(verifier)) => {
            let weak = client.application.pkce_enforcement == PkceEnforcement::S256Required
                && challenge.method != ChallengeMethod::S256;
            if weak || !pkce::verify(&challenge.value, challenge.method, verifier.expose()) {
                return Err(Refusal::grant("The code_verifier does not fit the code_challenge"));
            }
        }
        (Some(_), None) => return Err(Refusal::grant("The code_verifier is missing")),
        // Otherwise a request whose challenge was stripped on its way would pass unnoticed.
        (None, Some(_)) => {
            return Err(Refusal::grant("There was no code_challenge in the authorization request"));
        }
        (None, None) if client.application.pkce_enforcement != PkceEnforcement::Optional => {
            return Err(Refusal::grant("The application requires PKCE"));
        }
        (None, None) => {}
    }
    Ok(())
}

async fn grant(
    tx: &mut Tx,
    ctx: &Ctx,
    client: &Client,
    user: Option<Stored<User>>,
    body: Body,
    family: uuid::Uuid,
) -> Result<Decision<Issuable>> {
    let sign_on = body.sign_on;
    let Some(user) = user.filter(|user| user.can_authenticate(ctx.now)) else {
        return Ok(Err(Refusal::grant("The user may not sign on")));
    };
    if let Some(session) = sign_on.session
        && sessions::find(tx, ctx, session).await?.is_none()
    {
        return Ok(Err(Refusal::grant("The session has ended")));
    }
    let granted = match for_user(client, &sign_on.scopes) {
        Ok(granted) => granted,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // The first access token of a family is known by the family's own id.
    let jti = family.to_string();
    let refresh_token = family::begin(tx, ctx, client, family, &sign_on, &granted).await?;
    Ok(Ok(Issuable { granted, jti, person: Some((user, sign_on)), nonce: body.nonce, refresh_token }))
}
