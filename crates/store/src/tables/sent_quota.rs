//! How many messages a user had on a day, by group of channels.
//!
//! Counting and the comparison with the limit are one statement, so that no
//! number of concurrent sends goes beyond it. What counts, and how much is
//! allowed, is for the engine to say.

use postern_core::ids::{EnvironmentId, UserId};

use crate::sql::{Result, Tx, Value};

/// Channels that share a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelGroup {
    /// Text messages and calls.
    Phone,
    /// Mails.
    Email,
}

impl ChannelGroup {
    const fn name(self) -> &'static str {
        match self {
            Self::Phone => "PHONE",
            Self::Email => "EMAIL",
        }
    }
}

/// A message that wants to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// The tenant.
    pub environment: EnvironmentId,
    /// To whom.
    pub user: UserId,
    /// By which channels.
    pub group: ChannelGroup,
    /// The UTC day, in days since the epoch.
    pub day: i64,
}

/// How many a day allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// All of them.
    pub total: i64,
    /// Those that were answered.
    pub claimed: i64,
    /// Those that were not.
    pub unclaimed: i64,
}

impl Limit {
    /// So many, answered or not.
    #[must_use]
    pub const fn total(total: i64) -> Self {
        Self { total, claimed: i64::MAX, unclaimed: i64::MAX }
    }
}

impl Sending {
    fn params(&self, limit: Limit) -> [Value; 7] {
        let group = self.group.name();
        [
            self.environment.into(),
            self.user.into(),
            group.into(),
            self.day.into(),
            limit.total.into(),
            limit.claimed.into(),
            limit.unclaimed.into(),
        ]
    }
}

/// Counts one more, unless the day has as many as the limit allows. Gives whether it was counted.
pub async fn take(tx: &mut Tx, sending: &Sending, limit: Limit) -> Result<bool> {
    let sql = "INSERT INTO sent_quota (env, user_id, channel_group, day, sent, claimed) \
               SELECT $1, $2, $3, $4, 1, 0 WHERE CAST($5 AS BIGINT) > 0 \
               ON CONFLICT (env, user_id, channel_group, day) DO UPDATE SET sent = sent_quota.sent + 1 \
               WHERE sent_quota.sent < $5 AND sent_quota.claimed < $6 AND sent_quota.sent - sent_quota.claimed < $7";
    Ok(tx.execute(sql, &sending.params(limit)).await? == 1)
}

/// The same where the environment's notification settings set a limit for phones too.
pub async fn take_as_set(tx: &mut Tx, sending: &Sending, limit: Limit) -> Result<bool> {
    let sql = "INSERT INTO sent_quota (env, user_id, channel_group, day, sent, claimed) \
               SELECT $1, $2, $3, $4, 1, 0 WHERE CAST($5 AS BIGINT) > 0 AND \
               COALESCE((SELECT phone_daily FROM notification_settings WHERE env = $1 AND id = $1), 1) > 0 \
               ON CONFLICT (env, user_id, channel_group, day) DO UPDATE SET sent = sent_quota.sent + 1 \
               WHERE sent_quota.sent < $5 AND sent_quota.claimed < $6 AND sent_quota.sent - sent_quota.claimed < $7 \
               AND sent_quota.sent < \
               COALESCE((SELECT phone_daily FROM notification_settings WHERE env = $1 AND id = $1), $5)";
    Ok(tx.execute(sql, &sending.params(limit)).await? == 1)
}

/// Takes one back that was counted for a message which did not go.
pub async fn give_back(tx: &mut Tx, sending: &Sending) -> Result<()> {
    let sql = "UPDATE sent_quota SET sent = sent - 1 \
               WHERE env = $1 AND user_id = $2 AND channel_group = $3 AND day = $4 AND sent > claimed";
    let group = sending.group.name();
    let params = [sending.environment.into(), sending.user.into(), group.into(), sending.day.into()];
    tx.execute(sql, &params).await.map(|_| ())
}

/// Notes that a message was answered, in the counts of the user and of `everybody`.
pub async fn claim(tx: &mut Tx, sending: &Sending, everybody: UserId) -> Result<()> {
    let sql = "UPDATE sent_quota SET claimed = claimed + 1 \
               WHERE env = $1 AND user_id IN ($2, $3) AND channel_group = $4 AND day = $5 AND claimed < sent";
    let params = vec![
        sending.environment.into(),
        sending.user.into(),
        everybody.into(),
        sending.group.name().into(),
        sending.day.into(),
    ];
    tx.execute_later(sql, params).await
}

/// Removes the counts of a deleted user.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM sent_quota WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

/// Removes the counts of all environments from before the day, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, day: i64, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM sent_quota WHERE (env, user_id, channel_group, day) IN \
               (SELECT env, user_id, channel_group, day FROM sent_quota WHERE day < $1 LIMIT $2)";
    tx.execute(sql, &[day.into(), limit.into()]).await
}
