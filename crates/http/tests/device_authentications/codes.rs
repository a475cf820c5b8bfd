//! What codes are good for: once, for their own authentication, for their time.

use futures_util::future::join_all;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{Story, links, wrong};

#[tokio::test]
async fn wrong_codes_use_up_the_tries_and_then_the_code() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, code) = story.asked().await;
        for left in [2, 1] {
            let detail =
                story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(detail["target"], "otp");
            assert_eq!(detail["message"], "Invalid OTP provided");
            assert_eq!(detail["innerError"], json!({"attemptsRemaining": left}));
        }
        let detail = story.check(&authentication, &wrong(&code)).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        assert_eq!(detail["message"], "Too many unsuccessful OTP attempts.");
        assert!(
            detail["innerError"].is_null(),
            "nothing is locked where the policy has no cool-down: {detail}"
        );
        let late = story.check(&authentication, &code).await;
        late.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        assert_eq!(story.read(&authentication).await.expect(200)["status"], "OTP_REQUIRED");
        // A new code has tries of its own.
        story.select(&authentication, &phone).await.expect(200);
        let code = story.sent_code().await;
        let detail =
            story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(detail["innerError"]["attemptsRemaining"], 2);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn too_many_wrong_codes_lock_the_device_for_its_cool_down() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        story.lock_phones(2, 2).await;
        let (authentication, code) = story.asked().await;
        story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        let detail = story.check(&authentication, &wrong(&code)).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        let until = detail["innerError"]["coolDownExpiresAt"].as_i64().unwrap();
        let lasts = until - story.app.now().millis();
        assert!((119_000..=120_000).contains(&lasts), "{lasts}");
        for refused in [
            story.check(&authentication, &code).await,
            story.select(&authentication, &phone).await,
            story.start_with(json!({"selectedDevice": {"id": phone}})).await,
        ] {
            let detail = refused.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
            assert_eq!(detail["innerError"]["coolDownExpiresAt"], until);
        }
        let shown = story.admin.get(&story.device_path(&phone)).await.expect(200);
        assert_eq!((&shown["lock"]["status"], &shown["lock"]["reason"]), (&json!("LOCKED"), &json!("OTP")));
        let failed = story.start(json!({})).await;
        assert_eq!(
            (&failed["status"], &failed["error"]["code"]),
            (&json!("FAILED"), &json!("NO_USABLE_DEVICES"))
        );
        assert_eq!(failed["error"]["unavailableDevices"], json!([{"id": phone}]));
        assert_eq!(failed["_embedded"]["devices"][0]["usableStatus"]["status"], "DISABLED");

        // With another device the user goes on.
        let mailbox = story.mailbox().await;
        assert_eq!(story.start(json!({})).await["selectedDevice"], json!({"id": mailbox}));
        story.app.take_mail().await;

        story.app.advance(Span::minutes(2));
        let late = story.check(&authentication, &code).await;
        late.refused(400, "INVALID_DATA", "INVALID_OTP");
        story.select(&authentication, &phone).await.expect(200);
        let code = story.sent_code().await;
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn asking_again_sends_another_code_and_voids_the_old_one() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, old) = story.asked().await;
        let again = story.select(&authentication, &phone).await.expect(200);
        assert_eq!((&again["id"], &again["status"]), (&authentication["id"], &json!("OTP_REQUIRED")));
        let new = story.sent_code().await;
        assert_ne!(old, new, "the seed of the tests gives two codes");
        story.check(&authentication, &old).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(story.check(&authentication, &new).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn one_authentication_asks_ten_times_at_most() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, _) = story.asked().await;
        let mut code = String::new();
        for _ in 0..9 {
            story.select(&authentication, &phone).await.expect(200);
            code = story.sent_code().await;
        }
        let refused = story.select(&authentication, &phone).await;
        refused.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        assert!(story.app.take_mail().await.is_empty());
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_for_its_own_authentication_alone() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let (one, code) = story.asked().await;
        let (two, _) = story.asked().await;
        story.check(&two, &code).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(story.check(&one, &code).await.expect(200)["status"], "COMPLETED");
        assert_eq!(story.read(&two).await.expect(200)["status"], "OTP_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn what_is_completed_takes_no_action() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, code) = story.asked().await;
        let done = story.check(&authentication, &code).await.expect(200);
        assert_eq!(links(&done), ["self"]);
        for (action, body) in [
            ("otp.check", json!({"otp": code})),
            ("device.select", json!({"device": {"id": phone}})),
            ("assertion.check", json!({"origin": "https://example.com", "assertion": "{}"})),
            ("cancel.push.authentication", json!({"reason": "CHANGE_DEVICE"})),
        ] {
            let refused = story.act(&done, action, body).await;
            refused.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
        }
        assert_eq!(story.read(&done).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn an_authentication_is_forgotten_after_half_an_hour() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, code) = story.asked().await;
        story.app.advance(Span::minutes(29));
        story.read(&authentication).await.expect(200);
        story.app.advance(Span::minutes(1));
        story.read(&authentication).await.refused_as_unknown();
        story.check(&authentication, &code).await.refused_as_unknown();
        story.select(&authentication, &phone).await.refused_as_unknown();
    })
    .await;
}

