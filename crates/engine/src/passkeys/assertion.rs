//! Using a credential: what the browser is asked for, and whether its answer holds.

use data_encoding::BASE64URL_NOPAD;
use postern_core::devices::passkey::{Credential, Passkey, credential_key};
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::environment::Environment;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::mfa::AssertionAsked;
use postern_core::mfa::input::AssertionAnswer;
use postern_core::policy::fido2_policy::is_relying_party_id;
use postern_core::policy::{DevicePolicy, Fido2Policy};
use postern_core::problem::{Code, Problem};
use postern_core::webauthn::{
    Asserted, AssertionExpected, AssertionResponse, WebauthnError, verify_assertion,
};
use postern_store::documents;
use postern_store::sql::Tx;

use super::options::{self, user_handle};
use super::{CHALLENGE_BYTES, requirements, try_rules};
use crate::audit::{self, Event, Subject};
use crate::mfa::Question;
use crate::{Ctx, Error, Result, Verdict, devices, fido2_policies, tries};

/// What the browser is to be asked for: this device, or without one whichever passkey there is. A policy that
/// aggregates asks for all passkeys of the user at once.
///
/// # Errors
/// [`Error::Invalid`] at `rp.id` when the device is bound to another relying party than the caller names.
pub async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: Option<&Stored<Device>>,
) -> Result<AssertionAsked> {
    let policy = fido2_policies::effective(tx, ctx, question.policy).await?;
    let rp_id = relying_party(question.rp_id, device, &policy)?;
    let challenge = question.passkey_challenge.map_or_else(
        || BASE64URL_NOPAD.encode(&ctx.random.bytes::<CHALLENGE_BYTES>()),
        |given| bare(given).to_owned(),
    );
    let siblings = match device {
        Some(device) if policy.aggregate_devices => siblings(tx, ctx, device, &rp_id).await?,
        Some(device) => vec![device.clone()],
        None => Vec::new(),
    };
    let allowed: Vec<&Credential> = siblings.iter().filter_map(|device| credential_of(device)).collect();
    let options = options::request(&policy, &rp_id, &challenge, &allowed);
    let devices = siblings.iter().map(|device| device.id).collect();
    Ok(AssertionAsked { challenge, rp_id, options, devices })
}

fn relying_party(
    named: Option<&str>,
    device: Option<&Stored<Device>>,
    policy: &Fido2Policy,
) -> Result<String> {
    let bound = device.map(|device| {
        let passkey = device.passkey.as_deref();
        passkey
            .map(|passkey| passkey.rp_id.as_str())
            .ok_or_else(|| Error::internal("a FIDO2 device without a passkey"))
    });
    match (named, bound.transpose()?) {
        (Some(named), _) if !is_relying_party_id(named) => {
            Err(Error::invalid(Problem::invalid("rp.id", "must be a lower-case domain such as example.com")))
        }
        (Some(named), Some(bound)) if named != bound => {
            Err(Error::invalid(Problem::invalid("rp.id", "is not the relying party of the device")))
        }
        (Some(id), _) | (None, Some(id)) => Ok(id.to_owned()),
        (None, None) => Ok(policy.relying_party_id.clone()),
    }
}

/// The passkeys of the same user that can be used now, for the same relying party.
async fn siblings(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &Stored<Device>,
    rp_id: &str,
) -> Result<Vec<Stored<Device>>> {
    let mut all = devices::of_user(tx, ctx, device.user).await?;
    all.retain(|other| {
        other.usable(ctx.now) && other.passkey.as_deref().is_some_and(|passkey| passkey.rp_id == rp_id)
    });
    Ok(all)
}

/// Checks the answer and tells whose device gave it. The effects of both verdicts must be kept: a wrong answer takes a
/// try of the device that it names.
///
/// # Errors
/// Those of the database.
pub async fn check(
    tx: &mut Tx,
    ctx: &Ctx,
    asked: &AssertionAsked,
    user: Option<UserId>,
    policy: &Stored<DevicePolicy>,
    answer: &AssertionAnswer,
) -> Result<Verdict<Stored<Device>>> {
    let response = match AssertionResponse::parse(&answer.assertion) {
        Ok(response) => response,
        Err(broken) => return Ok(Verdict::Refused(invalid(broken))),
    };
    let found = match named(tx, ctx, asked, user, &response).await? {
        Ok(found) => found,
        Err(unknown) => return refuse(tx, ctx, user, None, unknown).await,
    };
    let mut device = found;
    let fido2 = fido2_policies::effective(tx, ctx, policy).await?;
    let Some(credential) = credential_of(&device).cloned() else {
        return Err(Error::internal("a passkey was found by a credential that it does not have"));
    };
    if let Err(unfit) = requirements::admit_use(tx, ctx, &fido2, &credential).await? {
        return refuse(tx, ctx, user, Some(&device), invalid(unfit)).await;
    }
    if !fido2.allows_use_of(credential.backup_eligible) {
        let why = WebauthnError::BackupEligible;
        return refuse(tx, ctx, user, Some(&device), invalid(why)).await;
    }
    let rules = try_rules(policy)?;
    let taken = match tries::admit(tx, ctx, &mut device, rules).await? {
        Ok(taken) => taken,
        Err(refusal) => return refuse(tx, ctx, user, Some(&device), refusal).await,
    };
    let expected = AssertionExpected {
        challenge: &options::bytes(&asked.challenge),
        rp_id: &asked.rp_id,
        origin: &answer.origin,
        require_user_verification: fido2.verifies_user(asked.devices.is_empty()),
        public_key: &credential.public_key_bytes(),
        sign_count: credential.sign_count,
        backup_eligible: Some(credential.backup_eligible),
    };
    let outcome = match verify_assertion(&response, &expected) {
        Ok(asserted) if asserted.cloned => Err(Broken::Cloned),
        Ok(asserted) => Ok(asserted),
        Err(broken) => Err(Broken::Rule(broken)),
    };
    match outcome {
        Ok(asserted) => {
            tries::succeed(tx, ctx, &device, taken).await?;
            keep(tx, ctx, &mut device, &asserted).await?;
            Ok(Verdict::Accepted(device))
        }
        Err(broken) => {
            let refusal =
                tries::fail(tx, ctx, &mut device, rules, taken, |left| wrong(&broken, left)).await?;
            refuse(tx, ctx, user, Some(&device), refusal).await
        }
    }
}

