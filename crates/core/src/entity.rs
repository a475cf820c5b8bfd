//! A record as it is kept: the stored type plus what every record has.

use crate::ids::{EnvironmentId, Id};
use crate::time::Timestamp;

/// A kind of record.
pub trait Entity: Send + Sync + 'static {
    /// Its id type.
    type Id: Id;
    /// Its name in audit events and error messages, such as `DEVICE`.
    const KIND: &'static str;
}

/// A record with its identity, revision and dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T: Entity> {
    /// The tenant that owns it.
    pub environment: EnvironmentId,
    /// Its id, unique in the environment.
    pub id: T::Id,
    /// Grows by one with each change; 1 when new.
    pub rev: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it says.
    pub body: T,
}

impl<T: Entity> Stored<T> {
    /// A new record.
    pub fn new(environment: EnvironmentId, id: T::Id, now: Timestamp, body: T) -> Self {
        Self { environment, id, rev: 1, created_at: now, updated_at: now, body }
    }
}

impl<T: Entity> std::ops::Deref for Stored<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}
