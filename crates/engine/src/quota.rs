//! How many codes and messages a user may have on a UTC day.
//!
//! It bounds what the messages cost and, since every code takes only so many
//! tries, how often the codes of a user can be guessed at. Everything that makes
//! a code or sends a message takes one, in the transaction that does it.

use postern_core::ids::{Id, UserId};
use postern_core::notify::Channel;
use postern_core::policy::notification_policy::{PLATFORM_DAILY, Quota, QuotaScope};
use postern_core::problem::{Code, Problem};
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::sent_quota::{self, ChannelGroup, Limit, Sending};

use crate::{Ctx, Error, Result};

/// What users have whom the notification settings exempt.
const DAILY_OF_EXEMPT: i64 = 1_000;
const DAY: Span = Span::days(1);

/// Takes one of the quota; of the platform's where the policy has none for a user. False when the day has none left.
///
/// # Errors
/// Those of the database.
pub(crate) async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    quota: Option<&Quota>,
    user: UserId,
    channel: Channel,
) -> Result<bool> {
    let own = quota.filter(|quota| quota.scope == QuotaScope::User);
    let own = own.map_or(Limit::total(PLATFORM_DAILY), limit);
    let sending = sending(ctx, user, channel);
    let taken = match sending.group {
        ChannelGroup::Phone => sent_quota::take_as_set(tx, &sending, own).await?,
        ChannelGroup::Email => sent_quota::take(tx, &sending, own).await?,
    };
    match quota.filter(|quota| taken && quota.scope == QuotaScope::Environment) {
        Some(shared) => {
            let together = Sending { user: everybody(ctx), ..sending };
            let taken = sent_quota::take(tx, &together, limit(shared)).await?;
            if !taken {
                sent_quota::give_back(tx, &sending).await?;
            }
            Ok(taken)
        }
        None => Ok(taken),
    }
}

/// Takes one for a user without limits.
///
/// # Errors
/// Those of the database.
pub(crate) async fn take_exempt(tx: &mut Tx, ctx: &Ctx, user: UserId, channel: Channel) -> Result<bool> {
    Ok(sent_quota::take(tx, &sending(ctx, user, channel), Limit::total(DAILY_OF_EXEMPT)).await?)
}

/// Notes that a code was answered, for quotas that tell claimed messages from unclaimed ones.
///
/// # Errors
/// Those of the database.
pub(crate) async fn claim(tx: &mut Tx, ctx: &Ctx, user: UserId, channel: Channel) -> Result<()> {
    Ok(sent_quota::claim(tx, &sending(ctx, user, channel), everybody(ctx)).await?)
}

/// Stands for the users of an environment where all are counted together.
fn everybody(ctx: &Ctx) -> UserId {
    UserId::from_uuid(ctx.environment.uuid())
}

fn limit(quota: &Quota) -> Limit {
    Limit {
        total: quota.total.unwrap_or(i64::MAX),
        claimed: quota.claimed.unwrap_or(i64::MAX),
        unclaimed: quota.unclaimed.unwrap_or(i64::MAX),
    }
}

fn sending(ctx: &Ctx, user: UserId, channel: Channel) -> Sending {
    let group = match channel {
        Channel::Email => ChannelGroup::Email,
        Channel::Sms | Channel::Voice | Channel::WhatsApp | Channel::Push => ChannelGroup::Phone,
    };
    Sending { environment: ctx.environment, user, group, day: day(ctx.now) }
}

/// The refusal of a message for which the day has no place left.
pub(crate) fn exhausted(ctx: &Ctx, channel: Channel) -> Error {
    let next = Timestamp::from_micros(0).plus(Span::days(day(ctx.now) + 1));
    Error::refused(
        Problem::new(Code::LimitExceeded, "The user has had as many messages as a day allows.")
            .with("deliveryMethod", channel.request_name())
            .with("coolDownExpiresAt", next.millis()),
    )
}

fn day(now: Timestamp) -> i64 {
    now.micros().div_euclid(DAY.as_micros())
}

/// Removes the counts of past days in all environments, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    // Requests that began before midnight may still count, as may other nodes whose clock is behind.
    Ok(sent_quota::sweep(tx, day(now.minus(DAY)), limit).await?)
}
