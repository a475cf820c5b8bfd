//! Client authentication: does the request come from the client it names?
//!
//! An unknown client, a disabled one, the wrong method and the wrong secret are
//! one and the same refusal, after comparable work.

use std::sync::Arc;

use postern_core::crypto::constant_time_eq;
use postern_core::directory::application::TokenAuthMethod;
use postern_core::directory::resource::{IntrospectAuthMethod, Resource};
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, ResourceId};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Db;

use super::secrets::find_secret;
use super::{Client, Clients, Owner, assertion};
use crate::tokens::{Decision, Refusal};
use crate::{Ctx, Result};

/// How the credentials came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// In the header, percent-decoded (RFC 6749, 2.3.1).
    Basic,
    /// In the form.
    Post,
}

/// What a request shows of its client.
#[derive(Debug, Clone)]
pub enum Presented {
    /// An id and a secret.
    Secret {
        /// Where they stood.
        method: Method,
        /// `client_id`.
        id: String,
        /// The secret.
        secret: Secret,
    },
    /// Only an id.
    Id(String),
    /// A signed assertion, and the id when it was sent too.
    Assertion {
        /// `client_id`.
        id: Option<String>,
        /// `client_assertion`.
        token: Secret,
    },
}

/// A client that proved who it is, or a public one that cannot.
pub struct Authenticated {
    /// The client.
    pub client: Arc<Client>,
    /// Whether the previous secret was used and that is to be noted; see [`super::note_previous_used`].
    pub note_previous: bool,
}

/// A custom resource that proved who it is.
pub struct ResourceServer {
    /// The resource.
    pub resource: Stored<Resource>,
}

impl Clients {
    /// Authenticates the client. `audiences` are what an assertion may be made for: the called endpoint,
    /// the token endpoint and the issuer.
    ///
    /// # Errors
    /// Those of the database. A failed authentication is a [`Refusal`].
    pub async fn authenticate(
        &self,
        db: &Db,
        ctx: &Ctx,
        presented: &Presented,
        audiences: &[String],
    ) -> Result<Decision<Authenticated>> {
        let id = match presented {
            Presented::Secret { id, .. } | Presented::Id(id) => Some(id.clone()),
            Presented::Assertion { id, token } => assertion::client_id(id.as_deref(), token.expose()),
        };
        let id = id.and_then(|id| id.parse::<ApplicationId>().ok());
        let client = match id {
            Some(id) => self.find(db, ctx, id).await?,
            None => None,
        };
        let Some(client) = client.filter(|client| client.application.enabled) else {
            if let Presented::Secret { secret, .. } = presented {
                let _ = matches(secret, [None, None]);
            }
            return Ok(Err(Refusal::client()));
        };
        let wanted = client.application.token_endpoint_auth_method;
        Ok(match presented {
            Presented::Secret { method, secret, .. } => by_secret(ctx, &client, *method, secret),
            Presented::Id(_) if wanted == TokenAuthMethod::None => Ok(false),
            Presented::Id(_) => Err(Refusal::client()),
            Presented::Assertion { token, .. } => {
                assertion::check(&client, token.expose(), audiences, ctx.now).map(|()| false)
            }
        }
        .map(|note_previous| Authenticated { client, note_previous }))
    }

    /// Authenticates a custom resource, for introspection: its id and secret are the credentials.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn authenticate_resource(
        &self,
        db: &Db,
        ctx: &Ctx,
        presented: &Presented,
    ) -> Result<Decision<ResourceServer>> {
        let Presented::Secret { method, id, secret } = presented else { return Ok(Err(Refusal::client())) };
        let Ok(id) = id.parse::<ResourceId>() else { return Ok(Err(Refusal::client())) };
        let mut tx = db.read().await?;
        let resource = documents::find::<Resource>(&mut tx, ctx.environment, id).await?;
        // The id of an application is no resource's; its secret would not open as one.
        let secrets = match &resource {
            Some(_) => find_secret(&mut tx, &ctx.keys, ctx.environment, Owner::Resource(id), ctx.now).await?,
            None => None,
        };
        let current = secrets.as_ref().map(|secrets| &secrets.current);
        let previous =
            secrets.as_ref().and_then(|secrets| secrets.previous.as_ref()).map(|previous| &previous.secret);
        let [current, previous] = matches(secret, [current, previous]);
        let allowed = |resource: &Stored<Resource>| match resource.introspect_endpoint_auth_method {
            Some(IntrospectAuthMethod::None) => false,
            Some(IntrospectAuthMethod::ClientSecretPost) => *method == Method::Post,
            Some(IntrospectAuthMethod::ClientSecretBasic) | None => *method == Method::Basic,
        };
        Ok(match resource.filter(allowed) {
            Some(resource) if current || previous => Ok(ResourceServer { resource }),
            _ => Err(Refusal::client()),
        })
    }
}

/// Whether the secret is right; true inside when it is the previous one and that is to be noted.
fn by_secret(ctx: &Ctx, client: &Client, method: Method, secret: &Secret) -> Decision<bool> {
    let secrets = client.secrets.as_ref();
    let previous = secrets.and_then(|secrets| secrets.previous.as_ref());
    let previous = previous.filter(|previous| ctx.now < previous.expires_at).map(|previous| &previous.secret);
    let [current, previous] = matches(secret, [secrets.map(|secrets| &secrets.current), previous]);
    let wanted = match method {
        Method::Basic => TokenAuthMethod::ClientSecretBasic,
        Method::Post => TokenAuthMethod::ClientSecretPost,
    };
    if wanted != client.application.token_endpoint_auth_method || !(current || previous) {
        return Err(Refusal::client());
    }
    Ok(!current && client.takes_note(ctx.now))
}

/// Compares with both secrets, always; a missing one matches nothing.
fn matches(presented: &Secret, known: [Option<&Secret>; 2]) -> [bool; 2] {
    /// As long as a secret, and of characters that no secret has.
    const NOBODYS: &str = "****************************************************************";
    known.map(|secret| {
        let text = secret.map_or(NOBODYS, |secret| secret.expose().as_str());
        constant_time_eq(presented.expose().as_bytes(), text.as_bytes()) & secret.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_printed() {
        let (id, method) = ("app".to_owned(), Method::Post);
        let secret = Presented::Secret { method, id: id.clone(), secret: "s3cret".into() };
        let assertion = Presented::Assertion { id: Some(id), token: "ey.s3cret".into() };
        for presented in [secret, assertion] {
            let printed = format!("{presented:?}");
            assert!(printed.contains("app") && !printed.contains("s3cret"), "{printed}");
        }
    }
}
