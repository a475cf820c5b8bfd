//! Custom domains. They are kept and shown; the operator says which domain serves which environment.

use postern_core::entity::Stored;
use postern_core::experience::custom_domain::CustomDomain;
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::Ctx;
use serde_json::{Map, Value, json};
use url::Url;

use crate::mgmt::resource::{Resource, Verb};
use crate::mgmt::view;

/// See the module.
pub struct CustomDomains;

impl Resource for CustomDomains {
    type Doc = CustomDomain;
    const PATH: &'static str = "/v1/environments/{envID}/customDomains";
    const ITEM: &'static str = "/v1/environments/{envID}/customDomains/{customDomainID}";
    const ID: &'static str = "customDomainID";
    const EMBEDDED: &'static str = "customDomains";
    const TITLE: &'static str = "custom domain";
    const GROUP: &'static str = "Custom domains";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Environments);
    const WRITE: Permission = Permission::Write(Area::Environments);

    fn example(n: usize) -> Value {
        json!({ "domainName": format!("auth{n}.acme.example") })
    }

    /// With what its record in the DNS should say. Nothing looks whether it does.
    fn view(ctx: &Ctx, stored: &Stored<CustomDomain>) -> Map<String, Value> {
        let mut members = view::members(stored, CustomDomain::schema());
        let host = Url::parse(&ctx.urls.auth).ok().and_then(|url| url.host_str().map(str::to_owned));
        if let Some(host) = host {
            members.insert("canonicalName".to_owned(), json!(host));
        }
        members.insert("status".to_owned(), json!("VERIFICATION_REQUIRED"));
        members
    }
}
