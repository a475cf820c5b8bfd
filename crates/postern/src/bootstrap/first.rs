//! The first organization, environment and worker: found, or made.

use std::sync::Arc;

use anyhow::anyhow;
use postern_core::crypto::keyring::KeyRing;
use postern_core::ids::EnvironmentId;
use postern_core::jose::signing::SigningAlgorithm;
use postern_core::random::Random;
use postern_engine::context::Urls;
use postern_engine::provision::{self, Platform, Provisioned};
use postern_engine::{Ctx, Error, keys};
use postern_store::sql::Db;
use serde_json::Value;

use crate::clock;

/// What an operation of the binary itself needs.
pub(crate) struct System<'s> {
    /// The database, migrated.
    pub(crate) db: &'s Db,
    /// Seals and opens secrets.
    pub(crate) keys: &'s Arc<KeyRing>,
    /// Where ids come from.
    pub(crate) random: &'s Random,
    /// Public addresses.
    pub(crate) urls: Urls,
}

/// What is to be made.
pub(crate) struct Wanted {
    /// Name of the organization.
    pub(crate) organization: String,
    /// Body of the environment.
    pub(crate) environment: Value,
    /// Whether its default policy suits development.
    pub(crate) development: bool,
}

impl System<'_> {
    /// What was made before.
    pub(crate) async fn find(&self) -> anyhow::Result<Option<Provisioned>> {
        let ctx = self.context(EnvironmentId::NIL);
        let mut tx = self.db.snapshot().await?;
        provision::find_platform(&mut tx, &ctx).await.map_err(|error| told(&error))
    }

    /// Makes it, in one transaction.
    pub(crate) async fn make(&self, wanted: Wanted) -> anyhow::Result<Provisioned> {
        let ctx = self.context(EnvironmentId::new(self.random));
        let key = keys::prepare(&ctx, SigningAlgorithm::RS256)?;
        let Wanted { organization, environment, development } = wanted;
        let platform = Platform { organization, environment, development, key };
        let work = self
            .db
            .write((ctx, platform), |tx, (ctx, platform)| Box::pin(provision::platform(tx, ctx, platform)));
        work.await.map_err(|error| told(&error))
    }

    fn context(&self, environment: EnvironmentId) -> Ctx {
        Ctx::system(environment, clock::now(), self.random, self.keys, self.urls.clone())
    }
}

/// An error of the engine, for somebody at the command line: with its problems and causes.
fn told(error: &Error) -> anyhow::Error {
    let mut text = error.to_string();
    match error {
        Error::Invalid(problems) | Error::Malformed(problems) => {
            for problem in problems {
                text.push_str(&format!(
                    "; {}: {}",
                    problem.target.as_deref().unwrap_or("body"),
                    problem.message
                ));
            }
        }
        Error::Refused(problem) | Error::Conflict(problem) => {
            text.push_str(&format!("; {}", problem.message));
        }
        Error::Internal(cause) => text.push_str(&format!(": {cause}")),
        _ => {}
    }
    anyhow!(text)
}
