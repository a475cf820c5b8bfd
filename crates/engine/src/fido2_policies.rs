//! FIDO2 policies: which one holds, who uses it, and the move of other policies to them.

use postern_core::entity::Stored;
use postern_core::ids::{DevicePolicyId, Fido2PolicyId, Id};
use postern_core::policy::device_authentication::Fido2Method;
use postern_core::policy::{DevicePolicy, Fido2Policy};
use postern_core::problem::Problem;
use postern_core::schema::{self, Object, list, nested, object, uuid};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde::Deserialize;
use serde_json::Value;

use crate::audit::{self, Event, Subject};
use crate::references::{default_of, must_exist};
use crate::{Ctx, Error, Result};

/// Most device authentication policies that one answer tells of, and that one migration may name.
const MOST_POLICIES: i64 = 1000;

/// The FIDO2 policy that a device authentication policy names, or the environment's default.
///
/// # Errors
/// Those of the database.
pub async fn effective(tx: &mut Tx, ctx: &Ctx, policy: &DevicePolicy) -> Result<Stored<Fido2Policy>> {
    if let Some(id) = policy.fido2.as_ref().and_then(|fido2| fido2.fido2_policy_id)
        && let Some(named) = documents::find::<Fido2Policy>(tx, ctx.environment, id).await?
    {
        return Ok(named);
    }
    default_of::<Fido2Policy>(tx, ctx)
        .await?
        .ok_or_else(|| Error::internal("the environment has no default FIDO2 policy"))
}

/// Checks that the FIDO2 policy that a device authentication policy names is there. It stays until the transaction ends.
///
/// # Errors
/// [`Error::Invalid`] at `fido2.fido2PolicyId`.
pub async fn check_reference(tx: &mut Tx, ctx: &Ctx, policy: &DevicePolicy) -> Result<()> {
    if let Some(id) = policy.fido2.as_ref().and_then(|fido2| fido2.fido2_policy_id) {
        must_exist::<Fido2Policy>(tx, ctx, id, "fido2.fido2PolicyId").await?;
    }
    Ok(())
}

/// The device authentication policies that name this FIDO2 policy, by name.
///
/// # Errors
/// Those of the database.
pub async fn users(tx: &mut Tx, ctx: &Ctx, id: Fido2PolicyId) -> Result<Vec<(DevicePolicyId, String)>> {
    let condition = Condition::equals("fido2_policy_id", id);
    let select = Select { condition, after: None, limit: MOST_POLICIES };
    let found = documents::list::<DevicePolicy>(tx, ctx.environment, &select).await?;
    Ok(found.into_iter().map(|policy| (policy.id, policy.body.name)).collect())
}

/// The body of the migration.
#[must_use]
pub fn migration_schema() -> &'static Object {
    static SCHEMA: std::sync::LazyLock<Object> = std::sync::LazyLock::new(|| {
        let one = object(vec![
            uuid("deviceAuthenticationPolicyId").required(),
            uuid("fido2PolicyId").doc("The environment's default when not said."),
        ]);
        object(vec![list("migrationData", nested("policy", one), 1000).required().min(1)])
    });
    &SCHEMA
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Migration {
    migration_data: Vec<Move>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Move {
    device_authentication_policy_id: DevicePolicyId,
    fido2_policy_id: Option<Fido2PolicyId>,
}

/// Moves device authentication policies to FIDO2: each gets the method if it has none, and the named FIDO2 policy.
/// Gives all device authentication policies.
///
/// # Errors
/// Every problem of the body; [`Error::Invalid`] for each policy that does not exist.
pub async fn migrate(tx: &mut Tx, ctx: &Ctx, sent: &Value) -> Result<Vec<Stored<DevicePolicy>>> {
    let body: Migration =
        migration_schema().check(sent, None).and_then(schema::decode).map_err(Error::Invalid)?;
    let mut problems = Vec::new();
    for (place, wanted) in body.migration_data.iter().enumerate() {
        let at = |member: &str| format!("migrationData[{place}].{member}");
        let missing = |member: &str| Problem::invalid(&at(member), "does not exist in this environment");
        if let Some(id) = wanted.fido2_policy_id
            && documents::find_shared::<Fido2Policy>(tx, ctx.environment, id).await?.is_none()
        {
            problems.push(missing("fido2PolicyId"));
        }
        let found = documents::find_locked::<DevicePolicy>(
            tx,
            ctx.environment,
            wanted.device_authentication_policy_id,
        );
        match found.await? {
            None => problems.push(missing("deviceAuthenticationPolicyId")),
            Some(mut policy) if problems.is_empty() => {
                let fido2 = policy.body.fido2.get_or_insert(Fido2Method {
                    enabled: true,
                    pairing_disabled: None,
                    prompt_for_nickname_on_pairing: None,
                    fido2_policy_id: None,
                    failure: None,
                });
                fido2.fido2_policy_id = wanted.fido2_policy_id.or(fido2.fido2_policy_id);
                documents::update(tx, &mut policy, ctx.now).await?;
                let event = Event::new("DEVICE_AUTHENTICATION_POLICY.UPDATED", Subject::of(&policy));
                audit::record(tx, ctx, event.changed(serde_json::json!(["fido2"]))).await?;
            }
            Some(_) => {}
        }
    }
    Error::unless_empty(problems)?;
    let select = Select { condition: Condition::Everything, after: None, limit: MOST_POLICIES };
    Ok(documents::list::<DevicePolicy>(tx, ctx.environment, &select).await?)
}

/// Whether anything still needs the FIDO2 policy: device authentication policies that name it.
///
/// # Errors
/// Those of the database.
pub async fn is_used(tx: &mut Tx, ctx: &Ctx, id: Fido2PolicyId) -> Result<bool> {
    let condition = Condition::equals("fido2_policy_id", id.uuid());
    Ok(documents::count::<DevicePolicy>(tx, ctx.environment, &condition, 1).await? > 0)
}
