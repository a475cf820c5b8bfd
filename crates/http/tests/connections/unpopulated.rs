//! Collections that are always empty.

use postern_testkit::TestApp;
use serde_json::json;

use super::{NOTHING, id, items};

#[tokio::test]
async fn there_are_no_flow_policies_and_none_can_be_assigned() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let listed = admin.get(&app.path("/flowPolicies")).await.expect(200);
        assert_eq!(items(&listed, "flowPolicies").len(), 0);
        admin.get(&app.path(&format!("/flowPolicies/{NOTHING}"))).await.expect(404);
        let application = app.path(&format!("/applications/{}", app.worker().0));
        let path = format!("{application}/flowPolicyAssignments");
        assert_eq!(items(&admin.get(&path).await.expect(200), "flowPolicyAssignments").len(), 0);
        let answer = admin.post(&path, json!({"flowPolicy": {"id": NOTHING}, "priority": 1})).await;
        assert_eq!(answer.targets(), ["flowPolicy.id"]);
        assert_eq!(admin.post(&path, json!({})).await.targets(), ["flowPolicy", "priority"]);
        admin.get(&app.path(&format!("/applications/{NOTHING}/flowPolicyAssignments"))).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn there_are_no_application_roles_and_permissions() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.user(&admin, "alice", None).await;
        let path = app.path(&format!("/users/{user}/applicationRoles"));
        assert_eq!(items(&admin.get(&path).await.expect(200), "roles").len(), 0);
        assert_eq!(admin.post(&path, json!({"id": NOTHING})).await.targets(), ["id"]);
        admin.delete(&format!("{path}/{NOTHING}")).await.expect(404);
        let resource = admin.post(&app.path("/resources"), json!({"name": "Orders"})).await.expect(201);
        let path = app.path(&format!("/resources/{}", id(&resource)));
        let listed = admin.get(&format!("{path}/applicationPermissions")).await.expect(200);
        assert_eq!(items(&listed, "permissions").len(), 0);
        let openid = admin.get(&app.path("/resources")).await.expect(200);
        let openid = items(&openid, "resources").iter().find(|one| one["name"] == "openid").map(id).unwrap();
        let path = app.path(&format!("/resources/{openid}/applicationResources"));
        admin.post(&path, json!({"name": "a"})).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn a_licence_is_renamed_by_who_administers_the_organization() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let licenses = format!("/v1/organizations/{}/licenses", app.organization());
        let license = id(&items(&admin.get(&licenses).await.expect(200), "licenses")[0]);
        let path = format!("{licenses}/{license}/name");
        assert_eq!(admin.put(&path, json!({})).await.targets(), ["name"]);
        admin.put(&path, json!({"name": "Own"})).await.expect(200);
        assert_eq!(admin.get(&path).await.expect(200), json!({"name": "Own"}));
        assert_eq!(admin.get(&format!("{licenses}/{license}")).await.expect(200)["name"], "Own");
        admin.put(&format!("{licenses}/{NOTHING}/name"), json!({"name": "Own"})).await.expect(404);
        let told =
            admin.get(&format!("/v1/organizations/{}/capabilities", app.organization())).await.expect(200);
        assert_eq!(told["assignableLicenses"][0]["name"], "Own");
        assert_eq!(admin.get(&app.path("/capabilities")).await.expect(200)["canUseCustomSchema"], true);
    })
    .await;
}
