//! How many devices a user has, how many may wait for activation and for how long, and the news of a new one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use futures_util::future::join_all;
use postern_core::oath::{CodeMaker, Digits, HashAlgorithm};
use postern_core::time::Span;
use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

struct Story {
    app: TestApp,
    admin: Client,
    devices: String,
}

impl Story {
    async fn begin(app: TestApp) -> Self {
        let admin = app.admin().await;
        let devices = app.path(&format!("/users/{}/devices", app.user(&admin, "pat", None).await));
        let story = Self { app, admin, devices };
        story
            .change_policy(|policy| {
                for method in ["sms", "voice", "email", "totp"] {
                    policy[method]["enabled"] = json!(true);
                }
            })
            .await;
        story
    }

    async fn change_policy(&self, change: impl FnOnce(&mut Value)) {
        let policies = self.app.path("/deviceAuthenticationPolicies");
        let listed = self.admin.get(&policies).await.expect(200);
        let all = listed["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
        let mut policy = all.iter().find(|policy| policy["default"] == true).unwrap().clone();
        change(&mut policy);
        let path = format!("{policies}/{}", policy["id"].as_str().unwrap());
        self.admin.put(&path, policy).await.expect(200);
    }

    async fn allow(&self, devices: i64) {
        let path = self.app.path("/mfaSettings");
        let mut settings = self.admin.get(&path).await.expect(200);
        settings["pairing"]["maxAllowedDevices"] = json!(devices);
        self.admin.put(&path, settings).await.expect(200);
    }

    async fn create(&self, body: Value) -> Value {
        self.admin.post(&self.devices, body).await.expect(201)
    }

    fn path(&self, device: &Value) -> String {
        format!("{}/{}", self.devices, device["id"].as_str().unwrap())
    }

    /// A device that waits, and the path and body that activate it.
    async fn waiting(&self, body: Value) -> (String, Value) {
        let device = self.create(body).await;
        let code = TestApp::only(self.app.take_mail().await).code.unwrap();
        (self.path(&device), json!({ "otp": code }))
    }

    async fn count(&self) -> Value {
        self.admin.get(&self.devices).await.expect(200)["count"].clone()
    }
}

fn phone(n: usize) -> Value {
    json!({"type": "SMS", "phone": format!("+151255501{n:02}")})
}

fn pending(mut body: Value) -> Value {
    body["status"] = json!("ACTIVATION_REQUIRED");
    body
}

#[tokio::test]
async fn devices_that_are_paired_at_once_do_not_exceed_the_limit() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.allow(3).await;
        let answers = join_all((0..8).map(|n| story.admin.post(&story.devices, phone(n)))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
        for refused in answers.into_iter().filter(|answer| answer.status != 201) {
            let detail = refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
            assert_eq!(detail["message"], "Maximum allowed devices has been reached");
            assert_eq!(detail["innerError"], json!({"maximumAllowed": 3}));
        }
        assert_eq!(story.count().await, 3);
    })
    .await;
}

#[tokio::test]
async fn two_activations_at_the_limit_leave_one_device_waiting() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.allow(2).await;
        story.create(phone(0)).await;
        let (one, first) = story.waiting(pending(phone(1))).await;
        let mail = json!({"type": "EMAIL", "email": "pat@example.com"});
        let (two, second) = story.waiting(pending(mail)).await;
        let answers = join_all([
            story.admin.act(&one, "device.activate", first.clone()),
            story.admin.act(&two, "device.activate", second.clone()),
        ])
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:#?}");
        let late = answers.into_iter().find(|answer| answer.status != 200).unwrap();
        late.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        // What was refused for the limit keeps its code, and goes on when there is room.
        story.allow(3).await;
        let answers = join_all([
            story.admin.act(&one, "device.activate", first),
            story.admin.act(&two, "device.activate", second),
        ])
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_blocked_device_counts_and_a_lower_limit_takes_none_away() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        for n in 0..3 {
            let device = story.create(phone(n)).await;
            story.admin.act(&story.path(&device), "device.block", Value::Null).await.expect(200);
        }
        story.allow(1).await;
        assert_eq!(story.count().await, 3);
        let refused = story.admin.post(&story.devices, phone(9)).await;
        refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        let refused = story.admin.post(&story.devices, pending(phone(9))).await;
        refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn fifty_devices_may_wait_for_a_day() {
    TestApp::each(|app| async move {
        let mut story = Story::begin(app).await;
        for _ in 0..45 {
            story.create(json!({"type": "TOTP"})).await;
        }
        let answers =
            join_all((0..8).map(|_| story.admin.post(&story.devices, json!({"type": "TOTP"})))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 5);
        let refused = answers.into_iter().find(|answer| answer.status != 201).unwrap();
        let detail = refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert_eq!(detail["innerError"], json!({"maximumAllowed": 50}));
        let refused = story.admin.post(&story.devices, pending(phone(1))).await;
        refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert!(story.app.take_mail().await.is_empty());
        story.create(phone(2)).await;

        story.app.advance(Span::hours(24));
        story.admin = story.app.admin().await;
        assert_eq!(story.count().await, 1, "they are gone, swept or not");
        let ctx = postern_engine::Ctx { now: story.app.now(), ..story.app.ctx() };
        let limits = postern_engine::sweep::Limits::default();
        let swept = postern_engine::sweep::run_once(&story.app.db(), &ctx, limits).await;
        assert!(swept.removed.contains(&("device", 50)), "{swept:?}");
        story.create(pending(phone(1))).await;
    })
    .await;
}

