//! Roles of users and groups, roles that administrators make, and that nobody rises by them.

use postern_core::directory::role::{
    CLIENT_APPLICATION_DEVELOPER, ENVIRONMENT_ADMIN, HELP_DESK_ADMIN, IDENTITY_DATA_ADMIN, Role,
};
use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{application, id, items};

fn role(app: &TestApp, role: Uuid) -> Value {
    json!({"role": {"id": role}, "scope": {"id": app.environment(), "type": "ENVIRONMENT"}})
}

/// Somebody with these built-in roles in the environment.
async fn worker(app: &TestApp, admin: &Client, roles: &[Role]) -> Client {
    let given: Vec<Value> = roles.iter().map(|built_in| role(app, built_in.uuid)).collect();
    holder(app, admin, &given).await
}

/// Somebody with these role assignments.
async fn holder(app: &TestApp, admin: &Client, given: &[Value]) -> Client {
    let body = json!({"assignActorRoles": false, "name": format!("Holder of {}", given[0]["role"]["id"])});
    let path = application(app, admin, "WORKER", body).await;
    for assignment in given {
        admin.post(&format!("{path}/roleAssignments"), assignment.clone()).await.expect(201);
    }
    let secret = admin.get(&format!("{path}/secret")).await.expect(200);
    let own = path.rsplit('/').next().unwrap();
    app.token(&app.client_token(own, secret["secret"].as_str().unwrap()).await)
}

#[tokio::test]
async fn nobody_gives_roles_to_people_that_they_do_not_hold() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let keeper = worker(&app, &admin, &[IDENTITY_DATA_ADMIN]).await;
        let alice = app.user(&admin, "alice", None).await;
        let group = id(&admin.post(&app.path("/groups"), json!({"name": "Admins"})).await.expect(201));
        for path in [format!("/users/{alice}"), format!("/groups/{group}")] {
            let path = app.path(&format!("{path}/roleAssignments"));
            keeper.post(&path, role(&app, ENVIRONMENT_ADMIN.uuid)).await.expect(403);
            keeper.post(&path, role(&app, IDENTITY_DATA_ADMIN.uuid)).await.expect(201);
            let made = admin.post(&path, role(&app, ENVIRONMENT_ADMIN.uuid)).await.expect(201);
            assert_eq!(made["readOnly"], false);
            keeper.delete(&format!("{path}/{}", id(&made))).await.expect(403);
            let twice = admin.post(&path, role(&app, ENVIRONMENT_ADMIN.uuid)).await;
            twice.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
            let unknown = admin.post(&path, role(&app, Uuid::from_u128(7))).await;
            assert_eq!(unknown.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "role.id");
        }
        let path = app.path(&format!("/users/{alice}/roleAssignments"));
        assert_eq!(admin.get(&path).await.expect(200)["count"], 2);
        admin.delete(&app.path(&format!("/groups/{group}"))).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn who_has_more_rights_is_not_in_the_hands_of_who_has_fewer() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let keeper = worker(&app, &admin, &[IDENTITY_DATA_ADMIN]).await;
        let alice = app.user(&admin, "alice", None).await;
        let bob = app.user(&admin, "bob", None).await;
        let group = |name: &'static str| {
            let (admin, path) = (&admin, app.path("/groups"));
            async move { id(&admin.post(&path, json!({"name": name})).await.expect(201)) }
        };
        let (admins, inner) = (group("Admins").await, group("Inner").await);
        let roles = app.path(&format!("/groups/{admins}/roleAssignments"));
        admin.post(&roles, role(&app, ENVIRONMENT_ADMIN.uuid)).await.expect(201);

        let user = |user: &str, rest: &str| app.path(&format!("/users/{user}{rest}"));
        keeper.post(&user(&alice, "/memberOfGroups"), json!({"id": admins})).await.expect(403);
        let nesting = app.path(&format!("/groups/{inner}/memberOfGroups"));
        keeper.post(&nesting, json!({"id": admins})).await.expect(403);
        admin.post(&nesting, json!({"id": admins})).await.expect(201);
        keeper.post(&user(&alice, "/memberOfGroups"), json!({"id": inner})).await.expect(403);
        admin.post(&user(&alice, "/memberOfGroups"), json!({"id": inner})).await.expect(201);

        for (name, status) in [(&alice, 403), (&bob, 200)] {
            let password = json!({"value": "An0ther&Passw0rd"});
            let set = keeper.request(http::Method::PUT, &user(name, "/password"));
            let set = set.action("password.set", &password).send().await;
            assert_eq!(set.status, status, "{}", set.text);
            let mail = json!({"email": format!("{name}@example.org")});
            let answer = keeper.patch(&user(name, ""), mail).await;
            assert_eq!(answer.status, status, "{}", answer.text);
            keeper.patch(&user(name, ""), json!({"nickname": "X"})).await.expect(200);
        }
    })
    .await;
}

