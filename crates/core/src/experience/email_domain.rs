//! Domains from which an environment wants its mails to come.
//!
//! Kept and shown; what a mail server may send for is for its own operator to say.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::EmailDomainId;
use crate::schema::{Declared, Object, object, text};

/// Most mail domains of an environment.
pub const MOST: i64 = 50;

/// A domain for mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailDomain {
    /// Unique in the environment.
    pub domain_name: String,
}

/// A name of at least two labels of letters, digits and hyphens.
pub(super) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label)
}

impl Entity for EmailDomain {
    type Id = EmailDomainId;
    const KIND: &'static str = "EMAIL_DOMAIN";
}

impl Declared for EmailDomain {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let name = text("domainName").required().max(253).pattern("a domain name", is_domain);
            object(vec![name.doc("Unique in the environment.")])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_labels_and_no_wildcard() {
        for good in ["auth.acme.example", "a-b.example", "xn--bcher-kva.example"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in ["", "acme", "*.acme.example", "-a.example", "a..example", "a_b.example", "a.example."] {
            assert!(!is_domain(bad), "{bad}");
        }
    }
}
