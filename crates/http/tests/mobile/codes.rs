//! Authentication codes: shown on one screen, claimed by a phone.

use postern_core::time::Span;
use postern_testkit::{TestApp, TestPhone};
use serde_json::{Value, json};

use crate::support::{Scene, id, native};

async fn create(scene: &Scene, changes: Value) -> (String, Value) {
    let mut body = json!({"application": {"id": scene.application}, "clientContext": {"header": "Sign on", "body": "to Acme"}});
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let code = scene.admin.post(&scene.app.auth_path("/authenticationCodes"), body).await.expect(201);
    (scene.app.auth_path(&format!("/authenticationCodes/{}", id(&code))), code)
}

async fn claim(scene: &Scene, phone: &TestPhone, code: &Value) -> postern_testkit::Answer {
    phone.request(&scene.app, "POST", "/authenticationCodes", json!({"code": code["code"]})).await
}

#[tokio::test]
async fn a_code_is_shown_and_claimed() {
    TestApp::each(|app| async move {
        let scene =
            Scene::with(app, json!({}), json!({"bundleId": "com.acme", "uriPrefix": "acme://sign-on"})).await;
        let phone = scene.phone().await;
        let (path, code) = create(&scene, json!({})).await;
        let text = code["code"].as_str().unwrap();
        assert!(text.len() == 8 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
        assert_eq!(code["uri"], format!("acme://sign-on?authentication_code={text}"));
        assert_eq!((&code["status"], &code["userApproval"]), (&json!("UNCLAIMED"), &json!("NOT_REQUIRED")));
        assert_eq!(code["lifeTime"], json!({"duration": 1, "timeUnit": "MINUTES"}));
        assert_eq!(scene.admin.get(&path).await.expect(200), code);
        let claimed = claim(&scene, &phone, &code).await.expect(200);
        assert_eq!(claimed["clientContext"], json!({"header": "Sign on", "body": "to Acme"}));
        let done = scene.admin.get(&path).await.expect(200);
        assert_eq!((&done["status"], &done["user"]["id"]), (&json!("COMPLETED"), &json!(scene.user)));
        assert_eq!(done["_embedded"]["device"]["id"], json!(phone.phone.device().unwrap()));
        let again = claim(&scene, &phone, &code).await;
        assert_eq!(again.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "code");
        assert_eq!(
            scene.audit("AUTHENTICATION_CODE").await,
            ["AUTHENTICATION_CODE.CREATED", "AUTHENTICATION_CODE.UPDATED"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_approval_may_be_asked_for() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (phone, other) = (scene.phone().await, scene.phone().await);
        for (answer, status) in [("APPROVE", "COMPLETED"), ("DENY", "DENIED")] {
            let (path, code) = create(&scene, json!({"userApproval": "REQUIRED"})).await;
            assert_eq!(claim(&scene, &phone, &code).await.expect(200)["status"], "CLAIMED");
            assert_eq!(scene.admin.get(&path).await.expect(200)["status"], "CLAIMED");
            let decide = format!("/authenticationCodes/{}", id(&code));
            let body = json!({"answer": answer});
            other.request(&scene.app, "POST", &decide, body.clone()).await.expect(404);
            phone.request(&scene.app, "POST", &decide, body.clone()).await.expect(200);
            phone.request(&scene.app, "POST", &decide, body).await.refused(
                400,
                "INVALID_REQUEST",
                "INVALID_VALUE",
            );
            assert_eq!(scene.admin.get(&path).await.expect(200)["status"], status);
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_ends_with_its_time_or_is_cancelled() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (cancelled_path, cancelled) = create(&scene, json!({})).await;
        scene.admin.delete(&cancelled_path).await.expect(204);
        scene.admin.get(&cancelled_path).await.expect(404);
        claim(&scene, &phone, &cancelled).await.expect(400);
        let (path, code) = create(&scene, json!({"lifeTime": {"duration": 10, "timeUnit": "SECONDS"}})).await;
        scene.app.advance(Span::seconds(10));
        assert_eq!(scene.admin.get(&path).await.expect(200)["status"], "EXPIRED");
        claim(&scene, &phone, &code).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn only_the_application_of_the_code_claims_it() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let other = native("Other", json!({"bundleId": "com.other"}));
        let other = id(&scene.admin.post(&scene.app.path("/applications"), other).await.expect(201));
        let (_, code) = create(&scene, json!({"application": {"id": other}})).await;
        let answer = claim(&scene, &phone, &code).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "code");
    })
    .await;
}

#[tokio::test]
async fn neither_a_disabled_user_nor_a_blocked_device_signs_on_with_a_code() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (_, code) = create(&scene, json!({})).await;
        let device = format!("{}/{}", scene.devices(), phone.phone.device().unwrap());
        scene.admin.act(&device, "device.block", Value::Null).await.expect(200);
        claim(&scene, &phone, &code).await.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        scene.admin.act(&device, "device.unblock", Value::Null).await.expect(200);
        let enabled = scene.app.path(&format!("/users/{}/enabled", scene.user));
        scene.admin.put(&enabled, json!({"enabled": false})).await.expect(200);
        claim(&scene, &phone, &code).await.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_wish_for_a_code_is_named() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.auth_path("/authenticationCodes");
        for (body, target) in [
            (json!({}), "application"),
            (json!({"application": {"id": scene.user}}), "application.id"),
            (json!({"application": {"id": scene.application}, "lifeTime": {"duration": 5, "timeUnit": "SECONDS"}}), "lifeTime.duration"),
            (json!({"application": {"id": scene.application}, "userApproval": "MAYBE"}), "userApproval"),
        ] {
            let answer = scene.admin.post(&path, body.clone()).await;
            assert_eq!(answer.targets(), [target], "{body}");
        }
    })
    .await;
}
