//! Signing on with password and code, and the policies that say so.

use postern_testkit::{TestApp, TransactionSetup};
use serde_json::{Value, json};

use super::support::{PASSWORD, act, claims, links, login, redeem, sent_code, sms, start, use_policy};

async fn prepared(actions: &[Value]) -> (TestApp, TransactionSetup) {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    use_policy(&app, &app.admin().await, &setup, "Under_Test", actions).await;
    app.take_mail().await;
    (app, setup)
}

#[tokio::test]
async fn password_and_code_sign_on() {
    let (app, setup) = prepared(&[login(1), sms(10)]).await;
    let flow = start(&app, &setup, "scope=openid").await;
    assert_eq!(flow["status"], "USERNAME_PASSWORD_REQUIRED");
    assert_eq!(
        links(&flow),
        ["password.forgot", "self", "session.reset", "signOnPage", "usernamePassword.check"]
    );
    act(&app, &flow, "otp.check", json!({"otp": "000000"})).await.expect(400);
    let next =
        act(&app, &flow, "usernamePassword.check", json!({"username": setup.username, "password": PASSWORD}))
            .await
            .expect(200);
    assert_eq!(next["status"], "OTP_REQUIRED");
    let done = act(&app, &flow, "otp.check", json!({"otp": sent_code(&app).await})).await.expect(200);
    let tokens =
        redeem(&app, &setup, done["authorizeResponse"]["code"].as_str().unwrap(), None).await.expect(200);
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["amr"], &id["acr"]), (&json!(["pwd", "sms", "mfa"]), &json!("Under_Test")));
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_get_the_same_answer() {
    let (app, setup) = prepared(&[login(1)]).await;
    let flow = start(&app, &setup, "").await;
    for (username, password) in [("nobody", PASSWORD), (setup.username.as_str(), "wrong")] {
        let body = json!({"username": username, "password": password});
        let detail = act(&app, &flow, "usernamePassword.check", body).await.refused(
            400,
            "INVALID_DATA",
            "INVALID_VALUE",
        );
        assert_eq!(
            (&detail["target"], &detail["message"]),
            (&json!("username"), &json!("Invalid username and/or password."))
        );
    }
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_and_even_the_right_one_waits() {
    let (app, setup) = prepared(&[login(1)]).await;
    let flow = start(&app, &setup, "").await;
    let check = |password: &'static str| {
        act(&app, &flow, "usernamePassword.check", json!({"username": setup.username, "password": password}))
    };
    for _ in 0..4 {
        check("wrong").await.refused(400, "INVALID_DATA", "INVALID_VALUE");
    }
    check("wrong").await.refused(400, "REQUEST_FAILED", "PASSWORD_LOCKED_OUT");
    let detail = check(PASSWORD).await.refused(400, "REQUEST_FAILED", "PASSWORD_LOCKED_OUT");
    assert!((1..=900).contains(&detail["innerError"]["secondsUntilUnlock"].as_i64().unwrap()));
    app.advance(postern_core::time::Span::seconds(901));
    let fresh = start(&app, &setup, "").await;
    let body = json!({"username": setup.username, "password": PASSWORD});
    assert_eq!(act(&app, &fresh, "usernamePassword.check", body).await.expect(200)["status"], "COMPLETED");
}

#[tokio::test]
async fn a_user_without_a_usable_device_is_blocked_or_let_through_as_the_action_says() {
    let mut lenient = sms(1);
    lenient["noDevicesMode"] = json!("BYPASS");
    for (action, status) in [(sms(1), "FAILED"), (lenient, "COMPLETED")] {
        let (app, setup) = prepared(&[action]).await;
        let admin = app.admin().await;
        admin.delete(&app.path(&format!("/users/{}/devices/{}", setup.user, setup.device))).await.expect(204);
        let token = app.request_token(&setup, &json!({}));
        let flow = start(&app, &setup, &format!("scope=openid&login_hint_token={token}")).await;
        assert_eq!(flow["status"], status, "{flow}");
        if status == "FAILED" {
            assert_eq!(flow["error"]["code"], "NO_USABLE_DEVICES");
            assert_eq!(flow["authorizeResponse"]["error"], "access_denied");
        }
    }
}

