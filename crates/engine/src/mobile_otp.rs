//! Passcodes that a paired application makes itself.

use postern_core::devices::Device;
use postern_core::devices::mobile::MobileApp;
use postern_core::directory::application::{Application, MobileSettings};
use postern_core::entity::Stored;
use postern_core::oath::{CodeMaker, Digits, HashAlgorithm, drift};
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::phones::{app, sealed_record, seed_context};
use crate::tries::{self, TryRules};
use crate::{Ctx, Error, Result, Verdict, device_policies};

/// Checks a passcode; a right one counts once. The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::Invalid`] when the policy takes no passcodes of the application.
pub async fn check(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    code: &str,
) -> Result<Verdict<()>> {
    if !app(device)?.ways(policy).otp {
        return Err(Error::invalid(Problem::invalid("otp", "passcodes of this device do not count")));
    }
    let rules = TryRules::from(device_policies::rules(policy, device.kind)?);
    let taken = match tries::admit(tx, ctx, device, rules).await? {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let settings = settings(tx, ctx, app(device)?).await?;
    if accept(ctx, device, &settings, code)? {
        documents::update(tx, device, ctx.now).await?;
        tries::succeed(tx, ctx, device, taken).await?;
        return Ok(Verdict::Accepted(()));
    }
    let refusal = tries::fail(tx, ctx, device, rules, taken, tries::wrong_code).await?;
    Ok(Verdict::Refused(refusal))
}

/// Whether the passcode would count now.
pub(crate) async fn recognises(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>, code: &str) -> Result<bool> {
    let settings = settings(tx, ctx, app(device)?).await?;
    accept(ctx, &mut device.clone(), &settings, code)
}

/// What the application says about its passcodes; the standard when it is gone.
async fn settings(tx: &mut Tx, ctx: &Ctx, app: &MobileApp) -> Result<MobileSettings> {
    let application = documents::find::<Application>(tx, ctx.environment, app.application).await?;
    Ok(application.and_then(|application| application.body.mobile).unwrap_or_default())
}

/// Whether the passcode counts; then it does not count again.
fn accept(ctx: &Ctx, device: &mut Stored<Device>, settings: &MobileSettings, code: &str) -> Result<bool> {
    let record = sealed_record(device.id);
    let seed = ctx.keys.open(&seed_context(ctx, &record), &app(device)?.otp.seed).map_err(Error::internal)?;
    let maker = CodeMaker::new(seed.expose(), HashAlgorithm::HmacSha1, Digits::Six);
    let app = device.body.mobile.as_deref_mut();
    let otp = &mut app.ok_or_else(|| Error::internal("a mobile device without an application"))?.otp;
    let grace = settings.passcode_grace();
    let step = drift::step_at(ctx.now, otp.period);
    let window = drift::within_grace(step, otp.used.drift, grace);
    let accepted = otp.used.accept(&maker, code, window, step);
    if accepted {
        otp.used.drift = drift::bounded(otp.used.drift, grace);
    }
    Ok(accepted)
}
