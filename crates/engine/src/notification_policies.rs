//! Which notification policy holds for a message, and whether the message may go.
//!
//! The policy that the request names counts first, then the one of the device
//! policy, then the environment's default. How many messages there were is kept
//! by `quota`. Users whom the notification settings exempt may have
//! messages in any country, and many more of them.

use std::sync::Arc;

use postern_core::entity::Stored;
use postern_core::ids::{Id, NotificationPolicyId, SettingsId, UserId};
use postern_core::notify::Channel;
use postern_core::phone::Phone;
use postern_core::policy::DevicePolicy;
use postern_core::policy::notification_policy::NotificationPolicy;
use postern_core::policy::notification_settings::NotificationSettings;
use postern_core::problem::{Code, Problem};
use postern_store::documents;
use postern_store::sql::Tx;

use crate::references::constraint;
use crate::{Ctx, Error, Result, quota};

/// Most device policies of an environment that are looked at.
const MOST_POLICIES: i64 = 10_000;

/// Who says which policy holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice {
    /// The request.
    pub named: Option<NotificationPolicyId>,
    /// The device policy.
    pub by_device_policy: Option<NotificationPolicyId>,
}

impl Choice {
    /// What the request says, and what the device policy says otherwise.
    #[must_use]
    pub fn of(named: Option<NotificationPolicyId>, policy: &DevicePolicy) -> Self {
        Self { named, by_device_policy: policy.notifications_policy.id }
    }
}

/// A message that wants to go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// To whom.
    pub(crate) user: UserId,
    /// How.
    pub(crate) channel: Channel,
    /// Where.
    pub(crate) address: Option<&'a str>,
    /// By which policy.
    pub(crate) choice: Choice,
}

/// Takes a message of the day.
///
/// # Errors
/// [`Error::Invalid`] when the request names a policy that does not exist; `CONSTRAINT_VIOLATION` when no message may go
/// to the country; `LIMIT_EXCEEDED` when the day has none left.
pub(crate) async fn demand(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted<'_>) -> Result<()> {
    match decide(tx, ctx, wanted).await? {
        Decision::Goes => Ok(()),
        Decision::Abroad => Err(abroad(wanted.channel)),
        Decision::Exhausted => Err(quota::exhausted(ctx, wanted.channel)),
    }
}

/// Takes a message of the day, for what can be left out. False when it may not go.
///
/// # Errors
/// [`Error::Invalid`] when the request names a policy that does not exist.
pub(crate) async fn admits(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted<'_>) -> Result<bool> {
    Ok(decide(tx, ctx, wanted).await? == Decision::Goes)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Goes,
    Abroad,
    Exhausted,
}

async fn decide(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted<'_>) -> Result<Decision> {
    let policy = effective(tx, ctx, wanted.choice).await?;
    let refusal = if policy.forbids(wanted.channel, country(wanted).as_deref()) {
        Decision::Abroad
    } else if quota::take(tx, ctx, policy.quota(wanted.channel), wanted.user, wanted.channel).await? {
        return Ok(Decision::Goes);
    } else {
        Decision::Exhausted
    };
    // Whom the settings exempt is read only here, where it matters.
    if !is_exempt(tx, ctx, wanted.user).await? {
        return Ok(refusal);
    }
    let goes = quota::take_exempt(tx, ctx, wanted.user, wanted.channel).await?;
    Ok(if goes { Decision::Goes } else { Decision::Exhausted })
}

async fn effective(tx: &mut Tx, ctx: &Ctx, choice: Choice) -> Result<Arc<Stored<NotificationPolicy>>> {
    if let Some(id) = choice.named {
        let found = documents::find_parsed(tx, ctx.environment, id).await?;
        return found.ok_or_else(|| {
            let text = "is not a notification policy of this environment";
            Error::invalid(Problem::invalid("notification.policy.id", text))
        });
    }
    if let Some(id) = choice.by_device_policy
        && let Some(policy) = documents::find_parsed(tx, ctx.environment, id).await?
    {
        return Ok(policy);
    }
    let default = documents::find_parsed_by(tx, ctx.environment, "is_default", true.into()).await?;
    default.ok_or_else(|| Error::internal("the environment has no default notification policy"))
}

fn country(wanted: &Wanted<'_>) -> Option<String> {
    match wanted.channel {
        Channel::Sms | Channel::Voice | Channel::WhatsApp => {
            Phone::kept(wanted.address?.to_owned()).and_then(|phone| phone.country())
        }
        Channel::Email | Channel::Push => None,
    }
}

async fn is_exempt(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<bool> {
    let id = SettingsId::from_uuid(ctx.environment.uuid());
    let settings = documents::find::<NotificationSettings>(tx, ctx.environment, id).await?;
    let listed = settings.and_then(|settings| settings.body.whitelist).unwrap_or_default();
    Ok(listed.iter().any(|entry| entry.user.id == user))
}

fn abroad(channel: Channel) -> Error {
    let text = "The notification policy does not allow messages to this country.";
    Error::refused(
        Problem::new(Code::ConstraintViolation, text).with("deliveryMethod", channel.request_name()),
    )
}

/// Refuses the removal of a policy that device policies name.
///
/// # Errors
/// `CONSTRAINT_VIOLATION`.
pub async fn refuse_while_named(tx: &mut Tx, ctx: &Ctx, id: NotificationPolicyId) -> Result<()> {
    let all =
        documents::Select { condition: documents::Condition::Everything, after: None, limit: MOST_POLICIES };
    let policies = documents::list::<DevicePolicy>(tx, ctx.environment, &all).await?;
    if policies.iter().any(|policy| policy.notifications_policy.id == Some(id)) {
        return Err(constraint(
            "Cannot delete a notification policy that device authentication policies use",
        ));
    }
    Ok(())
}
