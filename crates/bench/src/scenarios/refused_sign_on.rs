//! Signs on with a name and a password that do not fit: the name is somebody's or nobody's, which must not be told apart.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Made;
use crate::admin::Admin;
use crate::load::{self, Caller, Connection, Fault, Request};
use crate::scene::Scene;

/// Users with a password. Each is offered fewer wrong ones than lock an account.
const USERS: usize = 1_000;

/// An application whose users sign on with a password, and its users.
pub(crate) struct SignOns {
    address: SocketAddr,
    environment: Uuid,
    client: Uuid,
}

impl SignOns {
    /// Makes them.
    ///
    /// # Errors
    /// When the server refuses anything.
    pub(crate) async fn prepare(
        admin: &mut Admin,
        scene: &Scene,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let base = format!("/environments/{}", scene.environment);
        let application = json!({
            "enabled": true, "name": "Sign-on", "type": "WEB_APP", "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["https://www.example.com"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        });
        let client = admin.create(&format!("{base}/applications"), &application).await?;
        let policy = admin.create(&format!("{base}/signOnPolicies"), &json!({ "name": "Password" })).await?;
        let login = json!({ "priority": 1, "type": "LOGIN" });
        admin.create(&format!("{base}/signOnPolicies/{policy}/actions"), &login).await?;
        let assignment = json!({ "priority": 1, "signOnPolicy": { "id": policy } });
        admin.create(&format!("{base}/applications/{client}/signOnPolicyAssignments"), &assignment).await?;
        let population =
            admin.create(&format!("{base}/populations"), &json!({ "name": "With passwords" })).await?;
        let made = Made::new(USERS);
        let callers = (0..connections).map(|_| Import::new(scene, population, &made)).collect();
        load::once_each(scene.address, callers).await?;
        Ok(Self { address: scene.address, environment: scene.environment, client })
    }

    /// One caller at a time, so that nothing but the answer itself takes time.
    pub(crate) fn with_name(&self, prefix: &'static str) -> Vec<RefusedSignOn> {
        let (address, environment, client) = (self.address, self.environment, self.client);
        vec![RefusedSignOn {
            address,
            environment,
            client,
            prefix,
            next: 0,
            flow: None,
            request: Request::default(),
        }]
    }
}

/// The beginning of the names that are somebody's.
pub(crate) const KNOWN: &str = "known";
/// The beginning of as many names that are nobody's.
pub(crate) const UNKNOWN: &str = "never";

/// Imports a user with a password.
struct Import {
    path: String,
    authorization: String,
    population: Uuid,
    address: SocketAddr,
    made: Made,
    request: Request,
}

impl Import {
    fn new(scene: &Scene, population: Uuid, made: &Made) -> Self {
        Self {
            path: format!("/v1/environments/{}/users", scene.environment),
            authorization: format!("Bearer {}", scene.token),
            population,
            address: scene.address,
            made: made.clone(),
            request: Request::default(),
        }
    }
}

impl Caller for Import {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let place = self.made.next()?;
        let body = json!({
            "email": format!("{KNOWN}{place}@example.com"), "username": format!("{KNOWN}{place}"),
            "population": { "id": self.population }, "password": { "value": "2Federate!2Federate!" },
        });
        let request = self
            .request
            .begin("POST", &self.path, self.address)
            .header("authorization", &self.authorization)
            .body("application/vnd.pingidentity.user.import+json", body.to_string().as_bytes());
        let answer = connection.exchange(request).await?;
        if answer.status != 201 {
            return Err(Fault::of(&answer));
        }
        self.made.keep(place, answer.body)
    }
}

/// Offers a wrong password for one name after the other, all in one flow.
pub(crate) struct RefusedSignOn {
    address: SocketAddr,
    environment: Uuid,
    client: Uuid,
    prefix: &'static str,
    next: usize,
    flow: Option<(Uuid, String)>,
    request: Request,
}

#[derive(Deserialize)]
struct Flow {
    id: Uuid,
}

impl RefusedSignOn {
    async fn start(&mut self, connection: &mut Connection) -> Result<(Uuid, String), Fault> {
        let path = format!(
            "/{}/as/authorize?client_id={}&response_type=code&response_mode=pi.flow&scope=openid&redirect_uri=https://www.example.com",
            self.environment, self.client
        );
        let answer = connection.exchange(self.request.begin("GET", path, self.address).end()).await?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.unwrap_or_default().to_owned();
        match serde_json::from_slice::<Flow>(answer.body) {
            Ok(flow) if answer.status == 200 => Ok((flow.id, cookie)),
            _ => Err(Fault::of(&answer)),
        }
    }
}

impl Caller for RefusedSignOn {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let (flow, cookie) = match self.flow.clone() {
            Some(flow) => flow,
            None => self.start(connection).await?,
        };
        self.flow = Some((flow, cookie.clone()));
        let body: Value =
            json!({ "username": format!("{}{}", self.prefix, self.next % USERS), "password": "wrong" });
        self.next += 1;
        let request =
            self.request.begin("POST", format_args!("/{}/flows/{flow}", self.environment), self.address);
        if !cookie.is_empty() {
            request.header("cookie", cookie);
        }
        let media = "application/vnd.pingidentity.usernamePassword.check+json";
        let answer = connection.exchange(request.body(media, body.to_string().as_bytes())).await?;
        if answer.status == 400 { Ok(()) } else { Err(Fault::of(&answer)) }
    }
}
