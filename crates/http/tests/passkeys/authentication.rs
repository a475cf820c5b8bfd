//! Device authentications with passkeys.

use data_encoding::BASE64URL_NOPAD;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use crate::authenticator::{Authenticator, bytes};
use crate::support::{ORIGIN, Scene, id, options, refused};

#[tokio::test]
async fn an_assertion_completes_the_authentication_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        let device = scene.pair(&mut key, json!({})).await;
        let waiting = scene.start(json!({"user": {"id": scene.user}})).await;
        assert_eq!(waiting["status"], "ASSERTION_REQUIRED");
        assert_eq!(waiting["selectedDevice"]["id"], device);
        let links: Vec<&str> = waiting["_links"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(links, ["self", "device.select", "assertion.check"]);
        let asked: Value = serde_json::from_str(options(&waiting)).unwrap();
        assert_eq!(
            (asked["rpId"].as_str(), asked["timeout"].as_i64()),
            (Some("postern.test"), Some(120_000))
        );
        assert_eq!(bytes(&asked["allowCredentials"][0]["id"]), key.id);
        let shown = &waiting["_embedded"]["devices"][0];
        assert_eq!(shown["credentialId"], BASE64URL_NOPAD.encode(&key.id));

        let assertion = key.get(options(&waiting), ORIGIN);
        let done = scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
        assert_eq!((&done["status"], &done["user"]["id"]), (&json!("COMPLETED"), &json!(scene.user)));
        assert!(done["authenticators"].as_array().unwrap().contains(&json!("hwk")), "{done}");
        assert_eq!(scene.events("ASSERTION.CHECK_SUCCESS").await, 1);

        let again = scene.check(&waiting, &assertion, ORIGIN).await;
        assert_eq!(again.status, 400, "an authentication that is over takes no answer: {}", again.text);
        let next = scene.start(json!({"user": {"id": scene.user}})).await;
        let message = refused(scene.check(&next, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        assert!(message.contains("challenge"), "an old answer is for an old challenge: {message}");
    })
    .await;
}

