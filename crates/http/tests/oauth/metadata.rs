use postern_core::jose::signing::SigningAlgorithm;
use postern_store::fixture::TestDb;
use serde_json::json;

use super::support::World;

#[tokio::test]
async fn both_well_known_documents_say_the_same_and_name_what_is_served() {
    let world = World::on(TestDb::sqlite().await, SigningAlgorithm::ES256).await;
    let first = world.get("/as/.well-known/openid-configuration", &[]).await;
    let second = world.get("/as/.well-known/oauth-authorization-server", &[]).await;
    assert_eq!((first.status, &first.text), (200, &second.text));
    let document = first.json();
    assert_eq!(document["issuer"], json!(world.issuer()));
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES256"]));
    let assertions = &document["token_endpoint_auth_signing_alg_values_supported"];
    let all =
        json!(["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]);
    assert_eq!(assertions, &all);
    assert_eq!(document["request_object_signing_alg_values_supported"][0], json!("none"));
    assert_eq!(document["request_object_signing_alg_values_supported"].as_array().unwrap().len(), 11);
    for (name, value) in document.as_object().unwrap() {
        let path = value.as_str().and_then(|url| url.strip_prefix(&world.issuer()));
        if let Some(path) = path.filter(|_| name.ends_with("_endpoint")) {
            let status = world.get(&format!("/as{path}"), &[]).await.status;
            assert_ne!(status, 404, "{name}");
        }
    }
}

#[tokio::test]
async fn the_key_set_may_be_cached_and_holds_no_private_part() {
    let world = World::on(TestDb::sqlite().await, SigningAlgorithm::RS256).await;
    let answer = world.get("/as/jwks", &[]).await;
    assert_eq!(answer.header("cache-control"), "public, max-age=120");
    let mut names: Vec<String> = answer.json()["keys"][0].as_object().unwrap().keys().cloned().collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use", "x5c", "x5t"]);
}

#[tokio::test]
async fn an_unknown_environment_is_not_found_in_the_words_of_the_platform() {
    let world = World::on(TestDb::sqlite().await, SigningAlgorithm::ES256).await;
    let request = http::Request::get("/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01/as/jwks")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = world.send(request).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (404, json!("NOT_FOUND")));
}
