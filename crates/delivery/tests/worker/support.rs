//! A database, a clock that stands still, a gateway that records, and a worker between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use postern_core::crypto::keyring::KeyRing;
use postern_core::directory::push_credentials::PushCredentials;
use postern_core::entity::Stored;
use postern_core::ids::{
    ApplicationId, EnvironmentId, Id as _, MessageId, PhoneDeliveryId, PushCredentialsId, SettingsId,
};
use postern_core::notify::{Channel, OutboundMessage, payload};
use postern_core::policy::delivery_secrets;
use postern_core::policy::notification_settings::NotificationSettings;
use postern_core::policy::phone_delivery::PhoneDelivery;
use postern_core::policy::whatsapp_delivery::WhatsAppDelivery;
use postern_core::random::Random;
use postern_core::schema::Declared as _;
use postern_core::time::Timestamp;
use postern_delivery::http::{Outbound, OutboundPolicy};
use postern_delivery::provider::Provider;
use postern_delivery::settings::Addresses;
use postern_delivery::worker::{DeliveryEvent, Worker, WorkerParts};
use postern_store::StoreError;
use postern_store::documents::{self, Document};
use postern_store::fixture::TestDb;
use postern_store::tables::outbox::{self, Attempt, NewMessage, Record};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::{NOW, message};

/// The token every gateway of the tests wants.
pub(crate) const TOKEN: &str = "token-5c1f";

/// Long enough for anything that is going to happen at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything around a worker.
pub(crate) struct Stage {
    pub(crate) db: TestDb,
    pub(crate) environment: EnvironmentId,
    pub(crate) random: Random,
    keys: Arc<KeyRing>,
    clock: Arc<AtomicI64>,
    wake: Arc<Notify>,
    events: mpsc::UnboundedReceiver<DeliveryEvent>,
    told: mpsc::UnboundedSender<DeliveryEvent>,
}

/// A worker that runs.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Stops it in order.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }
}

