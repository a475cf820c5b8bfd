//! Text messages and calls through Twilio's interface.

use postern_core::notify::Channel;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_delivery::outcome::Outcome;
use postern_delivery::provider::Provider;
use postern_delivery::settings::{NumberKind, SenderNumber, TwilioSender, TwilioSettings};
use postern_delivery::twilio::{FetchError, TwilioAccount, TwilioProvider};
use url::Url;
use wiremock::matchers::{any, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::{CODE, NOW, NUMBER, message};
use crate::peer::{answering, attempt, deliver, deliver_at, form, header, only_request, outbound};

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const CREATED: &str = r#"{"sid":"SM00000000000000000000000000000001","status":"queued","error_code":null}"#;
/// `base64("AC0123456789abcdef0123456789abcdef:token-7f3a")`
const BASIC: &str = "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjp0b2tlbi03ZjNh";

fn number() -> SenderNumber {
    SenderNumber {
        number: "+15125550199".to_owned(),
        kind: NumberKind::PhoneNumber,
        selected: true,
        sms: true,
        voice: true,
        countries: None,
    }
}

fn provider(server: &MockServer, sender: TwilioSender) -> TwilioProvider {
    let settings = TwilioSettings {
        account_sid: SID.to_owned(),
        auth_token: Secret::from("token-7f3a"),
        sender,
        base_url: Some(Url::parse(&server.uri()).unwrap()),
    };
    TwilioProvider::new(settings, outbound())
}

fn with_number(server: &MockServer) -> TwilioProvider {
    provider(server, TwilioSender::Numbers(vec![number()]))
}

#[tokio::test]
async fn a_text_message_is_posted_as_twilio_wants_it() {
    let server = answering(201, CREATED).await;
    let outcome = deliver(&with_number(&server), &message(Channel::Sms)).await;
    assert_eq!(outcome, Outcome::accepted(Some("SM00000000000000000000000000000001"), "queued"));
    let request = only_request(&server).await;
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(request.url.path(), format!("/2010-04-01/Accounts/{SID}/Messages.json"));
    assert_eq!(header(&request, "authorization"), BASIC);
    assert_eq!(header(&request, "content-type"), "application/x-www-form-urlencoded");
    let form = form(&request);
    assert_eq!(form.len(), 4, "{form:?}");
    assert_eq!(form["To"], NUMBER);
    assert_eq!(form["From"], "+15125550199");
    assert_eq!(form["Body"], format!("Hi \"Pat\" & co: {CODE}"));
    assert_eq!(form["ValidityPeriod"], "300");
}

/// A second attempt with a message, when the account shows this of the first.
async fn again(body: &str, date: &str, status: &str) -> (Outcome, usize) {
    let server = MockServer::start().await;
    let shown = serde_json::json!({"messages": [
        {"sid": "SM9", "status": "delivered", "body": "another", "date_created": "Thu, 01 Jan 2026 00:01:00 +0000"},
        {"sid": "SM1", "status": status, "body": body, "date_created": date},
    ]});
    Mock::given(method("GET"))
        .and(path(format!("/2010-04-01/Accounts/{SID}/Messages.json")))
        .and(query_param("To", NUMBER))
        .respond_with(ResponseTemplate::new(200).set_body_json(shown))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(201).set_body_string(CREATED))
        .mount(&server)
        .await;
    let message = message(Channel::Sms);
    let outcome = with_number(&server).deliver(&message, &attempt(2, &message, NOW)).await;
    let posts = server.received_requests().await.unwrap();
    (outcome, posts.iter().filter(|request| request.method.as_str() == "POST").count())
}

#[tokio::test]
async fn a_text_message_whose_answer_was_lost_is_not_sent_twice() {
    let (text, after) = (message(Channel::Sms).text, "Thu, 01 Jan 2026 00:00:01 +0000");
    assert_eq!(again(&text, after, "sent").await, (Outcome::accepted(Some("SM1"), "sent"), 0));
    for (body, date, status) in [
        ("other words", after, "sent"),
        (text.as_str(), after, "failed"),
        (text.as_str(), "Wed, 31 Dec 2025 23:59:59 +0000", "sent"),
        (text.as_str(), "soon", "sent"),
    ] {
        let (outcome, sent) = again(body, date, status).await;
        assert_eq!((outcome.label(), sent), ("accepted", 1), "{body} {date} {status}");
    }
}

#[tokio::test]
async fn the_validity_is_never_nothing() {
    let server = answering(201, CREATED).await;
    let message = message(Channel::Sms);
    let late = message.expires_at.plus(Span::seconds(10));
    deliver_at(&with_number(&server), &message, late).await;
    assert_eq!(form(&only_request(&server).await)["ValidityPeriod"], "1");
}

#[tokio::test]
async fn a_messaging_service_takes_the_place_of_a_number() {
    let server = answering(201, CREATED).await;
    let service = provider(&server, TwilioSender::MessagingService("MG1".to_owned()));
    deliver(&service, &message(Channel::Sms)).await;
    let form = form(&only_request(&server).await);
    assert_eq!(form["MessagingServiceSid"], "MG1");
    assert!(!form.contains_key("From"));
    assert!(
        service.serves(Channel::Sms) && !service.serves(Channel::Voice) && !service.serves(Channel::Email)
    );
}

