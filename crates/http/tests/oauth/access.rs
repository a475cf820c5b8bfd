use data_encoding::BASE64URL_NOPAD;
use postern_core::directory::application::Application;
use postern_core::directory::reference::Reference;
use postern_core::directory::role::{ENVIRONMENT_ADMIN, RoleScopeType};
use postern_core::directory::role_assignment::{RoleAssignment, RoleScope};
use postern_core::directory::user::User;
use postern_core::ids::Id;
use postern_core::jose::Algorithm;
use postern_core::jose::hmac;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::permission::{Area, Permission, Verb};
use postern_core::time::Span;
use postern_engine::{Caller, caller::Access, keys};
use serde_json::{Value, json};

use super::support::{World, payload};

async fn worker_token(world: &World) -> String {
    world.token(&world.worker, &[("grant_type", "client_credentials")]).await.text("access_token")
}

#[tokio::test]
async fn a_worker_may_do_what_its_roles_say() {
    for world in World::all().await {
        let caller = world.caller(&worker_token(&world).await).await.unwrap();
        assert!(matches!(&*caller, Caller::Worker { application, home, .. }
            if application.to_string() == world.worker.0 && *home == world.ctx.environment));
        let (environment, organization) = (world.ctx.environment, world.ctx.organization);
        let permission = Permission::Write(Area::Devices);
        assert_eq!(caller.access(permission, Verb::Create, environment, organization, None), Access::Granted);
    }
}

#[tokio::test]
async fn a_token_ends_without_leeway_even_when_it_was_cached() {
    for mut world in World::all().await {
        let token = worker_token(&world).await;
        world.advance(Span::seconds(3599));
        assert!(world.caller(&token).await.is_ok());
        world.advance(Span::seconds(1));
        assert!(world.caller(&token).await.is_err());
    }
}

#[tokio::test]
async fn what_is_disabled_or_ended_acts_at_once() {
    for world in World::all().await {
        let token = worker_token(&world).await;
        assert!(world.caller(&token).await.is_ok());
        world
            .change::<Application>(world.worker.0.parse().unwrap(), |application| application.enabled = false)
            .await;
        assert!(world.caller(&token).await.is_err());

        let client = world.application(json!({})).await;
        let user = world.user("alice").await;
        let grant = world.sign_on(client.0, user, &["openid"]).await;
        let session = grant.sign_on.session.unwrap();
        let token = world.redeem(&client, &world.code(grant).await).await.text("access_token");
        assert!(world.caller(&token).await.is_ok());
        world.change::<User>(user, |user| user.enabled = false).await;
        assert!(world.caller(&token).await.is_err());
        world.change::<User>(user, |user| user.enabled = true).await;
        assert!(world.caller(&token).await.is_ok());
        let ended = world.app.write(&world.ctx, session, |tx, ctx, id| {
            Box::pin(postern_engine::sessions::end_session(tx, ctx, *id))
        });
        assert!(ended.await.unwrap());
        world.app.forget_access(world.ctx.environment);
        assert!(world.caller(&token).await.is_err());
    }
}

#[tokio::test]
async fn the_scopes_of_a_user_token_open_the_users_own_records() {
    for world in World::all().await {
        let client = world.application(json!({})).await;
        let api = world.resource_named("PingOne API").await;
        world.grant(client.0, api, &["p1:read:device"]).await;
        let user = world.user("alice").await;
        let grant = world.sign_on(client.0, user, &["openid", "p1:read:device", "p1:create:device"]).await;
        let answer = world.redeem(&client, &world.code(grant).await).await;
        assert_eq!(answer.text("scope"), "openid p1:read:device");
        let caller = world.caller(&answer.text("access_token")).await.unwrap();
        let (environment, organization) = (world.ctx.environment, world.ctx.organization);
        let read = Permission::Read(Area::Devices);
        assert_eq!(caller.access(read, Verb::Read, environment, organization, Some(user)), Access::Granted);
        let stranger = postern_core::ids::UserId::from_uuid(world.ctx.random.uuid());
        assert_eq!(
            caller.access(read, Verb::Read, environment, organization, Some(stranger)),
            Access::Denied
        );
        let write = Permission::Write(Area::Devices);
        assert_eq!(caller.access(write, Verb::Create, environment, organization, Some(user)), Access::Denied);
    }
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    for world in World::all().await {
        let client = world.application(json!({})).await;
        let user = world.user("alice").await;
        let grant = world.sign_on(client.0, user, &["openid"]).await;
        let id = world.redeem(&client, &world.code(grant).await).await.text("id_token");
        assert!(world.caller(&id).await.is_err());
        assert_eq!(
            world.get("/as/userinfo", &[("authorization", &format!("Bearer {id}"))]).await.status,
            401
        );
    }
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    for world in World::all().await {
        let token = worker_token(&world).await;
        let claims = payload(&token);
        let kid = world.get("/as/jwks", &[]).await.json()["keys"][0]["kid"].as_str().unwrap().to_owned();
        let stranger = SigningKey::generate(SigningAlgorithm::ES256, kid).unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let none = BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
        let jwk = world.get("/as/jwks", &[]).await.text;
        let forged = [
            stranger.sign(None, &claims).unwrap(),
            hmac::sign(Algorithm::HS256, jwk.as_bytes(), &claims).unwrap(),
            format!("{none}.{}.", signed.split_once('.').unwrap().1),
            format!("{signed}."),
            signed.to_owned(),
            String::new(),
        ];
        for token in forged {
            assert!(world.caller(&token).await.is_err(), "{token}");
        }
    }
}

