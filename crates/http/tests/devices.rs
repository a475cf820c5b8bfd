//! The devices of a user, as the MFA contract (section 1) describes them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_core::time::Span;
use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

async fn arrange(app: &TestApp) -> (Client, String) {
    let admin = app.admin().await;
    let user = app.user(&admin, "pat", None).await;
    let devices = app.path(&format!("/users/{user}/devices"));
    (admin, devices)
}

fn item(devices: &str, device: &Value) -> String {
    format!("{devices}/{}", device["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_call_of_the_seed_page_is_answered_as_on_the_seed_page() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let path = app.path(&format!("/users/{}/devices", setup.user));
        let body = json!({"type": "SMS", "phone": "+1 (512) 555-0101", "policy": {"id": setup.policy}});
        let answer = admin.post(&path, body).await;
        let location = answer.header("location").map(str::to_owned);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let device = answer.expect(201);
        assert_eq!(location.as_deref(), device["_links"]["self"]["href"].as_str());
        let keys: Vec<&str> = device.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = [
            "_links",
            "id",
            "environment",
            "user",
            "type",
            "lock",
            "block",
            "status",
            "createdAt",
            "updatedAt",
            "phone",
        ];
        assert_eq!(keys, expected);
        let links: Vec<&str> = device["_links"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(links, ["self", "environment", "user"]);
        assert_eq!(
            (&device["type"], &device["status"], &device["phone"]),
            (&json!("SMS"), &json!("ACTIVE"), &json!("+15125550101"))
        );
        assert!(app.take_mail().await.is_empty(), "a device paired by an administrator gets no code");
    })
    .await;
}

#[tokio::test]
async fn a_device_is_activated_with_the_code_that_was_sent_to_it() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let body = json!({"type": "EMAIL", "email": "pat@example.com", "status": "ACTIVATION_REQUIRED", "nickname": "work"});
        let device = admin.post(&devices, body).await.expect(201);
        assert_eq!(device["status"], "ACTIVATION_REQUIRED");
        assert_eq!(device["_links"]["activate"], device["_links"]["device.activate"]);
        let mail = TestApp::only(app.take_mail().await);
        assert_eq!((mail.channel, mail.to.as_str(), mail.template.as_str()), ("EMAIL", "pat@example.com", "device_pairing"));
        let path = item(&devices, &device);
        let code = mail.code.unwrap();
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let detail = admin.act(&path, "device.activate", json!({"otp": wrong})).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        assert_eq!(detail["innerError"]["attemptsRemaining"], 2);
        let active = admin.act(&path, "device.activate", json!({"otp": code})).await.expect(200);
        assert_eq!((&active["status"], &active["nickname"]), (&json!("ACTIVE"), &json!("work")));
        admin.act(&path, "device.activate", json!({"otp": code})).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
    })
    .await;
}

