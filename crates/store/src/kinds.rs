//! One file per document type: its table and the columns beside its body.

mod application;
mod application_attribute;
mod application_grant;
mod device;
mod device_policy;
mod directory_user;
mod email_delivery;
mod environment;
mod flow;
mod mfa_settings;
mod notification_settings;
mod organization;
mod password_policy;
mod phone_delivery;
mod population;
mod resource;
mod resource_attribute;
mod role_assignment;
mod scope;
mod sign_on_action;
mod sign_on_assignment;
mod sign_on_policy;
mod template_content;
