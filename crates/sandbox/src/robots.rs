//! Robots: software factors that act when they are told to, so that every factor can be tested with curl alone.
//!
//! A robot is an authenticator application, a hardware token, a passkey or a
//! phone. It has keys of its own and nothing else: its codes, signatures and
//! answers hold because the server checks them like anybody's. Phones speak
//! the device protocol with the server's own router, in process.
//!
//! A robot is one sealed record. Whatever moves it on, such as the counter of a
//! button, happens in one transaction, so that nothing is given out twice.

mod acts;
mod bytes;
mod code_robot;
mod doors;
mod key_uri;
mod passkey_robot;
mod phone_acts;
mod phone_robot;
mod robot;
mod shelf;
mod view;
mod wire;

use std::sync::{Arc, OnceLock};

use axum::Router;

pub(crate) use acts::{assert, code, register};
pub(crate) use doors::{list, make, read, remove};
pub(crate) use phone_acts::{answer, change_key, look, unpair};

/// What robots need of the server. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Robots(Arc<OnceLock<Router>>);

impl Robots {
    /// Robots whose phones cannot reach the server until [`Robots::attach`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets phones reach the server by this router. Only the first one counts.
    pub fn attach(&self, router: Router) {
        let _ = self.0.set(router);
    }
}
