//! Browsers that are remembered: BROWSER devices, their cookie, and the check of both.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_core::time::Span;
use postern_engine::sweep::{self, Limits};
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

/// A user whose browsers are remembered.
struct Story {
    app: TestApp,
    admin: Client,
    user: String,
    policy: String,
}

impl Story {
    async fn begin(app: TestApp) -> Self {
        let admin = app.admin().await;
        let user = app.user(&admin, "pat", None).await;
        let policy = policy(&app, &admin).await;
        let policy = policy["id"].as_str().unwrap().to_owned();
        let story = Self { app, admin, user, policy };
        story
            .set_remember_me(json!({"enabled": true, "lifeTime": {"duration": 7, "timeUnit": "DAYS"}}))
            .await;
        story
    }

    async fn set_remember_me(&self, web: Value) {
        let path = self.app.path(&format!("/deviceAuthenticationPolicies/{}", self.policy));
        let mut policy = self.admin.get(&path).await.expect(200);
        policy["rememberMe"] = json!({ "web": web });
        self.admin.put(&path, policy).await.expect(200);
    }

    fn devices(&self) -> String {
        self.app.path(&format!("/users/{}/devices", self.user))
    }

    async fn remember_with(&self, changes: Value) -> Answer {
        let mut body =
            json!({"type": "BROWSER", "payload": payload("laptop"), "policy": {"id": self.policy}});
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.admin.post(&self.devices(), body).await
    }

    /// Remembers a browser. Gives its device and its cookie.
    async fn remember(&self, changes: Value) -> (Value, String) {
        let answer = self.remember_with(changes).await;
        let cookie = answer.cookie(&self.cookie_name()).unwrap();
        (answer.expect(201), format!("{}={cookie}", self.cookie_name()))
    }

    fn cookie_name(&self) -> String {
        format!("RM-{}", self.user)
    }

    async fn check_with(&self, cookie: &str, changes: Value) -> Answer {
        let mut body = json!({
            "user": {"id": self.user}, "policy": {"id": self.policy},
            "payload": {"type": "BROWSER", "value": payload("laptop")},
        });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let path = self.app.auth_path("/deviceAuthentications");
        let request = self.admin.request(http::Method::POST, &path).action("payload.check", &body);
        request.header("cookie", cookie).send().await
    }

    async fn check(&self, cookie: &str) -> Value {
        self.check_with(cookie, json!({})).await.expect(200)
    }

    #[track_caller]
    fn assert_failed(checked: &Value) {
        assert_eq!(checked["status"], "FAILED", "{checked}");
        assert_eq!(
            checked["error"],
            json!({"code": "DEVICE_NOT_REMEMBERED", "message": "The browser is not remembered.", "unavailableDevices": []})
        );
        for absent in ["authenticators", "selectedDevice"] {
            assert!(checked[absent].is_null(), "{checked}");
        }
        assert!(checked["_embedded"]["accessingDevices"].is_null());
    }
}

/// What the page of the guide sends.
fn payload(id: &str) -> String {
    json!({"deviceId": id, "userAgent": CHROME}).to_string()
}

