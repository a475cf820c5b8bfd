//! Certificates of others. Importing and exporting them are ordinary handlers (`mgmt/keys.rs`).

use postern_core::directory::application::Application;
use postern_core::directory::certificate::TrustedCertificate;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::references::constraint;
use postern_engine::{Ctx, certificates, identity_providers};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Hook, Resource, Verb};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module.
pub struct Certificates;

impl Resource for Certificates {
    type Doc = TrustedCertificate;
    const PATH: &'static str = "/v1/environments/{envID}/certificates";
    const ITEM: &'static str = "/v1/environments/{envID}/certificates/{certID}";
    const ID: &'static str = "certID";
    const EMBEDDED: &'static str = "certificates";
    const TITLE: &'static str = "certificate";
    const GROUP: &'static str = "Certificates";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Keys);
    const WRITE: Permission = Permission::Write(Area::Keys);

    fn example(_n: usize) -> Value {
        json!({ "usageType": "SIGNING" })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<TrustedCertificate>) -> Hook<'t> {
        Box::pin(async move {
            let id = old.id.to_string();
            let applications =
                certificates::applications(tx, ctx, |application| is_trusted(application, &id)).await?;
            if !applications.is_empty() || identity_providers::name(tx, ctx, &id).await? {
                return Err(constraint(
                    "Cannot delete a certificate that applications or identity providers use",
                ));
            }
            Ok(())
        })
    }

    fn view(ctx: &Ctx, stored: &Stored<TrustedCertificate>) -> Map<String, Value> {
        use postern_core::schema::Declared;
        let mut members = view::members(stored, TrustedCertificate::schema());
        members.insert("status".to_owned(), json!(stored.members.status(ctx.now)));
        members
    }

    fn links(_ctx: &Ctx, _stored: &Stored<TrustedCertificate>, own: &str, links: Links) -> Links {
        links.link("applications", &format!("{own}/applications"))
    }
}

/// Whether an application names this certificate.
pub(crate) fn is_trusted(application: &Application, certificate: &str) -> bool {
    application.certificates().iter().any(|(_, named)| *named == certificate)
}
