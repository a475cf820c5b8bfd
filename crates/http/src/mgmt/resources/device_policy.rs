//! Device authentication policies, also called MFA policies.

use http::Method;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::notification_policy::NotificationPolicy;
use postern_core::policy::sign_on_action::SignOnAction;
use postern_core::policy::{DevicePolicy, Fido2Policy};
use postern_core::problem::{Code, Problem};
use postern_engine::references::{constraint, default_of, hand_over_default, must_exist};
use postern_engine::{Ctx, Error, fido2_policies};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::crud;
use crate::mgmt::resource::{Change, Counted, Hook, Resource};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Media, Reply, Route};

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
            fido2_policies::check_reference(tx, ctx, &change.new).await?;
            if let Some(id) = change.new.notifications_policy.id {
                must_exist::<NotificationPolicy>(tx, ctx, id, "notificationsPolicy.id").await?;
            }
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

    /// The links, with one to the FIDO2 policy that counts: the one that is named, or the environment's default.
    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<DevicePolicy>]) -> Counted<'t> {
        Box::pin(async move {
            let default = default_of::<Fido2Policy>(tx, ctx).await?.map(|policy| policy.id);
            let environment = crud::environment_address(ctx, ctx.environment);
            let links = |policy: &Stored<DevicePolicy>| {
                let own = format!("{environment}/deviceAuthenticationPolicies/{}", policy.id);
                let links = Links::to(&own).link("environment", &environment);
                let named = policy.fido2.as_ref().and_then(|fido2| fido2.fido2_policy_id);
                let links = match named.or(default) {
                    Some(id) => links.link("fido2", &format!("{environment}/fido2Policies/{id}")),
                    None => links,
                };
                Map::from_iter([("_links".to_owned(), links.into_value())])
            };
            Ok(shown.iter().map(links).collect())
        })
    }
}

/// The routes: the plain ones, and the move to FIDO2.
#[must_use]
pub fn routes() -> Vec<Route> {
    type R = DevicePolicies;
    let migrate = Route::new(Method::POST, R::PATH, "Migrate MFA device policies to FIDO2", migrate)
        .media(Media::Action("deviceAuthenticationPolicy.fido2.migrate"))
        .needs(R::WRITE)
        .body(fido2_policies::migration_schema())
        .group(R::GROUP);
    let mut routes = crud::routes::<R>();
    routes.push(migrate);
    routes
}

async fn migrate(call: Call) -> Result<Reply, Failure> {
    type R = DevicePolicies;
    let sent = call.object()?;
    let (policies, counted) = call
        .app
        .write(&call.ctx, sent, |tx, ctx, sent| {
            Box::pin(async move {
                let policies = fido2_policies::migrate(tx, ctx, sent).await?;
                let counted = R::counted(tx, ctx, &policies).await?;
                Ok::<_, Error>((policies, counted))
            })
        })
        .await?;
    call.app.forget_access(call.ctx.environment);
    let shown = |(policy, more): (&Stored<DevicePolicy>, Map<String, Value>)| {
        let mut shown = crud::render::<R>(&call.ctx, &call.params, policy);
        if let Some(members) = shown.as_object_mut() {
            members.extend(more);
        }
        shown
    };
    let items: Vec<Value> = policies.iter().zip(counted).map(shown).collect();
    let count = i64::try_from(items.len()).ok();
    let own = crud::address(&call.ctx, R::PATH, &call.params);
    Ok(Reply::ok(&hal::collection(Links::to(&own), R::EMBEDDED, items, count)))
}
