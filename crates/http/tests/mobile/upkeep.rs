//! What a phone changes about itself: facts, key, logs, the pairing.

use postern_core::mfa::push::request::Decision;
use postern_core::time::Span;
use postern_testkit::{TestApp, TestPhone};
use serde_json::{Value, json};

use crate::support::Scene;

#[tokio::test]
async fn a_phone_keeps_its_device_up_to_date() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let change = json!({"locale": "de-AT", "os": {"type": "ANDROID", "version": "17"}, "application": {"version": "3.1"},
            "push": {"provider": "FCM", "token": "secret-token"}, "rooted": false});
        let shown = phone.request(&scene.app, "PATCH", "", change).await.expect(200);
        assert_eq!(shown["notificationProvider"], "FCM");
        let device = scene.device(&phone).await;
        assert_eq!((&device["locale"], &device["os"]["version"]), (&json!("de-AT"), &json!("17")));
        assert_eq!((&device["model"]["name"], &device["application"]["version"]), (&json!("Test 1"), &json!("3.1")));
        assert!(!device.to_string().contains("secret-token"));
        phone.request(&scene.app, "PATCH", "", json!({"push": null})).await.expect(200);
        assert!(scene.device(&phone).await["notificationProvider"].is_null());
        let bad = phone.request(&scene.app, "PATCH", "", json!({"push": {"provider": "X"}, "locale": "?"})).await;
        assert_eq!(bad.targets(), ["locale", "push.provider", "push.token"]);
        assert_eq!(scene.audit("DEVICE.UPDATED").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_takes_no_pushes_is_asked_for_a_passcode() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        phone.request(&scene.app, "PATCH", "", json!({"pushEnabled": false})).await.expect(200);
        assert_eq!(scene.start().await.expect(201)["status"], "OTP_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn a_new_key_counts_and_the_old_one_no_more() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut phone = scene.phone().await;
        let old =
            postern_sandbox::phone::Phone::restore(scene.app.environment(), &phone.phone.keep().unwrap())
                .unwrap();
        let (answer, new) = phone.change_key(&scene.app).await;
        answer.expect(200);
        phone.phone.changed_key(new);
        phone.request(&scene.app, "GET", "", Value::Null).await.expect(200);
        let signed = phone.make(&scene.app, |_, moment| old.look(moment, 0).unwrap());
        phone.send(&signed).await.expect(401);
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        phone.answer(&scene.app, &request, Decision::Approve, None).await.expect(200);
        assert_eq!(scene.status(&path).await, "COMPLETED");
        assert_eq!(scene.audit("DEVICE.KEY").await, ["DEVICE.KEY_ROTATION_SUCCEEDED"]);
    })
    .await;
}

#[tokio::test]
async fn a_new_key_that_the_phone_does_not_have_is_refused() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let stranger = TestPhone::new(&scene.app);
        let key =
            stranger.make(&scene.app, |phone, moment| phone.claim(moment, "k", "a", &Value::Null).unwrap());
        let key: Value = serde_json::from_str(&key.body).unwrap();
        let body = json!({"publicKey": key["publicKey"], "newKeyProof": "a.b.c"});
        let answer = phone.request(&scene.app, "PUT", "/key", body).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "newKeyProof");
        phone.request(&scene.app, "GET", "", Value::Null).await.expect(200);
        assert_eq!(scene.audit("DEVICE.KEY").await, ["DEVICE.KEY_ROTATION_FAILED"]);
    })
    .await;
}

#[tokio::test]
async fn an_unpaired_phone_is_no_device_any_more() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        phone.request(&scene.app, "DELETE", "", Value::Null).await.expect(204);
        phone.request(&scene.app, "GET", "", Value::Null).await.expect(404);
        assert_eq!(scene.admin.get(&scene.devices()).await.expect(200)["size"], 0);
        assert_ne!(scene.status(&path).await, "COMPLETED");
        assert_eq!(scene.audit("DEVICE.DELETED").await, ["DEVICE.DELETED"]);
    })
    .await;
}

#[tokio::test]
async fn logs_come_when_they_were_asked_for() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let path = format!("{}/{}/logs", scene.devices(), phone.phone.device().unwrap());
        let logs = json!({"content": "line one\nline two"});
        let early = phone.request(&scene.app, "POST", "/logs", logs.clone()).await;
        early.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
        scene.admin.get(&path).await.expect(404);
        let wish = scene.admin.put(&path, json!({"status": "PENDING"})).await.expect(200);
        assert_eq!(wish["status"], "PENDING");
        assert!(wish["_links"]["device"]["href"].as_str().unwrap().ends_with(phone.phone.device().unwrap()));
        assert_eq!(
            phone.request(&scene.app, "GET", "", Value::Null).await.expect(200)["logsRequested"],
            true
        );
        phone.request(&scene.app, "POST", "/logs", logs.clone()).await.expect(204);
        let received = scene.admin.get(&path).await.expect(200);
        assert_eq!((&received["status"], &received["content"]), (&json!("RECEIVED"), &logs["content"]));
        assert_eq!(scene.audit("DEVICE.LOGS").await, ["DEVICE.LOGS_RECEIVED"]);
        scene.admin.put(&path, json!({"status": "PENDING"})).await.expect(200);
        scene.app.advance(Span::hours(24));
        phone.request(&scene.app, "POST", "/logs", logs).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn only_phones_have_logs() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let body = json!({"type": "EMAIL", "email": "pat@example.com"});
        let device = scene.admin.post(&scene.devices(), body).await.expect(201);
        let path = format!("{}/{}/logs", scene.devices(), device["id"].as_str().unwrap());
        let answer = scene.admin.put(&path, json!({"status": "PENDING"})).await;
        answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
    })
    .await;
}

#[tokio::test]
async fn an_application_that_was_removed_from_the_phone_is_unpaired() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let address = json!({"push": {"provider": "FCM", "token": "new-token"}});
        phone.request(&scene.app, "PATCH", "", address).await.expect(200);
        let device = phone.phone.device().unwrap().parse().unwrap();
        for (token, gone) in [("old-token", false), ("new-token", true), ("new-token", false)] {
            let digest = postern_core::crypto::sha256(token.as_bytes());
            let ctx = scene.app.ctx();
            let done = scene
                .app
                .app()
                .write(&ctx, (device, digest), |tx, ctx, (device, digest)| {
                    Box::pin(postern_engine::push::device_gone(tx, ctx, *device, digest))
                })
                .await
                .unwrap();
            assert_eq!(done, gone, "{token}");
        }
        phone.request(&scene.app, "GET", "", Value::Null).await.expect(404);
    })
    .await;
}
