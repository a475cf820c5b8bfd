//! Pairing: what is offered, what is accepted, what is not.

use data_encoding::BASE64URL_NOPAD;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use crate::authenticator::{Authenticator, bytes};
use crate::support::{ORIGIN, Scene, refused};

#[tokio::test]
async fn a_passkey_is_offered_made_and_active() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (device, text) = scene.offer(json!({"nickname": "Key"})).await;
        let waiting = scene.admin.get(&scene.device(&device)).await.expect(200);
        assert_eq!(waiting["status"], "ACTIVATION_REQUIRED");
        assert_eq!(waiting["publicKeyCredentialCreationOptions"], text);
        let options: Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&str> = options.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "rp",
                "user",
                "challenge",
                "pubKeyCredParams",
                "timeout",
                "excludeCredentials",
                "authenticatorSelection",
                "attestation",
                "extensions",
            ]
        );
        assert_eq!(options["rp"], json!({"id": "postern.test", "name": "postern.test"}));
        assert_eq!(
            (&options["user"]["name"], &options["user"]["displayName"]),
            (&json!("pat"), &json!("pat"))
        );
        assert_eq!(bytes(&options["challenge"]).len(), 32);
        assert_eq!(options["pubKeyCredParams"][1], json!({"type": "public-key", "alg": "-37"}));
        assert_eq!((options["timeout"].as_i64(), &options["attestation"]), (Some(120_000), &json!("none")));

        let mut key = Authenticator::new();
        let attestation = key.create(&text, ORIGIN);
        let active = scene.activate(&device, &attestation, ORIGIN).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");
        assert_eq!(active.get("publicKeyCredentialCreationOptions"), None);
        assert_eq!(
            active["attributes"],
            json!({"transports": ["usb"], "isCrossPlatform": true, "isResidentKey": true})
        );
        assert_eq!(active["credentialId"], BASE64URL_NOPAD.encode(&key.id));
        assert_eq!(active["fidoRegistrationArtifacts"], json!({"attestationType": "NONE"}));
        assert_eq!(active["backup"], json!({"backupEligibility": false, "backupState": false}));
        assert_eq!(active["displayName"], "fidoPolicy.deviceDisplayName01");
        assert_eq!(active["_links"].get("device.activate"), None);
        assert_eq!(scene.events("DEVICE.ACTIVATED").await, 1);

        let again = scene.activate(&device, &attestation, ORIGIN).await;
        refused(again, "INVALID_VALUE", "status");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_cannot_skip_the_proof() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let body = json!({"type": "FIDO2", "status": "ACTIVE"});
        let device = scene.admin.post(&scene.devices(), body).await.expect(201);
        assert_eq!(device["status"], "ACTIVATION_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_asked_for() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (device, _) = scene.offer(json!({})).await;
        let answer = scene.admin.act(&scene.device(&device), "device.activate", json!({})).await;
        assert_eq!(answer.targets(), ["origin", "attestation"]);
        let nonsense = scene.activate(&device, &json!("nonsense"), ORIGIN).await;
        refused(nonsense, "INVALID_VALUE", "attestation");
    })
    .await;
}

