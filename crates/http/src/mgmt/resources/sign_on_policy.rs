//! Sign-on policies.

use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::sign_on::SignOnPolicy;
use postern_core::policy::sign_on_action::SignOnAction;
use postern_core::policy::sign_on_assignment::SignOnAssignment;
use postern_engine::Ctx;
use postern_engine::references::{constraint, hand_over_default, refuse_while_used, remove_owned};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct SignOnPolicies;

impl Resource for SignOnPolicies {
    type Doc = SignOnPolicy;
    const PATH: &'static str = "/v1/environments/{envID}/signOnPolicies";
    const ITEM: &'static str = "/v1/environments/{envID}/signOnPolicies/{policyID}";
    const ID: &'static str = "policyID";
    const EMBEDDED: &'static str = "signOnPolicies";
    const TITLE: &'static str = "sign-on policy";
    const GROUP: &'static str = "Sign-on policies";
    const READ: Permission = Permission::Read(Area::SignOnPolicies);
    const WRITE: Permission = Permission::Write(Area::SignOnPolicies);
    const DECIDES_ACCESS: bool = true;

    fn example(n: usize) -> Value {
        json!({ "name": format!("MFA_Policy_{n}"), "default": "false", "description": "MFA sign-on policy." })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<SignOnPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<SignOnPolicy>(tx, ctx, change.new.id, |other| other.default = false).await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(
                    "An environment needs a default sign-on policy; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<SignOnPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                return Err(constraint("Cannot delete a default policy"));
            }
            refuse_while_used::<SignOnAssignment>(
                tx,
                ctx,
                "policy_id",
                old.id,
                "The policy is assigned to applications",
            )
            .await?;
            remove_owned::<SignOnAction>(tx, ctx, "policy_id", old.id).await
        })
    }

    fn links(_ctx: &Ctx, _stored: &Stored<SignOnPolicy>, own: &str, links: Links) -> Links {
        links.link("actions", &format!("{own}/actions"))
    }
}
