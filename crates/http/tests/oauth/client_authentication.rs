use postern_core::directory::application::Application;
use postern_core::jose::Algorithm;
use postern_core::jose::hmac;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::time::Span;
use postern_engine::clients::{Owner, drop_previous, rotate_secret};
use serde_json::{Value, json};

use super::support::{Answer, World, basic};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const TYPE: (&str, &str) =
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

async fn worker(world: &World, method: &str, more: Value) -> (String, String) {
    let mut body = json!({"type": "WORKER", "grantTypes": ["CLIENT_CREDENTIALS"], "responseTypes": null, "redirectUris": null,
                          "tokenEndpointAuthMethod": method});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (id, secret) = world.application(body).await;
    (id.to_string(), secret)
}

async fn asserted(world: &World, id: &str, token: &str) -> Answer {
    let fields = [GRANT, TYPE, ("client_id", id), ("client_assertion", token)];
    world.form("/as/token", None, &fields).await
}

fn claims(world: &World, id: &str) -> Value {
    let now = world.ctx.now.seconds();
    json!({"iss": id, "sub": id, "aud": format!("{}/token", world.issuer()), "exp": now + 300})
}

#[tokio::test]
async fn a_form_encoded_basic_secret_is_decoded() {
    for world in World::all().await {
        let (id, secret) = &world.worker;
        let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = world.form("/as/token", Some(&basic(&id.replace('-', "%2D"), &encoded)), &[GRANT]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn every_failed_authentication_looks_the_same() {
    for world in World::all().await {
        let (id, secret) = worker(&world, "CLIENT_SECRET_BASIC", json!({})).await;
        let disabled = worker(&world, "CLIENT_SECRET_BASIC", json!({"enabled": false})).await;
        let post = worker(&world, "CLIENT_SECRET_POST", json!({})).await;
        let nobody = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        let attempts = [
            (Some(basic(&id, "wrong")), vec![GRANT]),
            (Some(basic(nobody, &secret)), vec![GRANT]),
            (Some(basic("x", &secret)), vec![GRANT]),
            (Some(basic(&disabled.0, &disabled.1)), vec![GRANT]),
            (Some(basic(&post.0, &post.1)), vec![GRANT]),
            (None, vec![GRANT, ("client_id", &id), ("client_secret", &secret)]),
            (None, vec![GRANT, ("client_id", &id)]),
            (None, vec![GRANT]),
        ];
        for (authorization, fields) in &attempts {
            let answer = world.form("/as/token", authorization.as_deref(), fields).await;
            answer.refused("invalid_client");
            let text = answer.text("error_description");
            assert!(
                text.starts_with("Request denied: Client authentication failed (Correlation ID: "),
                "{text}"
            );
            if authorization.is_some() {
                assert!(answer.header("www-authenticate").starts_with("Basic"));
            }
        }
        let right =
            world.form("/as/token", None, &[GRANT, ("client_id", &post.0), ("client_secret", &post.1)]).await;
        assert_eq!(right.status, 200);
        let both = [GRANT, ("client_id", &*id), ("client_secret", &*secret)];
        world.form("/as/token", Some(&basic(&id, &secret)), &both).await.refused("invalid_request");
    }
}

#[tokio::test]
async fn a_rotated_secret_stays_valid_until_its_time_and_its_use_is_noted() {
    for mut world in World::all().await {
        let client = worker(&world, "CLIENT_SECRET_BASIC", json!({})).await;
        let owner = Owner::Application(client.0.parse().unwrap());
        let until = world.ctx.now.plus(Span::hours(1));
        let rotated = world.app.write(&world.ctx, owner, move |tx, ctx, owner| {
            Box::pin(rotate_secret(tx, ctx, *owner, Some(until)))
        });
        let new = (client.0.clone(), rotated.await.unwrap().current.expose().clone());
        world.app.forget_access(world.ctx.environment);
        for secret in [&client, &new] {
            assert_eq!(world.token(secret, &[GRANT]).await.status, 200);
        }
        let mut tx = world.app.read().await.unwrap();
        let secrets =
            postern_engine::clients::read_secret(&mut tx, &world.ctx, owner).await.unwrap().unwrap();
        assert_eq!(secrets.previous.unwrap().used_at, Some(world.ctx.now));
        drop(tx);
        world.advance(Span::hours(1));
        world.token(&client, &[GRANT]).await.refused("invalid_client");
        assert_eq!(world.token(&new, &[GRANT]).await.status, 200);
    }
}

#[tokio::test]
async fn a_dropped_or_plainly_rotated_secret_ends_at_once() {
    for world in World::all().await {
        let client = worker(&world, "CLIENT_SECRET_BASIC", json!({})).await;
        let owner = Owner::Application(client.0.parse().unwrap());
        let until = world.ctx.now.plus(Span::hours(1));
        let write = world.app.write(&world.ctx, owner, move |tx, ctx, owner| {
            Box::pin(async move {
                rotate_secret(tx, ctx, *owner, Some(until)).await?;
                drop_previous(tx, ctx, *owner).await
            })
        });
        write.await.unwrap();
        world.app.forget_access(world.ctx.environment);
        world.token(&client, &[GRANT]).await.refused("invalid_client");
        let too_long = world.ctx.now.plus(Span::days(31));
        let refused = world.app.write(&world.ctx, owner, move |tx, ctx, owner| {
            Box::pin(rotate_secret(tx, ctx, *owner, Some(too_long)))
        });
        assert!(refused.await.is_err());
    }
}

#[tokio::test]
async fn a_client_may_sign_its_assertion_with_its_secret() {
    for world in World::all().await {
        let (id, secret) = worker(&world, "CLIENT_SECRET_JWT", json!({})).await;
        let sign = |claims: &Value| hmac::sign(Algorithm::HS256, secret.as_bytes(), claims).unwrap();
        let good = claims(&world, &id);
        assert_eq!(asserted(&world, &id, &sign(&good)).await.status, 200);
        let now = world.ctx.now.seconds();
        let faults = [
            ("iss", json!("x")),
            ("sub", json!(world.worker.0)),
            ("aud", json!("https://evil.example.com")),
            ("exp", json!(now - 60)),
            ("exp", json!(now + 7200)),
            ("exp", Value::Null),
            ("nbf", json!(now + 600)),
        ];
        for (name, value) in faults {
            let mut bad = good.clone();
            bad[name] = value;
            asserted(&world, &id, &sign(&bad)).await.refused("invalid_client");
        }
        let other = hmac::sign(Algorithm::HS256, b"another secret", &good).unwrap();
        asserted(&world, &id, &other).await.refused("invalid_client");
        world.form("/as/token", Some(&basic(&id, &secret)), &[GRANT]).await.refused("invalid_client");
    }
}

#[tokio::test]
async fn a_client_may_sign_its_assertion_with_an_elliptic_key_of_its_key_set() {
    for world in World::all().await {
        let key = SigningKey::generate(SigningAlgorithm::ES256, "k1").unwrap();
        let jwks = json!({"keys": [key.public_jwk()]}).to_string();
        let (id, _) = worker(&world, "PRIVATE_KEY_JWT", json!({"jwks": jwks})).await;
        let good = claims(&world, &id);
        assert_eq!(asserted(&world, &id, &key.sign(None, &good).unwrap()).await.status, 200);
        let other = SigningKey::generate(SigningAlgorithm::ES256, "k1").unwrap();
        asserted(&world, &id, &other.sign(None, &good).unwrap()).await.refused("invalid_client");
    }
}

#[tokio::test]
async fn a_client_may_publish_its_keys_and_change_them() {
    const URL: &str = "https://app.example.com/keys";
    for mut world in World::all().await {
        let [first, second] =
            ["k1", "k2"].map(|id| SigningKey::generate(SigningAlgorithm::ES256, id).unwrap());
        let (id, _) = worker(&world, "PRIVATE_KEY_JWT", json!({"jwksUrl": URL})).await;
        let good = claims(&world, &id);
        asserted(&world, &id, &first.sign(None, &good).unwrap()).await.refused("invalid_client");
        world.published.put(URL, &json!({"keys": [first.public_jwk()]}));
        world.advance(Span::seconds(10));
        assert_eq!(asserted(&world, &id, &first.sign(None, &good).unwrap()).await.status, 200);
        world.published.put(URL, &json!({"keys": [second.public_jwk()]}));
        world.advance(Span::seconds(61));
        let good = claims(&world, &id);
        assert_eq!(asserted(&world, &id, &second.sign(None, &good).unwrap()).await.status, 200);
        asserted(&world, &id, &first.sign(None, &good).unwrap()).await.refused("invalid_client");
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    for world in World::all().await {
        let key = SigningKey::generate(SigningAlgorithm::RS256, "k1").unwrap();
        let jwks = json!({"keys": [key.public_jwk()]}).to_string();
        let (id, secret) = worker(&world, "PRIVATE_KEY_JWT", json!({"jwks": jwks})).await;
        let good = claims(&world, &id);
        assert_eq!(asserted(&world, &id, &key.sign(None, &good).unwrap()).await.status, 200);
        for shared in [jwks.as_bytes(), secret.as_bytes(), b"k1"] {
            let forged = hmac::sign(Algorithm::HS256, shared, &good).unwrap();
            asserted(&world, &id, &forged).await.refused("invalid_client");
        }
        let none = format!(
            "{}.{}.",
            "eyJhbGciOiJub25lIn0",
            data_encoding::BASE64URL_NOPAD.encode(good.to_string().as_bytes())
        );
        asserted(&world, &id, &none).await.refused("invalid_client");
    }
}

#[tokio::test]
async fn a_disabled_application_gets_no_more_tokens() {
    for world in World::all().await {
        assert_eq!(world.token(&world.worker, &[GRANT]).await.status, 200);
        world
            .change::<Application>(world.worker.0.parse().unwrap(), |application| application.enabled = false)
            .await;
        world.token(&world.worker, &[GRANT]).await.refused("invalid_client");
    }
}