#[tokio::test]
async fn a_call_carries_its_words_and_the_extension() {
    let server = answering(201, r#"{"sid":"CA1","status":"queued"}"#).await;
    let mut call = message(Channel::Voice);
    call.text = format!("Your code is <sayCharValue>{CODE}</sayCharValue>");
    call.extension = Some("3,13#".to_owned());
    call.voice = Some("Woman".to_owned());
    let outcome = deliver(&with_number(&server), &call).await;
    assert_eq!(outcome, Outcome::accepted(Some("CA1"), "queued"));
    let request = only_request(&server).await;
    assert_eq!(request.url.path(), format!("/2010-04-01/Accounts/{SID}/Calls.json"));
    let form = form(&request);
    assert_eq!((form["To"].as_str(), form["From"].as_str()), (NUMBER, "+15125550199"));
    assert_eq!(form["SendDigits"], "W3WW13#");
    let spoken = r#"<Response><Pause length="2"/><Say voice="woman" language="en">Your code is 4, 8, 2, 9, 1, 3</Say></Response>"#;
    assert_eq!(form["Twiml"], spoken);
}

#[tokio::test]
async fn what_cannot_be_dialled_or_said_is_not_sent() {
    let server = answering(201, CREATED).await;
    let mut call = message(Channel::Voice);
    call.extension = Some("1;rm".to_owned());
    assert_eq!(deliver(&with_number(&server), &call).await.label(), "reject");
    let mut long = message(Channel::Voice);
    long.text = "word ".repeat(1_000);
    assert_eq!(deliver(&with_number(&server), &long).await.label(), "reject");
    let none = provider(&server, TwilioSender::Numbers(vec![SenderNumber { selected: false, ..number() }]));
    assert_eq!(deliver(&none, &message(Channel::Sms)).await.label(), "next");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn refusals_are_told_apart_on_the_wire() {
    for (status, body, expected) in [
        (401, r#"{"code":20003,"message":"Authenticate","status":401}"#, "misconfigured"),
        (403, "", "misconfigured"),
        (404, r#"{"code":20404}"#, "misconfigured"),
        (400, r#"{"code":21211,"message":"Invalid 'To' Phone Number: +1512555XXXX"}"#, "reject"),
        (400, r#"{"code":21408}"#, "next"),
        (400, r#"{"code":21610}"#, "reject"),
        (400, "not json", "next"),
        (429, r#"{"code":20429}"#, "retry"),
        (503, "<html>", "retry"),
        (302, "", "misconfigured"),
    ] {
        let server = answering(status, body).await;
        let outcome = deliver(&with_number(&server), &message(Channel::Sms)).await;
        assert_eq!(outcome.label(), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn twilio_may_ask_to_wait() {
    let server = MockServer::start().await;
    let busy =
        ResponseTemplate::new(429).insert_header("retry-after", "3").set_body_string(r#"{"code":20429}"#);
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let Outcome::Retry { after, .. } = deliver(&with_number(&server), &message(Channel::Sms)).await else {
        panic!("a retry")
    };
    assert_eq!(after, Some(Span::seconds(3)));
}

fn account(server: &MockServer) -> TwilioAccount {
    TwilioAccount::new(outbound(), SID, Secret::from("token-7f3a"), Some(Url::parse(&server.uri()).unwrap()))
}

async fn page(server: &MockServer, resource: &str, key: (&str, &str), body: &str) {
    Mock::given(method("GET"))
        .and(path(format!("/2010-04-01/Accounts/{SID}/{resource}.json")))
        .and(query_param(key.0, key.1))
        .respond_with(ResponseTemplate::new(200).set_body_string(body))
        .mount(server)
        .await;
}

#[tokio::test]
async fn numbers_are_read_over_all_pages() {
    let server = MockServer::start().await;
    // Of the next page's address only the query counts, wherever it points.
    let first = r#"{"incoming_phone_numbers":[
          {"phone_number":"+15125550199","capabilities":{"voice":true,"sms":true,"mms":true,"fax":false}},
          {"phone_number":"+18885550100","capabilities":{"voice":true,"SMS":false}},
          {"phone_number":"+15125550111","capabilities":{"voice":false,"sms":false,"fax":true}}],
        "next_page_uri":"https://elsewhere.example/x.json?Page=1&PageToken=PAPN1"}"#;
    let second = r#"{"incoming_phone_numbers":[{"phone_number":"+447700900123","capabilities":{"sms":true}}],"next_page_uri":null}"#;
    page(&server, "IncomingPhoneNumbers", ("PageSize", "20"), first).await;
    page(&server, "IncomingPhoneNumbers", ("Page", "1"), second).await;
    page(&server, "SMS/ShortCodes", ("PageSize", "20"), r#"{"short_codes":[{"short_code":"894546"}]}"#).await;
    let found = account(&server).fetch_numbers(NOW).await.unwrap();
    let shown: Vec<_> =
        found.iter().map(|n| (n.number.as_str(), n.kind, n.sms, n.voice, n.selected)).collect();
    assert_eq!(
        shown,
        [
            ("+15125550199", NumberKind::PhoneNumber, true, true, false),
            ("+18885550100", NumberKind::TollFree, false, true, false),
            ("+447700900123", NumberKind::PhoneNumber, true, false, false),
            ("894546", NumberKind::ShortCode, true, false, false),
        ]
    );
}

#[tokio::test]
async fn wrong_credentials_are_told_from_a_missing_answer() {
    for (status, body, expected) in [
        (401, r#"{"code":20003}"#, FetchError::Credentials),
        (404, r#"{"code":20404}"#, FetchError::Credentials),
        (500, "", FetchError::Unavailable),
        (200, "<html>", FetchError::Unavailable),
    ] {
        let server = answering(status, body).await;
        assert_eq!(
            account(&server).fetch_numbers(Timestamp::from_seconds(0)).await,
            Err(expected),
            "{status}"
        );
    }
}
