//! The audit trail: who did what to which record, in the transaction that did it.
//!
//! Event names are PingOne's (MFA contract 8, notifications contract 4). An
//! event never holds a secret, a code or a full phone number.

mod body;

use postern_core::entity::{Entity, Stored};
use postern_core::ids::{EventId, Id};
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::audit_event::{self, AuditEvent};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{Ctx, Result};

/// What the event is about.
#[derive(Debug, Clone, Serialize)]
pub struct Subject {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Subject {
    /// A record.
    pub fn of<T: Entity>(record: &Stored<T>) -> Self {
        Self::new::<T>(record.id)
    }

    /// A record known by its id.
    pub fn new<T: Entity>(id: T::Id) -> Self {
        Self { kind: T::KIND, id: id.uuid(), name: None }
    }

    /// With a name for readers.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    action: String,
    subjects: Vec<Subject>,
    succeeded: bool,
    changed: Option<Value>,
}

impl Event {
    /// A success.
    pub fn new(action: impl Into<String>, subject: Subject) -> Self {
        Self { action: action.into(), subjects: vec![subject], succeeded: true, changed: None }
    }

    /// A failure.
    pub fn failed(action: impl Into<String>, subject: Subject) -> Self {
        Self { succeeded: false, ..Self::new(action, subject) }
    }

    /// About another record too.
    #[must_use]
    pub fn and(mut self, subject: Subject) -> Self {
        self.subjects.push(subject);
        self
    }

    /// With the names of the members that changed.
    #[must_use]
    pub fn changed(mut self, members: Value) -> Self {
        self.changed = Some(members);
        self
    }
}

/// How long events are kept.
const RETENTION: Span = Span::days(90);

/// Records an event.
///
/// # Errors
/// Those of the database.
pub async fn record(tx: &mut Tx, ctx: &Ctx, event: Event) -> Result<()> {
    Ok(audit_event::insert(tx, &row(ctx, event)?).await?)
}

fn row(ctx: &Ctx, event: Event) -> Result<AuditEvent> {
    Ok(AuditEvent {
        environment: ctx.environment,
        id: id_at(ctx.now, &ctx.random.bytes::<10>()),
        recorded_at: ctx.now,
        body: body::body(ctx, &event)?,
        action: event.action,
    })
}

/// An id that grows with time; zeros give the smallest of the moment.
fn id_at(moment: Timestamp, random: &[u8; 10]) -> EventId {
    let millis = u64::try_from(moment.millis()).unwrap_or_default();
    EventId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
}

/// Removes events of all environments that are older than ninety days, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(audit_event::sweep(tx, id_at(now.minus(RETENTION), &[0; 10]), limit).await?)
}
