//! Environments: who sees which, and what one that waits for its deletion still does.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use std::sync::{Arc, Mutex, mpsc};

use futures_util::FutureExt;
use postern_core::directory::role::ENVIRONMENT_ADMIN;
use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

async fn created(admin: &Client, name: &str, kind: &str) -> String {
    let body = json!({"name": name, "type": kind, "region": "NA"});
    let made = admin.post("/v1/environments", body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// A worker of the environment at `home`: its id, its secret.
async fn worker(admin: &Client, home: &str, reach: &[&str]) -> (String, String) {
    let body = json!({"name": "Limited", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": false});
    let applications = format!("/v1/environments/{home}/applications");
    let made = admin.post(&applications, body).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    for environment in reach {
        let assignment = json!({"role": {"id": ENVIRONMENT_ADMIN.uuid}, "scope": {"id": environment, "type": "ENVIRONMENT"}});
        admin.post(&format!("{applications}/{id}/roleAssignments"), assignment).await.expect(201);
    }
    let secret = admin.get(&format!("{applications}/{id}/secret")).await.expect(200);
    (id, secret["secret"].as_str().unwrap().to_owned())
}

async fn token(app: &TestApp, home: &str, (id, secret): &(String, String)) -> String {
    let request = app.anonymous().request(http::Method::POST, &format!("/{home}/as/token"));
    let answer = request.basic(id, secret).form(&[("grant_type", "client_credentials")]).send().await;
    answer.expect(200)["access_token"].as_str().unwrap().to_owned()
}

fn names(list: &Value) -> Vec<String> {
    let items = list["_embedded"]["environments"].as_array().unwrap();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_counts_and_pages_only_what_the_caller_may_read() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let mut made = Vec::new();
        for n in 0..5 {
            made.push(created(&admin, &format!("Environment {n}"), "SANDBOX").await);
        }
        let all = app.admin().await.get("/v1/environments").await.expect(200);
        assert_eq!((all["size"].as_i64(), all["count"].as_i64()), (Some(6), Some(6)), "{all}");

        let home = app.environment().to_string();
        let limited = worker(&admin, &home, &[&made[1], &made[3]]).await;
        let limited = app.token(&token(&app, &home, &limited).await);
        let first = limited.get("/v1/environments?limit=1").await.expect(200);
        assert_eq!(names(&first), ["Environment 1"]);
        assert_eq!(first["count"], 2);
        let next = first["_links"]["next"]["href"].as_str().unwrap();
        let second = limited.get(next.split_once("postern.test").unwrap().1).await.expect(200);
        assert_eq!(names(&second), ["Environment 3"]);
        assert!(second["_links"].get("next").is_none(), "nothing tells of the others: {second}");
        let filter = "/v1/environments?filter=name%20eq%20%22Environment%202%22";
        assert_eq!(limited.get(filter).await.expect(200)["count"], 0);

        let nowhere = worker(&admin, &made[0], &[]).await;
        let nowhere = app.token(&token(&app, &made[0], &nowhere).await);
        let nothing = nowhere.get("/v1/environments").await.expect(200);
        assert_eq!((names(&nothing).len(), nothing["count"].as_i64()), (0, Some(0)));
    })
    .await;
}

#[tokio::test]
async fn an_environment_that_waits_for_its_deletion_serves_only_its_restoration() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let id = created(&admin, "Live", "PRODUCTION").await;
        let environment = format!("/v1/environments/{id}");
        let inside = worker(&admin, &id, &[&id]).await;
        let held = app.token(&token(&app, &id, &inside).await);
        held.get(&environment).await.expect(200);
        admin.delete(&environment).await.expect(204);

        assert_eq!(admin.get(&environment).await.expect(200)["status"], "DELETE_PENDING");
        admin.get(&format!("{environment}/users")).await.expect(404);
        let user = json!({"username": "a", "email": "a@example.com"});
        admin.post(&format!("{environment}/users"), user).await.expect(404);
        app.anonymous().get(&format!("/{id}/as/.well-known/openid-configuration")).await.expect(404);
        app.anonymous().get(&format!("/{id}/as/jwks")).await.expect(404);
        app.anonymous().get(&format!("/{id}/as/authorize?client_id={}", inside.0)).await.expect(404);
        let request = app.anonymous().request(http::Method::POST, &format!("/{id}/as/token"));
        let request = request.basic(&inside.0, &inside.1).form(&[("grant_type", "client_credentials")]);
        request.send().await.expect(404);
        held.get(&environment).await.expect(401);
        held.get("/v1/environments").await.expect(401);

        admin.put(&format!("{environment}/status"), json!({"status": "ACTIVE"})).await.expect(200);
        held.get(&environment).await.expect(200);
        admin.get(&format!("{environment}/users")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn tokens_of_an_environment_that_is_gone_are_no_tokens() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let id = created(&admin, "Sandbox", "SANDBOX").await;
        let inside = worker(&admin, &id, &[&id]).await;
        let held = app.token(&token(&app, &id, &inside).await);
        held.get("/v1/environments").await.expect(200);
        admin.delete(&format!("/v1/environments/{id}")).await.expect(204);
        held.get("/v1/environments").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn the_key_of_a_new_environment_waits_in_the_line_of_costly_work() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let mut waiting = Vec::new();
    loop {
        let gate = Arc::clone(&gate);
        let mut one = Box::pin(app.app().hashing.run(move || gate.lock().unwrap().recv().is_err()));
        if one.as_mut().now_or_never().is_some() {
            break;
        }
        waiting.push(one);
    }
    let body = json!({"name": "New", "type": "SANDBOX", "region": "NA"});
    admin.post("/v1/environments", body.clone()).await.expect(503);
    drop(open);
    futures_util::future::join_all(waiting).await;
    admin.post("/v1/environments", body).await.expect(201);
}
