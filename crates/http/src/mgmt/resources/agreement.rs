//! Agreements.

use postern_core::entity::Stored;
use postern_core::experience::agreement::Agreement;
use postern_core::experience::agreement_language::AgreementLanguage;
use postern_core::experience::agreement_revision::AgreementRevision;
use postern_core::permission::{Area, Permission};
use postern_engine::references::remove_owned;
use postern_engine::{Ctx, agreements};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct Agreements;

impl Resource for Agreements {
    type Doc = Agreement;
    const PATH: &'static str = "/v1/environments/{envID}/agreements";
    const ITEM: &'static str = "/v1/environments/{envID}/agreements/{agreementID}";
    const ID: &'static str = "agreementID";
    const EMBEDDED: &'static str = "agreements";
    const TITLE: &'static str = "agreement";
    const GROUP: &'static str = "Agreements";
    const READ: Permission = Permission::Read(Area::Agreements);
    const WRITE: Permission = Permission::Write(Area::Agreements);

    fn example(n: usize) -> Value {
        json!({ "name": format!("Terms {n}"), "description": "Terms of service", "enabled": false })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Agreement>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.enabled {
                agreements::demand_text(tx, ctx, change.new.id).await
            } else if change.old.as_ref().is_some_and(|old| old.enabled) {
                agreements::refuse_while_shown(tx, ctx, change.new.id).await
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Agreement>) -> Hook<'t> {
        Box::pin(async move {
            agreements::refuse_while_shown(tx, ctx, old.id).await?;
            remove_owned::<AgreementRevision>(tx, ctx, "agreement_id", old.id).await?;
            remove_owned::<AgreementLanguage>(tx, ctx, "agreement_id", old.id).await
        })
    }

    fn links(_ctx: &Ctx, _stored: &Stored<Agreement>, own: &str, links: Links) -> Links {
        links.link("languages", &format!("{own}/languages"))
    }
}
