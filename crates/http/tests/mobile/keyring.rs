//! After a rotation of the master keys: seeds and credentials open with the new one alone, codes are still found.

use std::sync::Arc;

use postern_core::crypto::keyring::KeyRing;
use postern_core::devices::Device;
use postern_core::directory::push_credentials::PushCredentials;
use postern_core::ids::DeviceId;
use postern_core::policy::delivery_secrets;
use postern_core::secret::Secret;
use postern_engine::{Ctx, resealing};
use postern_store::documents::{self, Condition, Select};
use postern_testkit::TestApp;
use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn seeds_and_push_credentials_are_sealed_anew() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let path = scene.app.path(&format!("/applications/{}/pushCredentials", scene.application));
        let hms = json!({"type": "HMS", "clientId": "100", "clientSecret": "s3cret"});
        scene.admin.post(&path, hms).await.expect(201);
        let ring = scene.app.app().parts.keys.rotated(&scene.app.app().parts.random);
        let first = ring.to_text().expose().lines().next().unwrap().to_owned();
        let alone = KeyRing::from_text(&Secret::new(first)).unwrap();
        let rotated = Ctx { keys: Arc::new(ring), ..scene.app.ctx() };
        assert_eq!(resealing::run(&scene.app.db(), &rotated).await.unwrap().unreadable, 0);
        assert_eq!(resealing::run(&scene.app.db(), &rotated).await.unwrap().renewed, 0);
        let mut tx = scene.app.db().read().await.unwrap();
        let select = Select::first(Condition::Everything, 10);
        let environment = scene.app.environment();
        let kept = documents::list::<PushCredentials>(&mut tx, environment, &select).await.unwrap();
        let opened = delivery_secrets::open(&alone, &kept[0], kept[0].sealed.as_ref()).unwrap();
        assert_eq!(opened.text(&["clientSecret"]), Some("s3cret"));
        let id: DeviceId = phone.phone.device().unwrap().parse().unwrap();
        let device = documents::find::<Device>(&mut tx, environment, id).await.unwrap().unwrap();
        assert!(!alone.needs_resealing(&device.mobile.as_ref().unwrap().otp.seed));
    })
    .await;
}
