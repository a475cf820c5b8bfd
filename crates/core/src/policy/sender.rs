//! Who a message is from: a name and an address.

use serde::{Deserialize, Serialize};

use crate::schema::{Field, email, nested, object, text};

/// A mailbox with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Shown to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The mailbox.
    pub address: String,
}

/// Declares a member that holds a sender.
pub(super) fn sender(name: &'static str) -> Field {
    nested(name, object(vec![text("name").max(256), email("address").required()]))
}