#[tokio::test]
async fn an_environment_makes_roles_of_its_own() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/roles");
        let body = json!({"name": "Device viewer", "applicableTo": ["ENVIRONMENT"],
            "canBeAssignedBy": [{"id": HELP_DESK_ADMIN.uuid}], "permissions": [{"id": "permissions:read:devices"}]});
        let made = admin.post(&path, body.clone()).await.expect(201);
        assert_eq!((&made["type"], &made["canAssign"]), (&json!("CUSTOM"), &json!([])));
        assert_eq!(made["permissions"], body["permissions"]);
        let listed = admin.get(&path).await.expect(200);
        let names: Vec<_> = items(&listed, "roles").iter().map(|role| role["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"Identity Data Admin") && names.contains(&"Device viewer"));
        let custom = admin.get(&app.path("/roles?filter=type+eq+%22CUSTOM%22")).await.expect(200);
        assert_eq!(items(&custom, "roles"), std::slice::from_ref(&made));
        let help_desk = admin.get(&app.path(&format!("/roles/{}", HELP_DESK_ADMIN.uuid))).await.expect(200);
        assert_eq!(help_desk["canAssign"], json!([{"id": made["id"]}]));
        assert_eq!(help_desk["type"], "PLATFORM");
        for (change, target) in [
            (json!({"name": "Environment Admin"}), "name"),
            (json!({"permissions": []}), "permissions"),
            (json!({"canBeAssignedBy": [{"id": app.environment()}]}), "canBeAssignedBy[0].id"),
        ] {
            let mut wrong = body.clone();
            wrong["name"] = json!("Other");
            wrong.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
            let answer = admin.post(&path, wrong).await;
            assert_eq!(answer.targets(), [target], "{}", answer.text);
        }
        let twice = admin.post(&path, body).await;
        assert_eq!(twice.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "name");
        admin.delete(&app.path(&format!("/roles/{}", HELP_DESK_ADMIN.uuid))).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_role_of_ones_own_gives_what_it_names() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let body = json!({"name": "Group keeper", "canBeAssignedBy": [{"id": CLIENT_APPLICATION_DEVELOPER.uuid}],
            "permissions": [{"id": "permissions:read:groups"}, {"id": "davinci:read:flows"}]});
        let made = admin.post(&app.path("/roles"), body.clone()).await.expect(201);
        let own: Uuid = id(&made).parse().unwrap();
        let path = application(&app, &admin, "WORKER", json!({"assignActorRoles": false})).await;
        let assignment = admin.post(&format!("{path}/roleAssignments"), role(&app, own)).await.expect(201);
        let secret = admin.get(&format!("{path}/secret")).await.expect(200);
        let token = app.client_token(path.rsplit('/').next().unwrap(), secret["secret"].as_str().unwrap()).await;
        let viewer = app.token(&token);
        viewer.get(&app.path("/groups")).await.expect(200);
        viewer.post(&app.path("/groups"), json!({"name": "x"})).await.expect(403);
        viewer.get(&app.path("/users")).await.expect(403);

        let alice = app.user(&admin, "alice", None).await;
        let roles = app.path(&format!("/users/{alice}/roleAssignments"));
        let keeper = worker(&app, &admin, &[HELP_DESK_ADMIN]).await;
        keeper.post(&roles, role(&app, own)).await.expect(403);

        let role_path = app.path(&format!("/roles/{own}"));
        let mut wider = body.clone();
        wider["permissions"] = json!([{"id": "permissions:read:groups"}, {"id": "permissions:write:groups"}]);
        admin.put(&role_path, wider).await.expect(200);
        viewer.post(&app.path("/groups"), json!({"name": "x"})).await.expect(201);
        admin.delete(&role_path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&format!("{path}/roleAssignments/{}", id(&assignment))).await.expect(204);
        viewer.get(&app.path("/groups")).await.expect(403);
        admin.delete(&role_path).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_role_is_handed_on_by_those_whom_it_names() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let body = json!({"name": "Policy viewer", "canBeAssignedBy": [{"id": IDENTITY_DATA_ADMIN.uuid}],
            "permissions": [{"id": "permissions:read:signOnPolicies"}]});
        let own: Uuid = id(&admin.post(&app.path("/roles"), body).await.expect(201)).parse().unwrap();
        let alice = app.user(&admin, "alice", None).await;
        let roles = app.path(&format!("/users/{alice}/roleAssignments"));
        let keeper = worker(&app, &admin, &[IDENTITY_DATA_ADMIN]).await;
        keeper.get(&app.path("/signOnPolicies")).await.expect(403);
        keeper.post(&roles, role(&app, own)).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_role_is_handed_on_in_no_environment_but_its_own() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let elsewhere = json!({"name": "Elsewhere", "type": "SANDBOX", "region": "NA"});
        let elsewhere = id(&admin.post("/v1/environments", elsewhere).await.expect(201));
        let admin = app.admin().await;
        let there = json!({"id": elsewhere, "type": "ENVIRONMENT"});
        let both = json!({"role": {"id": IDENTITY_DATA_ADMIN.uuid}, "scope": there});
        let keeper = holder(&app, &admin, &[role(&app, IDENTITY_DATA_ADMIN.uuid), both]).await;

        let body = json!({"name": "Policy viewer", "canBeAssignedBy": [{"id": IDENTITY_DATA_ADMIN.uuid}],
            "permissions": [{"id": "permissions:read:signOnPolicies"}]});
        let own = id(&admin.post(&app.path("/roles"), body).await.expect(201));
        let alice = app.user(&admin, "alice", None).await;
        let roles = app.path(&format!("/users/{alice}/roleAssignments"));
        keeper.post(&roles, json!({"role": {"id": own}, "scope": there})).await.expect(403);
        keeper.post(&roles, role(&app, own.parse().unwrap())).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_given_elsewhere_is_widened_by_those_who_hold_as_much_there() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let elsewhere = json!({"name": "Elsewhere", "type": "SANDBOX", "region": "NA"});
        let elsewhere = id(&admin.post("/v1/environments", elsewhere).await.expect(201));
        let admin = app.admin().await;
        let mut body = json!({"name": "Viewer", "canBeAssignedBy": [], "permissions": [{"id": "permissions:read:groups"}]});
        let own = id(&admin.post(&app.path("/roles"), body.clone()).await.expect(201));
        let alice = app.user(&admin, "alice", None).await;
        let roles = app.path(&format!("/users/{alice}/roleAssignments"));
        let there = json!({"role": {"id": own}, "scope": {"id": elsewhere, "type": "ENVIRONMENT"}});
        let given = id(&admin.post(&roles, there).await.expect(201));

        let writer = json!({"name": "Role keeper", "canBeAssignedBy": [], "permissions": [{"id": "permissions:write:roles"},
            {"id": "permissions:read:groups"}, {"id": "permissions:read:users"}]});
        let writer = id(&admin.post(&app.path("/roles"), writer).await.expect(201)).parse().unwrap();
        let keeper = holder(&app, &admin, &[role(&app, writer)]).await;
        body["permissions"] = json!([{"id": "permissions:read:groups"}, {"id": "permissions:read:users"}]);
        let path = app.path(&format!("/roles/{own}"));
        keeper.put(&path, body.clone()).await.expect(403);
        admin.delete(&format!("{roles}/{given}")).await.expect(204);
        let answer = keeper.put(&path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn what_proves_who_has_more_rights_is_not_for_who_has_fewer() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let keeper = worker(&app, &admin, &[IDENTITY_DATA_ADMIN]).await;
        let alice = app.user(&admin, "alice", None).await;
        let user = |rest: &str| app.path(&format!("/users/{alice}{rest}"));
        let device = json!({"type": "EMAIL", "email": "alice@example.com"});
        let device = id(&keeper.post(&user("/devices"), device).await.expect(201));
        let group = id(&admin.post(&app.path("/groups"), json!({"name": "Admins"})).await.expect(201));
        let roles = app.path(&format!("/groups/{group}/roleAssignments"));
        admin.post(&roles, role(&app, ENVIRONMENT_ADMIN.uuid)).await.expect(201);
        admin.post(&user("/memberOfGroups"), json!({"id": group})).await.expect(201);

        let other = json!({"type": "EMAIL", "email": "keeper@example.com"});
        keeper.post(&user("/devices"), other).await.expect(403);
        keeper.delete(&user(&format!("/devices/{device}"))).await.expect(403);
        keeper.put(&user("/mfaEnabled"), json!({"mfaEnabled": false})).await.expect(403);
        keeper.patch(&user(""), json!({"mfaEnabled": false})).await.expect(403);
        keeper.delete(&user("")).await.expect(403);
        keeper.delete(&user(&format!("/memberOfGroups/{group}"))).await.expect(403);
        keeper.delete(&app.path(&format!("/groups/{group}"))).await.expect(403);
        admin.delete(&user(&format!("/memberOfGroups/{group}"))).await.expect(204);
        keeper.delete(&user(&format!("/devices/{device}"))).await.expect(204);
        keeper.delete(&user("")).await.expect(204);
    })
    .await;
}
