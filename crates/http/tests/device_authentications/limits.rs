//! What bounds guessing and spending: the messages of a day, and wrong answers in the life of a device.

use postern_core::time::Span;
use postern_store::StoreError;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::{Story, wrong};

/// As if so many messages had been sent today to everybody who had one.
async fn set_sent(app: &TestApp, count: i64) {
    let done: Result<u64, StoreError> = app
        .db()
        .write(count, |tx, count| {
            Box::pin(async move { tx.execute("UPDATE sent_quota SET sent = $1", &[(*count).into()]).await })
        })
        .await;
    assert!(done.unwrap() > 0);
}

#[tokio::test]
async fn a_day_without_messages_left_says_on_which_channel_and_until_when() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (phone, mailbox) = (story.phone().await, story.mailbox().await);
        let (authentication, code) = story.asked().await;
        set_sent(&story.app, 50).await;
        let midnight = |detail: &Value| {
            let until = detail["innerError"]["coolDownExpiresAt"].as_i64().unwrap();
            assert!(until % 86_400_000 == 0 && until > story.app.now().millis(), "{until}");
        };
        for refused in [
            story.start_with(json!({})).await,
            story.select(&authentication, &phone).await,
            story
                .start_with(
                    json!({"selectedDevice": {"oneTime": {"type": "VOICE", "phone": "+15125550144"}}}),
                )
                .await,
        ] {
            let method = if refused.text.contains("VOICE") { "VOICE" } else { "SMS" };
            let detail = refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
            assert_eq!(detail["innerError"]["deliveryMethod"], method);
            midnight(&detail);
        }
        // Mails have a count of their own, and what was sent before still counts.
        let by_mail = story.select(&authentication, &mailbox).await.expect(200);
        assert_eq!(by_mail["selectedDevice"]["id"], json!(mailbox));
        assert_eq!(story.app.take_mail().await.len(), 1);
        story.check(&authentication, &code).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn codes_that_are_shown_instead_of_sent_count_as_well() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.pair(json!({"type": "SMS", "phone": "+15125550101", "testMode": true})).await;
        story.start(json!({})).await;
        set_sent(&story.app, 49).await;
        story.start(json!({})).await;
        story.start_with(json!({})).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
    })
    .await;
}

impl Story {
    /// Spends so many tries of the phone, waiting for the end of every lock.
    async fn spend(&self, phone: &str, mut wrong_answers: usize) -> Value {
        let mut last = Value::Null;
        while wrong_answers > 0 {
            let story = self.renewed().await;
            let started = story.start_with(json!({"selectedDevice": {"id": phone}})).await;
            let authentication = started.expect(201);
            let code = story.sent_code().await;
            for _ in 0..wrong_answers.min(7) {
                last = story.check(&authentication, &wrong(&code)).await.expect(400)["details"][0].clone();
                wrong_answers -= 1;
            }
            if wrong_answers > 0 {
                self.app.advance(Span::minutes(30));
            }
        }
        last
    }

    async fn lock_of(&self, phone: &str) -> Value {
        self.renewed().await.admin.get(&self.device_path(phone)).await.expect(200)["lock"].clone()
    }
}

#[tokio::test]
async fn a_hundred_wrong_answers_in_a_row_end_a_device_until_an_administrator_unlocks_it() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        story.lock_phones(7, 30).await;
        // Fourteen locks that end by themselves do not forget what was spent.
        let last = story.spend(&phone, 99).await;
        assert_eq!(last["code"], "INVALID_OTP");
        assert_eq!(story.lock_of(&phone).await["status"], "UNLOCKED");
        let story = story.renewed().await;
        let last = story.spend(&phone, 1).await;
        assert_eq!(last["code"], "QUOTA_EXCEEDED", "it is the hundredth, though the policy would allow more");
        story.app.advance(Span::days(365));
        let story = story.renewed().await;
        assert_eq!(story.lock_of(&phone).await["status"], "LOCKED");
        let refused = story.start_with(json!({"selectedDevice": {"id": phone}})).await;
        refused.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");

        story.admin.act(&story.device_path(&phone), "device.unlock", Value::Null).await.expect(200);
        let (authentication, code) = story.asked().await;
        let detail =
            story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(detail["innerError"]["attemptsRemaining"], 6);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_right_answer_forgets_the_wrong_ones_of_a_life() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        story.lock_phones(7, 30).await;
        story.spend(&phone, 98).await;
        story.app.advance(Span::minutes(30));
        let story = story.renewed().await;
        let (authentication, code) = story.asked().await;
        story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
        assert_eq!(story.spend(&phone, 6).await["code"], "INVALID_OTP");
        assert_eq!(story.lock_of(&phone).await["status"], "UNLOCKED");
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_is_lowered_counts_the_tries_that_are_spent() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        story.lock_phones(5, 2).await;
        let (authentication, code) = story.asked().await;
        for _ in 0..3 {
            story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        }
        story.lock_phones(2, 2).await;
        let detail =
            story.check(&authentication, &code).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        assert!(detail["innerError"]["coolDownExpiresAt"].as_i64().unwrap() > story.app.now().millis());
        assert_eq!(story.lock_of(&phone).await["status"], "LOCKED");
        story.app.advance(Span::minutes(2));
        let (authentication, code) = story.asked().await;
        let detail =
            story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(detail["innerError"]["attemptsRemaining"], 1);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn an_unlock_gives_no_further_tries_for_the_code_that_waits() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let (authentication, code) = story.asked().await;
        story.check(&authentication, &wrong(&code)).await.expect(400);
        story.admin.act(&story.device_path(&phone), "device.unlock", Value::Null).await.expect(200);
        story.check(&authentication, &code).await.refused(400, "INVALID_DATA", "INVALID_OTP");
    })
    .await;
}
