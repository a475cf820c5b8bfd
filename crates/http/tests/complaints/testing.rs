//! Testing MFA.

use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{PASSWORD, Story, another, begin, id};

/// AzureAD/microsoft-authentication-library-for-objc pull request 2713, and GSA/notifications-admin#676.
#[tokio::test]
async fn tests_skip_mfa_since_nobody_can_get_at_the_code() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        for body in [
            json!({"type": "SMS", "phone": "+15125550101", "testMode": true}),
            json!({"type": "VOICE", "phone": "+15125550102", "testMode": true}),
            json!({"type": "EMAIL", "email": "pat@example.com", "testMode": true}),
        ] {
            let authentication = story.start(&story.pair(body).await).await;
            let code = authentication["test"]["otp"].as_str().unwrap().to_owned();
            let wrong = story.check(&authentication, &another(&code)).await;
            wrong.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        }
    })
    .await;
}

/// firebase/firebase-tools#6224, and firebase/firebase-ios-sdk#11079: enrolled, and yet not known.
#[tokio::test]
async fn authenticator_applications_are_unsupported_or_not_known_once_enrolled() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, maker) = story.authenticator().await;
        let authentication = story.start(&device).await;
        assert_eq!(authentication["_embedded"]["devices"][0]["id"], json!(device));
        let code = story.shown(&maker, 0);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        // The same code is good for nothing else.
        let authentication = story.start(&device).await;
        story.check(&authentication, &code).await.refused(400, "INVALID_DATA", "INVALID_OTP");
    })
    .await;
}

/// ministackorg/ministack pull request 39 and faiscadev/fakecloud pull request 163: any six digits pass.
#[tokio::test]
async fn any_code_is_accepted() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.pair(json!({"type": "SMS", "phone": "+15125550101"})).await;
        let (application, maker) = story.authenticator().await;
        story.change_policy(|policy| policy["sms"]["otp"]["failure"]["count"] = json!(7)).await;
        story.change_policy(|policy| policy["totp"]["otp"]["failure"]["count"] = json!(7)).await;
        for device in [phone, application] {
            let authentication = story.start(&device).await;
            let code = match story.app.take_mail().await.pop() {
                Some(mail) => mail.code.unwrap(),
                None => story.shown(&maker, 0),
            };
            for guess in ["123456", "000000", "999999", &another(&code), "1", "abcdef"] {
                if guess != code {
                    story.check(&authentication, guess).await.refused(400, "INVALID_DATA", "INVALID_OTP");
                }
            }
            assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        }
    })
    .await;
}

/// localstack/localstack#13858: the challenge is silently left out, and tests pass without it.
#[tokio::test]
async fn the_challenge_is_silently_skipped() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let flow = begin(&app, &setup).await;
        assert_eq!(flow["status"], "OTP_REQUIRED");
        let path = app.auth_path(&format!("/flows/{}", id(&flow)));
        let resume = app.auth_path(&format!("/as/resume?flowId={}", id(&flow)));
        let resumed = app.anonymous().get(&resume).await;
        assert!(resumed.status != 200 || resumed.body["authorizeResponse"].is_null(), "{}", resumed.text);
        for (action, body) in [
            ("otp.check", json!({})),
            ("usernamePassword.check", json!({"username": setup.username, "password": PASSWORD})),
            ("assertion.check", json!({"origin": "https://example.com", "assertion": "{}"})),
        ] {
            app.anonymous().act(&path, action, body).await.expect(400);
        }
        let read = app.anonymous().get(&path).await.expect(200);
        assert_eq!(read["status"], "OTP_REQUIRED");
        // Without a device nobody passes either.
        let device = app.path(&format!("/users/{}/devices/{}", setup.user, setup.device));
        app.admin().await.delete(&device).await.expect(204);
        assert_eq!(begin(&app, &setup).await["status"], "FAILED");
    })
    .await;
}

/// codeforamerica/sebt-self-service-portal pull request 155 and KeeperHub/keeperhub pull request 1504: ways around MFA
/// that were made for tests and stayed. Ours names one user, ends by itself, and is on record.
#[tokio::test]
async fn a_way_around_mfa_is_left_in_production() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let path = app.path(&format!("/users/{}/bypassMFA", setup.user));
        let until = app.now().plus(Span::minutes(5));
        app.admin().await.put(&path, json!({ "bypassMFAEnabledUntil": until })).await.expect(200);
        assert_eq!(begin(&app, &setup).await["status"], "COMPLETED");
        app.advance(Span::minutes(5));
        assert_eq!(begin(&app, &setup).await["status"], "OTP_REQUIRED");
        let mut tx = app.db().read().await.unwrap();
        let sql = "SELECT body FROM audit_event WHERE action = 'USER.UPDATED'";
        let rows = tx.query(sql, &[]).await.unwrap();
        assert!(rows.iter().any(|row| row.text(0).unwrap().contains(&setup.user)));
    })
    .await;
}
