//! Core and predefined attribute mappings: there from the start, kept as they are.

use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::{application, id, items, resource};

fn named<'a>(attributes: &'a Value, name: &str) -> &'a Value {
    items(attributes, "attributes").iter().find(|attribute| attribute["name"] == name).unwrap()
}

#[tokio::test]
async fn a_new_application_maps_the_subject_to_the_id_of_the_user_for_good() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = format!("{}/attributes", application(&app, &admin, "WORKER", json!({})).await);
        let all = admin.get(&path).await.expect(200);
        assert_eq!(all["size"], 1);
        let subject = named(&all, "sub");
        assert_eq!(
            (&subject["value"], &subject["mappingType"], &subject["required"]),
            (&json!("${user.id}"), &json!("CORE"), &json!(true))
        );
        let item = format!("{path}/{}", id(subject));
        let put = json!({"name": "sub", "value": "${user.id}"});
        assert_eq!(admin.put(&item, put).await.expect(200)["required"], true);
        let other = admin.put(&item, json!({"name": "sub", "value": "${user.username}"})).await;
        assert_eq!(other.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "value");
        admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let custom = admin.post(&path, json!({"name": "mail", "value": "${user.email}"})).await.expect(201);
        admin.delete(&format!("{path}/{}", id(&custom))).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn the_openid_resource_shows_what_its_scopes_tell_of_a_user() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let resources = admin.get(&app.path("/resources")).await.expect(200);
        let openid =
            items(&resources, "resources").iter().find(|resource| resource["name"] == "openid").unwrap();
        let path = app.path(&format!("/resources/{}/attributes", id(openid)));
        let all = admin.get(&path).await.expect(200);
        let email = named(&all, "email");
        assert_eq!((&email["value"], &email["type"]), (&json!("${user.email}"), &json!("PREDEFINED")));
        for name in ["given_name", "phone_number", "address.locality", "preferred_username"] {
            assert_eq!(named(&all, name)["type"], "PREDEFINED");
        }
        let item = format!("{path}/{}", id(email));
        admin.put(&item, email.clone()).await.expect(200);
        let other = admin.put(&item, json!({"name": "email", "value": "${user.username}"})).await;
        assert_eq!(other.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "value");
        admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn a_custom_resource_has_a_subject_until_it_goes() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let resource = resource(&app, &admin).await;
        let path = format!("{resource}/attributes");
        let all = admin.get(&path).await.expect(200);
        let subject = named(&all, "sub");
        assert_eq!((&all["size"], &subject["type"]), (&json!(1), &json!("CORE")));
        let item = format!("{path}/{}", id(subject));
        admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&resource).await.expect(204);
    })
    .await;
}
