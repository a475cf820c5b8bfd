//! The public signing keys of an environment.

use http::Method;
use http::header::CACHE_CONTROL;

use super::super::web::{Call, Failure, Reply, Route};

/// The key set.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/{envID}/as/jwks", "Read signing keys", jwks)
            .group("OAuth 2 and OpenID Connect"),
    ]
}

async fn jwks(call: Call) -> Result<Reply, Failure> {
    let keys = call.app.signing.jwks(call.app.db(), &call.ctx).await?;
    // Shorter than the overlap of a rotation, so that nobody meets a key it cannot know yet.
    Ok(Reply::json(200, &keys).header(CACHE_CONTROL, "public, max-age=120"))
}
