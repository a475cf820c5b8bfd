//! Holes of MFA in other servers.

use futures_util::future::join_all;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{PASSWORD, Story, another, id};

/// keycloak/keycloak#46164, #40266, #26177: one counter for passwords and codes.
#[tokio::test]
async fn codes_and_passwords_share_one_lockout() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.pair(json!({"type": "SMS", "phone": "+15125550101"})).await;
        let (application, maker) = story.authenticator().await;
        let cool_down = json!({"duration": 2, "timeUnit": "MINUTES"});
        story.change_policy(|policy| policy["sms"]["otp"]["failure"]["coolDown"] = cool_down).await;
        let authentication = story.start(&phone).await;
        let code = story.app.take_mail().await.pop().unwrap().code.unwrap();
        for _ in 0..3 {
            story.check(&authentication, &another(&code)).await.expect(400);
        }
        // The phone rests; the password and the other device do not.
        story.check(&authentication, &code).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let user = story.app.path(&format!("/users/{}", story.user));
        let check = json!({"password": PASSWORD});
        let password = format!("{user}/password");
        story.admin.act(&password, "password.check", check).await.expect(200);
        let authentication = story.start(&application).await;
        let code = story.shown(&maker, 0);
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");

        // Nor do wrong passwords lock a device.
        for _ in 0..8 {
            story.admin.act(&password, "password.check", json!({"password": "wrong"})).await.expect(400);
        }
        story.app.advance(Span::minutes(3));
        let authentication = story.start(&phone).await;
        let code = story.app.take_mail().await.pop().unwrap().code.unwrap();
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}

/// netzbegruenung/keycloak-mfa-plugins pull request 394, p2-inc/keycloak-magic-link#83 and pull request 133,
/// goauthentik/authentik pull request 21751, openziti/ziti#4421.
#[tokio::test]
async fn codes_can_be_guessed_without_limit() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let (application, maker) = story.authenticator().await;
        let devices = [
            story.pair(json!({"type": "SMS", "phone": "+15125550101"})).await,
            story.pair(json!({"type": "VOICE", "phone": "+15125550102"})).await,
            story.pair(json!({"type": "EMAIL", "email": "pat@example.com"})).await,
            application,
        ];
        for device in &devices {
            let authentication = &story.start(device).await;
            let code = match story.app.take_mail().await.pop() {
                Some(mail) => mail.code.unwrap(),
                None => story.shown(&maker, 0),
            };
            let guess = &another(&another(&code));
            let answers = join_all((0..20).map(|_| story.check(authentication, guess))).await;
            let learned =
                answers.iter().filter(|answer| answer.body["details"][0]["code"] == "INVALID_OTP").count();
            assert_eq!(learned, 2, "the third answer is that there are no more: {answers:#?}");
            story.check(authentication, &code).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        }
    })
    .await;
}

/// mesutpiskin/keycloak-2fa-email-authenticator#36.
#[tokio::test]
async fn a_second_tab_skips_the_code() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        let policy = admin.post(&app.path("/signOnPolicies"), json!({"name": "Both"})).await.expect(201);
        let actions = app.path(&format!("/signOnPolicies/{}/actions", id(&policy)));
        admin.post(&actions, json!({"type": "LOGIN", "priority": 1})).await.expect(201);
        let code = json!({"type": "MULTI_FACTOR_AUTHENTICATION", "priority": 2, "sms": {"enabled": true}});
        admin.post(&actions, code).await.expect(201);
        let path = app.path(&format!("/applications/{}/signOnPolicyAssignments", setup.application));
        let old = admin.get(&path).await.expect(200);
        for assignment in old["_embedded"]["signOnPolicyAssignments"].as_array().unwrap() {
            admin.delete(&format!("{path}/{}", id(assignment))).await.expect(204);
        }
        let assignment = json!({"priority": 1, "signOnPolicy": {"id": id(&policy)}});
        admin.post(&path, assignment).await.expect(201);

        let authorize = format!(
            "{}?client_id={}&response_type=code&response_mode=pi.flow&scope=openid",
            app.auth_path("/as/authorize"),
            setup.application
        );
        let one = app.anonymous().get(&authorize).await.expect(200);
        let path = app.auth_path(&format!("/flows/{}", id(&one)));
        let body = json!({"username": setup.username, "password": PASSWORD});
        let password = app.anonymous().act(&path, "usernamePassword.check", body).await;
        let cookies: Vec<String> = password
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect();
        assert_eq!(password.expect(200)["status"], "OTP_REQUIRED");
        for query in ["", "&prompt=login", "&prompt=none"] {
            let request = app.anonymous().request(http::Method::GET, &format!("{authorize}{query}"));
            let two = request.header("cookie", &cookies.join("; ")).send().await;
            assert_ne!(two.body["status"], "COMPLETED", "{query}: {}", two.text);
            assert!(two.body["authorizeResponse"]["code"].is_null(), "{query}: {}", two.text);
        }
    })
    .await;
}

/// ory/kratos#3899, leodip/goiabada#82, dani-garcia/vaultwarden#2229.
#[tokio::test]
async fn keys_of_authenticator_applications_are_kept_in_clear_text() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.admin.post(&story.devices(), json!({"type": "TOTP"})).await.expect(201);
        let secret = device["secret"].as_str().unwrap();
        let key = data_encoding::BASE32.decode(secret.as_bytes()).unwrap();
        let forms = [
            secret.to_owned(),
            data_encoding::HEXLOWER.encode(&key),
            data_encoding::BASE64.encode(&key),
            data_encoding::BASE64URL_NOPAD.encode(&key),
        ];
        let mut tx = story.app.db().read().await.unwrap();
        for table in ["device", "audit_event"] {
            for row in tx.query(&format!("SELECT body FROM {table}"), &[]).await.unwrap() {
                let body = row.text(0).unwrap();
                assert!(forms.iter().all(|form| !body.contains(form.as_str())), "{table}");
            }
        }
    })
    .await;
}

/// keycloak/keycloak#8742, pull requests 39732 and 48138.
#[tokio::test]
async fn a_browser_cannot_be_trusted_for_a_while() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let web = json!({"enabled": true, "lifeTime": {"duration": 1, "timeUnit": "HOURS"}});
        story.change_policy(|policy| policy["rememberMe"]["web"] = web).await;
        let policies = story.app.path("/deviceAuthenticationPolicies");
        let policy =
            id(&story.admin.get(&policies).await.expect(200)["_embedded"]["deviceAuthenticationPolicies"][0]);
        let browser = json!({"type": "BROWSER", "payload": "x", "policy": {"id": policy}});
        let made = story.admin.post(&story.devices(), browser).await;
        let name = format!("RM-{}", story.user);
        let cookie = format!("{name}={}", made.cookie(&name).unwrap());
        let check = async || {
            let body = json!({"user": {"id": story.user}, "policy": {"id": policy},
                "payload": {"type": "BROWSER", "value": "x"}});
            let path = story.app.auth_path("/deviceAuthentications");
            let admin = story.app.admin().await;
            let request = admin.request(http::Method::POST, &path).action("payload.check", &body);
            request.header("cookie", &cookie).send().await.expect(200)["status"].clone()
        };
        assert_eq!(check().await, "COMPLETED");
        story.app.advance(Span::hours(1));
        assert_eq!(check().await, "FAILED");
    })
    .await;
}
