//! Identity providers: their secrets, their first mapping, and what keeps them from being deleted.

use postern_testkit::TestApp;
use serde_json::json;

use super::{NOTHING, id, items};

fn google() -> serde_json::Value {
    json!({"name": "Google", "type": "GOOGLE", "enabled": true, "clientId": "client", "clientSecret": "hush"})
}

#[tokio::test]
async fn the_secret_of_a_provider_is_kept_and_not_shown() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let answer = admin.post(&app.path("/identityProviders"), google()).await;
        assert!(!answer.text.contains("hush") && !answer.text.contains("sealed"), "{}", answer.text);
        let path = app.path(&format!("/identityProviders/{}", id(&answer.expect(201))));
        let mut without = google();
        without.as_object_mut().unwrap().remove("clientSecret");
        admin.put(&path, without.clone()).await.expect(200);
        let answer = admin.post(&app.path("/identityProviders"), without).await;
        assert_eq!(answer.targets(), ["clientSecret"]);
    })
    .await;
}

#[tokio::test]
async fn a_provider_begins_with_a_mapping_of_the_user_name() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let provider = admin.post(&app.path("/identityProviders"), google()).await.expect(201);
        let path = app.path(&format!("/identityProviders/{}/attributes", id(&provider)));
        let listed = admin.get(&path).await.expect(200);
        let [username] = items(&listed, "attributes") else { panic!("{listed}") };
        assert_eq!((&username["name"], &username["mappingType"]), (&json!("username"), &json!("CORE")));
        let own = format!("{path}/{}", id(username));
        admin.delete(&own).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let renamed = json!({"name": "nickname", "value": "${providerAttributes.name}", "update": "ALWAYS"});
        assert_eq!(admin.put(&own, renamed).await.targets(), ["name"]);
        let twice = json!({"name": "username", "value": "${providerAttributes.name}", "update": "ALWAYS"});
        admin.post(&path, twice).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn a_population_has_a_default_provider_that_stays() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let provider = id(&admin.post(&app.path("/identityProviders"), google()).await.expect(201));
        let population = admin.post(&app.path("/populations"), json!({"name": "Staff"})).await.expect(201);
        let path = app.path(&format!("/populations/{}/defaultIdentityProvider", id(&population)));
        assert_eq!(admin.get(&path).await.expect(200)["type"], "PING_ONE");
        assert_eq!(admin.put(&path, json!({"id": NOTHING})).await.targets(), ["id"]);
        let shown = admin.put(&path, json!({"id": provider})).await.expect(200);
        assert_eq!((&shown["id"], &shown["type"]), (&json!(provider), &json!("GOOGLE")));
        assert_eq!(admin.get(&path).await.expect(200), shown);
        let of_provider = app.path(&format!("/identityProviders/{provider}"));
        admin.delete(&of_provider).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.put(&path, json!({})).await.expect(200);
        admin.delete(&of_provider).await.expect(204);
        admin.get(&app.path(&format!("/populations/{NOTHING}/defaultIdentityProvider"))).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_a_provider_refers_to_exists() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let mut body = google();
        body["registration"] = json!({"population": {"id": NOTHING}});
        let answer = admin.post(&app.path("/identityProviders"), body).await;
        assert_eq!(answer.targets(), ["registration.population.id"]);
        let saml = json!({"name": "Saml", "type": "SAML", "enabled": true, "idpEntityId": "urn:idp", "spEntityId": "urn:sp",
            "idpVerification": {"certificates": [{"id": NOTHING}]}, "ssoBinding": "HTTP_POST",
            "ssoEndpoint": "https://idp.example/sso"});
        let answer = admin.post(&app.path("/identityProviders"), saml).await;
        assert_eq!(answer.targets(), ["idpVerification.certificates[0].id"]);
    })
    .await;
}
