//! Push credentials of native applications.

use postern_core::directory::push_credentials::{PushAccount, PushCredentials};
use postern_core::ids::PushCredentialsId;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::policy::delivery_secrets;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use crate::support::{Scene, id};

fn p8() -> String {
    let der = SigningKey::generate(SigningAlgorithm::ES256, "k").unwrap().to_pkcs8().unwrap();
    let text = data_encoding::BASE64.encode(der.expose());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----")
}

fn apns() -> Value {
    json!({"type": "APNS", "key": "KEY0000001", "teamId": "TEAM000001", "token": p8()})
}

#[tokio::test]
async fn credentials_are_kept_sealed_and_come_back_without_secrets() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path(&format!("/applications/{}/pushCredentials", scene.application));
        let body = apns();
        let created = scene.admin.post(&path, body.clone()).await.expect(201);
        assert_eq!((&created["type"], &created["teamId"]), (&json!("APNS"), &json!("TEAM000001")));
        assert!(created["key"].is_null() && created["token"].is_null() && created["sealed"].is_null());
        assert!(created["_links"]["application"]["href"].as_str().unwrap().ends_with(&scene.application));

        let mut tx = scene.app.db().read().await.unwrap();
        let stored = postern_store::documents::find::<PushCredentials>(
            &mut tx,
            scene.app.environment(),
            id(&created).parse::<PushCredentialsId>().unwrap(),
        );
        let stored = stored.await.unwrap().unwrap();
        drop(tx);
        let keys = &scene.app.app().parts.keys;
        let secrets = delivery_secrets::open(keys, &stored, stored.sealed.as_ref()).unwrap();
        let PushAccount::Apns { key, .. } = stored.account(&secrets).unwrap() else { panic!("APNS") };
        assert_eq!(key.kid(), "KEY0000001");

        let item = format!("{path}/{}", id(&created));
        let kept = json!({"type": "APNS", "teamId": "TEAM000002"});
        assert_eq!(
            scene.admin.put(&item, kept).await.expect(200)["teamId"],
            "TEAM000002",
            "secrets not sent stay"
        );
        scene.admin.delete(&item).await.expect(204);
        assert_eq!(
            scene.audit("PUSH_CREDENTIALS").await,
            ["PUSH_CREDENTIALS.CREATED", "PUSH_CREDENTIALS.DELETED", "PUSH_CREDENTIALS.UPDATED"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_application_has_one_of_each_type() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path(&format!("/applications/{}/pushCredentials", scene.application));
        let hms = json!({"type": "HMS", "clientId": "100", "clientSecret": "s"});
        scene.admin.post(&path, hms.clone()).await.expect(201);
        scene.admin.post(&path, apns()).await.expect(201);
        let second = scene.admin.post(&path, hms).await;
        assert_eq!(second.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "type");
        assert_eq!(
            scene.admin.get(&path).await.expect(200)["_embedded"]["pushCredentials"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_send_is_refused() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path(&format!("/applications/{}/pushCredentials", scene.application));
        for (body, target) in [
            (json!({"type": "FCM", "key": "k"}), "type"),
            (json!({"type": "APNS", "key": "k", "teamId": "t", "token": "no key"}), "token"),
            (json!({"type": "FCM_HTTP_V1", "googleServiceAccountCredentials": "{}"}), "googleServiceAccountCredentials"),
            (json!({"type": "HMS", "clientId": "1"}), "clientSecret"),
        ] {
            assert_eq!(scene.admin.post(&path, body.clone()).await.targets(), [target], "{body}");
        }
        let web = json!({"name": "Web", "enabled": true, "type": "WEB_APP", "protocol": "OPENID_CONNECT", "redirectUris": ["https://a.example"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"});
        let web = id(&scene.admin.post(&scene.app.path("/applications"), web).await.expect(201));
        let path = scene.app.path(&format!("/applications/{web}/pushCredentials"));
        assert_eq!(scene.admin.post(&path, apns()).await.targets(), ["application"]);
    })
    .await;
}

#[tokio::test]
async fn credentials_go_with_their_application() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let application = scene.app.path(&format!("/applications/{}", scene.application));
        let path = format!("{application}/pushCredentials");
        scene.admin.post(&path, apns()).await.expect(201);
        scene.admin.delete(&application).await.expect(204);
        scene.admin.get(&path).await.expect(404);
    })
    .await;
}
