//! After a rotation of the master keys the keys of devices open with the new one alone.

use std::sync::Arc;

use postern_core::crypto::keyring::KeyRing;
use postern_core::devices::Device;
use postern_core::ids::DeviceId;
use postern_core::secret::Secret;
use postern_engine::resealing::{self, Resealed};
use postern_engine::{Ctx, totp};
use postern_store::documents;
use postern_testkit::TestApp;

use super::support::{Story, id};

#[tokio::test]
async fn keys_of_applications_and_tokens_are_sealed_anew() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.offered().await;
        story.hotp("AB1", 0).await;
        let ring = story.app.app().parts.keys.rotated(&story.app.app().parts.random);
        let first = ring.to_text().expose().lines().next().unwrap().to_owned();
        let alone = KeyRing::from_text(&Secret::from(first.as_str())).unwrap();
        let rotated = Ctx { keys: Arc::new(ring), ..story.app.ctx() };
        let new = Ctx { keys: Arc::new(alone), ..story.app.ctx() };

        let done = resealing::run(&story.app.db(), &rotated).await.unwrap();
        assert_eq!(
            (done.renewed, done.unreadable),
            (4, 0),
            "a signing key, a client's secret, a device, a token"
        );
        assert_eq!(resealing::run(&story.app.db(), &rotated).await.unwrap(), Resealed::default());

        let mut tx = story.app.db().read().await.unwrap();
        let device_id: DeviceId = id(&device).parse().unwrap();
        let kept = documents::find::<Device>(&mut tx, new.environment, device_id).await.unwrap().unwrap();
        assert_eq!(totp::offer(&new, &kept).unwrap().secret.expose(), device["secret"].as_str().unwrap());
        assert_eq!(kept.updated_at.to_string(), device["updatedAt"], "to its readers nothing has changed");
    })
    .await;
}
