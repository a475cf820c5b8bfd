//! Password policies.

use postern_core::directory::population::Population;
use postern_core::entity::Stored;
use postern_core::ids::PasswordPolicyId;
use postern_core::password::policy::PasswordPolicy;
use postern_core::permission::{Area, Permission};
use postern_engine::references::{constraint, hand_over_default};
use postern_engine::{Ctx, Result};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Resource};

/// See the module.
pub struct PasswordPolicies;

impl Resource for PasswordPolicies {
    type Doc = PasswordPolicy;
    const PATH: &'static str = "/v1/environments/{envID}/passwordPolicies";
    const ITEM: &'static str = "/v1/environments/{envID}/passwordPolicies/{policyID}";
    const ID: &'static str = "policyID";
    const EMBEDDED: &'static str = "passwordPolicies";
    const TITLE: &'static str = "password policy";
    const GROUP: &'static str = "Password policies";
    const READ: Permission = Permission::Read(Area::PasswordPolicies);
    const WRITE: Permission = Permission::Write(Area::PasswordPolicies);

    fn example(n: usize) -> Value {
        json!({ "name": format!("Passwords {n}"), "excludesCommonlyUsed": true, "excludesProfileData": true, "notSimilarToCurrent": true })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<PasswordPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<PasswordPolicy>(tx, ctx, change.new.id, |other| other.default = false)
                    .await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(
                    "An environment needs a default password policy; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<PasswordPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                return Err(constraint("Cannot delete a default policy"));
            }
            let named = named_by_populations(tx, ctx).await?;
            if named.contains(&Some(old.id)) {
                return Err(constraint("The policy is used by populations"));
            }
            Ok(())
        })
    }

    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<PasswordPolicy>]) -> Counted<'t> {
        Box::pin(async move {
            let named = named_by_populations(tx, ctx).await?;
            let count = |policy: &Stored<PasswordPolicy>| {
                let rules =
                    |named: &&Option<PasswordPolicyId>| named.map_or(policy.default, |id| id == policy.id);
                Map::from_iter([("populationCount".to_owned(), json!(named.iter().filter(rules).count()))])
            };
            Ok(shown.iter().map(count).collect())
        })
    }
}

/// The policy that each population names; those that name none have the default one.
async fn named_by_populations(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Option<PasswordPolicyId>>> {
    let select = Select { condition: Condition::Everything, after: None, limit: 10_000 };
    let populations = documents::list::<Population>(tx, ctx.environment, &select).await?;
    Ok(populations.iter().map(|population| population.password_policy.map(|policy| policy.id)).collect())
}
