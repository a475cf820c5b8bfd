//! Notifications and WhatsApp messages: whose account carries them, and what is told of devices that are gone.

use postern_core::crypto::sha256;
use postern_core::ids::{ApplicationId, DeviceId};
use postern_core::notify::content::{PushCategory, WhatsAppTemplate};
use postern_core::notify::message::SealedOnly;
use postern_core::notify::{Channel, OutboundMessage, PushMessage, PushProvider};
use postern_delivery::settings::Addresses;
use postern_delivery::worker::{GoneDevice, Standing};
use serde_json::json;
use url::Url;
use wiremock::matchers::{header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Stage, TOKEN, answering, requests};

fn notification(stage: &Stage, application: ApplicationId) -> OutboundMessage {
    let push = PushMessage {
        application,
        device: DeviceId::new(&stage.random),
        provider: PushProvider::Hms,
        token: SealedOnly::new("device-token"),
        topic: "10".to_owned(),
        sandbox: false,
        request: stage.random.uuid(),
        category: PushCategory::BannerButtons,
        silent: false,
    };
    OutboundMessage { push: Some(Box::new(push)), otp: None, ..stage.message(Channel::Push) }
}

async fn huawei() -> (MockServer, Addresses) {
    let server = MockServer::start().await;
    let token = json!({ "access_token": "t", "expires_in": 3600 });
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(&server)
        .await;
    let base = Url::parse(&server.uri()).unwrap();
    let hms_tokens = Some(base.join("/token").unwrap());
    (server, Addresses { hms: Some(base), hms_tokens, ..Addresses::default() })
}

async fn answers(server: &MockServer, code: &str) {
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "code": code, "requestId": "r1" }));
    Mock::given(path("/v1/100/messages:send")).respond_with(answer).up_to_n_times(1).mount(server).await;
}

#[tokio::test]
async fn a_notification_goes_through_the_credentials_of_its_application() {
    for mut stage in Stage::all().await {
        let (server, addresses) = huawei().await;
        answers(&server, "80000000").await;
        let (own, other) = (ApplicationId::new(&stage.random), ApplicationId::new(&stage.random));
        stage.huawei(own).await;
        let (sent, unserved) = (notification(&stage, own), notification(&stage, other));
        let worker = stage.start_with(None, addresses);
        stage.enqueue(std::slice::from_ref(&sent)).await;
        assert_eq!(stage.event().await.standing, Standing::Sent);
        stage.enqueue(std::slice::from_ref(&unserved)).await;
        let reason = "no provider is configured".to_owned();
        assert_eq!(stage.event().await.standing, Standing::Failed { reason });
        worker.stop().await;
        let history = stage.history(&sent).await;
        assert_eq!((history[0].provider.as_str(), history[0].reference.as_deref()), ("HMS", Some("r1")));
    }
}

#[tokio::test]
async fn a_device_that_is_gone_is_told_with_the_token_that_was_refused() {
    for mut stage in Stage::all().await {
        let (server, addresses) = huawei().await;
        answers(&server, "80000000").await;
        answers(&server, "80300007").await;
        let application = ApplicationId::new(&stage.random);
        stage.huawei(application).await;
        let worker = stage.start_with(None, addresses);
        stage.enqueue(&[notification(&stage, application)]).await;
        assert_eq!(stage.event().await.gone, None);
        let message = notification(&stage, application);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let event = stage.event().await;
        let device = message.push.as_ref().unwrap().device;
        assert_eq!(event.gone, Some(GoneDevice { device, token_digest: sha256(b"device-token") }));
        assert!(matches!(event.standing, Standing::Failed { .. }));
        worker.stop().await;
        assert_eq!(stage.history(&message).await[0].outcome, "GONE");
    }
}

#[tokio::test]
async fn a_whatsapp_message_goes_through_the_account_of_the_environment() {
    for mut stage in Stage::all().await {
        let server = MockServer::start().await;
        let sent = json!({ "messages": [{ "id": "wamid.1" }] });
        Mock::given(path("/v24.0/1055/messages"))
            .and(header("authorization", format!("Bearer {TOKEN}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(sent))
            .mount(&server)
            .await;
        stage.whatsapp().await;
        let gateway = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Text messages", &gateway.uri()).await;
        let template = WhatsAppTemplate { id: "1".to_owned(), name: None, category: None, language: None };
        let message = OutboundMessage { whats_app: Some(template), ..stage.message(Channel::WhatsApp) };
        stage.enqueue(std::slice::from_ref(&message)).await;
        let whatsapp = Some(Url::parse(&format!("{}/v24.0", server.uri())).unwrap());
        let worker = stage.start_with(None, Addresses { whatsapp, ..Addresses::default() });
        assert_eq!(stage.event().await.standing, Standing::Sent);
        worker.stop().await;
        assert_eq!(stage.history(&message).await[0].reference.as_deref(), Some("wamid.1"));
        assert_eq!(requests(&gateway).await, 0);
    }
}