#[tokio::test]
async fn a_new_pairing_code_voids_the_old_one() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let body = json!({"type": "SMS", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED"});
        let device = admin.post(&devices, body).await.expect(201);
        let old = TestApp::only(app.take_mail().await).code.unwrap();
        let path = item(&devices, &device);
        admin.act(&path, "device.sendActivationCode", Value::Null).await.expect(200);
        let new = TestApp::only(app.take_mail().await).code.unwrap();
        if old != new {
            admin.act(&path, "device.activate", json!({"otp": old})).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
        }
        admin.act(&path, "device.activate", json!({"otp": new})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_pairing_code_is_void_after_its_life_time() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let body = json!({"type": "SMS", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED"});
        let device = admin.post(&devices, body).await.expect(201);
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        app.advance(Span::minutes(31));
        let late = admin.act(&item(&devices, &device), "device.activate", json!({"otp": code})).await;
        late.refused(400, "INVALID_DATA", "INVALID_OTP");
    })
    .await;
}

#[tokio::test]
async fn a_test_device_returns_its_code_instead_of_sending_it() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let body = json!({"type": "SMS", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED", "testMode": true});
        let device = admin.post(&devices, body).await.expect(201);
        let code = device["test"]["otp"].as_str().unwrap().to_owned();
        assert!(app.take_mail().await.is_empty());
        let active = admin.act(&item(&devices, &device), "device.activate", json!({"otp": code})).await.expect(200);
        assert_eq!(active["testMode"], true);
        assert!(active["test"].is_null(), "an active device shows no code");
    })
    .await;
}

#[tokio::test]
async fn every_problem_of_a_bad_body_comes_back_at_once() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let long = "x".repeat(101);
        let bad = json!({"type": "SMS", "phone": "12", "nickname": long, "status": "LOST", "policy": {"id": "x"}});
        let answer = admin.post(&devices, bad).await;
        assert_eq!(answer.targets(), ["nickname", "status", "policy.id", "phone"]);
        let bad = json!({"type": "SMS", "phone": "12", "policy": {}});
        assert_eq!(admin.post(&devices, bad).await.targets(), ["phone", "policy"]);
        let empty = admin.post(&devices, json!({"type": "SMS", "phone": ""})).await;
        assert_eq!(empty.refused(400, "INVALID_DATA", "EMPTY_VALUE")["target"], "phone");
        let empty = admin.post(&devices, json!({"type": "EMAIL", "email": " "})).await;
        assert_eq!(empty.refused(400, "INVALID_DATA", "EMPTY_VALUE")["target"], "email");
        let detail = admin.post(&devices, json!({"type": "MOBILE"})).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(detail["target"], "type");
        assert!(detail["message"].as_str().unwrap().contains("MOBILE"));
        let detail = admin.post(&devices, json!({"type": "SMS"})).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        assert_eq!(detail["target"], "phone");
        let missing = json!({"type": "SMS", "phone": "+15125550101", "policy": {"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}});
        assert_eq!(admin.post(&devices, missing).await.targets(), ["policy.id"]);
        assert_eq!(admin.get(&devices).await.expect(200)["count"], 0, "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn the_limit_of_devices_holds_under_concurrency() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let create =
            |n: usize| admin.post(&devices, json!({"type": "SMS", "phone": format!("+151255501{n:02}")}));
        let answers = futures_util::future::join_all((0..12).map(create)).await;
        let created = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(created, 5, "{answers:#?}");
        let refused = answers.iter().find(|answer| answer.status == 400).unwrap();
        assert_eq!(refused.body["code"], "REQUEST_FAILED");
        assert_eq!(refused.body["details"][0]["innerError"]["maximumAllowed"], 5);
    })
    .await;
}

#[tokio::test]
async fn an_active_address_is_unique_and_a_pending_one_makes_room() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let pending = json!({"type": "SMS", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED"});
        admin.post(&devices, pending.clone()).await.expect(201);
        admin.post(&devices, json!({"type": "SMS", "phone": "+15125550101"})).await.expect(201);
        assert_eq!(admin.get(&devices).await.expect(200)["count"], 1);
        let detail = admin.post(&devices, pending).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        assert_eq!(detail["target"], "phone");
        admin.post(&devices, json!({"type": "VOICE", "phone": "+15125550101"})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn devices_keep_their_order_and_lose_it_on_request() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let mut ids = Vec::new();
        for n in 1..4 {
            let device = admin
                .post(&devices, json!({"type": "SMS", "phone": format!("+1512555010{n}")}))
                .await
                .expect(201);
            ids.push(device["id"].as_str().unwrap().to_owned());
        }
        let order = |body: &Value| -> Vec<String> {
            let order = body["_embedded"]["order"].as_array().unwrap();
            order.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
        };
        let listed = admin.get(&format!("{devices}?expand=order")).await.expect(200);
        assert_eq!(order(&listed), ids);
        ids.reverse();
        let wanted = json!({"order": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()});
        let reordered = admin.act(&devices, "devices.reorder", wanted).await.expect(200);
        assert_eq!(order(&reordered), ids);
        let unknown = json!({"order": [{"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}]});
        assert_eq!(admin.act(&devices, "devices.reorder", unknown).await.targets(), ["order[0].id"]);
        let unordered = admin.act(&devices, "devices.order.remove", Value::Null).await.expect(200);
        assert_eq!(order(&unordered), Vec::<String>::new());
        ids.reverse();
        assert_eq!(listed_ids(&unordered), ids, "without an order the list is as the devices were activated");
    })
    .await;
}

fn listed_ids(body: &Value) -> Vec<String> {
    let devices = body["_embedded"]["devices"].as_array().unwrap();
    devices.iter().map(|device| device["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_paged_and_its_order_is_that_of_all_devices() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        for n in 1..4 {
            let body = json!({"type": "SMS", "phone": format!("+1512555010{n}")});
            admin.post(&devices, body).await.expect(201);
        }
        let mail =
            admin.post(&devices, json!({"type": "EMAIL", "email": "pat@example.com"})).await.expect(201);
        let all = admin.get(&devices).await.expect(200);
        let filter = "filter=type+eq+%22EMAIL%22&expand=order,typeDisplayNames";
        let filtered = admin.get(&format!("{devices}?{filter}")).await.expect(200);
        assert_eq!(listed_ids(&filtered), [mail["id"].as_str().unwrap()]);
        assert_eq!(filtered["_embedded"]["order"].as_array().unwrap().len(), 4);

        admin.get(&format!("{devices}?limit=0")).await.refused(400, "INVALID_REQUEST", "INVALID_PARAMETER");
        let mut place = format!("{devices}?limit=3");
        let mut seen = Vec::new();
        for size in [3, 1] {
            let page = admin.get(&place).await.expect(200);
            assert_eq!((&page["size"], &page["count"]), (&json!(size), &json!(4)));
            seen.extend(listed_ids(&page));
            let next = page["_links"]["next"]["href"].as_str().unwrap_or_default();
            place = next.strip_prefix("http://postern.test").unwrap_or_default().to_owned();
        }
        assert_eq!((seen, place.as_str()), (listed_ids(&all), ""));
    })
    .await;
}

#[tokio::test]
async fn a_device_gets_a_nickname_when_it_is_activated() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let body = json!({"type": "SMS", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED", "nickname": "old"});
        let device = admin.post(&devices, body).await.expect(201);
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        let path = item(&devices, &device);
        let long = json!({"otp": code, "nickname": "x".repeat(101)});
        let answer = admin.act(&path, "device.activate", long).await;
        assert_eq!(answer.refused(400, "INVALID_DATA", "SIZE_LIMIT_EXCEEDED")["target"], "nickname");
        let named = json!({"otp": code, "nickname": "My phone"});
        let active = admin.act(&path, "device.activate", named).await.expect(200);
        assert_eq!((&active["status"], &active["nickname"]), (&json!("ACTIVE"), &json!("My phone")));
    })
    .await;
}

#[tokio::test]
async fn what_the_policy_and_the_settings_forbid_comes_back_together() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let path = app.path("/mfaSettings");
        let mut settings = admin.get(&path).await.expect(200);
        settings["phoneExtensions"] = json!({"enabled": false});
        admin.put(&path, settings).await.expect(200);
        let body = json!({"type": "VOICE", "phone": "+15125550101", "extension": "12", "policy": {"id": setup.policy}});
        let answer = admin.post(&app.path(&format!("/users/{}/devices", setup.user)), body).await;
        assert_eq!(answer.targets(), ["type", "extension"], "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_device_is_blocked_named_and_deleted() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let device = admin.post(&devices, json!({"type": "SMS", "phone": "+15125550101"})).await.expect(201);
        let path = item(&devices, &device);
        let blocked = admin.act(&path, "device.block", Value::Null).await.expect(200);
        assert_eq!(blocked["block"]["status"], "BLOCKED");
        assert!(blocked["block"]["blockedAt"].is_string());
        let open = admin.act(&path, "device.unblock", Value::Null).await.expect(200);
        assert_eq!(open["block"], json!({"status": "UNBLOCKED"}));
        let named = admin.put(&format!("{path}/nickname"), json!({"nickname": "My phone"})).await.expect(200);
        assert_eq!(named["nickname"], "My phone");
        assert_eq!(admin.get(&path).await.expect(200)["nickname"], "My phone");
        admin.put(&format!("{path}/nickname"), json!({"nickname": ""})).await.expect(200);
        assert!(admin.get(&path).await.expect(200)["nickname"].is_null());
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect(404);
        admin.delete(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_never_activated_goes_after_a_day() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        let body = json!({"type": "SMS", "phone": "+15125550101", "status": "ACTIVATION_REQUIRED"});
        let device = admin.post(&devices, body).await.expect(201);
        app.advance(Span::hours(25));
        let admin = app.admin().await;
        admin.get(&item(&devices, &device)).await.expect(404);
        assert_eq!(admin.get(&devices).await.expect(200)["count"], 0);
    })
    .await;
}

#[tokio::test]
async fn devices_are_filtered_and_a_bad_filter_says_what_is_supported() {
    TestApp::each(|app| async move {
        let (admin, devices) = arrange(&app).await;
        admin.post(&devices, json!({"type": "SMS", "phone": "+15125550101"})).await.expect(201);
        admin.post(&devices, json!({"type": "EMAIL", "email": "pat@example.com"})).await.expect(201);
        let filtered = admin.get(&format!("{devices}?filter=(type%20eq%20%22SMS%22)")).await.expect(200);
        assert_eq!(filtered["count"], 1);
        let answer = admin.get(&format!("{devices}?filter=phone+eq+%22x%22")).await;
        let detail = answer.refused(400, "INVALID_REQUEST", "INVALID_FILTER");
        assert!(detail["innerError"]["supportedAttributes"].as_array().unwrap().contains(&json!("type")));
    })
    .await;
}
