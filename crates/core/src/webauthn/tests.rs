//! Whole ceremonies, format by format, against an authenticator that is made here.

mod android_key;
mod apple;
mod ceremonies;
mod fido_u2f;
pub(super) mod fixture;
mod mutations;
mod oracles;
mod packed;
mod responses;
mod tpm;