/// The default device policy.
async fn policy(app: &TestApp, admin: &Client) -> Value {
    let listed = admin.get(&app.path("/deviceAuthenticationPolicies")).await.expect(200);
    let all = listed["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
    all.iter().find(|policy| policy["default"] == true).unwrap().clone()
}

#[tokio::test]
async fn a_remembered_browser_stands_in_for_a_factor() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = json!({"type": "SMS", "phone": "+15125550101"});
        let phone = story.admin.post(&story.devices(), phone).await.expect(201);
        let answer = story.remember_with(json!({"session": {"id": "s-1"}})).await;
        let set = answer.header("set-cookie").unwrap().to_owned();
        let environment = story.app.environment();
        let rest = format!("; Path=/{environment}; Max-Age=604800; HttpOnly; SameSite=Lax");
        assert!(set.starts_with(&format!("{}=", story.cookie_name())) && set.ends_with(&rest), "{set}");
        let device = answer.expect(201);
        for (name, value) in [
            ("type", json!("BROWSER")),
            ("status", json!("ACTIVE")),
            ("nickname", json!("Chrome(150.0.0.0)")),
            ("name", json!("Chrome")),
            ("version", json!("150.0.0.0")),
            ("operatingSystem", json!({"name": "Windows", "version": "10.0"})),
            ("session", json!({"id": "s-1"})),
            ("lock", json!({"status": "UNLOCKED"})),
            ("block", json!({"status": "UNBLOCKED"})),
        ] {
            assert_eq!(device[name], value, "{name}");
        }
        assert!(device["lastRememberedAt"].as_i64().unwrap() <= story.app.now().millis());
        assert!(device["payload"].is_null() && device["policy"].is_null());

        let cookie = set.split(';').next().unwrap();
        let session = json!({"deviceSession": {"id": "s-1"}});
        let done = story.check_with(cookie, session).await.expect(200);
        assert_eq!(done["status"], "COMPLETED", "{done}");
        assert_eq!(done["authenticators"], json!(["swk", "mfa", "rm"]));
        assert_eq!(done["selectedDevice"], json!({"id": device["id"]}));
        assert_eq!(done["deviceSession"], json!({"id": "s-1"}));
        assert_eq!(done["payload"], json!({"value": payload("laptop"), "type": "BROWSER"}));
        assert_eq!(done["_links"].as_object().unwrap().keys().collect::<Vec<_>>(), ["self"]);
        let accessing = &done["_embedded"]["accessingDevices"];
        assert_eq!(accessing[0]["id"], device["id"]);
        assert_eq!(accessing[0]["usableStatus"], json!({"status": "ENABLED"}));
        assert_eq!(accessing[0]["name"], "Chrome");
        assert_eq!(done["_embedded"]["devices"].as_array().unwrap().len(), 1);
        assert_eq!(done["_embedded"]["devices"][0]["id"], phone["id"]);
        let own = done["_links"]["self"]["href"].as_str().unwrap();
        let own = own.strip_prefix("http://postern.test").unwrap();
        let read = story.admin.get(own).await.expect(200);
        assert_eq!(read["_embedded"]["accessingDevices"], *accessing);
        assert_eq!(read["deviceSession"], done["deviceSession"]);
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_not_remembered_for_anything_that_differs() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, cookie) = story.remember(json!({})).await;
        assert_eq!(story.check(&cookie).await["status"], "COMPLETED");
        let value = cookie.split_once('=').unwrap().1;
        let last = if value.ends_with('A') { "Q" } else { "A" };
        let changed = format!("{}={}{last}", story.cookie_name(), &value[..value.len() - 1]);
        for wrong in [
            "",
            "other=1",
            &format!("{}=", story.cookie_name()),
            &format!("{}=x", story.cookie_name()),
            &changed,
        ] {
            Story::assert_failed(&story.check(wrong).await);
        }
        for value in
            [payload("other"), "{}".to_owned(), "opaque".to_owned(), json!({"userAgent": CHROME}).to_string()]
        {
            let body = json!({"payload": {"type": "BROWSER", "value": value}});
            Story::assert_failed(&story.check_with(&cookie, body).await.expect(200));
        }
        // The token of one user under the name of another.
        let other = story.app.user(&story.admin, "sam", None).await;
        let stolen = format!("RM-{other}={}", cookie.split_once('=').unwrap().1);
        let body = json!({"user": {"id": other}});
        Story::assert_failed(&story.check_with(&stolen, body).await.expect(200));

        let path = format!("{}/{}", story.devices(), device["id"].as_str().unwrap());
        story.admin.act(&path, "device.block", Value::Null).await.expect(200);
        Story::assert_failed(&story.check(&cookie).await);
        story.admin.act(&path, "device.unblock", Value::Null).await.expect(200);
        assert_eq!(story.check(&cookie).await["status"], "COMPLETED");

        let web = json!({"enabled": false, "lifeTime": {"duration": 7, "timeUnit": "DAYS"}});
        story.set_remember_me(web).await;
        Story::assert_failed(&story.check(&cookie).await);
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_was_remembered_in_a_session_counts_in_no_other() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (_, cookie) = story.remember(json!({"session": {"id": "s-1"}})).await;
        Story::assert_failed(&story.check(&cookie).await);
        let other = json!({"deviceSession": {"id": "s-2"}});
        let failed = story.check_with(&cookie, other).await.expect(200);
        Story::assert_failed(&failed);
        assert_eq!(failed["deviceSession"], json!({"id": "s-2"}));
        let right = json!({"deviceSession": {"id": "s-1"}});
        assert_eq!(story.check_with(&cookie, right).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn an_opaque_payload_binds_no_more_than_the_cookie() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, cookie) = story.remember(json!({"payload": "R/o;hs=!opaque"})).await;
        assert_eq!(device["name"], "Browser");
        assert!(device["version"].is_null() && device["operatingSystem"].is_null());
        assert_eq!(story.check(&cookie).await["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_forgotten_when_its_time_is_over() {
    TestApp::each(|app| async move {
        let mut story = Story::begin(app).await;
        let (device, cookie) = story.remember(json!({})).await;
        let path = format!("{}/{}", story.devices(), device["id"].as_str().unwrap());
        // A policy that shortens the time counts for those that are remembered.
        story.app.advance(Span::days(2));
        story.admin = story.app.admin().await;
        story
            .set_remember_me(json!({"enabled": true, "lifeTime": {"duration": 1, "timeUnit": "DAYS"}}))
            .await;
        Story::assert_failed(&story.check(&cookie).await);
        story
            .set_remember_me(json!({"enabled": true, "lifeTime": {"duration": 30, "timeUnit": "DAYS"}}))
            .await;
        assert_eq!(story.check(&cookie).await["status"], "COMPLETED");
        story.app.advance(Span::seconds(5 * 86_400 - 1));
        story.admin = story.app.admin().await;
        story.admin.get(&path).await.expect(200);
        story.app.advance(Span::seconds(2));
        story.admin.get(&path).await.expect(404);
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 0);
        Story::assert_failed(&story.check(&cookie).await);
        let ctx = postern_engine::Ctx { now: story.app.now(), ..story.app.ctx() };
        let swept = sweep::run_once(&story.app.db(), &ctx, Limits::default()).await;
        assert!(swept.removed.contains(&("device", 1)), "{swept:?}");
    })
    .await;
}

