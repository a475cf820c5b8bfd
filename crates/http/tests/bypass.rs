//! Users who need no MFA for a while (MFA contract 1.17).
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use postern_core::permission::OWN_SCOPES;
use postern_core::time::Span;
use postern_testkit::TestApp;
use serde_json::{Value, json};

fn links(answer: &Value) -> Vec<&str> {
    answer["_links"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_bypass_is_set_shown_and_over() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let user = app.path(&format!("/users/{}", app.user(&admin, "pat", None).await));
        let path = format!("{user}/bypassMFA");
        let none = admin.get(&path).await.expect(200);
        assert_eq!(links(&none), ["self", "user"]);
        assert_eq!(none.as_object().unwrap().len(), 1, "without a bypass there are only links: {none}");

        let until = app.now().plus(Span::minutes(30));
        let set = admin.put(&path, json!({ "bypassMFAEnabledUntil": until })).await.expect(200);
        let keys: Vec<&str> = set.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["_links", "bypassMFAEnabledUntil", "canBypassMFA"]);
        assert_eq!((&set["bypassMFAEnabledUntil"], &set["canBypassMFA"]), (&json!(until), &json!(true)));
        assert!(set["_links"]["self"]["href"].as_str().unwrap().ends_with(&path));
        assert!(set["_links"]["user"]["href"].as_str().unwrap().ends_with(&user));
        assert_eq!(admin.get(&path).await.expect(200), set);

        app.advance(Span::minutes(30));
        assert_eq!(admin.get(&path).await.expect(200), none);
    })
    .await;
}

#[tokio::test]
async fn a_moment_that_is_past_ends_a_bypass() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path(&format!("/users/{}/bypassMFA", app.user(&admin, "pat", None).await));
        let until = app.now().plus(Span::days(365));
        admin.put(&path, json!({ "bypassMFAEnabledUntil": until })).await.expect(200);
        let ended =
            admin.put(&path, json!({"bypassMFAEnabledUntil": "2001-01-01T00:00:00.000Z"})).await.expect(200);
        assert!(ended["canBypassMFA"].is_null() && ended["bypassMFAEnabledUntil"].is_null());
        assert_eq!(admin.get(&path).await.expect(200), ended);
    })
    .await;
}

#[tokio::test]
async fn bad_moments_are_refused_and_change_nothing() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path(&format!("/users/{}/bypassMFA", app.user(&admin, "pat", None).await));
        let until = app.now().plus(Span::days(1));
        let set = admin.put(&path, json!({ "bypassMFAEnabledUntil": until })).await.expect(200);
        let required = admin.put(&path, json!({})).await;
        assert_eq!(required.targets(), ["bypassMFAEnabledUntil"]);
        required.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        let null = admin.put(&path, json!({"bypassMFAEnabledUntil": null})).await;
        null.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        for value in
            [json!("tomorrow"), json!("2030-11-30"), json!(1_900_000_000), json!(true), json!({}), json!("")]
        {
            let refused = admin.put(&path, json!({"bypassMFAEnabledUntil": value})).await;
            assert_eq!(refused.targets(), ["bypassMFAEnabledUntil"], "{value}");
            refused.expect(400);
        }
        assert_eq!(admin.get(&path).await.expect(200), set);
        let nobody = app.path("/users/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01/bypassMFA");
        admin.get(&nobody).await.expect(404);
        admin.put(&nobody, json!({ "bypassMFAEnabledUntil": until })).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn users_see_their_bypass_and_do_not_give_themselves_one() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let scopes: Vec<&str> = OWN_SCOPES.iter().map(|scope| scope.name).collect();
        let myself = app.signed_on(&setup, &scopes).await;
        let path = app.path(&format!("/users/{}/bypassMFA", setup.user));
        let until = json!({"bypassMFAEnabledUntil": app.now().plus(Span::days(1))});
        myself.put(&path, until.clone()).await.refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS");
        assert!(myself.get(&path).await.expect(200)["canBypassMFA"].is_null());
        app.admin().await.put(&path, until).await.expect(200);
        assert_eq!(myself.get(&path).await.expect(200)["canBypassMFA"], true);
    })
    .await;
}

#[tokio::test]
async fn a_sign_on_asks_no_device_of_a_user_who_needs_no_mfa() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let path = app.path(&format!("/users/{}/bypassMFA", setup.user));
        let until = json!({"bypassMFAEnabledUntil": app.now().plus(Span::minutes(5))});
        app.admin().await.put(&path, until).await.expect(200);
        let begin = async || {
            let token = app.request_token(&setup, &json!({}));
            app.anonymous().get(&app.authorize_path(&setup, &token)).await.expect(200)
        };
        assert_eq!(begin().await["status"], "COMPLETED");
        assert!(app.take_mail().await.is_empty());
        app.advance(Span::minutes(5));
        assert_eq!(begin().await["status"], "OTP_REQUIRED");
    })
    .await;
}
