//! The accept loop: takes connections up to a limit, serves them, and ends without cutting anybody off.
//!
//! Leaves what is answered to the router.

mod connection;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

pub(crate) use self::tls::Tls;
use crate::shutdown::Stop;

/// After a failed accept, such as for want of file descriptors, others get time to close theirs.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// A bound socket with its limits.
pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<Tls>,
    connections: usize,
    drain: Duration,
}

impl Server {
    /// Binds the address. Nothing is accepted yet, but clients may already connect and wait.
    pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        Ok(Self { listener, tls: None, connections: 10_000, drain: Duration::from_secs(30) })
    }

    /// Speaks TLS.
    pub(crate) fn tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls;
        self
    }

    /// At most so many connections at once; others wait.
    pub(crate) fn connections(mut self, most: usize) -> Self {
        self.connections = most.max(1);
        self
    }

    /// At the end, requests get so long to finish.
    pub(crate) fn drain(mut self, longest: Duration) -> Self {
        self.drain = longest;
        self
    }

    /// The address that was bound.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until it is time to stop, then lets the requests in progress finish.
    pub(crate) async fn run(self, router: axum::Router, mut stop: Stop) {
        let graceful = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(self.connections));
        loop {
            let next = async {
                let permit = Arc::clone(&permits).acquire_owned().await.ok()?;
                Some((permit, accept(&self.listener).await))
            };
            let (permit, (stream, peer)) = tokio::select! {
                () = stop.pulled() => break,
                next = next => match next {
                    Some(next) => next,
                    None => break,
                },
            };
            let (router, tls, watcher) = (router.clone(), self.tls.clone(), graceful.watcher());
            tokio::spawn(async move {
                match tls {
                    None => connection::serve(stream, peer, router, watcher).await,
                    Some(tls) => {
                        if let Some(stream) = tls.accept(stream).await {
                            connection::serve(stream, peer, router, watcher).await;
                        }
                    }
                }
                drop(permit);
            });
        }
        drop(self.listener);
        if tokio::time::timeout(self.drain, graceful.shutdown()).await.is_err() {
            tracing::warn!(
                drain_s = self.drain.as_secs(),
                "requests did not finish in time and were cut off"
            );
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Small answers must not wait for an acknowledgement.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
            }
        }
    }
}
