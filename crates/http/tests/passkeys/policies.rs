//! FIDO2 policies, and the device policies that name them.

use postern_testkit::TestApp;
use serde_json::{Value, json};

use crate::support::{Scene, id};

#[tokio::test]
async fn a_new_environment_has_a_default_policy_for_the_host_of_the_service() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let all = scene.admin.get(&scene.app.path("/fido2Policies")).await.expect(200);
        assert_eq!((all["count"].as_i64(), all["size"].as_i64()), (Some(1), Some(1)));
        let policy = &all["_embedded"]["fido2Policies"][0];
        assert_eq!(policy["relyingPartyId"], "postern.test");
        assert_eq!((&policy["name"], &policy["default"]), (&json!("Passkeys"), &json!(true)));
        let keys: Vec<&str> = policy.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "_links",
                "id",
                "environment",
                "updatedAt",
                "createdAt",
                "name",
                "deviceDisplayName",
                "discoverableCredentials",
                "authenticatorAttachment",
                "userVerification",
                "userPresenceTimeout",
                "backupEligibility",
                "userDisplayNameAttributes",
                "attestationRequirements",
                "mdsAuthenticatorsRequirements",
                "relyingPartyId",
                "aggregateDevices",
                "default",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn one_policy_is_the_default_and_it_stays() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path("/fido2Policies");
        let item = |id: &str| format!("{path}/{id}");
        let first = scene.admin.get(&path).await.expect(200)["_embedded"]["fido2Policies"][0].clone();
        let mut unset = first.clone();
        unset["default"] = json!(false);
        let answer = scene.admin.put(&item(&id(&first)), unset).await;
        answer.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let refusal = scene.admin.delete(&item(&id(&first))).await;
        let detail = refusal.refused(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION");
        assert!(detail["message"].as_str().unwrap().contains("cannot delete the default policy"), "{detail}");

        let second = scene.fido2_policy("Second", json!({"default": true})).await;
        let policies = scene.admin.get(&path).await.expect(200)["_embedded"]["fido2Policies"].clone();
        let defaults: Vec<&Value> =
            policies.as_array().unwrap().iter().filter(|policy| policy["default"] == true).collect();
        assert_eq!(defaults.len(), 1);
        assert_eq!(defaults[0]["id"], second);
        scene.admin.delete(&item(&id(&first))).await.expect(204);
        for name in ["FIDO_POLICY.CREATED", "FIDO_POLICY.DELETED"] {
            assert!(scene.events(name).await > 0, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn names_are_unique() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path("/fido2Policies");
        let mut body = scene.admin.get(&path).await.expect(200)["_embedded"]["fido2Policies"][0].clone();
        body["default"] = json!(false);
        let detail = scene.admin.post(&path, body).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        assert_eq!(detail["target"], "name");
    })
    .await;
}

#[tokio::test]
async fn a_device_policy_leads_to_its_fido2_policy_and_keeps_it() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let fido2 =
            |id: &str| format!("http://postern.test{}", scene.app.path(&format!("/fido2Policies/{id}")));
        let policies = scene.app.path("/deviceAuthenticationPolicies");
        let all = scene.admin.get(&policies).await.expect(200);
        let default = scene.admin.get(&scene.app.path("/fido2Policies")).await.expect(200);
        let default = id(&default["_embedded"]["fido2Policies"][0]);
        let first = &all["_embedded"]["deviceAuthenticationPolicies"][0];
        assert_eq!(first["_links"]["fido2"]["href"], fido2(&default));

        let policy = scene.policy("Own", json!({})).await;
        let read = scene.admin.get(&format!("{policies}/{policy}")).await.expect(200);
        let named = read["fido2"]["fido2PolicyId"].as_str().unwrap().to_owned();
        assert_eq!(read["_links"]["fido2"]["href"], fido2(&named));

        let item = scene.app.path(&format!("/fido2Policies/{named}"));
        scene.admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        assert!(scene.admin.get(&item).await.expect(200).get("_embedded").is_none());
        let expanded =
            scene.admin.get(&format!("{item}?expand=deviceAuthenticationPolicies")).await.expect(200);
        assert_eq!(
            expanded["_embedded"]["deviceAuthenticationPolicies"],
            json!([{"id": policy, "name": "Own"}])
        );
        scene.admin.delete(&format!("{policies}/{policy}")).await.expect(204);
        scene.admin.delete(&item).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_device_policy_names_only_fido2_policies_that_are_there() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let policies = scene.app.path("/deviceAuthenticationPolicies");
        let all = scene.admin.get(&policies).await.expect(200);
        let mut body = all["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        body["name"] = json!("Other");
        body["default"] = json!(false);
        body["fido2"]["fido2PolicyId"] = json!("0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01");
        let detail = scene.admin.post(&policies, body).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(detail["target"], "fido2.fido2PolicyId");
    })
    .await;
}

#[tokio::test]
async fn device_policies_move_to_fido2_in_one_call() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let policies = scene.app.path("/deviceAuthenticationPolicies");
        let mut body =
            scene.admin.get(&policies).await.expect(200)["_embedded"]["deviceAuthenticationPolicies"][0]
                .clone();
        body["name"] = json!("Of former times");
        body["default"] = json!(false);
        body.as_object_mut().unwrap().remove("fido2");
        let policy = id(&scene.admin.post(&policies, body).await.expect(201));
        let fido2 = scene.fido2_policy("Keys", json!({})).await;
        let action = "deviceAuthenticationPolicy.fido2.migrate";
        let moved =
            json!({"migrationData": [{"deviceAuthenticationPolicyId": policy, "fido2PolicyId": fido2}]});
        let answer = scene.admin.act(&policies, action, moved).await.expect(200);
        let all = answer["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
        assert_eq!(all.len(), 2);
        let one = all.iter().find(|one| one["id"] == policy).unwrap();
        assert_eq!(one["fido2"], json!({"enabled": true, "fido2PolicyId": fido2}));
        assert!(one["_links"]["fido2"]["href"].as_str().unwrap().ends_with(&fido2));

        let unknown = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        let wrong =
            json!({"migrationData": [{"deviceAuthenticationPolicyId": unknown, "fido2PolicyId": unknown}]});
        let answer = scene.admin.act(&policies, action, wrong).await;
        assert_eq!(
            answer.targets(),
            ["migrationData[0].fido2PolicyId", "migrationData[0].deviceAuthenticationPolicyId"]
        );
        answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
        scene.admin.act(&policies, action, json!({})).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
    })
    .await;
}

#[tokio::test]
async fn a_policy_of_former_times_is_the_only_default_one() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let path = scene.app.path("/fidoPolicies");
        let body = |name: &str| {
            json!({"name": name, "attestationRequirements": "NONE", "residentKeyRequirement": "REQUIRED", "default": true})
        };
        let first = scene.admin.post(&path, body("First")).await.expect(201);
        scene.admin.post(&path, body("Second")).await.expect(201);
        let first = scene.admin.get(&format!("{path}/{}", id(&first))).await.expect(200);
        assert_eq!(first["default"], false);
    })
    .await;
}
