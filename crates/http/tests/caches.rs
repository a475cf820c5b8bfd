//! What a change makes the caches forget: what depends on it, in its own environment.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_core::directory::application::Application;
use postern_core::directory::role::ENVIRONMENT_ADMIN;
use postern_core::ids::{ApplicationId, EnvironmentId};
use postern_store::{StoreError, documents};
use postern_testkit::{Client, TestApp};
use serde_json::json;

/// A worker whose token is in the cache of tokens.
struct Known {
    environment: EnvironmentId,
    id: ApplicationId,
    client: Client,
}

async fn known(app: &TestApp, admin: &Client, environment: EnvironmentId) -> Known {
    let body = json!({"name": "Known", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": false});
    let applications = format!("/v1/environments/{environment}/applications");
    let made = admin.post(&applications, body).await.expect(201);
    let id = made["id"].as_str().unwrap();
    let role =
        json!({"role": {"id": ENVIRONMENT_ADMIN.uuid}, "scope": {"id": environment, "type": "ENVIRONMENT"}});
    admin.post(&format!("{applications}/{id}/roleAssignments"), role).await.expect(201);
    let secret = admin.get(&format!("{applications}/{id}/secret")).await.expect(200);
    let request = app.anonymous().request(http::Method::POST, &format!("/{environment}/as/token"));
    let request = request.basic(id, secret["secret"].as_str().unwrap());
    let token = request.form(&[("grant_type", "client_credentials")]).send().await.expect(200);
    let client = app.token(token["access_token"].as_str().unwrap());
    let known = Known { environment, id: id.parse().unwrap(), client };
    assert!(known.is_trusted().await);
    known
}

impl Known {
    async fn is_trusted(&self) -> bool {
        let answer = self.client.get(&format!("/v1/environments/{}/applications", self.environment)).await;
        answer.status == 200
    }

    /// Disables it as another node would: nothing on this one hears of it.
    async fn disable_elsewhere(&self, app: &TestApp) {
        let done: Result<(), StoreError> = app
            .db()
            .write((self.environment, self.id, app.now()), |tx, (environment, id, now)| {
                Box::pin(async move {
                    let mut stored = documents::find::<Application>(tx, *environment, *id).await?.unwrap();
                    stored.body.enabled = false;
                    documents::update(tx, &mut stored, *now).await
                })
            })
            .await;
        done.unwrap();
    }
}

#[tokio::test]
async fn a_change_in_one_environment_leaves_what_is_known_of_another() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let other = json!({"name": "Other", "type": "SANDBOX", "region": "NA"});
        let other = admin.post("/v1/environments", other).await.expect(201);
        let other: EnvironmentId = other["id"].as_str().unwrap().parse().unwrap();
        let theirs = known(&app, &admin, other).await;
        let ours = known(&app, &admin, app.environment()).await;
        theirs.disable_elsewhere(&app).await;
        ours.disable_elsewhere(&app).await;
        admin.post(&app.path("/resources"), json!({"name": "Orders"})).await.expect(201);
        assert!(!ours.is_trusted().await, "its own environment changed");
        assert!(theirs.is_trusted().await, "nothing of its environment changed");
        let theirs_changed = format!("/v1/environments/{other}/resources");
        admin.post(&theirs_changed, json!({"name": "Orders"})).await.expect(201);
        assert!(!theirs.is_trusted().await);
    })
    .await;
}

#[tokio::test]
async fn users_make_nothing_forgotten_until_they_are_switched_or_removed() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let known = known(&app, &admin, app.environment()).await;
        let user = json!({"username": "alice", "email": "alice@example.com"});
        let user = admin.post(&app.path("/users"), user).await.expect(201);
        let user = app.path(&format!("/users/{}", user["id"].as_str().unwrap()));
        known.disable_elsewhere(&app).await;
        admin.patch(&user, json!({"nickname": "Al", "email": "al@example.com"})).await.expect(200);
        admin.put(&user, json!({"username": "al", "email": "al@example.com"})).await.expect(200);
        admin.put(&format!("{user}/mfaEnabled"), json!({"mfaEnabled": true})).await.expect(200);
        assert!(known.is_trusted().await);
        admin.put(&format!("{user}/enabled"), json!({"enabled": false})).await.expect(200);
        assert!(!known.is_trusted().await);
    })
    .await;
}

#[tokio::test]
async fn a_removed_user_is_forgotten_at_once() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let known = known(&app, &admin, app.environment()).await;
        let user = json!({"username": "alice", "email": "alice@example.com"});
        let user = admin.post(&app.path("/users"), user).await.expect(201);
        known.disable_elsewhere(&app).await;
        admin.delete(&app.path(&format!("/users/{}", user["id"].as_str().unwrap()))).await.expect(204);
        assert!(!known.is_trusted().await);
    })
    .await;
}
