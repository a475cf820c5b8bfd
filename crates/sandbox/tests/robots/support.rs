//! What the stories share.

use http::Method;
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

/// A user, and robots to prove who the user is.
pub(crate) struct Story {
    pub(crate) app: TestApp,
    pub(crate) admin: Client,
    pub(crate) user: String,
}

impl Story {
    pub(crate) async fn begin(app: TestApp) -> Self {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        Self { app, admin, user }
    }

    pub(crate) fn robots(&self) -> String {
        format!("/sandbox/environments/{}/robots", self.app.environment())
    }

    /// Makes a robot, without any token.
    pub(crate) async fn robot(&self, body: Value) -> Value {
        self.app.anonymous().post(&self.robots(), body).await.expect(201)
    }

    pub(crate) fn robot_path(&self, robot: &Value) -> String {
        format!("{}/{}", self.robots(), id(robot))
    }

    /// Tells a robot to act.
    pub(crate) async fn tell(&self, robot: &Value, act: &str, body: Value) -> Answer {
        self.app.anonymous().post(&format!("{}/{act}", self.robot_path(robot)), body).await
    }

    /// The code that a robot shows.
    pub(crate) async fn code(&self, robot: &Value, body: Value) -> String {
        self.tell(robot, "code", body).await.expect(200)["otp"].as_str().unwrap().to_owned()
    }

    pub(crate) fn device_path(&self, device: &Value) -> String {
        self.app.path(&format!("/users/{}/devices/{}", self.user, id(device)))
    }

    /// Begins the pairing of a device.
    pub(crate) async fn offer(&self, body: Value) -> Value {
        self.admin.post(&self.app.path(&format!("/users/{}/devices", self.user)), body).await.expect(201)
    }

    /// Proves a device.
    pub(crate) async fn activate(&self, device: &Value, proof: Value) -> Answer {
        self.admin.act(&self.device_path(device), "device.activate", proof).await
    }

    /// Starts a device authentication of the user.
    pub(crate) async fn start(&self, changes: Value) -> Value {
        let mut body = json!({"user": {"id": self.user}});
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.admin.post(&self.app.auth_path("/deviceAuthentications"), body).await.expect(201)
    }

    fn authentication_path(&self, authentication: &Value) -> String {
        self.app.auth_path(&format!("/deviceAuthentications/{}", id(authentication)))
    }

    pub(crate) async fn act(&self, authentication: &Value, action: &str, body: Value) -> Answer {
        self.admin.act(&self.authentication_path(authentication), action, body).await
    }

    pub(crate) async fn status(&self, authentication: &Value) -> String {
        let path = self.authentication_path(authentication);
        self.admin.get(&path).await.expect(200)["status"].as_str().unwrap().to_owned()
    }

    /// Calls a path without a body.
    pub(crate) async fn call(&self, method: Method, path: &str) -> Answer {
        self.app.anonymous().request(method, path).send().await
    }
}

pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}
