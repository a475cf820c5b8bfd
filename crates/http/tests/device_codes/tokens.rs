//! Hardware tokens as records: created, found, brought in step, revoked.

use postern_store::StoreError;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::{KEY, Story, WRONG, devices_of, id, press};

#[tokio::test]
async fn a_token_is_created_and_shows_all_but_its_key() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let body = json!({"serialNumber": "AB1", "secret": KEY, "type": "TOTP", "otpLength": 8, "hashAlgorithm": "HmacSHA512",
            "totp": {"timeStep": 60, "drift": 9}, "rowNumber": 3});
        let answer = story.admin.post(&story.tokens(), body).await;
        assert!(!answer.text.contains(KEY) && !answer.text.contains("sealed"), "{}", answer.text);
        let token = answer.expect(201);
        let members: Vec<&str> = token.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            members,
            ["_links", "id", "environment", "serialNumber", "type", "otpLength", "hashAlgorithm", "totp", "createdAt", "updatedAt"]
        );
        assert_eq!(token["totp"], json!({"timeStep": 60, "drift": 0}));
        let hotp = story.hotp("AB2", 7).await;
        assert_eq!((&hotp["hashAlgorithm"], &hotp["hotp"]), (&json!("HmacSHA1"), &json!({"counter": 7})));
        assert_eq!(story.admin.get(&story.token(&hotp)).await.expect(200), hotp);
    })
    .await;
}

#[tokio::test]
async fn tokens_are_found_by_serial_number_and_paged() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        for n in 0..5 {
            story.hotp(&format!("AB{n}"), 0).await;
        }
        let found = |filter: &str| {
            let path =
                format!("{}?filter={}", story.tokens(), filter.replace(' ', "%20").replace('"', "%22"));
            let admin = story.admin.clone();
            async move { admin.get(&path).await }
        };
        let one = found("serialNumber eq \"ab3\"").await.expect(200);
        assert_eq!(
            (&one["count"], &one["_embedded"]["oathTokens"][0]["serialNumber"]),
            (&json!(1), &json!("AB3"))
        );
        found("type eq \"HOTP\"").await.refused(400, "INVALID_REQUEST", "INVALID_FILTER");
        let page = story.admin.get(&format!("{}?limit=2", story.tokens())).await.expect(200);
        assert_eq!((&page["size"], &page["count"]), (&json!(2), &json!(5)));
        let next = page["_links"]["next"]["href"].as_str().unwrap();
        let next = story.admin.get(next.strip_prefix("http://postern.test").unwrap()).await.expect(200);
        assert_eq!(next["_embedded"]["oathTokens"][0]["serialNumber"], "AB2");
    })
    .await;
}

#[tokio::test]
async fn a_serial_number_is_unique_and_a_body_is_checked() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("AB1", 0).await;
        let again = json!({"serialNumber": "ab1", "secret": KEY, "type": "HOTP", "otpLength": 6});
        let detail = story.admin.post(&story.tokens(), again).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        assert_eq!((&detail["target"], &detail["innerError"]["existingId"]), (&json!("serialNumber"), &token["id"]));
        let bad = json!({"serialNumber": "a b", "secret": "xyz", "type": "HOTP", "otpLength": 12, "hotp": {"counter": -1}});
        let answer = story.admin.post(&story.tokens(), bad).await;
        assert_eq!(answer.targets(), ["serialNumber", "secret", "otpLength", "hotp.counter"]);
        assert!(!answer.text.contains("xyz"), "a key is in no message");
    })
    .await;
}

