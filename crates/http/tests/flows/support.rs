//! What the stories share.

use postern_testkit::{Answer, Client, TestApp, TransactionSetup};
use serde_json::{Value, json};

/// The password of test users.
pub(crate) const PASSWORD: &str = "Tr0ub4dor&3x!";

/// The redirect URI of the test application.
pub(crate) const REDIRECT: &str = "https://www.example.com";

/// The path of a flow.
pub(crate) fn flow_path(app: &TestApp, flow: &Value) -> String {
    app.auth_path(&format!("/flows/{}", flow["id"].as_str().unwrap()))
}

/// Acts on a flow.
pub(crate) async fn act(app: &TestApp, flow: &Value, action: &str, body: Value) -> Answer {
    app.anonymous().act(&flow_path(app, flow), action, body).await
}

/// Acts on a flow with the session's cookie.
pub(crate) async fn act_with(app: &TestApp, cookie: &str, flow: &Value, action: &str, body: Value) -> Answer {
    let request = app.anonymous().request(http::Method::POST, &flow_path(app, flow)).action(action, &body);
    request.header("cookie", &format!("ST={cookie}")).send().await
}

/// The names of a flow's links, sorted.
pub(crate) fn links(flow: &Value) -> Vec<String> {
    let mut names: Vec<String> = flow["_links"].as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

/// A query on the authorization endpoint of the setup's application.
pub(crate) fn authorize(app: &TestApp, setup: &TransactionSetup, query: &str) -> String {
    format!("{}?client_id={}&response_type=code&{query}", app.auth_path("/as/authorize"), setup.application)
}

/// Starts a flow that answers with itself.
pub(crate) async fn start(app: &TestApp, setup: &TransactionSetup, query: &str) -> Value {
    app.anonymous().get(&authorize(app, setup, &format!("response_mode=pi.flow&{query}"))).await.expect(200)
}

/// Replaces the policy of the setup's application by one with these actions.
pub(crate) async fn use_policy(
    app: &TestApp,
    admin: &Client,
    setup: &TransactionSetup,
    name: &str,
    actions: &[Value],
) {
    let policy = admin.post(&app.path("/signOnPolicies"), json!({"name": name})).await.expect(201);
    let policy = policy["id"].as_str().unwrap();
    for action in actions {
        admin.post(&app.path(&format!("/signOnPolicies/{policy}/actions")), action.clone()).await.expect(201);
    }
    let path = app.path(&format!("/applications/{}/signOnPolicyAssignments", setup.application));
    let old = admin.get(&path).await.expect(200);
    for assignment in old["_embedded"]["signOnPolicyAssignments"].as_array().unwrap() {
        admin.delete(&format!("{path}/{}", assignment["id"].as_str().unwrap())).await.expect(204);
    }
    admin.post(&path, json!({"priority": 1, "signOnPolicy": {"id": policy}})).await.expect(201);
}

/// A LOGIN action.
pub(crate) fn login(priority: i64) -> Value {
    json!({"type": "LOGIN", "priority": priority, "recovery": {"enabled": true}})
}

/// An MFA action with text messages.
pub(crate) fn sms(priority: i64) -> Value {
    json!({"type": "MULTI_FACTOR_AUTHENTICATION", "priority": priority, "sms": {"enabled": true}})
}

/// The code of the one message that waits.
pub(crate) async fn sent_code(app: &TestApp) -> String {
    TestApp::only(app.take_mail().await).code.unwrap()
}

/// Another code than this one.
pub(crate) fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}

/// Redeems a code of the setup's application.
pub(crate) async fn redeem(
    app: &TestApp,
    setup: &TransactionSetup,
    code: &str,
    redirect: Option<&str>,
) -> Answer {
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code)];
    if let Some(redirect) = redirect {
        fields.push(("redirect_uri", redirect));
    }
    let request = app.anonymous().request(http::Method::POST, &app.auth_path("/as/token"));
    request.basic(&setup.application, &setup.secret).form(&fields).send().await
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}
