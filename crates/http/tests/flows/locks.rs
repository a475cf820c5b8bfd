//! Accounts that are locked or switched off, in sign-on flows.

use postern_testkit::{TestApp, TransactionSetup};
use serde_json::{Value, json};

use super::support::{PASSWORD, act, login, redeem, sent_code, sms, start, use_policy, wrong};

async fn change_default_policy(app: &TestApp, change: impl FnOnce(&mut Value)) {
    let admin = app.admin().await;
    let policies = app.path("/deviceAuthenticationPolicies");
    let listed = admin.get(&policies).await.expect(200);
    let all = listed["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
    let mut policy = all.iter().find(|policy| policy["default"] == true).unwrap().clone();
    change(&mut policy);
    let path = format!("{policies}/{}", policy["id"].as_str().unwrap());
    admin.put(&path, policy).await.expect(200);
}

async fn ignore_locks(app: &TestApp) {
    change_default_policy(app, |policy| policy["ignoreUserLock"] = json!(true)).await;
}

async fn set_lock(app: &TestApp, setup: &TransactionSetup, action: &str) {
    let user = app.path(&format!("/users/{}", setup.user));
    app.admin().await.act(&user, action, json!({})).await.expect(200);
}

async fn begin(app: &TestApp, setup: &TransactionSetup) -> postern_testkit::Answer {
    let token = app.request_token(setup, &json!({}));
    app.anonymous().get(&app.authorize_path(setup, &token)).await
}

#[tokio::test]
async fn a_transaction_of_a_locked_account_goes_on_only_where_the_policy_ignores_the_lock() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let flow = begin(&app, &setup).await.expect(200);
        let code = sent_code(&app).await;
        set_lock(&app, &setup, "account.lock").await;
        assert_eq!(begin(&app, &setup).await.status, 400);
        let refused = act(&app, &flow, "otp.check", json!({"otp": code})).await;
        refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        let again = act(&app, &flow, "device.select", json!({"device": {"id": setup.device}})).await;
        again.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        assert!(app.take_mail().await.is_empty());

        ignore_locks(&app).await;
        let done = act(&app, &flow, "otp.check", json!({"otp": code})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        let flow = begin(&app, &setup).await.expect(200);
        let code = sent_code(&app).await;
        act(&app, &flow, "otp.check", json!({"otp": wrong(&code)})).await.refused(
            400,
            "INVALID_DATA",
            "INVALID_OTP",
        );
        let done = act(&app, &flow, "otp.check", json!({"otp": code})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        // The transaction is approved, but a locked account gets no tokens.
        let code = done["authorizeResponse"]["code"].as_str().unwrap();
        assert_eq!(redeem(&app, &setup, code, None).await.expect(400)["error"], "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_switched_off_is_refused_by_every_policy() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        ignore_locks(&app).await;
        let flow = begin(&app, &setup).await.expect(200);
        let code = sent_code(&app).await;
        let enabled = app.path(&format!("/users/{}/enabled", setup.user));
        app.admin().await.put(&enabled, json!({"enabled": false})).await.expect(200);
        assert_eq!(begin(&app, &setup).await.status, 400);
        let refused = act(&app, &flow, "otp.check", json!({"otp": code})).await;
        refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
    })
    .await;
}

#[tokio::test]
async fn a_lock_counts_wherever_a_password_is_asked_for() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        use_policy(&app, &app.admin().await, &setup, "Both", &[login(1), sms(10)]).await;
        ignore_locks(&app).await;
        let flow = start(&app, &setup, "scope=openid").await;
        let body = json!({"username": setup.username, "password": PASSWORD});
        let next = act(&app, &flow, "usernamePassword.check", body.clone()).await.expect(200);
        assert_eq!(next["status"], "OTP_REQUIRED");
        let code = sent_code(&app).await;
        set_lock(&app, &setup, "account.lock").await;
        let refused = act(&app, &flow, "otp.check", json!({"otp": code})).await;
        refused.refused(400, "REQUEST_FAILED", "ACCOUNT_NOT_USABLE");
        let other = start(&app, &setup, "scope=openid").await;
        act(&app, &other, "usernamePassword.check", body).await.expect(400);
        set_lock(&app, &setup, "account.unlock").await;
        let done = act(&app, &flow, "otp.check", json!({"otp": code})).await.expect(200);
        assert_eq!(done["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_user_without_mfa_is_refused_only_where_the_policy_says_so() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let path = app.path(&format!("/users/{}/mfaEnabled", setup.user));
        app.admin().await.put(&path, json!({"mfaEnabled": false})).await.expect(200);
        assert_eq!(begin(&app, &setup).await.expect(200)["status"], "OTP_REQUIRED");
        app.take_mail().await;
        change_default_policy(&app, |policy| policy["blockUsersWithDisabledMfa"] = json!(true)).await;
        assert_eq!(begin(&app, &setup).await.expect(200)["status"], "FAILED");
        assert!(app.take_mail().await.is_empty());
    })
    .await;
}
