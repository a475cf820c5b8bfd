//! Signed tokens: JWS, JWK and JWT claims.
//!
//! Owns parsing, verification and signing of compact JWS. What a token means,
//! who may send it and which claims it needs is decided in [`crate::oauth`].
//! Encrypted tokens (JWE) are refused.

pub mod algorithm;
pub mod claims;
pub mod hmac;
pub mod jwk;
pub mod jws;
pub mod key;
pub mod signing;
mod unique;

pub use self::algorithm::Algorithm;
