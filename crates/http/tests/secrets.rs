//! Canaries: what is secret is in no unsealed column and in no answer but the one that is for it.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use postern_testkit::{TestApp, TestPhone};
use serde_json::json;

/// Every byte of the database's files, the write-ahead log included.
async fn files(app: &TestApp) -> Vec<u8> {
    let mut tx = app.db().read().await.unwrap();
    let row = tx
        .query_opt("SELECT file FROM pragma_database_list WHERE name = 'main'", &[])
        .await
        .unwrap()
        .unwrap();
    let path = row.text(0).unwrap().to_owned();
    let wal = std::fs::read(format!("{path}-wal")).unwrap_or_default();
    [std::fs::read(path).unwrap(), wal].concat()
}

fn holds(bytes: &[u8], canary: &str) -> bool {
    bytes.windows(canary.len()).any(|window| window == canary.as_bytes())
}

#[tokio::test]
async fn no_secret_lies_in_the_database_in_clear() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    let admin = app.admin().await;
    let gateway = json!({"protocol": "HTTP", "name": "Gateway", "authentication": {"method": "BEARER", "authToken": "canary-token-4711"},
        "requests": [{"deliveryMethod": "EMAIL", "method": "POST", "url": "https://gateway.example.com/send",
            "headers": {"content-type": "application/json"}, "body": "{\"from\":\"${from}\",\"to\":\"${to}\",\"text\":\"${message}\"}"}],
        "from": {"address": "mfa@example.com"}});
    let settings =
        admin.put(&app.path("/notificationsSettings/emailDeliverySettings"), gateway).await.expect(200);
    assert!(!settings.to_string().contains("canary-token-4711"));
    let pairing =
        json!({"type": "SMS", "phone": "+15125550199", "status": "ACTIVATION_REQUIRED", "testMode": true});
    let test = admin.post(&app.path(&format!("/users/{}/devices", setup.user)), pairing).await.expect(201);
    let test_code = test["test"]["otp"].as_str().unwrap().to_owned();

    let hint = app.request_token(&setup, &json!({}));
    let flow = app.anonymous().get(&app.authorize_path(&setup, &hint)).await.expect(200);
    let waiting = files(&app).await;
    let code = TestApp::only(app.take_mail().await).code.unwrap();
    let path = app.auth_path(&format!("/flows/{}", flow["id"].as_str().unwrap()));
    let done = app.anonymous().act(&path, "otp.check", json!({"otp": code})).await;
    let session = done.cookie("ST").unwrap();
    let authorization = done.expect(200)["authorizeResponse"]["code"].as_str().unwrap().to_owned();

    let (_, worker_secret) = app.worker();
    let after = files(&app).await;
    assert!(holds(&after, "MFAUser_1"), "the test looks at the right files");
    for (what, canary) in [
        ("one-time passcode in a message", format!("this OTP: {code}")),
        ("pairing code of a test device", format!("\"{test_code}\"")),
        ("client secret", setup.secret.clone()),
        ("worker secret", worker_secret),
        ("password", "Tr0ub4dor&3x!".to_owned()),
        ("gateway token", "canary-token-4711".to_owned()),
        ("session cookie", session),
        ("authorization code", authorization),
        ("private key", "PRIVATE KEY".to_owned()),
    ] {
        assert!(!holds(&waiting, &canary) && !holds(&after, &canary), "{what} lies in the database");
    }
}

#[tokio::test]
async fn no_secret_of_a_phone_lies_in_the_database_in_clear() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let native = json!({"name": "Phone", "enabled": true, "type": "NATIVE_APP", "protocol": "OPENID_CONNECT",
        "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["com.acme://cb"],
        "tokenEndpointAuthMethod": "NONE", "mobile": {"bundleId": "com.acme"}});
    let native = admin.post(&app.path("/applications"), native).await.expect(201);
    let native = native["id"].as_str().unwrap();
    let hms = json!({"type": "HMS", "clientId": "100", "clientSecret": "canary-hms-4711"});
    admin.post(&app.path(&format!("/applications/{native}/pushCredentials")), hms).await.expect(201);
    let user = app.user(&admin, "pat", None).await;
    let wish = json!({"applications": [{"id": native}]});
    let key = admin.post(&app.path(&format!("/users/{user}/pairingKeys")), wish).await.expect(201);
    let key = key["code"].as_str().unwrap();
    let waiting = files(&app).await;
    let mut phone = TestPhone::new(&app);
    let paired = phone.pair(&app, key, native).await;
    let device = paired["id"].as_str().unwrap();
    let logs = app.path(&format!("/users/{user}/devices/{device}/logs"));
    admin.put(&logs, json!({"status": "PENDING"})).await.expect(200);
    phone.request(&app, "POST", "/logs", json!({"content": "canary-log-4711"})).await.expect(204);
    let wish = json!({"application": {"id": native}});
    let code = admin.post(&app.auth_path("/authenticationCodes"), wish).await.expect(201);
    let after = files(&app).await;
    assert!(holds(&after, device), "the test looks at the right files");
    let seed = phone.phone.keep().unwrap().seed;
    for (what, canary) in [
        ("pairing key", key),
        ("passcode seed", paired["otp"]["secret"].as_str().unwrap()),
        ("authentication code", &format!("\"{}\"", code["code"].as_str().unwrap())),
        ("push credentials", "canary-hms-4711"),
        ("logs", "canary-log-4711"),
    ] {
        assert!(!holds(&waiting, canary) && !holds(&after, canary), "{what} lies in the database");
    }
    assert!(!after.windows(seed.expose().len()).any(|window| window == seed.expose().as_slice()));
}

#[tokio::test]
async fn answers_show_no_secret_but_where_it_is_asked_for() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    let admin = app.admin().await;
    let (_, worker_secret) = app.worker();
    for path in [
        "/applications".to_owned(),
        format!("/applications/{}", setup.application),
        "/users".to_owned(),
        format!("/users/{}", setup.user),
        format!("/users/{}/password", setup.user),
        format!("/users/{}/devices", setup.user),
        "/deviceAuthenticationPolicies".to_owned(),
        "/passwordPolicies".to_owned(),
    ] {
        let text = admin.get(&app.path(&path)).await.expect(200).to_string();
        for canary in [&setup.secret, &worker_secret, "Tr0ub4dor", "argon2", "sealed"] {
            assert!(!text.contains(canary), "{path} shows {canary}");
        }
    }
}
