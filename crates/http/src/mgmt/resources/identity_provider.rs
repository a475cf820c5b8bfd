//! Identity providers, and what of their accounts becomes an attribute here.

use postern_core::directory::identity_provider::IdentityProvider;
use postern_core::directory::identity_provider_attribute::{IdentityProviderAttribute, ProviderMappingType};
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::references::constraint;
use postern_engine::{Ctx, identity_providers};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Parent, Resource, exists};
use crate::web::hal::Links;

/// See the module.
pub struct IdentityProviders;

/// See the module.
pub struct IdentityProviderAttributes;

impl Resource for IdentityProviders {
    type Doc = IdentityProvider;
    const PATH: &'static str = "/v1/environments/{envID}/identityProviders";
    const ITEM: &'static str = "/v1/environments/{envID}/identityProviders/{providerID}";
    const ID: &'static str = "providerID";
    const EMBEDDED: &'static str = "identityProviders";
    const TITLE: &'static str = "identity provider";
    const GROUP: &'static str = "Identity providers";
    const READ: Permission = Permission::Read(Area::IdentityProviders);
    const WRITE: Permission = Permission::Write(Area::IdentityProviders);

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Social {n}"), "type": "GOOGLE", "enabled": true, "clientId": "client",
            "clientSecret": "a-secret",
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<IdentityProvider>) -> Hook<'t> {
        Box::pin(identity_providers::prepare(tx, ctx, &mut change.new, change.old.as_ref(), &change.secrets))
    }

    fn after_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t Change<IdentityProvider>) -> Hook<'t> {
        Box::pin(async move {
            match change.old {
                Some(_) => Ok(()),
                None => identity_providers::begin(tx, ctx, &change.new).await,
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<IdentityProvider>) -> Hook<'t> {
        Box::pin(identity_providers::end(tx, ctx, old.id))
    }

    fn links(_ctx: &Ctx, _stored: &Stored<IdentityProvider>, own: &str, links: Links) -> Links {
        links.link("attributes", &format!("{own}/attributes"))
    }
}

impl Resource for IdentityProviderAttributes {
    type Doc = IdentityProviderAttribute;
    const PATH: &'static str = "/v1/environments/{envID}/identityProviders/{providerID}/attributes";
    const ITEM: &'static str =
        "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{providerAttributeID}";
    const ID: &'static str = "providerAttributeID";
    const EMBEDDED: &'static str = "attributes";
    const TITLE: &'static str = "identity provider attribute";
    const GROUP: &'static str = "Identity provider attributes";
    const READ: Permission = Permission::Read(Area::IdentityProviders);
    const WRITE: Permission = Permission::Write(Area::IdentityProviders);
    const PARENTS: &'static [Parent] = &[Parent {
        param: "providerID",
        member: "identityProvider",
        column: "identity_provider_id",
        exists: exists::<IdentityProvider>,
    }];

    fn example(n: usize) -> Value {
        json!({ "name": format!("custom{n}"), "value": "${providerAttributes.id}", "update": "EMPTY_ONLY" })
    }

    fn before_delete<'t>(
        _tx: &'t mut Tx,
        _ctx: &'t Ctx,
        old: &'t Stored<IdentityProviderAttribute>,
    ) -> Hook<'t> {
        Box::pin(std::future::ready(match old.mapping_type {
            ProviderMappingType::Core => Err(constraint("Core attribute mappings cannot be deleted")),
            ProviderMappingType::Custom => Ok(()),
        }))
    }

    fn links(ctx: &Ctx, stored: &Stored<IdentityProviderAttribute>, _own: &str, links: Links) -> Links {
        let environment = format!("{}/environments/{}", ctx.urls.api, ctx.environment);
        let provider = stored.identity_provider.id;
        links.link("identityProvider", &format!("{environment}/identityProviders/{provider}"))
    }
}
