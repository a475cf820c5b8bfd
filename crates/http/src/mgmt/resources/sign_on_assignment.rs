//! Which sign-on policies an application uses.

use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::sign_on::SignOnPolicy;
use postern_core::policy::sign_on_action::SignOnAction;
use postern_core::policy::sign_on_assignment::SignOnAssignment;
use postern_engine::Ctx;
use postern_engine::references::{constraint, must_exist};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::application::{APPLICATION, application_link};
use crate::mgmt::resource::{Change, Hook, Parent, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct SignOnAssignments;

impl Resource for SignOnAssignments {
    type Doc = SignOnAssignment;
    const PATH: &'static str =
        "/v1/environments/{envID}/applications/{applicationID}/signOnPolicyAssignments";
    const ITEM: &'static str =
        "/v1/environments/{envID}/applications/{applicationID}/signOnPolicyAssignments/{assignmentID}";
    const ID: &'static str = "assignmentID";
    const EMBEDDED: &'static str = "signOnPolicyAssignments";
    const TITLE: &'static str = "sign-on policy assignment";
    const GROUP: &'static str = "Application sign-on policy assignments";
    const READ: Permission = Permission::Read(Area::Applications);
    const WRITE: Permission = Permission::Write(Area::Applications);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] = &[APPLICATION];

    fn example(n: usize) -> Value {
        json!({ "priority": n + 1, "signOnPolicy": { "id": "{{signOnPolicy}}" } })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<SignOnAssignment>) -> Hook<'t> {
        Box::pin(async move {
            let policy =
                must_exist::<SignOnPolicy>(tx, ctx, change.new.sign_on_policy.id, "signOnPolicy.id").await?;
            let of_policy = Condition::equals("policy_id", policy.id);
            if documents::count::<SignOnAction>(tx, ctx.environment, &of_policy, 1).await? == 0 {
                return Err(constraint("The sign-on policy has no action yet"));
            }
            Ok(())
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<SignOnAssignment>, _own: &str, links: Links) -> Links {
        let policy = format!(
            "{}/environments/{}/signOnPolicies/{}",
            ctx.urls.api, stored.environment, stored.sign_on_policy.id
        );
        application_link(ctx, stored.application.id, links).link("signOnPolicy", &policy)
    }
}
