//! Codes that are returned instead of sent: to servers that test, never to the user they are for.

use postern_testkit::TestApp;
use serde_json::json;

use super::support::{Story, wrong};

#[tokio::test]
async fn the_code_of_a_test_device_comes_with_the_answer_and_nothing_is_sent() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let devices = [
            json!({"type": "SMS", "phone": "+15125550101", "testMode": true}),
            json!({"type": "VOICE", "phone": "+15125550102", "testMode": true}),
            json!({"type": "EMAIL", "email": "pat@example.com", "testMode": true}),
        ];
        for body in devices {
            let device = story.pair(body).await;
            let authentication = story.start(json!({"selectedDevice": {"id": device}})).await;
            let code = authentication["test"]["otp"].as_str().unwrap().to_owned();
            assert!(story.app.take_mail().await.is_empty());
            assert_eq!(story.read(&authentication).await.expect(200)["test"]["otp"], code);
            story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            let again = story.select(&authentication, &device).await.expect(200);
            let new = again["test"]["otp"].as_str().unwrap();
            assert_ne!(new, code);
            let done = story.check(&authentication, new).await.expect(200);
            assert_eq!(done["status"], "COMPLETED");
            assert!(done["test"].is_null(), "a code that was used is not shown");
            assert!(story.read(&done).await.expect(200)["test"].is_null());
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_may_be_for_tests_too() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let one_time = json!({"type": "SMS", "phone": "+15125550101", "testMode": true});
        let authentication = story.start(json!({"selectedDevice": {"oneTime": one_time}})).await;
        assert!(story.app.take_mail().await.is_empty());
        let code = authentication["test"]["otp"].as_str().unwrap();
        assert_eq!(story.check(&authentication, code).await.expect(200)["status"], "COMPLETED");
        let one_time = json!({"type": "WHATSAPP", "phone": "+15125550101", "testMode": true});
        let refused = story.start_with(json!({"selectedDevice": {"oneTime": one_time}})).await;
        assert!(refused.targets().contains(&"selectedDevice.oneTime.testMode".to_owned()), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_code_of_another_device_is_not_shown_after_the_test_device() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let test = story.pair(json!({"type": "SMS", "phone": "+15125550101", "testMode": true})).await;
        let mailbox = story.mailbox().await;
        let authentication = story.start(json!({"selectedDevice": {"id": test}})).await;
        assert!(authentication["test"]["otp"].is_string());
        let changed = story.select(&authentication, &mailbox).await.expect(200);
        assert!(changed["test"].is_null());
        assert!(story.read(&changed).await.expect(200)["test"].is_null());
        assert_eq!(story.app.take_mail().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn users_are_not_shown_the_codes_that_are_to_prove_who_they_are() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let myself = app.signed_on(&setup, &["p1:read:device"]).await;
        let mut story =
            Story { app: std::rc::Rc::new(app), admin, user: setup.user.clone(), policy: setup.policy.clone() };
        let device = json!({"type": "EMAIL", "email": "pat@example.com", "testMode": true, "policy": {"id": setup.policy}});
        let device = story.pair(device).await;
        story.app.take_mail().await;
        let wish = json!({"selectedDevice": {"id": device}, "policy": {"id": setup.policy}});
        let own = story.start_as(&myself, wish.clone()).await.expect(201);
        assert!(own["test"].is_null());
        let code = story.sent_code().await;
        assert!(myself.get(&story.path(&own)).await.expect(200)["test"].is_null());

        // What a server began shows its code to the server alone.
        let by_server = story.start(wish).await;
        assert!(by_server["test"]["otp"].is_string());
        assert!(myself.get(&story.path(&by_server)).await.expect(200)["test"].is_null());

        story.admin = myself;
        assert_eq!(story.check(&own, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}
