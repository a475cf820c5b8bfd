//! Rules between records hold when many change them at once.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use futures_util::future::{join, join_all};
use postern_http::mgmt::resource::Resource;
use postern_http::mgmt::resources::phone_delivery::PhoneDeliverySettings;
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

const ROUNDS: usize = 12;

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

fn assert_known(answer: &Answer, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status.as_u16()), "{}: {}", answer.status, answer.text);
}

#[tokio::test]
async fn no_user_is_left_in_a_population_that_is_gone() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        for n in 0..ROUNDS {
            let population = json!({"name": format!("Population {n}")});
            let population = id(&admin.post(&app.path("/populations"), population).await.expect(201));
            let user = json!({"username": format!("user-{n}"), "email": "a@example.com", "population": {"id": population}});
            let path = app.path(&format!("/populations/{population}"));
            let users = app.path("/users");
            let (made, gone) = join(admin.post(&users, user), admin.delete(&path)).await;
            assert_known(&made, &[201, 400]);
            assert_known(&gone, &[204, 400]);
            assert_ne!(made.status == 201, gone.status == 204, "{} and {}", made.text, gone.text);
        }
    })
    .await;
}

#[tokio::test]
async fn no_assigned_policy_loses_its_last_action() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let setup = app.transaction_setup().await;
        for n in 0..ROUNDS {
            let policy = json!({"name": format!("Policy_{n}")});
            let policy = id(&admin.post(&app.path("/signOnPolicies"), policy).await.expect(201));
            let actions = app.path(&format!("/signOnPolicies/{policy}/actions"));
            let first = admin.post(&actions, json!({"type": "LOGIN", "priority": 1})).await.expect(201);
            let action = format!("{actions}/{}", id(&first));
            let assignments =
                app.path(&format!("/applications/{}/signOnPolicyAssignments", setup.application));
            let assignment = json!({"priority": 10 + n, "signOnPolicy": {"id": policy}});
            let (assigned, gone) = join(admin.post(&assignments, assignment), admin.delete(&action)).await;
            assert_known(&assigned, &[201, 400]);
            assert_known(&gone, &[204, 400]);
            assert_ne!(assigned.status == 201, gone.status == 204, "{} and {}", assigned.text, gone.text);
        }
    })
    .await;
}

#[tokio::test]
async fn two_actions_that_go_at_once_do_not_leave_an_assigned_policy_bare() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let setup = app.transaction_setup().await;
        for n in 0..ROUNDS {
            let policy = json!({"name": format!("Policy_{n}")});
            let policy = id(&admin.post(&app.path("/signOnPolicies"), policy).await.expect(201));
            let actions = app.path(&format!("/signOnPolicies/{policy}/actions"));
            let mut paths = Vec::new();
            for priority in 1..=2 {
                let made =
                    admin.post(&actions, json!({"type": "LOGIN", "priority": priority})).await.expect(201);
                paths.push(format!("{actions}/{}", id(&made)));
            }
            let assignments =
                app.path(&format!("/applications/{}/signOnPolicyAssignments", setup.application));
            let assignment = json!({"priority": 10 + n, "signOnPolicy": {"id": policy}});
            admin.post(&assignments, assignment).await.expect(201);
            join(admin.delete(&paths[0]), admin.delete(&paths[1])).await;
            assert_eq!(admin.get(&actions).await.expect(200)["size"], 1);
        }
    })
    .await;
}

#[tokio::test]
async fn an_environment_has_no_more_phone_delivery_settings_than_it_may() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/notificationsSettings/phoneDeliverySettings");
        let all = (0..14).map(|n| admin.post(&path, PhoneDeliverySettings::example(n)));
        let made = join_all(all).await.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 10);
    })
    .await;
}

/// A resource with a scope of this name: the body of a grant of it.
async fn grantable(app: &TestApp, admin: &Client, resource: &str, scope: &str) -> Value {
    let resource = id(&admin.post(&app.path("/resources"), json!({"name": resource})).await.expect(201));
    let scopes = app.path(&format!("/resources/{resource}/scopes"));
    let scope = id(&admin.post(&scopes, json!({"name": scope})).await.expect(201));
    json!({"resource": {"id": resource}, "scopes": [{"id": scope}]})
}

#[tokio::test]
async fn no_application_is_granted_two_scopes_of_one_name() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let setup = app.transaction_setup().await;
        let path = app.path(&format!("/applications/{}/grants", setup.application));
        for n in 0..ROUNDS {
            let scope = format!("read:{n}");
            let one = grantable(&app, &admin, &format!("One {n}"), &scope).await;
            let two = grantable(&app, &admin, &format!("Two {n}"), &scope).await;
            let (one, two) = join(admin.post(&path, one), admin.post(&path, two)).await;
            assert_ne!(one.status == 201, two.status == 201, "{} and {}", one.text, two.text);
        }
    })
    .await;
}

#[tokio::test]
async fn the_default_is_never_lost() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/populations");
        for n in 0..ROUNDS {
            let made = admin.post(&path, json!({"name": format!("Population {n}")})).await.expect(201);
            let item = format!("{path}/{}", id(&made));
            let promotion = json!({"name": format!("Population {n}"), "default": true});
            let (promoted, gone) = join(admin.put(&item, promotion), admin.delete(&item)).await;
            assert_known(&promoted, &[200, 404]);
            assert_known(&gone, &[204, 400]);
            let all = admin.get(&path).await.expect(200);
            let all = all["_embedded"]["populations"].as_array().unwrap();
            assert_eq!(all.iter().filter(|one| one["default"] == true).count(), 1, "round {n}");
        }
    })
    .await;
}
