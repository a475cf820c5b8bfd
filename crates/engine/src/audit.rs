//! The audit trail: who did what to which record, in the transaction that did it.
//!
//! Event names are PingOne's (MFA contract 8, notifications contract 4). An
//! event never holds a secret, a code or a full phone number.

use postern_core::entity::{Entity, Stored};
use postern_core::ids::{EventId, Id};
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::audit_event::{self, AuditEvent};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Caller, Ctx, Result};

/// What the event is about.
#[derive(Debug, Clone)]
pub struct Subject {
    kind: &'static str,
    id: Uuid,
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
    let row = AuditEvent {
        environment: ctx.environment,
        id: id_at(ctx.now, &ctx.random.bytes::<10>()),
        recorded_at: ctx.now,
        body: body(ctx, &event).to_string(),
        action: event.action,
    };
    Ok(audit_event::insert(tx, &row).await?)
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

fn body(ctx: &Ctx, event: &Event) -> Value {
    let resources: Vec<Value> = event
        .subjects
        .iter()
        .map(|subject| match &subject.name {
            Some(name) => json!({ "type": subject.kind, "id": subject.id, "name": name }),
            None => json!({ "type": subject.kind, "id": subject.id }),
        })
        .collect();
    let mut body = json!({
        "correlationId": ctx.correlation,
        "actors": actors(&ctx.caller),
        "resources": resources,
        "result": { "status": if event.succeeded { "SUCCESS" } else { "FAILED" } },
    });
    if let Some(members) = body.as_object_mut() {
        if let Some(changed) = &event.changed {
            members.insert("changed".to_owned(), changed.clone());
        }
        // Those that nobody sent are the correlation id, which is there already.
        let external: Map<String, Value> =
            [("transactionId", &ctx.origin.transaction_id), ("sessionId", &ctx.origin.session_id)]
                .into_iter()
                .filter_map(|(name, id)| Some((name.to_owned(), Value::from(id.as_deref()?))))
                .collect();
        if !external.is_empty() {
            members.insert("internalCorrelation".to_owned(), Value::Object(external));
        }
        if let Some(ip) = ctx.origin.remote_ip {
            members
                .insert("source".to_owned(), json!({ "ipAddress": ip, "userAgent": ctx.origin.user_agent }));
        }
    }
    body
}

fn actors(caller: &Caller) -> Value {
    match caller {
        Caller::Anonymous | Caller::System => json!({}),
        Caller::Worker { application, home, .. } => {
            json!({ "client": { "type": "CLIENT", "id": application, "environment": { "id": home } } })
        }
        Caller::User { user, home, application, .. } => json!({
            "client": { "type": "CLIENT", "id": application, "environment": { "id": home } },
            "user": { "type": "USER", "id": user, "environment": { "id": home } },
        }),
    }
}
