//! Applications of protocols that are kept: what they hold, what they refer to, and that they are no clients.

use postern_testkit::{TestApp, basic};
use serde_json::json;

use super::{NOTHING, id, items, key};

fn saml() -> serde_json::Value {
    json!({"name": "Payroll", "enabled": true, "type": "WEB_APP", "protocol": "SAML", "spEntityId": "urn:payroll",
        "acsUrls": ["https://payroll.example/acs"], "assertionDuration": 3600})
}

#[tokio::test]
async fn a_saml_application_is_shown_with_its_own_members_only() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let made = admin.post(&app.path("/applications"), saml()).await.expect(201);
        for foreign in ["grantTypes", "clientId", "tokenEndpointAuthMethod", "deviceTimeout", "parTimeout"] {
            assert!(made.get(foreign).is_none(), "{foreign}");
        }
        assert_eq!((&made["assertionSigned"], &made["responseSigned"]), (&json!(true), &json!(false)));
        let path = app.path(&format!("/applications/{}", id(&made)));
        let mut changed = saml();
        changed["nameIdFormat"] = json!("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");
        let changed = admin.put(&path, changed).await.expect(200);
        assert!(changed["nameIdFormat"].is_string());
        let cleared = admin.put(&path, saml()).await.expect(200);
        assert!(cleared.get("nameIdFormat").is_none());
        let attributes = admin.get(&format!("{path}/attributes")).await.expect(200);
        assert_eq!(items(&attributes, "attributes")[0]["name"], "saml_subject");
        admin.get(&format!("{path}/secret")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn an_entity_id_belongs_to_one_application() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        admin.post(&app.path("/applications"), saml()).await.expect(201);
        let mut second = saml();
        second["name"] = json!("Other");
        let answer = admin.post(&app.path("/applications"), second).await;
        assert_eq!(answer.targets(), ["spEntityId"]);
        answer.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn keys_that_an_application_names_exist_and_stay() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let signed = |key: &str| {
            let mut body = saml();
            body["idpSigning"] = json!({"key": {"id": key}, "algorithm": "SHA256withECDSA"});
            body
        };
        let answer = admin.post(&app.path("/applications"), signed(NOTHING)).await;
        assert_eq!(answer.targets(), ["idpSigning.key.id"]);
        let key = id(&admin.post(&app.path("/keys"), key("Signing")).await.expect(201));
        let application = id(&admin.post(&app.path("/applications"), signed(&key)).await.expect(201));
        let path = app.path(&format!("/keys/{key}"));
        admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let using = admin.get(&format!("{path}/applications")).await.expect(200);
        assert_eq!(items(&using, "applications")[0]["id"], application.as_str());
        admin.delete(&app.path(&format!("/applications/{application}"))).await.expect(204);
        admin.delete(&path).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn an_application_of_another_protocol_gets_no_token() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let link = json!({"name": "Intranet", "enabled": true, "type": "PORTAL_LINK_APP", "protocol": "EXTERNAL_LINK",
            "homePageUrl": "https://intranet.example/"});
        let made = admin.post(&app.path("/applications"), link.clone()).await.expect(201);
        for (member, value) in link.as_object().unwrap() {
            assert_eq!(&made[member], value, "{member}");
        }
        let request = app.anonymous().request(http::Method::POST, &app.auth_path("/as/token"));
        let answer =
            basic(request, &id(&made), "").form(&[("grant_type", "client_credentials")]).send().await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (401, &json!("invalid_client")));
        let mut other = link;
        other["protocol"] = json!("OPENID_CONNECT");
        let path = app.path(&format!("/applications/{}", id(&made)));
        assert_eq!(admin.put(&path, other).await.status, 400);
    })
    .await;
}
