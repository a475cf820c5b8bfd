//! Fetching the keys that a client publishes, at the edge of the process.
//!
//! The engine may not call out; it is given somebody who can.

use std::future::Future;
use std::pin::Pin;

use crate::jose::jwk::JwkSet;
use crate::time::Timestamp;

/// The keys, when they come; nothing when no usable answer did.
pub type Fetched<'a> = Pin<Box<dyn Future<Output = Option<JwkSet>> + Send + 'a>>;

/// Who can fetch a key set from an https address.
pub trait KeySource: Send + Sync {
    /// The key set behind the address. Waits for the network, for ten seconds at most.
    fn fetch<'a>(&'a self, url: &'a str, now: Timestamp) -> Fetched<'a>;
}
