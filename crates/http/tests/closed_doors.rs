//! Sign-ons that nobody could prove their right to: they end before they begin.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use postern_testkit::{Client, TestApp, TransactionSetup};
use serde_json::{Value, json};

async fn restricted(app: &TestApp, admin: &Client, setup: &TransactionSetup, control: Option<Value>) {
    let path = app.path(&format!("/applications/{}", setup.application));
    let mut body = admin.get(&path).await.expect(200);
    let members = body.as_object_mut().unwrap();
    members.remove("accessControl");
    members.extend(control.map(|control| ("accessControl".to_owned(), control)));
    admin.put(&path, body).await.expect(200);
}

#[tokio::test]
async fn an_application_for_administrators_or_groups_lets_nobody_in() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let admin = app.admin().await;
        app.take_mail().await;
        let group = json!({"type": "ANY_GROUP", "groups": [{"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}]});
        for control in [json!({"role": {"type": "ADMIN_USERS_ONLY"}}), json!({"group": group})] {
            restricted(&app, &admin, &setup, Some(control)).await;
            let hint = app.request_token(&setup, &json!({}));
            let refused = app.anonymous().get(&app.authorize_path(&setup, &hint)).await;
            assert_eq!(refused.status, 400, "{}", refused.text);
            let page = app.auth_path(&format!(
                "/as/authorize?client_id={}&response_type=code&scope=openid&redirect_uri=https://www.example.com",
                setup.application
            ));
            let answer = app.anonymous().get(&page).await;
            assert!(answer.header("location").unwrap().contains("error=access_denied"), "{:?}", answer.headers);
        }
        assert!(app.take_mail().await.is_empty());
        restricted(&app, &admin, &setup, None).await;
        let hint = app.request_token(&setup, &json!({}));
        app.anonymous().get(&app.authorize_path(&setup, &hint)).await.expect(200);
    })
    .await;
}

/// Takes the actions of the setup's policy away, whose assignment is made anew, as a lost race would leave it.
async fn without_actions(app: &TestApp) {
    let done: Result<u64, postern_store::StoreError> = app
        .db()
        .write((), |tx, ()| Box::pin(async move { tx.execute("DELETE FROM sign_on_action", &[]).await }))
        .await;
    assert!(done.unwrap() > 0);
}

#[tokio::test]
async fn a_policy_without_actions_completes_no_request() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        app.take_mail().await;
        without_actions(&app).await;
        let hint = app.request_token(&setup, &json!({}));
        let refused = app.anonymous().get(&app.authorize_path(&setup, &hint)).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains("no action"), "{}", refused.text);
        assert!(app.take_mail().await.is_empty());
    })
    .await;
}
