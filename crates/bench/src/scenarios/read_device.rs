//! Reads one device, another one each time.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::load::{Caller, Connection, Fault, Request};
use crate::scene::{Scene, Target};

/// Spreads the calls over all devices, in an order that looks random; coprime with any number of devices below it.
const STRIDE: usize = 1_000_003;

/// Reads one device after the other.
pub(crate) struct ReadDevice {
    address: SocketAddr,
    authorization: String,
    targets: Arc<[Target]>,
    at: usize,
    request: Request,
}

impl ReadDevice {
    /// Reads the devices of the scene; each caller begins at another one.
    pub(crate) fn callers(scene: &Scene, count: usize) -> Vec<Self> {
        (0..count)
            .map(|caller| Self {
                address: scene.address,
                authorization: format!("Bearer {}", scene.token),
                targets: Arc::clone(&scene.targets),
                at: caller * scene.targets.len() / count.max(1),
                request: Request::default(),
            })
            .collect()
    }
}

impl Caller for ReadDevice {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        self.at = (self.at + STRIDE) % self.targets.len().max(1);
        let Target { environment, user, device, .. } = self.targets.get(self.at).ok_or(Fault::Exhausted)?;
        let request = self
            .request
            .begin(
                "GET",
                format_args!("/v1/environments/{environment}/users/{user}/devices/{device}"),
                self.address,
            )
            .header("authorization", &self.authorization)
            .end();
        let answer = connection.exchange(request).await?;
        if answer.status == 200 { Ok(()) } else { Err(Fault::of(&answer)) }
    }
}
