//! Which device is asked, and which can be.

use serde_json::{Value, json};

use super::support::{Story, links};
use postern_testkit::TestApp;

fn selection(word: &str) -> impl FnOnce(&mut Value) + '_ {
    move |policy| policy["authentication"] = json!({ "deviceSelection": word })
}

#[tokio::test]
async fn the_only_device_is_asked_and_its_code_completes() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let mailbox = story.mailbox().await;
        let answer = story.start_with(json!({})).await;
        let location = answer.header("location").map(str::to_owned);
        let authentication = answer.expect(201);
        assert_eq!(authentication["status"], "OTP_REQUIRED");
        assert_eq!(links(&authentication), ["self", "device.select", "otp.check"]);
        let own = authentication["_links"]["self"]["href"].as_str().unwrap();
        assert_eq!(location.as_deref(), Some(own));
        assert!(own.ends_with(&story.path(&authentication)), "{own}");
        for link in authentication["_links"].as_object().unwrap().values() {
            assert_eq!(link["href"], own);
        }
        let expected = json!([{"id": mailbox, "type": "EMAIL", "status": "ACTIVE",
            "usableStatus": {"status": "ENABLED"}, "email": "pa****@example.com"}]);
        assert_eq!(authentication["_embedded"], json!({"devices": expected, "blockedDevices": []}));
        for (name, value) in [
            ("environment", json!({"id": story.app.environment()})),
            ("policy", json!({"id": story.policy})),
            ("selectedDevice", json!({"id": mailbox})),
            ("user", json!({"id": story.user})),
            ("bypassAllowed", json!(false)),
            ("userBypassEnabled", json!(false)),
        ] {
            assert_eq!(authentication[name], value, "{name}");
        }
        assert_eq!(story.read(&authentication).await.expect(200), authentication);

        let code = story.sent_code().await;
        let done = story.check(&authentication, &code).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        assert_eq!(links(&done), ["self"]);
        assert_eq!(done["authenticators"], json!(["email", "mfa", "user"]));
        assert_eq!(done["selectedDevice"], json!({"id": mailbox}));
        assert_eq!(story.read(&done).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn each_method_sends_on_its_own_channel_to_the_address_of_the_device() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.set_mfa("phoneExtensions", json!({"enabled": true})).await;
        let devices = [
            (json!({"type": "SMS", "phone": "+15125550101"}), "SMS", "+15125550101", "sms"),
            (
                json!({"type": "VOICE", "phone": "+15125550102", "extension": "313#"}),
                "VOICE",
                "+15125550102",
                "tel",
            ),
            (json!({"type": "EMAIL", "email": "pat@example.com"}), "EMAIL", "pat@example.com", "email"),
        ];
        for (body, channel, to, amr) in devices {
            let device = story.pair(body).await;
            let authentication = story.start(json!({"selectedDevice": {"id": device}})).await;
            assert_eq!(authentication["status"], "OTP_REQUIRED");
            let mail = TestApp::only(story.app.take_mail().await);
            assert_eq!(
                (mail.channel, mail.to.as_str(), mail.template.as_str()),
                (channel, to, "strong_authentication")
            );
            let done = story.check(&authentication, &mail.code.unwrap()).await.expect(200);
            assert_eq!(done["authenticators"][0], amr);
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_in_order_is_the_default() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (phone, mailbox) = (story.phone().await, story.mailbox().await);
        assert_eq!(story.start(json!({})).await["selectedDevice"], json!({"id": phone}));
        let order = json!({"order": [{"id": mailbox}, {"id": phone}]});
        story.admin.act(&story.devices(), "devices.reorder", order).await.expect(200);
        let authentication = story.start(json!({})).await;
        assert_eq!(authentication["selectedDevice"], json!({"id": mailbox}));
        let listed: Vec<&Value> = authentication["_embedded"]["devices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|device| &device["id"])
            .collect();
        assert_eq!(listed, [&json!(mailbox), &json!(phone)]);
        story.app.take_mail().await;

        // Without an order nobody is the default.
        story.admin.act(&story.devices(), "devices.order.remove", Value::Null).await.expect(200);
        let authentication = story.start(json!({})).await;
        assert_eq!(authentication["status"], "DEVICE_SELECTION_REQUIRED");
        assert_eq!(links(&authentication), ["self", "device.select"]);
        assert!(authentication["selectedDevice"].is_null());
        assert!(story.app.take_mail().await.is_empty(), "nobody was asked");
    })
    .await;
}

