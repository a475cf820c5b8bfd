//! Whose browser a sign-on belongs to: the cookie of a flow, pages of other origins, and the cookie of the session.

use http::Method;
use postern_testkit::{Answer, TestApp, TransactionSetup};
use serde_json::{Value, json};

use super::support::{PASSWORD, REDIRECT, act_with, authorize, flow_path, login, sent_code, sms, use_policy};

const SHOP: &str = "https://shop.example";

async fn prepared(actions: &[Value]) -> (TestApp, TransactionSetup) {
    prepare(TestApp::start().await, actions).await
}

async fn prepare(app: TestApp, actions: &[Value]) -> (TestApp, TransactionSetup) {
    let setup = app.transaction_setup().await;
    use_policy(&app, &app.admin().await, &setup, "Under_Test", actions).await;
    app.take_mail().await;
    (app, setup)
}

/// Has the application name these origins.
async fn allow(app: &TestApp, setup: &TransactionSetup, settings: Value) {
    let admin = app.admin().await;
    let path = app.path(&format!("/applications/{}", setup.application));
    let mut body = admin.get(&path).await.expect(200);
    body["corsSettings"] = settings;
    admin.put(&path, body).await.expect(200);
}

async fn call(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = app.anonymous().request(Method::GET, path);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send().await
}

async fn act(app: &TestApp, flow: &Value, headers: &[(&str, &str)], action: &str, body: Value) -> Answer {
    let request = app.anonymous().request(Method::POST, &flow_path(app, flow)).action(action, &body);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send().await
}

/// A browser begins a flow: the flow, and the flow's cookie.
async fn begin(app: &TestApp, setup: &TransactionSetup) -> (Value, String) {
    let answer = call(app, &authorize(app, setup, &format!("redirect_uri={REDIRECT}")), &[]).await;
    let page = url::Url::parse(answer.header("location").unwrap()).unwrap();
    let id = page.query_pairs().find(|(name, _)| name == "flowId").unwrap().1.into_owned();
    let name = format!("FLOW-{id}");
    let cookie = format!("{name}={}", answer.cookie(&name).unwrap());
    (json!({ "id": id }), cookie)
}

fn credentials(setup: &TransactionSetup) -> Value {
    json!({"username": setup.username, "password": PASSWORD})
}