#[tokio::test]
async fn a_copied_authenticator_is_refused() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        key.counter = 10;
        scene.pair(&mut key, json!({})).await;
        let first = scene.start(json!({"user": {"id": scene.user}})).await;
        let assertion = key.get(options(&first), ORIGIN);
        scene.check(&first, &assertion, ORIGIN).await.expect(200);
        key.counter = 10;
        let second = scene.start(json!({"user": {"id": scene.user}})).await;
        let assertion = key.get(options(&second), ORIGIN);
        let message =
            refused(scene.check(&second, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        assert!(message.contains("copied"), "{message}");
        assert_eq!(scene.events("ASSERTION.CHECK_FAILED").await, 1);
        let assertion = key.get(options(&second), ORIGIN);
        scene.check(&second, &assertion, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_lock_the_passkey() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        let device = scene.pair(&mut key, json!({})).await;
        let waiting = scene.start(json!({"user": {"id": scene.user}})).await;
        let right = key.get(options(&waiting), ORIGIN);
        let mut forged = right.clone();
        forged["response"]["signature"] = json!("MEUCIQ==");
        let asked: Value = serde_json::from_str(options(&waiting)).unwrap();
        let other_party = key.get_with(&bytes(&asked["challenge"]), "example.com", ORIGIN);
        let answer = scene.check(&waiting, &forged, ORIGIN).await;
        assert_eq!(answer.body["details"][0]["innerError"]["attemptsRemaining"], 2, "{}", answer.text);
        refused(answer, "INVALID_ASSERTION", "assertion");
        refused(scene.check(&waiting, &other_party, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        let third = scene.check(&waiting, &right, "https://evil.example").await;
        third.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let locked = scene.admin.get(&scene.device(&device)).await.expect(200);
        assert_eq!(locked["lock"]["status"], "LOCKED");
        let right = key.get(options(&waiting), ORIGIN);
        scene.check(&waiting, &right, ORIGIN).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        scene.app.advance(Span::minutes(3));
        scene.check(&waiting, &right, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_names_its_user() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        let device = scene.pair(&mut key, json!({})).await;
        let waiting = scene.start(json!({})).await;
        assert_eq!(waiting["status"], "ASSERTION_REQUIRED");
        assert_eq!(waiting.get("user"), None);
        let asked: Value = serde_json::from_str(options(&waiting)).unwrap();
        assert_eq!(asked["allowCredentials"], json!([]));
        assert_eq!(asked["userVerification"], "required");

        key.verifies = false;
        let unverified = key.get(options(&waiting), ORIGIN);
        refused(scene.check(&waiting, &unverified, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        key.verifies = true;
        let mut nameless = key.get(options(&waiting), ORIGIN);
        nameless["response"]["userHandle"] = json!("");
        refused(scene.check(&waiting, &nameless, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        let mut stranger = Authenticator::new();
        let unknown = stranger.get(options(&waiting), ORIGIN);
        refused(scene.check(&waiting, &unknown, ORIGIN).await, "INVALID_ASSERTION", "assertion");

        let right = key.get(options(&waiting), ORIGIN);
        let done = scene.check(&waiting, &right, ORIGIN).await.expect(200);
        assert_eq!(
            (&done["user"]["id"], &done["selectedDevice"]["id"]),
            (&json!(scene.user), &json!(device))
        );
    })
    .await;
}

#[tokio::test]
async fn another_users_passkey_is_not_an_answer() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut own = Authenticator::new();
        scene.pair(&mut own, json!({})).await;
        let user = scene.app.user(&scene.admin, "kim", None).await;
        let scene = Scene { user, ..scene };
        let mut foreign = Authenticator::new();
        scene.pair(&mut foreign, json!({})).await;
        let waiting = scene.start(json!({"user": {"id": scene.user}})).await;
        let wrong = own.get(options(&waiting), ORIGIN);
        refused(scene.check(&waiting, &wrong, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        let right = foreign.get(options(&waiting), ORIGIN);
        scene.check(&waiting, &right, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_of_another_tenant_is_unknown() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        scene.pair(&mut key, json!({})).await;
        let body = json!({"name": "other", "type": "SANDBOX", "region": "NA"});
        let other = id(&scene.admin.post("/v1/environments", body).await.expect(201));
        let path = format!("/{other}/deviceAuthentications");
        let waiting = scene.admin.post(&path, json!({})).await.expect(201);
        let assertion = key.get(options(&waiting), ORIGIN);
        let body = json!({"origin": ORIGIN, "assertion": assertion.to_string()});
        let answer = scene.admin.act(&format!("{path}/{}", id(&waiting)), "assertion.check", body).await;
        refused(answer, "INVALID_ASSERTION", "assertion");
    })
    .await;
}

#[tokio::test]
async fn a_removed_or_blocked_passkey_is_not_an_answer() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        let device = scene.pair(&mut key, json!({})).await;
        let waiting = scene.start(json!({})).await;
        let block = format!("{}/{device}", scene.devices());
        scene.admin.act(&block, "device.block", json!({})).await.expect(200);
        let assertion = key.get(options(&waiting), ORIGIN);
        refused(scene.check(&waiting, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        scene.admin.delete(&block).await.expect(204);
        let assertion = key.get(options(&waiting), ORIGIN);
        refused(scene.check(&waiting, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
    })
    .await;
}

#[tokio::test]
async fn the_challenge_links_an_assertion_to_a_transaction() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        scene.pair(&mut key, json!({})).await;
        let challenge = BASE64URL_NOPAD.encode(&[3; 48]);
        for body in [
            json!({"user": {"id": scene.user}, "challenge": challenge}),
            json!({"user": {"id": scene.user}, "webAuthn": {"challenge": format!("{challenge}=")}}),
        ] {
            let waiting = scene.start(body).await;
            let asked: Value = serde_json::from_str(options(&waiting)).unwrap();
            assert_eq!(bytes(&asked["challenge"]), [3; 48]);
            let assertion = key.get(options(&waiting), ORIGIN);
            scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
        }
    })
    .await;
}

#[tokio::test]
async fn a_passkey_answers_for_its_own_relying_party() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        scene.pair(&mut key, json!({})).await;
        let path = scene.app.auth_path("/deviceAuthentications");
        let body = json!({"user": {"id": scene.user}, "rp": {"id": "shop.example"}});
        let answer = scene.admin.post(&path, body).await;
        assert_eq!(answer.targets(), ["rp.id"], "{}", answer.text);
        let body = json!({"user": {"id": scene.user}, "rp": {"id": "postern.test"}});
        let waiting = scene.start(body).await;
        let assertion = key.get(options(&waiting), ORIGIN);
        scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_a_policy_enforces_is_checked_at_each_use() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        key.backup = (true, true);
        key.verifies = false;
        scene.pair(&mut key, json!({})).await;
        let strict = json!({
            "userVerification": {"option": "REQUIRED", "enforceDuringAuthentication": true},
            "backupEligibility": {"allow": true, "enforceDuringAuthentication": true},
        });
        let verifying = scene.policy("Verifying", strict).await;
        let waiting = scene.start(json!({"user": {"id": scene.user}, "policy": {"id": verifying}})).await;
        let assertion = key.get(options(&waiting), ORIGIN);
        let message =
            refused(scene.check(&waiting, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
        assert!(message.contains("verified"), "{message}");

        for (enforced, status) in [(true, 400), (false, 200)] {
            let backup =
                json!({"backupEligibility": {"allow": false, "enforceDuringAuthentication": enforced}});
            let policy = scene.policy(&format!("Bound {enforced}"), backup).await;
            let waiting = scene.start(json!({"user": {"id": scene.user}, "policy": {"id": policy}})).await;
            let assertion = key.get(options(&waiting), ORIGIN);
            scene.check(&waiting, &assertion, ORIGIN).await.expect(status);
        }
    })
    .await;
}

#[tokio::test]
async fn aggregated_passkeys_are_asked_for_together() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (mut first, mut second) = (Authenticator::new(), Authenticator::new());
        scene.pair(&mut first, json!({})).await;
        let other = scene.pair(&mut second, json!({})).await;
        let policy = scene.policy("Together", json!({"aggregateDevices": true})).await;
        let waiting = scene.start(json!({"user": {"id": scene.user}, "policy": {"id": policy}})).await;
        assert_eq!(waiting["aggregateFido2Devices"], true);
        let asked: Value = serde_json::from_str(options(&waiting)).unwrap();
        assert_eq!(asked["allowCredentials"].as_array().unwrap().len(), 2);
        let assertion = second.get(options(&waiting), ORIGIN);
        let done = scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
        assert_eq!(done["selectedDevice"]["id"], other);

        let apart = scene.start(json!({"user": {"id": scene.user}})).await;
        assert_eq!(apart["aggregateFido2Devices"], false);
        let assertion = second.get(options(&apart), ORIGIN);
        refused(scene.check(&apart, &assertion, ORIGIN).await, "INVALID_ASSERTION", "assertion");
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_noted_when_it_happens() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut key = Authenticator::new();
        key.backup = (true, false);
        let device = scene.pair(&mut key, json!({})).await;
        key.backup = (true, true);
        let waiting = scene.start(json!({"user": {"id": scene.user}})).await;
        let assertion = key.get(options(&waiting), ORIGIN);
        scene.check(&waiting, &assertion, ORIGIN).await.expect(200);
        let shown = scene.admin.get(&scene.device(&device)).await.expect(200);
        assert_eq!(shown["backup"], json!({"backupEligibility": true, "backupState": true}));
        assert_eq!(scene.events("DEVICE.WEBAUTHN_UPDATED").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_asked_only_for_what_it_can_do() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (mut built_in, mut apart) = (Authenticator::new(), Authenticator::new());
        built_in.attachment = "platform";
        let first = scene.pair(&mut built_in, json!({})).await;
        let second = scene.pair(&mut apart, json!({})).await;
        let path = scene.app.auth_path("/deviceAuthentications");
        for (compatibility, asked) in [("FULL", &first), ("SECURITY_KEY_ONLY", &second)] {
            let body = json!({"user": {"id": scene.user}, "compatibility": compatibility});
            assert_eq!(scene.start(body).await["selectedDevice"]["id"], **asked);
        }
        let nothing = json!({"user": {"id": scene.user}, "compatibility": "NONE"});
        assert_eq!(scene.start(nothing).await["status"], "FAILED");
        let waiting = scene.start(json!({"user": {"id": scene.user}})).await;
        let select = |device: &str| json!({"device": {"id": device}, "compatibility": "SECURITY_KEY_ONLY"});
        let item = format!("{path}/{}", id(&waiting));
        let refusal = scene.admin.act(&item, "device.select", select(&first)).await;
        refused(refusal, "INVALID_VALUE", "device.id");
        scene.admin.act(&item, "device.select", select(&second)).await.expect(200);
        let body = json!({"compatibility": "NONE"});
        assert_eq!(scene.admin.post(&path, body).await.targets(), ["user.id"]);
    })
    .await;
}
