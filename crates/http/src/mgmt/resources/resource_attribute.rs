//! Claims that a resource puts into tokens.

use postern_core::directory::resource_attribute::{ResourceAttribute, ResourceAttributeType};
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::Ctx;
use postern_engine::references::constraint;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::scope::{RESOURCE, resource_link};
use crate::mgmt::resource::{Hook, Parent, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct ResourceAttributes;

impl Resource for ResourceAttributes {
    type Doc = ResourceAttribute;
    const PATH: &'static str = "/v1/environments/{envID}/resources/{resourceID}/attributes";
    const ITEM: &'static str = "/v1/environments/{envID}/resources/{resourceID}/attributes/{attributeID}";
    const ID: &'static str = "attributeID";
    const EMBEDDED: &'static str = "attributes";
    const TITLE: &'static str = "resource attribute";
    const GROUP: &'static str = "Resource attributes";
    const READ: Permission = Permission::Read(Area::Resources);
    const WRITE: Permission = Permission::Write(Area::Resources);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] = &[RESOURCE];

    fn example(n: usize) -> Value {
        json!({ "name": format!("claim{n}"), "value": "${user.email}" })
    }

    fn before_delete<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, old: &'t Stored<ResourceAttribute>) -> Hook<'t> {
        Box::pin(std::future::ready(match old.kind {
            ResourceAttributeType::Custom => Ok(()),
            ResourceAttributeType::Core | ResourceAttributeType::Predefined => {
                Err(constraint("Built-in attributes cannot be deleted"))
            }
        }))
    }

    fn links(_ctx: &Ctx, _stored: &Stored<ResourceAttribute>, own: &str, links: Links) -> Links {
        resource_link(own, links)
    }
}
