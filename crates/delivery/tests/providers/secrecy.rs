//! No outcome tells the code, the recipient or a credential, whatever the
//! peer writes.

use postern_core::directory::push_credentials::ServiceAccount;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::notify::content::WhatsAppTemplate;
use postern_core::notify::{Channel, OutboundMessage, PushProvider};
use postern_core::secret::Secret;
use postern_delivery::custom::CustomProvider;
use postern_delivery::outcome::Outcome;
use postern_delivery::provider::Provider;
use postern_delivery::push::{ApnsProvider, FcmProvider, HmsProvider};
use postern_delivery::settings::{
    Authentication, CustomMethod, CustomRequest, CustomSettings, NumberKind, OAuth2Grant, PhoneFormat,
    SenderNumber, TwilioSender, TwilioSettings, WhatsAppSettings,
};
use postern_delivery::twilio::TwilioProvider;
use postern_delivery::whatsapp::WhatsAppProvider;
use url::Url;
use wiremock::MockServer;

use crate::fixture::{CODE, message};
use crate::peer::{answering, deliver, outbound};
use crate::push::{TOKEN, notification};

const CANARY: &str = "canary-5d81c2";

fn assert_silent(outcome: &Outcome, context: &str) {
    let shown = format!("{outcome:?} {}", outcome.reason().map(ToString::to_string).unwrap_or_default());
    for secret in [CODE, "5125550101", "5550101", "pat@example.com", CANARY, TOKEN, "127.0.0.1"] {
        assert!(!shown.contains(secret), "{context}: {shown}");
    }
    assert!(shown.len() < 400, "{context}: {shown}");
}

fn twilio(base: &str) -> TwilioProvider {
    let number = SenderNumber {
        number: "+15125550199".to_owned(),
        kind: NumberKind::PhoneNumber,
        selected: true,
        sms: true,
        voice: true,
        countries: None,
    };
    let settings = TwilioSettings {
        account_sid: "AC1".to_owned(),
        auth_token: Secret::from(CANARY),
        sender: TwilioSender::Numbers(vec![number]),
        base_url: Some(Url::parse(base).unwrap()),
    };
    TwilioProvider::new(settings, outbound())
}

fn gateway(base: &str, authentication: Authentication) -> CustomProvider {
    let request = |channel| CustomRequest {
        channel,
        method: CustomMethod::Get,
        url: format!("{base}/?key={CANARY}&to=${{to}}&message=${{message}}"),
        headers: vec![("x-key".to_owned(), CANARY.to_owned())],
        body: None,
        phone_format: PhoneFormat::Full,
        before_tag: None,
        after_tag: None,
    };
    let settings = CustomSettings {
        name: "gateway".to_owned(),
        authentication,
        requests: vec![request(Channel::Sms), request(Channel::Voice), request(Channel::Email)],
        numbers: vec![],
        from: None,
        reply_to: None,
    };
    CustomProvider::new(settings, outbound())
}

fn providers(base: &str) -> Vec<Box<dyn Provider>> {
    let grant =
        OAuth2Grant::ClientCredentials { client_id: "c".to_owned(), client_secret: Secret::from(CANARY) };
    let oauth = Authentication::OAuth2 { token_url: format!("{base}/{CANARY}"), grant, scopes: vec![] };
    let bearer = Authentication::Bearer { token: Secret::from(CANARY) };
    let broken = Authentication::Bearer { token: Secret::from("canary-5d81c2\n") };
    vec![
        Box::new(twilio(base)),
        Box::new(gateway(base, oauth)),
        Box::new(gateway(base, bearer)),
        Box::new(gateway(base, broken)),
        Box::new(whatsapp(base)),
    ]
}

fn whatsapp(base: &str) -> WhatsAppProvider {
    let settings = WhatsAppSettings {
        number_id: Some("1".to_owned()),
        access_token: Secret::from(CANARY),
        app_secret: Secret::from(CANARY),
        base_url: Some(Url::parse(base).unwrap()),
    };
    WhatsAppProvider::new(settings, outbound())
}

