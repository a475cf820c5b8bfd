//! The rules of Postern: pure functions and types.
//!
//! Owns every decision that needs no input or output: validation, state
//! machines, one-time passcodes, signatures, templates, filters. Time and
//! randomness arrive as parameters. Leaves storage to `postern-store`, use
//! cases to `postern-engine` and the wire to `postern-http`.

pub mod crypto;
pub mod devices;
pub mod directory;
pub mod email;
pub mod entity;
pub mod experience;
pub mod fido;
pub mod filter;
pub mod flow;
pub mod ids;
pub mod jose;
pub mod mfa;
pub mod notify;
pub mod oath;
pub mod oauth;
pub mod passcode;
pub mod password;
pub mod permission;
pub mod phone;
pub mod pkce;
pub mod policy;
pub mod problem;
pub mod random;
pub mod recent;
pub mod schema;
pub mod secret;
pub mod time;
pub mod webauthn;
