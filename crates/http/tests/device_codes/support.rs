//! What the stories share.

use postern_core::oath::{CodeMaker, Digits, HashAlgorithm};
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

/// The key of the tokens of these stories, as RFC 4226 has it.
pub(crate) const KEY: &str = "3132333435363738393031323334353637383930";

/// A user who pairs devices, and the administrator who helps.
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

    /// Changes the default device policy.
    pub(crate) async fn change_policy(&self, change: impl FnOnce(&mut Value)) {
        let policies = self.app.path("/deviceAuthenticationPolicies");
        let listed = self.admin.get(&policies).await.expect(200);
        let mut policy = listed["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        change(&mut policy);
        self.admin.put(&format!("{policies}/{}", id(&policy)), policy).await.expect(200);
    }

    pub(crate) fn devices(&self) -> String {
        devices_of(&self.app, &self.user)
    }

    pub(crate) fn device(&self, device: &Value) -> String {
        format!("{}/{}", self.devices(), id(device))
    }

    pub(crate) fn tokens(&self) -> String {
        self.app.path("/oathTokens")
    }

    pub(crate) fn token(&self, token: &Value) -> String {
        format!("{}/{}", self.tokens(), id(token))
    }

    /// Creates an HOTP token with six digits.
    pub(crate) async fn hotp(&self, serial: &str, counter: u64) -> Value {
        let body = json!({"serialNumber": serial, "secret": KEY, "type": "HOTP", "otpLength": 6, "hotp": {"counter": counter}});
        self.admin.post(&self.tokens(), body).await.expect(201)
    }

    /// Pairs a token that is there; active at once.
    pub(crate) async fn pair(&self, serial: &str) -> Value {
        let body = json!({"type": "OATH_TOKEN", "serialNumber": serial});
        self.admin.post(&self.devices(), body).await.expect(201)
    }

    /// Begins the pairing of a token that is there.
    pub(crate) async fn begin_pairing(&self, serial: &str) -> Value {
        let body = json!({"type": "OATH_TOKEN", "serialNumber": serial, "status": "ACTIVATION_REQUIRED"});
        self.admin.post(&self.devices(), body).await.expect(201)
    }

    /// Creates a TOTP device that waits for its first code.
    pub(crate) async fn offered(&self) -> Value {
        self.admin.post(&self.devices(), json!({"type": "TOTP"})).await.expect(201)
    }

    /// Creates a TOTP device and proves it with the code of two windows ago. Gives it and its key.
    pub(crate) async fn application(&self) -> (Value, Vec<u8>) {
        let device = self.offered().await;
        let key = key(&device);
        let code = self.code(&key, -2);
        let device = self.activate(&device, json!({ "otp": code })).await.expect(200);
        (device, key)
    }

    pub(crate) async fn activate(&self, device: &Value, body: Value) -> Answer {
        self.admin.act(&self.device(device), "device.activate", body).await
    }

    /// What an authenticator application shows so many windows from now.
    pub(crate) fn code(&self, key: &[u8], ahead: i64) -> String {
        code_at(key, self.app.now().seconds() / 30 + ahead)
    }

    /// The same path in an environment that was just made.
    pub(crate) async fn elsewhere(&self, path: &str) -> String {
        let body = json!({"name": "other", "type": "SANDBOX", "region": "NA"});
        let other = id(&self.admin.post("/v1/environments", body).await.expect(201));
        path.replace(&self.app.environment().to_string(), &other)
    }

    /// Starts a device authentication with the device.
    pub(crate) async fn start(&self, device: &Value) -> Answer {
        let body = json!({"user": {"id": self.user}, "selectedDevice": {"id": id(device)}});
        self.admin.post(&self.app.auth_path("/deviceAuthentications"), body).await
    }

    /// Checks a code in a device authentication of its own.
    pub(crate) async fn sign_on(&self, device: &Value, code: &str) -> Answer {
        let started = self.start(device).await;
        if started.status != 201 {
            return started;
        }
        let path = self.app.auth_path(&format!("/deviceAuthentications/{}", id(&started.body)));
        self.admin.act(&path, "otp.check", json!({ "otp": code })).await
    }
}

pub(crate) fn devices_of(app: &TestApp, user: &str) -> String {
    app.path(&format!("/users/{user}/devices"))
}

pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// The key that a TOTP device shows.
pub(crate) fn key(device: &Value) -> Vec<u8> {
    data_encoding::BASE32.decode(device["secret"].as_str().unwrap().as_bytes()).unwrap()
}

/// The code of a key at that window or counter.
pub(crate) fn code_at(key: &[u8], position: i64) -> String {
    CodeMaker::new(key, HashAlgorithm::HmacSha1, Digits::Six).code(position.unsigned_abs()).expose().clone()
}

/// What an HOTP token shows at that counter.
pub(crate) fn press(counter: i64) -> String {
    code_at(b"12345678901234567890", counter)
}

/// A code that a HOTP token does not show soon.
pub(crate) const WRONG: &str = "000000";
