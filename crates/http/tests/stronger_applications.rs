//! Nobody gets more by way of an application that holds more than they do.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_core::directory::role::{
    CLIENT_APPLICATION_DEVELOPER, ENVIRONMENT_ADMIN, IDENTITY_DATA_ADMIN, IDENTITY_DATA_READ_ONLY, Role,
};
use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

/// A worker with these roles in the environment: its path and id, and a client with its token.
async fn worker(app: &TestApp, admin: &Client, name: &str, roles: &[Role]) -> (String, Client) {
    let body = json!({"name": name, "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": false});
    let made = admin.post(&app.path("/applications"), body).await.expect(201);
    let id = made["id"].as_str().unwrap();
    let path = app.path(&format!("/applications/{id}"));
    for role in roles {
        let assignment =
            json!({"role": {"id": role.uuid}, "scope": {"id": app.environment(), "type": "ENVIRONMENT"}});
        admin.post(&format!("{path}/roleAssignments"), assignment).await.expect(201);
    }
    let secret = admin.get(&format!("{path}/secret")).await.expect(200);
    let token = app.client_token(id, secret["secret"].as_str().unwrap()).await;
    (path, app.token(&token))
}

async fn first_assignment(admin: &Client, application: &str) -> String {
    let path = format!("{application}/roleAssignments");
    let list = admin.get(&path).await.expect(200);
    format!("{path}/{}", list["_embedded"]["roleAssignments"][0]["id"].as_str().unwrap())
}

/// Everything by which one could act as the application, or weaken it.
async fn attempts(client: &Client, admin: &Client, application: &str) -> Vec<(&'static str, u16)> {
    let body = admin.get(application).await.expect(200);
    let secret = format!("{application}/secret");
    let assignment = first_assignment(admin, application).await;
    vec![
        ("read secret", client.get(&secret).await.status.as_u16()),
        ("rotate", client.post(&secret, json!({})).await.status.as_u16()),
        ("drop previous", client.delete(&secret).await.status.as_u16()),
        ("replace", client.put(application, body).await.status.as_u16()),
        ("take a role", client.delete(&assignment).await.status.as_u16()),
        ("delete", client.delete(application).await.status.as_u16()),
    ]
}

#[tokio::test]
async fn an_application_with_more_roles_is_out_of_reach() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (_, weaker) =
            worker(&app, &admin, "Weaker", &[CLIENT_APPLICATION_DEVELOPER, ENVIRONMENT_ADMIN]).await;
        let (stronger, _) = worker(&app, &admin, "Stronger", &[IDENTITY_DATA_ADMIN]).await;
        let provisioned = app.path(&format!("/applications/{}", app.worker().0));
        for target in [stronger, provisioned] {
            for (what, status) in attempts(&weaker, &admin, &target).await {
                assert_eq!(status, 403, "{what} of {target}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_application_with_the_same_or_fewer_roles_is_administered() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let roles = [CLIENT_APPLICATION_DEVELOPER, ENVIRONMENT_ADMIN, IDENTITY_DATA_ADMIN];
        let (_, peer) = worker(&app, &admin, "Peer", &roles).await;
        let (target, _) =
            worker(&app, &admin, "Target", &[IDENTITY_DATA_READ_ONLY, CLIENT_APPLICATION_DEVELOPER]).await;
        for (what, status) in attempts(&peer, &admin, &target).await {
            assert!((200..300).contains(&status), "{what}: {status}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_application_reads_its_own_secret() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (path, own) = worker(&app, &admin, "Own", &[CLIENT_APPLICATION_DEVELOPER]).await;
        let shown = own.get(&format!("{path}/secret")).await.expect(200);
        assert_eq!(shown["secret"].as_str().unwrap().len(), 64);
    })
    .await;
}

#[tokio::test]
async fn inherited_roles_over_another_environment_do_not_leak_through_the_heirs_secret() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let other = json!({"name": "Other", "type": "SANDBOX", "region": "NA"});
        let other = admin.post("/v1/environments", other).await.expect(201);
        let other = format!("/v1/environments/{}", other["id"].as_str().unwrap());
        let heir = json!({"name": "Heir", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
            "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": true});
        let heir: Value = app.admin().await.post(&format!("{other}/applications"), heir).await.expect(201);
        let heir = format!("{other}/applications/{}/secret", heir["id"].as_str().unwrap());

        let (path, _) = worker(&app, &admin, "Admin of the other", &[]).await;
        let scope = json!({"id": other.rsplit('/').next().unwrap(), "type": "ENVIRONMENT"});
        let assignment = json!({"role": {"id": ENVIRONMENT_ADMIN.uuid}, "scope": scope});
        admin.post(&format!("{path}/roleAssignments"), assignment).await.expect(201);
        let secret = admin.get(&format!("{path}/secret")).await.expect(200);
        let token = app.client_token(path.rsplit('/').next().unwrap(), secret["secret"].as_str().unwrap());
        let limited = app.token(&token.await);
        limited.get(&format!("{other}/applications")).await.expect(200);
        limited.get(&heir).await.expect(403);
        admin.get(&heir).await.expect(200);
    })
    .await;
}
