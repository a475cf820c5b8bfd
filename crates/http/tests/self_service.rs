//! What people may do with their own records, and what only administrators may.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use http::Method;
use postern_core::permission::OWN_SCOPES;
use postern_core::time::Span;
use postern_testkit::{Client, TestApp, TransactionSetup};
use serde_json::{Value, json};

const PASSWORD: &str = "Tr0ub4dor&3x!";

fn user(app: &TestApp, setup: &TransactionSetup, rest: &str) -> String {
    app.path(&format!("/users/{}{rest}", setup.user))
}

/// The setup's user, with every self-service scope there is.
async fn everything(app: &TestApp, setup: &TransactionSetup) -> Client {
    let scopes: Vec<&str> = OWN_SCOPES.iter().map(|scope| scope.name).collect();
    app.signed_on(setup, &scopes).await
}

#[tokio::test]
async fn no_self_service_scope_opens_what_only_administrators_may_do() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = everything(&app, &setup).await;
        let device = user(&app, &setup, &format!("/devices/{}", setup.device));
        let password = user(&app, &setup, "/password");
        let actions = [
            (user(&app, &setup, ""), "account.lock"),
            (user(&app, &setup, ""), "account.unlock"),
            (password.clone(), "password.unlock"),
            (password.clone(), "password.forceChange"),
            (device.clone(), "device.unlock"),
            (device.clone(), "device.block"),
            (device, "device.unblock"),
        ];
        for (path, action) in actions {
            let answer = myself.act(&path, action, json!({})).await;
            assert_eq!(answer.status, 403, "{action}: {}", answer.text);
        }
        let set = json!({"value": "An0ther&Passw0rd"});
        let set = myself.request(Method::PUT, &password).action("password.set", &set).send().await;
        assert_eq!(set.status, 403, "{}", set.text);
        let population = app.admin().await.get(&app.path("/populations")).await.expect(200);
        let population = &population["_embedded"]["populations"][0]["id"];
        myself.put(&user(&app, &setup, "/enabled"), json!({"enabled": true})).await.expect(403);
        myself.put(&user(&app, &setup, "/population"), json!({"id": population})).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn people_change_what_is_theirs() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = everything(&app, &setup).await;
        let nickname = user(&app, &setup, &format!("/devices/{}/nickname", setup.device));
        myself.put(&nickname, json!({"nickname": "My phone"})).await.expect(200);
        myself.put(&user(&app, &setup, "/mfaEnabled"), json!({"mfaEnabled": true})).await.expect(200);
        let patched = myself.patch(&user(&app, &setup, ""), json!({"nickname": "Al"})).await.expect(200);
        assert_eq!(patched["nickname"], "Al");
    })
    .await;
}

#[tokio::test]
async fn people_change_their_password_only_with_the_current_one() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = everything(&app, &setup).await;
        let path = user(&app, &setup, "/password");
        for body in [
            json!({"value": "An0ther&Passw0rd"}),
            json!({"newPassword": "An0ther&Passw0rd"}),
            json!({"value": "An0ther&Passw0rd", "newPassword": "An0ther&Passw0rd"}),
            json!({"value": "An0ther&Passw0rd", "bypassPolicy": true, "currentPassword": PASSWORD}),
            json!({"newPassword": "An0ther&Passw0rd", "currentPassword": "not it"}),
        ] {
            let answer = myself.put(&path, body.clone()).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        }
        let check = json!({"password": PASSWORD});
        app.admin().await.act(&path, "password.check", check).await.expect(200);
        // The password policy lets nobody change a password on the day it was set.
        app.advance(Span::days(2));
        let myself = app.token(&app.user_token(&setup, &["p1:reset:userPassword"]).await);
        let change = json!({"newPassword": "An0ther&Passw0rd", "currentPassword": PASSWORD});
        myself.request(Method::PUT, &path).action("password.reset", &change).send().await.expect(200);
    })
    .await;
}

async fn imported(app: &TestApp, admin: &Client, verified: Option<bool>) -> String {
    let mut body = json!({"email": "alice@example.com", "username": "alice", "name": {"given": "Alice"}});
    if let Some(verified) = verified {
        body["username"] = json!(format!("alice-{verified}"));
        body["emailVerified"] = json!(verified);
    }
    let made = admin.act(&app.path("/users"), "user.import", body).await.expect(201);
    app.path(&format!("/users/{}", made["id"].as_str().unwrap()))
}

#[tokio::test]
async fn a_new_address_is_not_verified_because_the_old_one_was() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = imported(&app, &admin, Some(true)).await;
        let same = admin.patch(&path, json!({"email": "Alice@Example.com", "title": "Dr"})).await.expect(200);
        assert_eq!(same["emailVerified"], true, "only the case changed");
        let moved = admin.patch(&path, json!({"email": "mallory@example.com"})).await.expect(200);
        assert_eq!(moved["emailVerified"], false);
        let back = admin.patch(&path, json!({"email": "alice@example.com"})).await.expect(200);
        assert_eq!(back["emailVerified"], false);

        let path = imported(&app, &admin, None).await;
        let unknown = admin.patch(&path, json!({"email": "mallory@example.com"})).await.expect(200);
        assert_eq!(unknown.get("emailVerified"), None::<&Value>);
    })
    .await;
}
