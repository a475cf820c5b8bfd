//! Accounts that may not authenticate: disabled, locked, without MFA; and those that need not.

use futures_util::future::join_all;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::{Story, wrong};

impl Story {
    fn account(&self, rest: &str) -> String {
        self.app.path(&format!("/users/{}{rest}", self.user))
    }

    async fn set_account(&self, property: &str, value: Value) {
        let path = self.account(&format!("/{property}"));
        self.admin.put(&path, json!({ (property): value })).await.expect(200);
    }
}

#[tokio::test]
async fn disabled_users_prove_nothing_whatever_the_policy_says() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, code) = story.asked().await;
        story.set_account("enabled", json!(false)).await;
        for flag in [Value::Null, json!(false), json!(true)] {
            story.change_policy(|policy| policy["blockDisabledUsers"] = flag).await;
            for refused in [
                story.start_with(json!({})).await,
                story.select(&authentication, &phone).await,
                story.check(&authentication, &code).await,
            ] {
                refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
            }
        }
        assert!(story.app.take_mail().await.is_empty());
        story.set_account("enabled", json!(true)).await;
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_locked_account_is_refused_unless_the_policy_ignores_the_lock() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let (authentication, code) = story.asked().await;
        story.admin.act(&story.account(""), "account.lock", json!({})).await.expect(200);
        for refused in [story.start_with(json!({})).await, story.check(&authentication, &code).await] {
            refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        }
        story.change_policy(|policy| policy["ignoreUserLock"] = json!(true)).await;
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        assert_eq!(story.start(json!({})).await["status"], "OTP_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn users_without_mfa_are_refused_only_where_the_policy_says_so() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        story.set_account("mfaEnabled", json!(false)).await;
        let (authentication, code) = story.asked().await;
        story.change_policy(|policy| policy["blockUsersWithDisabledMfa"] = json!(true)).await;
        for refused in [story.start_with(json!({})).await, story.check(&authentication, &code).await] {
            refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        }
        story.set_account("mfaEnabled", json!(true)).await;
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_of_any_device_lock_the_account() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (phone, mailbox) = (story.phone().await, story.mailbox().await);
        story.set_mfa("lockout", json!({"failureCount": 3, "durationSeconds": 60})).await;
        let (to_phone, code) = story.asked().await;
        let to_mailbox = story.start(json!({"selectedDevice": {"id": mailbox}})).await;
        let other = story.sent_code().await;
        story.check(&to_phone, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        story.check(&to_mailbox, &wrong(&other)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(story.admin.get(&story.account("")).await.expect(200)["account"]["status"], "OK");
        story.check(&to_phone, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        let user = story.admin.get(&story.account("")).await.expect(200);
        assert_eq!(user["account"]["status"], "LOCKED");
        for refused in [
            story.check(&to_phone, &code).await,
            story.check(&to_mailbox, &other).await,
            story.select(&to_phone, &phone).await,
            story.start_with(json!({})).await,
        ] {
            refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        }
        story.app.advance(Span::seconds(61));
        let admin = story.app.admin().await;
        assert_eq!(admin.get(&story.account("")).await.expect(200)["account"]["status"], "OK");
        assert_eq!(story.check(&to_phone, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_right_code_and_an_unlock_forget_the_wrong_ones_before() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        story.set_mfa("lockout", json!({"failureCount": 2})).await;
        for _ in 0..3 {
            let (authentication, code) = story.asked().await;
            story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        }
        let (authentication, code) = story.asked().await;
        story.check(&authentication, &wrong(&code)).await.expect(400);
        story.admin.act(&story.account(""), "account.unlock", Value::Null).await.expect(200);
        story.check(&authentication, &wrong(&code)).await.expect(400);
        assert_eq!(story.admin.get(&story.account("")).await.expect(200)["account"]["status"], "OK");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_of_many_devices_at_once_learn_no_more_than_the_lockout_allows() {
    TestApp::each(|app| async move {
        let story = &Story::begin(app).await;
        story.set_mfa("lockout", json!({"failureCount": 3})).await;
        story.set_mfa("pairing", json!({"maxAllowedDevices": 10, "pairingKeyFormat": "NUMERIC"})).await;
        let mut asked = Vec::new();
        for n in 0..8 {
            let device = story.pair(json!({"type": "SMS", "phone": format!("+1512555013{n}")})).await;
            let authentication = story.start(json!({"selectedDevice": {"id": device}})).await;
            asked.push((authentication, wrong(&story.sent_code().await)));
        }
        let guesses = asked.iter().map(|(authentication, guess)| story.check(authentication, guess));
        let answers = join_all(guesses).await;
        let told =
            |word: &str| answers.iter().filter(|answer| answer.body["details"][0]["code"] == word).count();
        assert_eq!((told("INVALID_OTP"), told("ACCOUNT_NOT_USABLE")), (3, 5), "{answers:#?}");
        let user = story.admin.get(&story.account("")).await.expect(200);
        assert_eq!(user["account"]["status"], "LOCKED");
    })
    .await;
}

#[tokio::test]
async fn a_bypass_is_shown_and_decided_about_by_the_caller() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let until = story.app.now().plus(Span::hours(1));
        let path = story.account("/bypassMFA");
        story.admin.put(&path, json!({ "bypassMFAEnabledUntil": until })).await.expect(200);
        let (authentication, code) = story.asked().await;
        assert_eq!(
            (&authentication["bypassAllowed"], &authentication["userBypassEnabled"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(authentication["status"], "OTP_REQUIRED", "it is not completed by itself");
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        story.app.advance(Span::hours(1));
        let story = story.renewed().await;
        assert_eq!(story.start(json!({})).await["bypassAllowed"], false);
    })
    .await;
}
