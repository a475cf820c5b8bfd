//! What authentications with a device of its own share: pairing it, starting, proving.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::admin::Admin;
use crate::load::{Answer, Connection, Fault, Request};
use crate::scene::{Scene, Target};

/// Makes the policy under which devices are paired and asked.
///
/// # Errors
/// When the server refuses it.
pub(crate) async fn policy(admin: &mut Admin, environment: Uuid) -> anyhow::Result<Uuid> {
    let failure = json!({ "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } });
    let off = json!({ "enabled": false });
    let policy = json!({
        "name": "Factors", "sms": off, "email": off, "voice": off, "mobile": off,
        "totp": { "enabled": true, "otp": { "failure": failure } },
        "fido2": { "enabled": true, "failure": failure },
        "newDeviceNotification": "NONE", "default": false, "forSignOnPolicy": false,
    });
    admin.create(&format!("/environments/{environment}/deviceAuthenticationPolicies"), &policy).await
}

/// Sends the requests.
pub(super) struct Client {
    address: SocketAddr,
    environment: Uuid,
    policy: Uuid,
    authorization: String,
    request: Request,
}

#[derive(Deserialize)]
struct Paired {
    id: Uuid,
}

#[derive(Deserialize)]
struct Started<'s> {
    id: Uuid,
    #[serde(borrow)]
    status: &'s str,
}

impl Client {
    pub(super) fn new(scene: &Scene, policy: Uuid) -> Self {
        Self {
            address: scene.address,
            environment: scene.environment,
            policy,
            authorization: format!("Bearer {}", scene.token),
            request: Request::default(),
        }
    }

    /// Begins the pairing of a device. Gives its id and this member of the answer.
    pub(super) async fn pair(
        &mut self,
        connection: &mut Connection,
        user: Uuid,
        members: &str,
        wanted: &str,
    ) -> Result<(Uuid, String), Fault> {
        let path = format!("/v1/environments/{}/users/{user}/devices", self.environment);
        let body = format!(r#"{{"policy":{{"id":"{}"}},{members}}}"#, self.policy);
        let answer = self.post(connection, &path, "application/json", &body).await?;
        if answer.status != 201 {
            return Err(Fault::of(&answer));
        }
        let Paired { id } = serde_json::from_slice(answer.body).map_err(|_| Fault::of(&answer))?;
        Ok((id, member(&answer, wanted)?))
    }

    /// Proves a device.
    pub(super) async fn activate(
        &mut self,
        connection: &mut Connection,
        user: Uuid,
        device: Uuid,
        proof: &Value,
    ) -> Result<(), Fault> {
        let path = format!("/v1/environments/{}/users/{user}/devices/{device}", self.environment);
        let media = "application/vnd.pingidentity.device.activate+json";
        let answer = self.post(connection, &path, media, &proof.to_string()).await?;
        if answer.status == 200 { Ok(()) } else { Err(Fault::of(&answer)) }
    }

    /// Starts an authentication on a device, which must come to this status. Gives its id and this member of the answer.
    pub(super) async fn start(
        &mut self,
        connection: &mut Connection,
        user: Uuid,
        device: Uuid,
        (status, wanted): (&str, Option<&str>),
    ) -> Result<(Uuid, String), Fault> {
        let path = format!("/{}/deviceAuthentications", self.environment);
        let body = format!(
            r#"{{"user":{{"id":"{user}"}},"policy":{{"id":"{}"}},"selectedDevice":{{"id":"{device}"}}}}"#,
            self.policy
        );
        let answer = self.post(connection, &path, "application/json", &body).await?;
        match serde_json::from_slice::<Started<'_>>(answer.body) {
            Ok(started) if answer.status == 201 && started.status == status => {
                let member = wanted.map(|wanted| member(&answer, wanted)).transpose()?;
                Ok((started.id, member.unwrap_or_default()))
            }
            _ => Err(Fault::of(&answer)),
        }
    }

    /// Proves it, which completes it.
    pub(super) async fn prove(
        &mut self,
        connection: &mut Connection,
        authentication: Uuid,
        action: &str,
        proof: &str,
    ) -> Result<(), Fault> {
        let path = format!("/{}/deviceAuthentications/{authentication}", self.environment);
        let media = format!("application/vnd.pingidentity.{action}+json");
        let answer = self.post(connection, &path, &media, proof).await?;
        match serde_json::from_slice::<Started<'_>>(answer.body) {
            Ok(done) if answer.status == 200 && done.status == "COMPLETED" => Ok(()),
            _ => Err(Fault::of(&answer)),
        }
    }

    async fn post<'c>(
        &mut self,
        connection: &'c mut Connection,
        path: &str,
        media: &str,
        body: &str,
    ) -> Result<Answer<'c>, Fault> {
        let bytes = self
            .request
            .begin("POST", path, self.address)
            .header("authorization", &self.authorization)
            .body(media, body.as_bytes());
        Ok(connection.exchange(bytes).await?)
    }
}

/// A text at the top of an answer.
fn member(answer: &Answer<'_>, name: &str) -> Result<String, Fault> {
    let body: Value = serde_json::from_slice(answer.body).map_err(|_| Fault::of(answer))?;
    let text = body.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| Fault::Answer(format!("an answer without {name}")))
}

/// The users whose devices are made: the first so many of the scene.
pub(super) fn users(scene: &Scene, most: usize) -> impl Iterator<Item = Uuid> {
    scene.targets.iter().take(most).map(|Target { user, .. }| *user)
}
