//! Phone delivery settings through the doors (notifications contract 1.2 to 1.4).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

const PHONE: &str = "/notificationsSettings/phoneDeliverySettings";
const SID: &str = "AC0123456789abcdef0123456789abcdef";

fn twilio(token: &str) -> Value {
    json!({ "provider": "CUSTOM_TWILIO", "sid": SID, "authToken": token })
}

fn gateway(name: &str) -> Value {
    json!({
        "provider": "CUSTOM_PROVIDER", "name": name,
        "authentication": { "method": "BASIC", "username": "me", "password": "canary-9d1e" },
        "requests": [{ "deliveryMethod": "SMS", "method": "POST", "url": "https://gateway.example/sms",
                       "body": "to=${to}&text=${message}", "phoneNumberFormat": "FULL" }],
    })
}

/// The kept text of all phone and mail settings.
async fn kept(app: &TestApp) -> String {
    let mut tx = app.db().read().await.unwrap();
    let mut all = String::new();
    for sql in ["SELECT body FROM phone_delivery", "SELECT body FROM email_delivery"] {
        let rows = tx.query(sql, &[]).await.unwrap();
        all.extend(rows.iter().map(|row| row.text(0).unwrap().to_owned()));
    }
    all
}

async fn created(admin: &Client, app: &TestApp, body: Value) -> (Value, String) {
    let body = admin.post(&app.path(PHONE), body).await.expect(201);
    let item = format!("{}/{}", app.path(PHONE), body["id"].as_str().unwrap());
    (body, item)
}

#[tokio::test]
async fn the_numbers_of_a_twilio_account_are_found_and_then_chosen() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (body, item) = created(&admin, &app, twilio("canary-9d1e")).await;
        let numbers = json!([
            { "number": "+15125550100", "type": "PHONE_NUMBER", "selected": false, "available": true, "capabilities": ["SMS", "VOICE"] },
            { "number": "+15125550101", "type": "PHONE_NUMBER", "selected": false, "available": true, "capabilities": ["SMS", "VOICE"] },
        ]);
        assert_eq!(body["numbers"], numbers);
        assert!(body.get("authToken").is_none() && body.get("sealed").is_none(), "{body}");

        // The token need not be sent again.
        let chosen = json!({ "provider": "CUSTOM_TWILIO", "sid": SID,
                             "numbers": [{ "number": "+15125550101", "type": "PHONE_NUMBER", "selected": true }] });
        let body = admin.put(&item, chosen).await.expect(200);
        assert_eq!((&body["numbers"][0]["selected"], &body["numbers"][1]["selected"]), (&json!(false), &json!(true)));
        assert_eq!(body["numbers"][1]["capabilities"], json!(["SMS", "VOICE"]));
        let stranger = json!({ "provider": "CUSTOM_TWILIO", "sid": SID,
                               "numbers": [{ "number": "+15125550199", "type": "PHONE_NUMBER", "selected": true }] });
        let answer = admin.put(&item, stranger).await;
        assert_eq!(answer.targets(), ["numbers[0].number"]);
        answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert!(!kept(&app).await.contains("canary"));
    })
    .await;
}

#[tokio::test]
async fn an_account_that_cannot_send_is_refused_and_nothing_is_kept() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        for (token, target) in [("wrong", "authToken"), ("empty", "sid")] {
            let answer = admin.post(&app.path(PHONE), twilio(token)).await;
            assert_eq!(answer.targets(), [target]);
            answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
        }
        assert_eq!(admin.post(&app.path(PHONE), twilio("down")).await.status, 503);
        assert_eq!(admin.get(&app.path(PHONE)).await.expect(200)["count"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_keeps_its_secret_until_another_is_needed() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (body, item) = created(&admin, &app, gateway("Gateway")).await;
        assert_eq!(body["authentication"], json!({ "method": "BASIC", "username": "me" }));
        let mut change = gateway("Renamed");
        change["authentication"] = json!({ "method": "BASIC", "username": "other" });
        assert_eq!(admin.put(&item, change.clone()).await.expect(200)["name"], "Renamed");
        change["authentication"] = json!({ "method": "BEARER" });
        let answer = admin.put(&item, change).await;
        assert_eq!(answer.targets(), ["authentication.authToken"]);
        answer.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        assert!(!kept(&app).await.contains("canary"));
        admin.delete(&item).await.expect(204);
        assert_eq!(admin.get(&item).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn an_environment_has_ten_settings_at_most() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        for number in 0..10 {
            created(&admin, &app, gateway(&format!("Gateway {number}"))).await;
        }
        assert_eq!(admin.post(&app.path(PHONE), gateway("One more")).await.status, 400);
        assert_eq!(admin.get(&app.path(PHONE)).await.expect(200)["count"], 10);
    })
    .await;
}

#[tokio::test]
async fn the_fallback_chain_names_settings_that_exist() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let (body, item) = created(&admin, &app, gateway("Gateway")).await;
        let settings = app.path("/notificationsSettings");
        let chain = |names: Value| json!({ "smsProvidersFallbackChain": names });
        let stranger = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        let answer = admin.put(&settings, chain(json!([body["id"], stranger]))).await;
        assert_eq!(answer.targets(), ["smsProvidersFallbackChain[1]"]);
        answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
        let names = json!([body["id"], "PINGONE_TWILIO"]);
        assert_eq!(
            admin.put(&settings, chain(names.clone())).await.expect(200)["smsProvidersFallbackChain"],
            names
        );
        admin.delete(&item).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&settings).await.expect(204);
        admin.delete(&item).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_keeps_its_password() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path("/notificationsSettings/emailDeliverySettings"));
        let mut body = json!({ "host": "smtp.acme.example", "port": 587, "username": "mailer",
                               "from": { "address": "no-reply@acme.example" } });
        assert_eq!(admin.put(&path, body.clone()).await.targets(), ["password"]);
        body["password"] = json!("canary-9d1e");
        let shown = admin.put(&path, body.clone()).await.expect(200);
        assert!(shown.get("password").is_none() && shown["protocol"] == "SMTP", "{shown}");
        body.as_object_mut().unwrap().remove("password");
        admin.put(&path, body).await.expect(200);
        assert!(!kept(&app).await.contains("canary"));
    })
    .await;
}
