//! A user with devices, and what they show.

use postern_core::oath::{CodeMaker, Digits, HashAlgorithm};
use postern_testkit::{Answer, Client, TestApp, TransactionSetup};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "Tr0ub4dor&3x!";

pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// A user with devices.
pub(crate) struct Story {
    pub(crate) app: TestApp,
    pub(crate) admin: Client,
    pub(crate) user: String,
}

impl Story {
    pub(crate) async fn begin(app: TestApp) -> Self {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        let story = Self { app, admin, user };
        story
            .change_policy(|policy| {
                for method in ["sms", "voice", "email", "totp"] {
                    policy[method]["enabled"] = json!(true);
                }
            })
            .await;
        story
    }

    pub(crate) async fn change_policy(&self, change: impl FnOnce(&mut Value)) {
        let policies = self.app.path("/deviceAuthenticationPolicies");
        let listed = self.admin.get(&policies).await.expect(200);
        let all = listed["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
        let mut policy = all.iter().find(|policy| policy["default"] == true).unwrap().clone();
        change(&mut policy);
        self.admin.put(&format!("{policies}/{}", id(&policy)), policy).await.expect(200);
    }

    pub(crate) fn devices(&self) -> String {
        self.app.path(&format!("/users/{}/devices", self.user))
    }

    pub(crate) async fn pair(&self, body: Value) -> String {
        id(&self.admin.post(&self.devices(), body).await.expect(201))
    }

    /// A TOTP device, and what shows its codes.
    pub(crate) async fn authenticator(&self) -> (String, CodeMaker) {
        let device = self.admin.post(&self.devices(), json!({"type": "TOTP"})).await.expect(201);
        let key = data_encoding::BASE32.decode(device["secret"].as_str().unwrap().as_bytes()).unwrap();
        let maker = CodeMaker::new(&key, HashAlgorithm::HmacSha1, Digits::Six);
        let path = format!("{}/{}", self.devices(), id(&device));
        let code = self.shown(&maker, -1);
        self.admin.act(&path, "device.activate", json!({ "otp": code })).await.expect(200);
        // The news of it goes to the other devices.
        self.app.take_mail().await;
        (id(&device), maker)
    }

    /// What an authenticator application shows so many windows from now.
    pub(crate) fn shown(&self, maker: &CodeMaker, ahead: i64) -> String {
        maker.code((self.app.now().seconds() / 30 + ahead).unsigned_abs()).expose().clone()
    }

    pub(crate) async fn start(&self, device: &str) -> Value {
        let body = json!({"user": {"id": self.user}, "selectedDevice": {"id": device}});
        self.admin.post(&self.app.auth_path("/deviceAuthentications"), body).await.expect(201)
    }

    pub(crate) async fn check(&self, authentication: &Value, otp: &str) -> Answer {
        let path = self.app.auth_path(&format!("/deviceAuthentications/{}", id(authentication)));
        self.admin.act(&path, "otp.check", json!({ "otp": otp })).await
    }
}

pub(crate) fn another(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}

/// Begins the transaction of the setup.
pub(crate) async fn begin(app: &TestApp, setup: &TransactionSetup) -> Value {
    let token = app.request_token(setup, &json!({}));
    app.anonymous().get(&app.authorize_path(setup, &token)).await.expect(200)
}
