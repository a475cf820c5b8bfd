//! Keys and certificates: made, exported, imported, certified.

use postern_core::crypto::x509;
use postern_testkit::TestApp;
use serde_json::json;

use super::{export, id, items, key, upload};

#[tokio::test]
async fn a_key_is_made_and_its_private_half_never_shown() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let made = admin.post(&app.path("/keys"), key("Signing")).await.expect(201);
        assert_eq!((&made["status"], &made["issuerDN"]), (&json!("VALID"), &made["subjectDN"]));
        assert!(made["serialNumber"].as_i64().unwrap() > 0);
        for hidden in ["private", "certificate", "sealed"] {
            assert!(made.get(hidden).is_none(), "{hidden}");
        }
        let path = app.path(&format!("/keys/{}", id(&made)));
        let pem = export(&admin, &path, "application/x-x509-ca-cert").await;
        assert_eq!(pem.header("content-type"), Some("application/x-x509-ca-cert"));
        let facts = x509::read(&x509::certificates_of(pem.text.as_bytes())[0]).unwrap();
        assert_eq!(facts.common_name.as_deref(), Some("Signing"));
        assert_eq!(facts.serial, made["serialNumber"].as_i64());
        assert_eq!(json!(facts.expires_at), made["expiresAt"]);
        let request = export(&admin, &format!("{path}/csr"), "application/pkcs10").await;
        assert_eq!(request.header("content-type"), Some("application/pkcs10"));
        assert!(request.text.starts_with("-----BEGIN CERTIFICATE REQUEST-----"), "{}", request.text);
        let bundle = export(&admin, &path, "application/x-pkcs7-certificates").await;
        assert!(bundle.text.starts_with("-----BEGIN PKCS7-----"), "{}", bundle.text);
    })
    .await;
}

#[tokio::test]
async fn each_use_has_one_default_key() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let make = |name: &'static str, usage: &'static str| {
            let (admin, path) = (admin.clone(), app.path("/keys"));
            async move {
                let mut body = key(name);
                body["usageType"] = json!(usage);
                body["default"] = json!(true);
                id(&admin.post(&path, body).await.expect(201))
            }
        };
        let first = make("First", "SIGNING").await;
        let other = make("Other", "ENCRYPTION").await;
        let second = make("Second", "SIGNING").await;
        let is_default = |listed: &serde_json::Value, id: &str| {
            items(listed, "keys").iter().find(|key| key["id"] == id).unwrap()["default"].clone()
        };
        let listed = admin.get(&app.path("/keys")).await.expect(200);
        assert_eq!(is_default(&listed, &first), json!(false));
        assert_eq!(is_default(&listed, &other), json!(true));
        assert_eq!(is_default(&listed, &second), json!(true));
        let path = app.path(&format!("/keys/{first}"));
        let changed = admin.put(&path, json!({"default": true, "usageType": "SIGNING"})).await.expect(200);
        assert_eq!(changed["name"], "First");
        let listed = admin.get(&app.path("/keys")).await.expect(200);
        assert_eq!(is_default(&listed, &second), json!(false));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_by_name() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        for (member, value, target) in [
            ("keyLength", json!(224), "keyLength"),
            ("signatureAlgorithm", json!("SHA256withRSA"), "keyLength"),
            ("subjectDN", json!("Example"), "subjectDN"),
            ("validityPeriod", json!(0), "validityPeriod"),
            ("usageType", json!("DANCING"), "usageType"),
        ] {
            let mut body = key("Wrong");
            body[member] = value;
            let answer = admin.post(&app.path("/keys"), body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.targets()),
                (400, vec![target.to_owned()]),
                "{member}"
            );
        }
        // PKCS#12 files are not read.
        assert_eq!(upload(&admin, &app.path("/keys"), Some("SIGNING"), "x").await.status, 415);
    })
    .await;
}

#[tokio::test]
async fn a_certificate_is_imported_and_read_back() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let made = admin.post(&app.path("/keys"), key("Partner")).await.expect(201);
        let path = app.path(&format!("/keys/{}", id(&made)));
        let pem = export(&admin, &path, "application/x-x509-ca-cert").await.text;
        let certificates = app.path("/certificates");
        let imported = upload(&admin, &certificates, Some("ENCRYPTION"), &pem).await.expect(202);
        assert_eq!((&imported["name"], &imported["usageType"]), (&json!("Partner"), &json!("ENCRYPTION")));
        assert_eq!((&imported["keyLength"], &imported["serialNumber"]), (&json!(256), &made["serialNumber"]));
        let path = format!("{certificates}/{}", id(&imported));
        assert_eq!(admin.get(&path).await.expect(200), imported);
        assert_eq!(export(&admin, &path, "application/x-x509-ca-cert").await.text, pem);
        let listed = admin.get(&certificates).await.expect(200);
        assert_eq!(items(&listed, "certificates"), std::slice::from_ref(&imported));
        let saml = json!({"name": "Payroll", "enabled": true, "type": "WEB_APP", "protocol": "SAML",
            "spEntityId": "urn:payroll", "acsUrls": ["https://payroll.example/acs"], "assertionDuration": 3600,
            "spVerification": {"certificates": [{"id": id(&imported)}]}});
        admin.post(&app.path("/applications"), saml).await.expect(201);
        let using = admin.get(&format!("{path}/applications")).await.expect(200);
        assert_eq!(items(&using, "applications").len(), 1);
        admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");

        for (usage, file, target) in [
            (Some("SIGNING"), "rubbish", "file"),
            (Some("DANCING"), pem.as_str(), "usageType"),
            (None, pem.as_str(), "usageType"),
        ] {
            let answer = upload(&admin, &certificates, usage, file).await;
            assert_eq!((answer.status.as_u16(), answer.targets()), (400, vec![target.to_owned()]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_takes_only_certificates_of_its_own() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = |key: &serde_json::Value| app.path(&format!("/keys/{}", id(key)));
        let one = admin.post(&app.path("/keys"), key("One")).await.expect(201);
        let two = admin.post(&app.path("/keys"), key("Two")).await.expect(201);
        let own = export(&admin, &path(&one), "application/x-x509-ca-cert").await.text;
        let request = format!("{}/csr", path(&one));
        assert_eq!(upload(&admin, &request, None, &own).await.expect(200)["id"], one["id"]);
        let other = export(&admin, &path(&two), "application/x-x509-ca-cert").await.text;
        assert_eq!(upload(&admin, &request, None, &other).await.targets(), ["file"]);
    })
    .await;
}
