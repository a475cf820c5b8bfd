//! What the stories share.

use std::rc::Rc;

use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

/// A user whose devices are asked, under a policy that has them all.
pub(crate) struct Story {
    pub(crate) app: Rc<TestApp>,
    pub(crate) admin: Client,
    pub(crate) user: String,
    /// The environment's default policy.
    pub(crate) policy: String,
}

impl Story {
    pub(crate) async fn begin(app: TestApp) -> Self {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        let listed = admin.get(&app.path("/deviceAuthenticationPolicies")).await.expect(200);
        let all = listed["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
        let default = all.iter().find(|policy| policy["default"] == true).unwrap();
        let policy = default["id"].as_str().unwrap().to_owned();
        let story = Self { app: Rc::new(app), admin, user, policy };
        story
            .change_policy(|policy| {
                for method in ["sms", "voice", "email"] {
                    policy[method]["enabled"] = json!(true);
                }
            })
            .await;
        story
    }

    /// The same with a token of this moment, after much time went by.
    pub(crate) async fn renewed(&self) -> Self {
        let (user, policy) = (self.user.clone(), self.policy.clone());
        Self { app: Rc::clone(&self.app), admin: self.app.admin().await, user, policy }
    }

    /// Changes the default policy.
    pub(crate) async fn change_policy(&self, change: impl FnOnce(&mut Value)) {
        let path = self.app.path(&format!("/deviceAuthenticationPolicies/{}", self.policy));
        let mut policy = self.admin.get(&path).await.expect(200);
        change(&mut policy);
        self.admin.put(&path, policy).await.expect(200);
    }

    /// Sets how many wrong codes of text messages lock a phone, and for how long.
    pub(crate) async fn lock_phones(&self, count: i64, minutes: i64) {
        let failure = json!({"count": count, "coolDown": {"duration": minutes, "timeUnit": "MINUTES"}});
        self.change_policy(|policy| policy["sms"]["otp"]["failure"] = failure).await;
    }

    /// Changes the MFA settings.
    pub(crate) async fn set_mfa(&self, name: &str, value: Value) {
        let path = self.app.path("/mfaSettings");
        let mut settings = self.admin.get(&path).await.expect(200);
        settings[name] = value;
        self.admin.put(&path, settings).await.expect(200);
    }

    pub(crate) fn devices(&self) -> String {
        self.app.path(&format!("/users/{}/devices", self.user))
    }

    pub(crate) fn device_path(&self, device: &str) -> String {
        format!("{}/{device}", self.devices())
    }

    /// Pairs a device. Gives its id.
    pub(crate) async fn pair(&self, body: Value) -> String {
        let device = self.admin.post(&self.devices(), body).await.expect(201);
        device["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn phone(&self) -> String {
        self.pair(json!({"type": "SMS", "phone": "+15125550101"})).await
    }

    pub(crate) async fn mailbox(&self) -> String {
        self.pair(json!({"type": "EMAIL", "email": "pat@example.com"})).await
    }

    /// Starts one for the user.
    pub(crate) async fn start_with(&self, changes: Value) -> Answer {
        self.start_as(&self.admin, changes).await
    }

    pub(crate) async fn start_as(&self, client: &Client, changes: Value) -> Answer {
        let mut body = json!({"user": {"id": self.user}});
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        client.post(&self.app.auth_path("/deviceAuthentications"), body).await
    }

    pub(crate) async fn start(&self, changes: Value) -> Value {
        self.start_with(changes).await.expect(201)
    }

    /// The path of one that was started.
    pub(crate) fn path(&self, authentication: &Value) -> String {
        self.app.auth_path(&format!("/deviceAuthentications/{}", authentication["id"].as_str().unwrap()))
    }

    pub(crate) async fn read(&self, authentication: &Value) -> Answer {
        self.admin.get(&self.path(authentication)).await
    }

    pub(crate) async fn act(&self, authentication: &Value, action: &str, body: Value) -> Answer {
        self.admin.act(&self.path(authentication), action, body).await
    }

    pub(crate) async fn check(&self, authentication: &Value, otp: &str) -> Answer {
        self.act(authentication, "otp.check", json!({ "otp": otp })).await
    }

    pub(crate) async fn select(&self, authentication: &Value, device: &str) -> Answer {
        self.act(authentication, "device.select", json!({"device": {"id": device}})).await
    }

    /// The code of the one message that waits.
    pub(crate) async fn sent_code(&self) -> String {
        TestApp::only(self.app.take_mail().await).code.unwrap()
    }

    /// Starts one on the only device and gives it with its code.
    pub(crate) async fn asked(&self) -> (Value, String) {
        let authentication = self.start(json!({})).await;
        assert_eq!(authentication["status"], "OTP_REQUIRED", "{authentication}");
        (authentication, self.sent_code().await)
    }
}

/// The names of the links, in their order.
pub(crate) fn links(authentication: &Value) -> Vec<&str> {
    authentication["_links"].as_object().unwrap().keys().map(String::as_str).collect()
}

/// Another code than this one, of the same length.
pub(crate) fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}
