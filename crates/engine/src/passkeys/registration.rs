//! Making a credential: what the browser is asked for, and whether what came back may be kept.

use data_encoding::BASE64URL_NOPAD;
use postern_core::devices::Device;
use postern_core::devices::input::Proof;
use postern_core::devices::input::passkey::PasskeyWish;
use postern_core::devices::passkey::{Credential, Offer, Passkey, credential_key};
use postern_core::directory::environment::Environment;
use postern_core::directory::organization::Organization;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::policy::fido2_policy::{Attachment, Wanted};
use postern_core::policy::{DevicePolicy, Fido2Policy};
use postern_core::problem::Problem;
use postern_core::webauthn::{Registered, RegistrationExpected, RegistrationResponse, register as verify};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::Value;

use super::options::{self, Creation};
use super::requirements::{self, Make};
use super::{ALGORITHMS, CHALLENGE_BYTES, try_rules};
use crate::environments::PLATFORM;
use crate::{Ctx, Error, Result, Verdict, devices, fido2_policies, tries};

/// What the browser is to be asked for, for a new device of the user.
///
/// # Errors
/// Those of the database.
pub(crate) async fn offer(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    policy: &DevicePolicy,
    wish: &PasskeyWish,
) -> Result<Passkey> {
    let policy = fido2_policies::effective(tx, ctx, policy).await?;
    let rp_id = wish.rp_id.clone().unwrap_or_else(|| policy.relying_party_id.clone());
    let rp_name = wish.rp_name.clone().unwrap_or_else(|| rp_id.clone());
    let challenge = wish
        .challenge
        .clone()
        .unwrap_or_else(|| BASE64URL_NOPAD.encode(&ctx.random.bytes::<CHALLENGE_BYTES>()));
    let own = devices::of_user(tx, ctx, user.id).await?;
    let excluded: Vec<&Credential> = own
        .iter()
        .filter_map(|device| device.passkey.as_deref())
        .filter(|passkey| passkey.rp_id == rp_id)
        .filter_map(|passkey| passkey.credential.as_ref())
        .collect();
    let display_name = display_name(tx, ctx, user, &policy).await?;
    let creation = Creation {
        policy: &policy,
        rp_id: &rp_id,
        rp_name: &rp_name,
        user: user.id,
        user_name: &user.username,
        display_name: &display_name,
        challenge: &challenge,
        excluded: &excluded,
    };
    let options = creation.text();
    Ok(Passkey {
        rp_id,
        rp_name,
        display_name: policy.device_display_name.clone(),
        offer: Some(Offer { challenge, options }),
        credential: None,
    })
}

async fn display_name(tx: &mut Tx, ctx: &Ctx, user: &Stored<User>, policy: &Fido2Policy) -> Result<String> {
    let names = &policy.user_display_name_attributes;
    if names.suffix.is_none() {
        return Ok(names.of(user, ""));
    }
    let environment = documents::find::<Environment>(tx, PLATFORM, ctx.environment).await?;
    let organization = match &environment {
        Some(environment) => {
            documents::find::<Organization>(tx, PLATFORM, environment.organization.id).await?
        }
        None => None,
    };
    let place = [organization.map(|found| found.body.name), environment.map(|found| found.body.name)];
    Ok(names.of(user, &place.into_iter().flatten().collect::<Vec<_>>().join(" ")))
}

