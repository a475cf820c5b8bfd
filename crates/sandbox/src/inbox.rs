//! The inbox: messages that were kept instead of sent, and waiting for them.
//!
//! The content is sealed like that of the outbox: it holds codes and
//! addresses. Readers wait on a counter of arrivals, never in a loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postern_core::crypto::keyring::{KeyRing, SealContext};
use postern_core::ids::{EnvironmentId, Id as _, MessageId};
use postern_core::notify::OutboundMessage;
use postern_core::random::Random;
use postern_core::secret::{Sealed, Secret};
use postern_core::time::Timestamp;
use postern_engine::{Error, Result};
use postern_store::sql::Db;
use postern_store::tables::inbox::{self, Kept, Place};
use tokio::sync::watch;
use uuid::Uuid;

use crate::recipient;

/// How many messages of one environment are kept; about 256 more for a while.
pub const MOST_MESSAGES: i64 = 10_000;

/// The inbox of all environments. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Inbox(Arc<Inner>);

struct Inner {
    db: Db,
    keys: Arc<KeyRing>,
    random: Random,
    arrivals: watch::Sender<u64>,
    closed: AtomicBool,
}

/// A message as it was received.
#[derive(Debug)]
pub struct Received {
    /// When it came.
    pub at: Timestamp,
    /// What it says.
    pub message: OutboundMessage,
}

/// Which messages are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// To this recipient alone.
    pub to: Option<String>,
    /// Only newer ones.
    pub since: Option<Since>,
    /// At most so many: the oldest after `since`, or without it the newest.
    pub limit: i64,
}

/// After what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// After this message; when it is gone, after nothing.
    Message(MessageId),
    /// From this moment on.
    Moment(Timestamp),
}

impl Inbox {
    /// An inbox in this database. `random` makes nonces only.
    #[must_use]
    pub fn new(db: Db, keys: Arc<KeyRing>, random: Random) -> Self {
        let arrivals = watch::Sender::new(0);
        Self(Arc::new(Inner { db, keys, random, arrivals, closed: AtomicBool::new(false) }))
    }

    /// The database it is in.
    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Keeps a message and wakes those who wait. A message that is there already is not kept twice.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keep(&self, message: &OutboundMessage, now: Timestamp) -> Result<()> {
        let clear = Secret::new(serde_json::to_vec(message).map_err(Error::internal)?);
        let record = record(message.id);
        let context = SealContext { environment: message.environment, record: &record, field: "body" };
        let kept = Kept {
            environment: message.environment,
            id: message.id,
            recipient: recipient::key(&message.to),
            received_at: now,
            body: self.0.keys.seal(&self.0.random, &context, clear.expose()).0,
        };
        // One message in 256 has the oldest removed, so that the cost is spread.
        let trim = self.0.random.below(256) == 0;
        self.0
            .db
            .write((kept, trim), |tx, (kept, trim)| {
                Box::pin(async move {
                    inbox::keep(tx, kept).await?;
                    if *trim {
                        inbox::trim(tx, kept.environment, MOST_MESSAGES).await?;
                    }
                    Ok::<(), Error>(())
                })
            })
            .await?;
        self.0.arrivals.send_modify(|count| *count = count.wrapping_add(1));
        Ok(())
    }

    /// The messages asked for, oldest first; when there are none, the first to come within `wait`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn read(
        &self,
        environment: EnvironmentId,
        wanted: &Wanted,
        wait: Duration,
    ) -> Result<Vec<Received>> {
        // Subscribed before looking: what comes in between is seen.
        let mut arrivals = self.0.arrivals.subscribe();
        let end = tokio::time::sleep(wait);
        tokio::pin!(end);
        loop {
            let found = self.look(environment, wanted).await?;
            if !found.is_empty() || wait.is_zero() || self.0.closed.load(Ordering::Acquire) {
                return Ok(found);
            }
            tokio::select! {
                () = &mut end => return Ok(found),
                changed = arrivals.changed() => if changed.is_err() { return Ok(found) },
            }
        }
    }

    /// One message, if it is there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(&self, environment: EnvironmentId, id: MessageId) -> Result<Option<Received>> {
        let kept = inbox::find(&mut self.0.db.read().await?, environment, id).await?;
        kept.map(|kept| self.open(kept)).transpose()
    }

    async fn look(&self, environment: EnvironmentId, wanted: &Wanted) -> Result<Vec<Received>> {
        let mut tx = self.0.db.read().await?;
        let to = wanted.to.as_deref().map(recipient::key);
        let place = match wanted.since {
            None => None,
            Some(Since::Moment(moment)) => Some(Place::before(moment)),
            Some(Since::Message(id)) => {
                let known = inbox::place(&mut tx, environment, id).await?;
                Some(known.unwrap_or(Place::before(Timestamp::from_micros(0))))
            }
        };
        let kept = match place {
            Some(place) => inbox::after(&mut tx, environment, place, to.as_deref(), wanted.limit).await?,
            None => inbox::newest(&mut tx, environment, to.as_deref(), wanted.limit).await?,
        };
        drop(tx);
        kept.into_iter().map(|kept| self.open(kept)).collect()
    }

    /// Removes all messages of an environment.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn clear(&self, environment: EnvironmentId) -> Result<()> {
        let work = self.0.db.write(environment, |tx, environment| Box::pin(inbox::clear(tx, *environment)));
        work.await.map(drop).map_err(Error::from)
    }

    /// Lets nobody wait any longer, so that the server can stop.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        self.0.arrivals.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn open(&self, kept: Kept) -> Result<Received> {
        let record = record(kept.id);
        let context = SealContext { environment: kept.environment, record: &record, field: "body" };
        let clear = self.0.keys.open(&context, &Sealed(kept.body)).map_err(Error::internal)?;
        let message = serde_json::from_slice(clear.expose()).map_err(Error::internal)?;
        Ok(Received { at: kept.received_at, message })
    }
}

impl From<Uuid> for Since {
    fn from(id: Uuid) -> Self {
        Self::Message(MessageId::from_uuid(id))
    }
}

fn record(id: MessageId) -> String {
    format!("inbox/{id}")
}

#[cfg(test)]
mod tests;
