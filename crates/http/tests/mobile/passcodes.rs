//! Passcodes that the application makes itself.

use postern_core::oath::{CodeMaker, Digits, HashAlgorithm};
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use crate::support::{Scene, id};

#[tokio::test]
async fn a_passcode_completes_where_pushes_are_off() {
    TestApp::each(|app| async move {
        let scene =
            Scene::with(app, json!({"push": {"enabled": false}}), json!({"bundleId": "com.acme"})).await;
        let phone = scene.phone().await;
        let started = scene.start().await.expect(201);
        assert_eq!(started["status"], "OTP_REQUIRED");
        let path = scene.app.auth_path(&format!("/deviceAuthentications/{}", id(&started)));
        let done =
            scene.admin.act(&path, "otp.check", json!({"otp": phone.passcode(&scene.app)})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_passcode_counts_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let code = phone.passcode(&scene.app);
        let (first, _) = scene.pushed().await;
        let done = scene.admin.act(&first, "otp.check", json!({"otp": code})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED", "a passcode does instead of the push");
        assert!(phone.look(&scene.app).await.is_empty(), "the push was taken back");
        let (second, _) = scene.pushed().await;
        let again = scene.admin.act(&second, "otp.check", json!({"otp": code})).await;
        let detail = again.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(detail["innerError"]["attemptsRemaining"], 2);
        scene.app.advance(Span::seconds(30));
        let next = json!({"otp": phone.passcode(&scene.app)});
        scene.admin.act(&second, "otp.check", next).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn wrong_passcodes_lock_the_device() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let wrong = if phone.passcode(&scene.app) == "000000" { "111111" } else { "000000" };
        for _ in 0..2 {
            scene.admin.act(&path, "otp.check", json!({"otp": wrong})).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
        }
        let third = scene.admin.act(&path, "otp.check", json!({"otp": wrong})).await;
        third.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let locked = scene.device(&phone).await;
        assert_eq!((&locked["lock"]["status"], &locked["lock"]["reason"]), (&json!("LOCKED"), &json!("OTP")));
        let right = scene.admin.act(&path, "otp.check", json!({"otp": phone.passcode(&scene.app)})).await;
        right.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn the_application_says_how_long_a_passcode_stands_and_how_late_it_may_come() {
    TestApp::each(|app| async move {
        let mobile = json!({"bundleId": "com.acme", "passcodeRefreshDuration": {"duration": 60, "timeUnit": "SECONDS"}, "passcodeGracePeriod": 1});
        let scene = Scene::with(app, json!({}), mobile).await;
        let mut phone = scene.phone().await;
        assert_eq!(scene.device(&phone).await["application"]["passcodeRefreshDuration"]["duration"], 60);
        let (path, _) = scene.pushed().await;
        phone.ahead = Span::seconds(-180);
        let late = scene.admin.act(&path, "otp.check", json!({"otp": phone.passcode(&scene.app)})).await;
        late.refused(400, "INVALID_DATA", "INVALID_OTP");
        phone.ahead = Span::seconds(-60);
        let in_time = json!({"otp": phone.passcode(&scene.app)});
        scene.admin.act(&path, "otp.check", in_time).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_can_neither_be_pushed_nor_asked_is_not_usable() {
    TestApp::each(|app| async move {
        let off = json!({"push": {"enabled": false}, "otp": {"enabled": false}});
        let scene = Scene::with(app, off, json!({"bundleId": "com.acme"})).await;
        scene.phone().await;
        let answer = scene.start().await;
        assert_ne!(answer.body["status"], "OTP_REQUIRED");
        assert_ne!(answer.body["status"], "PUSH_CONFIRMATION_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn a_code_alone_counts_though_a_phone_of_the_user_takes_pushes_only() {
    TestApp::each(|app| async move {
        let scene =
            Scene::with(app, json!({"otp": {"enabled": false}}), json!({"bundleId": "com.acme"})).await;
        let policy = scene.app.path(&format!("/deviceAuthenticationPolicies/{}", scene.policy));
        let mut changed = scene.admin.get(&policy).await.expect(200);
        changed["totp"]["enabled"] = json!(true);
        scene.admin.put(&policy, changed).await.expect(200);
        let totp = json!({"type": "TOTP", "policy": {"id": scene.policy}});
        let totp = scene.admin.post(&scene.devices(), totp).await.expect(201);
        let key = data_encoding::BASE32.decode(totp["secret"].as_str().unwrap().as_bytes()).unwrap();
        let step = scene.app.now().seconds().unsigned_abs() / 30;
        let proof = CodeMaker::new(&key, HashAlgorithm::HmacSha1, Digits::Six).code(step);
        let path = format!("{}/{}", scene.devices(), id(&totp));
        scene.admin.act(&path, "device.activate", json!({"otp": proof.expose()})).await.expect(200);
        scene.phone().await;
        let body = json!({"user": {"id": scene.user}, "policy": {"id": scene.policy}, "selectedDevice": {"otp": "no code"}});
        let path = scene.app.auth_path("/deviceAuthentications");
        for left in [2, 1] {
            let wrong = scene.admin.post(&path, body.clone()).await;
            let detail = wrong.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(detail["innerError"]["attemptsRemaining"], left);
        }
        scene.admin.post(&path, body).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
    })
    .await;
}
