//! Which pages may read what the token endpoint answers.

use http::Method;
use postern_testkit::{Answer, TestApp};
use serde_json::{Value, json};

const SHOP: &str = "https://shop.example.com";
const ALLOW: &str = "access-control-allow-origin";

async fn asked(app: &TestApp, id: &str, secret: &str, origin: Option<&str>) -> Answer {
    let request = app.anonymous().request(Method::POST, &app.auth_path("/as/token")).basic(id, secret);
    let request = request.form(&[("grant_type", "client_credentials")]);
    match origin {
        Some(origin) => request.header("origin", origin).send().await,
        None => request.send().await,
    }
}

#[tokio::test]
async fn tokens_are_read_only_by_pages_that_the_application_names() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let specific = json!({"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": [SHOP]});
    for (settings, origin, allowed) in [
        (Value::Null, SHOP, false),
        (json!({"behavior": "ALLOW_NO_ORIGINS"}), SHOP, false),
        (specific.clone(), SHOP, true),
        (specific, "https://evil.example", false),
    ] {
        let mut body = json!({"name": format!("{settings}{origin}"), "enabled": true, "type": "WORKER",
            "protocol": "OPENID_CONNECT", "grantTypes": ["CLIENT_CREDENTIALS"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"});
        if !settings.is_null() {
            body["corsSettings"] = settings.clone();
        }
        let made = admin.post(&app.path("/applications"), body).await.expect(201);
        let id = made["id"].as_str().unwrap();
        let secret = admin.get(&app.path(&format!("/applications/{id}/secret"))).await.expect(200);
        let secret = secret["secret"].as_str().unwrap();
        let expected = allowed.then_some(origin);
        let good = asked(&app, id, secret, Some(origin)).await;
        assert_eq!((good.status.as_u16(), good.header(ALLOW)), (200, expected), "{settings} {origin}");
        let refused = asked(&app, id, "wrong", Some(origin)).await;
        assert_eq!((refused.status.as_u16(), refused.header(ALLOW)), (401, expected), "{settings} {origin}");
        assert_eq!(asked(&app, id, secret, None).await.header(ALLOW), None);
    }
}

#[tokio::test]
async fn what_is_public_is_read_by_every_page() {
    let app = TestApp::start().await;
    for path in ["/as/.well-known/openid-configuration", "/as/jwks", "/as/userinfo"] {
        let request = app.anonymous().request(Method::GET, &app.auth_path(path)).header("origin", SHOP);
        assert_eq!(request.send().await.header(ALLOW), Some("*"), "{path}");
    }
    let preflight =
        app.anonymous().request(Method::OPTIONS, &app.auth_path("/as/token")).header("origin", SHOP);
    let answer = preflight.header("access-control-request-method", "POST").send().await;
    assert_eq!(answer.header(ALLOW), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}
