//! Gateways with an HTTP interface of their own.

use postern_core::notify::Channel;
use postern_core::notify::content::Mailbox;
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_delivery::custom::CustomProvider;
use postern_delivery::provider::Provider;
use postern_delivery::settings::{
    Authentication, CustomMethod, CustomRequest, CustomSettings, NumberKind, OAuth2Grant, PhoneFormat,
    SenderNumber,
};
use wiremock::matchers::{header as with_header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::{CODE, NOW, message};
use crate::peer::{answering, deliver, deliver_at, form, header, only_request, outbound};

fn settings(request: CustomRequest) -> CustomSettings {
    CustomSettings {
        name: "Acme gateway".to_owned(),
        authentication: Authentication::Bearer { token: Secret::from("bearer-9c1e") },
        requests: vec![request],
        numbers: vec![],
        from: Some(Mailbox { name: Some("Acme".to_owned()), address: "no-reply@acme.example".to_owned() }),
        reply_to: None,
    }
}

fn get(url: String) -> CustomRequest {
    CustomRequest {
        channel: Channel::Sms,
        method: CustomMethod::Get,
        url,
        headers: vec![],
        body: None,
        phone_format: PhoneFormat::Full,
        before_tag: None,
        after_tag: None,
    }
}

fn post(url: String, content_type: &str, body: &str) -> CustomRequest {
    CustomRequest {
        method: CustomMethod::Post,
        headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
        body: Some(body.to_owned()),
        ..get(url)
    }
}

fn provider(settings: CustomSettings) -> CustomProvider {
    CustomProvider::new(settings, outbound())
}

#[tokio::test]
async fn a_get_carries_encoded_values_in_its_query() {
    let server = answering(200, "").await;
    let mut request = get(format!("{}/send?to=${{to}}&text=${{message}}&c=${{otp}}", server.uri()));
    request.headers = vec![("X-Tenant".to_owned(), "acme".to_owned())];
    let message = message(Channel::Sms);
    assert_eq!(deliver(&provider(settings(request)), &message).await.label(), "accepted");
    let request = only_request(&server).await;
    assert_eq!(request.method.as_str(), "GET");
    let expected = format!("to=%2B15125550101&text=Hi%20%22Pat%22%20%26%20co%3A%20{CODE}&c={CODE}");
    assert_eq!(request.url.query(), Some(expected.as_str()));
    assert_eq!(header(&request, "authorization"), "Bearer bearer-9c1e");
    assert_eq!(header(&request, "x-tenant"), "acme");
    assert_eq!(header(&request, "idempotency-key"), message.id.to_string());
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn a_form_reads_back_what_was_put_into_it() {
    let server = answering(202, "").await;
    let body =
        "messageType=ARN&message=${message}&phone=${to}&sender=${from}&given=${USER.name.given}&x=${absent}";
    let mut request = post(server.uri(), "application/x-www-form-urlencoded", body);
    request.phone_format = PhoneFormat::NumberOnly;
    assert_eq!(deliver(&provider(settings(request)), &message(Channel::Sms)).await.label(), "accepted");
    let request = only_request(&server).await;
    let form = form(&request);
    assert_eq!(form["message"], format!("Hi \"Pat\" & co: {CODE}"));
    assert_eq!(form["phone"], "15125550101");
    assert_eq!(form["given"], "Pat <Dial>&+1");
    assert_eq!((form["sender"].as_str(), form["x"].as_str()), ("", ""));
    assert_eq!(header(&request, "content-type"), "application/x-www-form-urlencoded");
}

#[tokio::test]
async fn a_json_body_stays_json_whatever_the_values() {
    let server = answering(200, "").await;
    let body = r#"{"to":"${to}","from":"${from}","text":"${message}","locale":"${locale}"}"#;
    let mut settings = settings(post(server.uri(), "application/json", body));
    settings.numbers = vec![SenderNumber {
        number: "12345".to_owned(),
        kind: NumberKind::ShortCode,
        selected: true,
        sms: true,
        voice: false,
        countries: Some(vec!["US".to_owned()]),
    }];
    let provider = provider(settings);
    let mut message = message(Channel::Sms);
    message.text = format!("a \"b\" \\ \n ${{to}} {CODE}");
    assert_eq!(deliver(&provider, &message).await.label(), "accepted");
    let request = only_request(&server).await;
    let sent: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let expected =
        serde_json::json!({"to": "+15125550101", "from": "12345", "text": message.text, "locale": "en"});
    assert_eq!(sent, expected);

    message.country = Some("FR".to_owned());
    assert_eq!(deliver(&provider, &message).await.label(), "next");
}

#[tokio::test]
async fn a_spoken_code_gets_the_gateways_tags_and_values_bring_none() {
    let server = answering(200, "").await;
    let body = "twiml=<Response>${message}</Response>&code=${otp}&given=${user.name.given}";
    let mut request = post(server.uri(), "application/x-www-form-urlencoded", body);
    request.channel = Channel::Voice;
    request.before_tag = Some("<Say>".to_owned());
    request.after_tag = Some("</Say><Pause/>".to_owned());
    let provider = provider(settings(request));
    let digits: String = CODE.chars().map(|digit| format!("<Say>{digit}</Say><Pause/>")).collect();
    for text in [format!("Code {CODE}"), format!("Code <sayCharValue>{CODE}</sayCharValue>")] {
        let mut call = message(Channel::Voice);
        call.text = text;
        assert_eq!(deliver(&provider, &call).await.label(), "accepted");
    }
    for request in server.received_requests().await.unwrap() {
        let form = form(&request);
        assert_eq!(form["twiml"], format!("<Response>Code {digits}</Response>"));
        assert_eq!(form["code"], digits);
        assert_eq!(form["given"], "Pat  Dial &+1");
    }
}

#[tokio::test]
async fn a_call_without_tags_is_read_from_one_line() {
    let server = answering(200, "").await;
    let mut request = post(server.uri(), "application/json", r#"{"say":"${message}","voice":"${voice}"}"#);
    request.channel = Channel::Voice;
    let mut call = message(Channel::Voice);
    call.text = format!("Code <sayCharValue>{CODE}</sayCharValue>");
    call.voice = Some("Alice".to_owned());
    deliver(&provider(settings(request)), &call).await;
    let sent: serde_json::Value = serde_json::from_slice(&only_request(&server).await.body).unwrap();
    assert_eq!(sent, serde_json::json!({"say": "Code 4, 8, 2, 9, 1, 3", "voice": "Alice"}));
}

#[tokio::test]
async fn mail_goes_through_a_gateway_too() {
    let server = answering(200, "").await;
    let body = r#"{"from":"${from}","to":"${to}","subject":"${subject}","html":"${message}"}"#;
    let mut request = post(server.uri(), "application/json; charset=utf-8", body);
    request.channel = Channel::Email;
    let provider = provider(settings(request));
    assert!(provider.serves(Channel::Email) && !provider.serves(Channel::Sms));
    let mut mail = message(Channel::Email);
    mail.text = "<p class=\"x\">1</p>".to_owned();
    deliver(&provider, &mail).await;
    let sent: serde_json::Value = serde_json::from_slice(&only_request(&server).await.body).unwrap();
    let expected = serde_json::json!({
        "from": "no-reply@acme.example", "to": "pat@example.com", "subject": "Your code", "html": "<p class=\"x\">1</p>",
    });
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn each_authentication_shows_in_its_header() {
    let basic = Authentication::Basic { username: "acme".to_owned(), password: Secret::from("pw-51aa") };
    let own = Authentication::Header { name: "X-Authorization".to_owned(), value: Secret::from("key-77b0") };
    for (authentication, name, expected) in
        [(basic, "authorization", "Basic YWNtZTpwdy01MWFh"), (own, "x-authorization", "key-77b0")]
    {
        let server = answering(200, "").await;
        let settings = CustomSettings { authentication, ..settings(get(server.uri())) };
        deliver(&provider(settings), &message(Channel::Sms)).await;
        assert_eq!(header(&only_request(&server).await, name), expected);
    }
}

fn oauth(server: &MockServer, scopes: &[&str]) -> CustomSettings {
    let grant = OAuth2Grant::ClientCredentials {
        client_id: "client:1".to_owned(),
        client_secret: Secret::from("s&cret"),
    };
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let authentication =
        Authentication::OAuth2 { token_url: format!("{}/token", server.uri()), grant, scopes };
    CustomSettings { authentication, ..settings(get(format!("{}/send", server.uri()))) }
}

async fn tokens(server: &MockServer, token: &str, uses: u64) {
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":600}}"#);
    let answer = ResponseTemplate::new(200).set_body_string(body);
    Mock::given(path("/token")).respond_with(answer).up_to_n_times(uses).mount(server).await;
}

async fn paths(server: &MockServer) -> Vec<String> {
    server.received_requests().await.unwrap().iter().map(|request| request.url.path().to_owned()).collect()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_again_when_it_has_expired() {
    let server = MockServer::start().await;
    tokens(&server, "t1", 9).await;
    Mock::given(path("/send")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let provider = provider(oauth(&server, &["sms", "voice"]));
    let message = message(Channel::Sms);
    for seconds in [0, 500, 569, 570] {
        deliver_at(&provider, &message, NOW.plus(Span::seconds(seconds))).await;
    }
    assert_eq!(paths(&server).await, ["/token", "/send", "/send", "/send", "/token", "/send"]);
    let requests = server.received_requests().await.unwrap();
    // base64("client%3A1:s%26cret")
    assert_eq!(header(&requests[0], "authorization"), "Basic Y2xpZW50JTNBMTpzJTI2Y3JldA==");
    let form = form(&requests[0]);
    assert_eq!((form["grant_type"].as_str(), form["scope"].as_str()), ("client_credentials", "sms voice"));
    assert_eq!(header(&requests[1], "authorization"), "Bearer t1");
}

#[tokio::test]
async fn a_kept_token_that_was_withdrawn_is_replaced_at_once() {
    let server = MockServer::start().await;
    tokens(&server, "t1", 1).await;
    tokens(&server, "t2", 9).await;
    let taken = |status| ResponseTemplate::new(status);
    Mock::given(path("/send"))
        .and(with_header("authorization", "Bearer t1"))
        .respond_with(taken(200))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/send"))
        .and(with_header("authorization", "Bearer t2"))
        .respond_with(taken(200))
        .mount(&server)
        .await;
    Mock::given(path("/send")).respond_with(taken(401)).mount(&server).await;
    let provider = provider(oauth(&server, &[]));
    let message = message(Channel::Sms);
    assert_eq!(deliver(&provider, &message).await.label(), "accepted");
    assert_eq!(deliver(&provider, &message).await.label(), "accepted");
    assert_eq!(paths(&server).await, ["/token", "/send", "/send", "/token", "/send"]);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_a_matter_of_settings() {
    let server = MockServer::start().await;
    tokens(&server, "t1", 9).await;
    Mock::given(path("/send")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    assert_eq!(
        deliver(&provider(oauth(&server, &[])), &message(Channel::Sms)).await.label(),
        "misconfigured"
    );
    assert_eq!(paths(&server).await, ["/token", "/send"]);
}

#[tokio::test]
async fn an_assertion_buys_a_token() {
    let server = MockServer::start().await;
    tokens(&server, "t1", 1).await;
    Mock::given(path("/send")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let mut settings = oauth(&server, &[]);
    if let Authentication::OAuth2 { grant, .. } = &mut settings.authentication {
        *grant = OAuth2Grant::JwtBearer { assertion: Secret::from("a.b.c") };
    }
    assert_eq!(deliver(&provider(settings), &message(Channel::Sms)).await.label(), "accepted");
    let requests = server.received_requests().await.unwrap();
    let form = form(&requests[0]);
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(form["assertion"], "a.b.c");
    assert_eq!(header(&requests[0], "authorization"), "");
}

#[tokio::test]
async fn a_description_that_cannot_be_sent_is_a_matter_of_settings() {
    let server = answering(200, "").await;
    let with = |name: &str, value: &str| CustomRequest {
        headers: vec![(name.to_owned(), value.to_owned())],
        ..get(server.uri())
    };
    for request in [
        get("not a url".to_owned()),
        get("ftp://gateway.example/".to_owned()),
        get("https://169.254.169.254/latest".to_owned()),
        post(server.uri(), "text/xml", "<x>${message}</x>"),
        with("Host", "elsewhere.example"),
        with("Transfer-Encoding", "chunked"),
        with("X-Bad", "a\r\nb"),
    ] {
        let shown = format!("{} {:?}", request.url, request.headers);
        let outcome = deliver(&provider(settings(request)), &message(Channel::Sms)).await;
        assert_eq!(outcome.label(), "misconfigured", "{shown}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}
