//! The application under test.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use postern_core::crypto::keyring::KeyRing;
use postern_core::fido::Catalogue;
use postern_core::ids::{EnvironmentId, OrganizationId};
use postern_core::jose::signing::SigningAlgorithm;
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_engine::context::Urls;
use postern_engine::provision::{self, Platform, Provisioned};
use postern_engine::{Ctx, keys};
use postern_http::App;
use postern_http::web::app::Parts;
use postern_http::web::domains::Domains;
use postern_http::web::limits::Limits;
use postern_http::web::origin::Proxies;
use postern_sandbox::{Inbox, Robots};
use postern_store::Db;
use postern_store::fixture::TestDb;
use serde_json::json;

use crate::client::HOST_NAME;
use crate::{Client, basic};

/// 2026-01-05T10:00:00Z, when every test begins.
const BEGIN: i64 = 1_767_607_200;

/// A Postern with one organization, one sandbox environment and its worker.
pub struct TestApp {
    app: App,
    router: axum::Router,
    clock: Arc<AtomicI64>,
    db: TestDb,
    platform: Provisioned,
}

impl TestApp {
    /// Runs the story once per database.
    pub async fn each<F, R>(story: F)
    where
        F: Fn(Self) -> R,
        R: Future<Output = ()>,
    {
        for db in TestDb::all().await {
            story(Self::on(db).await).await;
        }
    }

    /// On SQLite only, for what does not touch the database's peculiarities.
    pub async fn start() -> Self {
        Self::on(TestDb::sqlite().await).await
    }

    /// Runs the story once per database, with a published list of authenticators.
    pub async fn each_knowing<F, R>(authenticators: Arc<Catalogue>, story: F)
    where
        F: Fn(Self) -> R,
        R: Future<Output = ()>,
    {
        for db in TestDb::all().await {
            story(Self::knowing(db, Arc::clone(&authenticators)).await).await;
        }
    }

    /// On this database.
    pub async fn on(db: TestDb) -> Self {
        Self::knowing(db, Arc::default()).await
    }

    async fn knowing(db: TestDb, authenticators: Arc<Catalogue>) -> Self {
        let clock = Arc::new(AtomicI64::new(Timestamp::from_seconds(BEGIN).micros()));
        let random = Random::seeded(20_260_105);
        let read_clock = Arc::clone(&clock);
        let parts = Parts {
            db: db.db(),
            keys: Arc::new(KeyRing::generate(&random)),
            random: random.clone(),
            // Each look is a microsecond later, so that records keep their order.
            clock: Arc::new(move || Timestamp::from_micros(read_clock.fetch_add(1, Ordering::Relaxed))),
            addresses: None,
            proxies: Proxies::default(),
            outbox: Arc::default(),
            observer: None,
            secure_cookies: false,
            domains: Domains::default(),
            limits: Limits::default(),
            gateway: Some(Arc::new(crate::gateway::FakeGateway)),
            key_source: None,
            authenticators,
        };
        let app = App::new(parts);
        let router = with_sandbox(&app, postern_http::router(&app));
        let platform = provisioned(&app).await;
        Self { app, router, clock, db, platform }
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.db()
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    pub fn advance(&self, span: Span) {
        self.clock.fetch_add(span.as_micros(), Ordering::Relaxed);
    }

    /// The environment's id.
    #[must_use]
    pub fn environment(&self) -> EnvironmentId {
        self.platform.environment
    }

    /// The organization's id.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.platform.organization
    }

    /// Client id and secret of the worker.
    #[must_use]
    pub fn worker(&self) -> (String, String) {
        (self.platform.application.to_string(), self.platform.secret.expose().clone())
    }

    /// A management path inside the environment.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/environments/{}{rest}", self.environment())
    }

    /// A path of the authorization service inside the environment.
    #[must_use]
    pub fn auth_path(&self, rest: &str) -> String {
        format!("/{}{rest}", self.environment())
    }

    /// The issuer, as requests of this test see it.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://{HOST_NAME}/{}/as", self.environment())
    }

    /// A caller without any proof.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone(), None)
    }

    /// A caller without any proof, of a server on the same data that is configured differently.
    #[must_use]
    pub fn configured(&self, change: impl FnOnce(&mut Parts)) -> Client {
        let mut parts = self.app.parts.clone();
        change(&mut parts);
        Client::new(postern_http::router(&App::new(parts)), None)
    }

    /// A caller with this access token.
    #[must_use]
    pub fn token(&self, token: &str) -> Client {
        Client::new(self.router.clone(), Some(format!("Bearer {token}")))
    }

    /// The worker with every role.
    pub async fn admin(&self) -> Client {
        let (id, secret) = self.worker();
        self.token(&self.client_token(&id, &secret).await)
    }

    /// A client-credentials token.
    pub async fn client_token(&self, id: &str, secret: &str) -> String {
        let request = self.anonymous().request(http::Method::POST, &self.auth_path("/as/token"));
        let answer = basic(request, id, secret).form(&[("grant_type", "client_credentials")]).send().await;
        answer.expect(200)["access_token"].as_str().unwrap().to_owned()
    }

    /// A context as the doors make it, acting as the system.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        system(&self.app, self.environment(), self.organization())
    }
}

/// The doors, and the sandbox beside them as a development server has it.
fn with_sandbox(app: &App, doors: axum::Router) -> axum::Router {
    let inbox = Inbox::new(app.db().clone(), Arc::clone(&app.parts.keys), app.parts.random.clone());
    let robots = Robots::new();
    robots.attach(doors.clone());
    let sandbox = postern_http::web::router::router(app, postern_sandbox::routes(&inbox, &robots));
    doors.merge(sandbox.reset_fallback())
}

fn system(app: &App, environment: EnvironmentId, organization: OrganizationId) -> Ctx {
    let urls = Urls::on(&format!("http://{HOST_NAME}"));
    Ctx { organization, ..Ctx::system(environment, app.now(), &app.parts.random, &app.parts.keys, urls) }
}

async fn provisioned(app: &App) -> Provisioned {
    let ctx = system(app, EnvironmentId::new(&app.parts.random), OrganizationId::NIL);
    let wanted = Platform {
        organization: "Acme".to_owned(),
        environment: json!({ "name": "mfa-lab", "type": "SANDBOX", "region": "NA" }),
        development: true,
        key: keys::prepare(&ctx, SigningAlgorithm::ES256).unwrap(),
    };
    app.write(&ctx, wanted, |tx, ctx, wanted| Box::pin(provision::platform(tx, ctx, wanted))).await.unwrap()
}
