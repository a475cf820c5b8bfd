//! Notification policies.

use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::notification_policy::NotificationPolicy;
use postern_core::problem::{Code, Problem};
use postern_engine::references::{constraint, hand_over_default};
use postern_engine::{Ctx, Error, notification_policies};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};

/// See the module.
pub struct NotificationPolicies;

impl Resource for NotificationPolicies {
    type Doc = NotificationPolicy;
    const PATH: &'static str = "/v1/environments/{envID}/notificationsPolicies";
    const ITEM: &'static str = "/v1/environments/{envID}/notificationsPolicies/{notificationsPolicyID}";
    const ID: &'static str = "notificationsPolicyID";
    const EMBEDDED: &'static str = "notificationsPolicies";
    const TITLE: &'static str = "notifications policy";
    const GROUP: &'static str = "Notifications policies";
    const READ: Permission = Permission::Read(Area::NotificationPolicies);
    const WRITE: Permission = Permission::Write(Area::NotificationPolicies);

    fn example(n: usize) -> Value {
        json!({ "name": format!("Customers {n}"), "default": false,
            "quotas": [{ "type": "USER", "deliveryMethods": ["SMS", "Voice"], "total": 30 }] })
    }

    fn before_write<'t>(
        tx: &'t mut Tx,
        ctx: &'t Ctx,
        change: &'t mut Change<NotificationPolicy>,
    ) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<NotificationPolicy>(tx, ctx, change.new.id, |other| other.default = false)
                    .await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(
                    "An environment needs a default notifications policy; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<NotificationPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                let text = "Cannot remove default notifications policy";
                return Err(Error::refused(Problem::new(Code::ConstraintViolation, text)));
            }
            notification_policies::refuse_while_named(tx, ctx, old.id).await
        })
    }
}
