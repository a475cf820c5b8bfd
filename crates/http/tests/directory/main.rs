//! What an environment is made of: its products, populations, users, resources and the claims about them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod claims;
mod experience;
mod groups;
mod populations;
mod products;
mod resource_secrets;
mod roles;
mod rules;
mod schemas;
mod users;

use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

/// The id of a record.
fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// The items of a collection.
fn items<'b>(body: &'b Value, name: &str) -> &'b [Value] {
    body["_embedded"][name].as_array().unwrap()
}

/// The address of a new application.
async fn application(app: &TestApp, admin: &Client, kind: &str, more: Value) -> String {
    let mut body = json!({"name": format!("New {kind}"), "enabled": true, "type": kind, "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let made = admin.post(&app.path("/applications"), body).await.expect(201);
    app.path(&format!("/applications/{}", id(&made)))
}

/// The address of a new custom resource.
async fn resource(app: &TestApp, admin: &Client) -> String {
    let body = json!({"name": "Orders", "audience": "https://orders.example.com"});
    let made = admin.post(&app.path("/resources"), body).await.expect(201);
    app.path(&format!("/resources/{}", id(&made)))
}
