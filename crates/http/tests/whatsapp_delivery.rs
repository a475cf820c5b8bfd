//! WhatsApp delivery settings through the doors (notifications contract 1.6), and what leaves for such devices.

use postern_testkit::TestApp;
use serde_json::{Value, json};

const PATH: &str = "/notificationsSettings/instantMessagingDeliverySettings/whatsApp";

fn account(token: &str) -> Value {
    json!({ "provider": "CUSTOM_WHATSAPP", "whatsAppAccountBusinessId": "1021", "appId": "77",
            "appSecret": "canary-9d1e-app", "userAccessToken": token })
}

#[tokio::test]
async fn the_numbers_of_a_whatsapp_account_are_found_and_then_chosen() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(PATH));
        assert_eq!(admin.get(&path).await.status, 404);
        let found = admin.put(&path, account("canary-9d1e")).await.expect(200);
        assert_eq!((&found["provider"], &found["appId"]), (&json!("CUSTOM_WHATSAPP"), &json!("77")));
        assert!(found.get("userAccessToken").is_none() && found.get("appSecret").is_none(), "{found}");
        let numbers = found["numbers"].as_array().unwrap();
        assert_eq!(numbers.len(), 2);
        assert_eq!(numbers[0]["numberId"], "101");
        assert_eq!(numbers[0]["capabilities"], json!(["WHATSAPP"]));
        assert_eq!((&numbers[0]["selected"], &numbers[0]["available"]), (&json!(false), &json!(true)));
        assert_eq!(numbers[0]["qualityRating"], "GREEN");

        // The secrets need not be sent again.
        let mut choice = json!({ "provider": "CUSTOM_WHATSAPP", "whatsAppAccountBusinessId": "1021", "appId": "77",
                                 "numbers": [{ "number": "+1 512-555-0102", "numberId": "102", "selected": true }] });
        let chosen = admin.put(&path, choice.clone()).await.expect(200);
        assert_eq!(chosen["numbers"][1]["selected"], true);
        assert_eq!(chosen["numbers"][1]["createdAt"], numbers[1]["createdAt"]);
        choice["numbers"][0]["numberId"] = json!("999");
        let answer = admin.put(&path, choice).await;
        assert_eq!(answer.targets(), ["numbers[0].numberId"]);
        answer.refused(400, "INVALID_DATA", "INVALID_VALUE");

        let shown = admin.get(&path).await.expect(200);
        assert_eq!(shown["numbers"], chosen["numbers"]);
        assert!(shown.get("_embedded").is_none());
        let expanded = admin.get(&format!("{path}?expand=whatsAppTemplates")).await.expect(200);
        assert_eq!(expanded["_embedded"]["whatsAppTemplates"][0]["name"], "strong_authentication");
        assert!(!expanded.to_string().contains("canary"));

        let mut tx = app.db().read().await.unwrap();
        let rows = tx.query("SELECT body FROM whatsapp_delivery", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(!rows[0].text(0).unwrap().contains("canary"));
        drop(tx);
        admin.delete(&path).await.expect(204);
        assert_eq!(admin.get(&path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_whatsapp_account_that_cannot_send_is_refused_and_nothing_is_kept() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(PATH));
        for (token, target) in [("wrong", "userAccessToken"), ("empty", "whatsAppAccountBusinessId")] {
            let answer = admin.put(&path, account(token)).await;
            assert_eq!(answer.targets(), [target]);
            answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
        }
        assert_eq!(admin.put(&path, account("down")).await.status, 503);
        let silent = json!({ "provider": "CUSTOM_WHATSAPP", "whatsAppAccountBusinessId": "1", "appId": "2" });
        let answer = admin.put(&path, silent).await;
        assert_eq!(answer.targets(), ["appSecret", "userAccessToken"]);
        assert_eq!(admin.get(&path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_whatsapp_device_is_paired_with_the_code_that_was_sent_to_it() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        let devices = app.path(&format!("/users/{user}/devices"));
        let body = json!({ "type": "WHATSAPP", "phone": "+1.5125550101", "status": "ACTIVATION_REQUIRED" });
        let answer = admin.post(&devices, body.clone()).await;
        assert_eq!(answer.targets(), ["type"], "the policy does not allow it yet");

        let policies = app.path("/deviceAuthenticationPolicies");
        let mut policy =
            admin.get(&policies).await.expect(200)["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        policy["whatsApp"] = json!({ "enabled": true });
        let item = format!("{policies}/{}", policy["id"].as_str().unwrap());
        admin.put(&item, policy).await.expect(200);

        let device = admin.post(&devices, body).await.expect(201);
        assert_eq!((&device["type"], &device["phone"]), (&json!("WHATSAPP"), &json!("+15125550101")));
        let mail = TestApp::only(app.take_mail().await);
        assert_eq!((mail.channel, mail.template.as_str()), ("WHATSAPP", "device_pairing"));
        let code = mail.code.unwrap();
        assert!(mail.text.contains(&code), "{}", mail.text);
        let path = format!("{devices}/{}", device["id"].as_str().unwrap());
        let active = admin.act(&path, "device.activate", json!({ "otp": code })).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");
    })
    .await;
}

#[tokio::test]
async fn a_call_says_the_code_twice_digit_by_digit_whatever_the_text_of_the_environment() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        let policies = app.path("/deviceAuthenticationPolicies");
        let mut policy = admin.get(&policies).await.expect(200)["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        policy["voice"] = json!({ "enabled": true });
        let item = format!("{policies}/{}", policy["id"].as_str().unwrap());
        admin.put(&item, policy).await.expect(200);
        let text = json!({ "locale": "en", "deliveryMethod": "Voice", "content": "Your code: ${otp}.", "voice": "Woman" });
        admin.post(&app.path("/templates/device_pairing/contents"), text).await.expect(201);
        let body = json!({ "type": "VOICE", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED" });
        admin.post(&app.path(&format!("/users/{user}/devices")), body).await.expect(201);
        let mail = TestApp::only(app.take_mail().await);
        let spelled = format!("Your code: <sayCharValue>{}</sayCharValue>.", mail.code.unwrap());
        assert_eq!(mail.text, format!("{spelled}<pause1sec>{spelled}"));
    })
    .await;
}
