//! Messages that were kept instead of sent, in development environments.
//!
//! The order is `(received_at, id)`, and a message never comes before one that
//! was kept earlier, so that a reader who remembers the last place misses none.

use postern_core::ids::{EnvironmentId, MessageId};
use postern_core::time::{Span, Timestamp};

use crate::sql::{Result, Row, Tx};

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id, that of the outbox.
    pub id: MessageId,
    /// Number in E.164 form or mail address in lower case.
    pub recipient: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Sealed content.
    pub body: String,
}

/// A place in the order. Messages after it are newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Time of the message.
    pub received_at: Timestamp,
    /// Id of the message.
    pub id: MessageId,
}

impl Place {
    /// Before every message of this moment and all later ones.
    #[must_use]
    pub const fn before(moment: Timestamp) -> Self {
        Self { received_at: moment, id: MessageId::NIL }
    }
}

/// Keeps a message, at its time or just after the newest. A message that is there already stays as it is.
pub async fn keep(tx: &mut Tx, message: &Kept) -> Result<()> {
    let newest =
        "SELECT received_at FROM inbox_message WHERE env = $1 ORDER BY received_at DESC, id DESC LIMIT 1";
    let newest = tx.query_opt(newest, &[message.environment.into()]).await?;
    let earliest = match newest {
        Some(row) => row.timestamp(0)?.plus(Span::micros(1)),
        None => message.received_at,
    };
    let sql = "INSERT INTO inbox_message (env, id, recipient, received_at, body) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (env, id) DO NOTHING";
    let params = [
        message.environment.into(),
        message.id.into(),
        message.recipient.as_str().into(),
        message.received_at.max(earliest).into(),
        message.body.as_str().into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
}

/// Messages after a place, oldest first, at most `limit`; to one recipient when one is given.
pub async fn after(
    tx: &mut Tx,
    environment: EnvironmentId,
    place: Place,
    recipient: Option<&str>,
    limit: i64,
) -> Result<Vec<Kept>> {
    let sql = "SELECT env, id, recipient, received_at, body FROM inbox_message WHERE env = $1 \
               AND (received_at, id) > ($2, $3) AND ($4 = '' OR recipient = $4) ORDER BY received_at, id LIMIT $5";
    let params = [
        environment.into(),
        place.received_at.into(),
        place.id.into(),
        recipient.unwrap_or_default().into(),
        limit.into(),
    ];
    tx.query(sql, &params).await?.iter().map(kept).collect()
}

/// The newest messages, oldest of them first, at most `limit`; to one recipient when one is given.
pub async fn newest(
    tx: &mut Tx,
    environment: EnvironmentId,
    recipient: Option<&str>,
    limit: i64,
) -> Result<Vec<Kept>> {
    let sql = "SELECT env, id, recipient, received_at, body FROM inbox_message WHERE env = $1 \
               AND ($2 = '' OR recipient = $2) ORDER BY received_at DESC, id DESC LIMIT $3";
    let params = [environment.into(), recipient.unwrap_or_default().into(), limit.into()];
    let mut messages = tx.query(sql, &params).await?.iter().map(kept).collect::<Result<Vec<_>>>()?;
    messages.reverse();
    Ok(messages)
}

/// One message.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, id: MessageId) -> Result<Option<Kept>> {
    let sql = "SELECT env, id, recipient, received_at, body FROM inbox_message WHERE env = $1 AND id = $2";
    tx.query_opt(sql, &[environment.into(), id.into()]).await?.as_ref().map(kept).transpose()
}

/// Where a message stands.
pub async fn place(tx: &mut Tx, environment: EnvironmentId, id: MessageId) -> Result<Option<Place>> {
    let sql = "SELECT received_at FROM inbox_message WHERE env = $1 AND id = $2";
    let row = tx.query_opt(sql, &[environment.into(), id.into()]).await?;
    row.map(|row| Ok(Place { received_at: row.timestamp(0)?, id })).transpose()
}

/// Removes everything of an environment and gives the number of messages.
pub async fn clear(tx: &mut Tx, environment: EnvironmentId) -> Result<u64> {
    tx.execute("DELETE FROM inbox_message WHERE env = $1", &[environment.into()]).await
}

