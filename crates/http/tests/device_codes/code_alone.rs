//! A code that comes without the name of its device.

use futures_util::future::join_all;
use postern_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::support::{Story, id, press};

async fn try_code(story: &Story, code: &str) -> Answer {
    let body = json!({"user": {"id": story.user}, "selectedDevice": {"otp": code}});
    story.admin.post(&story.app.auth_path("/deviceAuthentications"), body).await
}

async fn lock(story: &Story, device: &Value) -> Value {
    story.admin.get(&story.device(device)).await.expect(200)["lock"]["status"].clone()
}

#[tokio::test]
async fn it_finds_its_device_and_costs_the_others_nothing() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (first, _) = story.application().await;
        story.hotp("A1", 0).await;
        let token = story.pair("A1").await;
        for counter in 2..7 {
            let done = try_code(&story, &press(counter)).await.expect(201);
            assert_eq!(done["status"], "COMPLETED");
            assert_eq!(done["selectedDevice"]["id"], json!(id(&token)));
        }
        assert_eq!(lock(&story, &first).await, "UNLOCKED");
    })
    .await;
}

#[tokio::test]
async fn many_at_once_are_compared_no_more_often_than_one_after_the_other() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.application().await;
        story.hotp("A1", 0).await;
        story.pair("A1").await;
        let answers = join_all((0..12).map(|_| try_code(&story, "no code"))).await;
        let compared = answers.iter().filter(|answer| answer.text.contains("attemptsRemaining")).count();
        assert_eq!(compared, 2, "the third of three wrong codes locks");
        assert!(answers.iter().all(|answer| answer.status == 400));
    })
    .await;
}

#[tokio::test]
async fn one_that_is_nobodys_counts_against_every_device() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (first, key) = story.application().await;
        story.hotp("A1", 0).await;
        let token = story.pair("A1").await;
        for _ in 0..2 {
            try_code(&story, "no code").await.refused(400, "INVALID_DATA", "INVALID_OTP");
        }
        try_code(&story, "no code").await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        for device in [&first, &token] {
            assert_eq!(lock(&story, device).await, "LOCKED");
        }
        let right = try_code(&story, &story.code(&key, 0)).await;
        right.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");
    })
    .await;
}
