//! Makes of authenticators, and policies that choose among them.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use postern_core::fido::Catalogue;
use postern_core::time::Timestamp;
use postern_testkit::TestApp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};

use crate::authenticator::{Authenticator, MODEL, Maker};
use crate::support::{ORIGIN, Scene, options, refused};

fn statement(maker: &Maker) -> Value {
    json!({"aaguid": MODEL, "metadataStatement": {
        "description": "Key of a maker", "protocolFamily": "fido2", "schema": 3, "legalHeader": "terms",
        "attestationTypes": ["basic_full"], "attestationRootCertificates": [BASE64.encode(&maker.root)],
        "isKeyRestricted": false,
    }})
}

#[tokio::test]
async fn a_make_is_added_listed_read_and_deleted() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path("/fidoDevicesMetadata");
        let maker = Maker::new();
        let made = scene.admin.post(&path, statement(&maker)).await.expect(201);
        assert_eq!((&made["mdsIdentifier"], &made["aaguid"]), (&json!(MODEL), &json!(MODEL)));
        assert_eq!(made["metadataStatement"]["keyRestricted"], false);
        assert_eq!(made["metadataStatement"].get("legalHeader"), None);
        let item = format!("{path}/{MODEL}");
        assert_eq!(scene.admin.get(&item).await.expect(200), made);
        let all = scene.admin.get(&path).await.expect(200);
        assert_eq!(all["_embedded"]["fidoDevicesMetadata"], json!([made]));
        let detail = scene.admin.post(&path, statement(&maker)).await;
        assert_eq!(detail.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "aaguid");
        scene.admin.delete(&item).await.expect(204);
        scene.admin.get(&item).await.expect(404);
        scene.admin.delete(&item).await.expect(404);
        for name in ["FIDO_METADATA.CREATED", "FIDO_METADATA.DELETED"] {
            assert!(scene.events(name).await > 0, "{name}");
        }
        let wrong = scene.admin.post(&path, json!({})).await;
        assert_eq!(wrong.status, 400);
        assert_eq!(wrong.targets(), ["metadataStatement"]);
    })
    .await;
}

