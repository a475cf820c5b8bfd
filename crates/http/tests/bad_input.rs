//! What bad input gets: a 4xx with the error body that names the field, and nothing written.
#![expect(clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_testkit::{Request, TestApp};
use serde_json::json;

async fn users(app: &TestApp) -> (postern_testkit::Client, String) {
    (app.admin().await, app.path("/users"))
}

fn with_error_body(answer: &postern_testkit::Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert!(answer.body["id"].is_string() && answer.body["code"].is_string(), "{}", answer.text);
    assert_eq!(answer.body["id"].as_str(), answer.header("correlation-id"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let app = TestApp::start().await;
    let (admin, path) = users(&app).await;
    let post = |content_type: &str, body: Vec<u8>| -> Request {
        admin.request(http::Method::POST, &path).bytes(content_type, body)
    };
    let deep = [vec![b'['; 10_000], vec![b']'; 10_000]].concat();
    let nul = br#"{"username": "a\u0000b", "email": "a@example.com"}"#.to_vec();
    let cases: [(&str, Vec<u8>, u16); 8] = [
        ("application/json", b"{".to_vec(), 400),
        ("application/json", b"[]".to_vec(), 400),
        ("application/json", deep, 400),
        ("application/json", nul, 400),
        ("application/json", vec![0xff, 0xfe], 400),
        ("text/plain", b"{}".to_vec(), 415),
        ("application/vnd.pingidentity.unknown+json", b"{}".to_vec(), 415),
        ("application/json", vec![b' '; 1024 * 1024 + 1], 413),
    ];
    for (content_type, body, status) in cases {
        with_error_body(&post(content_type, body).send().await, status);
    }
    assert_eq!(admin.get(&path).await.expect(200)["count"], 0, "nothing was written");
}

#[tokio::test]
async fn unknown_places_are_not_found_and_wrong_methods_not_allowed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let other = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
    for path in [
        "/".to_owned(),
        "/v1/nothing".to_owned(),
        format!("/v1/environments/{other}/users"),
        "/v1/environments/not-a-uuid/users".to_owned(),
        app.path(&format!("/users/{other}")),
        app.path("/users/not-a-uuid"),
        app.path(&format!("/users/{other}/devices")),
        app.path(&format!("/users/{other}/devices/{other}")),
        format!("/{other}/as/jwks"),
    ] {
        with_error_body(&admin.get(&path).await, 404);
    }
    with_error_body(&admin.request(http::Method::PATCH, &app.path("/populations")).send().await, 405);
}

#[tokio::test]
async fn bad_cursors_limits_and_filters_are_refused() {
    let app = TestApp::start().await;
    let (admin, path) = users(&app).await;
    for (query, target) in [
        ("cursor=garbage", "cursor"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("filter=username", "filter"),
        ("filter=username+eq", "filter"),
        ("filter=(((((", "filter"),
        ("filter=password+eq+%22x%22", "filter"),
        ("filter=population.id+eq+%22x%22", "filter"),
    ] {
        let answer = admin.get(&format!("{path}?{query}")).await;
        with_error_body(&answer, 400);
        assert_eq!(answer.targets(), [target], "{query}");
    }
}

#[tokio::test]
async fn a_null_body_counts_as_none() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (worker, _) = app.worker();
    let path = app.path(&format!("/applications/{worker}/secret"));
    let before = admin.get(&path).await.expect(200)["secret"].clone();
    let rotated = admin
        .request(http::Method::POST, &path)
        .bytes("application/json", b"null\n".to_vec())
        .send()
        .await
        .expect(200);
    assert_ne!(rotated["secret"], before);
}

#[tokio::test]
async fn duplicates_name_the_field() {
    TestApp::each(|app| async move {
        let (admin, path) = users(&app).await;
        let body = json!({"username": "pat", "email": "pat@example.com"});
        admin.post(&path, body).await.expect(201);
        let again = json!({"username": "PAT", "email": "other@example.com"});
        let detail = admin.post(&path, again).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        assert_eq!(detail["target"], "username");
    })
    .await;
}

#[tokio::test]
async fn a_preflight_allows_every_origin_once() {
    let app = TestApp::start().await;
    let request = app.anonymous().request(http::Method::OPTIONS, &app.path("/users"));
    let answer = request.header("origin", "https://app.example.com").send().await;
    assert_eq!(answer.status, 204);
    for name in
        ["access-control-allow-origin", "access-control-allow-methods", "access-control-expose-headers"]
    {
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{name}");
    }
}
