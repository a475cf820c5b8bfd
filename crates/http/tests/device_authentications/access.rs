//! Who may start and move one: servers with the right, users for themselves, nobody from elsewhere.

use postern_testkit::TestApp;
use serde_json::{Value, json};

use super::support::{Story, links};

#[tokio::test]
async fn users_start_and_finish_their_own() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = app.signed_on(&setup, &["p1:read:device"]).await;
        let story = Story {
            app: std::rc::Rc::new(app),
            admin: myself,
            user: setup.user.clone(),
            policy: setup.policy.clone(),
        };
        story.app.take_mail().await;
        let authentication = story.start(json!({"policy": {"id": setup.policy}})).await;
        assert_eq!(authentication["selectedDevice"]["id"], json!(setup.device));
        assert_eq!(links(&authentication), ["self", "device.select", "otp.check"]);
        story.app.take_mail().await;
        story.select(&authentication, &setup.device).await.expect(200);
        let code = story.sent_code().await;
        assert_eq!(story.read(&authentication).await.expect(200)["status"], "OTP_REQUIRED");
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn users_do_not_choose_where_their_own_code_goes() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = app.signed_on(&setup, &["p1:read:device"]).await;
        let one_time = json!({"oneTime": {"type": "SMS", "phone": "+15125550166"}});
        let wish =
            json!({"user": {"id": setup.user}, "policy": {"id": setup.policy}, "selectedDevice": one_time});
        app.take_mail().await;
        let refused = myself.post(&app.auth_path("/deviceAuthentications"), wish.clone()).await;
        refused.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");
        assert!(app.take_mail().await.is_empty());
        let admin = app.admin().await;
        admin.post(&app.auth_path("/deviceAuthentications"), wish).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn users_do_not_choose_what_their_own_passkey_signs() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = app.signed_on(&setup, &["p1:read:device"]).await;
        let wish = json!({"user": {"id": setup.user}, "policy": {"id": setup.policy}, "challenge": "c29tZXRoaW5nIHRoYXQgd2FzIHNpZ25lZCBsb25nIGFnbyE"});
        let refused = myself.post(&app.auth_path("/deviceAuthentications"), wish).await;
        refused.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");
    })
    .await;
}

#[tokio::test]
async fn users_neither_start_nor_see_those_of_others() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let myself = app.signed_on(&setup, &["p1:read:device", "p1:update:device"]).await;
        let other = app.user(&admin, "sam", None).await;
        let story = Story { app: std::rc::Rc::new(app), admin, user: other, policy: setup.policy.clone() };
        let phone = story.pair(json!({"type": "SMS", "phone": "+15125550155"})).await;
        story.app.take_mail().await;
        let wish = json!({"policy": {"id": setup.policy}});
        let refused = story.start_as(&myself, wish.clone()).await;
        refused.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");
        assert!(story.app.take_mail().await.is_empty());
        let unknown = json!({"user": {"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}});
        let unknown = story.start_as(&myself, unknown).await;
        unknown.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");

        let authentication = story.start(wish).await;
        let code = story.sent_code().await;
        let path = story.path(&authentication);
        myself.get(&path).await.expect(404);
        for (action, body) in [
            ("device.select", json!({"device": {"id": phone}})),
            ("otp.check", json!({"otp": code})),
            ("assertion.check", json!({"origin": "https://example.com", "assertion": "{}"})),
            ("cancel.push.authentication", json!({"reason": "CHANGE_DEVICE"})),
        ] {
            let refused = myself.act(&path, action, body).await;
            assert_eq!(refused.expect(404)["code"], "NOT_FOUND", "{action}");
        }
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn another_environment_has_none_of_it() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let (authentication, code) = story.asked().await;
        let other = json!({"name": "Other", "type": "SANDBOX", "region": "NA"});
        let other = story.admin.post("/v1/environments", other).await.expect(201);
        let other = other["id"].as_str().unwrap();
        let collection = format!("/{other}/deviceAuthentications");
        let item = format!("{collection}/{}", authentication["id"].as_str().unwrap());
        for client in [&story.admin, &story.app.anonymous()] {
            let status = if std::ptr::eq(client, &story.admin) { 404 } else { 401 };
            client.get(&item).await.expect(status);
            client.act(&item, "otp.check", json!({"otp": code})).await.expect(status);
        }
        let refused = story.admin.post(&collection, json!({"user": {"id": story.user}})).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{}", refused.text);
        let nowhere = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        story.admin.post(&format!("/{nowhere}/deviceAuthentications"), json!({})).await.expect(404);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn strangers_and_powerless_applications_are_kept_out() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let (authentication, code) = story.asked().await;
        let path = story.path(&authentication);
        for client in [story.app.anonymous(), story.app.token("garbage")] {
            let refused = client.act(&path, "otp.check", json!({"otp": code})).await;
            refused.refused(401, "ACCESS_FAILED", "INVALID_TOKEN");
            story.start_as(&client, json!({})).await.expect(401);
        }
        let worker = json!({"name": "Powerless", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
            "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": false});
        let worker = story.admin.post(&story.app.path("/applications"), worker).await.expect(201);
        let worker = worker["id"].as_str().unwrap();
        let secret = story.admin.get(&story.app.path(&format!("/applications/{worker}/secret"))).await.expect(200);
        let secret = secret["secret"].as_str().unwrap();
        let powerless = story.app.token(&story.app.client_token(worker, secret).await);
        story.start_as(&powerless, json!({})).await.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");
        powerless.get(&path).await.expect(404);
        powerless.act(&path, "otp.check", json!({"otp": code})).await.expect(404);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn unknown_users_and_authentications_are_not_found() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let somebody = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        assert_eq!(
            story.start_with(json!({"user": {"id": somebody}})).await.expect(404)["code"],
            "NOT_FOUND"
        );
        for id in [somebody, "not-an-id"] {
            let unknown = json!({ "id": id });
            story.read(&unknown).await.expect(404);
            story.check(&unknown, "123456").await.expect(404);
        }
        let media = story.admin.request(http::Method::POST, &story.app.auth_path("/deviceAuthentications"));
        let media = media.action("otp.check", &json!({"otp": "123456"})).send().await;
        assert_eq!(media.expect(415)["code"], "INVALID_REQUEST");
        story.phone().await;
        let (authentication, _) = story.asked().await;
        let media = story.act(&authentication, "something.else", Value::Null).await;
        assert_eq!(media.expect(415)["code"], "INVALID_REQUEST");
    })
    .await;
}
