//! Starts a device authentication: who, by which policy, which device first (MFA contract 6.1).

use std::sync::Arc;

use postern_core::devices::Device;
use postern_core::devices::selection::Selection;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceAuthenticationId, DeviceId};
use postern_core::mfa::authentication::{Failure, OneTime, Selected, Start};
use postern_core::mfa::input::{Choice, Wish};
use postern_core::mfa::push::request::Silence;
use postern_core::mfa::{Asked, Compatibility, DeviceAuthentication, Status};
use postern_core::permission::Verb;
use postern_core::policy::DevicePolicy;
use postern_core::policy::device_authentication::ExtraVerification;
use postern_core::policy::notification_policy::NotificationPolicy;
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use super::actions::{check_selected, note_completion};
use super::{Snapshot, access, asking, code_alone, refused, show};
use crate::audit::{self, Event, Subject};
use crate::mfa::candidates::usable;
use crate::mfa::{self, Candidates};
use crate::references::must_exist;
use crate::{Ctx, Error, Result, Verdict, device_policies, lockout, phones, tries};

/// Starts one. The effects of both verdicts must be kept: a code that comes with the start may be wrong.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Denied`] when users name an address for their own code, or what their passkey signs;
/// [`Error::Invalid`] naming the field; `ACCOUNT_NOT_USABLE`; `NO_USABLE_DEVICES` when the user has no active device;
/// `QUOTA_EXCEEDED` when the chosen device is locked.
pub async fn start(tx: &mut Tx, ctx: &Ctx, wish: &Wish) -> Result<Verdict<Snapshot>> {
    access::demand(ctx, Verb::Create, wish.user)?;
    // What a caller signs or where a code goes is not for somebody who is yet to prove who they are.
    if matches!(wish.choice, Choice::OneTime(_)) || wish.challenge.is_some() {
        access::demand_right(ctx, Verb::Create, wish.user)?;
    }
    let policy = device_policies::effective(tx, ctx, wish.policy, "policy.id").await?;
    let mut wording = wish.wording.clone();
    if wish.user.is_some_and(|user| ctx.caller.is_self(user)) {
        // Users do not choose what limits them, also not for whoever goes on.
        wording.notifications_policy = None;
    }
    if let Some(id) = wording.notifications_policy {
        must_exist::<NotificationPolicy>(tx, ctx, id, "notification.policy.id").await?;
    }
    let start = Start {
        user: wish.user,
        policy: policy.id,
        wording,
        rp_id: wish.rp_id.clone(),
        challenge: wish.challenge.clone(),
        application: wish.application,
    };
    let id = DeviceAuthenticationId::at(ctx.now, &ctx.random);
    let authentication =
        Stored::new(ctx.environment, id, ctx.now, DeviceAuthentication::start(start, ctx.now));
    let mut begun = Begun { authentication, policy, test_code: None };
    let refusal = match wish.user {
        None => {
            begun.ask_any_passkey(tx, ctx, wish).await?;
            None
        }
        Some(user) => {
            let user = lockout::hold(tx, ctx, user).await?;
            access::usable(&user, &begun.policy, ctx.now)?;
            if let Some(refusal) = begun.take_payload(tx, ctx, wish, &user).await? {
                return Ok(Verdict::Refused(refusal));
            }
            begun.choose(tx, ctx, wish, &user).await?
        }
    };
    if let Some(refusal) = refusal {
        return Ok(Verdict::Refused(refusal));
    }
    let Begun { authentication, test_code, .. } = begun;
    documents::insert_later(tx, &authentication).await?;
    let mut event = Event::new("AUTHENTICATION.CREATED", Subject::of(&authentication));
    if let Some(user) = authentication.user() {
        event = event.and(Subject::new::<User>(user));
    }
    audit::record(tx, ctx, event).await?;
    Ok(Verdict::Accepted(show(tx, ctx, authentication, test_code).await?))
}

