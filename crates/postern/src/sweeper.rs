//! Runs the engine's sweepers now and then, on every node; at the start, seals anew what older master keys sealed.

use std::sync::Arc;
use std::time::Duration;

use postern_core::crypto::keyring::KeyRing;
use postern_core::ids::EnvironmentId;
use postern_core::random::Random;
use postern_engine::Ctx;
use postern_engine::context::Urls;
use postern_engine::resealing;
use postern_engine::sweep::{self, Limits};
use postern_store::sql::Db;

use crate::clock;
use crate::shutdown::Stop;

/// Between runs that find nothing left to do.
const PAUSE: Duration = Duration::from_secs(30);
/// After a run that stopped at its limit, so that requests come first.
const BREATH: Duration = Duration::from_millis(500);

/// Sweeps until it is time to stop.
pub(crate) async fn run(db: Db, keys: Arc<KeyRing>, mut stop: Stop) {
    let random = Random::system();
    let mut pause = PAUSE;
    tokio::select! {
        () = stop.pulled() => return,
        () = reseal(&db, &keys, &random) => {}
    }
    loop {
        tokio::select! {
            () = stop.pulled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let ctx = Ctx::system(EnvironmentId::NIL, clock::now(), &random, &keys, Urls::default());
        let swept = sweep::run_once(&db, &ctx, Limits::default()).await;
        if !swept.removed.is_empty() {
            tracing::debug!(removed = ?swept.removed, "swept");
        }
        pause = if swept.more { BREATH } else { PAUSE };
    }
}

/// The ring does not change while the process runs, so once is enough.
async fn reseal(db: &Db, keys: &Arc<KeyRing>, random: &Random) {
    if keys.key_ids().len() < 2 {
        return;
    }
    let ctx = Ctx::system(EnvironmentId::NIL, clock::now(), random, keys, Urls::default());
    match resealing::run(db, &ctx).await {
        Ok(done) if done.unreadable > 0 => {
            tracing::error!(
                renewed = done.renewed,
                unreadable = done.unreadable,
                "some secrets open with none of the master keys"
            );
        }
        Ok(done) => {
            tracing::info!(renewed = done.renewed, "what is kept is sealed with the first master key");
        }
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "sealing anew did not finish; the next start goes on with it"
        ),
    }
}
