//! Custom domains: a host that stands for an environment, whose paths do not name it.

use http::Method;
use postern_http::web::domains::Domains;
use postern_testkit::{Answer, Client, TestApp};
use serde_json::json;

const DOMAIN: &str = "login.example.com";

fn with_domain(app: &TestApp) -> Client {
    let environment = app.environment();
    app.configured(|parts| parts.domains = Domains::new([(DOMAIN.to_owned(), environment)]))
}

async fn get(client: &Client, host: &str, path: &str) -> Answer {
    client.request(Method::GET, path).header("host", host).send().await
}

#[tokio::test]
async fn a_domain_serves_its_environment_without_naming_it() {
    let app = TestApp::start().await;
    let client = with_domain(&app);
    let found =
        get(&client, "Login.Example.com:8443", "/as/.well-known/openid-configuration").await.expect(200);
    assert_eq!(found["issuer"], "http://login.example.com:8443/as");
    assert_eq!(found["token_endpoint"], "http://login.example.com:8443/as/token");
    get(&client, DOMAIN, "/as/jwks").await.expect(200);

    let found = get(&client, "postern.test", &app.auth_path("/as/.well-known/openid-configuration"))
        .await
        .expect(200);
    assert_eq!(found["issuer"], app.issuer(), "other hosts are as before");
    get(&client, "postern.test", "/as/jwks").await.expect(404);
    get(&app.anonymous(), DOMAIN, "/as/jwks").await.expect(404);
}

#[tokio::test]
async fn a_token_of_a_domain_is_good_for_the_api() {
    TestApp::each(|app| async move {
        let client = with_domain(&app);
        let (id, secret) = app.worker();
        let request = client.request(Method::POST, "/as/token").header("host", DOMAIN).basic(&id, &secret);
        let token = request.form(&[("grant_type", "client_credentials")]).send().await.expect(200);
        let worker = app.token(token["access_token"].as_str().unwrap());
        worker.get(&app.path("")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn links_and_cookies_of_a_flow_stay_on_the_domain() {
    TestApp::each(|app| async move {
        let (client, setup) = (with_domain(&app), app.transaction_setup().await);
        let token = app.request_token(&setup, &json!({"aud": format!("http://{DOMAIN}/as")}));
        let path = app.authorize_path(&setup, &token);
        let path = path.strip_prefix(&app.auth_path("")).unwrap();
        let flow = get(&client, DOMAIN, path).await.expect(200);
        let own = format!("http://{DOMAIN}/flows/{}", flow["id"].as_str().unwrap());
        assert_eq!(flow["_links"]["self"]["href"], own.as_str());
        assert!(flow["resumeUrl"].as_str().unwrap().starts_with(&format!("http://{DOMAIN}/as/resume?")));
        let read =
            get(&client, DOMAIN, own.strip_prefix(&format!("http://{DOMAIN}")).unwrap()).await.expect(200);
        assert_eq!(read["id"], flow["id"]);

        let path = path.replace("response_mode=pi.flow", "redirect_uri=https%3A%2F%2Fwww.example.com");
        let sent = get(&client, DOMAIN, &path).await;
        let page = sent.header("location").unwrap().strip_prefix(&format!("http://{DOMAIN}")).unwrap();
        assert!(page.starts_with("/signon/?flowId="), "{page}");
        let cookies: Vec<_> =
            sent.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
        assert!(
            !cookies.is_empty() && cookies.iter().all(|cookie| cookie.contains("; Path=/; ")),
            "{cookies:?}"
        );
        assert_eq!(get(&client, DOMAIN, page).await.status, 200);
    })
    .await;
}