#[tokio::test]
async fn an_answer_from_elsewhere_is_refused_and_takes_a_try() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (device, options) = scene.offer(json!({})).await;
        let (_, other) = scene.offer(json!({})).await;
        let mut key = Authenticator::new();
        let right = key.create(&options, ORIGIN);
        let other_challenge = key.create(&other, ORIGIN);
        let other_site = key.create(&options, "https://evil.example");
        let message =
            refused(scene.activate(&device, &other_challenge, ORIGIN).await, "INVALID_VALUE", "attestation");
        assert!(message.contains("challenge"), "{message}");
        // The origin that the browser signed is another one than the caller says.
        refused(
            scene.activate(&device, &right, "https://app.postern.test").await,
            "INVALID_VALUE",
            "attestation",
        );
        assert_eq!(scene.events("DEVICE.ACTIVATION_FAILED").await, 2);
        let last = scene.activate(&device, &other_site, "https://evil.example").await;
        let detail = last.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        assert!(detail["innerError"]["coolDownExpiresAt"].as_i64().is_some(), "{detail}");
        let locked = scene.activate(&device, &right, ORIGIN).await;
        locked.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        scene.app.advance(Span::minutes(3));
        scene.activate(&device, &right, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_policy_chooses_who_may_register() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let strict = json!({
            "userVerification": {"option": "REQUIRED", "enforceDuringAuthentication": false},
            "backupEligibility": {"allow": false, "enforceDuringAuthentication": false},
            "discoverableCredentials": "REQUIRED", "authenticatorAttachment": "PLATFORM",
        });
        let policy = scene.policy("Strict", strict).await;
        let more = || json!({"policy": {"id": policy}});
        let (device, options) = scene.offer(more()).await;
        let asked: Value = serde_json::from_str(&options).unwrap();
        assert_eq!(
            asked["authenticatorSelection"],
            json!({"authenticatorAttachment": "platform", "residentKey": "required", "requireResidentKey": true,
                "userVerification": "required"})
        );
        let mut fitting = Authenticator::new();
        fitting.attachment = "platform";
        let wrong: [fn(&mut Authenticator); 4] = [
            |key| key.verifies = false,
            |key| key.backup = (true, false),
            |key| key.resident = false,
            |key| key.attachment = "cross-platform",
        ];
        for spoil in wrong {
            let (device, options) = scene.offer(more()).await;
            let mut key = Authenticator::new();
            key.attachment = "platform";
            spoil(&mut key);
            let attestation = key.create(&options, ORIGIN);
            refused(scene.activate(&device, &attestation, ORIGIN).await, "INVALID_VALUE", "attestation");
        }
        let attestation = fitting.create(&options, ORIGIN);
        scene.activate(&device, &attestation, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_caller_names_the_relying_party_and_the_challenge() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let challenge = BASE64URL_NOPAD.encode(&[9; 40]);
        let wish = json!({"rp": {"id": "shop.example", "name": "Shop"}, "challenge": challenge});
        let (device, text) = scene.offer(wish).await;
        let options: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(options["rp"], json!({"id": "shop.example", "name": "Shop"}));
        assert_eq!(bytes(&options["challenge"]), [9; 40]);
        let origin = "https://www.shop.example";
        let attestation = Authenticator::new().create(&text, origin);
        let active = scene.activate(&device, &attestation, origin).await.expect(200);
        assert_eq!(active["rp"], json!({"id": "shop.example", "name": "Shop"}));
        for (body, target) in [
            (json!({"type": "FIDO2", "challenge": "c2hvcnQ"}), "challenge"),
            (json!({"type": "FIDO2", "rp": {"id": "https://shop.example"}}), "rp.id"),
        ] {
            let answer = scene.admin.post(&scene.devices(), body).await;
            assert_eq!(answer.targets(), [target]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_credential_is_registered_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        let first = scene.pair(&mut key, json!({})).await;
        let (device, text) = scene.offer(json!({})).await;
        let options: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(bytes(&options["excludeCredentials"][0]["id"]), key.id);
        let attestation = key.create(&text, ORIGIN);
        let message =
            refused(scene.activate(&device, &attestation, ORIGIN).await, "INVALID_VALUE", "attestation");
        assert!(message.contains("already"), "{message}");

        let other = scene.app.user(&scene.admin, "kim", None).await;
        let devices = scene.app.path(&format!("/users/{other}/devices"));
        let offered = scene.admin.post(&devices, json!({"type": "FIDO2"})).await.expect(201);
        let text = offered["publicKeyCredentialCreationOptions"].as_str().unwrap();
        let body = json!({"origin": ORIGIN, "attestation": key.create(text, ORIGIN).to_string()});
        let item = format!("{devices}/{}", offered["id"].as_str().unwrap());
        refused(scene.admin.act(&item, "device.activate", body).await, "INVALID_VALUE", "attestation");

        scene.admin.delete(&scene.device(&first)).await.expect(204);
        let (device, text) = scene.offer(json!({})).await;
        let attestation = key.create(&text, ORIGIN);
        scene.activate(&device, &attestation, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_policy_without_passkeys_pairs_none() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let policies = scene.app.path("/deviceAuthenticationPolicies");
        let mut body =
            scene.admin.get(&policies).await.expect(200)["_embedded"]["deviceAuthenticationPolicies"][0]
                .clone();
        body["fido2"]["pairingDisabled"] = json!(true);
        scene
            .admin
            .put(&format!("{policies}/{}", body["id"].as_str().unwrap()), body.clone())
            .await
            .expect(200);
        let answer = scene.admin.post(&scene.devices(), json!({"type": "FIDO2"})).await;
        refused(answer, "INVALID_VALUE", "type");
    })
    .await;
}

#[tokio::test]
async fn the_name_of_the_user_follows_the_policy() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let names = json!({"userDisplayNameAttributes": {"suffix": "ORG_NAME_AND_ENV_NAME", "attributes": [
            {"name": "nickname"}, {"name": "name", "subAttributes": [{"name": "given"}, {"name": "family"}]},
            {"name": "username"}]}});
        let policy = scene.policy("Named", names).await;
        let (_, text) = scene.offer(json!({"policy": {"id": policy}})).await;
        let options: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(options["user"]["displayName"], "Alice Ng (Acme mfa-lab)");
        assert_eq!(options["user"]["name"], "pat");
    })
    .await;
}
