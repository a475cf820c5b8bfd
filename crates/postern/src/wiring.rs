//! Puts the parts together: application, delivery worker, health, figures, sandbox.

use std::sync::Arc;

use axum::Router;
use postern_core::crypto::keyring::KeyRing;
use postern_core::fido::Catalogue;
use postern_core::random::Random;
use postern_delivery::client_keys::ClientKeys;
use postern_delivery::gateway::ProviderGateway;
use postern_delivery::http::{Outbound, OutboundPolicy};
use postern_delivery::provider::Provider;
use postern_delivery::settings::Addresses;
use postern_delivery::worker::{Worker, WorkerParts};
use postern_engine::context::Urls;
use postern_http::App;
use postern_http::web::app::Parts;
use postern_http::web::domains::Domains;
use postern_http::web::limits::Limits;
use postern_http::web::origin::Proxies;
use postern_sandbox::{Inbox, Robots};
use postern_store::sql::{Db, DbKind};
use postern_store::tables::outbox;
use tokio::sync::Notify;

use crate::metrics::Metrics;
use crate::server::Server;
use crate::shutdown::Stop;
use crate::unpairing::Unpairing;
use crate::{clock, health, sweeper};

/// What a server is made of.
pub(crate) struct Plan {
    /// The database, migrated.
    pub(crate) db: Db,
    /// Seals and opens secrets.
    pub(crate) keys: Arc<KeyRing>,
    /// Where ids and codes come from.
    pub(crate) random: Random,
    /// Public addresses; without them links carry the host that the client used.
    pub(crate) addresses: Option<Urls>,
    /// Trusted proxies.
    pub(crate) proxies: Proxies,
    /// Whether cookies demand https.
    pub(crate) secure_cookies: bool,
    /// Hosts that stand for one environment.
    pub(crate) domains: Domains,
    /// How many requests are answered.
    pub(crate) limits: Limits,
    /// Where providers may be.
    pub(crate) outbound: OutboundPolicy,
    /// Other addresses of providers than their own.
    pub(crate) providers: Addresses,
    /// Writes that may wait.
    pub(crate) queue: usize,
    /// The makes of authenticators that are published.
    pub(crate) authenticators: Arc<Catalogue>,
    /// Whether the sandbox is mounted, and figures with the rest.
    pub(crate) development: bool,
}

/// A server, ready to be given a socket.
pub(crate) struct System {
    /// Answers requests.
    pub(crate) router: Router,
    /// Figures, for a socket of their own.
    pub(crate) metrics: Router,
    inbox: Option<Inbox>,
    worker: tokio::task::JoinHandle<()>,
    sweeper: tokio::task::JoinHandle<()>,
    db: Db,
}

/// Puts the parts together and starts the worker.
pub(crate) fn assemble(plan: Plan, stop: Stop) -> anyhow::Result<System> {
    let (metrics, wake) = (Metrics::new(), Arc::new(Notify::new()));
    let outbound = Outbound::new(plan.outbound.clone())?;
    let parts = |random| Parts {
        db: plan.db.clone(),
        keys: Arc::clone(&plan.keys),
        random,
        clock: clock::system(),
        addresses: plan.addresses.clone(),
        proxies: plan.proxies.clone(),
        outbox: Arc::clone(&wake),
        observer: Some(metrics.observer()),
        secure_cookies: plan.secure_cookies,
        domains: plan.domains.clone(),
        limits: plan.limits.clone(),
        gateway: Some(Arc::new(ProviderGateway::new(outbound.clone(), plan.providers.clone()))),
        key_source: Some(Arc::new(ClientKeys::new(outbound.clone()))),
        authenticators: Arc::clone(&plan.authenticators),
    };
    let app = App::new(parts(plan.random.clone()));
    let figures = metrics.router(plan.db.clone());
    let doors = postern_http::router(&app);
    let mut router = doors.clone().merge(health::router(plan.db.clone(), plan.queue, stop.clone()));
    // Whoever watches the inbox must not change the ids and codes of a seeded server: it has its own randomness.
    let inbox =
        plan.development.then(|| Inbox::new(plan.db.clone(), Arc::clone(&plan.keys), Random::system()));
    if let Some(inbox) = &inbox {
        let watched = App::new(parts(Random::system()));
        let robots = Robots::new();
        robots.attach(doors);
        let sandbox = postern_http::web::router::router(&watched, postern_sandbox::routes(inbox, &robots));
        router = router.merge(sandbox.reset_fallback()).merge(figures.clone());
    }
    let unpairing = Unpairing::start(plan.db.clone(), Arc::clone(&plan.keys));
    let worker = Worker::new(WorkerParts {
        db: plan.db.clone(),
        keys: Arc::clone(&plan.keys),
        outbound: outbound.clone(),
        addresses: plan.providers.clone(),
        fallback: inbox.clone().map(|inbox| Arc::new(inbox) as Arc<dyn Provider>),
        clock: clock::system(),
        wake: Arc::clone(&wake),
        observer: Some(unpairing.observer(metrics.delivery_observer())),
        random: Random::system(),
    });
    let sweeper = tokio::spawn(sweeper::run(plan.db.clone(), Arc::clone(&plan.keys), stop.clone()));
    let mut stop = stop;
    let db = plan.db.clone();
    let worker = tokio::spawn(async move {
        release_leases(&db).await;
        worker.run(async move { stop.pulled().await }).await;
    });
    Ok(System { router, metrics: figures, inbox, worker, sweeper, db: plan.db })
}

/// An SQLite file belongs to one process, so at its start the leases in it are those of a dead one:
/// their messages need not wait for the end of the lease.
async fn release_leases(db: &Db) {
    if db.kind() != DbKind::Sqlite {
        return;
    }
    let released = db.write((), |tx, ()| Box::pin(outbox::release_leases(tx))).await;
    if let Err(error) = released {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "leases of an earlier run stay until they end"
        );
    }
}

impl System {
    /// Serves until it is time to stop; then requests and deliveries in progress finish, and the database closes.
    pub(crate) async fn serve(self, server: Server, stop: Stop) {
        let Self { router, inbox, worker, sweeper, db, .. } = self;
        let mut stopping = stop.clone();
        let waiters = async {
            stopping.pulled().await;
            // Those who wait for messages would hold up the end.
            if let Some(inbox) = inbox {
                inbox.close();
            }
        };
        tokio::join!(server.run(router, stop), waiters);
        if worker.await.is_err() {
            tracing::error!("the delivery worker ended by a fault");
        }
        if sweeper.await.is_err() {
            tracing::error!("the sweeper ended by a fault");
        }
        db.close().await;
    }
}
