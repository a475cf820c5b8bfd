//! Approves transactions: steps 16 and 17 of the workflow, with the text message between them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postern_core::jose::Algorithm;
use postern_core::jose::hmac;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Made;
use crate::clock;
use crate::load::{Caller, Connection, Fault, Request};
use crate::scene::{Scene, Target, number};
use crate::sink::Sink;

/// A message that takes longer counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// Approves one transaction after the other, each for another user.
pub(crate) struct ApproveTransaction {
    start: Start,
    sink: Sink,
    place: usize,
    step: usize,
}

impl ApproveTransaction {
    /// So many callers, who divide the users among themselves.
    pub(crate) fn callers(scene: &Scene, sink: &Sink, count: usize) -> Vec<Self> {
        (0..count)
            .map(|place| Self { start: Start::new(scene), sink: sink.clone(), place, step: count })
            .collect()
    }
}

impl Caller for ApproveTransaction {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let place = self.place;
        self.place = (place + self.step) % self.start.targets.len().max(1);
        let code = self.sink.expect(number(place as u64));
        let (flow, cookie) = self.start.one(connection, place).await?;
        let code = tokio::time::timeout(PATIENCE, code).await.ok().and_then(Result::ok);
        let code = code.ok_or_else(|| Fault::Answer("the text message did not come".to_owned()))?;
        self.start.check(connection, flow, &cookie, &code).await
    }
}

/// Starts transactions and leaves them open.
pub(crate) struct StartTransactions {
    start: Start,
    places: Made,
}

impl StartTransactions {
    /// As many as there are places.
    pub(crate) fn callers(scene: &Scene, places: &Made, count: usize) -> Vec<Self> {
        (0..count).map(|_| Self { start: Start::new(scene), places: places.clone() }).collect()
    }
}

impl Caller for StartTransactions {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let place = self.places.next()? % self.start.targets.len().max(1);
        self.start.one(connection, place).await.map(drop)
    }
}

/// The two exchanges.
struct Start {
    address: SocketAddr,
    environment: Uuid,
    client: String,
    secret: String,
    issuer: String,
    targets: Arc<[Target]>,
    request: Request,
}

#[derive(Serialize)]
struct Claims<'c> {
    iss: &'c str,
    sub: Uuid,
    aud: &'c str,
    iat: i64,
    exp: i64,
    #[serde(rename = "pi.template")]
    template: Template,
}

#[derive(Serialize)]
struct Template {
    name: &'static str,
    variables: Variables,
}

#[derive(Serialize)]
struct Variables {
    sum: &'static str,
    currency: &'static str,
    recipient: &'static str,
}

#[derive(Deserialize)]
struct Flow<'f> {
    id: Uuid,
    #[serde(borrow)]
    status: &'f str,
}

impl Start {
    fn new(scene: &Scene) -> Self {
        Self {
            address: scene.address,
            environment: scene.environment,
            client: scene.application.client.clone(),
            secret: scene.application.secret.clone(),
            issuer: format!("http://{}/{}/as", scene.address, scene.environment),
            targets: Arc::clone(&scene.targets),
            request: Request::default(),
        }
    }

    /// Step 16: the same token asks for the transaction and names the user. Gives the flow and the session cookie, if any.
    async fn one(&mut self, connection: &mut Connection, place: usize) -> Result<(Uuid, String), Fault> {
        let user = self.targets.get(place).ok_or(Fault::Exhausted)?.user;
        let now = clock::wall().seconds();
        let variables = Variables { sum: "1,000,000", currency: "USD", recipient: "Charlie Parker" };
        let claims = Claims {
            iss: &self.client,
            sub: user,
            aud: &self.issuer,
            iat: now,
            exp: now + 3600,
            template: Template { name: "transaction", variables },
        };
        let token = hmac::sign(Algorithm::HS256, self.secret.as_bytes(), &claims)
            .map_err(|error| Fault::Answer(error.to_string()))?;
        let path = format!(
            "/{}/as/authorize?client_id={}&response_type=code&response_mode=pi.flow&request={token}&scope=profile%20openid&login_hint_token={token}",
            self.environment, self.client
        );
        let answer = connection.exchange(self.request.begin("GET", path, self.address).end()).await?;
        let cookie = answer
            .header("set-cookie")
            .and_then(|cookie| cookie.split(';').next())
            .unwrap_or_default()
            .to_owned();
        match serde_json::from_slice::<Flow<'_>>(answer.body) {
            Ok(flow) if answer.status == 200 && flow.status == "OTP_REQUIRED" => Ok((flow.id, cookie)),
            _ => Err(Fault::of(&answer)),
        }
    }

    /// Step 17.
    async fn check(
        &mut self,
        connection: &mut Connection,
        flow: Uuid,
        cookie: &str,
        code: &str,
    ) -> Result<(), Fault> {
        let body = format!("{{\"otp\":\"{code}\"}}");
        let request =
            self.request.begin("POST", format_args!("/{}/flows/{flow}", self.environment), self.address);
        if !cookie.is_empty() {
            request.header("cookie", cookie);
        }
        let bytes = request.body("application/vnd.pingidentity.otp.check+json", body.as_bytes());
        let answer = connection.exchange(bytes).await?;
        match serde_json::from_slice::<Flow<'_>>(answer.body) {
            Ok(flow) if answer.status == 200 && flow.status == "COMPLETED" => Ok(()),
            _ => Err(Fault::of(&answer)),
        }
    }
}
