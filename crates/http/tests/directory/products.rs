//! The bill of materials of an environment.

use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::id;

fn product<'b>(bill: &'b Value, kind: &str) -> Option<&'b str> {
    let products = bill["products"].as_array().unwrap();
    products.iter().find(|product| product["type"] == kind)?["id"].as_str()
}

#[tokio::test]
async fn every_product_has_an_id_that_it_keeps() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let body = json!({"name": "Products", "type": "SANDBOX", "region": "NA",
            "billOfMaterials": {"products": [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}]}});
        let made = admin.post("/v1/environments", body).await.expect(201);
        let first = product(&made["_embedded"]["billOfMaterials"], "PING_ONE_MFA").unwrap().to_owned();
        let admin = app.admin().await;
        let path = format!("/v1/environments/{}/billOfMaterials", id(&made));
        let read = admin.get(&path).await.expect(200);
        assert_eq!(product(&read, "PING_ONE_MFA"), Some(first.as_str()));
        assert!(product(&read, "PING_ONE_BASE").is_some_and(|base| base != first));

        let change = json!({"products": [{"type": "PING_ONE_MFA"}, {"type": "PING_ONE_RISK"}]});
        let changed = admin.put(&path, change).await.expect(200);
        assert_eq!(product(&changed, "PING_ONE_MFA"), Some(first.as_str()));
        assert!(product(&changed, "PING_ONE_RISK").is_some_and(|risk| risk != first));
        assert!(product(&changed, "PING_ONE_BASE").is_none());
    })
    .await;
}

#[tokio::test]
async fn the_links_of_an_environment_and_of_a_user_lead_somewhere() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.user(&admin, "alice", None).await;
        for path in [app.path(""), app.path(&format!("/users/{user}"))] {
            let shown = admin.get(&path).await.expect(200);
            for (name, link) in shown["_links"].as_object().unwrap() {
                let place = link["href"].as_str().unwrap().strip_prefix("http://postern.test").unwrap();
                let answer = admin.get(place).await;
                assert_eq!(answer.status, 200, "{name}: {place}");
            }
        }
    })
    .await;
}
