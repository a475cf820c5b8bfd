//! Claims that an application gets in its tokens.

use postern_core::directory::application_attribute::{ApplicationAttribute, MappingType};
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_engine::references::constraint;
use postern_engine::{Ctx, Error};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::application::{APPLICATION, application_link};
use crate::mgmt::resource::{Change, Hook, Parent, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct ApplicationAttributes;

impl Resource for ApplicationAttributes {
    type Doc = ApplicationAttribute;
    const PATH: &'static str = "/v1/environments/{envID}/applications/{applicationID}/attributes";
    const ITEM: &'static str =
        "/v1/environments/{envID}/applications/{applicationID}/attributes/{attributeID}";
    const ID: &'static str = "attributeID";
    const EMBEDDED: &'static str = "attributes";
    const TITLE: &'static str = "application attribute";
    const GROUP: &'static str = "Application attributes";
    const READ: Permission = Permission::Read(Area::Applications);
    const WRITE: Permission = Permission::Write(Area::Applications);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] = &[APPLICATION];

    fn example(n: usize) -> Value {
        json!({ "name": format!("claim{n}"), "value": "${user.email}" })
    }

    fn before_write<'t>(
        _tx: &'t mut Tx,
        _ctx: &'t Ctx,
        change: &'t mut Change<ApplicationAttribute>,
    ) -> Hook<'t> {
        let renamed = change
            .old
            .as_ref()
            .is_some_and(|old| old.mapping_type == MappingType::Core && old.name != change.new.name);
        Box::pin(std::future::ready(if renamed {
            Err(Error::invalid(Problem::invalid("name", "cannot be changed")))
        } else {
            Ok(())
        }))
    }

    fn before_delete<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, old: &'t Stored<ApplicationAttribute>) -> Hook<'t> {
        Box::pin(std::future::ready(match old.mapping_type {
            MappingType::Core => Err(constraint("Core attribute mappings cannot be deleted")),
            MappingType::Scope | MappingType::Custom => Ok(()),
        }))
    }

    fn links(ctx: &Ctx, stored: &Stored<ApplicationAttribute>, _own: &str, links: Links) -> Links {
        application_link(ctx, stored.application.id, links)
    }
}
