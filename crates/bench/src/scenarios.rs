//! What is measured: one file per kind of call.

mod create_device;
mod create_user;
mod factor;
mod fetch;
mod fido2;
mod made;
mod read_device;
mod refused_sign_on;
mod token;
mod totp;
mod transaction;

pub(crate) use create_device::CreateDevice;
pub(crate) use create_user::CreateUser;
pub(crate) use factor::policy as factor_policy;
pub(crate) use fetch::Fetch;
pub(crate) use fido2::Passkeys;
pub(crate) use made::Made;
pub(crate) use read_device::ReadDevice;
pub(crate) use refused_sign_on::{KNOWN, SignOns, UNKNOWN};
pub(crate) use token::GetToken;
pub(crate) use totp::TotpDevices;
pub(crate) use transaction::{ApproveTransaction, StartTransactions};
