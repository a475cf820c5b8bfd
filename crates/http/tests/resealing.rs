//! After a rotation of the master keys everything that is kept opens with the new one alone.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use std::sync::Arc;

use postern_core::crypto::keyring::KeyRing;
use postern_core::ids::ApplicationId;
use postern_core::policy::delivery_secrets;
use postern_core::policy::phone_delivery::PhoneDelivery;
use postern_core::secret::Secret;
use postern_engine::Ctx;
use postern_engine::clients::{Owner, read_secret};
use postern_engine::keys::SigningKeys;
use postern_engine::resealing::{self, Resealed};
use postern_store::documents::{self, Condition, Select};
use postern_testkit::TestApp;
use serde_json::json;

fn first_alone(ring: &KeyRing) -> KeyRing {
    let text = ring.to_text();
    KeyRing::from_text(&Secret::from(text.expose().lines().next().unwrap())).unwrap()
}

#[tokio::test]
async fn what_is_kept_is_sealed_anew_once_and_shows_no_change() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (worker, secret) = app.worker();
        let path = app.path(&format!("/applications/{worker}/secret"));
        let until = json!({"previous": {"expiresAt": "2026-01-10T00:00:00Z"}});
        let secret_now = admin.post(&path, until).await.expect(200)["secret"].as_str().unwrap().to_owned();
        let gateway = json!({"name": "Gate", "provider": "CUSTOM_PROVIDER",
            "authentication": {"method": "BASIC", "username": "u", "password": "gate-pass"},
            "requests": [{"deliveryMethod": "SMS", "method": "POST", "url": "https://gate.example.com/",
                "body": "to=${to}&text=${message}", "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "phoneNumberFormat": "FULL"}]});
        let made = admin.post(&app.path("/notificationsSettings/phoneDeliverySettings"), gateway).await.expect(201);

        let random = &app.app().parts.random;
        let ring = app.app().parts.keys.rotated(random);
        let new = Ctx { keys: Arc::new(first_alone(&ring)), ..app.ctx() };
        let rotated = Ctx { keys: Arc::new(ring), ..app.ctx() };
        assert!(SigningKeys::default().signer(&app.db(), &new, None).await.is_err());
        let done = resealing::run(&app.db(), &rotated).await.unwrap();
        assert_eq!((done.renewed, done.unreadable), (3, 0), "a signing key, a client's secrets, a gateway");
        assert_eq!(resealing::run(&app.db(), &rotated).await.unwrap(), Resealed::default());

        SigningKeys::default().signer(&app.db(), &new, None).await.unwrap();
        let mut tx = app.db().read().await.unwrap();
        let owner = Owner::Application(worker.parse::<ApplicationId>().unwrap());
        let secrets = read_secret(&mut tx, &new, owner).await.unwrap().unwrap();
        assert_eq!(secrets.current.expose(), &secret_now);
        assert_eq!(secrets.previous.unwrap().secret.expose(), &secret);
        let select = Select::first(Condition::Everything, 10);
        let found = documents::list::<PhoneDelivery>(&mut tx, new.environment, &select).await.unwrap();
        let opened = delivery_secrets::open(&new.keys, &found[0], found[0].sealed.as_ref()).unwrap();
        assert!(opened.to_json().expose().contains("gate-pass"));
        drop(tx);
        let id = made["id"].as_str().unwrap();
        let shown = admin.get(&app.path(&format!("/notificationsSettings/phoneDeliverySettings/{id}"))).await.expect(200);
        assert_eq!(shown["updatedAt"], made["updatedAt"]);
    })
    .await;
}

#[tokio::test]
async fn what_no_key_opens_is_counted_and_left_as_it_is() {
    let app = TestApp::start().await;
    let stranger = Arc::new(KeyRing::generate(&app.app().parts.random));
    let strange = Ctx { keys: stranger, ..app.ctx() };
    let done = resealing::run(&app.db(), &strange).await.unwrap();
    assert_eq!((done.renewed, done.unreadable), (0, 2));
    SigningKeys::default().signer(&app.db(), &app.ctx(), None).await.unwrap();
}
