//! Pushes through device authentications: asked, answered, late, taken back, counted.

use postern_core::mfa::push::request::Decision;
use postern_core::time::Span;
use postern_testkit::{TestApp, TestPhone};
use serde_json::{Value, json};

use crate::support::Scene;

#[tokio::test]
async fn an_approval_on_the_phone_completes_the_authentication() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        let details: Value = serde_json::from_str(request["details"].as_str().unwrap()).unwrap();
        assert_eq!(details["variables"], json!({"sum": "1,000,000", "currency": "USD"}));
        assert_eq!(details["clientContext"], json!({"shop": "Acme"}));
        assert_eq!(details["user"]["username"], "pat");
        assert!(details["title"].is_string() && details["body"].is_string());
        assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REQUIRED");
        let answered = phone.answer(&scene.app, &request, Decision::Approve, None).await.expect(200);
        assert_eq!(answered["status"], "APPROVED");
        let done = scene.admin.get(&path).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        assert!(phone.look(&scene.app).await.is_empty());
        assert_eq!(scene.audit("PUSH_REQUEST.").await, ["PUSH_REQUEST.APPROVED"]);
    })
    .await;
}

#[tokio::test]
async fn a_denial_and_a_report_of_fraud_reject_it() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        for decision in [Decision::Deny, Decision::ReportFraud] {
            let (path, _) = scene.pushed().await;
            let request = TestPhone::only(phone.look(&scene.app).await);
            phone.answer(&scene.app, &request, decision, None).await.expect(200);
            assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REJECTED");
        }
        assert_eq!(scene.audit("DEVICE.FRAUD").await, ["DEVICE.FRAUD_REPORTED"]);
        assert_eq!(scene.device(&phone).await["pushFails"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_answer_after_the_timeout_is_refused() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        scene.app.advance(Span::seconds(41));
        assert!(phone.look(&scene.app).await.is_empty());
        let late = phone.answer(&scene.app, &request, Decision::Approve, None).await;
        late.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
        assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_TIMED_OUT");
        let later = phone.answer(&scene.app, &request, Decision::Approve, None).await;
        later.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
    })
    .await;
}

#[tokio::test]
async fn a_push_that_was_taken_back_cannot_be_answered() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        let body = json!({"reason": "CHANGE_DEVICE"});
        let cancelled = scene.admin.act(&path, "cancel.push.authentication", body).await.expect(200);
        assert_eq!(cancelled["status"], "DEVICE_SELECTION_REQUIRED");
        let answer = phone.answer(&scene.app, &request, Decision::Approve, None).await;
        answer.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
        assert_eq!(scene.status(&path).await, "DEVICE_SELECTION_REQUIRED");
        assert!(scene.device(&phone).await["pushFails"].is_null(), "nobody ignored it");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_given_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        phone.answer(&scene.app, &request, Decision::Deny, None).await.expect(200);
        let second = phone.answer(&scene.app, &request, Decision::Approve, None).await;
        second.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
        assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REJECTED");
    })
    .await;
}