#[tokio::test]
async fn a_browser_goes_with_its_device_and_with_its_user() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (device, cookie) = story.remember(json!({})).await;
        let path = format!("{}/{}", story.devices(), device["id"].as_str().unwrap());
        story.admin.delete(&path).await.expect(204);
        Story::assert_failed(&story.check(&cookie).await);

        let (_, cookie) = story.remember(json!({})).await;
        let enabled = story.app.path(&format!("/users/{}/enabled", story.user));
        for flag in [false, true] {
            story.admin.put(&enabled, json!({ "enabled": flag })).await.expect(200);
            Story::assert_failed(&story.check(&cookie).await);
        }
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 0);

        let (_, cookie) = story.remember(json!({})).await;
        let user = story.app.path(&format!("/users/{}", story.user));
        story.admin.act(&user, "account.lock", json!({})).await.expect(200);
        Story::assert_failed(&story.check(&cookie).await);
        story.admin.act(&user, "account.unlock", Value::Null).await.expect(200);
        assert_eq!(story.check(&cookie).await["status"], "COMPLETED");
        story.admin.delete(&user).await.expect(204);
        story.check_with(&cookie, json!({})).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_user_has_at_most_twenty_browsers_and_the_oldest_gives_way() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let mut cookies = Vec::new();
        for n in 0..21 {
            let value = payload(&format!("browser {n}"));
            let (_, cookie) = story.remember(json!({ "payload": value })).await;
            cookies.push((cookie, value));
        }
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 20);
        for (n, (cookie, value)) in cookies.iter().enumerate() {
            let body = json!({"payload": {"type": "BROWSER", "value": value}});
            let checked = story.check_with(cookie, body).await.expect(200);
            assert_eq!(checked["status"], if n == 0 { "FAILED" } else { "COMPLETED" }, "{n}");
        }
        // The same browser again takes the place of itself.
        let (_, cookie) = story.remember(json!({"payload": cookies[5].1})).await;
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 20);
        let body = json!({"payload": {"type": "BROWSER", "value": cookies[5].1}});
        Story::assert_failed(&story.check_with(&cookies[5].0, body.clone()).await.expect(200));
        assert_eq!(story.check_with(&cookie, body).await.expect(200)["status"], "COMPLETED");

        let all = (0..8).map(|n| story.remember_with(json!({"payload": payload(&format!("more {n}"))})));
        for answer in futures_util::future::join_all(all).await {
            answer.expect(201);
        }
        assert_eq!(story.admin.get(&story.devices()).await.expect(200)["count"], 20);
    })
    .await;
}

