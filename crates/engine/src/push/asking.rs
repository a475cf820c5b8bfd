//! Asks a phone.

use postern_core::devices::{Device, mobile::MobileApp};
use postern_core::directory::application::Application;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{Id, PushRequestId};
use postern_core::mfa::Asked;
use postern_core::mfa::push::request::{Ask, MOST_PENDING, Matching, PushRequest, PushStatus, Silence};
use postern_core::notify::content::PushCategory;
use postern_core::notify::message::SealedOnly;
use postern_core::notify::{Channel, PushMessage, PushProvider};
use postern_core::policy::device_authentication::MobileRules;
use postern_core::problem::{Code, Problem};
use postern_core::time::Timestamp;
use postern_store::documents::{self, Condition, Op};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::{counting, open, take_back};
use crate::mfa::{Question, TEMPLATE};
use crate::notification_policies::Choice;
use crate::notifications::{self, Notice, Worded};
use crate::{Ctx, Error, Result, mobile_applications, tries};

/// Asks the user on the device; for a passcode where pushes are switched off.
///
/// # Errors
/// [`Error::Invalid`] when the device cannot be asked at all, or the message cannot be worded; [`Error::Refused`] with
/// `LIMIT_EXCEEDED` when too many requests were made, with `QUOTA_EXCEEDED` when the device is locked for it.
pub async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: &mut Stored<Device>,
) -> Result<Asked> {
    let (app, rules) = rules(device, question)?;
    let ways = app.ways(question.policy);
    if !ways.push && ways.otp {
        return Ok(Asked::Code);
    }
    if !ways.push {
        return Err(Error::invalid(Problem::invalid("device.id", "is not a device that can be used here")));
    }
    send(tx, ctx, question, device, rules, None).await
}

/// Asks the application whether it is there, without asking the user.
///
/// # Errors
/// As [`ask`].
pub async fn ask_silently(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: &mut Stored<Device>,
    silence: Silence,
) -> Result<Asked> {
    let (_, rules) = rules(device, question)?;
    send(tx, ctx, question, device, rules, Some(silence)).await
}

fn rules<'d>(device: &'d Stored<Device>, question: &Question<'_>) -> Result<(&'d MobileApp, MobileRules)> {
    let app = device.mobile.as_deref().ok_or_else(|| Error::internal("a push goes to no application"))?;
    let rules = question.policy.mobile_rules(app.application);
    let unusable = || Error::invalid(Problem::invalid("device.id", "is not a device that can be used here"));
    Ok((app, rules.ok_or_else(unusable)?))
}

async fn send(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: &mut Stored<Device>,
    rules: MobileRules,
    silence: Option<Silence>,
) -> Result<Asked> {
    let user = question.user.ok_or_else(|| Error::internal("a push is sent to nobody"))?;
    // Of two that ask at once, one waits here, so that no more are sent than the limits allow.
    let locked = documents::find_locked::<Device>(tx, ctx.environment, device.id).await?;
    *device = locked.ok_or(Error::NotFound("device"))?;
    counting::settle(tx, ctx, device).await?;
    if let Some(lock) = device.locked(ctx.now) {
        return Err(tries::exhausted(Some(lock.expires_at)));
    }
    let app = device.mobile.as_deref().ok_or_else(|| Error::internal("a push goes to no application"))?;
    let application = mobile_applications::find(tx, ctx, app.application, "device.id").await?;
    let settings = application.mobile.clone().unwrap_or_default();
    make_room(tx, ctx, question, device, app, &rules).await?;
    let expires_at = ctx.now.plus(rules.push_timeout);
    let (wording, limits) = (question.wording, Choice::of(question.limits, question.policy));
    let notice = Notice { template: TEMPLATE, wording, user, device, code: None, expires_at, limits };
    let worded = notifications::word(tx, ctx, &notice, Channel::Push).await?;
    let ask = Ask {
        user: user.id,
        device: device.id,
        application: application.id,
        policy: question.policy.id,
        asker: question.challenge,
        details: details(ctx, question, user, &application, &worded),
        matching: (rules.number_matching && silence.is_none())
            .then(|| Matching::new(&ctx.random, settings.number_matching())),
        silence,
        category: worded.content.push_category.unwrap_or(PushCategory::BannerButtons),
        expires_at,
    };
    let id = PushRequestId::at(ctx.now, &ctx.random);
    let request = Stored::new(ctx.environment, id, ctx.now, PushRequest::new(&ctx.random, ask));
    documents::insert(tx, &request).await?;
    if let Some(push) = message(app, device, &application, &request) {
        notifications::post_push(tx, ctx, &notice, worded, push).await?;
    }
    Ok(Asked::Push(Box::new(request.asked(id))))
}