/// A device authentication that is not saved yet.
struct Begun {
    authentication: Stored<DeviceAuthentication>,
    policy: Arc<Stored<DevicePolicy>>,
    test_code: Option<Secret>,
}

impl Begun {
    /// Lets an application that shows that it is paired stand in for a factor, where the policy says so. Gives the
    /// refusal of a payload that shows nothing.
    async fn take_payload(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        wish: &Wish,
        user: &Stored<User>,
    ) -> Result<Option<Error>> {
        let (Some(payload), Some(application)) = (&wish.mobile_payload, wish.application) else {
            return Ok(None);
        };
        let mut device = match phones::check_payload(tx, ctx, user.id, application, payload).await? {
            Verdict::Accepted(device) => device,
            Verdict::Refused(refusal) => return Ok(Some(refusal)),
        };
        let rules = self.policy.mobile_rules(application);
        let Some(check) = rules.and_then(|rules| rules.device_authorization) else { return Ok(None) };
        if !device.usable(ctx.now) {
            return Ok(None);
        }
        let silence = match check {
            ExtraVerification::None => {
                self.authentication.body.shown(device.id).map_err(refused)?;
                return Ok(None);
            }
            ExtraVerification::Permissive => Silence::Passes,
            ExtraVerification::Restrictive => Silence::Fails,
        };
        let (authentication, policy) = (&mut self.authentication, &self.policy);
        asking::ask_silently(tx, ctx, authentication, user, policy, &mut device, silence).await?;
        Ok(None)
    }

    /// Does what the caller chose, unless something was done already. Gives the refusal of a code that came along.
    async fn choose(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        wish: &Wish,
        user: &Stored<User>,
    ) -> Result<Option<Error>> {
        if self.authentication.status() != Status::DeviceSelectionRequired {
            return Ok(None);
        }
        if let Choice::OneTime(one_time) = &wish.choice {
            self.ask_address(tx, ctx, user, one_time).await?;
            return Ok(None);
        }
        let candidates = Candidates::of(tx, ctx, user.id).await?;
        if candidates.is_empty() {
            return Err(no_usable_devices(user, &candidates));
        }
        match &wish.choice {
            Choice::Device(id) => {
                let mut device = self.named(ctx, &candidates, *id, wish, user)?;
                self.ask(tx, ctx, user, &mut device).await?;
            }
            Choice::DeviceWithCode(id, otp) => {
                let device = self.named(ctx, &candidates, *id, wish, user)?;
                return self.check_at_once(tx, ctx, user, device, otp).await;
            }
            Choice::CodeAlone(otp) => {
                let usable = candidates.usable(&self.policy, Compatibility::None, ctx.now);
                let makers = usable.filter(|device| code_alone::makes_codes(device, &self.policy));
                let makers: Vec<Stored<Device>> = makers.cloned().collect();
                return match code_alone::find(tx, ctx, &makers, &self.policy, otp).await? {
                    Some(device) => self.check_at_once(tx, ctx, user, device, otp).await,
                    None if makers.is_empty() => Err(no_usable_devices(user, &candidates)),
                    None => code_alone::miss(tx, ctx, user, makers, &self.policy).await,
                };
            }
            Choice::ByPolicy | Choice::OneTime(_) => {
                let choice = candidates.choose(tx, ctx, user.id, &self.policy, wish.browser).await?;
                self.follow(tx, ctx, user, &candidates, choice).await?;
            }
        }
        Ok(None)
    }

    async fn follow(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        user: &Stored<User>,
        candidates: &Candidates,
        choice: Selection,
    ) -> Result<()> {
        match choice {
            // It waits for the choice from the start.
            Selection::Ask => Ok(()),
            Selection::NoUsableDevices => {
                self.authentication.body.fail(Failure {
                    code: "NO_USABLE_DEVICES".to_owned(),
                    message: format!("Couldn't find authenticating device for user: {}", user.id),
                    unavailable_devices: unavailable(candidates),
                });
                Ok(())
            }
            Selection::Use(id) => {
                let chosen = candidates.find(id).cloned();
                let mut device = chosen.ok_or_else(|| Error::internal("the chosen device is not there"))?;
                self.ask(tx, ctx, user, &mut device).await
            }
        }
    }

