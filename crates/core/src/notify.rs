//! Messages to people: what they say and in which words.
//!
//! Owns templates, their contents, the choice among them, the substitution of
//! variables, spoken markup and the message that is handed to a provider.
//! Leaves quotas and cool-downs to policies, and sending to the delivery crate.

pub mod built_in;
pub mod channel;
pub mod check;
pub mod content;
pub mod gateway;
pub mod locale;
pub mod message;
pub mod payload;
pub mod push;
pub mod render;
pub mod segments;
pub mod select;
pub mod template;
mod texts;
pub mod voice;

pub use channel::Channel;
pub use content::TemplateContent;
pub use message::OutboundMessage;
pub use push::{PushMessage, PushProvider};
