//! A world with one environment, a worker, and doors to call; time stands still unless moved.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use postern_core::crypto::keyring::KeyRing;
use postern_core::directory::application::Application;
use postern_core::directory::grant::Grant;
use postern_core::directory::reference::Reference;
use postern_core::directory::resource::Resource;
use postern_core::directory::scope::Scope;
use postern_core::directory::user::User;
use postern_core::entity::{Entity, Stored};
use postern_core::filter::fold;
use postern_core::ids::{
    ApplicationId, EnvironmentId, FlowId, GrantId, Id, OrganizationId, SessionId, UserId,
};
use postern_core::jose::jwk::JwkSet;
use postern_core::jose::signing::SigningAlgorithm;
use postern_core::oauth::key_source::{Fetched, KeySource};
use postern_core::oauth::request::Challenge;
use postern_core::random::Random;
use postern_core::schema::Declared;
use postern_core::time::{Span, Timestamp};
use postern_engine::clients::{Owner, create_secret};
use postern_engine::context::Urls;
use postern_engine::provision::{self, Platform};
use postern_engine::sessions::{self, Proof};
use postern_engine::tokens::{CodeGrant, SignOn, issue_code};
use postern_engine::{Caller, Ctx, Error, keys};
use postern_http::web::app::Parts;
use postern_http::web::domains::Domains;
use postern_http::web::limits::Limits;
use postern_http::web::origin::Proxies;
use postern_http::web::router::router;
use postern_http::{App, auth};
use postern_store::documents::{self, Condition, Document, Select};
use postern_store::fixture::TestDb;
use serde_json::{Value, json};
use tower::ServiceExt;

pub const BASE: &str = "https://auth.example.com";
pub const CALLBACK: &str = "https://app.example.com/cb";

/// What clients publish under https addresses.
#[derive(Default)]
pub struct Published(Mutex<HashMap<String, String>>);

impl Published {
    pub fn put(&self, url: &str, keys: &Value) {
        self.0.lock().unwrap().insert(url.to_owned(), keys.to_string());
    }
}

impl KeySource for Published {
    fn fetch<'a>(&'a self, url: &'a str, _now: Timestamp) -> Fetched<'a> {
        let found = self.0.lock().unwrap().get(url).and_then(|text| JwkSet::parse(text).ok());
        Box::pin(std::future::ready(found))
    }
}

pub struct World {
    pub app: App,
    pub published: Arc<Published>,
    pub ctx: Ctx,
    pub worker: (String, String),
    router: Router,
    clock: Arc<AtomicI64>,
    _db: TestDb,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("{member} in {}", self.text)).to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn refused(&self, error: &str) {
        let status = if error == "invalid_client" { 401 } else { 400 };
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(error)), "{}", self.text);
    }
}

impl World {
    /// One world on each database that this run tests.
    pub async fn all() -> Vec<Self> {
        let mut worlds = Vec::new();
        for db in TestDb::all().await {
            worlds.push(Self::on(db, SigningAlgorithm::ES256).await);
        }
        worlds
    }

    pub async fn on(db: TestDb, algorithm: SigningAlgorithm) -> Self {
        let clock = Arc::new(AtomicI64::new(Timestamp::from_seconds(1_767_607_200).micros()));
        let random = Random::system();
        let reader = Arc::clone(&clock);
        let published = Arc::<Published>::default();
        let parts = Parts {
            db: db.db(),
            keys: Arc::new(KeyRing::generate(&random)),
            random: random.clone(),
            clock: Arc::new(move || Timestamp::from_micros(reader.load(Ordering::SeqCst))),
            addresses: Some(Urls::on(BASE)),
            proxies: Proxies::default(),
            outbox: Arc::default(),
            observer: None,
            secure_cookies: true,
            domains: Domains::default(),
            limits: Limits::default(),
            gateway: None,
            key_source: Some(Arc::clone(&published) as Arc<dyn KeySource>),
            authenticators: Arc::default(),
        };
        let app = App::new(parts);
        let ctx = Ctx {
            environment: EnvironmentId::new(&random),
            organization: OrganizationId::new(&random),
            caller: Arc::new(Caller::System),
            now: app.now(),
            random,
            correlation: uuid::Uuid::nil(),
            keys: Arc::clone(&app.parts.keys),
            urls: Arc::new(app.parts.addresses.clone().unwrap()),
            origin: Arc::default(),
            posted: Arc::default(),
            access_changed: Arc::default(),
            authenticators: Arc::default(),
            region: None,
        };
        let platform = Platform {
            organization: "Test".to_owned(),
            environment: json!({"name": "Test", "type": "SANDBOX", "region": "NA"}),
            development: true,
            key: keys::prepare(&ctx, algorithm).unwrap(),
        };
        let made =
            app.write(&ctx, platform, |tx, ctx, platform| Box::pin(provision::platform(tx, ctx, platform)));
        let made = made.await.unwrap();
        let ctx = Ctx { organization: made.organization, ..ctx };
        let worker = (made.application.to_string(), made.secret.expose().clone());
        Self { router: router(&app, auth::routes()), app, published, ctx, worker, clock, _db: db }
    }

