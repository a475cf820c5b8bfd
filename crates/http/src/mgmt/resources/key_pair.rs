//! Keys with certificates. Making, showing and exporting them are ordinary handlers (`mgmt/keys.rs`).

use postern_core::directory::certificate::KeyPair;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::certificates;
use postern_engine::references::constraint;
use postern_engine::{Ctx, identity_providers};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Hook, Resource, Verb};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module.
pub struct Keys;

impl Resource for Keys {
    type Doc = KeyPair;
    const PATH: &'static str = "/v1/environments/{envID}/keys";
    const ITEM: &'static str = "/v1/environments/{envID}/keys/{keyID}";
    const ID: &'static str = "keyID";
    const EMBEDDED: &'static str = "keys";
    const TITLE: &'static str = "key";
    const GROUP: &'static str = "Keys";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Keys);
    const WRITE: Permission = Permission::Write(Area::Keys);

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Key {n}"), "algorithm": "EC", "keyLength": 256, "signatureAlgorithm": "SHA256withECDSA",
            "subjectDN": format!("CN=Key {n}, O=Example, C=US"), "usageType": "SIGNING", "validityPeriod": 365,
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<KeyPair>) -> Hook<'t> {
        Box::pin(certificates::hand_over_default(tx, ctx, &change.new))
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<KeyPair>) -> Hook<'t> {
        Box::pin(async move {
            let id = old.id.to_string();
            let used = |application: &_| is_used(application, &id);
            let applications = certificates::applications(tx, ctx, used).await?;
            if !applications.is_empty() || identity_providers::name(tx, ctx, &id).await? {
                return Err(constraint("Cannot delete a key that applications or identity providers use"));
            }
            Ok(())
        })
    }

    fn view(ctx: &Ctx, stored: &Stored<KeyPair>) -> Map<String, Value> {
        use postern_core::schema::Declared;
        let mut members = view::members(stored, KeyPair::schema());
        members.insert("status".to_owned(), json!(stored.members.status(ctx.now)));
        members
    }

    fn links(_ctx: &Ctx, _stored: &Stored<KeyPair>, own: &str, links: Links) -> Links {
        links.link("applications", &format!("{own}/applications")).link("csr", &format!("{own}/csr"))
    }
}

/// Whether an application names this key.
pub(crate) fn is_used(application: &postern_core::directory::application::Application, key: &str) -> bool {
    application.signing_key() == Some(key) || application.kerberos_key() == Some(key)
}
