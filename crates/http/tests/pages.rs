//! The hosted sign-on page, as a browser without scripts meets it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use std::collections::BTreeMap;

use postern_testkit::{Answer, Client, TestApp, TransactionSetup};
use serde_json::{Value, json};

const PASSWORD: &str = "Tr0ub4dor&3x!";

/// A browser: it keeps cookies and sends forms as they were made.
struct Browser {
    client: Client,
    page: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn on(app: &TestApp) -> Self {
        Self { client: app.anonymous(), page: app.auth_path("/signon/"), cookies: BTreeMap::new() }
    }

    async fn keep(&mut self, request: postern_testkit::Request) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", &cookies.join("; ")).send().await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        let request = self.client.request(http::Method::GET, path);
        self.keep(request).await
    }

    async fn open(&mut self, flow: &str) -> Answer {
        let page = format!("{}?flowId={flow}", self.page);
        self.get(&page).await
    }

    async fn post(&mut self, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.request(http::Method::POST, &self.page.clone()).form(fields);
        self.keep(request).await
    }

    /// Sends the page's form of this action and follows where an accepted one leads.
    async fn send(&mut self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let form = form(&page.text, action);
        let fields: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(typed.iter().copied())
            .collect();
        let answer = self.post(&fields).await;
        if answer.status != 303 {
            return answer;
        }
        let to = answer.header("location").unwrap().strip_prefix("./").unwrap().to_owned();
        let path = format!("{}{to}", self.page);
        self.get(&path).await
    }
}

/// The hidden fields of the page's form of an action.
fn form(page: &str, action: &str) -> Vec<(String, String)> {
    let wanted = format!("name=\"action\" value=\"{action}\"");
    let form = page.split("<form").find(|form| form.contains(&wanted));
    assert!(form.is_some(), "no form {action}: {page}");
    let form = form.unwrap();
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
        })
        .collect()
}

async fn prepared(app: &TestApp, actions: &[Value]) -> TransactionSetup {
    let setup = app.transaction_setup().await;
    let admin = app.admin().await;
    let policy = admin.post(&app.path("/signOnPolicies"), json!({"name": "Pages"})).await.expect(201);
    let policy = policy["id"].as_str().unwrap();
    for action in actions {
        admin.post(&app.path(&format!("/signOnPolicies/{policy}/actions")), action.clone()).await.expect(201);
    }
    let path = app.path(&format!("/applications/{}/signOnPolicyAssignments", setup.application));
    let old = admin.get(&path).await.expect(200);
    let old = old["_embedded"]["signOnPolicyAssignments"][0]["id"].as_str().unwrap().to_owned();
    admin.delete(&format!("{path}/{old}")).await.expect(204);
    admin.post(&path, json!({"priority": 1, "signOnPolicy": {"id": policy}})).await.expect(201);
    app.take_mail().await;
    setup
}

fn login() -> Value {
    json!({"type": "LOGIN", "priority": 1, "recovery": {"enabled": true}})
}

fn sms() -> Value {
    json!({"type": "MULTI_FACTOR_AUTHENTICATION", "priority": 2, "sms": {"enabled": true}})
}

