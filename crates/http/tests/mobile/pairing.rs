//! Pairing keys: made, claimed, gone.

use postern_core::time::Span;
use postern_testkit::{TestApp, TestPhone};
use serde_json::{Value, json};

use crate::support::{Scene, id, native};

#[tokio::test]
async fn a_pairing_key_becomes_a_device() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let key = scene.key().await;
        assert_eq!(key["status"], "UNCLAIMED");
        assert_eq!(key["code"].as_str().unwrap().len(), 14);
        assert_eq!(key["applications"], json!([{"id": scene.application}]));
        let path = format!("{}/{}", scene.keys(), id(&key));
        assert_eq!(scene.admin.get(&path).await.expect(200), key);

        let mut phone = TestPhone::new(&scene.app);
        let paired = phone.pair(&scene.app, key["code"].as_str().unwrap(), &scene.application).await;
        assert_eq!(paired["authenticators"]["otp"], json!({"status": "COMPLETED"}));
        assert_eq!(paired["authenticators"]["push"]["error"]["code"], "MissingDeviceToken");
        let claimed = scene.admin.get(&path).await.expect(200);
        assert_eq!((&claimed["status"], &claimed["device"]["id"]), (&json!("CLAIMED"), &paired["id"]));

        let device = scene.device(&phone).await;
        assert_eq!((&device["type"], &device["status"]), (&json!("MOBILE"), &json!("ACTIVE")));
        assert_eq!(device["application"]["id"], json!(scene.application));
        assert_eq!(device["os"], json!({"version": "16", "type": "ANDROID"}));
        assert_eq!(
            device["application"]["passcodeRefreshDuration"],
            json!({"duration": 30, "timeUnit": "SECONDS"})
        );
        let text = device.to_string();
        assert!(!text.contains("seed") && !text.contains(paired["otp"]["secret"].as_str().unwrap()));
        assert_eq!(scene.audit("DEVICE.").await, ["DEVICE.ACTIVATED", "DEVICE.CREATED"]);
    })
    .await;
}

#[tokio::test]
async fn a_pairing_key_is_claimed_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let key = scene.key().await;
        let code = key["code"].as_str().unwrap();
        TestPhone::new(&scene.app).pair(&scene.app, code, &scene.application).await;
        let again = TestPhone::new(&scene.app).claim(&scene.app, code, &scene.application, &json!({})).await;
        assert_eq!(again.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "pairingKey");
        let path = format!("{}/{}", scene.keys(), id(&key));
        scene.admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn a_pairing_key_that_is_old_deleted_or_wrong_is_not_claimed() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (old, deleted) = (scene.key().await, scene.key().await);
        let path = |key: &Value| format!("{}/{}", scene.keys(), id(key));
        scene.admin.delete(&path(&deleted)).await.expect(204);
        scene.admin.get(&path(&deleted)).await.expect(404);
        let phone = TestPhone::new(&scene.app);
        for code in [deleted["code"].as_str().unwrap(), "00000000000000"] {
            let answer = phone.claim(&scene.app, code, &scene.application, &json!({})).await;
            assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "pairingKey");
        }
        scene.app.advance(Span::minutes(10));
        let answer =
            phone.claim(&scene.app, old["code"].as_str().unwrap(), &scene.application, &json!({})).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "pairingKey");
        scene.admin.get(&path(&old)).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn only_an_application_of_the_key_may_claim_it() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let other = native("Other", json!({"bundleId": "com.other"}));
        let other = id(&scene.admin.post(&scene.app.path("/applications"), other).await.expect(201));
        let key = scene.key().await;
        let code = key["code"].as_str().unwrap();
        let phone = TestPhone::new(&scene.app);
        let answer = phone.claim(&scene.app, code, &other, &json!({})).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "application.id");
        let impostor = json!({"application": {"id": scene.application, "nativeName": "com.evil"}});
        let answer = phone.claim(&scene.app, code, &scene.application, &impostor).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "application.nativeName");
        phone.claim(&scene.app, code, &scene.application, &json!({})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_key_beyond_the_limit_of_devices_fails() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        for n in 0..5 {
            let body = json!({"type": "EMAIL", "email": format!("p{n}@example.com")});
            scene.admin.post(&scene.devices(), body).await.expect(201);
        }
        let key = scene.key().await;
        let code = key["code"].as_str().unwrap();
        let answer = TestPhone::new(&scene.app).claim(&scene.app, code, &scene.application, &json!({})).await;
        let detail = answer.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert_eq!(detail["innerError"]["maximumAllowed"], 5);
        let failed = scene.admin.get(&format!("{}/{}", scene.keys(), id(&key))).await.expect(200);
        assert_eq!(
            (&failed["status"], &failed["error"]["code"]),
            (&json!("FAILED"), &json!("LIMIT_EXCEEDED"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_user_has_twenty_valid_keys_at_most() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        for _ in 0..20 {
            scene.key().await;
        }
        let body = json!({"applications": {"id": scene.application}, "policy": {"id": scene.policy}});
        let answer = scene.admin.post(&scene.keys(), body.clone()).await;
        let detail = answer.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert_eq!(detail["innerError"]["maximumAllowed"], 20);
        scene.app.advance(Span::minutes(10));
        let admin = scene.app.admin().await;
        admin.post(&scene.keys(), body).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_key_without_applications_is_for_every_one_that_pushes_can_reach() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (nothing, empty) = (json!({}), json!({"applications": {}}));
        let answer = scene.admin.post(&scene.keys(), nothing.clone()).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "applications");
        let path = scene.app.path(&format!("/applications/{}/pushCredentials", scene.application));
        let hms = json!({"type": "HMS", "clientId": "100", "clientSecret": "s"});
        scene.admin.post(&path, hms).await.expect(201);
        for body in [nothing, empty] {
            let key = scene.admin.post(&scene.keys(), body).await.expect(201);
            assert_eq!(key["applications"], json!([{"id": scene.application}]));
        }
    })
    .await;
}

