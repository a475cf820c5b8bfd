//! Resources: the APIs that tokens are for.

use postern_core::directory::grant::Grant;
use postern_core::directory::resource::{Resource as Api, ResourceType};
use postern_core::directory::resource_attribute::ResourceAttribute;
use postern_core::directory::scope::Scope;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::clients::{self, Owner};
use postern_engine::references::{constraint, refuse_while_used, remove_owned};
use postern_engine::{Ctx, built_in_claims};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct Resources;

impl Resource for Resources {
    type Doc = Api;
    const PATH: &'static str = "/v1/environments/{envID}/resources";
    const ITEM: &'static str = "/v1/environments/{envID}/resources/{resourceID}";
    const ID: &'static str = "resourceID";
    const EMBEDDED: &'static str = "resources";
    const TITLE: &'static str = "resource";
    const GROUP: &'static str = "Resources";
    const READ: Permission = Permission::Read(Area::Resources);
    const WRITE: Permission = Permission::Write(Area::Resources);
    const DECIDES_ACCESS: bool = true;

    fn example(n: usize) -> Value {
        json!({ "name": format!("Orders {n}"), "audience": format!("https://orders-{n}.example.com") })
    }

    fn before_write<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, change: &'t mut Change<Api>) -> Hook<'t> {
        Box::pin(async move {
            match &change.old {
                Some(old) if old.kind != ResourceType::Custom => {
                    Err(constraint("Built-in resources cannot be changed"))
                }
                _ => Ok(()),
            }
        })
    }

    /// Its server authenticates to introspect tokens with a secret, as applications do.
    fn after_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t Change<Api>) -> Hook<'t> {
        Box::pin(async move {
            if change.old.is_some() {
                return Ok(());
            }
            clients::create_secret(tx, ctx, Owner::Resource(change.new.id)).await?;
            built_in_claims::of_resource(tx, ctx, &change.new).await
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Api>) -> Hook<'t> {
        Box::pin(async move {
            if old.kind != ResourceType::Custom {
                return Err(constraint("Built-in resources cannot be deleted"));
            }
            refuse_while_used::<Grant>(
                tx,
                ctx,
                "resource_id",
                old.id,
                "The resource is granted to applications",
            )
            .await?;
            remove_owned::<Scope>(tx, ctx, "resource_id", old.id).await?;
            remove_owned::<ResourceAttribute>(tx, ctx, "resource_id", old.id).await?;
            clients::forget_secret(tx, ctx, Owner::Resource(old.id)).await
        })
    }

    fn links(_ctx: &Ctx, stored: &Stored<Api>, own: &str, links: Links) -> Links {
        let links = links.link("scopes", &format!("{own}/scopes"));
        match stored.kind {
            ResourceType::PingOneApi => links,
            ResourceType::OpenIdConnect => links.link("attributes", &format!("{own}/attributes")),
            ResourceType::Custom => links
                .link("attributes", &format!("{own}/attributes"))
                .link("secret", &format!("{own}/secret")),
        }
    }
}