/// Follows the application's link to the sign-on page; gives the flow's id.
async fn begin(app: &TestApp, setup: &TransactionSetup, browser: &mut Browser) -> String {
    let authorize = format!(
        "{}?client_id={}&response_type=code&redirect_uri=https://www.example.com&state=s1&scope=openid",
        app.auth_path("/as/authorize"),
        setup.application
    );
    let answer = browser.get(&authorize).await;
    let place = answer.header("location").unwrap();
    place.split_once("/signon/?flowId=").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_person_signs_on_with_password_and_passcode_and_comes_back_with_a_code() {
    TestApp::each(|app| async move {
        let setup = prepared(&app, &[login(), sms()]).await;
        let mut browser = Browser::on(&app);
        let flow = begin(&app, &setup, &mut browser).await;
        let page = browser.open(&flow).await;
        assert!(
            page.text.contains("UseCaseMFAWebApp_1")
                && page.text.contains("autocomplete=\"current-password\""),
            "{}",
            page.text
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !page.text.contains("<script"), "{policy}");
        assert!(page.header("set-cookie").unwrap().contains("HttpOnly"));

        let wrong = browser
            .send(&page, "usernamePassword.check", &[("username", "\"><b>"), ("password", "wrong")])
            .await;
        assert_eq!(wrong.status, 400);
        assert!(
            wrong.text.contains("role=\"alert\"") && wrong.text.contains("value=\"&quot;&gt;&lt;b&gt;\""),
            "{}",
            wrong.text
        );

        let page = browser
            .send(&wrong, "usernamePassword.check", &[("username", &setup.username), ("password", PASSWORD)])
            .await;
        assert!(
            page.text.contains("autocomplete=\"one-time-code\"") && page.text.contains("*******34"),
            "{}",
            page.text
        );
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let page = browser.send(&page, "otp.check", &[("otp", wrong)]).await;
        assert!(page.text.contains("The passcode is not right. You have 2 more tries."), "{}", page.text);

        let page = browser.send(&page, "device.select", &[]).await;
        let code = TestApp::only(app.take_mail().await).code.unwrap();
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let page = browser.send(&page, "otp.check", &[("otp", &spaced)]).await;
        let onward = page.text.split("url=..").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let back = browser.get(&app.auth_path(&onward)).await;
        let back = back.header("location").unwrap().to_owned();
        assert!(back.starts_with("https://www.example.com?code=") && back.ends_with("&state=s1"), "{back}");

        let stranger = Browser::on(&app).open(&flow).await;
        assert!(
            stranger.text.contains("completed in another browser") && !stranger.text.contains("as/resume")
        );
    })
    .await;
}

#[tokio::test]
async fn a_person_names_themselves_and_chooses_a_device() {
    let app = TestApp::start().await;
    let setup = prepared(&app, &[sms()]).await;
    let admin = app.admin().await;
    let policies = admin.get(&app.path("/deviceAuthenticationPolicies")).await.expect(200);
    let policies = policies["_embedded"]["deviceAuthenticationPolicies"].as_array().unwrap().clone();
    let mut policy = policies.into_iter().find(|policy| policy["default"] == true).unwrap();
    policy["authentication"] = json!({"deviceSelection": "PROMPT_TO_SELECT"});
    let path = app.path(&format!("/deviceAuthenticationPolicies/{}", policy["id"].as_str().unwrap()));
    admin.put(&path, policy).await.expect(200);
    let second = json!({"type": "SMS", "phone": "+1.5125550177", "nickname": "<i>Work</i>", "policy": {"id": setup.policy}});
    let second = admin.post(&app.path(&format!("/users/{}/devices", setup.user)), second).await.expect(201);
    app.take_mail().await;

    let mut browser = Browser::on(&app);
    let flow = begin(&app, &setup, &mut browser).await;
    let page = browser.open(&flow).await;
    let page = browser.send(&page, "user.lookup", &[("username", "nobody")]).await;
    assert!(page.text.contains("Invalid username.") && page.text.contains("value=\"nobody\""));
    let page = browser.send(&page, "user.lookup", &[("username", &setup.username)]).await;
    assert!(page.text.contains("text message to *******77 (&lt;i&gt;Work&lt;/i&gt;)"), "{}", page.text);
    let second = second["id"].as_str().unwrap();
    let chosen: Vec<(String, String)> = form(&page.text, "device.select")
        .into_iter()
        .map(|(name, value)| if name == "device" { (name, second.to_owned()) } else { (name, value) })
        .collect();
    let chosen: Vec<(&str, &str)> =
        chosen.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(browser.post(&chosen).await.status, 303);
    assert_eq!(TestApp::only(app.take_mail().await).to, "+15125550177");
}

#[tokio::test]
async fn a_form_counts_only_in_the_browser_and_for_the_flow_it_was_made_for() {
    let app = TestApp::start().await;
    let setup = prepared(&app, &[login()]).await;
    let typed = [("username", setup.username.as_str()), ("password", PASSWORD)];
    let (mut attacker, mut victim) = (Browser::on(&app), Browser::on(&app));
    let flow = begin(&app, &setup, &mut attacker).await;
    let page = attacker.open(&flow).await;
    let forced = victim.send(&page, "usernamePassword.check", &typed).await;
    assert_eq!(forced.status, 403);
    assert!(!victim.cookies.contains_key("ST"));

    let other = begin(&app, &setup, &mut attacker).await;
    let mut fields = form(&page.text, "usernamePassword.check");
    fields.iter_mut().find(|(name, _)| name == "flowId").unwrap().1 = other;
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(typed).collect();
    assert_eq!(attacker.post(&fields).await.status, 403);
    assert!(attacker.send(&page, "usernamePassword.check", &typed).await.text.contains("You are signed on"));
}

#[tokio::test]
async fn a_person_recovers_a_forgotten_password_and_replaces_one_that_must_change() {
    let app = TestApp::start().await;
    let setup = prepared(&app, &[login()]).await;
    let mut browser = Browser::on(&app);
    let flow = begin(&app, &setup, &mut browser).await;
    let page = browser.open(&flow).await;
    let page = browser.send(&page, "password.forgot", &[("username", &setup.username)]).await;
    let code = TestApp::only(app.take_mail().await).code.unwrap();
    let page =
        browser.send(&page, "password.recover", &[("recoveryCode", &code), ("newPassword", "short")]).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("it is too short or too long"), "{}", page.text);
    let page = browser
        .send(&page, "password.recover", &[("recoveryCode", &code), ("newPassword", "N3w&longer-secret")])
        .await;
    assert!(page.text.contains("You are signed on"), "{}", page.text);

    let set = "Fr3sh&password-again";
    let value = json!({"value": set, "forceChange": true});
    let path = app.path(&format!("/users/{}/password", setup.user));
    let admin = app.admin().await;
    admin.request(http::Method::PUT, &path).action("password.set", &value).send().await.expect(200);
    let mut browser = Browser::on(&app);
    let flow = begin(&app, &setup, &mut browser).await;
    let page = browser.open(&flow).await;
    let page = browser
        .send(&page, "usernamePassword.check", &[("username", &setup.username), ("password", set)])
        .await;
    let typed = [("currentPassword", set), ("newPassword", "An0ther&longer-one")];
    let page = browser.send(&page, "password.reset", &typed).await;
    assert!(page.text.contains("You are signed on"), "{}", page.text);
}

#[tokio::test]
async fn a_request_without_an_application_ends_on_a_page_that_says_so_in_our_words() {
    let app = TestApp::start().await;
    let mut browser = Browser::on(&app);
    let unknown =
        app.auth_path("/as/authorize?client_id=00000000-0000-4000-8000-000000000000&response_type=code");
    let place = browser.get(&unknown).await.header("location").unwrap().to_owned();
    let page = browser.get(place.split_once("postern.test").unwrap().1).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("The application is unknown") && page.text.contains("<code>client_id</code>"));
    for path in ["", "?flowId=x", "?flowId=00000000-0000-4000-8000-000000000000"] {
        let page = browser.get(&app.auth_path(&format!("/signon/{path}"))).await;
        assert_eq!(page.status, 404);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    }
    assert!(browser.get(&app.auth_path("/signon/signon.css")).await.text.contains(":focus-visible"));
}
