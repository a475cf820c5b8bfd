//! How a user proves a factor: what a device was asked, and the device authentication that waits for the answer.
//!
//! [`Asked`] is shared by the two places that wait for an answer, the sign-on
//! flow and the device authentication; it lives inside their document, so that
//! saving the document with compare-and-swap uses an answer once.

pub mod asked;
pub mod assertion;
pub mod authentication;
pub mod authentication_code;
pub mod browser_check;
pub mod compatibility;
pub mod input;
pub mod push;
pub mod status;

pub use asked::Asked;
pub use assertion::AssertionAsked;
pub use authentication::DeviceAuthentication;
pub use compatibility::Compatibility;
pub use push::{PushAsked, PushState};
pub use status::{Action, Status};
