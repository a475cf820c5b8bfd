//! The public workflow "Create an MFA transaction approval using SMS", as its pages describe it.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use data_encoding::BASE64URL_NOPAD;
use postern_core::time::Span;
use postern_testkit::{TestApp, TransactionSetup, basic};
use serde_json::{Value, json};

/// The claims of a JWT, unverified.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}

async fn authorize(app: &TestApp, setup: &TransactionSetup) -> (Value, String) {
    let token = app.request_token(setup, &json!({}));
    let flow = app.anonymous().get(&app.authorize_path(setup, &token)).await.expect(200);
    let mail = TestApp::only(app.take_mail().await);
    (flow, mail.code.unwrap())
}

async fn check(app: &TestApp, flow: &Value, otp: &str) -> postern_testkit::Answer {
    let path = app.auth_path(&format!("/flows/{}", flow["id"].as_str().unwrap()));
    app.anonymous().act(&path, "otp.check", json!({"otp": otp})).await
}

async fn token(app: &TestApp, setup: &TransactionSetup, code: &str) -> postern_testkit::Answer {
    let request = app.anonymous().request(http::Method::POST, &app.auth_path("/as/token"));
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://www.example.com")];
    basic(request, &setup.application, &setup.secret).form(&fields).send().await
}

#[tokio::test]
async fn the_transaction_is_approved_with_the_code_of_the_text_message() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let hint = app.request_token(&setup, &json!({}));
        let flow = app.anonymous().get(&app.authorize_path(&setup, &hint)).await.expect(200);
        assert_eq!(flow["status"], "OTP_REQUIRED", "{flow}");
        assert_eq!(flow["selectedDevice"]["id"], setup.device.as_str());
        assert_eq!(flow["_embedded"]["devices"][0]["phone"], "*******34");
        for rel in ["self", "otp.check", "device.select"] {
            assert!(flow["_links"][rel]["href"].is_string(), "{rel}");
        }

        let mail = TestApp::only(app.take_mail().await);
        let code = mail.code.clone().unwrap();
        assert_eq!((mail.channel, mail.to.as_str()), ("SMS", "+15125550134"));
        assert_eq!(
            mail.text,
            format!("Approve this transfer of 1,000,000 USD to Charlie Parker, by entering this OTP: {code}")
        );

        let done = check(&app, &flow, &code).await;
        let cookie = done.cookie("ST").expect("a session cookie");
        let done = done.expect(200);
        assert_eq!(done["status"], "COMPLETED");
        assert_eq!(done["_embedded"]["user"]["username"], "MFAUser_1");
        let inline = done["authorizeResponse"]["code"].as_str().unwrap().to_owned();

        let resume = app.auth_path(&format!("/as/resume?flowId={}", flow["id"].as_str().unwrap()));
        let request =
            app.anonymous().request(http::Method::GET, &resume).header("cookie", &format!("ST={cookie}"));
        let resumed = request.send().await.expect(200);
        assert_eq!(resumed["authorizeResponse"]["code"], inline.as_str());

        let tokens = token(&app, &setup, &inline).await.expect(200);
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 3600);
        let id = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(id["sub"], setup.user.as_str());
        assert_eq!(id["aud"], setup.application.as_str());
        assert_eq!(id["iss"], app.issuer());
        assert_eq!(id["acr"], "MFA_TransactionApproval_1");
        let amr: Vec<&str> = id["amr"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(amr.contains(&"sms") && amr.contains(&"mfa"), "{amr:?}");
        assert_eq!(id["sid"], done["session"]["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_says_how_many_tries_are_left_and_the_last_one_ends_it() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let (flow, code) = authorize(&app, &setup).await;
        let wrong = if code == "000000" { "111111" } else { "000000" };
        for left in [2, 1] {
            let detail = check(&app, &flow, wrong).await.refused(400, "INVALID_DATA", "INVALID_OTP");
            assert_eq!(detail["target"], "otp");
            assert_eq!(detail["innerError"]["attemptsRemaining"], left);
        }
        check(&app, &flow, wrong).await.refused(400, "REQUEST_FAILED", "QUOTA_EXCEEDED");
        let late = check(&app, &flow, &code).await;
        assert_eq!(late.status, 400, "the right code comes too late: {}", late.text);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_used_once_by_ten_checks_at_once() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let (flow, code) = authorize(&app, &setup).await;
        let checks = (0..10).map(|_| check(&app, &flow, &code));
        let answers = futures_util::future::join_all(checks).await;
        let accepted = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(accepted, 1, "{answers:#?}");
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_codes_at_once_get_exactly_as_many_tries_as_the_policy_allows() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let (flow, code) = authorize(&app, &setup).await;
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let answers = futures_util::future::join_all((0..10).map(|_| check(&app, &flow, wrong))).await;
        let told = answers.iter().filter(|answer| answer.body["details"][0]["code"] == "INVALID_OTP").count();
        assert_eq!(told, 2, "two tries are told what is left, the third ends it: {answers:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_flow_is_gone_after_a_quarter_of_an_hour() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let (flow, code) = authorize(&app, &setup).await;
        app.advance(Span::minutes(16));
        check(&app, &flow, &code).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_code_of_one_transaction_does_not_approve_another() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let (_, first) = authorize(&app, &setup).await;
        let (second_flow, second) = authorize(&app, &setup).await;
        if first != second {
            check(&app, &second_flow, &first).await.refused(400, "INVALID_DATA", "INVALID_OTP");
        }
        check(&app, &second_flow, &second).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_was_tampered_with_starts_nothing() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let past = app.now().seconds() - 60;
        let forgeries = [
            app.request_token(
                &TransactionSetup { secret: "another secret of some length".to_owned(), ..setup.clone() },
                &json!({}),
            ),
            app.request_token(&setup, &json!({"aud": "https://auth.example.com/other/as"})),
            app.request_token(&setup, &json!({"exp": past})),
            app.request_token(&setup, &json!({"iss": setup.user})),
            app.request_token(&setup, &json!({"sub": "nobody"})),
            unsigned(&app, &setup),
        ];
        for forgery in forgeries {
            let answer = app.anonymous().get(&app.authorize_path(&setup, &forgery)).await;
            assert_eq!(answer.status, 400, "{}", answer.text);
        }
        assert!(app.take_mail().await.is_empty(), "no message leaves for a forged request");
    })
    .await;
}

/// The request with `alg: none`.
fn unsigned(app: &TestApp, setup: &TransactionSetup) -> String {
    let signed = app.request_token(setup, &json!({}));
    let payload = signed.split('.').nth(1).unwrap();
    format!("{}.{payload}.", BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#))
}

#[tokio::test]
async fn an_authorization_code_is_redeemed_once_and_only_by_its_client() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let (flow, otp) = authorize(&app, &setup).await;
        let code = check(&app, &flow, &otp).await.expect(200)["authorizeResponse"]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        let (worker, secret) = app.worker();
        let thief = TransactionSetup { application: worker, secret, ..setup.clone() };
        assert_eq!(token(&app, &thief, &code).await.status, 400);
        token(&app, &setup, &code).await.expect(200);
        let replay = token(&app, &setup, &code).await.expect(400);
        assert_eq!(replay["error"], "invalid_grant");
    })
    .await;
}
