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

impl Sending {
    fn params(&self, limit: i64) -> [Value; 5] {
        let group = self.group.name();
        [self.environment.into(), self.user.into(), group.into(), self.day.into(), limit.into()]
    }
}

/// Counts one more, unless the day has `limit` already. Gives whether it was counted.
pub async fn take(tx: &mut Tx, sending: &Sending, limit: i64) -> Result<bool> {
    let sql = "INSERT INTO sent_quota (env, user_id, channel_group, day, sent) \
               SELECT $1, $2, $3, $4, 1 WHERE $5 > 0 \
               ON CONFLICT (env, user_id, channel_group, day) DO UPDATE SET sent = sent_quota.sent + 1 \
               WHERE sent_quota.sent < $5";
    Ok(tx.execute(sql, &sending.params(limit)).await? == 1)
}

/// The same with the limit that the environment's notification settings set for phones; `otherwise` when they set none.
pub async fn take_as_set(tx: &mut Tx, sending: &Sending, otherwise: i64) -> Result<bool> {
    let sql = "INSERT INTO sent_quota (env, user_id, channel_group, day, sent) \
               SELECT $1, $2, $3, $4, 1 \
               WHERE COALESCE((SELECT phone_daily FROM notification_settings WHERE env = $1 AND id = $1), $5) > 0 \
               ON CONFLICT (env, user_id, channel_group, day) DO UPDATE SET sent = sent_quota.sent + 1 \
               WHERE sent_quota.sent < \
               COALESCE((SELECT phone_daily FROM notification_settings WHERE env = $1 AND id = $1), $5)";
    Ok(tx.execute(sql, &sending.params(otherwise)).await? == 1)
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
