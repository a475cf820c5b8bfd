//! Which browser a flow belongs to, and whether that browser may keep the session.
//!
//! A flow that answers through the browser belongs to the browser that began it,
//! which holds a cookie of the flow. Otherwise somebody could have another
//! person's browser finish a sign-on of theirs, and leave it with their session
//! (login CSRF), or have that person finish a flow they began themselves.
//!
//! A flow that answers with itself (`pi.flow`) is mostly a server's, without
//! cookies. Where a page of another origin speaks, it may neither use nor get the
//! session unless the application names its origin.

use data_encoding::BASE64URL_NOPAD;
use postern_core::directory::application::Application;
use postern_core::entity::Stored;
use postern_core::flow::Flow;
use postern_core::ids::{FlowId, Id, UserId};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::sessions::{self, Session};
use crate::{Ctx, Result};

const PURPOSE: &str = "flow-of-browser";

/// What the browser brought along.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The value of the cookie `ST`.
    pub session: Option<Secret>,
    /// `Accept-Language`.
    pub languages: Option<String>,
    /// Whether it began the flow that the request is about: it [`proves`] so, or the request itself begins it.
    pub began: bool,
    /// Where the page that calls comes from, when it is not one of ours. Servers have none.
    pub origin: Option<String>,
}

/// What the browser that begins the flow is given, to show that it did.
#[must_use]
pub fn proof(ctx: &Ctx, flow: FlowId) -> Secret {
    let (environment, flow) = (ctx.environment.uuid(), flow.uuid());
    Secret::new(BASE64URL_NOPAD.encode(&ctx.keys.mac(PURPOSE, &[environment.as_bytes(), flow.as_bytes()])))
}

/// Whether this is the proof that the flow's browser was given. The time does not depend on how much of it is right.
#[must_use]
pub fn proves(ctx: &Ctx, flow: FlowId, shown: &str) -> bool {
    let (environment, flow) = (ctx.environment.uuid(), flow.uuid());
    let parts: [&[u8]; 2] = [environment.as_bytes(), flow.as_bytes()];
    BASE64URL_NOPAD.decode(shown.as_bytes()).is_ok_and(|shown| ctx.keys.mac_matches(PURPOSE, &parts, &shown))
}

impl Browser {
    /// Whether the browser may move the flow: it began it, or it has a session of the flow's user.
    pub(super) async fn may_act(&self, tx: &mut Tx, ctx: &Ctx, flow: &Flow) -> Result<bool> {
        if flow.request.is_flow() || self.began {
            return Ok(true);
        }
        let Some(user) = flow.user() else { return Ok(false) };
        Ok(self.session_of(tx, ctx, user.id).await?.is_some())
    }

    /// Whether the browser may use and get the session in this flow.
    pub(super) async fn may_keep(&self, tx: &mut Tx, ctx: &Ctx, flow: &Stored<Flow>) -> Result<bool> {
        if !flow.request.is_flow() {
            return self.may_act(tx, ctx, flow).await;
        }
        if self.origin.is_none() {
            return Ok(true);
        }
        let application = documents::find::<Application>(tx, ctx.environment, flow.client.id).await?;
        Ok(application.is_some_and(|application| self.is_named_by(&application)))
    }

    /// Whether the calling page is no stranger to the application; servers and our own pages never are.
    pub(crate) fn is_named_by(&self, application: &Application) -> bool {
        self.origin.as_ref().is_none_or(|origin| application.names_origin(origin))
    }

    /// The browser's session, when it is one of this user.
    pub(super) async fn session_of(&self, tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Option<Session>> {
        let Some(token) = &self.session else { return Ok(None) };
        let session = sessions::find_by_token(tx, ctx, token.expose()).await?;
        Ok(session.filter(|session| session.user == user))
    }
}
