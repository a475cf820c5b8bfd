//! Addresses that get a code without being paired.

use futures_util::future::join_all;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::{Story, links, wrong};

fn mail() -> Value {
    json!({"selectedDevice": {"oneTime": {"type": "EMAIL", "email": "somebody@example.com"}}})
}

#[tokio::test]
async fn an_address_that_is_not_paired_gets_a_code_and_is_shown_masked() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let cases = [
            (
                json!({"type": "EMAIL", "email": "somebody@example.com"}),
                "EMAIL",
                "somebody@example.com",
                json!({"type": "EMAIL", "email": "so****@example.com"}),
                "email",
            ),
            (
                json!({"type": "SMS", "phone": "+1 (512) 555-0144"}),
                "SMS",
                "+15125550144",
                json!({"type": "SMS", "phone": "*******44"}),
                "sms",
            ),
            (
                json!({"type": "VOICE", "phone": "+15125550144"}),
                "VOICE",
                "+15125550144",
                json!({"type": "VOICE", "phone": "*******44"}),
                "tel",
            ),
        ];
        for (one_time, channel, to, shown, amr) in cases {
            let authentication = story.start(json!({"selectedDevice": {"oneTime": one_time}})).await;
            assert_eq!(authentication["status"], "OTP_REQUIRED");
            assert_eq!(links(&authentication), ["self", "device.select", "otp.check"]);
            assert_eq!(authentication["selectedDevice"], json!({"oneTime": shown}));
            assert_eq!(authentication["_embedded"]["devices"], json!([shown]));
            assert_eq!(story.read(&authentication).await.expect(200), authentication);
            let mail = TestApp::only(story.app.take_mail().await);
            assert_eq!((mail.channel, mail.to.as_str()), (channel, to));
            let done = story.check(&authentication, &mail.code.unwrap()).await.expect(200);
            assert_eq!((&done["status"], &done["authenticators"][0]), (&json!("COMPLETED"), &json!(amr)));
        }
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 0, "nothing was paired");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_void_the_code_of_an_address_but_nothing_is_locked() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story
            .change_policy(|policy| policy["email"]["otp"]["failure"]["coolDown"]["duration"] = json!(5))
            .await;
        let mailbox = story.pair(json!({"type": "EMAIL", "email": "somebody@example.com"})).await;
        let authentication = story.start(mail()).await;
        let code = story.sent_code().await;
        for left in [2, 1] {
            let detail =
                story.check(&authentication, &wrong(&code)).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(detail["innerError"]["attemptsRemaining"], left);
        }
        let detail = story.check(&authentication, &wrong(&code)).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        assert!(detail["innerError"].is_null(), "{detail}");
        story.check(&authentication, &code).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");

        let again = story.start(mail()).await;
        let code = story.sent_code().await;
        assert_eq!(story.check(&again, &code).await.expect(200)["status"], "COMPLETED");
        let shown = story.admin.get(&story.device_path(&mailbox)).await.expect(200);
        assert_eq!(
            shown["lock"]["status"], "UNLOCKED",
            "the paired device with this address is another thing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_paired_device_can_be_chosen_instead_of_the_address() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let authentication = story.start(mail()).await;
        let first = story.sent_code().await;
        let changed = story.select(&authentication, &phone).await.expect(200);
        assert_eq!(changed["selectedDevice"], json!({"id": phone}));
        let second = story.sent_code().await;
        if first != second {
            story.check(&authentication, &first).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        }
        let done = story.check(&authentication, &second).await.expect(200);
        assert_eq!(done["authenticators"][0], "sms");
    })
    .await;
}

#[tokio::test]
async fn an_address_needs_a_method_that_the_policy_has() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.change_policy(|policy| policy["email"]["enabled"] = json!(false)).await;
        let refused = story.start_with(mail()).await;
        assert_eq!(refused.targets(), ["selectedDevice.oneTime.type"]);
        assert!(story.app.take_mail().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_wrong_codes_of_addresses_left_behind_is_swept() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let authentication = story.start(mail()).await;
        let code = story.sent_code().await;
        story.check(&authentication, &wrong(&code)).await.expect(400);
        story.app.advance(Span::minutes(31));
        let ctx = postern_engine::Ctx { now: story.app.now(), ..story.app.ctx() };
        let limits = postern_engine::sweep::Limits::default();
        postern_engine::sweep::run_once(&story.app.db(), &ctx, limits).await;
        let mut tx = story.app.db().read().await.unwrap();
        for table in ["device_authentication", "otp_challenge", "otp_failure"] {
            let rows = tx.query(&format!("SELECT 1 FROM {table}"), &[]).await.unwrap();
            assert!(rows.is_empty(), "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_learns_no_more_from_many_codes_at_once_than_from_one_after_the_other() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let authentication = story.start(mail()).await;
        let guess = wrong(&story.sent_code().await);
        let answers = join_all((0..12).map(|_| story.check(&authentication, &guess))).await;
        let compared = answers.iter().filter(|answer| answer.text.contains("attemptsRemaining")).count();
        assert_eq!(compared, 2, "the third of three wrong codes voids the code");
        assert!(answers.iter().all(|answer| answer.status == 400));
    })
    .await;
}
