//! FIDO policies of former times (MFA contract 4.2).

use postern_core::permission::{Area, Permission};
use postern_core::policy::fido_policy::FidoPolicy;
use postern_engine::Ctx;
use postern_engine::references::hand_over_default;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};

/// See the module.
pub struct FidoPolicies;

impl Resource for FidoPolicies {
    type Doc = FidoPolicy;
    const PATH: &'static str = "/v1/environments/{envID}/fidoPolicies";
    const ITEM: &'static str = "/v1/environments/{envID}/fidoPolicies/{fidoPolicyID}";
    const ID: &'static str = "fidoPolicyID";
    const EMBEDDED: &'static str = "fidoPolicies";
    const TITLE: &'static str = "FIDO policy";
    const GROUP: &'static str = "FIDO policies (deprecated)";
    const READ: Permission = Permission::Read(Area::Fido2Policies);
    const WRITE: Permission = Permission::Write(Area::Fido2Policies);

    fn example(n: usize) -> Value {
        json!({ "name": format!("Security keys {n}"), "description": "Of former times", "attestationRequirements": "AUDIT_ONLY",
            "residentKeyRequirement": "DISCOURAGED", "enforceDuringAuthentication": false })
    }

    /// One of them may be the default; none need be.
    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<FidoPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<FidoPolicy>(tx, ctx, change.new.id, |other| other.default = false)
                    .await?;
            }
            Ok(())
        })
    }
}
