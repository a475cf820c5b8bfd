//! Domains under which an environment wants its pages to be.
//!
//! Kept and shown; which domain serves which environment is for the operator to say.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::email_domain::is_domain;
use crate::entity::Entity;
use crate::ids::CustomDomainId;
use crate::schema::{Declared, Object, object, text};

/// A domain for pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomDomain {
    /// Unique in the environment.
    pub domain_name: String,
}

impl Entity for CustomDomain {
    type Id = CustomDomainId;
    const KIND: &'static str = "CUSTOM_DOMAIN";
}

impl Declared for CustomDomain {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let name = text("domainName").required().max(253).pattern("a domain name", is_domain);
            object(vec![name.doc("Unique in the environment.")])
        });
        &SCHEMA
    }
}
