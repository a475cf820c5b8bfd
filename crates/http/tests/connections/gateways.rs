//! Gateways: their secrets, and credentials whose token opens nothing.

use postern_testkit::TestApp;
use serde_json::json;

use super::{NOTHING, id, items};

#[tokio::test]
async fn the_token_of_a_credential_is_shown_once_and_is_no_access_token() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let body = json!({"name": "Federation", "type": "PING_FEDERATE", "enabled": true});
        let gateway = id(&admin.post(&app.path("/gateways"), body).await.expect(201));
        let path = app.path(&format!("/gateways/{gateway}"));
        let credentials = format!("{path}/credentials");
        let made = admin.post(&credentials, serde_json::Value::Null).await.expect(201);
        let token = made["credential"].as_str().unwrap();
        assert_eq!(token.split('.').count(), 3);
        app.token(token).get(&path).await.expect(401);
        let shown = admin.get(&format!("{credentials}/{}", id(&made))).await.expect(200);
        assert!(shown.get("credential").is_none(), "{shown}");
        assert_eq!(
            items(&admin.get(&format!("{path}/instances")).await.expect(200), "gatewayInstances").len(),
            0
        );
        admin.get(&format!("{path}/instances/{NOTHING}")).await.expect(404);
        admin.delete(&path).await.expect(204);
        admin.get(&format!("{path}/instances")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn no_secret_of_a_gateway_comes_back() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let radius = json!({"name": "Radius", "type": "RADIUS", "enabled": true, "davinci": {"policy": {"id": NOTHING}},
            "defaultSharedSecret": "hush1", "radiusClients": [{"ip": "10.0.0.1", "sharedSecret": "hush2"}]});
        let answer = admin.post(&app.path("/gateways"), radius).await;
        assert!(!answer.text.contains("hush"), "{}", answer.text);
        assert_eq!(answer.expect(201)["radiusClients"], json!([{"ip": "10.0.0.1"}]));
        let population = admin.post(&app.path("/populations"), json!({"name": "Staff"})).await.expect(201);
        let ldap = |population: &str| {
            json!({"name": "Directory", "type": "LDAP", "enabled": true, "bindDN": "uid=a", "bindPassword": "hush3",
                "vendor": "PingDirectory", "serversHostAndPort": ["ds.example:636"], "userTypes": [{"name": "People",
                "orderedCorrelationAttributes": ["entryUUID"], "passwordAuthority": "PING_ONE", "searchBaseDn": "ou=people",
                "newUserLookup": {"ldapFilterPattern": "(uid=${identifier})", "population": {"id": population},
                "attributeMappings": [{"name": "username", "value": "${ldapAttributes.uid}"}]}}]})
        };
        let answer = admin.post(&app.path("/gateways"), ldap(NOTHING)).await;
        assert_eq!(answer.targets(), ["userTypes[0].newUserLookup.population.id"]);
        let answer = admin.post(&app.path("/gateways"), ldap(&id(&population))).await;
        assert!(!answer.text.contains("hush"), "{}", answer.text);
        let made = answer.expect(201);
        assert!(made["userTypes"][0]["id"].is_string(), "{made}");
        assert_eq!(made["connectionSecurity"], "None");
    })
    .await;
}
