//! Words a message and enqueues it: which text, in which language, with which values.
//!
//! The text is rendered before it is enqueued, so that a missing variable is
//! the caller's error and not a silent failure later (notifications contract 2.5).
//! Each message counts against the day's quota of its notification policy.

use std::collections::BTreeMap;

use postern_core::devices::input::TemplateChoice;
use postern_core::devices::{Device, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{MessageId, UserId};
use postern_core::notify::message::{OutboundMessage, SealedOnly};
use postern_core::notify::render::{self, RenderError, Rendered};
use postern_core::notify::select::{self, select};
use postern_core::notify::{Channel, PushMessage, TemplateContent, voice};
use postern_core::phone::Phone;
use postern_core::policy::{DevicePolicy, NewDeviceNotification};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::notification_policies::{self, Choice, Wanted};
use crate::{Ctx, Error, Result, languages, outbox};

/// Most texts of one template and channel.
const MOST: i64 = 1_000;
/// How long a message without a code may wait for its delivery.
const PATIENCE: Span = Span::hours(24);

/// A message to a device.
#[derive(Debug)]
pub struct Notice<'a> {
    /// The template when the wording names none.
    pub template: &'a str,
    /// Which of its texts, and the values of its dynamic variables.
    pub wording: &'a TemplateChoice,
    /// For whom.
    pub user: &'a Stored<User>,
    /// Where to.
    pub device: &'a Stored<Device>,
    /// The code it carries.
    pub code: Option<&'a Secret>,
    /// After this it need not arrive.
    pub expires_at: Timestamp,
    /// Who says which notification policy bounds it.
    pub limits: Choice,
}

/// Words and enqueues a message.
///
/// # Errors
/// [`Error::Invalid`] when the template, variant or a variable is missing; `LIMIT_EXCEEDED` when the user has had as
/// many messages as a day allows.
pub async fn send(tx: &mut Tx, ctx: &Ctx, notice: &Notice<'_>) -> Result<()> {
    let channel = channel(notice.device.kind)?;
    count(tx, ctx, notice.user.id, notice.device, notice.limits).await?;
    post(tx, ctx, notice, channel).await
}

/// Counts a message to a device that is not sent but shown, or is about to be sent.
///
/// # Errors
/// `CONSTRAINT_VIOLATION` when no message may go to the country; `LIMIT_EXCEEDED` when the day has none left.
pub(crate) async fn count(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    device: &Device,
    limits: Choice,
) -> Result<()> {
    notification_policies::demand(tx, ctx, &wanted(user, device, limits)?).await
}

fn wanted(user: UserId, device: &Device, choice: Choice) -> Result<Wanted<'_>> {
    Ok(Wanted { user, channel: channel(device.kind)?, address: device.address(), choice })
}

async fn post(tx: &mut Tx, ctx: &Ctx, notice: &Notice<'_>, channel: Channel) -> Result<()> {
    let worded = word(tx, ctx, notice, channel).await?;
    let address = notice.device.address().unwrap_or_default().to_owned();
    let message = OutboundMessage {
        country: Phone::kept(address.clone()).and_then(|phone| phone.country()),
        to: address,
        ..outbound(ctx, notice, channel, worded)
    };
    outbox::enqueue(tx, ctx, &message, notice.user.id, Some(notice.device.id)).await
}

/// Enqueues a push that was worded before. The quota of messages does not count it: pushes have a limit of their own.
///
/// # Errors
/// Those of the database.
pub(crate) async fn post_push(
    tx: &mut Tx,
    ctx: &Ctx,
    notice: &Notice<'_>,
    worded: Worded,
    push: PushMessage,
) -> Result<()> {
    let message = OutboundMessage {
        to: notice.device.id.to_string(),
        push: Some(Box::new(push)),
        ..outbound(ctx, notice, Channel::Push, worded)
    };
    outbox::enqueue(tx, ctx, &message, notice.user.id, Some(notice.device.id)).await
}

/// What a message says.
pub(crate) struct Worded {
    template: String,
    /// The text that was chosen.
    pub(crate) content: TemplateContent,
    /// The values by lower-case name.
    pub(crate) values: BTreeMap<String, String>,
    /// The text with its values.
    pub(crate) rendered: Rendered,
}

/// Chooses the text and puts the values in.
///
/// # Errors
/// [`Error::Invalid`] when the template, variant or a variable is missing.
pub(crate) async fn word(tx: &mut Tx, ctx: &Ctx, notice: &Notice<'_>, channel: Channel) -> Result<Worded> {
    let template = notice.wording.name.as_deref().unwrap_or(notice.template);
    let content = content(tx, ctx, notice, template, channel).await?;
    let values = values(ctx, notice);
    let rendered = render::fill(&content, &values).map_err(|error| Error::invalid(missing(&error)))?;
    Ok(Worded { template: template.to_owned(), content, values, rendered })
}