#[tokio::test]
async fn a_policy_may_let_the_user_choose() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        story.change_policy(selection("PROMPT_TO_SELECT")).await;
        assert_eq!(story.start(json!({})).await["status"], "OTP_REQUIRED", "one device needs no choice");
        story.change_policy(selection("ALWAYS_DISPLAY_DEVICES")).await;
        assert_eq!(story.start(json!({})).await["status"], "DEVICE_SELECTION_REQUIRED");
        let mailbox = story.mailbox().await;
        story.app.take_mail().await;
        for word in ["PROMPT_TO_SELECT", "ALWAYS_DISPLAY_DEVICES"] {
            story.change_policy(selection(word)).await;
            let authentication = story.start(json!({})).await;
            assert_eq!(authentication["status"], "DEVICE_SELECTION_REQUIRED", "{word}");
            assert!(story.app.take_mail().await.is_empty());
            let refused = story.check(&authentication, "123456").await;
            assert_eq!(refused.targets(), ["Content-Type"], "there is nothing to check");
            let asked = story.select(&authentication, &mailbox).await.expect(200);
            assert_eq!(
                (&asked["status"], &asked["selectedDevice"]["id"]),
                (&json!("OTP_REQUIRED"), &json!(mailbox))
            );
            let code = story.sent_code().await;
            assert_eq!(story.check(&asked, &code).await.expect(200)["status"], "COMPLETED");
        }
        // Who names a device is not asked to choose.
        let named = story.start(json!({"selectedDevice": {"id": phone}})).await;
        assert_eq!(named["status"], "OTP_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn another_device_can_be_chosen_and_the_code_of_the_first_is_void() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (_, mailbox) = (story.phone().await, story.mailbox().await);
        let authentication = story.start(json!({})).await;
        let to_phone = story.sent_code().await;
        let changed = story.select(&authentication, &mailbox).await.expect(200);
        assert_eq!(changed["selectedDevice"], json!({"id": mailbox}));
        let to_mailbox = story.sent_code().await;
        if to_phone != to_mailbox {
            story.check(&authentication, &to_phone).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        }
        let done = story.check(&authentication, &to_mailbox).await.expect(200);
        assert_eq!(done["authenticators"][0], "email");
    })
    .await;
}

#[tokio::test]
async fn only_active_devices_of_the_user_can_be_chosen() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let waiting = json!({"type": "EMAIL", "email": "pat@example.com", "status": "ACTIVATION_REQUIRED"});
        let waiting = story.pair(waiting).await;
        let sam = story.app.user(&story.admin, "sam", None).await;
        let path = story.app.path(&format!("/users/{sam}/devices"));
        let strange = json!({"type": "SMS", "phone": "+15125550199"});
        let strange = story.admin.post(&path, strange).await.expect(201)["id"].as_str().unwrap().to_owned();
        let (authentication, code) = {
            story.app.take_mail().await;
            story.asked().await
        };
        assert_eq!(authentication["_embedded"]["devices"].as_array().unwrap().len(), 1);
        for device in [&waiting, &strange, &sam] {
            let refused = story.start_with(json!({"selectedDevice": {"id": device}})).await;
            assert_eq!(refused.targets(), ["selectedDevice.id"]);
            refused.refused(400, "INVALID_DATA", "INVALID_VALUE");
            let refused = story.select(&authentication, device).await;
            assert_eq!(refused.targets(), ["device.id"]);
        }
        assert!(story.app.take_mail().await.is_empty());
        let done = story.check(&authentication, &code).await.expect(200);
        assert_eq!(done["status"], "COMPLETED", "a refused choice leaves the code good");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_active_device_is_refused_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let detail = story.start_with(json!({})).await.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");
        let message = format!("Couldn't find authenticating device for user: {}", story.user);
        assert_eq!(detail["message"], message);
        let waiting = json!({"type": "EMAIL", "email": "pat@example.com", "status": "ACTIVATION_REQUIRED"});
        let waiting = story.pair(waiting).await;
        story.start_with(json!({})).await.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");
        let named = story.start_with(json!({"selectedDevice": {"id": waiting}})).await;
        named.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");
    })
    .await;
}