#[tokio::test]
async fn the_policy_says_how_long_a_key_lives_and_whether_there_is_one() {
    TestApp::each(|app| async move {
        let settings = json!({"pairingKeyLifetime": {"duration": 48, "timeUnit": "HOURS"}});
        let scene = Scene::with(app, settings, json!({"bundleId": "com.acme"})).await;
        let key = scene.key().await;
        let at = |name: &str| key[name].as_str().unwrap().parse::<postern_core::time::Timestamp>().unwrap();
        assert_eq!(at("expiresAt").since(at("createdAt")), Span::hours(48));
        let closed = crate::support::policy("Closed", &scene.application, &json!({"pairingDisabled": true}));
        let closed =
            scene.admin.post(&scene.app.path("/deviceAuthenticationPolicies"), closed).await.expect(201);
        let body = json!({"applications": [{"id": scene.application}], "policy": {"id": closed["id"]}});
        let answer = scene.admin.post(&scene.keys(), body).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "applications[0].id");
    })
    .await;
}

#[tokio::test]
async fn keys_have_the_form_of_the_settings() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let settings = json!({"pairing": {"maxAllowedDevices": 5, "pairingKeyFormat": "ALPHANUMERIC"}});
        scene.admin.put(&scene.app.path("/mfaSettings"), settings).await.expect(200);
        let key = scene.key().await;
        let code = key["code"].as_str().unwrap();
        assert!(
            code.len() == 16 && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()),
            "{code}"
        );
        let typed = format!("{}-{}", &code[..8].to_lowercase(), &code[8..]);
        TestPhone::new(&scene.app).pair(&scene.app, &typed, &scene.application).await;
    })
    .await;
}

#[tokio::test]
async fn mobile_devices_are_never_created_by_the_api() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let answer = scene.admin.post(&scene.devices(), json!({"type": "MOBILE"})).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "type");
    })
    .await;
}

#[tokio::test]
async fn a_key_of_one_tenant_is_unknown_to_another() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let key = scene.key().await;
        let other = json!({"name": "Other", "type": "SANDBOX", "region": "NA"});
        let other = id(&scene.admin.post("/v1/environments", other).await.expect(201));
        let phone = TestPhone::new(&scene.app);
        let signed = phone.make(&scene.app, |_, moment| {
            let stranger = postern_sandbox::phone::Phone::new(other.parse().unwrap()).unwrap();
            stranger.claim(moment, key["code"].as_str().unwrap(), &scene.application, &json!({})).unwrap()
        });
        let answer = phone.send(&signed).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "pairingKey");
    })
    .await;
}

#[tokio::test]
async fn people_make_pairing_keys_for_themselves_and_for_nobody_else() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let native = native("Authenticator", json!({"bundleId": "com.acme"}));
        let native = id(&admin.post(&app.path("/applications"), native).await.expect(201));
        let scopes = ["p1:create:pairingKey", "p1:read:pairingKey", "p1:delete:pairingKey"];
        let myself = app.signed_on(&setup, &scopes).await;
        let own = app.path(&format!("/users/{}/pairingKeys", setup.user));
        let body = json!({"applications": [{"id": native}]});
        let key = id(&myself.post(&own, body.clone()).await.expect(201));
        myself.get(&format!("{own}/{key}")).await.expect(200);
        let other = app.user(&admin, "sam", None).await;
        let foreign = app.path(&format!("/users/{other}/pairingKeys"));
        myself.post(&foreign, body).await.expect(403);
        admin.get(&format!("{foreign}/{key}")).await.expect(404);
        myself.delete(&format!("{own}/{key}")).await.expect(204);
    })
    .await;
}
