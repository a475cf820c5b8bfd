//! Pairing keys: made for a user, looked at, taken away (MFA contract 5.1). Their claim is in [`crate::phones`].

use postern_core::devices::pairing_key::{self, MOST_VALID, NewPairingKey, PairingKey, PairingKeyStatus};
use postern_core::directory::application::{Application, ApplicationType, MobileSettings};
use postern_core::directory::reference::Reference;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, PairingKeyId, UserId};
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_store::documents::{self, Condition, Op, Select};
use postern_store::sql::Tx;
use postern_store::tables::pairing_key as table;

use crate::audit::{self, Event, Subject};
use crate::references::constraint;
use crate::short_codes::{self, Kind};
use crate::{Ctx, Error, Result, device_policies, devices, mfa_settings, mobile_applications, roles};

/// Native applications that are looked through at most.
const MOST_APPLICATIONS: i64 = 200;

/// Makes a key.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] naming an application or policy that cannot be used;
/// [`Error::Refused`] with `LIMIT_EXCEEDED` beyond twenty valid keys.
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    wanted: &NewPairingKey,
) -> Result<Stored<PairingKey>> {
    documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    roles::may_control_user(tx, ctx, user).await?;
    let policy = device_policies::effective(tx, ctx, wanted.policy, "policy.id").await?;
    let applications = match wanted.applications.as_slice() {
        [] => every(tx, ctx, &policy).await?,
        named => these(tx, ctx, &policy, named).await?,
    };
    check_room(tx, ctx, user).await?;
    let life = applications
        .iter()
        .filter_map(|id| policy.mobile_rules(*id))
        .map(|rules| rules.pairing_key_life)
        .min()
        .unwrap_or(Span::minutes(10));
    let id = PairingKeyId::new(&ctx.random);
    let format = mfa_settings::load(tx, ctx).await?.pairing.pairing_key_format;
    let kind = Kind { generate: &|| pairing_key::generate(&ctx.random, format), digests };
    let (sealed, digest) = short_codes::draw::<PairingKey>(tx, ctx, &kind, &record(id)).await?;
    let expires_at = ctx.now.plus(life);
    let key = PairingKey {
        user,
        sealed,
        digest,
        status: PairingKeyStatus::Unclaimed,
        applications: applications.into_iter().map(Reference::to).collect(),
        policy: wanted.policy,
        device: None,
        failure: None,
        expires_at,
        forget_at: expires_at,
    };
    let key = Stored::new(ctx.environment, id, ctx.now, key);
    documents::insert(tx, &key).await?;
    let event = Event::new("PAIRING_KEY.CREATED", Subject::of(&key)).and(Subject::new::<User>(user));
    audit::record(tx, ctx, event).await?;
    Ok(key)
}

/// The named applications, each one that may be paired under the policy.
async fn these(
    tx: &mut Tx,
    ctx: &Ctx,
    policy: &DevicePolicy,
    named: &[ApplicationId],
) -> Result<Vec<ApplicationId>> {
    let mut problems = Vec::new();
    let mut found: Vec<ApplicationId> = Vec::new();
    for (place, id) in named.iter().enumerate() {
        let target = format!("applications[{place}].id");
        match mobile_applications::find(tx, ctx, *id, &target).await {
            Ok(_) if !pairs(policy, *id) => {
                problems.push(Problem::invalid(&target, "cannot be paired under the policy"));
            }
            Ok(_) if found.contains(id) => {}
            Ok(_) => found.push(*id),
            Err(Error::Invalid(more)) => problems.extend(more),
            Err(error) => return Err(error),
        }
    }
    Error::unless_empty(problems)?;
    Ok(found)
}

/// Every native application that pushes can reach and that may be paired under the policy.
async fn every(tx: &mut Tx, ctx: &Ctx, policy: &DevicePolicy) -> Result<Vec<ApplicationId>> {
    let native = Condition::equals("type", ApplicationType::NativeApp.as_str()).and(Condition::compare(
        "enabled",
        Op::Eq,
        1,
    ));
    let select = Select { condition: native, after: None, limit: MOST_APPLICATIONS };
    let mut found = Vec::new();
    for application in documents::list::<Application>(tx, ctx.environment, &select).await? {
        let named = application.mobile.as_ref().is_some_and(MobileSettings::is_named);
        if named
            && pairs(policy, application.id)
            && mobile_applications::has_credentials(tx, ctx, application.id).await?
        {
            found.push(application.id);
        }
    }
    if found.is_empty() {
        let text = "no native application with a bundle id or package name and push credentials can be paired under the policy";
        return Err(Error::invalid(Problem::invalid("applications", text)));
    }
    Ok(found)
}

fn pairs(policy: &DevicePolicy, application: ApplicationId) -> bool {
    policy.mobile_rules(application).is_some_and(|rules| rules.pairing)
}

/// One key of a user is made at a time, since the user is locked.
async fn check_room(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<()> {
    let valid = Condition::All(vec![
        Condition::equals("user_id", user),
        Condition::equals("status", PairingKeyStatus::Unclaimed.as_str()),
        Condition::compare("expires_at", Op::Gt, ctx.now),
    ]);
    if documents::count::<PairingKey>(tx, ctx.environment, &valid, MOST_VALID).await? < MOST_VALID {
        return Ok(());
    }
    Err(devices::limit("Maximum valid pairing keys has been reached", MOST_VALID))
}

/// The record with this key, whatever became of it.
pub(crate) async fn by_code(tx: &mut Tx, ctx: &Ctx, code: &str) -> Result<Option<Stored<PairingKey>>> {
    short_codes::find(tx, ctx, digests(ctx, code)).await
}

fn digests(ctx: &Ctx, code: &str) -> Vec<String> {
    pairing_key::digests(&ctx.keys, ctx.environment, code)
}

/// A key of a user.
///
/// # Errors
/// [`Error::NotFound`] when it is not there, somebody else's, or its time is over.
pub async fn get(tx: &mut Tx, ctx: &Ctx, user: UserId, id: PairingKeyId) -> Result<Stored<PairingKey>> {
    let found = documents::find::<PairingKey>(tx, ctx.environment, id).await?;
    found.filter(|key| key.user == user && key.visible(ctx.now)).ok_or(Error::NotFound("pairing key"))
}

/// What the user types or scans.
///
/// # Errors
/// [`Error::Internal`] when no master key opens it.
pub fn code(ctx: &Ctx, key: &Stored<PairingKey>) -> Result<Secret> {
    short_codes::open(ctx, &record(key.id), &key.sealed)
}

fn record(id: PairingKeyId) -> String {
    format!("pairing_key/{id}")
}

/// Takes a key away that nobody has claimed.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] with `CONSTRAINT_VIOLATION` when something became of it.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, user: UserId, id: PairingKeyId) -> Result<()> {
    let key = get(tx, ctx, user, id).await?;
    if key.status != PairingKeyStatus::Unclaimed {
        return Err(constraint("Only a pairing key that was not claimed can be deleted"));
    }
    documents::remove(tx, &key).await?;
    let event = Event::new("PAIRING_KEY.DELETED", Subject::of(&key)).and(Subject::new::<User>(user));
    audit::record(tx, ctx, event).await
}

/// Removes keys of all environments whose time is over, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub(crate) async fn sweep(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<u64> {
    Ok(table::sweep(tx, ctx.now, limit).await?)
}
