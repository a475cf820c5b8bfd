//! Every route of the table: without a token, with garbage, with another tenant's token, with too few permissions.

use postern_http::web::{Access, Media, Route};
use postern_testkit::{Answer, Client, TestApp};
use serde_json::json;

const SOMEBODY: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

fn path(route: &Route, environment: &str) -> String {
    let parts = route.path.split('/').map(|part| match part {
        "{envID}" => environment,
        "{templateName}" => "transaction",
        part if part.starts_with('{') => SOMEBODY,
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn send(client: &Client, route: &Route, environment: &str) -> Answer {
    let request = client.request(route.method.clone(), &path(route, environment));
    match route.media {
        Media::None => request.send().await,
        media => request.bytes(&media.name(), b"{}".to_vec()).send().await,
    }
}

#[tokio::test]
async fn no_protected_route_answers_without_a_token() {
    let app = TestApp::start().await;
    let environment = app.environment().to_string();
    for route in postern_http::routes().iter().filter(|route| route.access != Access::Public) {
        for client in [app.anonymous(), app.token("garbage"), app.token("a.b.c")] {
            let answer = send(&client, route, &environment).await;
            assert_eq!(answer.status, 401, "{} {}: {}", route.method, route.path, answer.text);
            assert_eq!(answer.body["details"][0]["code"], "INVALID_TOKEN");
        }
    }
}

#[tokio::test]
async fn no_route_opens_with_too_few_permissions_or_to_another_tenant() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let worker = json!({"name": "Powerless", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": false});
    let worker =
        admin.post(&app.path("/applications"), worker).await.expect(201)["id"].as_str().unwrap().to_owned();
    let secret = admin.get(&app.path(&format!("/applications/{worker}/secret"))).await.expect(200);
    let powerless = app.token(&app.client_token(&worker, secret["secret"].as_str().unwrap()).await);
    let other = admin
        .post("/v1/environments", json!({"name": "Other", "type": "SANDBOX", "region": "NA"}))
        .await
        .expect(201);
    let other = other["id"].as_str().unwrap().to_owned();
    let mine = app.environment().to_string();
    for route in postern_http::routes() {
        if !matches!(route.access, Access::Permission(_)) {
            continue;
        }
        let answer = send(&powerless, &route, &mine).await;
        assert_eq!(answer.status, 403, "{} {}: {}", route.method, route.path, answer.text);
        assert_eq!(answer.body["details"][0]["code"], "INSUFFICIENT_PERMISSIONS");
        let answer = send(&powerless, &route, &other).await;
        assert_eq!(answer.status, 404, "{} {}: {}", route.method, route.path, answer.text);
    }
}

#[test]
fn every_route_is_described() {
    let mut seen = std::collections::HashSet::new();
    for route in postern_http::routes() {
        assert!(!route.title.is_empty() && !route.group.is_empty(), "{} {}", route.method, route.path);
        let managed = route.path.starts_with("/v1/");
        assert!(
            !managed || route.access != Access::Public,
            "a management route needs a token: {}",
            route.path
        );
        assert!(
            seen.insert((route.method.clone(), route.path, route.media)),
            "declared twice: {} {}",
            route.method,
            route.path
        );
    }
}
