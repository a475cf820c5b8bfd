//! Fetches the key sets that OAuth clients publish, under the limits of every call to the outside.

use postern_core::jose::jwk::JwkSet;
use postern_core::oauth::key_source::{Fetched, KeySource};
use postern_core::time::Timestamp;
use url::Url;

use crate::http::{Call, Outbound};

/// Fetches over the network.
#[derive(Debug, Clone)]
pub struct ClientKeys {
    outbound: Outbound,
}

impl ClientKeys {
    /// One that calls out through `outbound`.
    #[must_use]
    pub const fn new(outbound: Outbound) -> Self {
        Self { outbound }
    }

    async fn ask(&self, url: &str, now: Timestamp) -> Result<JwkSet, String> {
        let url = Url::parse(url).map_err(|error| error.to_string())?;
        let answer = self.outbound.send(Call::get(url), now).await.map_err(|error| error.to_string())?;
        if !answer.is_success() {
            return Err(format!("status {}", answer.status));
        }
        JwkSet::parse(&String::from_utf8_lossy(&answer.body)).map_err(|error| error.to_string())
    }
}

impl KeySource for ClientKeys {
    fn fetch<'a>(&'a self, url: &'a str, now: Timestamp) -> Fetched<'a> {
        Box::pin(async move {
            self.ask(url, now)
                .await
                .inspect_err(|error| tracing::warn!(error, url, "the keys of a client could not be fetched"))
                .ok()
        })
    }
}
