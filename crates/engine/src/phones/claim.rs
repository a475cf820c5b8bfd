//! A pairing key becomes a device.

use postern_core::devices::mobile::{Claim, Facts, MobileApp, MobileOtp};
use postern_core::devices::pairing_key::PairingKey;
use postern_core::devices::proof::{self, Covered};
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::application::{Application, MobileSettings};
use postern_core::directory::push_credentials::{PushCredentials, PushCredentialsType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, Id};
use postern_core::oath::totp::TimeUse;
use postern_core::policy::DevicePolicy;
use postern_core::policy::device_authentication::MobileRules;
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use super::{sealed_record, seed_context};
use crate::audit::{self, Event, Subject};
use crate::{
    Ctx, Error, Result, Verdict, device_policies, devices, mfa_settings, mobile_applications, notifications,
    pairing_keys,
};

/// Bytes of a passcode seed: as many as its HMAC-SHA-1 gives.
const SEED_LENGTH: usize = 20;

/// How one way of proving came out of the pairing: nothing when it works, else the code of what it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authenticator(pub Option<&'static str>);

/// An application that was paired.
#[derive(Debug)]
pub struct Paired {
    /// The new device.
    pub device: Stored<Device>,
    /// Whose it is.
    pub user: Stored<User>,
    /// The application.
    pub application: Stored<Application>,
    /// The passcode seed, told this once.
    pub seed: Secret<Vec<u8>>,
    /// Whether pushes reach it. What they lack does not keep it from looking for requests itself.
    pub push: Authenticator,
    /// Whether its passcodes count.
    pub otp: Authenticator,
}

/// Claims a pairing key. The request is signed with the key that it brings. The effects of both verdicts must be kept:
/// a key that may not become a device has failed.
///
/// # Errors
/// [`Error::Unauthenticated`] when the signature is not that of the key; [`Error::Invalid`] for a pairing key that
/// cannot be claimed, or not by this application.
pub async fn claim(
    tx: &mut Tx,
    ctx: &Ctx,
    claim: &Claim,
    token: &str,
    covered: Covered<'_>,
) -> Result<Verdict<Paired>> {
    proof::check(token, &claim.key, covered, ctx.now).map_err(|_| Error::Unauthenticated)?;
    let found = pairing_keys::by_code(tx, ctx, &claim.pairing_key).await?;
    let mut key = found
        .filter(|key| key.claimable(ctx.now))
        .ok_or_else(|| Error::invalid(Problem::invalid("pairingKey", "is not a valid pairing key")))?;
    let application = application(tx, ctx, claim, &key).await?;
    // The user is locked, so that claims and other pairings together keep within the limit of devices.
    let user = documents::find_locked::<User>(tx, ctx.environment, key.user).await?;
    let user =
        user.ok_or_else(|| Error::invalid(Problem::invalid("pairingKey", "is not a valid pairing key")))?;
    let policy = match device_policies::effective(tx, ctx, key.policy, "policy.id").await {
        Ok(policy) => policy,
        Err(Error::Invalid(_)) => device_policies::effective(tx, ctx, None, "policy.id").await?,
        Err(error) => return Err(error),
    };
    let rules = match admissible(tx, ctx, &user, &policy, &application, claim).await? {
        Ok(rules) => rules,
        Err(refusal) => {
            key.body.fail(refusal.code, refusal.message, ctx.now);
            documents::update(tx, &mut key, ctx.now).await?;
            let event = Event::failed("DEVICE.ACTIVATION_FAILED", Subject::of(&user)).and(Subject::of(&key));
            audit::record(tx, ctx, event).await?;
            return Ok(Verdict::Refused(refusal.error));
        }
    };
    let (device, seed) = record(ctx, claim, &key, &policy, &application);
    documents::insert(tx, &device).await?;
    key.body.claim(device.id, ctx.now);
    documents::update(tx, &mut key, ctx.now).await?;
    for name in ["DEVICE.CREATED", "DEVICE.ACTIVATED"] {
        audit::record(tx, ctx, Event::new(name, Subject::of(&device)).and(Subject::of(&user))).await?;
    }
    notifications::new_device(tx, ctx, &user, &device, &policy).await?;
    let push = push(tx, ctx, &device, &application, &rules).await?;
    let otp = Authenticator((!rules.otp).then_some("OneTimePasscodeDisabled"));
    Ok(Verdict::Accepted(Paired { device, user, application, seed, push, otp }))
}

