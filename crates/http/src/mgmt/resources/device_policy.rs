//! Device authentication policies, also called MFA policies.

use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::DevicePolicy;
use postern_core::policy::sign_on_action::SignOnAction;
use postern_core::problem::{Code, Problem};
use postern_engine::references::{constraint, hand_over_default};
use postern_engine::{Ctx, Error};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};

/// See the module.
pub struct DevicePolicies;

impl Resource for DevicePolicies {
    type Doc = DevicePolicy;
    const PATH: &'static str = "/v1/environments/{envID}/deviceAuthenticationPolicies";
    const ITEM: &'static str = "/v1/environments/{envID}/deviceAuthenticationPolicies/{policyID}";
    const ID: &'static str = "policyID";
    const EMBEDDED: &'static str = "deviceAuthenticationPolicies";
    const TITLE: &'static str = "device authentication policy";
    const GROUP: &'static str = "Device authentication policies";
    const READ: Permission = Permission::Read(Area::DevicePolicies);
    const WRITE: Permission = Permission::Write(Area::DevicePolicies);
    const DECIDES_ACCESS: bool = true;

    fn example(n: usize) -> Value {
        let offline = json!({ "enabled": true, "otp": { "lifeTime": { "duration": 30, "timeUnit": "MINUTES" },
            "failure": { "count": 3, "coolDown": { "duration": 0, "timeUnit": "MINUTES" } } } });
        let own = json!({ "enabled": true, "otp": { "failure": { "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } } } });
        json!({ "name": format!("Customers {n}"), "default": false, "sms": offline, "voice": offline, "email": offline,
            "mobile": own, "totp": own, "forSignOnPolicy": false })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<DevicePolicy>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<DevicePolicy>(tx, ctx, change.new.id, |other| other.default = false).await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(
                    "An environment needs a default device authentication policy; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<DevicePolicy>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                let problem = Problem::new(
                    Code::ConstraintViolation,
                    "Cannot remove default device authentication policy",
                );
                return Err(Error::refused(problem));
            }
            let used = Condition::equals("device_policy_id", old.id);
            if documents::count::<SignOnAction>(tx, ctx.environment, &used, 1).await? > 0 {
                let problem = Problem::invalid("signOnPolicies", "The policy is used by sign-on policies");
                return Err(Error::Conflict(Box::new(problem)));
            }
            Ok(())
        })
    }
}