#[tokio::test]
async fn only_makes_that_a_policy_names_are_registered_and_used() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let maker = Maker::new();
        let path = scene.app.path("/fidoDevicesMetadata");
        scene.admin.post(&path, statement(&maker)).await.expect(201);
        let wanted = |option: &str| {
            let mut requirements = json!({"option": option, "enforceDuringAuthentication": true});
            if option == "SPECIFIC" {
                requirements["allowedAuthenticators"] = json!([{"id": MODEL}]);
            }
            json!({"attestationRequirements": "DIRECT", "mdsAuthenticatorsRequirements": requirements})
        };
        let specific = scene.policy("Specific", wanted("SPECIFIC")).await;
        let certified = scene.policy("Certified", wanted("CERTIFIED")).await;
        let more = |policy: &str| json!({"policy": {"id": policy}});

        // It says what it is, but nobody vouches for that.
        let (device, text) = scene.offer(more(&specific)).await;
        let asked: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(asked["attestation"], "direct");
        let mut key = Authenticator::new();
        let attestation = key.create(&text, ORIGIN);
        refused(scene.activate(&device, &attestation, ORIGIN).await, "INVALID_VALUE", "attestation");
        // Somebody else vouches for it.
        let attestation = key.create_by(&text, ORIGIN, Some(&Maker::new()));
        refused(scene.activate(&device, &attestation, ORIGIN).await, "INVALID_VALUE", "attestation");
        let attestation = key.create_by(&text, ORIGIN, Some(&maker));
        let active = scene.activate(&device, &attestation, ORIGIN).await.expect(200);
        assert_eq!(active["fidoRegistrationArtifacts"], json!({"attestationType": "BASIC"}));
        assert_eq!(active["fidoDeviceMetadata"], json!({"mdsIdentifier": MODEL}));

        // Nobody certified it.
        let (device, text) = scene.offer(more(&certified)).await;
        let mut other = Authenticator::new();
        let attestation = other.create_by(&text, ORIGIN, Some(&maker));
        let message =
            refused(scene.activate(&device, &attestation, ORIGIN).await, "INVALID_VALUE", "attestation");
        assert!(message.contains("certified"), "{message}");

        let start = || json!({"user": {"id": scene.user}, "policy": {"id": specific}});
        let waiting = scene.start(start()).await;
        let assertion = key.get(options(&waiting), ORIGIN);
        scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
        // The make is withdrawn; what was registered is not used any more.
        scene.admin.delete(&format!("{path}/{MODEL}")).await.expect(204);
        let waiting = scene.start(start()).await;
        let assertion = key.get(options(&waiting), ORIGIN);
        refused(scene.check(&waiting, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_only_watches_refuses_nobody() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let watching = json!({"attestationRequirements": "DIRECT",
            "mdsAuthenticatorsRequirements": {"option": "AUDIT_ONLY", "enforceDuringAuthentication": true}});
        let policy = scene.policy("Watching", watching).await;
        let mut key = Authenticator::new();
        scene.pair(&mut key, json!({"policy": {"id": policy}})).await;
        let waiting = scene.start(json!({"user": {"id": scene.user}, "policy": {"id": policy}})).await;
        let assertion = key.get(options(&waiting), ORIGIN);
        scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn published_makes_are_listed_chosen_from_and_not_deleted() {
    let maker = Maker::new();
    let list = Arc::new(published(&maker));
    let maker = &maker;
    TestApp::each_knowing(list, |app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path("/fidoDevicesMetadata");
        let all = scene.admin.get(&path).await.expect(200);
        assert_eq!((all["count"].as_i64(), all["size"].as_i64()), (Some(2), Some(2)));
        let first = &all["_embedded"]["fidoDevicesMetadata"][0];
        assert_eq!((&first["mdsIdentifier"], &first["aaguid"]), (&json!(MODEL), &json!(MODEL)));
        assert_eq!(first["statusReports"], json!([{"status": "FIDO_CERTIFIED_L1"}]));
        let item = format!("{path}/{MODEL}");
        assert_eq!(scene.admin.get(&item).await.expect(200), *first);
        scene.admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let taken = scene.admin.post(&path, statement(maker)).await;
        taken.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");

        let wanted = |option: &str| {
            json!({"attestationRequirements": "DIRECT",
                "mdsAuthenticatorsRequirements": {"option": option, "enforceDuringAuthentication": false}})
        };
        for option in ["GLOBAL", "CERTIFIED"] {
            let policy = scene.policy(option, wanted(option)).await;
            let (device, text) = scene.offer(json!({"policy": {"id": policy}})).await;
            let mut key = Authenticator::new();
            let unattested = key.create(&text, ORIGIN);
            refused(scene.activate(&device, &unattested, ORIGIN).await, "INVALID_VALUE", "attestation");
            let attested = key.create_by(&text, ORIGIN, Some(maker));
            scene.activate(&device, &attested, ORIGIN).await.expect(200);
        }
    })
    .await;
}

/// A list as the FIDO Alliance publishes it, under a root of our own.
fn published(maker: &Maker) -> Catalogue {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["mds.fidoalliance.org".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &root).unwrap().der().to_vec();
    let payload = json!({"no": 7, "nextUpdate": "2026-02-01", "entries": [
        {"aaguid": MODEL, "metadataStatement": statement(maker)["metadataStatement"],
            "statusReports": [{"status": "FIDO_CERTIFIED_L1"}]},
        {"attestationCertificateKeyIdentifiers": ["0123456789abcdef0123456789abcdef01234567"],
            "metadataStatement": {"description": "Old key"}, "statusReports": [{"status": "REVOKED"}]},
    ]});
    let header = json!({"alg": "ES256", "x5c": [BASE64.encode(&leaf)]});
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&header), part(&payload));
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.serialize_der()).unwrap();
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let text = format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()));
    let now = Timestamp::from_seconds(1_767_607_200);
    Catalogue::read(&text, &[root.der().to_vec()], now).unwrap()
}
