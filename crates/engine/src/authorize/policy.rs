//! Which sign-on policy rules a request, and the steps it demands (platform contract 3.8, 3.9).
//!
//! Without an assignment it is the environment's default. `acr_values` names
//! assigned policies in the client's order of preference; otherwise the
//! assignment with the lowest priority counts.

use postern_core::entity::Stored;
use postern_core::flow::{Demand, FlowPolicy, Mfa, Step};
use postern_core::ids::{ApplicationId, SignOnPolicyId};
use postern_core::oauth::{AuthorizeRequest, OAuthError};
use postern_core::policy::sign_on::SignOnPolicy;
use postern_core::policy::sign_on_action::{ActionStep, MfaStep, SignOnAction};
use postern_core::policy::sign_on_assignment::SignOnAssignment;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::references::default_of;
use crate::{Ctx, Error, Result};

/// Most assignments of an application, and actions of a policy, that are read.
const MOST: i64 = 100;

/// The policy with its steps by priority.
pub(super) async fn choose(
    tx: &mut Tx,
    ctx: &Ctx,
    application: ApplicationId,
    request: &AuthorizeRequest,
) -> Result<std::result::Result<(FlowPolicy, Vec<Step>), OAuthError>> {
    let unknown = || {
        OAuthError::invalid(
            "acr_values",
            "A sign-on policy is named that is not assigned to the application.",
        )
    };
    let select = Select::first(Condition::equals("application_id", application), MOST);
    let mut assigned = documents::list::<SignOnAssignment>(tx, ctx.environment, &select).await?;
    assigned.sort_by_key(|assignment| assignment.priority);
    let policy = match (assigned.first(), request.acr_values.first()) {
        (None, None) => default_policy(tx, ctx).await?,
        (None, Some(name)) => {
            match Some(default_policy(tx, ctx).await?).filter(|policy| policy.name == *name) {
                Some(policy) => policy,
                None => return Ok(Err(unknown())),
            }
        }
        (Some(first), None) => find_policy(tx, ctx, first.sign_on_policy.id).await?,
        (Some(_), Some(preferred)) => {
            let mut named = Vec::new();
            for assignment in &assigned {
                named.push(find_policy(tx, ctx, assignment.sign_on_policy.id).await?);
            }
            let known = |name: &String| named.iter().any(|policy| policy.name == *name);
            if !request.acr_values.iter().all(known) {
                return Ok(Err(unknown()));
            }
            match named.into_iter().find(|policy| policy.name == *preferred) {
                Some(policy) => policy,
                None => return Ok(Err(unknown())),
            }
        }
    };
    let steps = steps(tx, ctx, policy.id).await?;
    Ok(Ok((FlowPolicy { id: policy.id, name: policy.body.name }, steps)))
}

async fn default_policy(tx: &mut Tx, ctx: &Ctx) -> Result<Stored<SignOnPolicy>> {
    default_of::<SignOnPolicy>(tx, ctx)
        .await?
        .ok_or_else(|| Error::internal("the environment has no default sign-on policy"))
}

async fn find_policy(tx: &mut Tx, ctx: &Ctx, id: SignOnPolicyId) -> Result<Stored<SignOnPolicy>> {
    let found = documents::find::<SignOnPolicy>(tx, ctx.environment, id).await?;
    found.ok_or_else(|| Error::internal("an assigned sign-on policy does not exist"))
}

async fn steps(tx: &mut Tx, ctx: &Ctx, policy: SignOnPolicyId) -> Result<Vec<Step>> {
    let select = Select::first(Condition::equals("policy_id", policy), MOST);
    let mut actions = documents::list::<SignOnAction>(tx, ctx.environment, &select).await?;
    actions.sort_by_key(|action| action.priority);
    Ok(actions.into_iter().map(|action| step(action.body)).collect())
}

fn step(action: SignOnAction) -> Step {
    let kind = action.kind();
    let demand = match &action.step {
        ActionStep::Login(login) => {
            Demand::Login { recovery: login.recovery.is_some_and(|recovery| recovery.enabled) }
        }
        ActionStep::MultiFactorAuthentication(mfa) => Demand::MultiFactorAuthentication(demanded(mfa)),
        _ => Demand::Unsupported { action: kind.to_string() },
    };
    Step { demand, condition: action.condition }
}

fn demanded(mfa: &MfaStep) -> Mfa {
    let methods = mfa.flagged_methods();
    Mfa {
        device_policy: mfa.device_authentication_policy.map(|policy| policy.id),
        methods: (!methods.is_empty()).then_some(methods),
        no_devices: mfa.no_devices_mode,
    }
}
