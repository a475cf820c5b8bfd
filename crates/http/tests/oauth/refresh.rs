use std::sync::Arc;

use postern_core::ids::{ApplicationId, UserId};
use postern_core::time::Span;
use postern_engine::tokens;
use serde_json::{Value, json};

use super::support::{World, payload};

/// A client, the user, and the first refresh token.
async fn begin(
    world: &World,
    settings: Value,
    scopes: &[&str],
    granted: &[&str],
) -> ((ApplicationId, String), UserId, String) {
    let client = world.application(settings).await;
    let openid = world.resource_named("openid").await;
    if !granted.is_empty() {
        world.grant(client.0, openid, granted).await;
    }
    let user = world.user(&world.ctx.random.uuid().to_string()).await;
    let code = world.code(world.sign_on(client.0, user, scopes).await).await;
    let answer = world.redeem(&client, &code).await;
    let token = answer.json()["refresh_token"].as_str().unwrap_or_default().to_owned();
    (client, user, token)
}

#[tokio::test]
async fn a_refresh_token_rotates_and_keeps_the_sign_on() {
    for mut world in World::all().await {
        let (client, user, first) = begin(&world, json!({}), &["openid", "profile"], &["profile"]).await;
        let signed_on = world.ctx.now.seconds();
        world.advance(Span::minutes(30));
        let answer = world.refresh(&client, &first).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_ne!(answer.text("refresh_token"), first);
        let id = payload(&answer.text("id_token"));
        assert_eq!((&id["sub"], &id["auth_time"]), (&json!(user), &json!(signed_on)));
        assert!(id.get("nonce").is_none());
        let second = world.refresh(&client, &answer.text("refresh_token")).await;
        assert_eq!(second.status, 200);
    }
}

#[tokio::test]
async fn a_reused_refresh_token_ends_its_family() {
    for world in World::all().await {
        let (client, _, first) = begin(&world, json!({}), &["openid"], &[]).await;
        let answer = world.refresh(&client, &first).await;
        assert!(world.caller(&answer.text("access_token")).await.is_ok(), "and is remembered for a while");
        world.refresh(&client, &first).await.refused("invalid_grant");
        world.refresh(&client, &answer.text("refresh_token")).await.refused("invalid_grant");
        assert!(world.caller(&answer.text("access_token")).await.is_err());
    }
}

#[tokio::test]
async fn within_the_grace_period_a_used_token_is_good_again() {
    for mut world in World::all().await {
        let settings = json!({"refreshTokenRollingGracePeriodDuration": 60});
        let (client, _, first) = begin(&world, settings, &["openid"], &[]).await;
        assert_eq!(world.refresh(&client, &first).await.status, 200);
        world.advance(Span::seconds(60));
        let again = world.refresh(&client, &first).await;
        assert_eq!(again.status, 200);
        world.advance(Span::seconds(1));
        world.refresh(&client, &first).await.refused("invalid_grant");
        world.refresh(&client, &again.text("refresh_token")).await.refused("invalid_grant");
    }
}

