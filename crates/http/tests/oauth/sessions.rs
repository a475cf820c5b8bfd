use postern_core::ids::ApplicationId;
use postern_core::time::Span;
use postern_engine::clients::{Owner, create_secret};
use serde_json::{Value, json};

use super::support::{Answer, World, basic};

async fn signed_on(world: &World, scopes: &[&str]) -> ((ApplicationId, String), Answer, String) {
    let settings = json!({"postLogoutRedirectUris": ["https://app.example.com/bye?x=1"]});
    let client = world.application(settings).await;
    let openid = world.resource_named("openid").await;
    world.grant(client.0, openid, &["profile", "email"]).await;
    let user = world.user("alice").await;
    let mut grant = world.sign_on(client.0, user, scopes).await;
    let (session, cookie) = world.session(user).await;
    grant.sign_on.session = Some(session);
    let answer = world.redeem(&client, &world.code(grant).await).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    (client, answer, cookie)
}

fn bearer(answer: &Answer) -> String {
    format!("Bearer {}", answer.text("access_token"))
}

async fn introspect(world: &World, client: &(impl ToString, String), token: &str) -> Value {
    let answer = world
        .form("/as/introspect", Some(&basic(&client.0.to_string(), &client.1)), &[("token", token)])
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn user_information_is_limited_by_scopes() {
    for world in World::all().await {
        let (_, answer, _) = signed_on(&world, &["openid", "email"]).await;
        for method in [http::Method::GET, http::Method::POST] {
            let told = world
                .call(method, "/as/userinfo", &[("authorization", &bearer(&answer))], String::new())
                .await;
            let told = told.json();
            assert_eq!(told["email"], "alice@example.com");
            assert!(told["sub"].is_string() && told.get("name").is_none() && told.get("iss").is_none());
        }
        let worker = world.token(&world.worker, &[("grant_type", "client_credentials")]).await;
        let refused = world.get("/as/userinfo", &[("authorization", &bearer(&worker))]).await;
        assert_eq!((refused.status, refused.json()["code"].clone()), (403, json!("ACCESS_FAILED")));
        let refused = world.get("/as/userinfo", &[]).await;
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));
    }
}

#[tokio::test]
async fn only_the_owner_of_a_token_may_introspect_it() {
    for world in World::all().await {
        let (client, answer, _) = signed_on(&world, &["openid"]).await;
        for member in ["access_token", "id_token", "refresh_token"] {
            let told = introspect(&world, &client, &answer.text(member)).await;
            assert_eq!(told["active"], true, "{member}: {told}");
            assert_eq!(
                introspect(&world, &world.worker, &answer.text(member)).await,
                json!({"active": false})
            );
        }
        let told = introspect(&world, &client, &answer.text("access_token")).await;
        assert_eq!((&told["token_type"], &told["client_id"]), (&json!("Bearer"), &json!(client.0)));
        assert_eq!(introspect(&world, &client, "nonsense").await, json!({"active": false}));
        world
            .form("/as/introspect", None, &[("token", "x"), ("client_id", &client.0.to_string())])
            .await
            .refused("invalid_client");
    }
}

#[tokio::test]
async fn a_custom_resource_may_introspect_the_tokens_meant_for_it() {
    for world in World::all().await {
        let body = json!({"type": "SERVICE", "grantTypes": ["CLIENT_CREDENTIALS"], "responseTypes": null, "redirectUris": null});
        let client = world.application(body).await;
        let resource = world.custom_resource("orders", &["orders:read"]).await;
        world.grant(client.0, resource, &["orders:read"]).await;
        let token = world.token(&client, &[("grant_type", "client_credentials")]).await.text("access_token");
        let secret = world.app.write(&world.ctx, Owner::Resource(resource), |tx, ctx, owner| {
            Box::pin(create_secret(tx, ctx, *owner))
        });
        let server = (resource, secret.await.unwrap().expose().clone());
        assert_eq!(introspect(&world, &server, &token).await["active"], true);
        let worker =
            world.token(&world.worker, &[("grant_type", "client_credentials")]).await.text("access_token");
        assert_eq!(introspect(&world, &server, &worker).await["active"], false);
        let wrong = basic(&resource.to_string(), "wrong");
        world.form("/as/introspect", Some(&wrong), &[("token", &token)]).await.refused("invalid_client");
    }
}

