//! Key rotation policies: their keys really sign the tokens of the applications that name them.

use postern_core::time::Span;
use postern_testkit::{TestApp, basic};
use serde_json::{Value, json};

use super::{NOTHING, id, items};

fn policy(name: &str) -> Value {
    json!({"name": name, "usageType": "SIGNING", "dn": "CN=Rotation, O=Example, C=US", "algorithm": "RSA",
        "keyLength": 2048, "validityPeriod": 365, "signatureAlgorithm": "SHA256withRSA", "rotationPeriod": 30})
}

fn worker(policy: Option<&str>) -> Value {
    let mut body = json!({"name": "Signed", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"});
    if let Some(policy) = policy {
        body["signing"] = json!({"keyRotationPolicy": {"id": policy}});
    }
    body
}

/// The id of the key that signed a fresh token.
async fn signer(app: &TestApp, application: &str, secret: &str) -> String {
    header(app, application, secret).await["kid"].as_str().unwrap().to_owned()
}

/// The header of a fresh token.
async fn header(app: &TestApp, application: &str, secret: &str) -> Value {
    let request = app.anonymous().request(http::Method::POST, &app.auth_path("/as/token"));
    let fields = [("grant_type", "client_credentials")];
    let answer = basic(request, application, secret).form(&fields).send().await.expect(200);
    let token = answer["access_token"].as_str().unwrap();
    let header = data_encoding::BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
    serde_json::from_slice(&header).unwrap()
}

#[tokio::test]
async fn a_new_environment_has_a_default_policy_with_the_key_that_signs() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let listed = admin.get(&app.path("/keyRotationPolicies")).await.expect(200);
        let [only] = items(&listed, "keyRotationPolicies") else { panic!("{listed}") };
        assert_eq!(only["default"], true);
        let (worker, secret) = app.worker();
        assert_eq!(only["currentKeyId"], signer(&app, &worker, &secret).await);
        let path = app.path(&format!("/keyRotationPolicies/{}", id(only)));
        admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let answer = admin.put(&path, policy("Other")).await;
        assert_eq!(answer.targets(), ["dn", "rotationPeriod"]);
        let mut renamed = only.clone();
        renamed["name"] = json!("Renamed");
        assert_eq!(admin.put(&path, renamed).await.expect(200)["name"], "Renamed");
    })
    .await;
}

#[tokio::test]
async fn the_keys_of_a_policy_sign_for_the_applications_that_name_it_one_after_the_other() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let answer = admin.post(&app.path("/applications"), worker(Some(NOTHING))).await;
        assert_eq!(answer.targets(), ["signing.keyRotationPolicy.id"]);
        let made = admin.post(&app.path("/keyRotationPolicies"), policy("Partners")).await.expect(201);
        let (current, next) = (made["currentKeyId"].clone(), made["nextKeyId"].clone());
        assert!(current.is_string() && next.is_string() && current != next, "{made}");
        let application = admin.post(&app.path("/applications"), worker(Some(&id(&made)))).await.expect(201);
        let application = id(&application);
        let path = app.path(&format!("/applications/{application}/secret"));
        let secret = admin.get(&path).await.expect(200)["secret"].as_str().unwrap().to_owned();
        assert_eq!(signer(&app, &application, &secret).await, current.as_str().unwrap());
        let (own, own_secret) = app.worker();
        assert_ne!(signer(&app, &own, &own_secret).await, current.as_str().unwrap());
        let published = app.anonymous().get(&app.auth_path("/as/jwks")).await.expect(200);
        for key in [&current, &next] {
            assert!(published["keys"].as_array().unwrap().iter().any(|one| &one["kid"] == key), "{key}");
        }

        app.advance(Span::days(31));
        assert_eq!(signer(&app, &application, &secret).await, next.as_str().unwrap());
        let made_now = postern_engine::keys::rotate_policies(&app.db(), &app.ctx(), 10).await.unwrap();
        assert_eq!(made_now, 1);
        assert_eq!(postern_engine::keys::rotate_policies(&app.db(), &app.ctx(), 10).await.unwrap(), 0);
        let admin = app.admin().await;
        let path = app.path(&format!("/keyRotationPolicies/{}", id(&made)));
        let shown = admin.get(&path).await.expect(200);
        assert_eq!(shown["currentKeyId"], next);
        assert!(shown["nextKeyId"].is_string() && shown["nextKeyId"] != next, "{shown}");

        admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&app.path(&format!("/applications/{application}"))).await.expect(204);
        admin.delete(&path).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn an_environment_has_five_policies_at_most() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        for n in 1..5 {
            admin.post(&app.path("/keyRotationPolicies"), policy(&format!("Policy {n}"))).await.expect(201);
        }
        let answer = admin.post(&app.path("/keyRotationPolicies"), policy("Policy 5")).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn tokens_name_the_certificate_of_their_key_where_the_application_wants_it() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        for (wanted, name) in [(Some(true), "With"), (Some(false), "Without"), (None, "Silent")] {
            let mut body = worker(None);
            body["name"] = json!(name);
            if let Some(wanted) = wanted {
                body["includeX5t"] = json!(wanted);
            }
            let application = id(&admin.post(&app.path("/applications"), body).await.expect(201));
            let path = app.path(&format!("/applications/{application}/secret"));
            let secret = admin.get(&path).await.expect(200)["secret"].as_str().unwrap().to_owned();
            let header = header(&app, &application, &secret).await;
            assert_eq!(header["x5t"].is_string(), wanted == Some(true), "{header}");
            if let Some(thumbprint) = header["x5t"].as_str() {
                assert_eq!(data_encoding::BASE64URL_NOPAD.decode(thumbprint.as_bytes()).unwrap().len(), 20);
            }
        }
    })
    .await;
}