impl Stage {
    pub(crate) async fn all() -> Vec<Self> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        TestDb::all().await.into_iter().map(Self::new).collect()
    }

    fn new(db: TestDb) -> Self {
        let random = Random::seeded(41);
        let (told, events) = mpsc::unbounded_channel();
        Self {
            db,
            environment: EnvironmentId::new(&random),
            keys: Arc::new(KeyRing::generate(&random)),
            random,
            clock: Arc::new(AtomicI64::new(NOW.micros())),
            wake: Arc::default(),
            events,
            told,
        }
    }

    /// Starts a worker without a provider of the operator's.
    pub(crate) fn start(&self) -> Running {
        self.start_with(None, Addresses::default())
    }

    pub(crate) fn start_with(&self, fallback: Option<Arc<dyn Provider>>, addresses: Addresses) -> Running {
        let (clock, told) = (Arc::clone(&self.clock), self.told.clone());
        let worker = Worker::new(WorkerParts {
            db: self.db.db(),
            keys: Arc::clone(&self.keys),
            outbound: Outbound::new(OutboundPolicy::development()).unwrap(),
            addresses,
            fallback,
            clock: Arc::new(move || Timestamp::from_micros(clock.load(Ordering::Relaxed))),
            wake: Arc::clone(&self.wake),
            observer: Some(Arc::new(move |event: &DeliveryEvent| drop(told.send(event.clone())))),
            random: Random::seeded(42),
        });
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        Running { stop, task: tokio::spawn(worker.run(shutdown)) }
    }

    /// Sets the clock and lets the worker look.
    pub(crate) fn at(&self, now: Timestamp) {
        self.clock.store(now.micros(), Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// The next thing that the worker tells.
    pub(crate) async fn event(&mut self) -> DeliveryEvent {
        tokio::time::timeout(PATIENCE, self.events.recv()).await.expect("something happens").unwrap()
    }

    /// A message of the environment of the stage.
    pub(crate) fn message(&self, channel: Channel) -> OutboundMessage {
        let (id, environment) = (MessageId::new(&self.random), self.environment);
        OutboundMessage { id, environment, ..message(channel) }
    }

    pub(crate) async fn enqueue(&self, messages: &[OutboundMessage]) {
        let rows: Vec<NewMessage> = messages
            .iter()
            .map(|message| NewMessage {
                environment: message.environment,
                id: message.id,
                channel: message.channel.request_name(),
                payload: payload::seal(&self.keys, &self.random, message).0,
                user: None,
                device: None,
                created_at: NOW,
                expires_at: message.expires_at,
            })
            .collect();
        let enqueued: Result<(), StoreError> = self
            .db
            .write(rows, |tx, rows| {
                Box::pin(async move {
                    for row in rows {
                        outbox::enqueue(tx, row).await?;
                    }
                    Ok(())
                })
            })
            .await;
        enqueued.unwrap();
        self.wake.notify_one();
    }

    /// Keeps a gateway for text messages of an environment.
    pub(crate) async fn gateway(&self, environment: EnvironmentId, name: &str, url: &str) -> PhoneDeliveryId {
        let body = json!({
            "provider": "CUSTOM_PROVIDER", "name": name,
            "authentication": { "method": "BEARER", "authToken": TOKEN },
            "requests": [{ "deliveryMethod": "SMS", "method": "POST", "url": url,
                           "body": "to=${to}&text=${message}", "phoneNumberFormat": "FULL" }],
        });
        self.phone(environment, &body).await
    }

    pub(crate) async fn phone(&self, environment: EnvironmentId, body: &Value) -> PhoneDeliveryId {
        let (body, secrets) = PhoneDelivery::read(body, None, &[]).unwrap();
        let id = PhoneDeliveryId::new(&self.random);
        let mut record = Stored::new(environment, id, NOW, body);
        record.body.sealed = delivery_secrets::seal(&self.keys, &self.random, &record, &secrets);
        self.keep(record).await;
        id
    }

    /// Keeps push credentials of an application for Huawei's network.
    pub(crate) async fn huawei(&self, application: ApplicationId) {
        let body = json!({ "type": "HMS", "clientId": "100", "clientSecret": TOKEN });
        let owner = ("application", json!({ "id": application }));
        let (body, secrets) = PushCredentials::read(&body, None, &[owner]).unwrap();
        let id = PushCredentialsId::new(&self.random);
        let mut record = Stored::new(self.environment, id, NOW, body);
        record.body.sealed = delivery_secrets::seal(&self.keys, &self.random, &record, &secrets);
        self.keep(record).await;
    }

    /// Keeps a WhatsApp account whose number is chosen.
    pub(crate) async fn whatsapp(&self) {
        let body = json!({ "provider": "CUSTOM_WHATSAPP", "whatsAppAccountBusinessId": "1021", "appId": "7",
                           "appSecret": "app", "userAccessToken": TOKEN,
                           "numbers": [{ "number": "+15125550101", "numberId": "1055", "selected": true }] });
        let (body, secrets) = WhatsAppDelivery::read(&body, None, &[]).unwrap();
        let id = SettingsId::from_uuid(self.environment.uuid());
        let mut record = Stored::new(self.environment, id, NOW, body);
        record.body.sealed = delivery_secrets::seal(&self.keys, &self.random, &record, &secrets);
        self.keep(record).await;
    }

    pub(crate) async fn settings(&self, body: &Value) {
        let (body, _) = NotificationSettings::read(body, None, &[]).unwrap();
        self.keep(Stored::new(self.environment, SettingsId::from_uuid(self.environment.uuid()), NOW, body))
            .await;
    }

    async fn keep<T: Document + Clone>(&self, record: Stored<T>) {
        let kept: Result<(), StoreError> =
            self.db.write(record, |tx, record| Box::pin(documents::insert(tx, record))).await;
        kept.unwrap();
    }

    pub(crate) async fn record(&self, message: &OutboundMessage) -> Record {
        let mut tx = self.db.read().await.unwrap();
        outbox::find(&mut tx, message.environment, message.id).await.unwrap().unwrap()
    }

    pub(crate) async fn history(&self, message: &OutboundMessage) -> Vec<Attempt> {
        let mut tx = self.db.read().await.unwrap();
        outbox::history(&mut tx, message.environment, message.id).await.unwrap()
    }
}

/// A server that gives every request the same answer.
pub(crate) async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// How many requests a server got.
pub(crate) async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}
