//! FIDO2 policies (MFA contract 4.1).
//!
//! Listing and reading are ordinary handlers: `expand=deviceAuthenticationPolicies`
//! adds the policies that name them.

use http::Method;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission, Verb as Right};
use postern_core::policy::Fido2Policy;
use postern_core::problem::{Code, Problem};
use postern_engine::references::{constraint, hand_over_default};
use postern_engine::{Ctx, Error, Result, fido2_policies};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::crud;
use crate::mgmt::resource::{Change, Hook, Resource, Verb};
use crate::mgmt::resources::device_policy::DevicePolicies;
use crate::mgmt::view;
use crate::web::hal::{self, embed};
use crate::web::{Call, Failure, Reply, Route};

const USERS: &str = "deviceAuthenticationPolicies";

/// See the module.
pub struct Fido2Policies;

impl Resource for Fido2Policies {
    type Doc = Fido2Policy;
    const PATH: &'static str = "/v1/environments/{envID}/fido2Policies";
    const ITEM: &'static str = "/v1/environments/{envID}/fido2Policies/{fido2PolicyID}";
    const ID: &'static str = "fido2PolicyID";
    const EMBEDDED: &'static str = "fido2Policies";
    const TITLE: &'static str = "FIDO2 policy";
    const GROUP: &'static str = "FIDO2 policies";
    const VERBS: &'static [Verb] = &[Verb::Create, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Fido2Policies);
    const WRITE: Permission = Permission::Write(Area::Fido2Policies);

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Passkeys {n}"), "description": "Synced or not", "deviceDisplayName": "Passkey",
            "relyingPartyId": "example.com", "attestationRequirements": "NONE", "authenticatorAttachment": "BOTH",
            "discoverableCredentials": "PREFERRED",
            "userVerification": { "option": "PREFERRED", "enforceDuringAuthentication": true },
            "backupEligibility": { "allow": true, "enforceDuringAuthentication": true },
            "mdsAuthenticatorsRequirements": { "option": "NONE", "enforceDuringAuthentication": false },
            "userDisplayNameAttributes": { "attributes": [{ "name": "username" }] },
            "userPresenceTimeout": { "duration": 2, "timeUnit": "MINUTES" }, "default": false,
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Fido2Policy>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<Fido2Policy>(tx, ctx, change.new.id, |other| other.default = false).await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(
                    "An environment needs a default FIDO2 policy; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Fido2Policy>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                let why = "You cannot delete the default policy";
                return Err(Error::refused(Problem::new(Code::ConstraintViolation, why)));
            }
            if fido2_policies::is_used(tx, ctx, old.id).await? {
                return Err(constraint("The policy is used by device authentication policies"));
            }
            Ok(())
        })
    }

    /// Dates stand before the members, as clients have seen it.
    fn view(_ctx: &Ctx, stored: &Stored<Fido2Policy>) -> Map<String, Value> {
        let mut all = Map::new();
        all.insert("id".to_owned(), json!(stored.id));
        all.insert("environment".to_owned(), json!({ "id": stored.environment }));
        all.insert("updatedAt".to_owned(), json!(stored.updated_at));
        all.insert("createdAt".to_owned(), json!(stored.created_at));
        all.extend(view::body(&stored.body));
        all
    }
}

/// The routes: the plain ones, listing and reading.
#[must_use]
pub fn routes() -> Vec<Route> {
    type R = Fido2Policies;
    let list =
        Route::new(Method::GET, R::PATH, "Read all FIDO2 policies", list).needs(R::READ).group(R::GROUP);
    let read = Route::new(Method::GET, R::ITEM, "Read one FIDO2 policy", read).needs(R::READ).group(R::GROUP);
    let mut routes = crud::routes::<R>();
    routes.splice(0..0, [list, read]);
    routes
}

async fn list(call: Call) -> Result<Reply, Failure> {
    type R = Fido2Policies;
    let expanded = expands_users(&call)?;
    let page = crud::page::<R>(&call).await?;
    let mut tx = call.app.read().await?;
    let mut shown = Vec::with_capacity(page.found.len());
    for policy in &page.found {
        shown.push(show(&mut tx, &call, policy, expanded).await?);
    }
    drop(tx);
    Ok(Reply::ok(&hal::collection(page.links, R::EMBEDDED, shown, page.count)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let expanded = expands_users(&call)?;
    let mut tx = call.app.read().await?;
    let policy = crud::find::<Fido2Policies>(&mut tx, &call.ctx, &call.params).await?;
    let shown = show(&mut tx, &call, &policy, expanded).await?;
    drop(tx);
    Ok(Reply::ok(&shown))
}

/// Whether the request asks for the policies that name them; who may not read those may not have them embedded.
fn expands_users(call: &Call) -> Result<bool> {
    let wanted = call.query().lists("expand", USERS);
    if wanted {
        call.ctx.demand(DevicePolicies::READ, Right::Read, None)?;
    }
    Ok(wanted)
}

async fn show(tx: &mut Tx, call: &Call, policy: &Stored<Fido2Policy>, expanded: bool) -> Result<Value> {
    let mut shown = crud::render::<Fido2Policies>(&call.ctx, &call.params, policy);
    if expanded {
        let users = fido2_policies::users(tx, &call.ctx, policy.id).await?;
        let users: Vec<Value> = users.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
        embed(&mut shown, USERS, json!(users));
    }
    Ok(shown)
}