/// The message without its recipient.
fn outbound(ctx: &Ctx, notice: &Notice<'_>, channel: Channel, worded: Worded) -> OutboundMessage {
    let Worded { template, content, values, rendered } = worded;
    OutboundMessage {
        id: MessageId::at(ctx.now, &ctx.random),
        environment: ctx.environment,
        channel,
        country: None,
        to: String::new(),
        extension: notice.device.extension.clone(),
        subject: rendered.subject,
        text: audible(channel, notice, rendered.text),
        html: rendered.html,
        sender: content.sender,
        voice: content.voice,
        locale: content.locale,
        template,
        otp: notice.code.map(|code| SealedOnly::new(code.expose().clone())),
        variables: values,
        expires_at: notice.expires_at,
        from: content.from,
        reply_to: content.reply_to,
        whats_app: content.whats_app_template,
        push: None,
    }
}

/// What is said in a call lets the code be heard.
fn audible(channel: Channel, notice: &Notice<'_>, text: String) -> String {
    match notice.code {
        Some(code) if channel == Channel::Voice => voice::audible(&text, code.expose()),
        _ => text,
    }
}

/// Tells the user that a device was paired, on the channel the policy prefers. Left out when the day has no message
/// left, since the pairing is what counts.
///
/// # Errors
/// Those of the database.
pub async fn new_device(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    paired: &Stored<Device>,
    policy: &Stored<DevicePolicy>,
) -> Result<()> {
    let preferred = match policy.new_device_notification {
        NewDeviceNotification::None => return Ok(()),
        NewDeviceNotification::EmailThenSms => [DeviceType::Email, DeviceType::Sms],
        NewDeviceNotification::SmsThenEmail => [DeviceType::Sms, DeviceType::Email],
    };
    let devices = crate::devices::of_user(tx, ctx, user.id).await?;
    let others = || devices.iter().filter(|device| device.id != paired.id && device.usable(ctx.now));
    let Some(device) = preferred.iter().find_map(|kind| others().find(|device| device.kind == *kind)) else {
        return Ok(());
    };
    let channel = channel(device.kind)?;
    let limits = Choice::of(None, policy);
    if !notification_policies::admits(tx, ctx, &wanted(user.id, device, limits)?).await? {
        return Ok(());
    }
    let wording = TemplateChoice::default();
    let expires_at = ctx.now.plus(PATIENCE);
    let notice = Notice {
        template: "new_device_paired",
        wording: &wording,
        user,
        device,
        code: None,
        expires_at,
        limits,
    };
    post(tx, ctx, &notice, channel).await
}

/// How messages go to devices of this type.
pub(crate) fn channel(kind: DeviceType) -> Result<Channel> {
    match kind {
        DeviceType::Sms => Ok(Channel::Sms),
        DeviceType::Voice => Ok(Channel::Voice),
        DeviceType::Email => Ok(Channel::Email),
        DeviceType::WhatsApp => Ok(Channel::WhatsApp),
        other => Err(Error::internal(format!("no message goes to a {other} device"))),
    }
}

async fn content(
    tx: &mut Tx,
    ctx: &Ctx,
    notice: &Notice<'_>,
    template: &str,
    channel: Channel,
) -> Result<TemplateContent> {
    let condition = Condition::All(vec![
        Condition::equals("template", template),
        Condition::equals("delivery_method", channel.template_name()),
    ]);
    let query = Select { condition, after: None, limit: MOST };
    let own: Vec<TemplateContent> = documents::list::<TemplateContent>(tx, ctx.environment, &query)
        .await?
        .into_iter()
        .map(|stored| stored.body)
        .collect();
    let languages =
        notice.wording.locale.as_deref().or(notice.user.preferred_language.as_deref()).unwrap_or_default();
    let default_language = languages::default_locale(tx, ctx).await?;
    let wanted = select::Wanted {
        template,
        channel,
        languages,
        default_language: &default_language,
        variant: notice.wording.variant.as_deref(),
    };
    let chosen = select(&own, &wanted).map(std::borrow::Cow::into_owned);
    chosen.ok_or_else(|| {
        Error::invalid(Problem::invalid("notification.template.name", "has no text for this channel"))
    })
}

fn values(ctx: &Ctx, notice: &Notice<'_>) -> BTreeMap<String, String> {
    let mut of_server = BTreeMap::from([("user.username".to_owned(), notice.user.username.clone())]);
    let name = notice.user.name.as_ref();
    of_server
        .insert("user.name.given".to_owned(), name.and_then(|name| name.given.clone()).unwrap_or_default());
    of_server
        .insert("user.name.family".to_owned(), name.and_then(|name| name.family.clone()).unwrap_or_default());
    of_server.insert("current-year".to_owned(), ctx.now.to_string().chars().take(4).collect());
    if let Some(code) = notice.code {
        of_server.insert("otp".to_owned(), code.expose().clone());
    }
    render::combine(&notice.wording.variables, &of_server)
}

fn missing(error: &RenderError) -> Problem {
    let target = "notification.template.variables";
    match error {
        RenderError::Missing(names) => {
            Problem::invalid(target, format!("a value is missing for {}", names.join(", ")))
                .with("referencedValues", names.clone())
        }
    }
}
