//! The way into a development server: made on the first start, read back from the database later.

use std::sync::Arc;

use anyhow::Context as _;
use postern_core::crypto::keyring::KeyRing;
use postern_core::random::Random;
use postern_engine::context::Urls;
use postern_engine::provision::Provisioned;
use postern_store::sql::Db;
use serde_json::json;

use crate::bootstrap::first;

/// What was made before, or is made now.
pub(crate) async fn find_or_make(
    db: &Db,
    keys: &Arc<KeyRing>,
    random: &Random,
    urls: Urls,
) -> anyhow::Result<Provisioned> {
    let wanted = first::Wanted {
        organization: "Development".to_owned(),
        environment: json!({ "name": "Sandbox", "type": "SANDBOX", "region": "NA", "description": "Made by postern dev." }),
        development: true,
    };
    let system = first::System { db, keys, random, urls };
    match system.find().await.context("cannot read what an earlier start made")? {
        Some(made) => Ok(made),
        None => system.make(wanted).await.context("cannot make the first environment"),
    }
}
