//! Authenticates with authenticator applications: start, then the code.
//!
//! A code counts once, so a device gives its codes one after the other: those of
//! the steps that the policy's grace allows, and from then on one each half
//! minute. When no device has a code left, the measurement ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context as _;
use data_encoding::BASE32_NOPAD;
use postern_core::oath::totp::STEP;
use postern_core::oath::{CodeMaker, Digits, HashAlgorithm, Window, drift};
use serde_json::json;
use uuid::Uuid;

use super::Made;
use super::factor::{self, Client};
use crate::clock;
use crate::load::{self, Caller, Connection, Fault};
use crate::scene::Scene;

/// Steps around our own that are used: one less than the policy allows, since the clock goes on meanwhile.
const REACH: i64 = 4;
/// Steps ahead of us that the server may look at. A code that stands for several of them uses all of them up.
const WINDOW: i64 = 10;

/// The devices, and how far each was used.
pub(crate) struct TotpDevices {
    policy: Uuid,
    devices: Arc<[TotpDevice]>,
}

struct TotpDevice {
    user: Uuid,
    id: Uuid,
    maker: CodeMaker,
    next: AtomicI64,
}

impl TotpDevice {
    /// A code that was not used; nothing when there is none now.
    fn code(&self) -> Option<String> {
        let now = drift::step_at(clock::wall(), STEP);
        let step = self.next.load(Ordering::Relaxed).max(now - REACH);
        if step > now + REACH {
            return None;
        }
        let code = self.maker.code(step.unsigned_abs()).expose().clone();
        let window = Window::between(step, now + WINDOW);
        let last = self.maker.find(&code, window, 0).map_or(step, |found| found.last.cast_signed());
        self.next.store(last + 1, Ordering::Relaxed);
        Some(code)
    }
}

impl TotpDevices {
    /// Pairs one for each user.
    ///
    /// # Errors
    /// When the server refuses anything.
    pub(crate) async fn pair(scene: &Scene, policy: Uuid, connections: usize) -> anyhow::Result<Self> {
        let users: Arc<[Uuid]> = factor::users(scene, usize::MAX).collect();
        let made = Made::new(users.len());
        let callers = (0..connections)
            .map(|_| Pair {
                client: Client::new(scene, policy),
                users: Arc::clone(&users),
                made: made.clone(),
            })
            .collect();
        load::once_each(scene.address, callers).await.context("cannot pair authenticator applications")?;
        Ok(Self { policy, devices: made.take()?.into() })
    }

    /// So many callers, who divide the devices among themselves.
    pub(crate) fn callers(&self, scene: &Scene, count: usize) -> Vec<AuthenticateByCode> {
        let caller = |first| AuthenticateByCode {
            client: Client::new(scene, self.policy),
            devices: Arc::clone(&self.devices),
            first,
            place: first,
            step: count,
        };
        (0..count).map(caller).collect()
    }
}

struct Pair {
    client: Client,
    users: Arc<[Uuid]>,
    made: Made<TotpDevice>,
}

impl Caller for Pair {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let place = self.made.next()?;
        let user = *self.users.get(place).ok_or(Fault::Exhausted)?;
        let (id, secret) = self.client.pair(connection, user, r#""type":"TOTP""#, "secret").await?;
        let secret = BASE32_NOPAD
            .decode(secret.as_bytes())
            .map_err(|_| Fault::Answer("a secret that is not base32".to_owned()))?;
        let maker = CodeMaker::new(&secret, HashAlgorithm::HmacSha1, Digits::Six);
        let device = TotpDevice { user, id, maker, next: AtomicI64::new(0) };
        let proof = json!({ "otp": device.code() });
        self.client.activate(connection, user, id, &proof).await?;
        self.made.put(place, device);
        Ok(())
    }
}

/// Authenticates with one device after the other.
pub(crate) struct AuthenticateByCode {
    client: Client,
    devices: Arc<[TotpDevice]>,
    first: usize,
    place: usize,
    step: usize,
}

impl AuthenticateByCode {
    /// The next device with a code. Looks at each of its own once.
    fn next(&mut self) -> Option<(Uuid, Uuid, String)> {
        for _ in 0..=self.devices.len() / self.step.max(1) {
            let device = self.devices.get(self.place);
            self.place = if device.is_some() { self.place + self.step } else { self.first };
            if let Some((device, code)) = device.and_then(|device| Some((device, device.code()?))) {
                return Some((device.user, device.id, code));
            }
        }
        None
    }
}

impl Caller for AuthenticateByCode {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let (user, device, code) = self.next().ok_or(Fault::Exhausted)?;
        let (id, _) = self.client.start(connection, user, device, ("OTP_REQUIRED", None)).await?;
        self.client.prove(connection, id, "otp.check", &format!(r#"{{"otp":"{code}"}}"#)).await
    }
}
