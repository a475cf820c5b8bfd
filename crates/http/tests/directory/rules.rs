//! What is refused, and that everything wrong with a body is told at once.

use http::Method;
use postern_core::directory::role::IDENTITY_DATA_ADMIN;
use postern_testkit::TestApp;
use serde_json::json;

use super::{application, id};

#[tokio::test]
async fn only_workers_can_have_roles() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let role = json!({"role": {"id": IDENTITY_DATA_ADMIN.uuid}, "scope": {"id": app.environment(), "type": "ENVIRONMENT"}});
        let web = json!({"grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["https://www.example.com"]});
        for (kind, more) in [("WEB_APP", web), ("SERVICE", json!({}))] {
            let path = application(&app, &admin, kind, more).await;
            let answer = admin.post(&format!("{path}/roleAssignments"), role.clone()).await;
            answer.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        }
        let worker = application(&app, &admin, "WORKER", json!({"assignActorRoles": false})).await;
        admin.post(&format!("{worker}/roleAssignments"), role).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn the_faults_of_members_and_of_rules_between_them_come_together() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let body = json!({"name": "Web", "description": 7, "enabled": true, "type": "WEB_APP", "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE"], "tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"});
        let answer = admin.post(&app.path("/applications"), body).await;
        let mut targets = answer.targets();
        targets.sort();
        assert_eq!(targets, ["description", "jwks", "responseTypes"], "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_policy_of_notifications_that_is_not_there_cannot_be_named() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let path = app.path(&format!("/deviceAuthenticationPolicies/{}", setup.policy));
        let mut policy = admin.get(&path).await.expect(200);
        policy["notificationsPolicy"] = json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"});
        let refused = admin.put(&path, policy).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(refused["target"], "notificationsPolicy.id");
    })
    .await;
}

#[tokio::test]
async fn a_pattern_is_told_only_where_there_is_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"email": "a@example.com", "username": "a@b", "address": {"countryCode": "ch"}});
    let answer = admin.post(&app.path("/users"), body).await;
    let details = answer.body["details"].as_array().unwrap();
    let pattern = |target: &str| {
        details.iter().find(|detail| detail["target"] == target).unwrap()["innerError"]["allowedPattern"]
            .clone()
    };
    assert_eq!(pattern("address.countryCode"), "^[A-Z]{2}$");
    assert!(pattern("username").is_null(), "{}", answer.text);
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_answered_with_those_that_are() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = admin.request(Method::PATCH, &app.path("/populations")).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("GET, POST")));
}

#[tokio::test]
async fn a_post_stands_for_the_method_that_its_header_names_in_any_case() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for method in ["delete", "DELETE", "Delete"] {
        let made = admin.post(&app.path("/populations"), json!({"name": "Short-lived"})).await.expect(201);
        let path = app.path(&format!("/populations/{}", id(&made)));
        let request = admin.request(Method::POST, &path).header("x-http-method-override", method);
        request.send().await.expect(204);
    }
}
