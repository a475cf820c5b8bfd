//! Authenticator applications: TOTP devices.

use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{Story, key};

#[tokio::test]
async fn a_key_is_shown_until_the_first_code_proves_it() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.change_policy(|policy| policy["totp"]["uriParameters"] = json!({"issuer": "Acme & Co"})).await;
        let wanted = json!({"type": "TOTP", "status": "ACTIVE", "nickname": "phone"});
        let device = story.admin.post(&story.devices(), wanted).await.expect(201);
        assert_eq!(
            (&device["status"], &device["nickname"]),
            (&json!("ACTIVATION_REQUIRED"), &json!("phone"))
        );
        assert_eq!(device["_links"]["activate"], device["_links"]["device.activate"]);
        let secret = device["secret"].as_str().unwrap();
        assert_eq!((secret.len(), key(&device).len()), (32, 20));
        assert_eq!(device["keyUri"], format!("otpauth://totp/pat?secret={secret}&issuer=Acme%20%26%20Co"));
        assert_eq!(story.admin.get(&story.device(&device)).await.expect(200), device);
        let other = story.offered().await;
        assert_ne!(other["secret"], device["secret"], "a user may have several applications");

        let code = story.code(&key(&device), 0);
        let active = story.activate(&device, json!({ "otp": code })).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");
        let read = story.admin.get(&story.device(&device)).await.expect(200);
        for shown in [active, read] {
            assert!(shown["secret"].is_null() && shown["keyUri"].is_null(), "{shown}");
            assert!(shown["_links"]["activate"].is_null());
        }
        let again = story.activate(&device, json!({ "otp": code })).await;
        assert_eq!(
            again.refused(400, "INVALID_DATA", "INVALID_VALUE")["message"],
            "Device is already ACTIVE."
        );
        assert!(story.app.take_mail().await.iter().all(|mail| mail.code.is_none()), "no code is sent");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_over_after_thirty_minutes() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        story.app.advance(Span::minutes(29));
        let shown = story.admin.get(&story.device(&device)).await.expect(200);
        assert_eq!(shown["secret"], device["secret"]);
        story.app.advance(Span::minutes(1));
        let shown = story.admin.get(&story.device(&device)).await.expect(200);
        assert!(
            shown["secret"].is_null()
                && shown["keyUri"].is_null()
                && shown["status"] == "ACTIVATION_REQUIRED"
        );
        let code = story.code(&key(&device), 0);
        let late = story.activate(&device, json!({ "otp": code })).await;
        assert_eq!(late.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "status");
        story.admin.delete(&story.device(&device)).await.expect(204);
        story.application().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_is_a_picture_for_those_who_ask_for_one() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        let path = story.device(&device);
        let seen = |accept: &'static str| {
            story.admin.request(http::Method::GET, &path).header("accept", accept).send()
        };
        let svg = seen("image/svg+xml").await;
        assert_eq!((svg.status.as_u16(), svg.header("content-type")), (200, Some("image/svg+xml")));
        assert_eq!(svg.header("cache-control"), Some("no-store"));
        assert!(svg.text.starts_with("<svg ") && svg.text.ends_with("</svg>"));
        let png = seen("image/png").await;
        assert_eq!((png.status.as_u16(), png.header("content-type")), (200, Some("image/png")));
        assert!(png.text.contains("PNG") && png.text.contains("IEND"));
        for accept in ["application/json", "*/*", "application/json, image/png"] {
            assert_eq!(seen(accept).await.expect(200)["secret"], device["secret"]);
        }
        let code = story.code(&key(&device), 0);
        story.activate(&device, json!({ "otp": code })).await.expect(200);
        let active = seen("image/png").await;
        assert_eq!(active.header("content-type"), Some("application/json"));
        assert_eq!(active.expect(200)["status"], "ACTIVE");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_the_device_for_a_while() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, key) = story.application().await;
        let wrong = story.code(&key, 400);
        for left in [2, 1] {
            let detail = story.sign_on(&device, &wrong).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(
                (&detail["target"], &detail["innerError"]),
                (&json!("otp"), &json!({"attemptsRemaining": left}))
            );
        }
        let detail = story.sign_on(&device, &wrong).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let until = detail["innerError"]["coolDownExpiresAt"].as_i64().unwrap();
        assert!((119_000..=120_000).contains(&(until - story.app.now().millis())), "{detail}");
        let shown = story.admin.get(&story.device(&device)).await.expect(200);
        assert_eq!((&shown["lock"]["status"], &shown["lock"]["reason"]), (&json!("LOCKED"), &json!("OTP")));
        let right = story.code(&key, 0);
        story.sign_on(&device, &right).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        story.app.advance(Span::minutes(2));
        let right = story.code(&key, 0);
        assert_eq!(story.sign_on(&device, &right).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_a_device_that_waits_for_its_first_code() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        let wrong = story.code(&key(&device), 400);
        story.activate(&device, json!({})).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        story.activate(&device, json!({"otp": ""})).await.refused(400, "INVALID_DATA", "EMPTY_VALUE");
        for _ in 0..2 {
            story.activate(&device, json!({ "otp": wrong })).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
        }
        story.activate(&device, json!({ "otp": wrong })).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        let right = story.code(&key(&device), 0);
        story.activate(&device, json!({ "otp": right })).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        story.app.advance(Span::minutes(2));
        let right = story.code(&key(&device), 0);
        story.activate(&device, json!({ "otp": right })).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_code_counts_once_and_within_the_grace_of_the_policy() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, key) = story.application().await;
        let used = story.code(&key, -2);
        story.sign_on(&device, &used).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        let now = story.code(&key, 0);
        assert_eq!(story.sign_on(&device, &now).await.expect(200)["status"], "COMPLETED");
        story.sign_on(&device, &now).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        let far = story.code(&key, 5);
        assert_eq!(
            story.sign_on(&device, &far).await.expect(200)["status"],
            "COMPLETED",
            "five windows ahead"
        );

        story.app.advance(Span::minutes(30));
        story.change_policy(|policy| policy["totp"]["passcodeGracePeriod"] = json!(1)).await;
        let beyond = story.code(&key, -2);
        story.sign_on(&device, &beyond).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        let within = story.code(&key, -1);
        assert_eq!(story.sign_on(&device, &within).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_key_lies_in_the_database_under_seal_alone() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        let mut tx = story.app.db().read().await.unwrap();
        let rows = tx.query("SELECT body FROM device", &[]).await.unwrap();
        let bodies: Vec<&str> = rows.iter().map(|row| row.text(0).unwrap()).collect();
        assert_eq!(bodies.len(), 1);
        let key = key(&device);
        for clear in [device["secret"].as_str().unwrap(), &data_encoding::BASE64URL_NOPAD.encode(&key)] {
            assert!(!bodies[0].contains(clear));
        }
        drop(tx);
        for path in [story.app.path("/users"), story.app.path("/deviceAuthenticationPolicies")] {
            assert!(!story.admin.get(&path).await.text.contains(device["secret"].as_str().unwrap()));
        }
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_has_no_applications_pairs_none() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, key) = story.application().await;
        story.change_policy(|policy| policy["totp"]["pairingDisabled"] = json!(true)).await;
        let refused = story.admin.post(&story.devices(), json!({"type": "TOTP"})).await;
        assert_eq!(refused.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "type");
        let code = story.code(&key, 0);
        assert_eq!(story.sign_on(&device, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn no_other_environment_knows_the_device() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        let elsewhere = story.elsewhere(&story.device(&device)).await;
        story.admin.get(&elsewhere).await.expect(404);
        let code = story.code(&key(&device), 0);
        story.admin.act(&elsewhere, "device.activate", json!({ "otp": code })).await.expect(404);
        story.activate(&device, json!({ "otp": code })).await.expect(200);
    })
    .await;
}
