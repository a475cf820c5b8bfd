//! Phones: honest ones, and all the others.

use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::{Story, id};

/// A story with a native application that the default policy lets pair and push.
struct Phones {
    story: Story,
    application: String,
}

impl Phones {
    async fn begin(app: TestApp, settings: Value, mobile: Value) -> Self {
        let story = Story::begin(app).await;
        let native = json!({
            "name": "Authenticator", "enabled": true, "type": "NATIVE_APP", "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["com.acme.app://cb"],
            "tokenEndpointAuthMethod": "NONE", "mobile": mobile,
        });
        let application = id(&story.admin.post(&story.app.path("/applications"), native).await.expect(201));
        let policies = story.app.path("/deviceAuthenticationPolicies");
        let listed = story.admin.get(&policies).await.expect(200);
        let all = listed["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
        let mut policy = all.iter().find(|policy| policy["default"] == true).unwrap().clone();
        let mut own = json!({ "id": application, "push": {"enabled": true}, "otp": {"enabled": true} });
        own.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        policy["mobile"]["applications"] = json!([own]);
        story.admin.put(&format!("{policies}/{}", id(&policy)), policy).await.expect(200);
        Self { story, application }
    }

    async fn plain(app: TestApp) -> Self {
        Self::begin(app, json!({}), json!({"bundleId": "com.acme.app"})).await
    }

    async fn pairing_key(&self) -> String {
        let path = self.story.app.path(&format!("/users/{}/pairingKeys", self.story.user));
        let body = json!({"applications": [{"id": self.application}]});
        let key = self.story.admin.post(&path, body).await.expect(201);
        key["code"].as_str().unwrap().to_owned()
    }

    async fn pair(&self) -> Value {
        let key = self.pairing_key().await;
        self.story
            .robot(json!({"type": "PHONE", "pairingKey": key, "application": {"id": self.application}}))
            .await
    }

    async fn pushed(&self) -> Value {
        let authentication = self.story.start(json!({})).await;
        assert_eq!(authentication["status"], "PUSH_CONFIRMATION_REQUIRED", "{authentication}");
        authentication
    }

    async fn answer(&self, robot: &Value, body: Value) -> Value {
        self.story.tell(robot, "answer", body).await.expect(200)
    }
}

#[tokio::test]
async fn a_phone_is_paired_and_approves() {
    TestApp::each(|app| async move {
        let phones = Phones::plain(app).await;
        let robot = phones.pair().await;
        let device = phones.story.device_path(&robot["device"]);
        let device = phones.story.admin.get(&device).await.expect(200);
        assert_eq!((&device["type"], &device["status"]), (&json!("MOBILE"), &json!("ACTIVE")));
        let authentication = phones.pushed().await;
        let looked = phones.story.tell(&robot, "look", json!({"wait": 5})).await.expect(200);
        assert_eq!(looked["server"]["status"], 200);
        let request = &looked["requests"][0]["id"];
        let said = phones.answer(&robot, json!({"answer": "APPROVE"})).await;
        assert_eq!((&said["tries"][0]["status"], &said["request"]["id"]), (&json!(200), request));
        assert_eq!(phones.story.status(&authentication).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_phone_denies_or_reports_fraud() {
    TestApp::each(|app| async move {
        let phones = Phones::plain(app).await;
        let robot = phones.pair().await;
        for answer in ["DENY", "REPORT_FRAUD"] {
            let authentication = phones.pushed().await;
            let said = phones.answer(&robot, json!({ "answer": answer })).await;
            assert_eq!(said["tries"][0]["status"], 200, "{said}");
            assert_ne!(phones.story.status(&authentication).await, "COMPLETED");
        }
    })
    .await;
}

#[tokio::test]
async fn the_right_number_approves_and_a_wrong_one_does_not() {
    for kind in ["SELECT_NUMBER", "ENTER_MANUALLY"] {
        TestApp::each(|app| async move {
            let matching = json!({"push": {"enabled": true, "numberMatching": {"enabled": true}}});
            let mobile = json!({"bundleId": "com.acme.app", "push": {"numberMatching": {"type": kind}}});
            let phones = Phones::begin(app, matching, mobile).await;
            let robot = phones.pair().await;
            let shown = |authentication: &Value| -> i64 {
                let number = &authentication["numberMatching"]["number"];
                number.as_str().and_then(|text| text.parse().ok()).or(number.as_i64()).unwrap()
            };
            let authentication = phones.pushed().await;
            let number = shown(&authentication);
            let said = phones.answer(&robot, json!({"answer": "APPROVE", "wrongNumber": true})).await;
            assert_ne!(said["number"], number);
            assert_ne!(phones.story.status(&authentication).await, "COMPLETED");

            let authentication = phones.pushed().await;
            let number = shown(&authentication);
            let said = phones.answer(&robot, json!({"answer": "APPROVE", "number": number})).await;
            assert_eq!(said["tries"][0]["status"], 200, "{said}");
            assert_eq!(phones.story.status(&authentication).await, "COMPLETED");
        })
        .await;
    }
}

#[tokio::test]
async fn a_second_answer_and_a_late_one_change_nothing() {
    TestApp::each(|app| async move {
        let phones = Phones::plain(app).await;
        let robot = phones.pair().await;
        let authentication = phones.pushed().await;
        let said = phones.answer(&robot, json!({"answer": "APPROVE", "times": 2})).await;
        assert_eq!(said["tries"][0]["status"], 200, "{said}");
        assert_eq!(said["tries"][1]["status"], 400, "{said}");
        assert_eq!(phones.story.status(&authentication).await, "COMPLETED");

        let authentication = phones.pushed().await;
        let looked = phones.story.tell(&robot, "look", json!({})).await.expect(200);
        let request = looked["requests"][0]["id"].clone();
        phones.story.app.advance(Span::seconds(41));
        assert_eq!(phones.story.status(&authentication).await, "PUSH_CONFIRMATION_TIMED_OUT");
        let said = phones.answer(&robot, json!({"answer": "APPROVE", "request": request})).await;
        assert_eq!(said["tries"][0]["status"], 400, "{said}");
        assert_eq!(phones.story.status(&authentication).await, "PUSH_CONFIRMATION_TIMED_OUT");
        let none = phones.story.tell(&robot, "answer", json!({"answer": "APPROVE"})).await;
        none.refused(400, "REQUEST_FAILED", "INVALID_VALUE");
    })
    .await;
}

#[tokio::test]
async fn a_phone_shows_a_passcode_that_counts() {
    TestApp::each(|app| async move {
        let phones =
            Phones::begin(app, json!({"push": {"enabled": false}}), json!({"bundleId": "com.acme.app"}))
                .await;
        let robot = phones.pair().await;
        let authentication = phones.story.start(json!({})).await;
        assert_eq!(authentication["status"], "OTP_REQUIRED", "{authentication}");
        let otp = phones.story.code(&robot, json!({})).await;
        let done = phones.story.act(&authentication, "otp.check", json!({"otp": otp})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_phone_changes_its_key_and_goes_on_until_it_is_unpaired() {
    TestApp::each(|app| async move {
        let phones = Phones::plain(app).await;
        let robot = phones.pair().await;
        let said = phones.story.tell(&robot, "rotate-key", json!({})).await.expect(200);
        assert_eq!(said["server"]["status"], 200, "{said}");
        let authentication = phones.pushed().await;
        phones.answer(&robot, json!({"answer": "APPROVE"})).await;
        assert_eq!(phones.story.status(&authentication).await, "COMPLETED");
        let said = phones.story.tell(&robot, "unpair", json!({})).await.expect(200);
        assert_eq!(said["server"]["status"], 204);
        let said = phones.story.tell(&robot, "look", json!({})).await.expect(200);
        assert_eq!((&said["server"]["status"], &said["requests"]), (&json!(404), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_phone_with_a_wrong_pairing_key_is_not_made() {
    let phones = Phones::plain(TestApp::start().await).await;
    let key = phones.pairing_key().await;
    let wish =
        |key: &str| json!({"type": "PHONE", "pairingKey": key, "application": {"id": phones.application}});
    let refused = phones.story.app.anonymous().post(&phones.story.robots(), wish("00000000000000")).await;
    let detail = refused.refused(400, "INVALID_DATA", "INVALID_VALUE");
    assert_eq!(detail["target"], "pairingKey");
    phones.story.robot(wish(&key)).await;
    let again = phones.story.app.anonymous().post(&phones.story.robots(), wish(&key)).await;
    again.refused(400, "INVALID_DATA", "INVALID_VALUE");
    let listed = phones.story.app.anonymous().get(&phones.story.robots()).await.expect(200);
    assert_eq!(listed["size"], 1);
}