#[tokio::test]
async fn browsers_take_no_place_among_devices() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let settings = story.app.path("/mfaSettings");
        let mut wanted = story.admin.get(&settings).await.expect(200);
        wanted["pairing"]["maxAllowedDevices"] = json!(1);
        story.admin.put(&settings, wanted).await.expect(200);
        let (browser, _) = story.remember(json!({})).await;
        let phone = json!({"type": "SMS", "phone": "+15125550101"});
        let phone = story.admin.post(&story.devices(), phone).await.expect(201);
        story.remember(json!({"payload": payload("other")})).await;
        let listed = story.admin.get(&format!("{}?expand=order", story.devices())).await.expect(200);
        assert_eq!(listed["count"], 3);
        assert_eq!(listed["_embedded"]["order"], json!([{"id": phone["id"]}]));
        let order = json!({"order": [{"id": phone["id"]}]});
        story.admin.act(&story.devices(), "devices.reorder", order).await.expect(200);
        let order = json!({"order": [{"id": phone["id"]}, {"id": browser["id"]}]});
        let refused = story.admin.act(&story.devices(), "devices.reorder", order).await;
        assert_eq!(refused.targets(), ["order[1].id"]);
        // Nor can one be asked.
        let ask = json!({"user": {"id": story.user}, "selectedDevice": {"id": browser["id"]}});
        let refused = story.admin.post(&story.app.auth_path("/deviceAuthentications"), ask).await;
        assert_eq!(refused.targets(), ["selectedDevice.id"]);
        let filtered = format!("{}?filter=type%20eq%20%22BROWSER%22", story.devices());
        assert_eq!(story.admin.get(&filtered).await.expect(200)["count"], 2);
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_remembers_no_browsers_takes_none() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let off = json!({"enabled": false, "lifeTime": {"duration": 7, "timeUnit": "DAYS"}});
        story.set_remember_me(off).await;
        let refused = story.remember_with(json!({})).await;
        assert_eq!(refused.targets(), ["type"]);
        assert!(refused.cookie(&story.cookie_name()).is_none());
        let refused = story.admin.post(&story.devices(), json!({"type": "BROWSER"})).await;
        assert_eq!(refused.targets(), ["policy.id", "payload"]);
        let unknown = json!({"policy": {"id": story.user}});
        assert_eq!(story.remember_with(unknown).await.targets(), ["policy.id"]);
    })
    .await;
}

#[tokio::test]
async fn faults_of_a_check_are_told_all_at_once() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let path = story.app.auth_path("/deviceAuthentications");
        let refused = story.admin.act(&path, "payload.check", json!({})).await;
        assert_eq!(refused.targets(), ["user", "policy", "payload"]);
        let body = json!({"user": {"id": 7}, "policy": {}, "payload": {"type": "MOBILE", "value": "\u{0}"}, "deviceSession": {}});
        let refused = story.admin.act(&path, "payload.check", body).await;
        assert_eq!(
            refused.targets(),
            ["user.id", "policy.id", "payload.type", "payload.value", "deviceSession.id"]
        );
        story.app.anonymous().act(&path, "payload.check", json!({})).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn users_neither_remember_their_own_browsers_nor_ask_about_others() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let policy = policy(&app, &admin).await["id"].clone();
        let mut story =
            Story { admin, user: setup.user.clone(), policy: policy.as_str().unwrap().to_owned(), app };
        story
            .set_remember_me(json!({"enabled": true, "lifeTime": {"duration": 7, "timeUnit": "DAYS"}}))
            .await;
        let (_, cookie) = story.remember(json!({})).await;
        let other = story.app.user(&story.admin, "sam", None).await;
        story.admin = story.app.signed_on(&setup, &["p1:create:device"]).await;
        let refused = story.remember_with(json!({})).await;
        assert_eq!(refused.targets(), ["type"]);
        assert_eq!(story.check(&cookie).await["status"], "COMPLETED");
        let body = json!({"user": {"id": other}});
        story.check_with(&cookie, body).await.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");
    })
    .await;
}

#[tokio::test]
async fn neither_the_cookie_nor_the_identifier_is_kept() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (_, cookie) = story.remember(json!({"payload": payload("canary-identifier")})).await;
        let secret = cookie.split_once('=').unwrap().1.to_owned();
        let mut tx = story.app.db().read().await.unwrap();
        let rows = tx.query("SELECT body FROM device WHERE type = 'BROWSER'", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        let body = rows[0].text(0).unwrap();
        let raw = data_encoding::BASE64URL_NOPAD.decode(secret.as_bytes()).unwrap();
        let half = data_encoding::BASE64URL_NOPAD.encode(&raw[16..]);
        for canary in ["canary-identifier", &secret, &half] {
            assert!(!body.contains(canary), "{body}");
        }
    })
    .await;
}
