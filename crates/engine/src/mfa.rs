//! The one engine behind the doors: asks a device, checks its answer, whatever its type.
//!
//! Sign-on flows and device authentications decide when; policies decide
//! whether; each method is a module of its own. What was asked is an
//! [`Asked`], which the door keeps in its own document.

pub mod candidates;
mod code;

use postern_core::devices::input::TemplateChoice;
use postern_core::devices::{Device, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{Id, NotificationPolicyId, UserId};
use postern_core::mfa::input::AssertionAnswer;
use postern_core::mfa::{Asked, AssertionAsked, DeviceAuthentication, PushAsked, PushState};
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_store::sql::Tx;
use serde_json::Value;
use uuid::Uuid;

use crate::challenges::OtpRules;
use crate::{
    Ctx, Error, Result, Verdict, challenges, device_policies, mobile_otp, oath, passkeys, push, totp,
};

pub use candidates::Candidates;

/// The template when the wording names none.
pub const TEMPLATE: &str = "strong_authentication";

/// What is asked, and why.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What the answer counts for: the id of the flow or of the device authentication.
    pub challenge: Uuid,
    /// Who is asked; unknown where a passkey names its user.
    pub user: Option<&'a Stored<User>>,
    /// By which policy.
    pub policy: &'a Stored<DevicePolicy>,
    /// How the message is worded.
    pub wording: &'a TemplateChoice,
    /// The notification policy that the caller names.
    pub limits: Option<NotificationPolicyId>,
    /// Shown by the application on the phone, as it stands.
    pub client_context: Option<&'a Value>,
    /// The relying party, where the caller names one.
    pub rp_id: Option<&'a str>,
    /// What passkeys sign, in base64url, where the caller says it.
    pub passkey_challenge: Option<&'a str>,
    /// Whether the codes of test devices are returned instead of sent: only to callers that may see them.
    pub returns_test_codes: bool,
}

/// A device that was asked.
#[derive(Debug)]
pub struct Asking {
    /// How.
    pub asked: Asked,
    /// The code of a test device.
    pub test_code: Option<Secret>,
}

impl From<Asked> for Asking {
    fn from(asked: Asked) -> Self {
        Self { asked, test_code: None }
    }
}

/// Asks a device: sends it a code, makes the options for its passkey, sends it a push.
///
/// # Errors
/// [`Error::Invalid`] when the message cannot be worded; `LIMIT_EXCEEDED` when the day has no message left for the user.
pub async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    question: &Question<'_>,
    device: &mut Stored<Device>,
) -> Result<Asking> {
    match device.kind {
        DeviceType::Sms | DeviceType::Voice | DeviceType::Email | DeviceType::WhatsApp => {
            code::send(tx, ctx, question, device).await
        }
        DeviceType::Totp | DeviceType::OathToken => Ok(Asked::Code.into()),
        DeviceType::Mobile => push::ask(tx, ctx, question, device).await.map(Into::into),
        DeviceType::Fido2 => {
            let asked = passkeys::ask(tx, ctx, question, Some(device)).await?;
            Ok(Asked::Assertion(Box::new(asked)).into())
        }
        other => Err(unanswerable(other)),
    }
}

/// Checks a one-time passcode. The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::Invalid`] when devices of this type have no codes.
pub async fn check_code(
    tx: &mut Tx,
    ctx: &Ctx,
    challenge: Uuid,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    otp: &str,
) -> Result<Verdict<()>> {
    match device.kind {
        DeviceType::Sms | DeviceType::Voice | DeviceType::Email | DeviceType::WhatsApp => {
            code::check(tx, ctx, challenge, device, policy, otp).await
        }
        DeviceType::Totp => totp::check(tx, ctx, device, policy, otp).await,
        DeviceType::OathToken => oath::check(tx, ctx, device, policy, otp).await,
        DeviceType::Mobile => mobile_otp::check(tx, ctx, device, policy, otp).await,
        other => Err(unanswerable(other)),
    }
}

/// Whether the code is one that the device makes now. Nothing is counted and nothing used up: only for a choice between
/// devices, before [`check_code`].
///
/// # Errors
/// [`Error::Internal`] when a key does not open.
pub(crate) async fn recognises(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &Stored<Device>,
    policy: &Stored<DevicePolicy>,
    otp: &str,
) -> Result<bool> {
    match device.kind {
        DeviceType::Totp => totp::recognises(ctx, device, policy, otp),
        DeviceType::OathToken => oath::recognises(tx, ctx, device, otp).await,
        DeviceType::Mobile => mobile_otp::recognises(tx, ctx, device, otp).await,
        _ => Ok(false),
    }
}

/// Checks the code of an address that is no device: it is never locked, but the code is void after its tries.
///
/// # Errors
/// Those of the database.
pub async fn check_one_time(
    tx: &mut Tx,
    ctx: &Ctx,
    challenge: Uuid,
    address: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    otp: &str,
) -> Result<Verdict<()>> {
    let rules = OtpRules { cool_down: Span::ZERO, ..device_policies::rules(policy, address.kind)? };
    challenges::check(tx, ctx, challenge, address, rules, otp).await
}

/// Asks for a passkey of whoever has one.
///
/// # Errors
/// [`Error::Invalid`] at `rp.id` when it is no domain.
pub async fn ask_any_passkey(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: &Stored<DeviceAuthentication>,
    policy: &Stored<DevicePolicy>,
) -> Result<Asked> {
    let question = Question {
        challenge: authentication.id.uuid(),
        user: None,
        policy,
        wording: &TemplateChoice::default(),
        limits: None,
        client_context: None,
        rp_id: authentication.rp_id.as_deref(),
        passkey_challenge: authentication.body.challenge.as_deref(),
        returns_test_codes: false,
    };
    Ok(Asked::Assertion(Box::new(passkeys::ask(tx, ctx, &question, None).await?)))
}

/// Checks the signature of a passkey and tells whose it is. The effects of both verdicts must be kept.
///
/// # Errors
/// Those of the database.
pub async fn check_assertion(
    tx: &mut Tx,
    ctx: &Ctx,
    asked: &AssertionAsked,
    user: Option<UserId>,
    policy: &Stored<DevicePolicy>,
    answer: &AssertionAnswer,
) -> Result<Verdict<Stored<Device>>> {
    passkeys::check(tx, ctx, asked, user, policy, answer).await
}

/// What became of a push. Reads only; who may write notes a push that timed out with [`push::note_overdue`].
///
/// # Errors
/// Those of the database.
pub async fn push_state(tx: &mut Tx, ctx: &Ctx, asked: &PushAsked) -> Result<PushState> {
    push::state(tx, ctx, asked).await
}

/// Takes a push back; one that was answered stays answered.
///
/// # Errors
/// Those of the database.
pub async fn cancel_push(tx: &mut Tx, ctx: &Ctx, asked: &PushAsked) -> Result<()> {
    push::cancel(tx, ctx, asked).await
}

/// Devices of this type answer no challenge.
fn unanswerable(kind: DeviceType) -> Error {
    let text = format!("a {kind} device cannot be asked");
    Error::invalid(Problem::invalid("device.id", text))
}
