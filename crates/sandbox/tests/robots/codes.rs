//! Authenticator applications and hardware tokens.

use futures_util::future::join_all;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::Story;

const KEY: &str = "3132333435363738393031323334353637383930";

#[tokio::test]
async fn an_authenticator_application_is_paired_by_its_key_uri_and_proves_its_user() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offer(json!({"type": "TOTP"})).await;
        let robot = story.robot(json!({"type": "TOTP", "keyUri": device["keyUri"]})).await;
        assert_eq!(robot["timeStep"], 30);
        assert!(robot.get("secret").is_none(), "{robot}");
        let otp = story.code(&robot, json!({})).await;
        let active = story.activate(&device, json!({"otp": otp})).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");

        story.app.advance(Span::seconds(30));
        let authentication = story.start(json!({})).await;
        assert_eq!(authentication["status"], "OTP_REQUIRED");
        let late = story.code(&robot, json!({"offset": -600})).await;
        let refused = story.act(&authentication, "otp.check", json!({"otp": late})).await;
        refused.refused(400, "INVALID_DATA", "INVALID_OTP");
        let otp = story.code(&robot, json!({"offset": 60})).await;
        let done = story.act(&authentication, "otp.check", json!({"otp": otp})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        let again = story.start(json!({})).await;
        let refused = story.act(&again, "otp.check", json!({"otp": otp})).await;
        refused.refused(400, "INVALID_DATA", "INVALID_OTP");
    })
    .await;
}

#[tokio::test]
async fn a_token_with_a_button_is_paired_and_brought_in_step_when_it_was_pressed_in_vain() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = json!({"serialNumber": "R1", "secret": KEY, "type": "HOTP", "otpLength": 8});
        story.admin.post(&story.app.path("/oathTokens"), token).await.expect(201);
        let robot = story.robot(json!({"type": "HOTP", "secret": KEY, "otpLength": 8})).await;
        let device = story
            .offer(json!({"type": "OATH_TOKEN", "serialNumber": "R1", "status": "ACTIVATION_REQUIRED"}))
            .await;
        let far = story.code(&robot, json!({"skip": 50})).await;
        let refused = story.activate(&device, json!({"otp": far})).await;
        refused.refused(400, "INVALID_DATA", "EXTRA_OTP_REQUIRED");
        let next = story.code(&robot, json!({})).await;
        let active = story.activate(&device, json!({"otp": next, "oathResync": true})).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");

        let authentication = story.start(json!({})).await;
        let otp = story.code(&robot, json!({"skip": 3})).await;
        let done = story.act(&authentication, "otp.check", json!({"otp": otp})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        let path = story.robot_path(&robot);
        assert_eq!(story.app.anonymous().get(&path).await.expect(200)["counter"], 56);
    })
    .await;
}

#[tokio::test]
async fn a_token_with_a_clock_makes_codes_of_its_own_hash_and_step() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = json!({"serialNumber": "R2", "secret": KEY, "type": "TOTP", "otpLength": 6,
            "hashAlgorithm": "HmacSHA256", "totp": {"timeStep": 60}});
        story.admin.post(&story.app.path("/oathTokens"), token).await.expect(201);
        let robot = story
            .robot(
                json!({"type": "TOTP", "secret": KEY, "secretFormat": "HEX", "hashAlgorithm": "HmacSHA256",
                "timeStep": 60}),
            )
            .await;
        let device = story
            .offer(json!({"type": "OATH_TOKEN", "serialNumber": "R2", "status": "ACTIVATION_REQUIRED"}))
            .await;
        let otp = story.code(&robot, json!({})).await;
        story.activate(&device, json!({"otp": otp})).await.expect(200);
        story.app.advance(Span::minutes(1));
        let authentication = story.start(json!({})).await;
        let otp = story.code(&robot, json!({})).await;
        let done = story.act(&authentication, "otp.check", json!({"otp": otp})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_button_that_is_pressed_ten_times_at_once_gives_ten_codes() {
    TestApp::each(|app| async move {
        let story = &Story::begin(app).await;
        let robot = &story.robot(json!({"type": "HOTP", "secret": KEY})).await;
        let pressed = join_all((0..10).map(|_| story.tell(robot, "code", json!({})))).await;
        let mut counters: Vec<i64> =
            pressed.into_iter().map(|answer| answer.expect(200)["counter"].as_i64().unwrap()).collect();
        counters.sort_unstable();
        assert_eq!(counters, (0..10).collect::<Vec<i64>>());
    })
    .await;
}