#[tokio::test]
async fn two_mfa_actions_ask_for_two_codes() {
    let email = json!({"type": "MULTI_FACTOR_AUTHENTICATION", "priority": 2, "email": {"enabled": true}});
    let (app, setup) = prepared(&[sms(1), email]).await;
    let device = json!({"type": "EMAIL", "email": "alice@example.com"});
    app.admin().await.post(&app.path(&format!("/users/{}/devices", setup.user)), device).await.expect(201);
    app.take_mail().await;
    let flow = start(&app, &setup, "").await;
    act(&app, &flow, "user.lookup", json!({"username": setup.username})).await.expect(200);
    let first = sent_code(&app).await;
    let second = act(&app, &flow, "otp.check", json!({"otp": first})).await.expect(200);
    assert_eq!(
        (&second["status"], &second["_embedded"]["devices"][0]["email"]),
        (&json!("OTP_REQUIRED"), &json!("al****@example.com"))
    );
    let mail = TestApp::only(app.take_mail().await);
    assert_eq!(mail.channel, "EMAIL");
    act(&app, &flow, "otp.check", json!({"otp": first})).await.expect(400);
    assert_eq!(
        act(&app, &flow, "otp.check", json!({"otp": mail.code.unwrap()})).await.expect(200)["status"],
        "COMPLETED"
    );
}

#[tokio::test]
async fn a_user_with_several_devices_chooses_where_the_policy_prompts() {
    let (app, setup) = prepared(&[sms(1)]).await;
    let admin = app.admin().await;
    let policy = admin.get(&app.path("/deviceAuthenticationPolicies")).await.expect(200);
    let mut policy = policy["_embedded"]["deviceAuthenticationPolicies"]
        .as_array()
        .unwrap()
        .iter()
        .find(|policy| policy["default"] == true)
        .unwrap()
        .clone();
    policy["authentication"] = json!({"deviceSelection": "PROMPT_TO_SELECT"});
    admin
        .put(
            &app.path(&format!("/deviceAuthenticationPolicies/{}", policy["id"].as_str().unwrap())),
            policy.clone(),
        )
        .await
        .expect(200);
    let device = admin
        .post(
            &app.path(&format!("/users/{}/devices", setup.user)),
            json!({"type": "SMS", "phone": "+1.5125550177", "policy": {"id": setup.policy}}),
        )
        .await
        .expect(201);
    app.take_mail().await;
    let token = app.request_token(&setup, &json!({}));
    let flow = start(&app, &setup, &format!("login_hint_token={token}")).await;
    assert_eq!(
        (&flow["status"], flow["_embedded"]["devices"].as_array().unwrap().len()),
        (&json!("DEVICE_SELECTION_REQUIRED"), 2)
    );
    assert!(app.take_mail().await.is_empty());
    let detail = act(&app, &flow, "device.select", json!({"device": {"id": setup.user}})).await.refused(
        400,
        "INVALID_DATA",
        "INVALID_VALUE",
    );
    assert_eq!(detail["target"], "device.id");
    act(&app, &flow, "device.select", json!({"device": {"id": device["id"]}})).await.expect(200);
    assert_eq!(TestApp::only(app.take_mail().await).to, "+15125550177");
}

#[tokio::test]
async fn an_action_that_is_not_built_fails_the_flow_and_says_so() {
    let (app, setup) = prepared(&[json!({"type": "IDENTIFIER_FIRST", "priority": 1})]).await;
    let flow = start(&app, &setup, "").await;
    assert_eq!(flow["status"], "FAILED");
    assert!(flow["error"]["message"].as_str().unwrap().contains("IDENTIFIER_FIRST"));
}
