//! Hardware tokens as devices.

use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{Story, WRONG, devices_of, id, press};

#[tokio::test]
async fn a_token_is_paired_by_its_serial_number_and_freed_with_its_device() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("AB12345", 0).await;
        let device = story.pair("ab12345").await;
        assert_eq!((&device["status"], &device["tokenType"]), (&json!("ACTIVE"), &json!("HOTP")));
        assert_eq!(device["serialNumber"], "AB12345");
        let shown = story.admin.get(&story.token(&token)).await.expect(200);
        assert_eq!(shown["devices"], json!([{"id": id(&device), "user": {"id": story.user}}]));

        let again = json!({"type": "OATH_TOKEN", "serialNumber": "AB12345"});
        let own = story.admin.post(&story.devices(), again.clone()).await;
        let detail = own.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        assert_eq!(
            (&detail["target"], &detail["innerError"]["existingId"]),
            (&json!("serialNumber"), &device["id"])
        );
        let other = story.app.user(&story.admin, "kim", None).await;
        let others = devices_of(&story.app, &other);
        let detail = story.admin.post(&others, again.clone()).await.refused(
            400,
            "INVALID_DATA",
            "UNIQUENESS_VIOLATION",
        );
        assert!(detail["innerError"].is_null(), "whose token it is stays untold: {detail}");

        assert_eq!(story.sign_on(&device, &press(0)).await.expect(200)["status"], "COMPLETED");
        story.admin.delete(&story.device(&device)).await.expect(204);
        let shown = story.admin.get(&story.token(&token)).await.expect(200);
        assert!(shown["devices"].is_null());
        assert_eq!(shown["hotp"]["counter"], 1, "a code that was used stays used");
        story.admin.post(&others, again).await.expect(201);
        story.admin.delete(&story.app.path(&format!("/users/{other}"))).await.expect(204);
        story.pair("AB12345").await;
    })
    .await;
}

