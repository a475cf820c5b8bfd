//! What bounds guessing: the messages of a day, locks that pairing anew does not end, accounts that lock themselves, and
//! how many requests an address or an environment has.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_core::ids::UserId;
use postern_core::time::Span;
use postern_engine::sessions;
use postern_http::web::limits::{Limits, Rate};
use postern_store::StoreError;
use postern_testkit::{Answer, Client, TestApp, TransactionSetup};
use serde_json::{Value, json};

async fn begin(app: &TestApp, setup: &TransactionSetup) -> Answer {
    let token = app.request_token(setup, &json!({}));
    app.anonymous().get(&app.authorize_path(setup, &token)).await
}

async fn settings(app: &TestApp, admin: &Client, body: Value) {
    admin.put(&app.path("/notificationsSettings"), body).await.expect(200);
}

/// As if so many messages had been sent today to everybody who had one.
async fn set_sent(app: &TestApp, count: i64) {
    let done: Result<u64, StoreError> = app
        .db()
        .write(count, |tx, count| {
            Box::pin(async move { tx.execute("UPDATE sent_quota SET sent = $1", &[(*count).into()]).await })
        })
        .await;
    assert!(done.unwrap() > 0);
}

fn devices_of(app: &TestApp, user: &str) -> String {
    app.path(&format!("/users/{user}/devices"))
}

fn pending(kind: &str, address: &str) -> Value {
    let member = if kind == "EMAIL" { "email" } else { "phone" };
    json!({"type": kind, (member): address, "status": "ACTIVATION_REQUIRED"})
}

