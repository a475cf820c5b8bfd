//! What people see and agree to, and who hears of events: branding, images, languages, agreements, forms, webhooks.
//!
//! Each file owns one stored type: its members, the declaration of its body and its rules.

pub mod agreement;
pub mod agreement_language;
pub mod agreement_revision;
pub mod alert_channel;
pub mod branding;
pub mod custom_domain;
pub mod email_domain;
pub mod form;
pub mod image;
pub mod language;
pub mod language_status;
pub mod recaptcha;
pub mod subscription;
pub mod theme;
pub mod translations;