    pub fn advance(&mut self, span: Span) {
        self.clock.fetch_add(span.as_micros(), Ordering::SeqCst);
        self.ctx.now = self.app.now();
    }

    pub async fn insert<T: Document + Clone>(&self, body: T) -> T::Id
    where
        T::Id: Id,
    {
        let stored =
            Stored::new(self.ctx.environment, T::Id::from_uuid(self.ctx.random.uuid()), self.ctx.now, body);
        let id = stored.id;
        let done = self.app.write(&self.ctx, stored, |tx, _, stored| {
            Box::pin(async move { documents::insert(tx, stored).await.map_err(Error::from) })
        });
        done.await.unwrap();
        self.app.forget_access(self.ctx.environment);
        id
    }

    pub async fn change<T: Document + Clone>(&self, id: T::Id, change: impl Fn(&mut T)) {
        let mut stored = self.find::<T>(id).await;
        change(&mut stored.body);
        let done = self.app.write(&self.ctx, stored, |tx, ctx, stored| {
            Box::pin(
                async move { documents::update(tx, &mut stored.clone(), ctx.now).await.map_err(Error::from) },
            )
        });
        done.await.unwrap();
        self.app.forget_access(self.ctx.environment);
    }

    pub async fn find<T: Document>(&self, id: <T as Entity>::Id) -> Stored<T> {
        let mut tx = self.app.read().await.unwrap();
        documents::find::<T>(&mut tx, self.ctx.environment, id).await.unwrap().unwrap()
    }

    /// An application made from its create body, with a secret.
    pub async fn application(&self, mut body: Value) -> (ApplicationId, String) {
        let name = self.ctx.random.uuid().to_string();
        for (member, value) in [
            ("name", json!(name)),
            ("enabled", json!(true)),
            ("protocol", json!("OPENID_CONNECT")),
            ("type", json!("WEB_APP")),
            ("grantTypes", json!(["AUTHORIZATION_CODE", "REFRESH_TOKEN"])),
            ("responseTypes", json!(["CODE"])),
            ("tokenEndpointAuthMethod", json!("CLIENT_SECRET_BASIC")),
            ("redirectUris", json!([CALLBACK])),
        ] {
            let members = body.as_object_mut().unwrap();
            members.entry(member).or_insert(value);
        }
        let (application, _) = Application::read(&body, None, &[]).unwrap();
        let id = self.insert(application).await;
        let secret = self.app.write(&self.ctx, Owner::Application(id), |tx, ctx, owner| {
            Box::pin(create_secret(tx, ctx, *owner))
        });
        (id, secret.await.unwrap().expose().clone())
    }

    pub async fn user(&self, username: &str) -> UserId {
        let select = Select::first(Condition::Everything, 1);
        let mut tx = self.app.read().await.unwrap();
        let population = documents::list::<postern_core::directory::population::Population>(
            &mut tx,
            self.ctx.environment,
            &select,
        );
        let population = population.await.unwrap()[0].id;
        drop(tx);
        let body = json!({"username": username, "email": "alice@example.com", "name": {"given": "Alice", "family": "Ng"},
                          "address": {"locality": "Bern", "countryCode": "CH"}, "population": {"id": population}});
        let (user, _) = User::read(&body, None, &[]).unwrap();
        self.insert(user).await
    }

