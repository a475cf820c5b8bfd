//! Authorization requests: what is refused, where that is said, and the ways of an answer.

use postern_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use super::support::{REDIRECT, act, authorize, flow_path, login, redeem, sent_code, sms, use_policy};

fn location(answer: &Answer) -> url::Url {
    assert_eq!(answer.status, 302, "{}", answer.text);
    url::Url::parse(answer.header("location").unwrap()).unwrap()
}

fn pairs(text: Option<&str>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.unwrap_or_default().as_bytes()).into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

#[tokio::test]
async fn bad_tokens_are_refused_by_name_and_no_message_leaves() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    app.take_mail().await;
    let foreign = postern_testkit::TransactionSetup { secret: "another secret".to_owned(), ..setup.clone() };
    let now = app.now().seconds();
    let cases: [(String, Option<&str>); 6] = [
        (app.request_token(&foreign, &json!({})), None),
        (app.request_token(&setup, &json!({"iss": "another client"})), Some("iss")),
        (app.request_token(&setup, &json!({"aud": "https://evil.example"})), Some("aud")),
        (app.request_token(&setup, &json!({"exp": now - 60})), Some("exp")),
        (app.request_token(&setup, &json!({"sub": "nobody"})), Some("sub")),
        (
            app.request_token(&setup, &json!({"pi.template": {"name": "no such template"}})),
            Some("pi.template"),
        ),
    ];
    for (token, claim) in cases {
        let detail = app.anonymous().get(&app.authorize_path(&setup, &token)).await.refused(
            400,
            "INVALID_DATA",
            "INVALID_VALUE",
        );
        assert!(["request", "login_hint_token"].contains(&detail["target"].as_str().unwrap()), "{detail}");
        assert_eq!(detail["innerError"]["claim"].as_str(), claim, "{detail}");
    }
    assert!(app.take_mail().await.is_empty());
}

#[tokio::test]
async fn an_unknown_template_is_refused_even_before_anybody_is_named() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    let token = app.request_token(&setup, &json!({"sub": null, "pi.template": {"name": "no such template"}}));
    let path = authorize(&app, &setup, &format!("response_mode=pi.flow&request={token}"));
    let detail = app.anonymous().get(&path).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
    assert_eq!(detail["innerError"]["claim"], "pi.template", "{detail}");
    let token = app.request_token(&setup, &json!({"sub": null}));
    let path = authorize(&app, &setup, &format!("response_mode=pi.flow&request={token}"));
    assert_eq!(app.anonymous().get(&path).await.expect(200)["status"], "SIGN_ON_REQUIRED");
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_never_gets_a_redirect_to_a_stranger() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    let evil = authorize(&app, &setup, "redirect_uri=https://evil.example/cb");
    let page = location(&app.anonymous().get(&evil).await);
    assert!(page.path().ends_with("/signon/"), "{page}");
    let error: Value = serde_json::from_str(&value(&pairs(page.query()), "error").unwrap()).unwrap();
    assert_eq!(error["details"][0]["target"], "redirect_uri");

    let detail = app.anonymous().get(&format!("{evil}&response_mode=pi.flow")).await.refused(
        400,
        "INVALID_DATA",
        "INVALID_VALUE",
    );
    assert_eq!(detail["target"], "redirect_uri");
    let unknown = format!(
        "{}?client_id=00000000-0000-4000-8000-000000000000&response_type=code",
        app.auth_path("/as/authorize")
    );
    assert!(location(&app.anonymous().get(&unknown).await).path().ends_with("/signon/"));
}

#[tokio::test]
async fn other_faults_are_told_to_the_application_with_its_state() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    let base = format!("redirect_uri={REDIRECT}&state=xyz");
    for (more, code) in [
        ("&scope=unknown", "invalid_scope"),
        ("&prompt=none", "login_required"),
        ("&acr_values=Other", "invalid_request"),
        ("&request_uri=urn:x", "request_uri_not_supported"),
        ("&response_mode=fragment&prompt=none", "login_required"),
    ] {
        let answer = app.anonymous().get(&authorize(&app, &setup, &format!("{base}{more}"))).await;
        let to = location(&answer);
        let fields = if more.contains("fragment") { pairs(to.fragment()) } else { pairs(to.query()) };
        assert_eq!(value(&fields, "error").as_deref(), Some(code), "{to}");
        assert_eq!(value(&fields, "state").as_deref(), Some("xyz"));
    }
}