/// The application of the claim, if the key is for it and it is what it calls itself.
async fn application(tx: &mut Tx, ctx: &Ctx, claim: &Claim, key: &PairingKey) -> Result<Stored<Application>> {
    if !key.applications.iter().any(|application| application.id == claim.application) {
        let text = "is not an application that may claim this pairing key";
        return Err(Error::invalid(Problem::invalid("application.id", text)));
    }
    let application = mobile_applications::find(tx, ctx, claim.application, "application.id").await?;
    let settings = application.mobile.clone().unwrap_or_default();
    if let Some(name) = &claim.update.application.native_name
        && !settings.may_be_called(name)
    {
        let text = "is not the bundle id or package name of the application";
        return Err(Error::invalid(Problem::invalid("application.nativeName", text)));
    }
    Ok(application)
}

/// Why a valid key may not become a device.
struct Refusal {
    code: &'static str,
    message: &'static str,
    error: Error,
}

impl Refusal {
    fn new(code: &'static str, message: &'static str) -> Self {
        let problem = Problem::new(Code::ConstraintViolation, message).at("pairingKey");
        Self { code, message, error: Error::refused(problem) }
    }
}

async fn admissible(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    policy: &DevicePolicy,
    application: &Application,
    claim: &Claim,
) -> Result<std::result::Result<MobileRules, Refusal>> {
    let Some(rules) = policy.mobile_rules(claim.application).filter(|rules| rules.pairing) else {
        return Ok(Err(Refusal::new("PAIRING_DISABLED", "The policy does not allow the pairing")));
    };
    if !user.enabled {
        return Ok(Err(Refusal::new("ACCOUNT_NOT_USABLE", "The user is disabled")));
    }
    let mut facts = Facts::default();
    claim.update.apply(&mut facts);
    if let Some(refusal) = unsound(&facts, application.mobile.as_ref(), rules.needs_integrity) {
        return Ok(Err(refusal));
    }
    let most = mfa_settings::load(tx, ctx).await?.pairing.max_allowed_devices;
    if device_order::counts(tx, ctx.environment, user.id).await?.0 >= most {
        let message = "Maximum allowed devices has been reached";
        let error = devices::limit(message, most);
        return Ok(Err(Refusal { code: "LIMIT_EXCEEDED", message, error }));
    }
    Ok(Ok(rules))
}

/// Proofs of soundness are not read here, so where the policy insists on them no phone passes.
fn unsound(facts: &Facts, settings: Option<&MobileSettings>, needed: bool) -> Option<Refusal> {
    let detects = settings.is_some_and(MobileSettings::detects_integrity);
    if !needed || !(detects || facts.rooted == Some(true)) {
        return None;
    }
    Some(Refusal::new(
        "DEVICE_INTEGRITY",
        "The policy demands a proof that the phone is sound, which cannot be given",
    ))
}

fn record(
    ctx: &Ctx,
    claim: &Claim,
    key: &PairingKey,
    policy: &Stored<DevicePolicy>,
    application: &Stored<Application>,
) -> (Stored<Device>, Secret<Vec<u8>>) {
    let id = DeviceId::new(&ctx.random);
    let seed = Secret::new(ctx.random.bytes::<SEED_LENGTH>().to_vec());
    let place = sealed_record(id);
    let settings = application.mobile.clone().unwrap_or_default();
    let mut facts = Facts::default();
    claim.update.apply(&mut facts);
    let mut device = Device::new(key.user, DeviceType::Mobile, DeviceStatus::Active, ctx.now);
    device.policy = Some(policy.id);
    device.mobile = Some(Box::new(MobileApp {
        application: application.id,
        key: claim.key.clone(),
        facts,
        push: claim.update.push.clone().flatten(),
        push_enabled: claim.update.push_enabled.unwrap_or(true),
        push_fails: Vec::new(),
        push_counts_from: None,
        otp: MobileOtp {
            seed: ctx.keys.seal(&ctx.random, &seed_context(ctx, &place), seed.expose()),
            period: settings.passcode_period().as_seconds(),
            used: TimeUse::default(),
        },
        logs: None,
    }));
    (Stored::new(ctx.environment, id, ctx.now, device), seed)
}

/// In the words of the MFA contract, 5.1.
async fn push(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &Device,
    application: &Stored<Application>,
    rules: &MobileRules,
) -> Result<Authenticator> {
    let app = super::app(device)?;
    if !rules.push || !app.push_enabled {
        return Ok(Authenticator(Some("PushDisabled")));
    }
    let Some(address) = &app.push else { return Ok(Authenticator(Some("MissingDeviceToken"))) };
    let of_network = Condition::equals("application_id", application.id.uuid())
        .and(Condition::equals("type", PushCredentialsType::of(address.provider).as_str()));
    let known = documents::count::<PushCredentials>(tx, ctx.environment, &of_network, 1).await?;
    Ok(Authenticator((known == 0).then_some("MissingPushCredentials")))
}
