//! Applications that sign their own user on: `mobilePayload` and `deviceAuthorization`.

use postern_core::mfa::push::request::Decision;
use postern_core::time::Span;
use postern_testkit::{Answer, TestApp, TestPhone};
use serde_json::{Value, json};

use crate::support::{Scene, id};

async fn scene(app: TestApp, authorization: Value) -> Scene {
    Scene::with(app, json!({ "deviceAuthorization": authorization }), json!({"bundleId": "com.acme"})).await
}

async fn start(scene: &Scene, payload: &str) -> Answer {
    let body = json!({"user": {"id": scene.user}, "policy": {"id": scene.policy}, "application": {"id": scene.application},
        "mobilePayload": payload});
    scene.admin.post(&scene.app.auth_path("/deviceAuthentications"), body).await
}

fn path(scene: &Scene, started: &Value) -> String {
    scene.app.auth_path(&format!("/deviceAuthentications/{}", id(started)))
}

#[tokio::test]
async fn a_paired_application_stands_in_for_a_factor_where_the_policy_says_so() {
    TestApp::each(|app| async move {
        let scene = scene(app, json!({"enabled": true})).await;
        let phone = scene.phone().await;
        let done = start(&scene, &phone.payload(&scene.app)).await.expect(201);
        assert_eq!((&done["status"], &done["authenticators"]), (&json!("COMPLETED"), &json!(["mca", "mfa"])));
        assert_eq!(scene.audit("DEVICE_PAYLOAD").await, ["DEVICE_PAYLOAD.CHECK_SUCCESS"]);
    })
    .await;
}

#[tokio::test]
async fn where_the_policy_does_not_say_so_the_user_is_asked() {
    TestApp::each(|app| async move {
        let scene = scene(app, json!({"enabled": false})).await;
        let phone = scene.phone().await;
        let started = start(&scene, &phone.payload(&scene.app)).await.expect(201);
        assert_eq!(started["status"], "PUSH_CONFIRMATION_REQUIRED");
        assert_eq!(TestPhone::only(phone.look(&scene.app).await)["silent"], false);
    })
    .await;
}

#[tokio::test]
async fn a_payload_counts_once_and_for_its_own_user_alone() {
    TestApp::each(|app| async move {
        let scene = scene(app, json!({"enabled": true})).await;
        let mut phone = scene.phone().await;
        let payload = phone.payload(&scene.app);
        start(&scene, &payload).await.expect(201);
        let refused = |answer: Answer| {
            assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "mobilePayload");
        };
        refused(start(&scene, &payload).await);
        phone.ahead = Span::seconds(-61);
        refused(start(&scene, &phone.payload(&scene.app)).await);
        phone.ahead = Span::ZERO;
        refused(start(&scene, "not a payload").await);
        let other = scene.app.user(&scene.admin, "sam", None).await;
        let body = json!({"user": {"id": other}, "policy": {"id": scene.policy}, "application": {"id": scene.application},
            "mobilePayload": phone.payload(&scene.app)});
        refused(scene.admin.post(&scene.app.auth_path("/deviceAuthentications"), body).await);
        let alone = json!({"mobilePayload": phone.payload(&scene.app)});
        let answer = scene.admin.post(&scene.app.auth_path("/deviceAuthentications"), alone).await;
        assert_eq!(answer.targets(), ["application.id", "user.id"]);
    })
    .await;
}

#[tokio::test]
async fn an_extra_verification_asks_the_application_and_not_the_user() {
    TestApp::each(|app| async move {
        let scene = scene(app, json!({"enabled": true, "extraVerification": "restrictive"})).await;
        let phone = scene.phone().await;
        let started = start(&scene, &phone.payload(&scene.app)).await.expect(201);
        assert_eq!(started["status"], "PUSH_CONFIRMATION_REQUIRED");
        let request = TestPhone::only(phone.look(&scene.app).await);
        assert_eq!(request["silent"], true);
        phone.answer(&scene.app, &request, Decision::Approve, None).await.expect(200);
        assert_eq!(scene.status(&path(&scene, &started)).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn silence_passes_or_fails_as_the_policy_says_and_never_locks() {
    TestApp::each(|app| async move {
        let scene = scene(app, json!({"enabled": true, "extraVerification": "permissive"})).await;
        let strict = json!({"enabled": true, "extraVerification": "restrictive"});
        let strict = crate::support::policy("Strict", &scene.application, &json!({"deviceAuthorization": strict}));
        let strict = scene.admin.post(&scene.app.path("/deviceAuthenticationPolicies"), strict).await.expect(201);
        let phone = scene.phone().await;
        for (policy, end) in [(json!(scene.policy), "COMPLETED"), (strict["id"].clone(), "PUSH_CONFIRMATION_TIMED_OUT")] {
            let body = json!({"user": {"id": scene.user}, "policy": {"id": policy}, "application": {"id": scene.application},
                "mobilePayload": phone.payload(&scene.app)});
            let started = scene.admin.post(&scene.app.auth_path("/deviceAuthentications"), body).await.expect(201);
            let path = path(&scene, &started);
            assert_eq!(scene.status(&path).await, "PUSH_CONFIRMATION_REQUIRED");
            scene.app.advance(Span::seconds(41));
            assert_eq!(scene.status(&path).await, end);
        }
        assert!(scene.device(&phone).await["pushFails"].is_null());
    })
    .await;
}
