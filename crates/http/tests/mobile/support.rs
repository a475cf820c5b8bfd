//! A native application, a policy, a user, and phones.

use postern_testkit::{Answer, Client, TestApp, TestPhone};
use serde_json::{Value, json};

/// What the stories of this folder need prepared.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) admin: Client,
    pub(crate) application: String,
    pub(crate) policy: String,
    pub(crate) user: String,
}

pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// A native application that is an authenticator.
#[expect(clippy::needless_pass_by_value, reason = "stories write it where it is used")]
pub(crate) fn native(name: &str, mobile: Value) -> Value {
    json!({
        "name": name, "enabled": true, "type": "NATIVE_APP", "protocol": "OPENID_CONNECT",
        "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["com.acme.app://cb"],
        "tokenEndpointAuthMethod": "NONE", "mobile": mobile,
    })
}

/// A policy whose only method besides mail is the mobile application.
pub(crate) fn policy(name: &str, application: &str, settings: &Value) -> Value {
    let offline = |enabled: bool| {
        json!({"enabled": enabled, "otp": {"failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
            "lifeTime": {"duration": 30, "timeUnit": "MINUTES"}}})
    };
    let failure = json!({"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}});
    let mut own = json!({ "id": application, "push": {"enabled": true}, "otp": {"enabled": true} });
    own.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    json!({
        "name": name, "sms": offline(false), "email": offline(true), "voice": offline(false),
        "mobile": {"enabled": true, "otp": failure, "applications": [own]},
        "totp": {"enabled": false, "otp": failure}, "newDeviceNotification": "NONE", "default": false,
    })
}

impl Scene {
    /// With these settings of the application in the policy, and these of the application itself.
    pub(crate) async fn with(app: TestApp, settings: Value, mobile: Value) -> Self {
        let admin = app.admin().await;
        let body = native("Authenticator", mobile);
        let application = id(&admin.post(&app.path("/applications"), body).await.expect(201));
        let policy = policy("Phones", &application, &settings);
        let policy = id(&admin.post(&app.path("/deviceAuthenticationPolicies"), policy).await.expect(201));
        let user = app.user(&admin, "pat", None).await;
        Self { app, admin, application, policy, user }
    }

    pub(crate) async fn new(app: TestApp) -> Self {
        Self::with(app, json!({}), json!({"bundleId": "com.acme.app", "packageName": "com.acme.app"})).await
    }

    pub(crate) fn keys(&self) -> String {
        self.app.path(&format!("/users/{}/pairingKeys", self.user))
    }

    pub(crate) fn devices(&self) -> String {
        self.app.path(&format!("/users/{}/devices", self.user))
    }

    /// A pairing key for the application under the policy.
    pub(crate) async fn key(&self) -> Value {
        let body = json!({"applications": [{"id": self.application}], "policy": {"id": self.policy}});
        self.admin.post(&self.keys(), body).await.expect(201)
    }

    /// A paired phone.
    pub(crate) async fn phone(&self) -> TestPhone {
        let mut phone = TestPhone::new(&self.app);
        let key = self.key().await;
        phone.pair(&self.app, key["code"].as_str().unwrap(), &self.application).await;
        phone
    }

    /// The device of a phone as administrators see it.
    pub(crate) async fn device(&self, phone: &TestPhone) -> Value {
        let path = format!("{}/{}", self.devices(), phone.phone.device().unwrap());
        self.admin.get(&path).await.expect(200)
    }

    /// Starts a device authentication of the user.
    pub(crate) async fn start(&self) -> Answer {
        let body = json!({"user": {"id": self.user}, "policy": {"id": self.policy}, "notification": {
            "template": {"name": "transaction", "variables": {"sum": "1,000,000", "currency": "USD"}},
            "clientContext": {"shop": "Acme"}}});
        self.admin.post(&self.app.auth_path("/deviceAuthentications"), body).await
    }

    /// Starts one and expects it to wait for the phone; gives its path and itself.
    pub(crate) async fn pushed(&self) -> (String, Value) {
        let started = self.start().await.expect(201);
        assert_eq!(started["status"], "PUSH_CONFIRMATION_REQUIRED", "{started}");
        (self.app.auth_path(&format!("/deviceAuthentications/{}", id(&started))), started)
    }

    /// What became of one.
    pub(crate) async fn status(&self, path: &str) -> String {
        self.admin.get(path).await.expect(200)["status"].as_str().unwrap().to_owned()
    }

    /// Starts a push that nobody answers in time.
    pub(crate) async fn ignored(&self, phone: &TestPhone) {
        let (path, _) = self.pushed().await;
        assert_eq!(phone.look(&self.app).await.len(), 1);
        self.app.advance(postern_core::time::Span::seconds(41));
        assert_eq!(self.status(&path).await, "PUSH_CONFIRMATION_TIMED_OUT");
    }

    /// The actions of the audit trail that begin so, in the order of the alphabet.
    pub(crate) async fn audit(&self, prefix: &str) -> Vec<String> {
        let mut tx = self.app.db().read().await.unwrap();
        let sql = "SELECT action FROM audit_event WHERE env = $1";
        let rows = tx.query(sql, &[self.app.environment().into()]).await.unwrap();
        let actions = rows.iter().map(|row| row.text(0).unwrap().to_owned());
        let mut found: Vec<String> = actions.filter(|action| action.starts_with(prefix)).collect();
        found.sort();
        found
    }
}
