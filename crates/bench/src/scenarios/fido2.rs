//! Authenticates with passkeys: start, then the signature of a passkey in software (ES256, its counter goes on).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use postern_core::random::Random;
use postern_sandbox::authenticator::{AuthenticatorError, CreationOptions, Manner, Passkey, RequestOptions};
use serde_json::json;
use uuid::Uuid;

use super::Made;
use super::factor::{self, Client};
use crate::load::{self, Caller, Connection, Fault};
use crate::scene::Scene;

/// Users with a passkey; more would change nothing.
const MOST: usize = 2_000;
const ORIGIN: &str = "https://app.example.com";

/// The passkeys, and where their counters stand.
pub(crate) struct Passkeys {
    policy: Uuid,
    devices: Arc<[PasskeyDevice]>,
}

struct PasskeyDevice {
    user: Uuid,
    id: Uuid,
    passkey: Passkey,
    count: AtomicU32,
}

impl Passkeys {
    /// Registers one for each user, up to a number.
    ///
    /// # Errors
    /// When the server refuses anything.
    pub(crate) async fn register(scene: &Scene, policy: Uuid, connections: usize) -> anyhow::Result<Self> {
        let users: Arc<[Uuid]> = factor::users(scene, MOST.max(connections)).collect();
        let made = Made::new(users.len());
        let caller = |_| Register {
            client: Client::new(scene, policy),
            users: Arc::clone(&users),
            made: made.clone(),
            random: Random::system(),
        };
        let callers = (0..connections).map(caller).collect();
        load::once_each(scene.address, callers).await.context("cannot register passkeys")?;
        Ok(Self { policy, devices: made.take()?.into() })
    }

    /// So many callers, who divide the passkeys among themselves.
    pub(crate) fn callers(&self, scene: &Scene, count: usize) -> Vec<AuthenticateByPasskey> {
        let caller = |first| AuthenticateByPasskey {
            client: Client::new(scene, self.policy),
            devices: Arc::clone(&self.devices),
            first,
            place: first,
            step: count,
        };
        (0..count).map(caller).collect()
    }
}

struct Register {
    client: Client,
    users: Arc<[Uuid]>,
    made: Made<PasskeyDevice>,
    random: Random,
}

impl Caller for Register {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let place = self.made.next()?;
        let user = *self.users.get(place).ok_or(Fault::Exhausted)?;
        let members = r#""type":"FIDO2","rp":{"id":"example.com","name":"Example"}"#;
        let options = "publicKeyCredentialCreationOptions";
        let (id, options) = self.client.pair(connection, user, members, options).await?;
        let options = CreationOptions::parse(&options).map_err(broken)?;
        let (passkey, attestation) =
            Passkey::create(&options, ORIGIN, &manner(1), &self.random).map_err(broken)?;
        let proof = json!({ "origin": ORIGIN, "attestation": attestation });
        self.client.activate(connection, user, id, &proof).await?;
        self.made.put(place, PasskeyDevice { user, id, passkey, count: AtomicU32::new(1) });
        Ok(())
    }
}

/// Authenticates with one passkey after the other.
pub(crate) struct AuthenticateByPasskey {
    client: Client,
    devices: Arc<[PasskeyDevice]>,
    first: usize,
    place: usize,
    step: usize,
}

impl Caller for AuthenticateByPasskey {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        if self.place >= self.devices.len() {
            self.place = self.first;
        }
        let device = self.devices.get(self.place).ok_or(Fault::Exhausted)?;
        self.place += self.step;
        let wanted = ("ASSERTION_REQUIRED", Some("publicKeyCredentialRequestOptions"));
        let (id, options) = self.client.start(connection, device.user, device.id, wanted).await?;
        let options = RequestOptions::parse(&options).map_err(broken)?;
        let count = device.count.fetch_add(1, Ordering::Relaxed) + 1;
        let assertion = device.passkey.assert(&options, ORIGIN, &manner(count)).map_err(broken)?;
        let proof = json!({ "origin": ORIGIN, "assertion": assertion });
        self.client.prove(connection, id, "assertion.check", &proof.to_string()).await
    }
}

fn manner(sign_count: u32) -> Manner {
    Manner { sign_count, ..Manner::default() }
}

fn broken(why: AuthenticatorError) -> Fault {
    Fault::Answer(why.to_string())
}
