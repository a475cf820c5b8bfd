//! How many messages a second the worker hands to an HTTP sink on this machine, with SQLite at full durability:
//! `cargo run --release -p postern-delivery --example throughput -- 20000`.

#![expect(clippy::disallowed_methods, reason = "it measures")]
#![expect(clippy::print_stdout, reason = "it is a program that prints a figure")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up must fail")]

#[path = "../src/fixture.rs"]
mod fixture;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use postern_core::crypto::keyring::KeyRing;
use postern_core::entity::Stored;
use postern_core::ids::{EnvironmentId, MessageId, PhoneDeliveryId};
use postern_core::notify::{Channel, OutboundMessage, payload};
use postern_core::policy::delivery_secrets;
use postern_core::policy::phone_delivery::PhoneDelivery;
use postern_core::random::Random;
use postern_core::schema::Declared as _;
use postern_core::time::{Span, Timestamp};
use postern_delivery::http::{Outbound, OutboundPolicy};
use postern_delivery::settings::Addresses;
use postern_delivery::worker::{Worker, WorkerParts};
use postern_store::fixture::TestDb;
use postern_store::tables::outbox::{self, NewMessage};
use postern_store::{StoreError, documents};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

/// Answers 200 to every request; the body's length stands in a header.
async fn serve(mut stream: TcpStream) {
    let mut buffer: Vec<u8> = Vec::with_capacity(4096);
    loop {
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        };
        let text = String::from_utf8_lossy(buffer.get(..head).unwrap_or_default()).to_ascii_lowercase();
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let whole = head + 4 + length.unwrap_or(0);
        while buffer.len() < whole {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
        buffer.drain(..whole);
        if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.is_err() {
            return;
        }
    }
}

async fn sink() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(serve(stream));
        }
    });
    format!("http://{address}/sms")
}

async fn configure(db: &TestDb, keys: &KeyRing, random: &Random, environment: EnvironmentId) {
    let body = json!({
        "provider": "CUSTOM_PROVIDER", "name": "Sink", "authentication": { "method": "BEARER", "authToken": "t" },
        "requests": [{ "deliveryMethod": "SMS", "method": "POST", "url": sink().await,
                       "body": "to=${to}&text=${message}", "phoneNumberFormat": "FULL" }],
    });
    let (body, secrets) = PhoneDelivery::read(&body, None, &[]).unwrap();
    let mut record = Stored::new(environment, PhoneDeliveryId::new(random), now(), body);
    record.body.sealed = delivery_secrets::seal(keys, random, &record, &secrets);
    let kept: Result<(), StoreError> =
        db.write(record, |tx, record| Box::pin(documents::insert(tx, record))).await;
    kept.unwrap();
}

async fn enqueue(db: &TestDb, keys: &KeyRing, random: &Random, environment: EnvironmentId, count: usize) {
    let row = |_| {
        let (id, expires_at) = (MessageId::new(random), now().plus(Span::hours(1)));
        let message = OutboundMessage { id, environment, expires_at, ..fixture::message(Channel::Sms) };
        NewMessage {
            environment,
            id,
            channel: "SMS",
            payload: payload::seal(keys, random, &message).0,
            user: None,
            device: None,
            created_at: now(),
            expires_at,
        }
    };
    let rows: Vec<NewMessage> = (0..count).map(row).collect();
    let enqueued: Result<(), StoreError> = db
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
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let count: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20_000);
    for db in TestDb::all().await {
        let random = Random::system();
        let keys = Arc::new(KeyRing::generate(&random));
        let environment = EnvironmentId::new(&random);
        configure(&db, &keys, &random, environment).await;
        enqueue(&db, &keys, &random, environment, count).await;

        let (done, all_done) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (counted, told) = (Arc::clone(&done), Arc::clone(&all_done));
        let worker = Worker::new(WorkerParts {
            db: db.db(),
            keys,
            outbound: Outbound::new(OutboundPolicy::development()).unwrap(),
            addresses: Addresses::default(),
            fallback: None,
            clock: Arc::new(now),
            wake: Arc::default(),
            observer: Some(Arc::new(move |_| {
                if counted.fetch_add(1, Ordering::Relaxed) + 1 == count {
                    told.notify_one();
                }
            })),
            random,
        });
        let began = Instant::now();
        let running = tokio::spawn(worker.run(std::future::pending()));
        all_done.notified().await;
        let took = began.elapsed().as_secs_f64();
        running.abort();
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let rate = count as f64 / took;
        println!(
            "{:?}: {count} messages in {took:.2} s, {rate:.0} a second, commits: {}",
            db.kind(),
            db.gauges().commits
        );
    }
}
