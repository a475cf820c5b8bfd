//! How the actions of sign-on policies are kept.

use postern_core::ids::DevicePolicyId;
use postern_core::policy::sign_on_action::{ActionStep, SignOnAction};

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for SignOnAction {
    const TABLE: &'static str = "sign_on_action";
    const COLUMNS: &'static [Column] =
        &[Column::uuid("policy_id"), Column::int("priority"), Column::uuid("device_policy_id")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.sign_on_policy.id.into(), self.priority.into(), device_policy(self).into()]
    }
}

/// The device authentication policy that a multi-factor action names.
fn device_policy(action: &SignOnAction) -> Option<DevicePolicyId> {
    match &action.step {
        ActionStep::MultiFactorAuthentication(step) => {
            step.device_authentication_policy.map(|policy| policy.id)
        }
        _ => None,
    }
}