/// Removes all but the newest `most` messages of an environment and gives the number removed.
pub async fn trim(tx: &mut Tx, environment: EnvironmentId, most: i64) -> Result<u64> {
    let first_too_many = "SELECT received_at, id FROM inbox_message WHERE env = $1 \
                          ORDER BY received_at DESC, id DESC LIMIT 1 OFFSET $2";
    let Some(row) = tx.query_opt(first_too_many, &[environment.into(), most.into()]).await? else {
        return Ok(0);
    };
    let (received_at, id) = (row.timestamp(0)?, row.id::<MessageId>(1)?);
    let sql = "DELETE FROM inbox_message WHERE env = $1 AND (received_at, id) <= ($2, $3)";
    tx.execute(sql, &[environment.into(), received_at.into(), id.into()]).await
}

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        environment: row.id(0)?,
        id: row.id(1)?,
        recipient: row.text(2)?.to_owned(),
        received_at: row.timestamp(3)?,
        body: row.text(4)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use postern_core::random::Random;

    use super::*;
    use crate::fixture::TestDb;
    use crate::sql::{Db, StoreError};

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    async fn fill(db: &Db, environment: EnvironmentId, random: &Random, count: i64) -> Vec<MessageId> {
        let mut ids = Vec::new();
        for number in 0..count {
            let message = Kept {
                environment,
                id: MessageId::new(random),
                recipient: format!("+1512555010{}", number % 2),
                // The clock stands still, and once goes back.
                received_at: if number == 2 { START.minus(Span::seconds(5)) } else { START },
                body: number.to_string(),
            };
            ids.push(message.id);
            db.write(message, |tx, message| Box::pin(keep(tx, message))).await.unwrap();
        }
        ids
    }

    fn ids(messages: &[Kept]) -> Vec<MessageId> {
        messages.iter().map(|message| message.id).collect()
    }

    #[tokio::test]
    async fn messages_stand_in_the_order_they_were_kept_even_when_the_clock_goes_back() {
        for db in TestDb::all().await {
            let random = Random::seeded(1);
            let (environment, other) = (EnvironmentId::new(&random), EnvironmentId::new(&random));
            let sent = fill(&db, environment, &random, 5).await;
            fill(&db, other, &random, 1).await;
            let mut tx = db.read().await.unwrap();
            assert_eq!(ids(&newest(&mut tx, environment, None, 10).await.unwrap()), sent);
            assert_eq!(ids(&newest(&mut tx, environment, None, 2).await.unwrap()), sent[3..]);
            assert_eq!(
                ids(&newest(&mut tx, environment, Some("+15125550101"), 10).await.unwrap()),
                [sent[1], sent[3]]
            );
            let second = place(&mut tx, environment, sent[1]).await.unwrap().unwrap();
            assert_eq!(ids(&after(&mut tx, environment, second, None, 2).await.unwrap()), sent[2..4]);
            assert_eq!(ids(&after(&mut tx, environment, Place::before(START), None, 9).await.unwrap()), sent);
            assert_eq!(place(&mut tx, other, sent[0]).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_message_is_kept_once() {
        for db in TestDb::all().await {
            let random = Random::seeded(2);
            let message = Kept {
                environment: EnvironmentId::new(&random),
                id: MessageId::new(&random),
                recipient: "pat@example.com".to_owned(),
                received_at: START,
                body: "first".to_owned(),
            };
            for body in ["first", "second"] {
                let again = Kept { body: body.to_owned(), ..message.clone() };
                db.write(again, |tx, again| Box::pin(keep(tx, again))).await.unwrap();
            }
            let mut tx = db.read().await.unwrap();
            assert_eq!(
                find(&mut tx, message.environment, message.id).await.unwrap().as_ref(),
                Some(&message)
            );
            assert_eq!(newest(&mut tx, message.environment, None, 10).await.unwrap(), [message]);
        }
    }

    #[tokio::test]
    async fn trimming_keeps_the_newest_and_clearing_nothing() {
        for db in TestDb::all().await {
            let random = Random::seeded(3);
            let environment = EnvironmentId::new(&random);
            let sent = fill(&db, environment, &random, 6).await;
            let trimmed: Result<u64, StoreError> =
                db.write(environment, |tx, environment| Box::pin(trim(tx, *environment, 4))).await;
            assert_eq!(trimmed, Ok(2));
            let mut tx = db.read().await.unwrap();
            assert_eq!(ids(&newest(&mut tx, environment, None, 10).await.unwrap()), sent[2..]);
            drop(tx);
            let cleared: Result<u64, StoreError> =
                db.write(environment, |tx, environment| Box::pin(clear(tx, *environment))).await;
            assert_eq!(cleared, Ok(4));
        }
    }
}
