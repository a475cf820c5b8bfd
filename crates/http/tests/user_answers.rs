//! What reading and patching users answers beyond the record itself (platform contract 2.5).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use std::sync::Arc;

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, Id, UserId};
use postern_core::permission::OwnRights;
use postern_core::schema::Secrets;
use postern_engine::{Caller, Ctx, Error, users};
use postern_http::mgmt::resource::{Change, Resource};
use postern_http::mgmt::resources::user::Users;
use postern_testkit::TestApp;
use serde_json::{Value, json};

async fn alice(app: &TestApp) -> (String, Value) {
    let sent = json!({ "email": "alice@example.com", "username": "alice", "name": { "given": "Alice", "family": "Ng" } });
    let made = app.admin().await.post(&app.path("/users"), sent).await.expect(201);
    (app.path(&format!("/users/{}", made["id"].as_str().unwrap())), made)
}

#[tokio::test]
async fn reading_a_user_tells_the_state_of_the_password() {
    TestApp::each(|app| async move {
        let (path, made) = alice(&app).await;
        let admin = app.admin().await;
        assert_eq!(made.get("_embedded"), None);
        assert_eq!(
            admin.get(&path).await.expect(200)["_embedded"],
            json!({ "password": { "status": "NO_PASSWORD" } })
        );
        let password = json!({ "value": "2Federate-M0re!", "forceChange": false });
        let set =
            admin.request(http::Method::PUT, &format!("{path}/password")).action("password.set", &password);
        set.send().await.expect(200);
        assert_eq!(admin.get(&path).await.expect(200)["_embedded"]["password"]["status"], "OK");
        admin.get(&app.path("/users/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn populations_are_embedded_on_request() {
    TestApp::each(|app| async move {
        let (path, made) = alice(&app).await;
        let admin = app.admin().await;
        let population =
            made["_links"]["population"]["href"].as_str().unwrap().trim_start_matches("http://postern.test");
        let population = admin.get(population).await.expect(200);
        let one = admin.get(&format!("{path}?expand=population")).await.expect(200);
        assert_eq!(one["_embedded"]["population"], population);
        let all = admin.get(&app.path("/users?expand=population")).await.expect(200);
        assert_eq!(all["_embedded"]["users"][0]["_embedded"], json!({ "population": population }));
        let plain = admin.get(&app.path("/users")).await.expect(200);
        assert_eq!(plain["_embedded"]["users"], json!([made]));
    })
    .await;
}

#[tokio::test]
async fn a_patch_switches_mfa_while_a_replacement_leaves_it_alone() {
    TestApp::each(|app| async move {
        let (path, made) = alice(&app).await;
        let admin = app.admin().await;
        let before = made["mfaEnabled"].as_bool().unwrap();
        let patched = admin.patch(&path, json!({ "mfaEnabled": !before })).await.expect(200);
        assert_eq!(
            (&patched["mfaEnabled"], &patched["environment"]["id"]),
            (&json!(!before), &json!(app.environment()))
        );
        assert!(patched["updatedAt"].is_string());
        assert_eq!(patched["username"], "alice");
        let sent = json!({ "email": "a@example.com", "username": "alice", "mfaEnabled": before });
        assert_eq!(admin.put(&path, sent).await.expect(200)["mfaEnabled"], !before);
        let wrong = admin.patch(&path, json!({ "mfaEnabled": "perhaps" })).await.refused(
            400,
            "INVALID_DATA",
            "INVALID_VALUE",
        );
        assert_eq!(wrong["target"], "mfaEnabled");
        assert_eq!(admin.patch(&path, json!({ "title": "Dr" })).await.expect(200)["mfaEnabled"], !before);
    })
    .await;
}

/// The user's record after the user, with these scopes, has sent a PATCH that turns MFA off.
async fn turned_off(app: &TestApp, user: UserId, scopes: &[&str]) -> Result<Stored<User>, Error> {
    let own = OwnRights::from_scopes(scopes.iter().copied());
    let application = ApplicationId::from_uuid(uuid::Uuid::nil());
    let caller = Caller::User { user, home: app.environment(), application, own, authorities: Vec::new() };
    let ctx = Ctx { caller: Arc::new(caller), ..app.ctx() };
    let patched = app.app().write(&ctx, user, |tx, ctx, user| {
        Box::pin(async move {
            let old = users::get(tx, ctx, *user).await?;
            let patch = Some(json!({ "mfaEnabled": false }));
            let mut change = Change {
                new: old.clone(),
                old: Some(old),
                secrets: Secrets::default(),
                sent: Value::Null,
                patch,
            };
            Users::before_write(tx, ctx, &mut change).await?;
            Ok(change.new)
        })
    });
    patched.await
}

#[tokio::test]
async fn who_may_change_a_user_may_not_thereby_turn_mfa_off() {
    TestApp::each(|app| async move {
        let (path, made) = alice(&app).await;
        app.admin().await.patch(&path, json!({ "mfaEnabled": true })).await.expect(200);
        let user: UserId = made["id"].as_str().unwrap().parse().unwrap();
        assert!(matches!(turned_off(&app, user, &["p1:update:user"]).await, Err(Error::Denied)));
        let both = ["p1:update:user", "p1:update:userMfaEnabled"];
        assert!(!turned_off(&app, user, &both).await.unwrap().mfa_enabled);
    })
    .await;
}