#[tokio::test]
async fn a_browser_goes_to_the_sign_on_page_and_comes_back_with_a_code() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        app.take_mail().await;
        let query = format!("redirect_uri={REDIRECT}&state=s%20t&scope=openid");
        let begun = app.anonymous().get(&authorize(&app, &setup, &query)).await;
        let page = location(&begun);
        assert_eq!(page.path(), format!("/{}/signon/", app.environment()));
        let flow = json!({"id": value(&pairs(page.query()), "flowId").unwrap()});
        let name = format!("FLOW-{}", flow["id"].as_str().unwrap());
        let own = format!("{name}={}", begun.cookie(&name).unwrap());
        let act = async |action, body| {
            let request = app.anonymous().request(http::Method::POST, &flow_path(&app, &flow));
            request.action(action, &body).header("cookie", &own).send().await
        };
        let resume = app.auth_path(&format!("/as/resume?flowId={}", flow["id"].as_str().unwrap()));
        assert_eq!(
            location(&app.anonymous().get(&resume).await),
            page,
            "an open flow leads back to its page"
        );

        act("user.lookup", json!({"username": setup.username})).await.expect(200);
        let answer = act("otp.check", json!({"otp": sent_code(&app).await})).await;
        let cookie = format!("ST={}", answer.cookie("ST").unwrap());
        assert!(answer.expect(200)["authorizeResponse"].is_null(), "the answer goes through the browser");

        app.anonymous().get(&resume).await.expect(404);
        let back = location(
            &app.anonymous().request(http::Method::GET, &resume).header("cookie", &cookie).send().await,
        );
        assert_eq!(back.host_str(), Some("www.example.com"));
        let fields = pairs(back.query());
        assert_eq!(value(&fields, "state").as_deref(), Some("s t"));
        let code = value(&fields, "code").unwrap();
        redeem(&app, &setup, &code, Some("https://elsewhere.example")).await.expect(400);
        redeem(&app, &setup, &code, Some(REDIRECT)).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_form_carries_the_answer_when_asked_to() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    use_policy(&app, &app.admin().await, &setup, "Hint_Only", &[login(1)]).await;
    let token = app.request_token(&setup, &json!({}));
    let path = authorize(
        &app,
        &setup,
        &format!("redirect_uri={REDIRECT}&response_mode=form_post&login_hint_token={token}&state=%22%3E"),
    );
    let answer = app.anonymous().get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer.text.contains("name=\"code\"") && answer.text.contains("value=\"&quot;&gt;\""),
        "{}",
        answer.text
    );
    assert!(answer.header("content-security-policy").unwrap().contains("script-src 'sha256-"));
    assert!(answer.cookie("ST").is_some());
}

#[tokio::test]
async fn a_live_session_signs_on_again_without_asking() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    use_policy(&app, &app.admin().await, &setup, "Login", &[login(1)]).await;
    let flow = super::support::start(&app, &setup, "scope=openid").await;
    let body = json!({"username": setup.username, "password": super::support::PASSWORD});
    let cookie = act(&app, &flow, "usernamePassword.check", body).await.cookie("ST").unwrap();
    let ask = |more: &'static str| {
        let path = authorize(&app, &setup, &format!("redirect_uri={REDIRECT}{more}"));
        app.anonymous().request(http::Method::GET, &path).header("cookie", &format!("ST={cookie}")).send()
    };
    assert!(value(&pairs(location(&ask("&prompt=none").await).query()), "code").is_some());
    assert!(location(&ask("&prompt=login").await).path().ends_with("/signon/"));
    app.advance(postern_core::time::Span::minutes(10));
    assert!(location(&ask("&max_age=60").await).path().ends_with("/signon/"));
    assert!(value(&pairs(location(&ask("&max_age=3600").await).query()), "code").is_some());
}

#[tokio::test]
async fn only_origins_that_the_application_names_may_read_an_authorization() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    use_policy(&app, &app.admin().await, &setup, "Sms", &[sms(1)]).await;
    let path = authorize(&app, &setup, "response_mode=pi.flow");
    let ask = app
        .anonymous()
        .request(http::Method::GET, &path)
        .header("origin", "https://spa.example")
        .send()
        .await;
    assert_eq!(ask.header("access-control-allow-origin"), None);
    let flow = ask.expect(200);
    let read = app
        .anonymous()
        .request(http::Method::GET, &super::support::flow_path(&app, &flow))
        .header("origin", "https://spa.example")
        .send()
        .await;
    assert_eq!(read.header("access-control-allow-origin"), Some("https://spa.example"));
}
