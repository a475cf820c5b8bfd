//! E-mail domains. They are kept and shown; what a mail server may send for is for its own operator to say.

use postern_core::experience::email_domain::{EmailDomain, MOST};
use postern_core::permission::{Area, Permission};
use postern_engine::Ctx;
use postern_engine::references::{constraint, has_room};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource, Verb};

/// See the module.
pub struct EmailDomains;

impl Resource for EmailDomains {
    type Doc = EmailDomain;
    const PATH: &'static str = "/v1/environments/{envID}/emailDomains";
    const ITEM: &'static str = "/v1/environments/{envID}/emailDomains/{emailDomainID}";
    const ID: &'static str = "emailDomainID";
    const EMBEDDED: &'static str = "emailDomains";
    const TITLE: &'static str = "e-mail domain";
    const GROUP: &'static str = "E-mail domains";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::NotificationSettings);
    const WRITE: Permission = Permission::Write(Area::NotificationSettings);

    fn example(n: usize) -> Value {
        json!({ "domainName": format!("mail{n}.acme.example") })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<EmailDomain>) -> Hook<'t> {
        let is_new = change.old.is_none();
        Box::pin(async move {
            if is_new && !has_room::<EmailDomain>(tx, ctx, MOST).await? {
                return Err(constraint("An environment has at most 50 e-mail domains."));
            }
            Ok(())
        })
    }
}