#[tokio::test]
async fn a_device_that_was_not_activated_within_a_day_is_not_there() {
    TestApp::each(|app| async move {
        let mut story = Story::begin(app).await;
        let (path, body) = story.waiting(pending(phone(1))).await;
        story.app.advance(Span::hours(24));
        story.admin = story.app.admin().await;
        story.admin.get(&path).await.expect(404);
        story.admin.act(&path, "device.activate", body).await.expect(404);
        story.admin.act(&path, "device.sendActivationCode", Value::Null).await.expect(404);
        story.admin.delete(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn whatever_device_is_added_the_user_is_told_where_the_policy_says() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.create(json!({"type": "EMAIL", "email": "pat@example.com"})).await;
        story.create(phone(1)).await;
        let new = [
            json!({"type": "SMS", "phone": "+15125550150"}),
            json!({"type": "VOICE", "phone": "+15125550151"}),
            json!({"type": "TOTP"}),
        ];
        for (n, body) in new.into_iter().enumerate() {
            let (preference, channel) =
                [("EMAIL_THEN_SMS", "EMAIL"), ("SMS_THEN_EMAIL", "SMS"), ("NONE", "")][n];
            story.change_policy(|policy| policy["newDeviceNotification"] = json!(preference)).await;
            let device = story.create(pending(body)).await;
            let code = match device["secret"].as_str() {
                Some(secret) => shown(&story.app, secret),
                None => TestApp::only(story.app.take_mail().await).code.unwrap(),
            };
            story
                .admin
                .act(&story.path(&device), "device.activate", json!({ "otp": code }))
                .await
                .expect(200);
            let told = story.app.take_mail().await;
            let told: Vec<_> = told.iter().map(|mail| (mail.channel, mail.template.as_str())).collect();
            match preference {
                "NONE" => assert!(told.is_empty(), "{told:?}"),
                _ => assert_eq!(told, [(channel, "new_device_paired")]),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_news_of_a_device_goes_to_another_one_than_itself() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.change_policy(|policy| policy["newDeviceNotification"] = json!("EMAIL_THEN_SMS")).await;
        let mail = json!({"type": "EMAIL", "email": "new@example.com"});
        let (path, body) = story.waiting(pending(mail)).await;
        story.admin.act(&path, "device.activate", body).await.expect(200);
        assert!(story.app.take_mail().await.is_empty(), "there is no other device");
        let old = story.create(phone(1)).await;
        let mail = json!({"type": "EMAIL", "email": "newer@example.com"});
        let (path, body) = story.waiting(pending(mail)).await;
        story.admin.act(&path, "device.activate", body).await.expect(200);
        assert_eq!(TestApp::only(story.app.take_mail().await).to, "new@example.com");

        // A blocked device is not told.
        let first = story.admin.get(&story.devices).await.expect(200);
        for device in first["_embedded"]["devices"].as_array().unwrap() {
            if device["type"] == "EMAIL" {
                story.admin.act(&story.path(device), "device.block", Value::Null).await.expect(200);
            }
        }
        let device = story.create(json!({"type": "TOTP"})).await;
        let code = shown(&story.app, device["secret"].as_str().unwrap());
        story.admin.act(&story.path(&device), "device.activate", json!({ "otp": code })).await.expect(200);
        let told = TestApp::only(story.app.take_mail().await);
        assert_eq!(json!(told.to), old["phone"]);
    })
    .await;
}

/// What an authenticator application shows now.
fn shown(app: &TestApp, secret: &str) -> String {
    let key = data_encoding::BASE32.decode(secret.as_bytes()).unwrap();
    let step = (app.now().seconds() / 30).unsigned_abs();
    CodeMaker::new(&key, HashAlgorithm::HmacSha1, Digits::Six).code(step).expose().clone()
}