/// The push networks, each with a key or secret of its own.
fn networks(base: &str) -> Vec<(Box<dyn Provider>, PushProvider)> {
    let (url, token_uri) = (Url::parse(base).unwrap(), format!("{base}/{CANARY}"));
    let key = |algorithm| SigningKey::generate(algorithm, CANARY).unwrap();
    let account = ServiceAccount {
        project_id: "acme".to_owned(),
        client_email: "pat@example.com".to_owned(),
        token_uri,
        key: Box::new(key(SigningAlgorithm::RS256)),
    };
    let apns =
        ApnsProvider::new(CANARY.to_owned(), key(SigningAlgorithm::ES256), outbound(), Some(url.clone()));
    let hms = HmsProvider::new(
        "1".to_owned(),
        Secret::from(CANARY),
        outbound(),
        Some(url.clone()),
        Some(url.clone()),
    );
    vec![
        (Box::new(FcmProvider::new(account, outbound(), Some(url))), PushProvider::Fcm),
        (Box::new(apns), PushProvider::Apns),
        (Box::new(hms), PushProvider::Hms),
    ]
}

async fn check_networks(base: &str, context: &str) {
    for (provider, network) in networks(base) {
        let outcome = deliver(provider.as_ref(), &notification(network)).await;
        assert_silent(&outcome, &format!("{} {context}", provider.name()));
    }
}

async fn check(base: &str, context: &str) {
    for provider in providers(base) {
        for channel in [Channel::Sms, Channel::Voice, Channel::Email, Channel::WhatsApp] {
            if provider.serves(channel) {
                let message = OutboundMessage { whats_app: Some(template()), ..message(channel) };
                let outcome = deliver(provider.as_ref(), &message).await;
                assert_silent(&outcome, &format!("{} {channel:?} {context}", provider.name()));
            }
        }
    }
}

fn template() -> WhatsAppTemplate {
    WhatsAppTemplate { id: "t".to_owned(), name: None, category: None, language: None }
}

/// An answer that tells all the peer was told.
async fn telltale(status: u16, code: &str) -> MockServer {
    let told = format!("{CODE} +15125550101 pat@example.com {CANARY}");
    let body = format!(
        r#"{{"code":{code},"message":"{told}","more_info":"{told}","sid":"+15125550101","status":"{told}","error":"{told}","reason":"{told}","requestId":"{told}"}}"#
    );
    answering(status, &body).await
}

#[tokio::test]
async fn whatever_the_peer_answers_is_not_repeated() {
    for status in [200, 201, 302, 400, 401, 403, 404, 409, 429, 500, 503] {
        for code in ["21211", "20003", "999999", "null", "\"x\""] {
            let server = telltale(status, code).await;
            check(&server.uri(), &format!("{status} {code}")).await;
        }
    }
}

#[tokio::test]
async fn whatever_a_push_network_answers_is_not_repeated() {
    for status in [200, 302, 400, 401, 404, 410, 429, 503] {
        let told = format!("{TOKEN} {CANARY}");
        let body = format!(
            r#"{{"access_token":"{CANARY}","expires_in":60,"name":"","code":"{told}","reason":"{told}",
                "error":{{"message":"{told}","details":[{{"errorCode":"{told}"}}]}}}}"#
        );
        let server = answering(status, &body).await;
        check_networks(&server.uri(), &status.to_string()).await;
    }
    check_networks("http://nowhere.invalid", "unresolved").await;
}

#[tokio::test]
async fn whatever_keeps_the_call_from_being_made_is_not_repeated() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for base in [
        format!("http://{free}"),
        "https://169.254.169.254".to_owned(),
        "http://nowhere.invalid".to_owned(),
        "https://canary-5d81c2.invalid".to_owned(),
        "ftp://gateway.example".to_owned(),
    ] {
        check(&base, &base).await;
    }
}

#[test]
fn settings_and_providers_do_not_show_their_secrets() {
    let provider = twilio("https://api.example/");
    assert!(!format!("{provider:?}").contains(CANARY));
    let authentication = Authentication::Basic { username: "u".to_owned(), password: Secret::from(CANARY) };
    assert!(!format!("{authentication:?}").contains(CANARY));
    let request = CustomRequest {
        channel: Channel::Sms,
        method: CustomMethod::Get,
        url: format!("https://gateway.example/?key={CANARY}"),
        headers: vec![("x-key".to_owned(), CANARY.to_owned())],
        body: Some(CANARY.to_owned()),
        phone_format: PhoneFormat::Full,
        before_tag: None,
        after_tag: None,
    };
    assert!(!format!("{request:?}").contains(CANARY));
}
