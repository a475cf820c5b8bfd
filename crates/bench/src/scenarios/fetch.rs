//! Sends the same bytes again and again, as for a bare route.

use std::net::SocketAddr;

use crate::load::{Caller, Connection, Fault, Request};

/// Sends one request again and again.
pub(crate) struct Fetch(Vec<u8>);

impl Fetch {
    /// GET of a path with a token, as a real client would send it.
    pub(crate) fn get(address: SocketAddr, path: &str, token: &str) -> Self {
        let mut request = Request::default();
        Self(
            request
                .begin("GET", path, address)
                .header("authorization", format_args!("Bearer {token}"))
                .end()
                .to_vec(),
        )
    }
}

impl Caller for Fetch {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let answer = connection.exchange(&self.0).await?;
        if answer.status == 200 { Ok(()) } else { Err(Fault::of(&answer)) }
    }
}
