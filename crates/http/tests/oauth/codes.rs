use std::sync::Arc;

use postern_core::directory::user::User;
use postern_core::ids::ApplicationId;
use postern_core::oauth::request::Challenge;
use postern_core::pkce::{ChallengeMethod, s256};
use postern_core::time::Span;
use postern_engine::clients::Client;
use postern_engine::tokens::{self, CodeGrant, CodeRedemption, SignOn};
use serde_json::json;

use super::support::{CALLBACK, World, payload};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn granted(world: &World, scopes: &[&str]) -> ((ApplicationId, String), CodeGrant) {
    let client = world.application(json!({})).await;
    let openid = world.resource_named("openid").await;
    world.grant(client.0, openid, &["profile", "email", "address"]).await;
    let user = world.user("alice").await;
    let grant = world.sign_on(client.0, user, scopes).await;
    (client, grant)
}

#[tokio::test]
async fn a_code_gives_the_tokens_of_the_contract() {
    for world in World::all().await {
        let (client, grant) = granted(&world, &["openid", "profile", "address"]).await;
        let code = world.code(grant.clone()).await;
        assert_eq!(code.parse::<uuid::Uuid>().unwrap().to_string(), code);
        let answer = world.redeem(&client, &code).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.text("scope"), "openid profile address");
        let (access, id) = (payload(&answer.text("access_token")), payload(&answer.text("id_token")));
        let SignOn { user, session, auth_time, .. } = &grant.sign_on;
        let shared = [
            ("sub", json!(user)),
            ("sid", json!(session)),
            ("acr", json!("Multi_Factor")),
            ("auth_time", json!(auth_time.seconds())),
            ("iss", json!(world.issuer())),
        ];
        for (name, value) in &shared {
            assert_eq!((&access[name], &id[name]), (value, value), "{name}");
        }
        assert_eq!(
            (&access["scope"], &access["client_id"]),
            (&json!("openid profile address"), &json!(client.0))
        );
        assert_eq!((&id["aud"], &id["nonce"]), (&json!(client.0), &json!("n-1")));
        assert_eq!((&id["p1.region"], access.get("p1.region")), (&json!("NA"), None));
        assert_eq!(id["amr"], json!(["pwd", "sms", "mfa"]));
        assert_eq!((&id["name"], &id["preferred_username"]), (&json!("Alice Ng"), &json!("alice")));
        assert_eq!(id["address"], json!({"locality": "Bern", "country": "CH"}));
        assert!(id["at_hash"].is_string() && id.get("email").is_none() && id.get("client_id").is_none());
    }
}

#[tokio::test]
async fn the_same_flow_gives_the_same_code_once() {
    for world in World::all().await {
        let (client, grant) = granted(&world, &["openid"]).await;
        let first = world.code(grant.clone()).await;
        assert_eq!(world.code(grant.clone()).await, first);
        assert_eq!(tokens::code_of(&world.ctx, grant.flow), first);
        let token = world.redeem(&client, &first).await.text("access_token");
        assert!(world.caller(&token).await.is_ok(), "and is remembered for a while");
        assert_eq!(world.code(grant).await, first);
        world.redeem(&client, &first).await.refused("invalid_grant");
        assert!(world.caller(&token).await.is_err(), "a replay ends that at once");
    }
}

#[tokio::test]
async fn a_code_is_bound_to_its_client_its_address_and_its_minute() {
    for mut world in World::all().await {
        let (client, grant) = granted(&world, &["openid"]).await;
        let other = world.application(json!({})).await;
        let code = world.code(grant).await;
        world.redeem(&other, &code).await.refused("invalid_grant");
        world.redeem(&client, "11111111-2222-4333-8444-555555555555").await.refused("invalid_grant");
        let fields = [("grant_type", "authorization_code"), ("code", &*code)];
        world.token(&client, &fields).await.refused("invalid_grant");
        let elsewhere = [fields[0], fields[1], ("redirect_uri", "https://app.example.com/cb2")];
        world.token(&client, &elsewhere).await.refused("invalid_grant");
        world.advance(Span::seconds(60));
        world.redeem(&client, &code).await.refused("invalid_grant");
    }
}