/// Why an answer does not count.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("{0}")]
    Rule(WebauthnError),
    #[error("the signature counter did not grow; the authenticator may have been copied")]
    Cloned,
}

/// The device that the answer names, if it is one that may answer; else why not.
async fn named(
    tx: &mut Tx,
    ctx: &Ctx,
    asked: &AssertionAsked,
    user: Option<UserId>,
    response: &AssertionResponse,
) -> Result<std::result::Result<Stored<Device>, Error>> {
    let key = credential_key(response.credential_id());
    let found = documents::find_by::<Device>(tx, ctx.environment, "credential_key", key.into()).await?;
    let may_answer = |device: &Stored<Device>| {
        let known = user.is_none_or(|user| device.user == user);
        let one_of_them = asked.devices.is_empty() || asked.devices.contains(&device.id);
        let same_party = device.passkey.as_deref().is_some_and(|passkey| passkey.rp_id == asked.rp_id);
        device.status == DeviceStatus::Active
            && device.kind == DeviceType::Fido2
            && device.blocked_at.is_none()
            && known
            && one_of_them
            && same_party
    };
    let Some(device) = found.filter(may_answer) else {
        return Ok(Err(invalid("the credential is not one that was asked for")));
    };
    let handle = user_handle(device.user);
    let fits = match response.user_handle() {
        Some(given) => given == handle,
        // Only a credential that names its user can be asked for without one.
        None => !asked.devices.is_empty(),
    };
    Ok(if fits { Ok(device) } else { Err(invalid("the credential is not the user's")) })
}

/// Keeps what the authenticator told along with its answer.
async fn keep(tx: &mut Tx, ctx: &Ctx, device: &mut Stored<Device>, asserted: &Asserted) -> Result<()> {
    let Some(credential) = device.body.passkey.as_deref_mut().and_then(|passkey| passkey.credential.as_mut())
    else {
        return Ok(());
    };
    let moved = credential.backed_up != asserted.backed_up;
    if !moved && credential.sign_count == asserted.sign_count {
        return Ok(());
    }
    credential.sign_count = asserted.sign_count;
    credential.backed_up = asserted.backed_up;
    documents::update(tx, device, ctx.now).await?;
    if moved {
        let event = Event::new("DEVICE.WEBAUTHN_UPDATED", Subject::of(device));
        audit::record(tx, ctx, event.changed(serde_json::json!(["backup"]))).await?;
    }
    Ok(())
}

async fn refuse(
    tx: &mut Tx,
    ctx: &Ctx,
    user: Option<UserId>,
    device: Option<&Stored<Device>>,
    refusal: Error,
) -> Result<Verdict<Stored<Device>>> {
    let device_id: Option<DeviceId> = device.map(|device| device.id);
    let user = user.or_else(|| device.map(|device| device.user));
    let subjects = [user.map(Subject::new::<User>), device_id.map(Subject::new::<Device>)];
    let mut subjects = subjects.into_iter().flatten();
    let first = subjects.next().unwrap_or_else(|| Subject::new::<Environment>(ctx.environment));
    let event = subjects.fold(Event::failed("ASSERTION.CHECK_FAILED", first), Event::and);
    audit::record(tx, ctx, event).await?;
    Ok(Verdict::Refused(refusal))
}

fn credential_of(device: &Device) -> Option<&Credential> {
    device.passkey.as_deref().and_then(|passkey: &Passkey| passkey.credential.as_ref())
}

fn bare(challenge: &str) -> &str {
    challenge.trim_end_matches('=')
}

fn wrong(why: &Broken, left: i64) -> Error {
    Error::invalid(problem(why).with("attemptsRemaining", left))
}

fn invalid(why: impl std::fmt::Display) -> Error {
    Error::invalid(problem(why))
}

fn problem(why: impl std::fmt::Display) -> Problem {
    Problem::new(Code::InvalidAssertion, format!("Invalid assertion: {why}")).at("assertion")
}
