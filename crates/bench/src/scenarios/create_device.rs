//! Creates SMS devices: the call of step 15, ACTIVE at once. Users take turns, numbers are all different.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Made;
use crate::load::{Caller, Connection, Fault, Request};
use crate::scene::{DEVICES_PER_USER, Scene, Target, number};

/// Devices that a user has from other scenarios: an authenticator application and a passkey.
const OTHERS: u64 = 2;

/// Creates one device after the other.
pub(crate) struct CreateDevice {
    address: SocketAddr,
    authorization: String,
    targets: Arc<[Target]>,
    next: Arc<AtomicU64>,
    made: Option<Made>,
    request: Request,
    body: Vec<u8>,
}

impl CreateDevice {
    /// Goes on where the scene's devices end.
    pub(crate) fn new(scene: &Scene) -> Self {
        Self {
            address: scene.address,
            authorization: format!("Bearer {}", scene.token),
            targets: Arc::clone(&scene.targets),
            next: Arc::clone(&scene.next_device),
            made: None,
            request: Request::default(),
            body: Vec::new(),
        }
    }

    /// Makes the first device of each user.
    pub(crate) fn filling(scene: &Scene, made: &Made) -> Self {
        Self { made: Some(made.clone()), ..Self::new(scene) }
    }
}

impl Caller for CreateDevice {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let n = match &self.made {
            Some(made) => made.next()? as u64,
            None => self.next.fetch_add(1, Ordering::Relaxed),
        };
        let users = self.targets.len() as u64;
        let target =
            self.targets.get((n % users.max(1)) as usize).filter(|_| n < users * (DEVICES_PER_USER - OTHERS));
        let Target { environment, policy, user, .. } = target.ok_or(Fault::Exhausted)?;
        self.body.clear();
        write!(self.body, r#"{{"type":"SMS","phone":"+{}","policy":{{"id":"{policy}"}}}}"#, number(n))?;
        let request = self
            .request
            .begin("POST", format_args!("/v1/environments/{environment}/users/{user}/devices"), self.address)
            .header("authorization", &self.authorization)
            .body("application/json", &self.body);
        let answer = connection.exchange(request).await?;
        match (answer.status, &self.made) {
            (201, Some(made)) => made.keep(n as usize, answer.body),
            (201, None) => Ok(()),
            _ => Err(Fault::of(&answer)),
        }
    }
}