trait Unknown {
    fn refused_as_unknown(self);
}

impl Unknown for postern_testkit::Answer {
    #[track_caller]
    fn refused_as_unknown(self) {
        assert_eq!(self.expect(404)["code"], "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_code_is_void_after_its_life_time_while_the_authentication_goes_on() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let minutes = json!({"duration": 1, "timeUnit": "MINUTES"});
        story.change_policy(|policy| policy["sms"]["otp"]["lifeTime"] = minutes).await;
        let (authentication, code) = story.asked().await;
        story.app.advance(Span::minutes(1));
        story.check(&authentication, &code).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        story.select(&authentication, &phone).await.expect(200);
        let code = story.sent_code().await;
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn codes_have_the_length_that_the_policy_says() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        for length in [6, 10] {
            story.change_policy(|policy| policy["sms"]["otp"]["otpLength"] = json!(length)).await;
            let (authentication, code) = story.asked().await;
            assert_eq!(code.len(), length);
            story.check(&authentication, &code[..length - 1]).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
            story.check(&authentication, &format!("{code}0")).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
            assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_that_come_together_learn_no_more_than_the_policy_allows() {
    for minutes in [0, 2] {
        TestApp::each(|app| async move {
            let story = &Story::begin(app).await;
            story.phone().await;
            story.lock_phones(3, minutes).await;
            let (authentication, code) = story.asked().await;
            let guess = wrong(&code);
            let answers = join_all((0..12).map(|_| story.check(&authentication, &guess))).await;
            let told = |word: &str| {
                answers.iter().filter(|answer| answer.body["details"][0]["code"] == word).count()
            };
            assert_eq!((told("INVALID_OTP"), told("QUOTA_EXCEEDED")), (2, 10), "{answers:#?}");
            let mut left: Vec<i64> = answers
                .iter()
                .filter_map(|answer| answer.body["details"][0]["innerError"]["attemptsRemaining"].as_i64())
                .collect();
            left.sort_unstable();
            assert_eq!(left, [1, 2], "no two answers were the same try");
            story.check(&authentication, &code).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        })
        .await;
    }
}

#[tokio::test]
async fn a_right_code_that_comes_ten_times_at_once_is_accepted_once() {
    TestApp::each(|app| async move {
        let story = &Story::begin(app).await;
        story.phone().await;
        let (authentication, code) = story.asked().await;
        let answers = join_all((0..10).map(|_| story.check(&authentication, &code))).await;
        let accepted = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(accepted, 1, "{answers:#?}");
        for refused in answers.into_iter().filter(|answer| answer.status != 200) {
            assert_eq!(refused.status, 400, "{}", refused.text);
        }
        let phone = story.admin.get(&story.devices()).await.expect(200);
        assert_eq!(phone["_embedded"]["devices"][0]["lock"]["status"], "UNLOCKED");
    })
    .await;
}
