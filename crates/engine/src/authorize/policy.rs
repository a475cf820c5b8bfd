//! Which sign-on policy rules a request, and the steps it demands (platform contract 3.8, 3.9).
//!
//! Without an assignment it is the environment's default. `acr_values` names
//! assigned policies in the client's order of preference; otherwise the
//! assignment with the lowest priority counts. When a policy cannot be
//! fulfilled, the next one does.
//!
//! All that does not depend on the request is read at once as [`Rules`], which
//! [`SignOnRules`] keeps for some seconds.

use std::collections::HashMap;
use std::sync::Arc;

use postern_core::entity::Stored;
use postern_core::flow::{Demand, FlowPolicy, Mfa, Step};
use postern_core::ids::{ApplicationId, DevicePolicyId, EnvironmentId, SignOnPolicyId};
use postern_core::oauth::{AuthorizeRequest, ErrorCode, OAuthError};
use postern_core::policy::DevicePolicy;
use postern_core::policy::sign_on::SignOnPolicy;
use postern_core::policy::sign_on_action::{ActionStep, MfaStep, SignOnAction};
use postern_core::policy::sign_on_assignment::SignOnAssignment;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::{Db, Tx};

use crate::references::default_of;
use crate::short_cache::ShortCache;
use crate::{Ctx, Error, Result};

/// Most assignments of an application, and actions of a policy, that are read.
const MOST: i64 = 100;

/// Applications whose rules are kept in memory.
const CAPACITY: usize = 10_000;

/// The rules of applications, trusted for at most ten seconds. Clones share them.
#[derive(Clone)]
pub struct SignOnRules(ShortCache<(EnvironmentId, ApplicationId), Arc<Rules>>);

impl Default for SignOnRules {
    fn default() -> Self {
        Self(ShortCache::new(CAPACITY))
    }
}

impl SignOnRules {
    /// The rules of an application of the context's environment.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(&self, db: &Db, ctx: &Ctx, application: ApplicationId) -> Result<Arc<Rules>> {
        let key = (ctx.environment, application);
        if let Some(rules) = self.0.get(&key, ctx.now) {
            return Ok(rules);
        }
        let before = self.0.before(ctx.environment);
        let rules = Arc::new(Rules::load(&mut db.snapshot().await?, ctx, application).await?);
        self.0.put(key, Arc::clone(&rules), before, ctx.now, None);
        Ok(rules)
    }

    /// Reads the environment's rules anew: after its sign-on or device policies, their actions or their assignments
    /// changed.
    pub fn forget(&self, environment: EnvironmentId) {
        self.0.forget(environment);
    }
}

/// The sign-on policies of an application with their steps, and the device policies that the steps name.
pub struct Rules {
    /// By priority; the environment's default alone when none is assigned.
    policies: Vec<(FlowPolicy, Vec<Step>)>,
    devices: HashMap<Option<DevicePolicyId>, Arc<Stored<DevicePolicy>>>,
}

impl Rules {
    async fn load(tx: &mut Tx, ctx: &Ctx, application: ApplicationId) -> Result<Self> {
        let select = Select::first(Condition::equals("application_id", application), MOST);
        let mut assigned = documents::list::<SignOnAssignment>(tx, ctx.environment, &select).await?;
        assigned.sort_by_key(|assignment| assignment.priority);
        let mut found = Vec::with_capacity(assigned.len().max(1));
        for assignment in &assigned {
            found.push(find_policy(tx, ctx, assignment.sign_on_policy.id).await?);
        }
        if found.is_empty() {
            found.push(default_policy(tx, ctx).await?);
        }
        let mut rules = Self { policies: Vec::with_capacity(found.len()), devices: HashMap::new() };
        for policy in found {
            let steps = steps(tx, ctx, policy.id).await?;
            rules.note_device_policies(tx, ctx, &steps).await?;
            rules.policies.push((FlowPolicy { id: policy.id, name: policy.body.name }, steps));
        }
        Ok(rules)
    }

    /// A policy that is not there is left out: who needs it says so.
    async fn note_device_policies(&mut self, tx: &mut Tx, ctx: &Ctx, steps: &[Step]) -> Result<()> {
        for step in steps {
            let Demand::MultiFactorAuthentication(mfa) = &step.demand else { continue };
            if self.devices.contains_key(&mfa.device_policy) {
                continue;
            }
            let policy = match mfa.device_policy {
                Some(id) => documents::find::<DevicePolicy>(tx, ctx.environment, id).await?,
                None => default_of::<DevicePolicy>(tx, ctx).await?,
            };
            if let Some(policy) = policy {
                self.devices.insert(mfa.device_policy, Arc::new(policy));
            }
        }
        Ok(())
    }

    /// The policies with their steps, in the order in which they count: those of `acr_values`, or all by priority.
    pub(super) fn choose(
        &self,
        request: &AuthorizeRequest,
    ) -> std::result::Result<Vec<(FlowPolicy, Vec<Step>)>, OAuthError> {
        let unknown = || {
            OAuthError::invalid(
                "acr_values",
                "A sign-on policy is named that is not assigned to the application.",
            )
        };
        let named = |name: &String| self.policies.iter().find(|(policy, _)| policy.name == *name).cloned();
        let chosen = match request.acr_values.as_slice() {
            [] => self.policies.clone(),
            names => names.iter().map(named).collect::<Option<Vec<_>>>().ok_or_else(unknown)?,
        };
        if let Some((policy, _)) = chosen.iter().find(|(_, steps)| steps.is_empty()) {
            let why = format!(
                "The sign-on policy {} has no action, so nobody can prove who they are.",
                policy.name
            );
            return Err(OAuthError::new(ErrorCode::AccessDenied, "acr_values", why));
        }
        Ok(chosen)
    }

    /// Whether it does not matter that the account is locked: only devices are asked, under policies that ignore the lock.
    pub(super) fn ignore_user_lock(&self, steps: &[Step]) -> bool {
        steps.iter().all(|step| match &step.demand {
            Demand::MultiFactorAuthentication(mfa) => {
                self.device_policy(mfa.device_policy).is_some_and(|policy| !policy.respects_user_lock())
            }
            _ => false,
        })
    }

    /// The device policy of a step that names it, or none; nothing when it was not there.
    pub(crate) fn device_policy(&self, named: Option<DevicePolicyId>) -> Option<Arc<Stored<DevicePolicy>>> {
        self.devices.get(&named).cloned()
    }
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
