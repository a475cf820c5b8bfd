//! Many at once: a code counts once, a token has one device, tries are not more than the policy allows.

use futures_util::future::join_all;
use postern_testkit::{Answer, TestApp};
use serde_json::json;

use super::support::{Story, devices_of, id, key, press};

const MANY: usize = 8;

fn completed(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.body["status"] == "COMPLETED").count()
}

#[tokio::test]
async fn a_code_of_an_application_counts_once_however_many_use_it_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, key) = story.application().await;
        story.change_policy(|policy| policy["totp"]["otp"]["failure"]["count"] = json!(7)).await;
        let code = story.code(&key, 0);
        let answers = join_all((0..MANY).map(|_| story.sign_on(&device, &code))).await;
        assert_eq!(completed(&answers), 1, "{answers:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_code_of_a_token_counts_once_however_many_use_it_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.change_policy(|policy| policy["oathToken"]["otp"]["failure"]["count"] = json!(7)).await;
        story.hotp("1", 0).await;
        let device = story.pair("1").await;
        let answers = join_all((0..MANY).map(|_| story.sign_on(&device, "755224"))).await;
        assert_eq!(completed(&answers), 1, "{answers:#?}");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_at_once_have_no_more_tries_than_the_policy_allows() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        let wrong = story.code(&key(&device), 300);
        let answers = join_all((0..MANY).map(|_| story.activate(&device, json!({ "otp": wrong })))).await;
        let told = answers.iter().filter(|answer| answer.body["details"][0]["code"] == "INVALID_OTP").count();
        assert_eq!(told, 2, "the third locks, the others are refused: {answers:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_token_has_one_device_however_many_pair_it_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let token = story.hotp("1", 0).await;
        let mut users = vec![story.user.clone()];
        for n in 1..MANY {
            users.push(story.app.user(&story.admin, &format!("user-{n}"), None).await);
        }
        let body = json!({"type": "OATH_TOKEN", "serialNumber": "1"});
        let paths: Vec<String> = users.iter().map(|user| devices_of(&story.app, user)).collect();
        let answers = join_all(paths.iter().map(|path| story.admin.post(path, body.clone()))).await;
        let paired: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(paired.len(), 1, "{answers:#?}");
        let shown = story.admin.get(&story.token(&token)).await.expect(200);
        assert_eq!(shown["devices"][0]["id"], paired[0].body["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_has_one_owner_however_many_prove_it_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.hotp("1", 0).await;
        let other = story.app.user(&story.admin, "kim", None).await;
        let first = story.begin_pairing("1").await;
        let body = json!({"type": "OATH_TOKEN", "serialNumber": "1", "status": "ACTIVATION_REQUIRED"});
        let others = devices_of(&story.app, &other);
        let second = story.admin.post(&others, body).await.expect(201);
        let proof = json!({"otp": press(0)});
        let (first, second) = futures_util::future::join(
            story.activate(&first, proof.clone()),
            story.admin.act(&format!("{others}/{}", id(&second)), "device.activate", proof.clone()),
        )
        .await;
        assert_ne!(first.status == 200, second.status == 200, "{} and {}", first.text, second.text);
    })
    .await;
}

#[tokio::test]
async fn a_serial_number_is_given_once_however_many_create_it_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let body =
            json!({"serialNumber": "same", "secret": super::support::KEY, "type": "HOTP", "otpLength": 6});
        let tokens = story.tokens();
        let answers = join_all((0..MANY).map(|_| story.admin.post(&tokens, body.clone()))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:#?}");
        assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 400));
    })
    .await;
}