#[tokio::test]
async fn without_a_redirect_uri_at_authorize_any_is_tolerated() {
    for world in World::all().await {
        let (client, grant) = granted(&world, &["openid"]).await;
        let code = world.code(CodeGrant { redirect_uri: None, ..grant }).await;
        assert_eq!(world.redeem(&client, &code).await.status, 200);
    }
}

#[tokio::test]
async fn pkce_is_checked_and_cannot_be_stripped() {
    for world in World::all().await {
        let (client, grant) = granted(&world, &["openid"]).await;
        let challenge = Challenge { value: s256(VERIFIER), method: ChallengeMethod::S256 };
        let code = world.code(CodeGrant { challenge: Some(challenge), ..grant.clone() }).await;
        let base = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
        world.token(&client, &base).await.refused("invalid_grant");
        let wrong = "a".repeat(43);
        for verifier in [&*wrong, &*s256(VERIFIER), "short"] {
            world
                .token(&client, &[&base[..], &[("code_verifier", verifier)]].concat())
                .await
                .refused("invalid_grant");
        }
        let right = world.token(&client, &[&base[..], &[("code_verifier", VERIFIER)]].concat()).await;
        assert_eq!(right.status, 200, "{}", right.text);

        let plain =
            world.code(CodeGrant { flow: postern_core::ids::FlowId::new(&world.ctx.random), ..grant }).await;
        let fields = [base[0], ("code", &*plain), base[2], ("code_verifier", VERIFIER)];
        world.token(&client, &fields).await.refused("invalid_grant");
    }
}

#[tokio::test]
async fn ten_at_once_redeem_a_code_once_and_the_replay_ends_the_family() {
    for world in World::all().await {
        let (client, grant) = granted(&world, &["openid"]).await;
        let code = world.code(grant).await;
        let known: Arc<Client> =
            world.app.clients.find(world.app.db(), &world.ctx, client.0).await.unwrap().unwrap();
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (app, ctx, code, client) =
                    (world.app.clone(), world.ctx.clone(), code.clone(), Arc::clone(&known));
                tokio::spawn(async move {
                    let request = CodeRedemption {
                        client,
                        code: code.as_str().into(),
                        redirect_uri: Some(CALLBACK.to_owned()),
                        verifier: None,
                    };
                    app.write(&ctx, request, |tx, ctx, request| {
                        Box::pin(tokens::redeem_code(tx, ctx, request))
                    })
                    .await
                    .unwrap()
                })
            })
            .collect();
        let mut won = Vec::new();
        for task in tasks {
            won.extend(task.await.unwrap().ok());
        }
        assert_eq!(won.len(), 1);
        let key = world.app.signing.signer(world.app.db(), &world.ctx, None).await.unwrap();
        let answer = tokens::sign(&world.ctx, &key, &known, &won[0]).unwrap().unwrap();
        world.refresh(&client, &answer.refresh_token.unwrap()).await.refused("invalid_grant");
        assert!(world.caller(&answer.access_token).await.is_err());
    }
}

#[tokio::test]
async fn a_user_who_may_not_sign_on_and_an_ended_session_get_nothing() {
    for world in World::all().await {
        let (client, grant) = granted(&world, &["openid"]).await;
        let code = world.code(grant.clone()).await;
        world.change::<User>(grant.sign_on.user, |user| user.enabled = false).await;
        world.redeem(&client, &code).await.refused("invalid_grant");

        let user = world.user("bob").await;
        let grant = world.sign_on(client.0, user, &["openid"]).await;
        let (session, code) = (grant.sign_on.session.unwrap(), world.code(grant).await);
        let ended = world.app.write(&world.ctx, session, |tx, ctx, id| {
            Box::pin(postern_engine::sessions::end_session(tx, ctx, *id))
        });
        assert!(ended.await.unwrap());
        world.redeem(&client, &code).await.refused("invalid_grant");
    }
}
