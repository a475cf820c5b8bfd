//! Attributes that environments add to their users.

use postern_core::directory::schema_attribute::SchemaAttribute;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::{Ctx, user_schema};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Hook, Parent, Resource, Verb};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module. The routes are those of `mgmt/schemas.rs`, which shows the built-in attributes beside these.
pub struct SchemaAttributes;

/// The schema of users, which has an id and no record.
const SCHEMA: Parent = Parent {
    param: "schemaID",
    member: "schema",
    column: "schema_id",
    exists: |_tx, ctx, id| Box::pin(std::future::ready(Ok(id == user_schema::schema_id(ctx.environment)))),
};

impl Resource for SchemaAttributes {
    type Doc = SchemaAttribute;
    const PATH: &'static str = "/v1/environments/{envID}/schemas/{schemaID}/attributes";
    const ITEM: &'static str = "/v1/environments/{envID}/schemas/{schemaID}/attributes/{attributeID}";
    const ID: &'static str = "attributeID";
    const EMBEDDED: &'static str = "attributes";
    const TITLE: &'static str = "schema attribute";
    const GROUP: &'static str = "Schemas";
    const VERBS: &'static [Verb] =
        &[Verb::List, Verb::Create, Verb::Read, Verb::Replace, Verb::Patch, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Schemas);
    const WRITE: Permission = Permission::Write(Area::Schemas);
    const PARENTS: &'static [Parent] = &[SCHEMA];

    fn example(n: usize) -> Value {
        json!({ "name": format!("shirtSize{n}"), "displayName": "T-shirt size", "enabled": true, "type": "STRING",
            "unique": false, "enumeratedValues": [{ "value": "S" }, { "value": "M" }] })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<SchemaAttribute>) -> Hook<'t> {
        Box::pin(user_schema::before_write(tx, ctx, &change.new, change.old.as_ref()))
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<SchemaAttribute>) -> Hook<'t> {
        Box::pin(user_schema::before_delete(tx, ctx, old))
    }

    fn links(ctx: &Ctx, stored: &Stored<SchemaAttribute>, _own: &str, links: Links) -> Links {
        let base = &ctx.urls.api;
        links.link(
            "schema",
            &format!("{base}/environments/{}/schemas/{}", stored.environment, stored.schema.id),
        )
    }

    fn view(_ctx: &Ctx, stored: &Stored<SchemaAttribute>) -> Map<String, Value> {
        let mut members = view::members(stored, SchemaAttribute::schema());
        members.insert("schemaType".to_owned(), json!("CUSTOM"));
        members
    }
}