#[tokio::test]
async fn what_was_shown_must_be_what_was_asked() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        let mut tampered = request.clone();
        tampered["details"] = json!(request["details"].as_str().unwrap().replace("1,000,000", "10"));
        let answer = phone.answer(&scene.app, &tampered, Decision::Approve, None).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "details");
        let mut other = request.clone();
        other["challenge"] = json!("another");
        let answer = phone.answer(&scene.app, &other, Decision::Approve, None).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "challenge");
        phone.answer(&scene.app, &request, Decision::Approve, None).await.expect(200);
        assert_eq!(scene.status(&path).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_request_of_another_phone_cannot_be_answered() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (asked, other) = (scene.phone().await, scene.phone().await);
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(asked.look(&scene.app).await);
        other.answer(&scene.app, &request, Decision::Approve, None).await.expect(404);
        assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn pushes_that_are_ignored_lock_the_device_as_the_policy_says() {
    TestApp::each(|app| async move {
        let limit = json!({"count": 2, "timePeriod": {"duration": 10, "timeUnit": "MINUTES"}, "lockDuration": {"duration": 3, "timeUnit": "MINUTES"}});
        let scene = Scene::with(app, json!({"pushLimit": limit}), json!({"bundleId": "com.acme"})).await;
        let phone = scene.phone().await;
        scene.ignored(&phone).await;
        assert_eq!(scene.device(&phone).await["lock"]["status"], "UNLOCKED");
        scene.ignored(&phone).await;
        let locked = scene.device(&phone).await;
        assert_eq!((&locked["lock"]["status"], &locked["lock"]["reason"]), (&json!("LOCKED"), &json!("PUSH")));
        let failed = scene.start().await;
        assert_ne!(failed.body["status"], "PUSH_CONFIRMATION_REQUIRED", "{}", failed.text);
        scene.app.advance(Span::minutes(3));
        scene.pushed().await;
        assert_eq!(scene.audit("DEVICE.LOCKED").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_ends_the_lock_and_the_counting_begins_anew() {
    TestApp::each(|app| async move {
        let limit = json!({"count": 1, "timePeriod": {"duration": 10, "timeUnit": "MINUTES"}, "lockDuration": {"duration": 30, "timeUnit": "MINUTES"}});
        let scene = Scene::with(app, json!({"pushLimit": limit}), json!({"bundleId": "com.acme"})).await;
        let phone = scene.phone().await;
        scene.ignored(&phone).await;
        let path = format!("{}/{}", scene.devices(), phone.phone.device().unwrap());
        assert_eq!(scene.device(&phone).await["lock"]["status"], "LOCKED");
        scene.admin.act(&path, "device.unlock", Value::Null).await.expect(200);
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        phone.answer(&scene.app, &request, Decision::Approve, None).await.expect(200);
        assert_eq!(scene.status(&path).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_phone_is_not_flooded_with_pushes_that_are_taken_back() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        for _ in 0..5 {
            let (path, _) = scene.pushed().await;
            let body = json!({"reason": "CHANGE_DEVICE"});
            scene.admin.act(&path, "cancel.push.authentication", body).await.expect(200);
        }
        let sixth = scene.start().await;
        let detail = sixth.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert_eq!(detail["innerError"]["deliveryMethod"], "PUSH");
        scene.app.advance(Span::minutes(10));
        scene.pushed().await;
        assert_eq!(phone.look(&scene.app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn three_requests_wait_at_a_time_and_no_more() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        for _ in 0..3 {
            scene.pushed().await;
        }
        assert_eq!(phone.look(&scene.app).await.len(), 3);
        scene.start().await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn a_blocked_device_approves_nothing() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        let device = format!("{}/{}", scene.devices(), phone.phone.device().unwrap());
        scene.admin.act(&device, "device.block", Value::Null).await.expect(200);
        let answer = phone.answer(&scene.app, &request, Decision::Approve, None).await;
        answer.refused(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION");
        phone.answer(&scene.app, &request, Decision::Deny, None).await.expect(200);
        assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REJECTED");
    })
    .await;
}

#[tokio::test]
async fn an_approval_does_not_count_once_its_device_is_blocked() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        phone.answer(&scene.app, &request, Decision::Approve, None).await.expect(200);
        let device = format!("{}/{}", scene.devices(), phone.phone.device().unwrap());
        scene.admin.act(&device, "device.block", json!({})).await.expect(200);
        assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REJECTED");
    })
    .await;
}

#[tokio::test]
async fn a_phone_with_an_address_is_woken_by_a_push_that_tells_nothing() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        scene.pushed().await;
        assert!(scene.app.take_mail().await.is_empty(), "without an address nothing is sent");
        let address = json!({"push": {"provider": "FCM", "token": "a-device-token"}});
        phone.request(&scene.app, "PATCH", "", address).await.expect(200);
        assert_eq!(scene.device(&phone).await["notificationProvider"], "FCM");
        scene.pushed().await;
        let sent = TestApp::only(scene.app.take_mail().await);
        assert_eq!((sent.channel, sent.template.as_str()), ("PUSH", "transaction"));
        assert!(
            !sent.text.contains("1,000,000"),
            "what is approved is fetched by the application: {}",
            sent.text
        );
    })
    .await;
}

#[tokio::test]
async fn requests_that_nobody_looks_at_are_noted_by_the_sweeper() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        scene.pushed().await;
        scene.app.advance(Span::seconds(41));
        let limits = postern_engine::sweep::Limits::default();
        let swept = postern_engine::sweep::run_once(&scene.app.db(), &scene.app.ctx(), limits).await;
        assert!(swept.failed.is_empty() && swept.removed.contains(&("push_request_overdue", 1)), "{swept:?}");
        assert_eq!(scene.device(&phone).await["pushFails"].as_array().unwrap().len(), 1);
        scene.app.advance(Span::days(2));
        let swept = postern_engine::sweep::run_once(&scene.app.db(), &scene.app.ctx(), limits).await;
        assert!(swept.removed.contains(&("push_request", 1)), "{swept:?}");
        assert!(swept.removed.iter().any(|(name, _)| *name == "device_nonce" || *name == "pairing_key"));
    })
    .await;
}

#[tokio::test]
async fn denied_pushes_count_towards_the_lockout_of_the_account() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let settings = json!({"pairing": {"maxAllowedDevices": 5, "pairingKeyFormat": "NUMERIC"}, "lockout": {"failureCount": 2, "durationSeconds": 600}});
        scene.admin.put(&scene.app.path("/mfaSettings"), settings).await.expect(200);
        let phone = scene.phone().await;
        for _ in 0..2 {
            scene.pushed().await;
            let request = TestPhone::only(phone.look(&scene.app).await);
            phone.answer(&scene.app, &request, Decision::Deny, None).await.expect(200);
        }
        let user = scene.admin.get(&scene.app.path(&format!("/users/{}", scene.user))).await.expect(200);
        assert_eq!(user["account"]["status"], "LOCKED");
        scene.start().await.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
    })
    .await;
}