#[tokio::test]
async fn without_replay_protection_a_reuse_is_refused_and_the_family_lives() {
    for world in World::all().await {
        let settings = json!({"additionalRefreshTokenReplayProtectionEnabled": false});
        let (client, _, first) = begin(&world, settings, &["openid"], &[]).await;
        let next = world.refresh(&client, &first).await.text("refresh_token");
        world.refresh(&client, &first).await.refused("invalid_grant");
        assert_eq!(world.refresh(&client, &next).await.status, 200);
    }
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client_and_its_scopes() {
    for world in World::all().await {
        let (client, _, token) =
            begin(&world, json!({}), &["openid", "profile"], &["profile", "email"]).await;
        let other = world.application(json!({})).await;
        world.refresh(&other, &token).await.refused("invalid_grant");
        let narrowed =
            |scope| [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", scope)];
        world.token(&client, &narrowed("openid email")).await.refused("invalid_scope");
        let answer = world.token(&client, &narrowed("openid")).await;
        assert_eq!(answer.text("scope"), "openid");
        let all = world.refresh(&client, &answer.text("refresh_token")).await;
        assert_eq!(all.text("scope"), "openid profile");
    }
}

#[tokio::test]
async fn a_refresh_token_lives_as_long_as_the_application_says() {
    for mut world in World::all().await {
        let settings = json!({"refreshTokenDuration": 600, "refreshTokenRollingDuration": 900});
        let (client, _, first) = begin(&world, settings, &["openid"], &[]).await;
        world.advance(Span::seconds(599));
        let second = world.refresh(&client, &first).await.text("refresh_token");
        world.advance(Span::seconds(300));
        let third = world.refresh(&client, &second).await.text("refresh_token");
        world.advance(Span::seconds(1));
        world.refresh(&client, &third).await.refused("invalid_grant");
    }
}

#[tokio::test]
async fn an_offline_grant_needs_its_scope_and_outlives_the_session() {
    for world in World::all().await {
        let granted = ["profile", "offline_access"];
        let (_, _, none) = begin(&world, json!({}), &["openid", "profile"], &granted).await;
        assert_eq!(none, "");
        let (client, user, offline) = begin(&world, json!({}), &["openid", "offline_access"], &granted).await;
        let (other, other_user, online) = begin(&world, json!({}), &["openid"], &[]).await;
        for user in [user, other_user] {
            let ended = world.app.write(&world.ctx, user, |tx, ctx, user| {
                Box::pin(postern_engine::sessions::end_all(tx, ctx, *user))
            });
            assert_eq!(ended.await.unwrap(), 1);
        }
        world.refresh(&other, &online).await.refused("invalid_grant");
        let answer = world.refresh(&client, &offline).await;
        assert!(payload(&answer.text("access_token")).get("sid").is_none());
        assert!(world.caller(&answer.text("access_token")).await.is_ok());
    }
}

/// Exchanges the token and its successors until it is refused, and gives all that were handed out.
async fn exchange_on(world: Arc<World>, client: (ApplicationId, String), first: String) -> Vec<String> {
    let mut tokens = vec![first];
    for _ in 0..6 {
        let answer = world.refresh(&client, &tokens[tokens.len() - 1]).await;
        match answer.json()["refresh_token"].as_str() {
            Some(next) => tokens.push(next.to_owned()),
            None => {
                answer.refused("invalid_grant");
                break;
            }
        }
    }
    tokens
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reset_ends_all_that_exchanges_hand_out_meanwhile() {
    for world in World::all().await {
        let world = Arc::new(world);
        for _ in 0..5 {
            let settings = json!({"refreshTokenRollingGracePeriodDuration": 60});
            let (client, user, first) = begin(&world, settings, &["openid"], &[]).await;
            let exchanges: Vec<_> = (0..4)
                .map(|_| tokio::spawn(exchange_on(Arc::clone(&world), client.clone(), first.clone())))
                .collect();
            let reset = world
                .app
                .write(&world.ctx, user, |tx, ctx, user| Box::pin(tokens::revoke_user(tx, ctx, *user)));
            reset.await.unwrap();
            for exchange in exchanges {
                for token in exchange.await.unwrap() {
                    world.refresh(&client, &token).await.refused("invalid_grant");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replay_ends_all_that_exchanges_hand_out_meanwhile() {
    for world in World::all().await {
        let world = Arc::new(world);
        for _ in 0..5 {
            let (client, _, first) = begin(&world, json!({}), &["openid"], &[]).await;
            let second = world.refresh(&client, &first).await.text("refresh_token");
            let exchanges = tokio::spawn(exchange_on(Arc::clone(&world), client.clone(), second));
            world.refresh(&client, &first).await.refused("invalid_grant");
            for token in exchanges.await.unwrap() {
                world.refresh(&client, &token).await.refused("invalid_grant");
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_is_gone_has_no_grace() {
    for world in World::all().await {
        let settings = json!({"refreshTokenRollingGracePeriodDuration": 60});
        let (client, user, first) = begin(&world, settings, &["openid"], &[]).await;
        let second = world.refresh(&client, &first).await.text("refresh_token");
        let reset =
            world.app.write(&world.ctx, user, |tx, ctx, user| Box::pin(tokens::revoke_user(tx, ctx, *user)));
        assert_eq!(reset.await.unwrap(), 2);
        for token in [first, second] {
            world.refresh(&client, &token).await.refused("invalid_grant");
        }
    }
}

#[tokio::test]
async fn a_scope_beyond_reason_is_refused_unread() {
    let world = World::all().await.remove(0);
    let (client, _, token) = begin(&world, json!({}), &["openid"], &[]).await;
    let scope = "openid ".repeat(700);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", &*scope)];
    world.token(&client, &fields).await.refused("invalid_scope");
    let fields = [("grant_type", "client_credentials"), ("scope", &*scope)];
    world.token(&world.worker, &fields).await.refused("invalid_scope");
    assert_eq!(world.refresh(&client, &token).await.status, 200);
}