#[tokio::test]
async fn a_client_revokes_its_own_tokens_only() {
    for world in World::all().await {
        let (client, answer, _) = signed_on(&world, &["openid"]).await;
        let revoke = async |client: &(String, String), token: &str| {
            world.form("/as/revoke", Some(&basic(&client.0, &client.1)), &[("token", token)]).await
        };
        let own = (client.0.to_string(), client.1.clone());
        let access = answer.text("access_token");
        let stranger = revoke(&world.worker, &access).await;
        assert_eq!((stranger.status, &*stranger.text), (200, ""));
        assert!(world.caller(&access).await.is_ok());
        assert_eq!(revoke(&own, &access).await.status, 200);
        assert!(world.caller(&access).await.is_err());
        let refreshed = world.refresh(&client, &answer.text("refresh_token")).await;
        assert_eq!(revoke(&own, &refreshed.text("refresh_token")).await.status, 200);
        world.refresh(&client, &refreshed.text("refresh_token")).await.refused("invalid_grant");
        assert!(world.caller(&refreshed.text("access_token")).await.is_err());
        assert_eq!(revoke(&own, "unknown").await.status, 200);
    }
}

#[tokio::test]
async fn a_sign_off_ends_the_session_and_goes_to_the_registered_address_only() {
    for mut world in World::all().await {
        let (client, answer, cookie) = signed_on(&world, &["openid"]).await;
        world.advance(Span::hours(2));
        let hint = answer.text("id_token");
        let query = |uri: &str| {
            let pairs = [("id_token_hint", &*hint), ("post_logout_redirect_uri", uri), ("state", "a b")];
            format!(
                "/as/signoff?{}",
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
            )
        };
        let cookie = format!("other=1; ST={cookie}");
        let answered = world.get(&query("https://app.example.com/bye?x=1"), &[("cookie", &cookie)]).await;
        assert_eq!(
            (answered.status, answered.header("location")),
            (302, "https://app.example.com/bye?x=1&state=a+b")
        );
        assert!(
            answered
                .header("set-cookie")
                .starts_with(&format!("ST=; Path=/{}; Max-Age=0", world.ctx.environment))
        );
        world.refresh(&client, &answer.text("refresh_token")).await.refused("invalid_grant");
        let elsewhere = world.get(&query("https://evil.example.com/"), &[]).await;
        assert_eq!((elsewhere.status, elsewhere.header("location")), (200, ""));
        assert!(
            elsewhere.text.contains("signed off")
                && elsewhere.header("content-security-policy").contains("'none'")
        );
    }
}

#[tokio::test]
async fn a_hint_about_another_user_ends_nothing() {
    for world in World::all().await {
        let (_, answer, _) = signed_on(&world, &["openid"]).await;
        let bob = world.user("bob").await;
        let (session, cookie) = world.session(bob).await;
        let path = format!("/as/signoff?id_token_hint={}", answer.text("id_token"));
        assert_eq!(world.get(&path, &[("cookie", &format!("ST={cookie}"))]).await.status, 200);
        let mut tx = world.app.read().await.unwrap();
        assert!(postern_engine::sessions::find(&mut tx, &world.ctx, session).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_session_slides_and_ends() {
    for mut world in World::all().await {
        let user = world.user("alice").await;
        let (id, cookie) = world.session(user).await;
        let by_cookie = async |world: &World| {
            let mut tx = world.app.read().await.unwrap();
            postern_engine::sessions::find_by_token(&mut tx, &world.ctx, &cookie).await.unwrap()
        };
        assert_eq!(by_cookie(&world).await.unwrap().id, id);
        for _ in 0..3 {
            world.advance(Span::days(29));
            let session = by_cookie(&world).await.unwrap();
            let touched = world.app.write(&world.ctx, session, |tx, ctx, session| {
                Box::pin(async move { postern_engine::sessions::touch(tx, ctx, &mut session.clone()).await })
            });
            touched.await.unwrap();
        }
        world.advance(Span::days(3));
        assert!(by_cookie(&world).await.is_none());
    }
}
