//! Approving a transaction by text message: steps 16 to 19 of the public workflow, and what must not work.

use postern_core::time::Span;
use postern_testkit::{TestApp, TransactionSetup};
use serde_json::{Value, json};

use super::support::{act, act_with, claims, flow_path, links, redeem, sent_code, wrong};

async fn begun(app: &TestApp) -> (TransactionSetup, Value) {
    let setup = app.transaction_setup().await;
    app.take_mail().await;
    let token = app.request_token(&setup, &json!({}));
    let flow = app.anonymous().get(&app.authorize_path(&setup, &token)).await.expect(200);
    (setup, flow)
}

#[tokio::test]
async fn a_transaction_is_approved_by_the_code_that_was_sent() {
    TestApp::each(|app| async move {
        let (setup, flow) = begun(&app).await;
        assert_eq!(flow["status"], "OTP_REQUIRED", "{flow}");
        assert_eq!(links(&flow), ["device.select", "otp.check", "self", "signOnPage"]);
        assert_eq!(
            flow["_embedded"]["devices"],
            json!([{"id": setup.device, "type": "SMS", "status": "ACTIVE", "usableStatus": {"status": "ENABLED"},
                "phone": "*******34"}])
        );
        assert_eq!(flow["selectedDevice"]["id"], setup.device);
        assert!(flow["_embedded"]["user"].is_null(), "who was merely named is not shown");
        assert!(flow["authorizeResponse"].is_null());

        let message = TestApp::only(app.take_mail().await);
        let code = message.code.unwrap();
        assert_eq!(
            message.text,
            format!("Approve this transfer of 1,000,000 USD to Charlie Parker, by entering this OTP: {code}")
        );

        let answer = act(&app, &flow, "otp.check", json!({"otp": code})).await;
        let session = answer.cookie("ST").expect("the session's cookie");
        assert_eq!(answer.cookie("ST-NO-SS").as_deref(), Some(session.as_str()));
        let done = answer.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        assert_eq!(links(&done), ["self"]);
        assert_eq!(done["_embedded"]["user"]["username"], setup.username);
        assert!(done["session"]["id"].is_string());
        let given = done["authorizeResponse"]["code"].as_str().unwrap();

        let path = app.auth_path(&format!("/as/resume?flowId={}", flow["id"].as_str().unwrap()));
        let resumed = app
            .anonymous()
            .request(http::Method::GET, &path)
            .header("cookie", &format!("ST={session}"))
            .send()
            .await
            .expect(200);
        assert_eq!(resumed["authorizeResponse"]["code"], given);

        let tokens = redeem(&app, &setup, given, None).await.expect(200);
        let id = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!((&id["sub"], &id["acr"]), (&json!(setup.user), &json!("MFA_TransactionApproval_1")));
        assert_eq!(id["amr"], json!(["sms", "mfa"]));
        assert_eq!(id["sid"], done["session"]["id"]);
        redeem(&app, &setup, given, None).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_count_down_and_then_a_new_code_is_needed() {
    TestApp::each(|app| async move {
        let (_, flow) = begun(&app).await;
        let code = sent_code(&app).await;
        for left in [2, 1] {
            let detail = act(&app, &flow, "otp.check", json!({"otp": wrong(&code)})).await.refused(
                400,
                "INVALID_DATA",
                "INVALID_OTP",
            );
            assert_eq!(
                (&detail["target"], &detail["innerError"]["attemptsRemaining"]),
                (&json!("otp"), &json!(left))
            );
        }
        act(&app, &flow, "otp.check", json!({"otp": wrong(&code)})).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );
        act(&app, &flow, "otp.check", json!({"otp": code})).await.refused(
            400,
            "REQUEST_FAILED",
            "QUOTA_EXCEEDED",
        );

        let device = flow["selectedDevice"].clone();
        let again = act(&app, &flow, "device.select", json!({"device": device, "compatibility": "FULL"}))
            .await
            .expect(200);
        assert_eq!(again["status"], "OTP_REQUIRED");
        let fresh = sent_code(&app).await;
        assert_eq!(
            act(&app, &flow, "otp.check", json!({"otp": fresh})).await.expect(200)["status"],
            "COMPLETED"
        );
    })
    .await;
}

#[tokio::test]
async fn a_code_approves_exactly_its_own_request() {
    TestApp::each(|app| async move {
        let (setup, small) = begun(&app).await;
        let code = sent_code(&app).await;
        let template =
            json!({"name": "transaction", "variables": {"sum": "9", "currency": "USD", "recipient": "Eve"}});
        let token = app.request_token(&setup, &json!({"pi.template": template}));
        let large = app.anonymous().get(&app.authorize_path(&setup, &token)).await.expect(200);
        assert_ne!(small["id"], large["id"]);
        act(&app, &large, "otp.check", json!({"otp": code})).await.refused(
            400,
            "INVALID_DATA",
            "INVALID_OTP",
        );
        assert_eq!(
            act(&app, &small, "otp.check", json!({"otp": code})).await.expect(200)["status"],
            "COMPLETED"
        );
    })
    .await;
}

#[tokio::test]
async fn one_of_ten_checks_at_once_completes_the_flow() {
    TestApp::each(|app| async move {
        let (_, flow) = begun(&app).await;
        let code = sent_code(&app).await;
        let checks = (0..10).map(|_| act(&app, &flow, "otp.check", json!({"otp": code})));
        let answers = futures_util::future::join_all(checks).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_completed_flow_takes_no_action_and_shows_its_code_to_nobody_else() {
    let app = TestApp::start().await;
    let (setup, _) = begun(&app).await;
    app.take_mail().await;
    // Without a hint the client has not said who the user is, so the flow's answer belongs to the browser.
    let token = app.request_token(&setup, &json!({}));
    let path = format!(
        "{}?client_id={}&response_type=code&response_mode=pi.flow&request={token}",
        app.auth_path("/as/authorize"),
        setup.application
    );
    let flow = app.anonymous().get(&path).await.expect(200);
    assert_eq!(flow["status"], "SIGN_ON_REQUIRED");
    act(&app, &flow, "user.lookup", json!({"username": setup.username.to_uppercase()})).await.expect(200);
    let code = sent_code(&app).await;
    let answer = act(&app, &flow, "otp.check", json!({"otp": code})).await;
    let session = answer.cookie("ST").unwrap();
    assert!(answer.expect(200)["authorizeResponse"]["code"].is_string());

    act(&app, &flow, "otp.check", json!({"otp": code})).await.expect(400);
    act(&app, &flow, "device.select", json!({"device": {"id": setup.device}})).await.expect(400);
    let stranger = app.anonymous().get(&flow_path(&app, &flow)).await.expect(200);
    assert!(stranger["authorizeResponse"].is_null());
    let resume = app.auth_path(&format!("/as/resume?flowId={}", flow["id"].as_str().unwrap()));
    app.anonymous().get(&resume).await.expect(404);
    let own = app
        .anonymous()
        .request(http::Method::GET, &resume)
        .header("cookie", &format!("ST={session}"))
        .send()
        .await
        .expect(200);
    assert!(own["authorizeResponse"]["code"].is_string());
}

#[tokio::test]
async fn a_request_for_one_user_is_not_answered_by_another() {
    let app = TestApp::start().await;
    let (setup, _) = begun(&app).await;
    let admin = app.admin().await;
    app.user(&admin, "mallory", None).await;
    let token = app.request_token(&setup, &json!({}));
    let path = format!(
        "{}?client_id={}&response_type=code&response_mode=pi.flow&request={token}",
        app.auth_path("/as/authorize"),
        setup.application
    );
    let flow = app.anonymous().get(&path).await.expect(200);
    let detail = act(&app, &flow, "user.lookup", json!({"username": "mallory"})).await.refused(
        400,
        "INVALID_DATA",
        "INVALID_VALUE",
    );
    assert_eq!(detail["target"], "username");
}

#[tokio::test]
async fn an_idle_flow_is_forgotten_and_every_action_keeps_it_alive() {
    let app = TestApp::start().await;
    let (setup, flow) = begun(&app).await;
    app.advance(Span::minutes(14));
    act(&app, &flow, "device.select", json!({"device": {"id": setup.device}})).await.expect(200);
    app.advance(Span::minutes(14));
    app.anonymous().get(&flow_path(&app, &flow)).await.expect(200);
    app.advance(Span::minutes(2));
    app.anonymous().get(&flow_path(&app, &flow)).await.expect(404);
    act(&app, &flow, "otp.check", json!({"otp": "000000"})).await.expect(404);
}

#[tokio::test]
async fn a_user_who_was_disabled_meanwhile_does_not_get_through() {
    let app = TestApp::start().await;
    let (setup, flow) = begun(&app).await;
    let code = sent_code(&app).await;
    let admin = app.admin().await;
    admin
        .put(&app.path(&format!("/users/{}/enabled", setup.user)), json!({"enabled": false}))
        .await
        .expect(200);
    act(&app, &flow, "otp.check", json!({"otp": code})).await.refused(
        400,
        "REQUEST_FAILED",
        "ACCOUNT_NOT_USABLE",
    );
}

#[tokio::test]
async fn a_session_of_the_same_browser_goes_on_with_another_cookie() {
    let app = TestApp::start().await;
    let (setup, flow) = begun(&app).await;
    let first = act(&app, &flow, "otp.check", json!({"otp": sent_code(&app).await})).await;
    let cookie = first.cookie("ST").unwrap();
    let session = first.expect(200)["session"]["id"].clone();
    let token = app.request_token(&setup, &json!({}));
    let second = app.anonymous().get(&app.authorize_path(&setup, &token)).await.expect(200);
    assert_eq!(second["status"], "OTP_REQUIRED", "a session never stands in for an approval");
    let answer = act_with(&app, &cookie, &second, "otp.check", json!({"otp": sent_code(&app).await})).await;
    assert!(answer.cookie("ST").is_some_and(|renewed| renewed != cookie));
    assert_eq!(answer.expect(200)["session"]["id"], session);
}
