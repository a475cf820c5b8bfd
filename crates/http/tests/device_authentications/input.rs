//! What bad input gets: every fault at once, each with its place, and nothing written or sent.

use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::Story;

#[tokio::test]
async fn every_fault_of_a_start_is_named() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let id = story.user.clone();
        let cases: Vec<(Value, Vec<&str>)> = vec![
            (json!({"user": {"id": "x"}, "policy": {"id": 5}}), vec!["user.id", "policy.id"]),
            (json!({"user": id}), vec!["user"]),
            (json!({"user": {}}), vec!["user.id"]),
            (json!({"policy": [], "selectedDevice": 1}), vec!["policy", "selectedDevice"]),
            (
                json!({"selectedDevice": {"id": "1", "otp": {"a": 1}}}),
                vec!["selectedDevice.id", "selectedDevice.otp"],
            ),
            (json!({"selectedDevice": {"oneTime": {}}}), vec!["selectedDevice.oneTime.type"]),
            (json!({"selectedDevice": {"oneTime": {"type": "TOTP"}}}), vec!["selectedDevice.oneTime.type"]),
            (json!({"selectedDevice": {"oneTime": {"type": "EMAIL"}}}), vec!["selectedDevice.oneTime.email"]),
            (
                json!({"selectedDevice": {"oneTime": {"type": "EMAIL", "email": "not an address"}}}),
                vec!["selectedDevice.oneTime.email"],
            ),
            (json!({"selectedDevice": {"oneTime": {"type": "SMS"}}}), vec!["selectedDevice.oneTime.phone"]),
            (
                json!({"selectedDevice": {"oneTime": {"type": "SMS", "phone": "12"}}}),
                vec!["selectedDevice.oneTime.phone"],
            ),
            (
                json!({"selectedDevice": {"id": id, "oneTime": {"type": "EMAIL", "email": "a@example.com"}}}),
                vec!["selectedDevice.oneTime"],
            ),
            (json!({"challenge": "short"}), vec!["challenge"]),
            (json!({"compatibility": "SOME"}), vec!["compatibility"]),
            (
                json!({"notification": {"template": {"locale": "\u{0}"}}}),
                vec!["notification.template.locale"],
            ),
            (
                json!({"notification": {"template": {"variables": {"a": "b\u{0}"}}}}),
                vec!["notification.template.variables.a"],
            ),
        ];
        for (body, targets) in cases {
            let refused = story.start_with(body.clone()).await;
            assert_eq!(refused.targets(), targets, "{body}: {}", refused.text);
            assert_eq!(refused.expect(400)["code"], "INVALID_DATA", "{body}");
        }
        let collection = story.app.auth_path("/deviceAuthentications");
        for text in ["{", "[]", "7", "\"x\""] {
            let request = story.admin.request(http::Method::POST, &collection);
            let refused = request.bytes("application/json", text.as_bytes().to_vec()).send().await;
            assert_eq!(refused.expect(400)["code"], "INVALID_REQUEST", "{text}");
        }
        assert!(story.app.take_mail().await.is_empty());
        let mut tx = story.app.db().read().await.unwrap();
        assert!(tx.query("SELECT 1 FROM device_authentication", &[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_names_nobody_must_be_able_to_use_a_passkey() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let collection = story.app.auth_path("/deviceAuthentications");
        let code = json!({"selectedDevice": {"otp": "123456"}});
        assert_eq!(story.admin.post(&collection, code).await.targets(), ["user.id"]);
        story.change_policy(|policy| policy["fido2"]["enabled"] = json!(false)).await;
        assert_eq!(story.admin.post(&collection, json!({})).await.targets(), ["user.id"]);
    })
    .await;
}

#[tokio::test]
async fn every_fault_of_an_action_is_named_and_no_try_is_taken() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, code) = story.asked().await;
        let cases: Vec<(&str, Value, Vec<&str>)> = vec![
            ("otp.check", json!({}), vec!["otp"]),
            ("otp.check", json!({"otp": ""}), vec!["otp"]),
            ("otp.check", json!({"otp": null}), vec!["otp"]),
            ("otp.check", json!({"otp": ["123456"]}), vec!["otp"]),
            ("otp.check", json!({"otp": "1\u{0}2"}), vec!["otp"]),
            ("otp.check", json!({"otp": "1".repeat(33)}), vec!["otp"]),
            ("device.select", json!({}), vec!["device"]),
            ("device.select", json!({"device": {}}), vec!["device.id"]),
            (
                "device.select",
                json!({"device": {"id": "x"}, "compatibility": 1}),
                vec!["device.id", "compatibility"],
            ),
            ("device.select", json!({"device": phone}), vec!["device"]),
            ("assertion.check", json!({}), vec!["origin", "assertion"]),
            ("cancel.push.authentication", json!({}), vec!["reason"]),
        ];
        for (action, body, targets) in cases {
            let refused = story.act(&authentication, action, body.clone()).await;
            assert_eq!(refused.targets(), targets, "{action} {body}: {}", refused.text);
            assert_eq!(refused.expect(400)["code"], "INVALID_DATA", "{action} {body}");
        }
        for _ in 0..4 {
            let blank = story.act(&authentication, "otp.check", json!({"otp": " "})).await;
            blank.refused(400, "INVALID_DATA", "EMPTY_VALUE");
        }
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn unknown_members_are_ignored() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let (authentication, code) = story.asked().await;
        let body = json!({"otp": code, "more": {"ignored": true}});
        assert_eq!(story.act(&authentication, "otp.check", body).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}
