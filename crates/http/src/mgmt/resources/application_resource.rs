//! Parts of an API to which permissions are given. Nobody makes permissions here, so none goes into tokens.

use postern_core::directory::application_resource::ApplicationResource;
use postern_core::directory::resource::{Resource as Api, ResourceType};
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::Ctx;
use postern_engine::references::{constraint, must_exist};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::scope::{RESOURCE, resource_link};
use crate::mgmt::resource::{Change, Hook, Parent, Resource};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module.
pub struct ApplicationResources;

impl Resource for ApplicationResources {
    type Doc = ApplicationResource;
    const PATH: &'static str = "/v1/environments/{envID}/resources/{resourceID}/applicationResources";
    const ITEM: &'static str =
        "/v1/environments/{envID}/resources/{resourceID}/applicationResources/{applicationResourceID}";
    const ID: &'static str = "applicationResourceID";
    const EMBEDDED: &'static str = "resources";
    const TITLE: &'static str = "application resource";
    const GROUP: &'static str = "Application resources";
    const READ: Permission = Permission::Read(Area::Resources);
    const WRITE: Permission = Permission::Write(Area::Resources);
    const PARENTS: &'static [Parent] = &[RESOURCE];

    fn example(n: usize) -> Value {
        json!({ "name": format!("Invoices {n}"), "description": "An example" })
    }

    fn before_write<'t>(
        tx: &'t mut Tx,
        ctx: &'t Ctx,
        change: &'t mut Change<ApplicationResource>,
    ) -> Hook<'t> {
        Box::pin(async move {
            let api = must_exist::<Api>(tx, ctx, change.new.resource.id, "resource.id").await?;
            if api.kind == ResourceType::Custom {
                return Ok(());
            }
            Err(constraint("Only custom resources can have application resources"))
        })
    }

    fn view(_ctx: &Ctx, stored: &Stored<ApplicationResource>) -> Map<String, Value> {
        use postern_core::schema::Declared;
        let mut members = view::members(stored, ApplicationResource::schema());
        members.insert("parent".to_owned(), json!({ "type": "PING_ONE_RESOURCE", "id": stored.resource.id }));
        members
    }

    fn links(_ctx: &Ctx, _stored: &Stored<ApplicationResource>, own: &str, links: Links) -> Links {
        resource_link(own, links)
    }
}
