//! The actions of a sign-on policy.

use postern_core::entity::Stored;
use postern_core::experience::agreement::Agreement;
use postern_core::ids::{AgreementId, Id};
use postern_core::permission::{Area, Permission};
use postern_core::policy::DevicePolicy;
use postern_core::policy::sign_on::SignOnPolicy;
use postern_core::policy::sign_on_action::{ActionStep, SignOnAction};
use postern_core::policy::sign_on_assignment::SignOnAssignment;
use postern_engine::Ctx;
use postern_engine::references::{constraint, must_exist};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Parent, Resource, exists_alone};
use crate::web::hal::Links;

/// See the module.
pub struct SignOnActions;

impl Resource for SignOnActions {
    type Doc = SignOnAction;
    const PATH: &'static str = "/v1/environments/{envID}/signOnPolicies/{policyID}/actions";
    const ITEM: &'static str = "/v1/environments/{envID}/signOnPolicies/{policyID}/actions/{actionID}";
    const ID: &'static str = "actionID";
    const EMBEDDED: &'static str = "actions";
    const TITLE: &'static str = "sign-on policy action";
    const GROUP: &'static str = "Sign-on policy actions";
    const READ: Permission = Permission::Read(Area::SignOnPolicies);
    const WRITE: Permission = Permission::Write(Area::SignOnPolicies);
    const DECIDES_ACCESS: bool = true;
    /// One action of a policy is written at a time, for the rule about the last one.
    const PARENTS: &'static [Parent] = &[Parent {
        param: "policyID",
        member: "signOnPolicy",
        column: "policy_id",
        exists: exists_alone::<SignOnPolicy>,
    }];

    fn example(n: usize) -> Value {
        json!({ "priority": n + 1, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": { "enabled": true }, "email": { "enabled": false } })
    }

    /// The named device policy must exist; without one, the one that is the default when people sign on holds.
    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<SignOnAction>) -> Hook<'t> {
        Box::pin(async move {
            if let ActionStep::MultiFactorAuthentication(step) = &change.new.step
                && let Some(policy) = step.device_authentication_policy
            {
                must_exist::<DevicePolicy>(tx, ctx, policy.id, "deviceAuthenticationPolicy.id").await?;
            }
            if let ActionStep::Agreement(step) = &change.new.step {
                let agreement = AgreementId::from_uuid(step.agreement.id);
                must_exist::<Agreement>(tx, ctx, agreement, "agreement.id").await?;
            }
            Ok(())
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<SignOnAction>) -> Hook<'t> {
        Box::pin(async move {
            let of_policy = Condition::equals("policy_id", old.sign_on_policy.id);
            let actions = documents::count::<SignOnAction>(tx, ctx.environment, &of_policy, 2).await?;
            let assigned = documents::count::<SignOnAssignment>(tx, ctx.environment, &of_policy, 1).await?;
            if actions == 1 && assigned > 0 {
                return Err(constraint(
                    "Cannot delete last action from the policy while it is assigned to an application",
                ));
            }
            Ok(())
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<SignOnAction>, _own: &str, links: Links) -> Links {
        let policy = format!(
            "{}/environments/{}/signOnPolicies/{}",
            ctx.urls.api, stored.environment, stored.sign_on_policy.id
        );
        links.link("signOnPolicy", &policy)
    }
}