    async fn ask(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        user: &Stored<User>,
        device: &mut Stored<Device>,
    ) -> Result<()> {
        let selected = Selected::Device(device.id);
        let authentication = &mut self.authentication;
        self.test_code = asking::ask(tx, ctx, authentication, user, &self.policy, device, selected).await?;
        Ok(())
    }

    async fn ask_address(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        user: &Stored<User>,
        one_time: &OneTime,
    ) -> Result<()> {
        if !self.policy.enables(one_time.kind) {
            let text = format!("{} is not enabled in the policy", one_time.kind);
            return Err(Error::invalid(Problem::invalid("selectedDevice.oneTime.type", text)));
        }
        let mut device = asking::unpaired(ctx, &self.authentication, user, one_time);
        let selected = Selected::OneTime(one_time.clone());
        self.test_code =
            asking::ask(tx, ctx, &mut self.authentication, user, &self.policy, &mut device, selected).await?;
        Ok(())
    }

    async fn ask_any_passkey(&mut self, tx: &mut Tx, ctx: &Ctx, wish: &Wish) -> Result<()> {
        let enabled = self.policy.enables(postern_core::devices::DeviceType::Fido2);
        if !enabled || wish.browser == Compatibility::None {
            return Err(Error::invalid(Problem::required("user.id")));
        }
        let asked = mfa::ask_any_passkey(tx, ctx, &self.authentication, &self.policy).await?;
        self.authentication.body.ask_any_passkey(asked).map_err(refused)
    }

    /// Checks a code that came along. Nothing is sent.
    async fn check_at_once(
        &mut self,
        tx: &mut Tx,
        ctx: &Ctx,
        user: &Stored<User>,
        mut device: Stored<Device>,
        otp: &str,
    ) -> Result<Option<Error>> {
        match check_selected(tx, ctx, &self.authentication, &mut device, &self.policy, otp).await? {
            Verdict::Refused(error) => Ok(Some(error)),
            Verdict::Accepted(()) => {
                let body = &mut self.authentication.body;
                body.ask(Selected::Device(device.id), Asked::Code).map_err(refused)?;
                body.code_accepted(device.kind).map_err(refused)?;
                note_completion(tx, ctx, "OTP.CHECK_SUCCESS", user.id, Some(&device)).await?;
                Ok(None)
            }
        }
    }

    fn named(
        &self,
        ctx: &Ctx,
        candidates: &Candidates,
        id: DeviceId,
        wish: &Wish,
        user: &Stored<User>,
    ) -> Result<Stored<Device>> {
        let device = candidates.find(id).ok_or_else(|| {
            Error::invalid(Problem::invalid("selectedDevice.id", "is not an active device of the user"))
        })?;
        if let Some(lock) = device.locked(ctx.now) {
            return Err(tries::exhausted(Some(lock.expires_at)));
        }
        if usable(device, &self.policy, wish.browser, ctx.now) {
            Ok(device.clone())
        } else {
            Err(no_usable_devices(user, candidates))
        }
    }
}

fn unavailable(candidates: &Candidates) -> Vec<DeviceId> {
    candidates.devices.iter().chain(&candidates.blocked).map(|device| device.id).collect()
}

fn no_usable_devices(user: &Stored<User>, candidates: &Candidates) -> Error {
    let ids: Vec<serde_json::Value> =
        unavailable(candidates).iter().map(|id| serde_json::json!({ "id": id })).collect();
    let text = format!("Couldn't find authenticating device for user: {}", user.id);
    let problem = Problem::new(Code::NoUsableDevices, text);
    Error::refused(if ids.is_empty() { problem } else { problem.with("unavailableDevices", ids) })
}