#[tokio::test]
async fn a_token_of_our_key_for_another_audience_or_tenant_is_refused() {
    for world in World::all().await {
        let key = world.app.signing.signer(world.app.db(), &world.ctx, None).await.unwrap();
        let good = payload(&worker_token(&world).await);
        assert!(world.caller(&key.sign(None, &good).unwrap()).await.is_ok());
        let other = world.ctx.urls.issuer(postern_core::ids::EnvironmentId::new(&world.ctx.random));
        let faults = [
            ("aud", json!(["https://orders.example.com"])),
            ("aud", Value::Null),
            ("iss", json!(other)),
            ("client_id", json!(world.ctx.random.uuid())),
            ("exp", Value::Null),
            ("exp", json!("9999999999")),
            ("sub", json!(world.ctx.random.uuid())),
        ];
        for (name, value) in faults {
            let mut bad = good.clone();
            bad[name] = value;
            assert!(world.caller(&key.sign(None, &bad).unwrap()).await.is_err(), "{name}");
        }
        // The issuer of a custom domain names no environment; then the claim must.
        for (env, accepted) in
            [(good["env"].clone(), true), (json!(world.ctx.random.uuid()), false), (Value::Null, false)]
        {
            let mut on_domain = good.clone();
            on_domain["iss"] = json!("https://login.example.com/as");
            on_domain["env"] = env;
            assert_eq!(world.caller(&key.sign(None, &on_domain).unwrap()).await.is_ok(), accepted);
        }
    }
}

#[tokio::test]
async fn a_rotated_key_goes_on_verifying_and_the_new_one_signs_after_the_overlap() {
    for mut world in World::all().await {
        let old = worker_token(&world).await;
        let kid = |token: &str| {
            let header = BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
            serde_json::from_slice::<Value>(&header).unwrap()["kid"].clone()
        };
        let key = keys::prepare(&world.ctx, SigningAlgorithm::RS256).unwrap();
        world.app.write(&world.ctx, key, |tx, ctx, key| Box::pin(keys::rotate(tx, ctx, key))).await.unwrap();
        world.app.signing.forget(world.ctx.environment);
        assert_eq!(world.get("/as/jwks", &[]).await.json()["keys"].as_array().unwrap().len(), 2);
        assert_eq!(kid(&worker_token(&world).await), kid(&old));
        world.advance(keys::OVERLAP);
        let new = worker_token(&world).await;
        assert_ne!(kid(&new), kid(&old));
        for token in [&old, &new] {
            assert!(world.caller(token).await.is_ok());
        }
        world.advance(keys::RETENTION);
        assert_eq!(world.get("/as/jwks", &[]).await.json()["keys"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_roles_of_a_user_count_in_tokens_for_administration_only() {
    for world in World::all().await {
        let user = world.user("alice").await;
        world
            .insert(RoleAssignment {
                user: Some(Reference::to(user)),
                application: None,
                group: None,
                gateway: None,
                role: Reference::to(ENVIRONMENT_ADMIN.id()),
                scope: RoleScope { id: world.ctx.environment.uuid(), kind: RoleScopeType::Environment },
                read_only: false,
            })
            .await;
        for (kind, expected) in [("WEB_APP", Access::Denied), ("WORKER", Access::Granted)] {
            let client = world.application(json!({"type": kind})).await;
            let grant = world.sign_on(client.0, user, &["openid"]).await;
            let token = world.redeem(&client, &world.code(grant).await).await.text("access_token");
            let caller = world.caller(&token).await.unwrap();
            let (environment, organization) = (world.ctx.environment, world.ctx.organization);
            let permission = Permission::Read(Area::Applications);
            let access = caller.access(permission, Verb::Read, environment, organization, None);
            assert_eq!(access, expected, "{kind}");
        }
    }
}