#[tokio::test]
async fn a_serial_number_must_be_that_of_a_token() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        for (body, code) in [
            (json!({"type": "OATH_TOKEN"}), "REQUIRED_VALUE"),
            (json!({"type": "OATH_TOKEN", "serialNumber": " "}), "EMPTY_VALUE"),
            (json!({"type": "OATH_TOKEN", "serialNumber": "4711"}), "INVALID_VALUE"),
        ] {
            let refused = story.admin.post(&story.devices(), body).await;
            assert_eq!(refused.refused(400, "INVALID_DATA", code)["target"], "serialNumber");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_near_by_activates_the_device() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.hotp("1", 5).await;
        let device = story.begin_pairing("1").await;
        assert_eq!(device["status"], "ACTIVATION_REQUIRED");
        assert_eq!(device["_links"]["activate"], device["_links"]["device.activate"]);
        story.start(&device).await.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");
        let active =
            story.activate(&device, json!({"otp": press(9), "nickname": "key ring"})).await.expect(200);
        assert_eq!((&active["status"], &active["nickname"]), (&json!("ACTIVE"), &json!("key ring")));
        story.sign_on(&device, &press(9)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(story.sign_on(&device, &press(10)).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_code_far_away_asks_for_the_next_one() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.change_policy(|policy| policy["oathToken"]["otp"]["failure"]["count"] = json!(1)).await;
        let token = story.hotp("1", 0).await;
        let device = story.begin_pairing("1").await;
        let extra = story.activate(&device, json!({"otp": press(300)})).await.expect(400);
        assert_eq!(extra["code"], "INVALID_DATA");
        assert_eq!(
            extra["details"],
            json!([{"code": "EXTRA_OTP_REQUIRED", "target": "otp", "message": "An extra OTP is required"}])
        );
        let again = story.activate(&device, json!({"otp": press(300)})).await;
        again.refused(400, "INVALID_DATA", "EXTRA_OTP_REQUIRED");
        let active =
            story.activate(&device, json!({"otp": press(301), "oathResync": true})).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");
        assert_eq!(story.admin.get(&story.token(&token)).await.expect(200)["hotp"]["counter"], 302);
        story.sign_on(&device, &press(301)).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn another_code_than_the_next_one_is_wrong() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.hotp("1", 0).await;
        let device = story.begin_pairing("1").await;
        story.activate(&device, json!({"otp": press(300)})).await.refused(
            400,
            "INVALID_DATA",
            "EXTRA_OTP_REQUIRED",
        );
        let wrong = story.activate(&device, json!({"otp": press(303), "oathResync": true})).await;
        assert_eq!(wrong.refused(400, "INVALID_DATA", "INVALID_OTP")["innerError"]["attemptsRemaining"], 2);
        // The first code is forgotten, so its successor is a first one now.
        let first = story.activate(&device, json!({"otp": press(301), "oathResync": true})).await;
        first.refused(400, "INVALID_DATA", "EXTRA_OTP_REQUIRED");
        story.app.advance(Span::minutes(10));
        let late = story.activate(&device, json!({"otp": press(302), "oathResync": true})).await;
        late.refused(400, "INVALID_DATA", "EXTRA_OTP_REQUIRED");
        story.activate(&device, json!({"otp": press(303), "oathResync": true})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_the_device_and_pairing_anew_does_not_help() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.hotp("1", 0).await;
        let device = story.begin_pairing("1").await;
        for left in [2, 1] {
            let wrong = story.activate(&device, json!({"otp": WRONG})).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
            assert_eq!(wrong["innerError"], json!({"attemptsRemaining": left}));
        }
        let detail = story.activate(&device, json!({"otp": WRONG})).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        assert!(detail["innerError"]["coolDownExpiresAt"].as_i64().unwrap() > story.app.now().millis());
        let body = json!({"type": "OATH_TOKEN", "serialNumber": "1", "status": "ACTIVATION_REQUIRED"});
        let anew = story.admin.post(&story.devices(), body).await;
        anew.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        story.app.advance(Span::minutes(2));
        story.begin_pairing("1").await;
        assert_eq!(
            story.admin.get(&story.devices()).await.expect(200)["count"],
            1,
            "the new one takes its place"
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_is_not_guessed_by_pairing_it_again_and_again() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("1", 0).await;
        for _ in 0..50 {
            let device = story.begin_pairing("1").await;
            story.activate(&device, json!({"otp": WRONG})).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            story.activate(&device, json!({"otp": WRONG})).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            story.admin.delete(&story.device(&device)).await.expect(204);
        }
        let device = story.begin_pairing("1").await;
        let right = story.activate(&device, json!({"otp": press(0)})).await;
        right.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let codes = json!({"otps": [press(0), press(1)]});
        story.admin.act(&story.token(&token), "device.resync", codes).await.expect(200);
        story.activate(&device, json!({"otp": press(2)})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_revoked_takes_its_device_with_it() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("1", 0).await;
        let device = story.pair("1").await;
        let started = story.start(&device).await.expect(201);
        story.admin.delete(&story.token(&token)).await.expect(204);
        story.admin.get(&story.token(&token)).await.expect(404);
        story.admin.get(&story.device(&device)).await.expect(404);
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 0);
        let path = story.app.auth_path(&format!("/deviceAuthentications/{}", id(&started)));
        let late = story.admin.act(&path, "otp.check", json!({"otp": press(0)})).await;
        assert!((400..500).contains(&late.status.as_u16()), "{}", late.text);

        let token = story.hotp("1", 0).await;
        let waiting = story.begin_pairing("1").await;
        story.admin.delete(&story.token(&token)).await.expect(204);
        let refused = story.activate(&waiting, json!({"otp": press(0)})).await;
        assert_eq!(refused.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "serialNumber");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_remembered() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let body = json!({"serialNumber": "T1", "secret": super::support::KEY, "type": "TOTP", "otpLength": 6, "totp": {"timeStep": 30}});
        let token = story.admin.post(&story.tokens(), body).await.expect(201);
        assert_eq!(token["totp"], json!({"timeStep": 30, "drift": 0}));
        let device = story.pair("T1").await;
        let code = |ahead| story.code(b"12345678901234567890", ahead);
        for ahead in [4, 8, 12] {
            let checked = story.sign_on(&device, &code(ahead)).await.expect(200);
            assert_eq!(checked["status"], "COMPLETED", "{ahead} windows ahead");
        }
        assert_eq!(story.admin.get(&story.token(&token)).await.expect(200)["totp"]["drift"], 12);
        story.sign_on(&device, &code(12)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        story.sign_on(&device, &code(18)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
    })
    .await;
}
