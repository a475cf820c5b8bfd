//! Key rotation policies: the keys that sign the tokens of applications.

use http::Method;
use postern_core::directory::key_rotation_policy::{KeyRotationPolicy, MOST_POLICIES};
use postern_core::entity::Stored;
use postern_core::ids::KeyRotationPolicyId;
use postern_core::permission::{Area, Permission};
use postern_core::problem::{Code, Problem};
use postern_core::schema::Declared;
use postern_engine::audit::{self, Event, Subject};
use postern_engine::keys::{self, Prepared};
use postern_engine::references::{constraint, has_room};
use postern_engine::{Ctx, Error, Result, certificates};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::crud;
use crate::mgmt::resource::{Change, Counted, Hook, Resource, Verb};
use crate::web::{Call, Failure, Reply, Route, hashing};

/// See the module.
pub struct KeyRotationPolicies;

impl Resource for KeyRotationPolicies {
    type Doc = KeyRotationPolicy;
    const PATH: &'static str = "/v1/environments/{envID}/keyRotationPolicies";
    const ITEM: &'static str = "/v1/environments/{envID}/keyRotationPolicies/{keyRotationPolicyID}";
    const ID: &'static str = "keyRotationPolicyID";
    const EMBEDDED: &'static str = "keyRotationPolicies";
    const TITLE: &'static str = "key rotation policy";
    const GROUP: &'static str = "Key rotation policies";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Read, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Keys);
    const WRITE: Permission = Permission::Write(Area::Keys);

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Rotation {n}"), "usageType": "SIGNING", "dn": "CN=Rotation, O=Example, C=US",
            "algorithm": "RSA", "keyLength": 2048, "validityPeriod": 365, "signatureAlgorithm": "SHA256withRSA",
            "rotationPeriod": 90,
        })
    }

    /// The keys of the default policy are those of the environment itself, of which all is fixed but the policy's name.
    fn before_write<'t>(
        _tx: &'t mut Tx,
        _ctx: &'t Ctx,
        change: &'t mut Change<KeyRotationPolicy>,
    ) -> Hook<'t> {
        let fixed = KeyRotationPolicy::initial();
        let (new, mut problems) = (&change.new, Vec::new());
        if new.default {
            let members = [
                ("dn", json!(new.dn), json!(fixed.dn)),
                ("keyLength", json!(new.key_length), json!(fixed.key_length)),
                ("validityPeriod", json!(new.validity_period), json!(fixed.validity_period)),
                ("rotationPeriod", json!(new.rotation_period), json!(fixed.rotation_period)),
            ];
            for (member, _, fixed) in members.iter().filter(|(_, is, fixed)| is != fixed) {
                problems.push(Problem::invalid(member, format!("must be {fixed} in the default policy")));
            }
        }
        Box::pin(std::future::ready(if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }))
    }

    fn after_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t Change<KeyRotationPolicy>) -> Hook<'t> {
        Box::pin(async move {
            let what = |of: &KeyRotationPolicy| {
                (of.dn.clone(), of.key_length, of.validity_period, of.rotation_period)
            };
            match &change.old {
                Some(old) if what(old) != what(&change.new) => keys::renew_next(tx, ctx, change.new.id).await,
                _ => Ok(()),
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<KeyRotationPolicy>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                return Err(constraint("Cannot delete the default key rotation policy"));
            }
            let named = certificates::applications(tx, ctx, |application| {
                let signing = application.signing.as_ref();
                signing
                    .and_then(|signing| signing.key_rotation_policy)
                    .is_some_and(|policy| policy.id == old.id)
            });
            if !named.await?.is_empty() {
                return Err(constraint("Cannot delete a key rotation policy that applications use"));
            }
            keys::end(tx, ctx, old.id).await
        })
    }

    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<KeyRotationPolicy>]) -> Counted<'t> {
        Box::pin(async move {
            let mut counted = Vec::with_capacity(shown.len());
            for policy in shown {
                let own = (!policy.default).then_some(policy.id);
                let keys = keys::of_policy(tx, ctx, own).await?;
                let members = [
                    ("currentKeyId", keys.current.map(|id| json!(id))),
                    ("nextKeyId", keys.next.map(|id| json!(id))),
                    ("rotatedAt", keys.rotated_at.map(|at| json!(at))),
                ];
                let known = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
                counted.push(known.collect::<Map<String, Value>>());
            }
            Ok(counted)
        })
    }
}

/// The routes: the plain ones, and the creation, which makes keys before its transaction.
#[must_use]
pub fn routes() -> Vec<Route> {
    type R = KeyRotationPolicies;
    let create = Route::new(Method::POST, R::PATH, "Create key rotation policy", create)
        .needs(R::WRITE)
        .body(KeyRotationPolicy::schema())
        .group(R::GROUP);
    let mut routes = crud::routes::<R>();
    routes.insert(1, create);
    routes
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let (policy, _) = KeyRotationPolicy::read(&call.object()?, None, &[]).map_err(Error::Invalid)?;
    let (ctx, wanted) = (call.ctx.clone(), policy.clone());
    let prepared = hashing::run(&call.app, move || -> Result<[Prepared; 2]> {
        let current = keys::prepare_of(&ctx, &wanted, ctx.now)?;
        Ok([current, keys::prepare_of(&ctx, &wanted, ctx.now.plus(wanted.rotates_after()))?])
    })
    .await??;
    let id = KeyRotationPolicyId::new(&call.ctx.random);
    let stored = Stored::new(call.ctx.environment, id, call.ctx.now, policy);
    let work = (stored.clone(), prepared);
    call.app.write(&call.ctx, work, |tx, ctx, (stored, keys)| Box::pin(keep(tx, ctx, stored, keys))).await?;
    call.app.signing.forget(call.ctx.environment);
    let mut tx = call.app.read().await?;
    let shown = crud::count_and_show::<KeyRotationPolicies>(&mut tx, &call, &stored).await?;
    drop(tx);
    Ok(Reply::created(&shown))
}

async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    stored: &Stored<KeyRotationPolicy>,
    prepared: &[Prepared; 2],
) -> Result<()> {
    let most = MOST_POLICIES;
    if !has_room::<KeyRotationPolicy>(tx, ctx, most).await? {
        let problem =
            Problem::new(Code::LimitExceeded, "The environment has as many policies as it may have.");
        return Err(Error::refused(problem.with("maximumAllowed", most)));
    }
    documents::insert(tx, stored).await?;
    keys::begin(tx, ctx, stored.id, stored, prepared).await?;
    audit::record(tx, ctx, Event::new("KEY_ROTATION_POLICY.CREATED", Subject::of(stored))).await
}
