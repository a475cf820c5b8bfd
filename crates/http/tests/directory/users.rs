//! Users: patched into another population, found by their state, shown with the policy of their password.

use postern_core::time::Span;
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

#[tokio::test]
async fn users_are_found_by_their_lock_title_and_picture() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let body = json!({"email": "a@example.com", "username": "alice", "photo": {"href": "https://x.example.com/a.png"},
            "name": {"honorificPrefix": "Dr", "honorificSuffix": "III"}});
        let alice = id(&admin.post(&app.path("/users"), body).await.expect(201));
        app.user(&admin, "bob", None).await;
        let alice = app.path(&format!("/users/{alice}"));
        admin.act(&alice, "account.lock", json!({"unlockAt": app.now().plus(Span::minutes(10))})).await.expect(200);
        admin.put(&format!("{alice}/verifyStatus"), json!({"verifyStatus": "ENABLED"})).await.expect(200);
        let found = async |filter: &str| {
            let listed = admin.get(&app.path(&format!("/users?filter={filter}"))).await.expect(200);
            let all: Vec<String> =
                items(&listed, "users").iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect();
            all
        };
        for (filter, names) in [
            ("account.status+eq+%22LOCKED%22", "alice"),
            ("account.canAuthenticate+eq+true", "bob"),
            ("account.unlockAt+gt+%222020-01-01T00:00:00Z%22", "alice"),
            ("name.honorificPrefix+eq+%22DR%22", "alice"),
            ("name.honorificSuffix+sw+%22ii%22", "alice"),
            ("photo.href+sw+%22https://x.%22", "alice"),
            ("verifyStatus+eq+%22ENABLED%22", "alice"),
            ("verifyStatus+eq+%22NOT_INITIATED%22", "bob"),
        ] {
            assert_eq!(found(filter).await, [names], "{filter}");
        }
        let nobody = "identityProvider.id+eq+%220b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01%22";
        assert!(found(nobody).await.is_empty());
        app.advance(Span::minutes(11));
        let admin = app.admin().await;
        let open = app.path("/users?filter=account.status+eq+%22OK%22");
        assert_eq!(admin.get(&open).await.expect(200)["count"], 2, "the lock has ended");
    })
    .await;
}

#[tokio::test]
async fn who_vouches_for_a_user_and_whether_it_is_verified_have_addresses() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.path(&format!("/users/{}", app.user(&admin, "alice", None).await));
        let status = format!("{user}/verifyStatus");
        assert_eq!(admin.get(&status).await.expect(200)["verifyStatus"], "NOT_INITIATED");
        let set = admin.put(&status, json!({"verifyStatus": "DISABLED"})).await.expect(200);
        assert_eq!(set["verifyStatus"], "DISABLED");
        assert_eq!(admin.get(&user).await.expect(200)["verifyStatus"], "DISABLED");
        let wrong = admin.put(&status, json!({"verifyStatus": "MAYBE"})).await;
        assert_eq!(wrong.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "verifyStatus");

        let provider = format!("{user}/identityProvider");
        assert_eq!(admin.get(&provider).await.expect(200)["type"], "PING_ONE");
        assert_eq!(admin.put(&provider, json!({})).await.expect(200)["type"], "PING_ONE");
        let nowhere = json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"});
        for body in [nowhere.clone(), json!({"identityProvider": nowhere})] {
            admin.put(&provider, body).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        }

        let google = json!({"type": "GOOGLE", "name": "Google", "enabled": true, "clientId": "c", "clientSecret": "s"});
        let google = id(&admin.post(&app.path("/identityProviders"), google).await.expect(201));
        let set = admin.put(&provider, json!({"id": google})).await.expect(200);
        assert_eq!((&set["id"], &set["type"]), (&json!(google), &json!("GOOGLE")));
        assert_eq!(admin.get(&user).await.expect(200)["identityProvider"], json!({"id": google, "type": "GOOGLE"}));
        let found = app.path(&format!("/users?filter=identityProvider.id+eq+%22{google}%22"));
        assert_eq!(admin.get(&found).await.expect(200)["count"], 1);
        let gone = admin.delete(&app.path(&format!("/identityProviders/{google}"))).await;
        gone.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        assert_eq!(admin.put(&provider, json!({})).await.expect(200)["type"], "PING_ONE");
        admin.delete(&app.path(&format!("/identityProviders/{google}"))).await.expect(204);

        let accounts = format!("{user}/linkedAccounts");
        assert_eq!(admin.get(&accounts).await.expect(200)["_embedded"], json!({"linkedAccounts": []}));
        let one = format!("{accounts}/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01");
        admin.get(&one).await.expect(404);
        admin.delete(&one).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn sessions_of_a_user_are_seen_and_ended() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = app.signed_on(&setup, &["p1:read:user", "p1:read:sessions", "p1:delete:sessions"]).await;
        let path = app.path(&format!("/users/{}/sessions", setup.user));
        let listed = myself.get(&path).await.expect(200);
        let session = items(&listed, "sessions")[0].clone();
        assert_eq!((&listed["count"], &session["user"]["id"]), (&json!(1), &json!(setup.user)));
        assert!(session["lastSignOn"]["withAuthenticator"]["mfa"]["at"].is_string());
        let item = format!("{path}/{}", id(&session));
        assert_eq!(myself.get(&item).await.expect(200), session);

        let admin = app.admin().await;
        let other = app.user(&admin, "other", None).await;
        admin.get(&app.path(&format!("/users/{other}/sessions/{}", id(&session)))).await.expect(404);
        admin.delete(&app.path(&format!("/users/{other}/sessions/{}", id(&session)))).await.expect(404);
        myself.get(&app.path(&format!("/users/{other}/sessions"))).await.expect(403);
        admin.delete(&item).await.expect(204);
        admin.get(&item).await.expect(404);
        assert_eq!(admin.get(&path).await.expect(200)["count"], 0);
        myself.get(&path).await.expect(401);
    })
    .await;
}