/// Takes back what the same asker asked before, and refuses more than the limits allow.
async fn make_room(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: &Stored<Device>,
    app: &MobileApp,
    rules: &MobileRules,
) -> Result<()> {
    let mut waiting = 0;
    for request in open(tx, ctx, device.id).await? {
        if request.asker == question.challenge {
            take_back(tx, ctx, request).await?;
        } else {
            waiting += 1;
        }
    }
    let since = app.counts_from(rules.push_period, ctx.now);
    let unapproved = Condition::All(vec![
        Condition::equals("device_id", device.id),
        Condition::compare("created_at", Op::Gt, since),
        Condition::compare("status", Op::Ne, PushStatus::Approved.as_str()),
    ]);
    let most = i64::try_from(rules.push_limit).unwrap_or(i64::MAX);
    let sent = documents::count::<PushRequest>(tx, ctx.environment, &unapproved, most).await?;
    if waiting >= MOST_PENDING || sent >= most {
        return Err(too_many(since.plus(rules.push_period)));
    }
    Ok(())
}

fn too_many(until: Timestamp) -> Error {
    let problem =
        Problem::new(Code::LimitExceeded, "The device has had as many push requests as the policy allows.");
    let problem = problem.with("deliveryMethod", Channel::Push.request_name());
    Error::refused(problem.with("coolDownExpiresAt", until.millis()))
}

/// What the application shows and the answer covers.
fn details(
    ctx: &Ctx,
    question: &Question<'_>,
    user: &Stored<User>,
    application: &Stored<Application>,
    worded: &Worded,
) -> Value {
    let mut details = Map::from_iter([
        ("title".to_owned(), json!(worded.rendered.subject)),
        ("body".to_owned(), json!(worded.rendered.text)),
        ("application".to_owned(), json!({ "id": application.id, "name": application.name })),
        ("user".to_owned(), json!({ "id": user.id, "username": user.username })),
        ("variables".to_owned(), json!(question.wording.variables)),
        ("askedAt".to_owned(), json!(ctx.now)),
    ]);
    if let Some(context) = question.client_context {
        details.insert("clientContext".to_owned(), context.clone());
    }
    Value::Object(details)
}

fn message(
    app: &MobileApp,
    device: &Stored<Device>,
    application: &Stored<Application>,
    request: &Stored<PushRequest>,
) -> Option<PushMessage> {
    let address = app.push.as_ref()?;
    let names = application.mobile.clone().unwrap_or_default();
    let topic = match address.provider {
        PushProvider::Apns => names.bundle_id,
        PushProvider::Fcm => names.package_name,
        PushProvider::Hms => names.huawei_app_id.or(names.huawei_package_name),
    };
    Some(PushMessage {
        application: application.id,
        device: device.id,
        provider: address.provider,
        token: SealedOnly::new(address.token.clone()),
        topic: topic.or_else(|| app.facts.native_name.clone()).unwrap_or_default(),
        sandbox: address.sandbox,
        request: request.id.uuid(),
        category: request.category,
        silent: request.silence.is_some(),
    })
}
