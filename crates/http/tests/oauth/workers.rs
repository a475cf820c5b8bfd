use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use postern_core::jose::signing::SigningAlgorithm;
use postern_store::fixture::TestDb;
use serde_json::{Value, json};

use super::support::{World, basic, payload};

const CREDENTIALS: &[(&str, &str)] = &[("grant_type", "client_credentials")];

#[tokio::test]
async fn a_worker_gets_exactly_the_claims_of_the_contract() {
    for world in World::all().await {
        let answer = world.token(&world.worker, CREDENTIALS).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        let body = answer.json();
        let members: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["access_token", "token_type", "expires_in"]);
        let claims = payload(&answer.text("access_token"));
        let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["aud", "client_id", "env", "exp", "iat", "iss", "jti", "org", "p1.rid"]);
        assert_eq!(claims["aud"], json!(["https://api.pingone.com"]));
        assert_eq!(claims["env"], json!(world.ctx.environment));
        assert_eq!(claims["iss"], json!(world.issuer()));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    }
}

#[tokio::test]
async fn an_independent_library_verifies_both_algorithms_with_the_published_keys() {
    for algorithm in [SigningAlgorithm::RS256, SigningAlgorithm::ES256] {
        let world = World::on(TestDb::sqlite().await, algorithm).await;
        let token = world.token(&world.worker, CREDENTIALS).await.text("access_token");
        let keys: JwkSet = serde_json::from_str(&world.get("/as/jwks", &[]).await.text).unwrap();
        let header = decode_header(&token).unwrap();
        let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(if algorithm == SigningAlgorithm::RS256 {
            Algorithm::RS256
        } else {
            Algorithm::ES256
        });
        validation.set_audience(&["https://api.pingone.com"]);
        validation.set_issuer(&[world.issuer()]);
        validation.validate_exp = false;
        assert_eq!(header.alg, validation.algorithms[0]);
        decode::<Value>(&token, &key, &validation).unwrap();
    }
}

#[tokio::test]
async fn a_service_gets_its_custom_resource_and_nothing_else() {
    for world in World::all().await {
        let body = json!({"type": "SERVICE", "grantTypes": ["CLIENT_CREDENTIALS"], "responseTypes": null, "redirectUris": null});
        let client = world.application(body).await;
        world.token(&client, CREDENTIALS).await.refused("invalid_scope");
        let resource = world.custom_resource("orders", &["orders:read", "orders:write"]).await;
        world.grant(client.0, resource, &["orders:read"]).await;
        let answer = world.token(&client, CREDENTIALS).await;
        assert_eq!(
            (answer.text("scope"), answer.json()["expires_in"].clone()),
            ("orders:read".to_owned(), json!(600))
        );
        let claims = payload(&answer.text("access_token"));
        assert_eq!(
            (&claims["aud"], &claims["p1.rid"]),
            (&json!(["https://orders.example.com"]), &json!(resource))
        );
        assert!(claims.get("env").is_none() && claims.get("sub").is_none());
        assert!(world.caller(&answer.text("access_token")).await.is_err());
        for scope in ["orders:write", "openid", "p1:read:user"] {
            world
                .token(&client, &[("grant_type", "client_credentials"), ("scope", scope)])
                .await
                .refused("invalid_scope");
        }
    }
}

#[tokio::test]
async fn a_grant_type_that_is_not_the_clients_is_refused() {
    for world in World::all().await {
        let client = world.application(json!({})).await;
        world.token(&client, CREDENTIALS).await.refused("unauthorized_client");
        world.redeem(&world.worker, "x").await.refused("unauthorized_client");
        world.token(&client, &[("grant_type", "password")]).await.refused("unsupported_grant_type");
        world.token(&client, &[]).await.refused("invalid_request");
    }
}

#[tokio::test]
async fn a_request_that_is_no_plain_form_is_refused() {
    let world = World::on(TestDb::sqlite().await, SigningAlgorithm::ES256).await;
    let twice = [("grant_type", "client_credentials"), ("grant_type", "client_credentials")];
    world.token(&world.worker, &twice).await.refused("invalid_request");
    let authorization = basic(&world.worker.0, &world.worker.1);
    let headers = [("content-type", "application/json"), ("authorization", &*authorization)];
    let answer = world.call(http::Method::POST, "/as/token", &headers, "{}".to_owned()).await;
    assert_eq!((answer.status, answer.json()["error"].clone()), (415, json!("invalid_request")));
}
