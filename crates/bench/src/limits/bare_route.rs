//! A route that answers the same bytes each time: what HTTP alone costs.

use std::net::SocketAddr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use bytes::Bytes;

use crate::load::{self, Outcome, Pace, Shape};
use crate::scenarios::Fetch;
use crate::server::{Helper, free_address};

const ROUTE: &str = "/v1/environments/{envID}/users/{userID}/devices/{deviceID}";
const PATH: &str = "/v1/environments/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01/users/5a9f0f6e-7c1b-4a6f-8f9e-9f3d1b2c4d04/devices/\
e5f6a7b8-c9d0-4e1f-9a2b-3c4d5e6f7a08";

/// Serves the route until the process ends.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) async fn serve(address: SocketAddr, length: usize) -> anyhow::Result<()> {
    let body = Bytes::from(vec![b'x'; length]);
    let answer = move || {
        let body = body.clone();
        async move { ([(CONTENT_TYPE, "application/json")], body).into_response() }
    };
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))),
        Router::new().route(ROUTE, get(answer)),
    )
    .await?)
}

/// Measures it in a child process, with an answer of this length and a token as long as a real one.
///
/// # Errors
/// When the child does not start.
pub(crate) async fn measure(
    length: usize,
    token: &str,
    connections: usize,
    shape: Shape,
) -> anyhow::Result<Outcome> {
    let address = free_address()?;
    let (at, bytes) = (address.to_string(), length.to_string());
    let _child = Helper::start(&["bare-route", "--listen", &at, "--bytes", &bytes], address, PATH).await?;
    let callers = (0..connections).map(|_| Fetch::get(address, PATH, token)).collect();
    load::drive(address, callers, Pace::Closed, shape).await
}
