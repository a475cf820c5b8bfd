//! What notification policies allow: so many messages, to these countries.

use postern_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use super::support::Story;

impl Story {
    async fn notification_policy(&self, name: &str, body: Value) -> String {
        let mut all = json!({"name": name, "quotas": []});
        all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let created = self.admin.post(&self.app.path("/notificationsPolicies"), all).await.expect(201);
        created["id"].as_str().unwrap().to_owned()
    }

    /// Lets the device policy name a notification policy.
    async fn be_bound_by(&self, policy: &str) {
        self.change_policy(|all| all["notificationsPolicy"] = json!({"id": policy})).await;
    }

    async fn ask(&self, phone: &str) -> Answer {
        self.start_with(json!({"selectedDevice": {"id": phone}})).await
    }
}

fn quota(total: i64) -> Value {
    json!({"quotas": [{"type": "USER", "deliveryMethods": ["SMS", "Voice"], "total": total}]})
}

#[tokio::test]
async fn a_new_environment_has_one_default_policy_that_cannot_go() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/notificationsPolicies");
        let all = admin.get(&path).await.expect(200);
        let all = all["_embedded"]["notificationsPolicies"].as_array().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0]["default"], &all[0]["quotas"][0]["total"]), (&json!(true), &json!(50)));
        let first = format!("{path}/{}", all[0]["id"].as_str().unwrap());
        admin.delete(&first).await.refused(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION");
        let demoted = json!({"name": "x", "default": false, "quotas": []});
        admin.put(&first, demoted).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let next = json!({"name": "Next", "default": true, "quotas": []});
        let next = admin.post(&path, next).await.expect(201);
        assert_eq!(next["default"], true);
        assert_eq!(admin.get(&first).await.expect(200)["default"], false);
        admin.delete(&first).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn the_quota_of_the_named_policy_counts() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let two = story.notification_policy("Two", quota(2)).await;
        story.be_bound_by(&two).await;
        story.ask(&phone).await.expect(201);
        story.ask(&phone).await.expect(201);
        story.ask(&phone).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        // The request names another one, which allows more.
        let three = story.notification_policy("Three", quota(3)).await;
        let by = |policy: &str| json!({"selectedDevice": {"id": phone}, "notification": {"policy": {"id": policy}}});
        story.start_with(by(&three)).await.expect(201);
        story.start_with(by(&three)).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        let nobody = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        let refused = story.start_with(by(nobody)).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(refused["target"], "notification.policy.id");
        let path = story.app.path(&format!("/notificationsPolicies/{two}"));
        story.admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn a_quota_of_the_environment_counts_all_users_together() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let body =
            json!({"quotas": [{"type": "ENVIRONMENT", "deliveryMethods": ["SMS", "Voice"], "total": 1}]});
        let policy = story.notification_policy("One", body).await;
        story.be_bound_by(&policy).await;
        story.ask(&phone).await.expect(201);
        let other = story.app.user(&story.admin, "kim", None).await;
        let devices = story.app.path(&format!("/users/{other}/devices"));
        let device = json!({"type": "SMS", "phone": "+15125550177", "status": "ACTIVATION_REQUIRED"});
        story.admin.post(&devices, device).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn answered_codes_leave_room_for_more() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let body = json!({"quotas": [{"type": "USER", "deliveryMethods": ["SMS", "Voice"], "claimed": 2, "unclaimed": 1}]});
        let policy = story.notification_policy("Claimed", body).await;
        story.be_bound_by(&policy).await;
        let (first, code) = story.asked().await;
        story.start_with(json!({})).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        story.check(&first, &code).await.expect(200);
        let (second, code) = story.asked().await;
        story.check(&second, &code).await.expect(200);
        // Two were answered, which is all that the day has.
        story.start_with(json!({})).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn no_message_goes_to_a_country_that_is_not_allowed() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let body = json!({"countryLimit": {"type": "ALLOWED", "countries": ["CH"]}});
        let policy = story.notification_policy("Swiss", body).await;
        story.be_bound_by(&policy).await;
        let refused = story.ask(&phone).await.refused(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION");
        assert_eq!(refused["innerError"]["deliveryMethod"], "SMS");
        let swiss = story.pair(json!({"type": "SMS", "phone": "+41791234567"})).await;
        story.ask(&swiss).await.expect(201);
        let mailbox = story.mailbox().await;
        story.ask(&mailbox).await.expect(201);
        // Whom the settings exempt may be abroad.
        let exempt = json!({"whitelist": [{"user": {"id": story.user}}]});
        story.admin.put(&story.app.path("/notificationsSettings"), exempt).await.expect(200);
        story.ask(&phone).await.expect(201);
    })
    .await;
}
