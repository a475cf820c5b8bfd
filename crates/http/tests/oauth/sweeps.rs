use postern_core::jose::signing::SigningAlgorithm;
use postern_core::time::Span;
use postern_engine::{keys, sessions, tokens};
use serde_json::json;

use super::support::World;

/// What the sweepers remove now: codes, refresh tokens, revocations, sessions, keys.
async fn sweep(world: &World) -> [u64; 5] {
    let swept = world.app.write(&world.ctx, (), |tx, ctx, ()| {
        Box::pin(async move {
            let now = ctx.now;
            Ok([
                tokens::sweep_codes(tx, now, 100).await?,
                tokens::sweep_refresh_tokens(tx, now, 100).await?,
                tokens::sweep_revoked(tx, now, 100).await?,
                sessions::sweep(tx, now, 100).await?,
                keys::sweep(tx, now).await?,
            ])
        })
    });
    swept.await.unwrap()
}

#[tokio::test]
async fn what_is_over_is_removed_and_nothing_else() {
    for mut world in World::all().await {
        let client = world.application(json!({})).await;
        let user = world.user("alice").await;
        let grant = world.sign_on(client.0, user, &["openid"]).await;
        let answer = world.redeem(&client, &world.code(grant).await).await;
        let fields = [("token", &*answer.text("access_token"))];
        let authorization = super::support::basic(&client.0.to_string(), &client.1);
        assert_eq!(world.form("/as/revoke", Some(&authorization), &fields).await.status, 200);
        let key = keys::prepare(&world.ctx, SigningAlgorithm::ES256).unwrap();
        world.app.write(&world.ctx, key, |tx, ctx, key| Box::pin(keys::rotate(tx, ctx, key))).await.unwrap();
        assert_eq!(sweep(&world).await, [0; 5]);
        world.advance(Span::hours(1));
        assert_eq!(sweep(&world).await, [0, 0, 1, 0, 0]);
        world.advance(Span::days(1));
        assert_eq!(sweep(&world).await, [1, 0, 0, 0, 0]);
        world.advance(Span::days(30));
        assert_eq!(sweep(&world).await, [0, 1, 0, 1, 1]);
    }
}

#[tokio::test]
async fn a_user_has_ten_sessions_at_most() {
    for mut world in World::all().await {
        let user = world.user("alice").await;
        let (oldest, _) = world.session(user).await;
        for _ in 0..10 {
            world.advance(Span::seconds(1));
            world.session(user).await;
        }
        let mut tx = world.app.read().await.unwrap();
        let all = sessions::list(&mut tx, &world.ctx, user).await.unwrap();
        assert_eq!(all.len(), 10);
        assert!(
            all.iter().all(|session| session.id != oldest)
                && all.is_sorted_by(|a, b| a.created_at >= b.created_at)
        );
        let members = all[0].members();
        assert_eq!((&members["idleTimeout"], &members["user"]), (&json!(43_200), &json!({"id": user})));
        assert_eq!(members["lastSignOn"]["withAuthenticator"]["mfa"]["at"], json!(all[0].created_at));
    }
}