async fn pair(admin: &Client, devices: &str, body: Value) -> String {
    let device = admin.post(devices, body).await.expect(201);
    format!("{devices}/{}", device["id"].as_str().unwrap())
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// Changes the default device policy.
async fn change_policy(app: &TestApp, admin: &Client, change: impl FnOnce(&mut Value)) {
    let policies = app.path("/deviceAuthenticationPolicies");
    let listed = admin.get(&policies).await.expect(200);
    let mut policy = listed["_embedded"]["deviceAuthenticationPolicies"][0].clone();
    change(&mut policy);
    let path = format!("{policies}/{}", policy["id"].as_str().unwrap());
    admin.put(&path, policy).await.expect(200);
}

#[tokio::test]
async fn a_user_has_fifty_codes_a_day_however_many_flows_ask_for_one() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        for _ in 0..50 {
            begin(&app, &setup).await.expect(200);
        }
        assert_eq!(app.take_mail().await.len(), 50);
        let detail = begin(&app, &setup).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert_eq!(detail["innerError"]["deliveryMethod"], "SMS");
        let until = detail["innerError"]["coolDownExpiresAt"].as_i64().unwrap();
        let day = 86_400_000;
        assert!(
            until % day == 0 && (1..=day).contains(&(until - app.now().millis())),
            "next midnight: {until}"
        );
        assert!(app.take_mail().await.is_empty());

        let redirected = app.authorize_path(&setup, &app.request_token(&setup, &json!({})));
        let redirected = app
            .anonymous()
            .get(&redirected.replace("response_mode=pi.flow", "redirect_uri=https%3A%2F%2Fwww.example.com"))
            .await;
        assert_eq!(redirected.status, 302);
        assert!(redirected.header("location").unwrap().contains("error=access_denied"), "{redirected:?}");

        app.advance(Span::millis(until - app.now().millis()));
        begin(&app, &setup).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn another_code_of_the_same_flow_counts_and_a_refused_one_leaves_the_flow_as_it_was() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let flow = begin(&app, &setup).await.expect(200);
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        set_sent(&app, 50).await;
        let path = app.auth_path(&format!("/flows/{}", flow["id"].as_str().unwrap()));
        let again = json!({"device": {"id": setup.device}});
        let refused = app.anonymous().act(&path, "device.select", again).await;
        refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        let done = app.anonymous().act(&path, "otp.check", json!({"otp": code})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn the_settings_lower_the_quota_of_phones_and_exempt_users() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let quota = |daily: i64| json!({"restrictions": {"smsVoiceQuota": {"daily": daily}}});
        settings(&app, &admin, quota(0)).await;
        begin(&app, &setup).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        settings(&app, &admin, quota(2)).await;
        for _ in 0..2 {
            begin(&app, &setup).await.expect(200);
        }
        begin(&app, &setup).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        let mail = pending("EMAIL", "alice@example.com");
        pair(&admin, &devices_of(&app, &setup.user), mail).await;

        let mut exempt = quota(0);
        exempt["whitelist"] = json!([{"user": {"id": setup.user}}]);
        settings(&app, &admin, exempt).await;
        begin(&app, &setup).await.expect(200);
        set_sent(&app, 999).await;
        begin(&app, &setup).await.expect(200);
        begin(&app, &setup).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");

        admin.delete(&app.path("/notificationsSettings")).await;
        settings(&app, &admin, json!({})).await;
        set_sent(&app, 49).await;
        begin(&app, &setup).await.expect(200);
        begin(&app, &setup).await.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn pairing_codes_count_whether_they_are_sent_or_shown() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let devices = devices_of(&app, &app.user(&admin, "pat", None).await);
        let mail = pair(&admin, &devices, pending("EMAIL", "pat@example.com")).await;
        let mut body = pending("SMS", "+15125550101");
        body["testMode"] = json!(true);
        let shown = pair(&admin, &devices, body).await;
        set_sent(&app, 49).await;
        for (device, method) in [(mail, "EMAIL"), (shown, "SMS")] {
            admin.act(&device, "device.sendActivationCode", Value::Null).await.expect(200);
            let refused = admin.act(&device, "device.sendActivationCode", Value::Null).await;
            let detail = refused.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
            assert_eq!(detail["innerError"]["deliveryMethod"], method);
        }
        let another = admin.post(&devices, pending("VOICE", "+15125550102")).await;
        another.refused(400, "REQUEST_FAILED", "LIMIT_EXCEEDED");
        assert_eq!(admin.get(&devices).await.expect(200)["count"], 2, "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn sends_that_come_together_do_not_exceed_the_quota() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let devices = devices_of(&app, &app.user(&admin, "pat", None).await);
        let mut all = Vec::new();
        for n in 0..8 {
            all.push(pair(&admin, &devices, pending("SMS", &format!("+151255501{n:02}"))).await);
        }
        app.take_mail().await;
        set_sent(&app, 47).await;
        let sends = all.iter().map(|device| admin.act(device, "device.sendActivationCode", Value::Null));
        let answers = futures_util::future::join_all(sends).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3, "{answers:#?}");
        assert_eq!(app.take_mail().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_pairing_succeeds_when_the_day_has_no_message_left_to_tell_of_it() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let devices = devices_of(&app, &app.user(&admin, "pat", None).await);
        change_policy(&app, &admin, |policy| policy["newDeviceNotification"] = json!("EMAIL_THEN_SMS")).await;
        admin.post(&devices, json!({"type": "EMAIL", "email": "pat@example.com"})).await.expect(201);
        for (n, told) in [(1, true), (2, false)] {
            let device = pair(&admin, &devices, pending("SMS", &format!("+1512555010{n}"))).await;
            let code = TestApp::only(app.take_mail().await).code.unwrap();
            admin.act(&device, "device.activate", json!({"otp": code})).await.expect(200);
            assert_eq!(app.take_mail().await.len(), usize::from(told));
            let mails: Result<u64, StoreError> = app
                .db()
                .write((), |tx, ()| {
                    let sql = "UPDATE sent_quota SET sent = 50 WHERE channel_group = 'EMAIL'";
                    Box::pin(async move { tx.execute(sql, &[]).await })
                })
                .await;
            assert_eq!(mails.unwrap(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn pairing_anew_does_not_end_the_lock_of_a_device_that_waits() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let devices = devices_of(&app, &app.user(&admin, "pat", None).await);
        let locking = json!({"duration": 2, "timeUnit": "MINUTES"});
        change_policy(&app, &admin, |policy| policy["sms"]["otp"]["failure"]["coolDown"] = locking).await;
        let body = pending("SMS", "+15125550101");
        let device = pair(&admin, &devices, body.clone()).await;
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        let wrong = json!({"otp": wrong(&code)});
        let mut last = Value::Null;
        for _ in 0..3 {
            last =
                admin.act(&device, "device.activate", wrong.clone()).await.expect(400)["details"][0].clone();
        }
        assert_eq!(last["code"], "QUOTA_EXCEEDED");
        let refused =
            admin.post(&devices, body.clone()).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        assert_eq!(refused["innerError"], last["innerError"]);
        assert!(refused["innerError"]["coolDownExpiresAt"].as_i64().unwrap() > app.now().millis());
        app.advance(Span::minutes(2));
        pair(&admin, &devices, body).await;
        let vouched = json!({"type": "SMS", "phone": "+15125550101"});
        admin.post(&devices, vouched).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn people_cannot_pair_their_own_devices_for_tests() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let myself = app.signed_on(&setup, &["p1:create:device"]).await;
        let mut body = pending("SMS", "+15125550199");
        body["testMode"] = json!(true);
        let answer = myself.post(&devices_of(&app, &setup.user), body.clone()).await;
        assert_eq!(answer.targets(), ["testMode"]);
        answer.refused(400, "INVALID_DATA", "INVALID_VALUE");
        body["testMode"] = json!(false);
        let device = myself.post(&devices_of(&app, &setup.user), body).await.expect(201);
        assert!(device["test"].is_null());
    })
    .await;
}

async fn sessions_of(app: &TestApp, setup: &TransactionSetup) -> usize {
    let user: UserId = setup.user.parse().unwrap();
    let mut tx = app.db().read().await.unwrap();
    sessions::list(&mut tx, &app.ctx(), user).await.unwrap().len()
}

#[tokio::test]
async fn who_is_switched_off_has_no_session_when_switched_on_again() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let myself = app.signed_on(&setup, &["p1:read:user"]).await;
        let own = app.path(&format!("/users/{}", setup.user));
        myself.get(&own).await.expect(200);
        assert_eq!(sessions_of(&app, &setup).await, 1);
        for enabled in [false, true] {
            admin.put(&format!("{own}/enabled"), json!({"enabled": enabled})).await.expect(200);
            myself.get(&own).await.expect(401);
        }
        assert_eq!(sessions_of(&app, &setup).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_wrong_codes_lock_is_signed_off_at_once() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let path = app.path("/mfaSettings");
        let mut settings = admin.get(&path).await.expect(200);
        settings["lockout"] = json!({"failureCount": 2});
        admin.put(&path, settings).await.expect(200);
        let myself = app.signed_on(&setup, &["p1:read:user"]).await;
        let own = app.path(&format!("/users/{}", setup.user));
        myself.get(&own).await.expect(200);

        let flow = begin(&app, &setup).await.expect(200);
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        let path = app.auth_path(&format!("/flows/{}", flow["id"].as_str().unwrap()));
        for _ in 0..2 {
            app.anonymous().act(&path, "otp.check", json!({"otp": wrong(&code)})).await.expect(400);
        }
        myself.get(&own).await.expect(401);
        assert_eq!(sessions_of(&app, &setup).await, 0);
        assert_eq!(admin.get(&own).await.expect(200)["account"]["status"], "LOCKED");
    })
    .await;
}

#[tokio::test]
async fn a_tenant_over_its_limit_is_told_when_to_come_again() {
    let app = TestApp::start().await;
    let token = app.client_token(&app.worker().0, &app.worker().1).await;
    let rate = Some(Rate { per_second: 1, burst: 3 });
    let client = app.configured(|parts| parts.limits = Limits { tenant: rate, ..Limits::default() });
    let read = async || {
        let request = client
            .request(http::Method::GET, &app.path(""))
            .header("authorization", &format!("Bearer {token}"));
        request.send().await
    };
    for _ in 0..3 {
        read().await.expect(200);
        // Who may not ask uses up nothing.
        client.get(&app.path("")).await.expect(401);
    }
    let limited = read().await;
    assert_eq!(limited.header("retry-after"), Some("1"));
    limited.refused(429, "REQUEST_LIMITED", "LIMIT_EXCEEDED");
    app.advance(Span::seconds(1));
    read().await.expect(200);
    read().await.refused(429, "REQUEST_LIMITED", "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn an_address_over_its_limit_is_refused_before_its_token_is_looked_at() {
    let app = TestApp::start().await;
    let rate = Some(Rate { per_second: 1, burst: 1 });
    let client = app.configured(|parts| {
        parts.limits =
            Limits { address: rate, exempt: vec![("10.0.0.0".parse().unwrap(), 8)], ..Limits::default() };
    });
    let ask = async |address: &str| client.at(address.parse().unwrap()).get(&app.path("")).await;
    ask("192.0.2.1").await.expect(401);
    ask("192.0.2.1").await.refused(429, "REQUEST_LIMITED", "LIMIT_EXCEEDED");
    ask("192.0.2.2").await.expect(401);
    for _ in 0..3 {
        ask("10.1.2.3").await.expect(401);
    }
}
