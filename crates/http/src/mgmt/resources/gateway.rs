//! Gateways and their roles. Credentials and instances are ordinary handlers (`mgmt/gateways.rs`).

use postern_core::directory::gateway::{Gateway, GatewayCredential};
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::{Ctx, gateways, roles};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Hook, Parent, Resource, Verb, exists};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module.
pub struct Gateways;

/// See the module.
pub struct GatewayCredentials;

/// See the module. A role has no effect: no gateway ever gets an access token.
pub struct GatewayRoleAssignments;

/// The gateway that owns credentials and roles.
const GATEWAY: Parent =
    Parent { param: "gatewayID", member: "gateway", column: "gateway_id", exists: exists::<Gateway> };

impl Resource for Gateways {
    type Doc = Gateway;
    const PATH: &'static str = "/v1/environments/{envID}/gateways";
    const ITEM: &'static str = "/v1/environments/{envID}/gateways/{gatewayID}";
    const ID: &'static str = "gatewayID";
    const EMBEDDED: &'static str = "gateways";
    const TITLE: &'static str = "gateway";
    const GROUP: &'static str = "Gateways";
    const READ: Permission = Permission::Read(Area::Gateways);
    const WRITE: Permission = Permission::Write(Area::Gateways);

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Directory {n}"), "type": "LDAP", "enabled": true, "bindDN": "uid=postern,dc=example,dc=com",
            "bindPassword": "a-secret", "vendor": "PingDirectory", "serversHostAndPort": ["ds1.example.com:636"],
            "connectionSecurity": "TLS",
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Gateway>) -> Hook<'t> {
        Box::pin(gateways::prepare(tx, ctx, &mut change.new, change.old.as_ref(), &change.secrets))
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Gateway>) -> Hook<'t> {
        Box::pin(gateways::end(tx, ctx, old.id))
    }

    fn links(_ctx: &Ctx, _stored: &Stored<Gateway>, own: &str, links: Links) -> Links {
        links
            .link("credentials", &format!("{own}/credentials"))
            .link("instances", &format!("{own}/instances"))
            .link("roleAssignments", &format!("{own}/roleAssignments"))
    }
}

impl Resource for GatewayCredentials {
    type Doc = GatewayCredential;
    const PATH: &'static str = "/v1/environments/{envID}/gateways/{gatewayID}/credentials";
    const ITEM: &'static str = "/v1/environments/{envID}/gateways/{gatewayID}/credentials/{credentialID}";
    const ID: &'static str = "credentialID";
    const EMBEDDED: &'static str = "credentials";
    const TITLE: &'static str = "gateway credential";
    const GROUP: &'static str = "Gateway credentials";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Gateways);
    const WRITE: Permission = Permission::Write(Area::Gateways);
    const PARENTS: &'static [Parent] = &[GATEWAY];

    fn example(_n: usize) -> Value {
        json!({})
    }

    fn view(_ctx: &Ctx, stored: &Stored<GatewayCredential>) -> Map<String, Value> {
        use postern_core::schema::Declared;
        let mut members = view::members(stored, GatewayCredential::schema());
        members.shift_remove("updatedAt");
        members
    }
}

impl Resource for GatewayRoleAssignments {
    type Doc = RoleAssignment;
    const PATH: &'static str = "/v1/environments/{envID}/gateways/{gatewayID}/roleAssignments";
    const ITEM: &'static str =
        "/v1/environments/{envID}/gateways/{gatewayID}/roleAssignments/{gatewayRoleAssignmentID}";
    const ID: &'static str = "gatewayRoleAssignmentID";
    const EMBEDDED: &'static str = "roleAssignments";
    const TITLE: &'static str = "gateway role assignment";
    const GROUP: &'static str = "Gateway role assignments";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::RoleAssignments);
    const WRITE: Permission = Permission::Write(Area::RoleAssignments);
    const PARENTS: &'static [Parent] = &[Parent { column: "actor_id", ..GATEWAY }];

    fn example(_n: usize) -> Value {
        let role = postern_core::directory::role::IDENTITY_DATA_ADMIN.uuid;
        json!({ "role": { "id": role }, "scope": { "id": "{{environment}}", "type": "ENVIRONMENT" } })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<RoleAssignment>) -> Hook<'t> {
        Box::pin(async move { roles::may_grant(tx, ctx, &change.new).await })
    }
}
