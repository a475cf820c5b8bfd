//! Users: patched into another population, found by their state, shown with the policy of their password.

use postern_testkit::TestApp;
use serde_json::json;

use super::{id, items};

#[tokio::test]
async fn a_patch_moves_a_user_while_a_replacement_leaves_the_population_alone() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.path(&format!("/users/{}", app.user(&admin, "alice", None).await));
        let before = admin.get(&user).await.expect(200)["population"]["id"].clone();
        let other = id(&admin.post(&app.path("/populations"), json!({"name": "Other"})).await.expect(201));
        let sent = json!({"email": "a@example.com", "username": "alice", "population": {"id": other}});
        assert_eq!(admin.put(&user, sent).await.expect(200)["population"]["id"], before);
        let moved = admin.patch(&user, json!({"population": {"id": other}})).await.expect(200);
        assert_eq!(moved["population"]["id"], other);
        assert_eq!(admin.get(&user).await.expect(200)["population"]["id"], other);
        for wrong in ["0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01", "x"] {
            let answer = admin.patch(&user, json!({"population": {"id": wrong}})).await;
            assert_eq!(answer.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "population.id");
        }
    })
    .await;
}

#[tokio::test]
async fn people_do_not_move_themselves() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let other = id(&admin.post(&app.path("/populations"), json!({"name": "Other"})).await.expect(201));
        let myself = app.signed_on(&setup, &["p1:read:user", "p1:update:user"]).await;
        let user = app.path(&format!("/users/{}", setup.user));
        myself.patch(&user, json!({"population": {"id": other}})).await.expect(403);
        let own = admin.get(&user).await.expect(200)["population"].clone();
        let same = myself.patch(&user, json!({"population": own, "nickname": "Al"})).await.expect(200);
        assert_eq!(same["nickname"], "Al", "what changes nothing needs no right");
    })
    .await;
}

#[tokio::test]
async fn users_are_found_by_the_state_of_their_account() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        app.user(&admin, "alice", None).await;
        let body = json!({"email": "bob@example.com", "username": "bob", "emailVerified": true,
            "lifecycle": {"status": "VERIFICATION_REQUIRED"}, "identityProvider": {"type": "GOOGLE"}});
        admin.act(&app.path("/users"), "user.import", body).await.expect(201);
        for (filter, found) in [
            ("lifecycle.status+eq+%22VERIFICATION_REQUIRED%22", "bob"),
            ("lifecycle.status+eq+%22ACCOUNT_OK%22", "alice"),
            ("identityProvider.type+eq+%22GOOGLE%22", "bob"),
            ("identityProvider.type+eq+%22PING_ONE%22", "alice"),
            ("emailVerified+eq+true", "bob"),
            ("emailVerified+eq+false", "alice"),
        ] {
            let listed = admin.get(&app.path(&format!("/users?filter={filter}"))).await.expect(200);
            let names: Vec<_> = items(&listed, "users").iter().map(|user| &user["username"]).collect();
            assert_eq!(names, [&json!(found)], "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_state_of_a_password_carries_its_policy_on_request() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let path = app.path(&format!("/users/{}/password", setup.user));
        assert!(admin.get(&path).await.expect(200)["_embedded"].is_null());
        let expanded = format!("{path}?expand=passwordPolicy");
        let state = admin.get(&expanded).await.expect(200);
        let policy = &state["_embedded"]["passwordPolicy"];
        assert_eq!((&policy["id"], &policy["name"]), (&state["passwordPolicy"]["id"], &json!("Standard")));
        let place =
            policy["_links"]["self"]["href"].as_str().unwrap().strip_prefix("http://postern.test").unwrap();
        assert_eq!(&admin.get(place).await.expect(200), policy);
        let myself = app.signed_on(&setup, &["p1:read:userPassword"]).await;
        assert_eq!(
            myself.get(&expanded).await.expect(200)["_embedded"]["passwordPolicy"]["id"],
            policy["id"]
        );
    })
    .await;
}
