//! What the stories share: a user, a policy, a paired passkey.

use postern_store::tables::audit_event;
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;

/// Where the browser is; the relying party of a new environment is the host of the service.
pub(crate) const ORIGIN: &str = "https://sign-on.postern.test";

/// A user under an administrator's eyes.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) admin: Client,
    pub(crate) user: String,
}

impl Scene {
    pub(crate) async fn new(app: TestApp) -> Self {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        Self { app, admin, user }
    }

    pub(crate) fn devices(&self) -> String {
        self.app.path(&format!("/users/{}/devices", self.user))
    }

    pub(crate) fn device(&self, id: &str) -> String {
        format!("{}/{id}", self.devices())
    }

    /// A device that waits for its credential.
    pub(crate) async fn offer(&self, more: Value) -> (String, String) {
        let device =
            self.admin.post(&self.devices(), merged(json!({"type": "FIDO2"}), more)).await.expect(201);
        let options = device["publicKeyCredentialCreationOptions"].as_str().unwrap().to_owned();
        (id(&device), options)
    }

    pub(crate) async fn activate(&self, device: &str, attestation: &Value, origin: &str) -> Answer {
        let body = json!({"origin": origin, "attestation": attestation.to_string()});
        self.admin.act(&self.device(device), "device.activate", body).await
    }

    /// A paired passkey: the id of its device.
    pub(crate) async fn pair(&self, authenticator: &mut Authenticator, more: Value) -> String {
        let (device, options) = self.offer(more).await;
        let attestation = authenticator.create(&options, ORIGIN);
        self.activate(&device, &attestation, ORIGIN).await.expect(200);
        device
    }

    /// A device policy with a FIDO2 policy of its own, which is the default one with changes.
    pub(crate) async fn policy(&self, name: &str, changes: Value) -> String {
        let fido2 = self.fido2_policy(name, changes).await;
        let policies = self.app.path("/deviceAuthenticationPolicies");
        let all = self.admin.get(&policies).await.expect(200);
        let mut body = all["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        body["name"] = json!(name);
        body["default"] = json!(false);
        body["fido2"] = json!({"enabled": true, "fido2PolicyId": fido2});
        id(&self.admin.post(&policies, body).await.expect(201))
    }

    pub(crate) async fn fido2_policy(&self, name: &str, changes: Value) -> String {
        let path = self.app.path("/fido2Policies");
        let mut body = self.admin.get(&path).await.expect(200)["_embedded"]["fido2Policies"][0].clone();
        body["name"] = json!(name);
        body["default"] = json!(false);
        id(&self.admin.post(&path, merged(body, changes)).await.expect(201))
    }

    pub(crate) async fn start(&self, body: Value) -> Value {
        self.admin.post(&self.app.auth_path("/deviceAuthentications"), body).await.expect(201)
    }

    pub(crate) async fn check(&self, authentication: &Value, assertion: &Value, origin: &str) -> Answer {
        let path = self.app.auth_path(&format!("/deviceAuthentications/{}", id(authentication)));
        let body = json!({"origin": origin, "assertion": assertion.to_string(), "compatibility": "FULL"});
        self.admin.act(&path, "assertion.check", body).await
    }

    /// How many events of this name there are.
    pub(crate) async fn events(&self, name: &str) -> usize {
        let mut tx = self.app.db().read().await.unwrap();
        let found = audit_event::latest(&mut tx, self.app.environment(), 1000).await.unwrap();
        found.iter().filter(|event| event.action == name).count()
    }
}

pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

pub(crate) fn options(authentication: &Value) -> &str {
    authentication["publicKeyCredentialRequestOptions"].as_str().unwrap()
}

pub(crate) fn merged(mut body: Value, changes: Value) -> Value {
    if let Value::Object(changes) = changes {
        body.as_object_mut().unwrap().extend(changes);
    }
    body
}

/// Fails unless the answer is a refusal of what the authenticator said.
#[track_caller]
pub(crate) fn refused(answer: Answer, code: &str, target: &str) -> String {
    let detail = answer.refused(400, "INVALID_DATA", code);
    assert_eq!(detail["target"], target, "{detail}");
    detail["message"].as_str().unwrap().to_owned()
}