#[tokio::test]
async fn an_environment_has_no_more_tokens_than_it_may_have() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("AB1", 0).await;
        let set: Result<u64, StoreError> = story
            .app
            .db()
            .write((), |tx, ()| {
                Box::pin(async move { tx.execute("UPDATE oath_token_count SET tokens = 100000", &[]).await })
            })
            .await;
        assert_eq!(set.unwrap(), 1);
        let body = json!({"serialNumber": "AB2", "secret": KEY, "type": "HOTP", "otpLength": 6});
        let detail = story.admin.post(&story.tokens(), body.clone()).await.refused(
            400,
            "REQUEST_FAILED",
            "LIMIT_EXCEEDED",
        );
        assert_eq!(detail["innerError"], json!({"maximumAllowed": 100_000}));
        story.admin.delete(&story.token(&token)).await.expect(204);
        story.admin.post(&story.tokens(), body).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn two_codes_in_a_row_bring_a_token_in_step_in_one_call_or_two() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("AB1", 0).await;
        let path = story.token(&token);
        let resync = |codes: Value| story.admin.act(&path, "device.resync", json!({ "otps": codes }));
        let wrong = resync(json!([press(50), press(52)])).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(wrong["target"], "otps");
        let token = resync(json!([press(50), press(51)])).await.expect(200);
        assert_eq!((&token["serialNumber"], &token["hotp"]["counter"]), (&json!("AB1"), &json!(52)));
        resync(json!([press(50), press(51)])).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        let extra = resync(json!([press(700)])).await.refused(400, "INVALID_DATA", "EXTRA_OTP_REQUIRED");
        assert_eq!(extra["message"], "An extra OTP is required");
        assert_eq!(resync(json!([press(701)])).await.expect(200)["hotp"]["counter"], 702);
        for body in [json!([]), json!([WRONG, WRONG, WRONG]), json!(null)] {
            let refused = resync(body).await;
            assert_eq!(refused.expect(400)["details"][0]["target"], "otps");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_paired_is_brought_in_step_under_its_user_and_counts_wrong_codes() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("AB1", 0).await;
        let of = |user: &str| story.app.path(&format!("/users/{user}/oathTokens/{}", id(&token)));
        let own = of(&story.user);
        let codes = |first, second| json!({"otps": [press(first), press(second)]});
        story.admin.act(&own, "device.resync", codes(50, 51)).await.expect(404);
        let device = story.pair("AB1").await;
        let kim = story.app.user(&story.admin, "kim", None).await;
        story.admin.act(&of(&kim), "device.resync", codes(50, 51)).await.expect(404);
        story.admin.act(&own, "device.resync", codes(50, 51)).await.expect(200);
        assert_eq!(story.sign_on(&device, &press(52)).await.expect(200)["status"], "COMPLETED");
        for left in [2, 1] {
            let wrong = story.admin.act(&own, "device.resync", json!({"otps": [WRONG, WRONG]})).await;
            assert_eq!(
                wrong.refused(400, "INVALID_DATA", "INVALID_OTP")["innerError"]["attemptsRemaining"],
                left
            );
        }
        let locked = story.admin.act(&own, "device.resync", json!({"otps": [WRONG, WRONG]})).await;
        locked.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let both = story.admin.act(&story.token(&token), "device.resync", codes(60, 61)).await;
        both.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        story.admin.act(&story.device(&device), "device.unlock", Value::Null).await.expect(200);
        story.admin.act(&story.token(&token), "device.resync", codes(60, 61)).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_known_in_its_own_environment_alone() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("AB1", 0).await;
        let path = story.token(&token);
        let elsewhere = story.elsewhere(&path).await;
        story.admin.get(&elsewhere).await.expect(404);
        story.admin.delete(&elsewhere).await.expect(404);
        let codes = json!({"otps": [press(0), press(1)]});
        story.admin.act(&elsewhere, "device.resync", codes).await.expect(404);
        let tokens = elsewhere.rsplit_once('/').unwrap().0;
        assert_eq!(story.admin.get(tokens).await.expect(200)["count"], 0);
        let users = tokens.replace("/oathTokens", "/users");
        let user = json!({"username": "kim", "email": "kim@example.com"});
        let user = id(&story.admin.post(&users, user).await.expect(201));
        let there = json!({"type": "OATH_TOKEN", "serialNumber": "AB1"});
        let refused = story.admin.post(&format!("{users}/{user}/devices"), there).await;
        assert_eq!(refused.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "serialNumber");
        assert_eq!(story.admin.get(&path).await.expect(200)["id"], token["id"]);
        assert!(!devices_of(&story.app, &user).is_empty());
        story.app.anonymous().get(&path).await.expect(401);
    })
    .await;
}
