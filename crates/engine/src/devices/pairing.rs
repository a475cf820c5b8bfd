//! What the kinds of devices do differently when they are paired, a file each.
//!
//! `begin` runs before the record is inserted and may change it; `prove` checks
//! the proof of activation.

mod address;
mod browser;
mod oath_token;
mod passkey;
mod totp;

use postern_core::devices::input::{NewDevice, Proof, Wanted};
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_store::sql::Tx;

use crate::{Ctx, Error, Result, Verdict};

pub(super) use address::challenge;

/// A device that is being paired.
pub struct Pairing<'a> {
    /// Whose.
    pub user: &'a Stored<User>,
    /// By which policy.
    pub policy: &'a Stored<DevicePolicy>,
    /// What was asked for.
    pub wanted: &'a NewDevice,
}

/// What the settings of the environment forbid.
pub(super) async fn forbidden(tx: &mut Tx, ctx: &Ctx, wanted: &NewDevice) -> Result<Option<Problem>> {
    match &wanted.wanted {
        Wanted::Address(address) => address::forbidden(tx, ctx, address).await,
        _ => Ok(None),
    }
}

/// Whether a device like this one is paired already, or makes room for it. Only called when the user has devices.
pub(super) async fn refuse_duplicates(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    status: DeviceStatus,
) -> Result<()> {
    match &pairing.wanted.wanted {
        Wanted::Address(wanted) => address::refuse_duplicates(tx, ctx, pairing, wanted, status).await,
        Wanted::OathToken(wish) => oath_token::refuse_duplicates(tx, ctx, pairing, wish).await,
        _ => Ok(()),
    }
}

/// Prepares the record: its secret, its options, its first message. Gives the cookie of a remembered browser.
pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    device: &mut Stored<Device>,
) -> Result<Option<Secret>> {
    match &pairing.wanted.wanted {
        Wanted::Address(wanted) => address::begin(tx, ctx, pairing, wanted, device).await?,
        Wanted::Totp => totp::begin(ctx, pairing, device),
        Wanted::Passkey(wish) => passkey::begin(tx, ctx, pairing, wish, device).await?,
        Wanted::OathToken(wish) => oath_token::begin(tx, ctx, wish, device).await?,
        Wanted::Browser(wish) => return browser::begin(tx, ctx, pairing, wish, device).await.map(Some),
    }
    Ok(None)
}

/// Checks the proof of activation. The effects of both verdicts must be kept.
pub(super) async fn prove(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Stored<User>,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    proof: &Proof,
) -> Result<Verdict<()>> {
    match device.kind {
        DeviceType::Totp => totp::prove(tx, ctx, device, policy, proof).await,
        DeviceType::Fido2 => passkey::prove(tx, ctx, owner, device, policy, proof).await,
        DeviceType::OathToken => oath_token::prove(tx, ctx, device, policy, proof).await,
        _ => address::prove(tx, ctx, device, policy, proof).await,
    }
}

/// The code of the proof.
///
/// # Errors
/// [`Error::Invalid`] when there is none.
pub(super) fn code(proof: &Proof) -> Result<&str> {
    match proof.otp.as_deref() {
        Some("") => Err(Error::invalid(Problem::empty("otp"))),
        Some(code) => Ok(code),
        None => Err(Error::invalid(Problem::required("otp"))),
    }
}
