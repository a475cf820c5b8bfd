//! Rules that administrators set: MFA, sign-on, notifications and how messages leave.
//!
//! Each file owns one stored type: its members, the declaration of its body and
//! its rules. Password policies are in [`crate::password::policy`].

pub mod condition;
pub mod delivery_authentication;
pub mod delivery_request;
pub mod delivery_secrets;
pub mod device_authentication;
pub mod duration;
pub mod email_delivery;
pub mod fido2_policy;
pub mod fido_policy;
pub mod mfa_settings;
pub mod notification_policy;
pub mod notification_settings;
pub mod phone_delivery;
pub mod rate_limit_ip;
pub mod sender;
pub mod sign_on;
pub mod sign_on_action;
pub mod sign_on_assignment;
pub mod whatsapp_delivery;

pub use device_authentication::{DevicePolicy, Method, NewDeviceNotification};
pub use fido2_policy::Fido2Policy;
pub use mfa_settings::{MfaSettings, PairingKeyFormat};
