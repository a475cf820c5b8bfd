//! Numbers that are shown in one place and entered in another.

use postern_core::mfa::push::request::Decision;
use postern_testkit::{TestApp, TestPhone};
use serde_json::{Value, json};

use crate::support::Scene;

async fn scene(app: TestApp, kind: &str) -> Scene {
    let settings = json!({"push": {"enabled": true, "numberMatching": {"enabled": true}}});
    let mobile = json!({"bundleId": "com.acme", "push": {"numberMatching": {"type": kind}}});
    Scene::with(app, settings, mobile).await
}

fn number(started: &Value) -> i64 {
    started["numberMatching"]["number"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn one_of_three_numbers_approves() {
    TestApp::each(|app| async move {
        let scene = scene(app, "SELECT_NUMBER").await;
        let phone = scene.phone().await;
        let (path, started) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        assert_eq!(request["numberMatching"]["type"], "SELECT_NUMBER");
        let choices: Vec<i64> = request["numberMatching"]["choices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|choice| choice.as_i64().unwrap())
            .collect();
        assert!(choices.len() == 3 && choices.contains(&number(&started)), "{choices:?}");
        let without = phone.answer(&scene.app, &request, Decision::Approve, None).await;
        assert_eq!(without.refused(400, "INVALID_DATA", "REQUIRED_VALUE")["target"], "number");
        phone.answer(&scene.app, &request, Decision::Approve, Some(number(&started))).await.expect(200);
        assert_eq!(scene.status(&path).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_typed_number_is_not_told_to_the_phone() {
    TestApp::each(|app| async move {
        let scene = scene(app, "ENTER_MANUALLY").await;
        let phone = scene.phone().await;
        let (path, started) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        assert_eq!(request["numberMatching"], json!({"type": "ENTER_MANUALLY"}));
        phone.answer(&scene.app, &request, Decision::Approve, Some(number(&started))).await.expect(200);
        assert_eq!(scene.status(&path).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_number_denies_and_there_is_no_second_try() {
    TestApp::each(|app| async move {
        for kind in ["SELECT_NUMBER", "ENTER_MANUALLY"] {
            let scene = match kind {
                "SELECT_NUMBER" => scene(TestApp::start().await, kind).await,
                _ => scene(TestApp::start().await, kind).await,
            };
            let phone = scene.phone().await;
            let (path, started) = scene.pushed().await;
            let request = TestPhone::only(phone.look(&scene.app).await);
            let wrong = if number(&started) == 10 { 11 } else { 10 };
            let denied = phone.answer(&scene.app, &request, Decision::Approve, Some(wrong)).await.expect(200);
            assert_eq!(denied["status"], "DENIED");
            let second = phone.answer(&scene.app, &request, Decision::Approve, Some(number(&started))).await;
            second.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
            assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REJECTED");
            assert_eq!(scene.device(&phone).await["pushFails"].as_array().unwrap().len(), 1);
        }
        drop(app);
    })
    .await;
}
