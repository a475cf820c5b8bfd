//! Gets tokens with client credentials.

use crate::admin::basic;
use crate::load::{Caller, Connection, Fault, Request};
use crate::scene::Scene;

/// Gets one token after the other.
pub(crate) struct GetToken(Vec<u8>);

impl GetToken {
    /// For the worker application of the scene.
    pub(crate) fn new(scene: &Scene) -> Self {
        let mut request = Request::default();
        let bytes = request
            .begin("POST", format_args!("/{}/as/token", scene.worker.environment), scene.address)
            .header("authorization", basic(&scene.worker.client, &scene.worker.secret))
            .body("application/x-www-form-urlencoded", b"grant_type=client_credentials");
        Self(bytes.to_vec())
    }
}

impl Caller for GetToken {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let answer = connection.exchange(&self.0).await?;
        if answer.status == 200 { Ok(()) } else { Err(Fault::of(&answer)) }
    }
}