/// Checks what the authenticator made and keeps it in the device. A wrong answer takes a try.
///
/// # Errors
/// [`Error::Invalid`] when a member is missing or cannot be read.
pub(crate) async fn register(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    proof: &Proof,
) -> Result<Verdict<()>> {
    let (origin, attestation) = parts(proof)?;
    let response = RegistrationResponse::parse(attestation).map_err(invalid)?;
    let passkey =
        device.passkey.as_deref().ok_or_else(|| Error::internal("a FIDO2 device without an offer"))?;
    let (rp_id, offer) = (passkey.rp_id.clone(), passkey.offer.clone());
    let offer = offer.ok_or_else(|| Error::internal("a FIDO2 device that waits without an offer"))?;
    let rules = try_rules(policy)?;
    let fido2 = fido2_policies::effective(tx, ctx, policy).await?;
    let taken = match tries::admit(tx, ctx, device, rules).await? {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let expected = RegistrationExpected {
        challenge: &options::bytes(&offer.challenge),
        rp_id: &rp_id,
        origin,
        require_user_verification: fido2.user_verification.option == Wanted::Required,
        algorithms: &ALGORITHMS,
        allow_backup_eligible: fido2.backup_eligibility.allow,
    };
    let registered = match verify(&response, &expected) {
        Ok(registered) => registered,
        Err(broken) => {
            let refusal = tries::fail(tx, ctx, device, rules, taken, |_| invalid(broken)).await?;
            return Ok(Verdict::Refused(refusal));
        }
    };
    let key = credential_key(&registered.credential_id);
    if documents::find_by::<Device>(tx, ctx.environment, "credential_key", key.into()).await?.is_some() {
        tries::give_back(tx, ctx, device, taken).await?;
        return Ok(Verdict::Refused(invalid("the credential is registered already")));
    }
    let make = requirements::make_of(tx, ctx, &registered).await?;
    let kept = credential(&registered, attestation, &fido2, make);
    let kept = match kept {
        Ok(kept) => kept,
        Err(refusal) => {
            tries::give_back(tx, ctx, device, taken).await?;
            return Ok(Verdict::Refused(refusal));
        }
    };
    tries::succeed(tx, ctx, device, taken).await?;
    if let Some(passkey) = device.body.passkey.as_deref_mut() {
        passkey.offer = None;
        passkey.display_name.clone_from(&fido2.device_display_name);
        passkey.credential = Some(kept);
    }
    Ok(Verdict::Accepted(()))
}

/// What is kept of a new credential, if the policy admits it.
fn credential(
    registered: &Registered,
    attestation: &str,
    policy: &Fido2Policy,
    make: Make,
) -> std::result::Result<Credential, Error> {
    requirements::admit_new(policy, &make).map_err(invalid)?;
    let cross_platform = is_cross_platform(registered, attestation);
    match policy.authenticator_attachment {
        Attachment::Platform if cross_platform == Some(true) => {
            return Err(invalid("the authenticator is not built into the device"));
        }
        Attachment::CrossPlatform if cross_platform == Some(false) => {
            return Err(invalid("the authenticator is built into the device"));
        }
        _ => {}
    }
    let wanted = policy.discoverable_credentials;
    if wanted == Wanted::Required && registered.resident == Some(false) {
        return Err(invalid("the authenticator does not keep the credential"));
    }
    Ok(Credential {
        id: BASE64URL_NOPAD.encode(&registered.credential_id),
        public_key: BASE64URL_NOPAD.encode(&registered.public_key),
        algorithm: registered.algorithm,
        sign_count: registered.sign_count,
        aaguid: registered.aaguid,
        transports: registered.transports.clone(),
        resident: registered.resident.unwrap_or(wanted == Wanted::Required),
        cross_platform: cross_platform
            .unwrap_or(policy.authenticator_attachment == Attachment::CrossPlatform),
        user_verified: registered.user_verified,
        backup_eligible: registered.backup_eligible,
        backed_up: registered.backed_up,
        attestation: registered.attestation.kind.into(),
        attested: make.attested,
        mds_identifier: make.entry.map(|entry| entry.identifier),
    })
}

/// Whether the authenticator is apart from the device, as far as the browser tells.
fn is_cross_platform(registered: &Registered, attestation: &str) -> Option<bool> {
    let told = serde_json::from_str::<Value>(attestation).ok();
    let told = told.as_ref().and_then(|told| told.get("authenticatorAttachment")).and_then(Value::as_str);
    match told {
        Some("platform") => Some(false),
        Some("cross-platform") => Some(true),
        _ if registered.transports.is_empty() => None,
        _ => Some(!registered.transports.iter().any(|transport| transport == "internal")),
    }
}

fn parts(proof: &Proof) -> Result<(&str, &str)> {
    let mut problems = Vec::new();
    let mut given = |name: &str, value: &'_ Option<String>| match value.as_deref() {
        None => problems.push(Problem::required(name)),
        Some("") => problems.push(Problem::empty(name)),
        Some(_) => {}
    };
    given("origin", &proof.origin);
    given("attestation", &proof.attestation);
    match (proof.origin.as_deref(), proof.attestation.as_deref()) {
        (Some(origin), Some(attestation)) if problems.is_empty() => Ok((origin, attestation)),
        _ => Err(Error::Invalid(problems)),
    }
}

fn invalid(why: impl std::fmt::Display) -> Error {
    Error::invalid(Problem::invalid("attestation", format!("Invalid attestation: {why}")))
}