    pub async fn custom_resource(&self, name: &str, scopes: &[&str]) -> postern_core::ids::ResourceId {
        let body = json!({"name": name, "audience": format!("https://{name}.example.com"), "accessTokenValiditySeconds": 600});
        let (resource, _) = Resource::read(&body, None, &[]).unwrap();
        let resource = self.insert(resource).await;
        for scope in scopes {
            let owned = [("resource", Reference::wire(resource))];
            let (scope, _) = Scope::read(&json!({"name": scope}), None, &owned).unwrap();
            self.insert(scope).await;
        }
        resource
    }

    pub async fn resource_named(&self, name: &str) -> postern_core::ids::ResourceId {
        let mut tx = self.app.read().await.unwrap();
        let found =
            documents::find_by::<Resource>(&mut tx, self.ctx.environment, "name_key", fold(name).into());
        found.await.unwrap().unwrap().id
    }

    /// Grants scopes of a resource, by name.
    pub async fn grant(
        &self,
        application: ApplicationId,
        resource: postern_core::ids::ResourceId,
        names: &[&str],
    ) -> GrantId {
        let mut tx = self.app.read().await.unwrap();
        let select = Select::first(Condition::equals("resource_id", resource), 100);
        let scopes = documents::list::<Scope>(&mut tx, self.ctx.environment, &select).await.unwrap();
        drop(tx);
        let scopes = scopes
            .iter()
            .filter(|scope| names.contains(&scope.name.as_str()))
            .map(|scope| Reference::to(scope.id));
        let grant = Grant {
            resource: Reference::to(resource),
            application: Reference::to(application),
            scopes: scopes.collect(),
        };
        self.insert(grant).await
    }

    /// A session of the user and the token of its cookie.
    pub async fn session(&self, user: UserId) -> (SessionId, String) {
        let proof = Proof { password: true, mfa: true };
        let made = self
            .app
            .write(&self.ctx, user, move |tx, ctx, user| Box::pin(sessions::create(tx, ctx, *user, proof)));
        let (session, token) = made.await.unwrap();
        (session.id, token.expose().clone())
    }

    /// The code of a finished flow.
    pub async fn code(&self, grant: CodeGrant) -> String {
        let code = self.app.write(&self.ctx, grant, |tx, ctx, grant| Box::pin(issue_code(tx, ctx, grant)));
        code.await.unwrap()
    }

    /// What such a flow grants.
    pub async fn sign_on(&self, application: ApplicationId, user: UserId, scopes: &[&str]) -> CodeGrant {
        let (session, _) = self.session(user).await;
        CodeGrant {
            application,
            sign_on: SignOn {
                user,
                session: Some(session),
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                acr: "Multi_Factor".to_owned(),
                amr: vec!["pwd".to_owned(), "sms".to_owned(), "mfa".to_owned()],
                auth_time: self.ctx.now,
            },
            redirect_uri: Some(CALLBACK.to_owned()),
            nonce: Some("n-1".to_owned()),
            challenge: None::<Challenge>,
            flow: FlowId::new(&self.ctx.random),
        }
    }

    pub fn issuer(&self) -> String {
        self.ctx.urls.issuer(self.ctx.environment)
    }

    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/{}{path}", self.ctx.environment));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::GET, path, headers, String::new()).await
    }

    pub async fn form(&self, path: &str, authorization: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(authorization.map(|value| ("authorization", value)));
        self.call(Method::POST, path, &headers, body).await
    }

    /// A token request with Basic authentication.
    pub async fn token(&self, client: &(impl ToString, String), fields: &[(&str, &str)]) -> Answer {
        self.form("/as/token", Some(&basic(&client.0.to_string(), &client.1)), fields).await
    }

    pub async fn redeem(&self, client: &(impl ToString, String), code: &str) -> Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.token(client, &fields).await
    }

    pub async fn refresh(&self, client: &(impl ToString, String), token: &str) -> Answer {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub async fn caller(&self, token: &str) -> Result<Arc<Caller>, Error> {
        self.app.access.caller(self.app.db(), &Ctx { now: self.app.now(), ..self.ctx.clone() }, token).await
    }
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()))
}

/// The payload of a token, unverified.
pub fn payload(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}
