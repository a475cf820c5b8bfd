//! Applications: OAuth clients, and connections of other protocols.

use postern_core::directory::application::{Application, ApplicationType};
use postern_core::directory::application_attribute::ApplicationAttribute;
use postern_core::directory::grant::Grant;
use postern_core::directory::push_credentials::PushCredentials;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_core::permission::{Area, Permission};
use postern_core::policy::sign_on_assignment::SignOnAssignment;
use postern_engine::clients::{self, Owner};
use postern_engine::references::remove_owned;
use postern_engine::{Ctx, built_in_claims, certificates, mobile_applications, roles};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Hook, Parent, Resource, exists};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module.
pub struct Applications;

/// Members that no declaration names.
const OF_EVERY_RECORD: &[&str] = &["id", "environment", "createdAt", "updatedAt"];

/// The application that owns grants, attributes, assignments.
pub(super) const APPLICATION: Parent = Parent {
    param: "applicationID",
    member: "application",
    column: "application_id",
    exists: exists::<Application>,
};

/// The link from something owned by an application to that application.
pub(super) fn application_link(
    ctx: &Ctx,
    application: postern_core::ids::ApplicationId,
    links: Links,
) -> Links {
    links.link(
        "application",
        &format!("{}/environments/{}/applications/{application}", ctx.urls.api, ctx.environment),
    )
}

impl Resource for Applications {
    type Doc = Application;
    const PATH: &'static str = "/v1/environments/{envID}/applications";
    const ITEM: &'static str = "/v1/environments/{envID}/applications/{applicationID}";
    const ID: &'static str = "applicationID";
    const EMBEDDED: &'static str = "applications";
    const TITLE: &'static str = "application";
    const GROUP: &'static str = "Applications";
    const READ: Permission = Permission::Read(Area::Applications);
    const WRITE: Permission = Permission::Write(Area::Applications);
    const DECIDES_ACCESS: bool = true;

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Web application {n}"), "enabled": true, "type": "WEB_APP", "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["https://www.example.com"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        })
    }

    /// Who changes an application that holds more roles than they do could make it answer to them.
    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Application>) -> Hook<'t> {
        Box::pin(async move {
            if let Some(old) = &change.old {
                roles::may_control(tx, ctx, old.id).await?;
            }
            certificates::check_references(tx, ctx, &change.new).await?;
            mobile_applications::prepare(ctx, &mut change.new, change.old.as_ref(), &change.secrets)
        })
    }

    fn after_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t Change<Application>) -> Hook<'t> {
        Box::pin(async move {
            if change.old.is_some() {
                return Ok(());
            }
            built_in_claims::of_application(tx, ctx, &change.new).await?;
            if !change.new.is_client() {
                return Ok(());
            }
            clients::create_secret(tx, ctx, Owner::Application(change.new.id)).await?;
            if change.new.kind == ApplicationType::Worker && change.new.assign_actor_roles {
                roles::inherit(tx, ctx, change.new.id).await?;
            }
            Ok(())
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Application>) -> Hook<'t> {
        Box::pin(async move {
            roles::may_control(tx, ctx, old.id).await?;
            remove_owned::<Grant>(tx, ctx, "application_id", old.id).await?;
            remove_owned::<ApplicationAttribute>(tx, ctx, "application_id", old.id).await?;
            remove_owned::<SignOnAssignment>(tx, ctx, "application_id", old.id).await?;
            remove_owned::<PushCredentials>(tx, ctx, "application_id", old.id).await?;
            remove_owned::<RoleAssignment>(tx, ctx, "actor_id", old.id.uuid()).await?;
            clients::forget_secret(tx, ctx, Owner::Application(old.id)).await
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<Application>, own: &str, links: Links) -> Links {
        let links = links
            .link("attributes", &format!("{own}/attributes"))
            .link("grants", &format!("{own}/grants"))
            .link("signOnPolicyAssignments", &format!("{own}/signOnPolicyAssignments"));
        if !stored.is_client() {
            return links;
        }
        let metadata = format!("{}/.well-known/openid-configuration", ctx.urls.issuer(stored.environment));
        links
            .link("metadata", &metadata)
            .link("secret", &format!("{own}/secret"))
            .link("roleAssignments", &format!("{own}/roleAssignments"))
    }

    fn view(_ctx: &Ctx, stored: &Stored<Application>) -> Map<String, Value> {
        let schema = Application::schema_of(stored.protocol);
        let mut members = view::members(stored, schema);
        members.shift_remove("sealed");
        if stored.is_client() {
            members.insert("clientId".to_owned(), json!(stored.id));
        } else {
            // The record has members of clients too, which say nothing here.
            members
                .retain(|name, _| OF_EVERY_RECORD.contains(&name.as_str()) || schema.field(name).is_some());
        }
        members
    }
}