#[tokio::test]
async fn devices_that_cannot_be_used_now_are_named_by_an_authentication_that_failed() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (phone, mailbox) = (story.phone().await, story.mailbox().await);
        story.admin.act(&story.device_path(&phone), "device.block", Value::Null).await.expect(200);
        let authentication = story.start(json!({})).await;
        assert_eq!(
            authentication["selectedDevice"],
            json!({"id": mailbox}),
            "a blocked device is passed over"
        );
        assert_eq!(authentication["_embedded"]["blockedDevices"][0]["id"], json!(phone));
        assert_eq!(authentication["_embedded"]["blockedDevices"][0]["usableStatus"]["status"], "DISABLED");
        let refused = story.select(&authentication, &phone).await;
        assert_eq!(refused.targets(), ["device.id"]);
        let code = story.sent_code().await;

        // Blocked meanwhile: the code that was sent counts no more.
        story.admin.act(&story.device_path(&mailbox), "device.block", Value::Null).await.expect(200);
        story.check(&authentication, &code).await.refused(400, "INVALID_DATA", "INVALID_VALUE");

        let failed = story.start(json!({})).await;
        assert_eq!(failed["status"], "FAILED");
        assert_eq!(links(&failed), ["self"]);
        let error = json!({"code": "NO_USABLE_DEVICES",
            "message": format!("Couldn't find authenticating device for user: {}", story.user),
            "unavailableDevices": [{"id": phone}, {"id": mailbox}]});
        assert_eq!(failed["error"], error);
        assert_eq!(story.read(&failed).await.expect(200)["error"], error);
        for (action, body) in
            [("device.select", json!({"device": {"id": phone}})), ("otp.check", json!({"otp": "123456"}))]
        {
            story.act(&failed, action, body).await.refused(400, "INVALID_REQUEST", "INVALID_VALUE");
        }
        let named = story.start_with(json!({"selectedDevice": {"id": phone}})).await;
        let detail = named.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");
        assert_eq!(detail["innerError"]["unavailableDevices"].as_array().unwrap().len(), 2);
        assert!(story.app.take_mail().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_method_that_the_policy_has_not_is_not_asked() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (phone, mailbox) = (story.phone().await, story.mailbox().await);
        story.change_policy(|policy| policy["sms"]["enabled"] = json!(false)).await;
        let authentication = story.start(json!({})).await;
        assert_eq!(authentication["selectedDevice"], json!({"id": mailbox}));
        assert_eq!(authentication["_embedded"]["devices"][0]["usableStatus"]["status"], "DISABLED");
        assert_eq!(story.select(&authentication, &phone).await.targets(), ["device.id"]);
        let named = story.start_with(json!({"selectedDevice": {"id": phone}})).await;
        named.refused(400, "REQUEST_FAILED", "NO_USABLE_DEVICES");

        // Another policy than the default one may have it.
        let mut other = story
            .admin
            .get(&story.app.path(&format!("/deviceAuthenticationPolicies/{}", story.policy)))
            .await
            .expect(200);
        other["name"] = json!("Phones");
        other["default"] = json!(false);
        other["sms"]["enabled"] = json!(true);
        other["email"]["enabled"] = json!(false);
        let other =
            story.admin.post(&story.app.path("/deviceAuthenticationPolicies"), other).await.expect(201);
        let authentication = story.start(json!({"policy": {"id": other["id"]}})).await;
        assert_eq!(authentication["selectedDevice"], json!({"id": phone}));
        assert_eq!(authentication["policy"], json!({"id": other["id"]}));
        let unknown = story.start_with(json!({"policy": {"id": story.user}})).await;
        assert_eq!(unknown.targets(), ["policy.id"]);
    })
    .await;
}
