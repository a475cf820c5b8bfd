//! The secret of a custom resource: made with it, shown, rotated, good for introspection, gone with it.

use http::Method;
use postern_testkit::{Client, TestApp, basic};
use serde_json::{Value, json};

use super::{application, id, items, resource};

/// A token for the resource.
async fn token_for(app: &TestApp, admin: &Client, resource: &str) -> String {
    let scope = admin.post(&format!("{resource}/scopes"), json!({"name": "orders:read"})).await.expect(201);
    let service = application(app, admin, "SERVICE", json!({})).await;
    let grant = json!({"resource": {"id": resource.rsplit('/').next()}, "scopes": [{"id": scope["id"]}]});
    admin.post(&format!("{service}/grants"), grant).await.expect(201);
    let secret = admin.get(&format!("{service}/secret")).await.expect(200);
    app.client_token(service.rsplit('/').next().unwrap(), secret["secret"].as_str().unwrap()).await
}

async fn introspect(app: &TestApp, id: &str, secret: &str, token: &str) -> postern_testkit::Answer {
    let request = app.anonymous().request(Method::POST, &app.auth_path("/as/introspect"));
    basic(request, id, secret).form(&[("token", token)]).send().await
}

#[tokio::test]
async fn a_custom_resource_introspects_its_tokens_with_its_secret() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = resource(&app, &admin).await;
        let id = path.rsplit('/').next().unwrap().to_owned();
        let shown = admin.get(&format!("{path}/secret")).await.expect(200);
        assert_eq!(shown["_links"]["resource"]["href"], format!("http://postern.test{path}"));
        let first = shown["secret"].as_str().unwrap().to_owned();
        assert_eq!(first.len(), 64);

        let token = token_for(&app, &admin, &path).await;
        let told = introspect(&app, &id, &first, &token).await.expect(200);
        assert_eq!((&told["active"], &told["scope"]), (&json!(true), &json!("orders:read")));
        assert_eq!(introspect(&app, &id, "wrong", &token).await.status, 401);

        let rotated = admin.post(&format!("{path}/secret"), Value::Null).await.expect(200);
        let second = rotated["secret"].as_str().unwrap().to_owned();
        assert_ne!(first, second);
        assert_eq!(introspect(&app, &id, &first, &token).await.status, 401, "the old secret is void");
        assert_eq!(introspect(&app, &id, &second, &token).await.expect(200)["active"], true);
    })
    .await;
}

#[tokio::test]
async fn a_secret_goes_with_its_resource_and_built_in_ones_have_none() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = resource(&app, &admin).await;
        admin.delete(&path).await.expect(204);
        admin.get(&format!("{path}/secret")).await.expect(404);
        for built_in in items(&admin.get(&app.path("/resources")).await.expect(200), "resources") {
            let path = app.path(&format!("/resources/{}", id(built_in)));
            admin.get(&format!("{path}/secret")).await.expect(404);
            assert!(built_in["_links"].get("secret").is_none());
        }
    })
    .await;
}
