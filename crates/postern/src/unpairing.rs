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
