//! Codes that are sent: by text message, call, mail or WhatsApp.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::mfa::Asked;
use postern_core::policy::DevicePolicy;
use postern_store::sql::Tx;
use uuid::Uuid;

use super::{Asking, Question, TEMPLATE};
use crate::notification_policies::Choice;
use crate::notifications::{self, Notice};
use crate::{Ctx, Error, Result, Verdict, challenges, device_policies};

pub(super) async fn send(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: &Stored<Device>,
) -> Result<Asking> {
    let user = question.user.ok_or_else(|| Error::internal("a code is sent to nobody"))?;
    let rules = device_policies::rules(question.policy, device.kind)?;
    let limits = Choice::of(question.limits, question.policy);
    let (code, expires_at) = challenges::make(tx, ctx, question.challenge, device, rules).await?;
    if device.test_mode && question.returns_test_codes {
        // Nothing is sent, but whoever guesses has the same tries for every code.
        notifications::count(tx, ctx, user.id, device, limits).await?;
        return Ok(Asking { asked: Asked::Code, test_code: Some(code) });
    }
    let wording = question.wording;
    let notice = Notice { template: TEMPLATE, wording, user, device, code: Some(&code), expires_at, limits };
    notifications::send(tx, ctx, &notice).await?;
    Ok(Asked::Code.into())
}

pub(super) async fn check(
    tx: &mut Tx,
    ctx: &Ctx,
    challenge: Uuid,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    otp: &str,
) -> Result<Verdict<()>> {
    let rules = device_policies::rules(policy, device.kind)?;
    challenges::check(tx, ctx, challenge, device, rules, otp).await
}
