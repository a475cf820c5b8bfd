//! The `mobile` settings of native applications.

use postern_testkit::TestApp;
use serde_json::json;

use crate::support::{Scene, id, native};

#[tokio::test]
async fn names_at_the_stores_are_unique_in_an_environment() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path("/applications");
        for (member, name) in [("bundleId", "com.acme.app"), ("packageName", "com.acme.app")] {
            let answer = scene.admin.post(&path, native("Twin", json!({ member: name }))).await;
            let detail = answer.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
            assert_eq!(detail["target"], format!("mobile.{member}"));
        }
        let huawei = json!({"huaweiAppId": "101", "huaweiPackageName": "com.acme.huawei"});
        scene.admin.post(&path, native("Huawei", huawei.clone())).await.expect(201);
        scene.admin.post(&path, native("Huawei 2", huawei)).await.refused(
            400,
            "INVALID_DATA",
            "UNIQUENESS_VIOLATION",
        );
    })
    .await;
}

#[tokio::test]
async fn names_at_the_stores_stay_once_set() {
    TestApp::each(|app| async move {
        let scene = Scene::with(app, json!({}), json!({"bundleId": "com.acme"})).await;
        let path = scene.app.path(&format!("/applications/{}", scene.application));
        let renamed = native("Authenticator", json!({"bundleId": "com.other"}));
        assert_eq!(scene.admin.put(&path, renamed).await.targets(), ["mobile.bundleId"]);
        let mut without = native("Authenticator", json!(null));
        without.as_object_mut().unwrap().remove("mobile");
        let kept = scene.admin.put(&path, without).await.expect(200);
        assert_eq!(kept["mobile"], json!({"bundleId": "com.acme"}));
        let more = native("Authenticator", json!({"packageName": "com.acme", "passcodeGracePeriod": 3}));
        let more = scene.admin.put(&path, more).await.expect(200);
        assert_eq!(more["mobile"]["bundleId"], "com.acme");
        assert_eq!(more["mobile"]["packageName"], "com.acme");
    })
    .await;
}

#[tokio::test]
async fn integrity_keys_are_kept_sealed() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let detection = json!({"mode": "ENABLED", "cacheDuration": {"amount": 30, "units": "MINUTES"},
            "googlePlay": {"verificationType": "INTERNAL", "decryptionKey": "canary-d", "verificationKey": "canary-v"}});
        let body = native("Sound", json!({"packageName": "com.sound", "integrityDetection": detection}));
        let path = scene.app.path("/applications");
        let created = scene.admin.post(&path, body.clone()).await;
        assert!(!created.text.contains("canary"));
        let created = created.expect(201);
        assert_eq!(created["mobile"]["integrityDetection"]["googlePlay"], json!({"verificationType": "INTERNAL"}));
        let mut again = body.clone();
        again["mobile"]["integrityDetection"]["googlePlay"] = json!({"verificationType": "INTERNAL"});
        scene.admin.put(&format!("{path}/{}", id(&created)), again).await.expect(200);
        let mut missing = body;
        missing["name"] = json!("Missing");
        missing["mobile"] = json!({"packageName": "com.missing", "integrityDetection": {"mode": "ENABLED", "googlePlay": {"verificationType": "GOOGLE"}}});
        let answer = scene.admin.post(&path, missing).await;
        assert_eq!(answer.targets(), ["mobile.integrityDetection.googlePlay.serviceAccountCredentials"]);
    })
    .await;
}
