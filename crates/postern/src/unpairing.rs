//! Unpairs devices whose push network says that their application was removed.

use std::sync::Arc;

use postern_core::crypto::keyring::KeyRing;
use postern_core::ids::EnvironmentId;
use postern_core::random::Random;
use postern_delivery::worker::{GoneDevice, Observer};
use postern_engine::context::Urls;
use postern_engine::{Ctx, push};
use postern_store::sql::Db;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::clock;

/// What is told of devices that are gone.
pub(crate) struct Unpairing {
    told: UnboundedSender<(EnvironmentId, GoneDevice)>,
}

impl Unpairing {
    /// Starts to unpair what it is told of. It ends with the last observer.
    pub(crate) fn start(db: Db, keys: Arc<KeyRing>) -> Self {
        // No bound of its own: each entry is a device that had a message under way.
        let (told, devices) = unbounded_channel();
        tokio::spawn(run(db, keys, devices));
        Self { told }
    }

    /// Tells both: the other observer, and what unpairs.
    pub(crate) fn observer(self, other: Observer) -> Observer {
        Arc::new(move |event| {
            other(event);
            if let Some(gone) = &event.gone {
                // Without a receiver the process is about to end; the next push says the same again.
                let _ = self.told.send((event.environment, gone.clone()));
            }
        })
    }
}

async fn run(db: Db, keys: Arc<KeyRing>, mut devices: UnboundedReceiver<(EnvironmentId, GoneDevice)>) {
    let random = Random::system();
    while let Some((environment, gone)) = devices.recv().await {
        let ctx = Ctx::system(environment, clock::now(), &random, &keys, Urls::default());
        let device = gone.device;
        let unpaired: postern_engine::Result<bool> = db
            .write((ctx, gone), |tx, (ctx, gone)| {
                Box::pin(push::device_gone(tx, ctx, gone.device, &gone.token_digest))
            })
            .await;
        match unpaired {
            Ok(true) => {
                tracing::info!(environment.id = %environment, device.id = %device, "a device was unpaired since its application was removed");
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                environment.id = %environment,
                device.id = %device,
                "a device whose application was removed stays paired until the next push"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_core::crypto::sha256;
    use postern_core::devices::{Device, DeviceStatus, DeviceType};
    use postern_core::entity::Stored;
    use postern_core::ids::{ApplicationId, DeviceId, MessageId, UserId};
    use postern_core::time::Span;
    use postern_delivery::worker::{DeliveryEvent, Standing};
    use postern_store::StoreError;
    use postern_store::documents;
    use postern_store::fixture::TestDb;
    use serde_json::json;
    use tokio::sync::mpsc;

    use super::*;

    async fn paired(db: &Db, random: &Random, environment: EnvironmentId, token: &str) -> DeviceId {
        let now = clock::now();
        let mut device = Device::new(UserId::new(random), DeviceType::Mobile, DeviceStatus::Active, now);
        let app = json!({
            "application": ApplicationId::new(random), "key": { "kty": "EC" }, "facts": {},
            "push": { "provider": "FCM", "token": token }, "pushEnabled": true,
            "otp": { "seed": "sealed", "period": 30 },
        });
        device.mobile = Some(serde_json::from_value(app).unwrap());
        let stored = Stored::new(environment, DeviceId::new(random), now, device);
        let id = stored.id;
        let kept: Result<(), StoreError> =
            db.write(stored, |tx, stored| Box::pin(documents::insert(tx, stored))).await;
        kept.unwrap();
        id
    }

    #[tokio::test]
    async fn a_device_is_unpaired_unless_it_has_another_token_by_now() {
        let (db, random) = (TestDb::sqlite().await, Random::seeded(7));
        let environment = EnvironmentId::new(&random);
        let moved = paired(&db, &random, environment, "new").await;
        let removed = paired(&db, &random, environment, "old").await;
        let (told, mut events) = mpsc::unbounded_channel();
        let observer = Unpairing::start(db.db(), Arc::new(KeyRing::generate(&random))).observer(Arc::new(
            move |event| {
                let _ = told.send(event.message);
            },
        ));
        let event = |device| DeliveryEvent {
            environment,
            message: MessageId::new(&random),
            channel: None,
            tries: Vec::new(),
            standing: Standing::Sent,
            gone: Some(GoneDevice { device, token_digest: sha256(b"old") }),
            age: Span::ZERO,
        };
        observer(&event(moved));
        observer(&event(removed));
        assert!(events.recv().await.is_some());
        let kept = async |id| {
            let mut tx = db.read().await.unwrap();
            documents::find::<Device>(&mut tx, environment, id).await.unwrap().is_some()
        };
        while kept(removed).await {
            tokio::task::yield_now().await;
        }
        assert!(kept(moved).await);
    }
}
