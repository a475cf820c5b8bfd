//! The schema of users, the attributes that an environment adds, and the values that users have for them.

use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::{id, items};

/// The address of the attributes of users.
async fn attributes(app: &TestApp, admin: &Client) -> String {
    let schemas = admin.get(&app.path("/schemas")).await.expect(200);
    let schema = &items(&schemas, "schemas")[0];
    assert_eq!(schema["name"], "User");
    let path = app.path(&format!("/schemas/{}", id(schema)));
    assert_eq!(&admin.get(&path).await.expect(200), schema);
    format!("{path}/attributes")
}

#[tokio::test]
async fn what_users_have_from_the_start_is_shown_and_cannot_be_changed() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = attributes(&app, &admin).await;
        let listed = admin.get(&path).await.expect(200);
        for (name, kind) in [("username", "CORE"), ("email", "STANDARD"), ("address", "STANDARD")] {
            let attribute = items(&listed, "attributes").iter().find(|item| item["name"] == name).unwrap();
            assert_eq!(attribute["schemaType"], kind);
            let item = format!("{path}/{}", id(attribute));
            assert_eq!(&admin.get(&item).await.expect(200), attribute);
            admin.put(&item, attribute.clone()).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
            let disabled = admin.patch(&item, json!({"enabled": false})).await;
            disabled.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
            admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
            let again = admin.post(&path, json!({"name": name, "enabled": true})).await;
            assert_eq!(again.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "name");
        }
        let elsewhere = app.path("/schemas/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01/attributes");
        admin.get(&elsewhere).await.expect(404);
        admin.post(&elsewhere, json!({"name": "x", "enabled": true})).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn an_added_attribute_is_changed_within_its_rules() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = attributes(&app, &admin).await;
        let made = admin.post(&path, json!({"name": "shirtSize", "enabled": true})).await.expect(201);
        for (member, value) in [
            ("type", json!("STRING")),
            ("schemaType", json!("CUSTOM")),
            ("unique", json!(false)),
            ("required", json!(false)),
            ("multiValued", json!(false)),
        ] {
            assert_eq!(made[member], value, "{member}");
        }
        let item = format!("{path}/{}", id(&made));
        let patched =
            admin.patch(&item, json!({"displayName": "Size", "multiValued": true})).await.expect(200);
        assert_eq!((&patched["displayName"], &patched["name"]), (&json!("Size"), &json!("shirtSize")));
        for (change, target) in [
            (json!({"name": "other"}), "name"),
            (json!({"type": "JSON"}), "type"),
            (json!({"enabled": false}), "enabled"),
            (json!({"multiValued": false}), "multiValued"),
            (json!({"unique": true}), "unique"),
        ] {
            let answer = admin.patch(&item, change).await;
            assert_eq!(answer.targets(), [target], "{}", answer.text);
        }
        let twice = admin.post(&path, json!({"name": "SHIRTsize", "enabled": true})).await;
        assert_eq!(twice.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "name");
    })
    .await;
}

#[tokio::test]
async fn users_have_values_for_added_attributes() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = attributes(&app, &admin).await;
        let size = json!({"name": "shirtSize", "enabled": true, "enumeratedValues": [{"value": "S"}, {"value": "M"}]});
        let size = format!("{path}/{}", id(&admin.post(&path, size).await.expect(201)));
        admin.post(&path, json!({"name": "badge", "enabled": true, "type": "JSON"})).await.expect(201);
        let tags = json!({"name": "tags", "enabled": true, "multiValued": true});
        admin.post(&path, tags).await.expect(201);
        let users = app.path("/users");
        let alice = |more: Value| {
            let mut body = json!({"email": "a@example.com", "username": "alice"});
            body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            body
        };
        for (more, target) in [
            (json!({"shirtSize": "XXL"}), "shirtSize"),
            (json!({"shirtSize": 1}), "shirtSize"),
            (json!({"badge": "x"}), "badge"),
            (json!({"tags": "x"}), "tags"),
            (json!({"tags": [1]}), "tags[0]"),
        ] {
            let answer = admin.post(&users, alice(more)).await;
            assert_eq!(answer.targets(), [target], "{}", answer.text);
        }
        let values = json!({"shirtSize": "M", "badge": {"no": 7}, "tags": ["a", "b"], "unknown": "x"});
        let made = admin.post(&users, alice(values)).await.expect(201);
        assert_eq!((&made["shirtSize"], &made["badge"]["no"]), (&json!("M"), &json!(7)));
        assert!(made.get("unknown").is_none() && made.get("customAttributes").is_none());
        let user = format!("{users}/{}", id(&made));
        let read = admin.get(&user).await.expect(200);
        assert_eq!(read["tags"], json!(["a", "b"]));
        let listed = admin.get(&users).await.expect(200);
        assert_eq!(items(&listed, "users")[0]["shirtSize"], "M");

        let patched = admin.patch(&user, json!({"badge": {"new": true}, "tags": null})).await.expect(200);
        assert_eq!((&patched["badge"], &patched["shirtSize"]), (&json!({"new": true}), &json!("M")));
        assert!(patched.get("tags").is_none());
        let put = admin.put(&user, alice(json!({"shirtSize": "S"}))).await.expect(200);
        assert!(put["shirtSize"] == "S" && put.get("badge").is_none(), "a replacement clears the rest");

        admin.delete(&size).await.expect(204);
        assert!(admin.get(&user).await.expect(200).get("shirtSize").is_none());
        admin.post(&path, json!({"name": "shirtSize", "enabled": true})).await.expect(201);
        let read = admin.get(&user).await.expect(200);
        assert!(read.get("shirtSize").is_none(), "values do not come back with another attribute of the name");
    })
    .await;
}

#[tokio::test]
async fn required_and_unique_attributes_are_held_to() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = attributes(&app, &admin).await;
        let number = json!({"name": "badgeNumber", "enabled": true, "unique": true, "required": true});
        admin.post(&path, number).await.expect(201);
        let users = app.path("/users");
        let user = |name: &str, number: Value| {
            json!({"email": "a@example.com", "username": name, "badgeNumber": number})
        };
        let without = admin.post(&users, user("alice", json!(null))).await;
        assert_eq!(without.refused(400, "INVALID_DATA", "REQUIRED_VALUE")["target"], "badgeNumber");
        let alice = admin.post(&users, user("alice", json!("A-1"))).await.expect(201);
        let same = admin.post(&users, user("bob", json!("a-1"))).await;
        assert_eq!(same.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION")["target"], "badgeNumber");
        let alice = format!("{users}/{}", id(&alice));
        admin.put(&alice, user("alice", json!("A-1"))).await.expect(200);
        admin.put(&alice, user("alice", json!("A-2"))).await.expect(200);
        let bob = admin.post(&users, user("bob", json!("A-1"))).await.expect(201);
        admin.patch(&alice, json!({"badgeNumber": "A-1"})).await.refused(
            400,
            "INVALID_DATA",
            "UNIQUENESS_VIOLATION",
        );
        admin.delete(&format!("{users}/{}", id(&bob))).await.expect(204);
        admin.patch(&alice, json!({"badgeNumber": "A-1"})).await.expect(200);
        let refused = admin.patch(&alice, json!({"badgeNumber": null})).await;
        refused.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
    })
    .await;
}
