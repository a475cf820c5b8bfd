//! OAuth 2 and OpenID Connect authorization requests: reading, checking, answering.
//!
//! Owns what a request may say ([`request`]), the rules an application sets for
//! it ([`client`], [`check`]), the two JWTs that clients sign ([`signed`]) and
//! where an answer goes ([`answer`]). Who signs on, and how, is [`crate::flow`];
//! tokens and codes are made by the engine.

pub mod answer;
pub mod check;
pub mod client;
pub mod error;
pub mod key_source;
pub mod parameters;
pub mod redirect;
pub mod request;
pub mod signed;

pub use self::answer::Delivery;
pub use self::client::Client;
pub use self::error::{ErrorCode, OAuthError};
pub use self::parameters::Parameters;
pub use self::request::AuthorizeRequest;