#[tokio::test]
async fn a_flow_goes_on_only_in_the_browser_that_began_it() {
    TestApp::each(|app| async move {
        let (app, setup) = prepare(app, &[login(1), sms(2)]).await;
        let (flow, own) = begin(&app, &setup).await;
        let (other, others) = begin(&app, &setup).await;
        let forged = format!("FLOW-{}={}", flow["id"].as_str().unwrap(), others.split_once('=').unwrap().1);
        for cookie in ["", &others, &forged, "ST=nobody"] {
            for (action, body) in [
                ("usernamePassword.check", credentials(&setup)),
                ("password.forgot", json!({"username": setup.username})),
                ("session.reset", Value::Null),
            ] {
                let answer = act(&app, &flow, &[("cookie", cookie)], action, body).await;
                assert_eq!(answer.cookie("ST"), None);
                answer.refused(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION");
            }
        }
        assert!(app.take_mail().await.is_empty());

        let both = format!("{others}; {own}");
        let own = [("cookie", both.as_str())];
        let asked = act(&app, &flow, &own, "usernamePassword.check", credentials(&setup)).await.expect(200);
        assert_eq!(asked["status"], "OTP_REQUIRED");
        let otp = json!({"otp": sent_code(&app).await});
        act(&app, &flow, &[], "otp.check", otp.clone()).await.expect(400);
        let done = act(&app, &flow, &own, "otp.check", otp).await;
        let session = format!("ST={}", done.cookie("ST").unwrap());
        assert_eq!(done.expect(200)["status"], "COMPLETED");

        let resume = app.auth_path(&format!("/as/resume?flowId={}", flow["id"].as_str().unwrap()));
        call(&app, &resume, &own).await.expect(404);
        let back = call(&app, &resume, &[("cookie", &session)]).await;
        assert!(back.header("location").unwrap().starts_with(&format!("{REDIRECT}?code=")));
        assert_eq!(back.cookie(&format!("FLOW-{}", flow["id"].as_str().unwrap())).as_deref(), Some(""));
        assert_eq!(
            call(&app, &flow_path(&app, &other), &[]).await.expect(200)["status"],
            "USERNAME_PASSWORD_REQUIRED"
        );
    })
    .await;
}

#[tokio::test]
async fn a_flow_of_a_user_also_goes_on_where_that_user_is_signed_on() {
    let (app, setup) = prepared(&[login(1), sms(2)]).await;
    app.user(&app.admin().await, "mallory", None).await;
    let mut sessions = Vec::new();
    for user in [setup.username.as_str(), "mallory"] {
        use_policy(&app, &app.admin().await, &setup, &format!("Login_{user}"), &[login(1)]).await;
        let (flow, own) = begin(&app, &setup).await;
        let body = json!({"username": user, "password": PASSWORD});
        let done = act(&app, &flow, &[("cookie", &own)], "usernamePassword.check", body).await;
        sessions.push(format!("ST={}", done.cookie("ST").unwrap()));
    }
    use_policy(&app, &app.admin().await, &setup, "Both", &[login(1), sms(2)]).await;
    let (flow, own) = begin(&app, &setup).await;
    act(&app, &flow, &[("cookie", &own)], "usernamePassword.check", credentials(&setup)).await.expect(200);
    let otp = json!({"otp": sent_code(&app).await});
    let stranger = act(&app, &flow, &[("cookie", &sessions[1])], "otp.check", otp.clone()).await;
    stranger.refused(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION");
    let done = act(&app, &flow, &[("cookie", &sessions[0])], "otp.check", otp).await;
    assert!(done.cookie("ST").is_some());
    assert_eq!(done.expect(200)["status"], "COMPLETED");
}

#[tokio::test]
async fn a_page_of_another_origin_gets_the_session_only_when_the_application_names_it() {
    let (app, setup) = prepared(&[login(1)]).await;
    let path = authorize(&app, &setup, "response_mode=pi.flow");
    let named = json!({"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": [SHOP]});
    for (settings, headers, given) in [
        (Value::Null, &[("origin", SHOP)][..], false),
        (Value::Null, &[("sec-fetch-site", "cross-site")], false),
        (json!({"behavior": "ALLOW_NO_ORIGINS"}), &[("origin", SHOP)], false),
        (named.clone(), &[("origin", "https://evil.example")], false),
        (named.clone(), &[("origin", "null")], false),
        (named, &[("origin", SHOP)], true),
        (Value::Null, &[("origin", "http://postern.test")], true),
        (Value::Null, &[], true),
    ] {
        allow(&app, &setup, settings.clone()).await;
        let flow = call(&app, &path, &[]).await.expect(200);
        let done = act(&app, &flow, headers, "usernamePassword.check", credentials(&setup)).await;
        assert_eq!(done.cookie("ST").is_some(), given, "{settings} {headers:?}");
        assert!(done.expect(200)["authorizeResponse"]["code"].is_string(), "the caller has its answer");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_does_not_use_the_session_of_the_browser() {
    let (app, setup) = prepared(&[login(1)]).await;
    let path = authorize(&app, &setup, "response_mode=pi.flow");
    let flow = call(&app, &path, &[]).await.expect(200);
    let done = act(&app, &flow, &[], "usernamePassword.check", credentials(&setup)).await;
    let cookie = format!("ST={}", done.cookie("ST").unwrap());
    let begun = async |origin: &str| {
        call(&app, &path, &[("cookie", &cookie), ("origin", origin)]).await.expect(200)["status"].clone()
    };
    allow(&app, &setup, json!({"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": [SHOP]})).await;
    assert_eq!(begun("https://evil.example").await, "USERNAME_PASSWORD_REQUIRED");
    assert_eq!(begun(SHOP).await, "COMPLETED");
}

#[tokio::test]
async fn a_preflight_allows_the_origins_of_the_application() {
    let (app, setup) = prepared(&[login(1)]).await;
    let authorize = authorize(&app, &setup, "response_mode=pi.flow");
    let flow = call(&app, &authorize, &[]).await.expect(200);
    let flow_path = flow_path(&app, &flow);
    let resume = app.auth_path(&format!("/as/resume?flowId={}", flow["id"].as_str().unwrap()));
    let unknown = app.auth_path("/flows/00000000-0000-4000-8000-000000000000");
    let ask = async |path: &str, origin: &str| {
        let request = app.anonymous().request(Method::OPTIONS, path).header("origin", origin);
        let answer = request.header("access-control-request-method", "POST").send().await;
        assert_eq!(answer.status, 204);
        assert!(answer.header("access-control-allow-methods").is_some());
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed.is_some(), answer.header("access-control-allow-credentials").is_some());
        allowed.map(str::to_owned)
    };
    let (shop, evil) = (Some(SHOP.to_owned()), "https://evil.example");
    // Without settings any origin may go on with a flow that it knows, and none may begin one.
    assert_eq!(ask(&authorize, SHOP).await, None);
    assert_eq!(ask(&flow_path, SHOP).await, shop);
    assert_eq!(ask(&resume, SHOP).await, shop);

    allow(&app, &setup, json!({"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": [SHOP]})).await;
    for path in [&authorize, &flow_path, &resume] {
        assert_eq!(ask(path, SHOP).await, shop, "{path}");
        assert_eq!(ask(path, evil).await, None, "{path}");
    }
    allow(&app, &setup, json!({"behavior": "ALLOW_NO_ORIGINS"})).await;
    for path in [&authorize, &flow_path, &resume, &unknown] {
        assert_eq!(ask(path, SHOP).await, None, "{path}");
    }
}

#[tokio::test]
async fn a_session_that_gains_a_proof_gets_another_cookie_and_the_old_one_is_dead() {
    TestApp::each(|app| async move {
        let (app, setup) = prepare(app, &[login(1)]).await;
        let (flow, own) = begin(&app, &setup).await;
        let first =
            act(&app, &flow, &[("cookie", &own)], "usernamePassword.check", credentials(&setup)).await;
        let old = first.cookie("ST").unwrap();
        let session = first.expect(200)["session"]["id"].clone();

        use_policy(&app, &app.admin().await, &setup, "Step_Up", &[login(1), sms(2)]).await;
        let path = authorize(&app, &setup, "response_mode=pi.flow");
        let flow = call(&app, &path, &[("cookie", &format!("ST={old}"))]).await.expect(200);
        assert_eq!(flow["status"], "OTP_REQUIRED", "{flow}");
        let otp = json!({"otp": sent_code(&app).await});
        let answer = act_with(&app, &old, &flow, "otp.check", otp).await;
        let new = answer.cookie("ST").unwrap();
        assert_ne!(new, old);
        assert_eq!(answer.expect(200)["session"]["id"], session, "the session itself goes on");

        use_policy(&app, &app.admin().await, &setup, "Login_Again", &[login(1)]).await;
        let quiet = authorize(&app, &setup, &format!("redirect_uri={REDIRECT}&prompt=none"));
        for (cookie, outcome) in [(&old, "?error=login_required"), (&new, "?code=")] {
            let answer = call(&app, &quiet, &[("cookie", &format!("ST={cookie}"))]).await;
            let to = answer.header("location").unwrap();
            assert!(to.starts_with(&format!("{REDIRECT}{outcome}")), "{to}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_policies_holds_for_the_next_request() {
    let (app, setup) = prepared(&[login(1)]).await;
    let admin = app.admin().await;
    let start = async || super::support::start(&app, &setup, "").await["status"].clone();
    assert_eq!(start().await, "USERNAME_PASSWORD_REQUIRED");
    use_policy(&app, &admin, &setup, "Other", &[sms(5)]).await;
    assert_eq!(start().await, "SIGN_ON_REQUIRED");

    let assignments = app.path(&format!("/applications/{}/signOnPolicyAssignments", setup.application));
    let assigned = admin.get(&assignments).await.expect(200);
    let policy = &assigned["_embedded"]["signOnPolicyAssignments"][0]["signOnPolicy"]["id"];
    let actions = app.path(&format!("/signOnPolicies/{}/actions", policy.as_str().unwrap()));
    admin.post(&actions, login(1)).await.expect(201);
    assert_eq!(start().await, "USERNAME_PASSWORD_REQUIRED");

    let hinted = async || {
        let token = app.request_token(&setup, &json!({}));
        super::support::start(&app, &setup, &format!("login_hint_token={token}")).await["status"].clone()
    };
    assert_eq!(hinted().await, "OTP_REQUIRED");
    let policies = app.path("/deviceAuthenticationPolicies");
    let all = admin.get(&policies).await.expect(200);
    let all = all["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap();
    let mut default = all.iter().find(|policy| policy["default"] == true).unwrap().clone();
    default["authentication"] = json!({"deviceSelection": "ALWAYS_DISPLAY_DEVICES"});
    admin.put(&format!("{policies}/{}", default["id"].as_str().unwrap()), default.clone()).await.expect(200);
    assert_eq!(hinted().await, "DEVICE_SELECTION_REQUIRED");
}
