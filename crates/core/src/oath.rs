//! One-time codes that devices make themselves: HOTP (RFC 4226) and TOTP (RFC 6238).
//!
//! [`hotp`] makes and compares codes; [`window`] says which positions (counters
//! or time steps) count; [`totp`] and [`token`] remember how far a key was
//! used, so that no code counts twice; [`csv`] and [`pskc`] read the seed files
//! of token makers. Which tries a device has is for the engine.

pub mod csv;
pub mod drift;
pub mod hotp;
pub mod import;
pub mod job;
pub mod pskc;
pub mod token;
pub mod totp;
pub mod window;

pub use hotp::{CodeMaker, Digits, HashAlgorithm};
pub use import::NewToken;
pub use token::{OathToken, TokenType};
pub use window::Window;
