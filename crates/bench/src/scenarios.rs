//! What is measured: one file per kind of call.

mod create_device;
mod create_user;
mod fetch;
mod made;
mod read_device;
mod token;
mod transaction;

pub(crate) use create_device::CreateDevice;
pub(crate) use create_user::CreateUser;
pub(crate) use fetch::Fetch;
pub(crate) use made::Made;
pub(crate) use read_device::ReadDevice;
pub(crate) use token::GetToken;
pub(crate) use transaction::{ApproveTransaction, StartTransactions};
