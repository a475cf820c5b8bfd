//! How many codes and messages a user may have on a UTC day.
//!
//! It bounds what the messages cost and, since every code takes only so many
//! tries, how often the codes of a user can be guessed at. Everything that makes
//! a code or sends a message takes one, in the transaction that does it.

use postern_core::ids::{Id, SettingsId, UserId};
use postern_core::notify::Channel;
use postern_core::policy::notification_settings::NotificationSettings;
use postern_core::problem::{Code, Problem};
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::sent_quota::{self, ChannelGroup, Sending};

use crate::{Ctx, Error, Result};

/// Text messages and calls together, and mails, where the notification settings say nothing else.
const DAILY: i64 = 50;
/// The same for users whom the notification settings exempt.
const DAILY_OF_EXEMPT: i64 = 1_000;
const DAY: Span = Span::days(1);

/// Takes one.
///
/// # Errors
/// `LIMIT_EXCEEDED` when the day has none left.
pub(crate) async fn demand(tx: &mut Tx, ctx: &Ctx, user: UserId, channel: Channel) -> Result<()> {
    if take(tx, ctx, user, channel).await? { Ok(()) } else { Err(exhausted(ctx, channel)) }
}

/// Takes one, for what can be left out. False when the day has none left.
///
/// # Errors
/// Those of the database.
pub(crate) async fn take(tx: &mut Tx, ctx: &Ctx, user: UserId, channel: Channel) -> Result<bool> {
    let group = match channel {
        Channel::Email => ChannelGroup::Email,
        Channel::Sms | Channel::Voice | Channel::WhatsApp | Channel::Push => ChannelGroup::Phone,
    };
    let sending = Sending { environment: ctx.environment, user, group, day: day(ctx.now) };
    let taken = match group {
        ChannelGroup::Phone => sent_quota::take_as_set(tx, &sending, DAILY).await?,
        ChannelGroup::Email => sent_quota::take(tx, &sending, DAILY).await?,
    };
    // Whom the settings exempt is read only here, where it matters.
    Ok(taken || (is_exempt(tx, ctx, user).await? && sent_quota::take(tx, &sending, DAILY_OF_EXEMPT).await?))
}

async fn is_exempt(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<bool> {
    let id = SettingsId::from_uuid(ctx.environment.uuid());
    let settings = documents::find::<NotificationSettings>(tx, ctx.environment, id).await?;
    let listed = settings.and_then(|settings| settings.body.whitelist).unwrap_or_default();
    Ok(listed.iter().any(|entry| entry.user.id == user))
}

fn exhausted(ctx: &Ctx, channel: Channel) -> Error {
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
