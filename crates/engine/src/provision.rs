//! What a new environment has from the start, and the first environment of all.
//!
//! Signing keys take a noticeable time to make, so the door prepares them before
//! the transaction ([`crate::keys::prepare`]).

use postern_core::directory::application::Application;
use postern_core::directory::environment::Environment;
use postern_core::directory::key_rotation_policy::KeyRotationPolicy;
use postern_core::directory::organization::Organization;
use postern_core::directory::population::Population;
use postern_core::directory::reference::Reference;
use postern_core::directory::resource::Resource;
use postern_core::directory::role::{BUILT_IN_ROLES, RoleScopeType};
use postern_core::directory::role_assignment::RoleScope;
use postern_core::directory::scope::{OPENID_SCOPES, Scope};
use postern_core::entity::{Entity, Stored};
use postern_core::experience::language::Language;
use postern_core::experience::theme::Theme;
use postern_core::ids::{ApplicationId, EnvironmentId, Id, LicenseId, OrganizationId};
use postern_core::password::policy::PasswordPolicy;
use postern_core::permission::OWN_SCOPES;
use postern_core::policy::notification_policy::NotificationPolicy;
use postern_core::policy::sign_on::SignOnPolicy;
use postern_core::policy::sign_on_action::SignOnAction;
use postern_core::policy::{DevicePolicy, Fido2Policy};
use postern_core::schema::Declared;
use postern_core::secret::Secret;
use postern_store::documents::{self, Condition, Document, Select};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::clients::{self, Owner};
use crate::environments::PLATFORM;
use crate::keys::{self, Prepared};
use crate::{Ctx, Error, Result, built_in_claims, roles};

/// The first environment of a fresh database.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Name of the organization.
    pub organization: String,
    /// Body of the environment, as for `POST /environments`.
    pub environment: Value,
    /// Whether the default MFA policy has SMS, voice and e-mail on, as developers want.
    pub development: bool,
    /// Its first signing key, prepared for the environment of the context.
    pub key: Prepared,
}

/// What was made, and how to get in.
#[derive(Debug, Clone)]
pub struct Provisioned {
    /// The organization.
    pub organization: OrganizationId,
    /// The environment.
    pub environment: EnvironmentId,
    /// The worker application; its id is its client id.
    pub application: ApplicationId,
    /// The worker's client secret.
    pub secret: Secret,
}

/// The name of the worker application that [`platform`] makes.
pub const WORKER_NAME: &str = "Administration worker";

/// Makes the organization, its first environment (whose id is that of the context) and a worker with all roles.
///
/// # Errors
/// [`Error::Refused`] when there is an organization already; every problem of the environment's body.
pub async fn platform(tx: &mut Tx, ctx: &Ctx, wanted: &Platform) -> Result<Provisioned> {
    let above = Ctx { environment: PLATFORM, ..ctx.clone() };
    if first::<Organization>(tx, PLATFORM).await?.is_some() {
        let problem = postern_core::problem::Problem::new(
            postern_core::problem::Code::ConstraintViolation,
            "This database has an organization already.",
        );
        return Err(Error::refused(problem));
    }
    let organization = OrganizationId::new(&ctx.random);
    let body = json!({ "name": wanted.organization });
    make_as::<Organization>(tx, &above, organization, &body, &[]).await?;
    let ctx = Ctx { organization, ..ctx.clone() };
    environment(tx, &ctx, &wanted.environment, wanted.development, &wanted.key).await?;

    let worker = json!({
        "name": WORKER_NAME, "description": "Made at the first start, with every role.", "enabled": true, "type": "WORKER",
        "protocol": "OPENID_CONNECT", "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
    });
    let worker = make::<Application>(tx, &ctx, &worker, &[]).await?;
    built_in_claims::of_application(tx, &ctx, &worker).await?;
    let application = worker.id;
    let secret = clients::create_secret(tx, &ctx, Owner::Application(application)).await?;
    for role in BUILT_IN_ROLES {
        let scope = if role.applicable_to.contains(&RoleScopeType::Organization) {
            RoleScope { id: organization.uuid(), kind: RoleScopeType::Organization }
        } else {
            RoleScope { id: ctx.environment.uuid(), kind: RoleScopeType::Environment }
        };
        roles::assign(tx, &ctx, application, role.id(), scope, false).await?;
    }
    Ok(Provisioned { organization, environment: ctx.environment, application, secret })
}

/// What [`platform`] made on an earlier start.
///
/// # Errors
/// Those of the database.
pub async fn find_platform(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Provisioned>> {
    let Some(organization) = first::<Organization>(tx, PLATFORM).await? else { return Ok(None) };
    let Some(environment) = first::<Environment>(tx, PLATFORM).await? else { return Ok(None) };
    let name = postern_core::filter::fold(WORKER_NAME);
    let worker = documents::find_by::<Application>(tx, environment.id, "name_key", name.into()).await?;
    let Some(worker) = worker else { return Ok(None) };
    let at_home = Ctx { environment: environment.id, organization: organization.id, ..ctx.clone() };
    let secrets = clients::read_secret(tx, &at_home, Owner::Application(worker.id)).await?;
    Ok(secrets.map(|secrets| Provisioned {
        organization: organization.id,
        environment: environment.id,
        application: worker.id,
        secret: secrets.current,
    }))
}

/// Makes an environment, whose id is that of the context, with everything a new one has.
///
/// # Errors
/// Every problem of the body.
pub async fn environment(
    tx: &mut Tx,
    ctx: &Ctx,
    sent: &Value,
    development: bool,
    key: &Prepared,
) -> Result<Stored<Environment>> {
    let owned = [("organization", Reference::wire(ctx.organization))];
    let mut with_license = sent.clone();
    if let Some(members) = with_license.as_object_mut() {
        members.insert("license".to_owned(), Reference::wire(license_of(ctx.organization)));
    }
    let (mut environment, _) = Environment::read(&with_license, None, &owned).map_err(Error::Invalid)?;
    environment.bill_of_materials.fill_ids(&ctx.random);
    let environment = Stored::new(PLATFORM, ctx.environment, ctx.now, environment);
    documents::insert(tx, &environment).await?;
    let password_policy = PasswordPolicy { default: true, ..PasswordPolicy::standard() };
    keep(tx, ctx, password_policy).await?;
    make::<Population>(
        tx,
        ctx,
        &json!({ "name": "Default", "default": true, "description": "Users without another population" }),
        &[],
    )
    .await?;
    let policy =
        if development { DevicePolicy::development_default() } else { DevicePolicy::initial_default() };
    keep(tx, ctx, policy).await?;
    keep(tx, ctx, Fido2Policy::initial_at(&ctx.urls.auth)).await?;
    keep(tx, ctx, NotificationPolicy::initial()).await?;
    let theme = Theme::initial_id(ctx.environment);
    documents::insert(tx, &Stored::new(ctx.environment, theme, ctx.now, Theme::initial())).await?;
    for language in Language::initial() {
        keep(tx, ctx, language).await?;
    }
    sign_on_policies(tx, ctx).await?;
    resources(tx, ctx).await?;
    keys::add(tx, ctx, key).await?;
    keep(tx, ctx, KeyRotationPolicy::initial()).await?;
    Ok(environment)
}

/// The licence of an organization: there is one, and it allows everything.
#[must_use]
pub fn license_of(organization: OrganizationId) -> LicenseId {
    LicenseId::from_uuid(organization.uuid())
}

async fn sign_on_policies(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let single = json!({ "name": "Single_Factor", "description": "User name and password" });
    let multi = json!({ "name": "Multi_Factor", "description": "User name, password and a second factor" });
    let (single, _) = SignOnPolicy::read(&single, None, &[]).map_err(Error::Invalid)?;
    let single = keep(tx, ctx, SignOnPolicy { default: true, ..single }).await?;
    let multi = make::<SignOnPolicy>(tx, ctx, &multi, &[]).await?;
    let login = json!({ "type": "LOGIN", "priority": 1 });
    let mfa = json!({ "type": "MULTI_FACTOR_AUTHENTICATION", "priority": 10, "noDevicesMode": "BLOCK",
        "sms": { "enabled": true }, "voice": { "enabled": true }, "email": { "enabled": true } });
    for (policy, action) in [(single.id, &login), (multi.id, &login), (multi.id, &mfa)] {
        make::<SignOnAction>(tx, ctx, action, &[("signOnPolicy", Reference::wire(policy))]).await?;
    }
    Ok(())
}

async fn resources(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let openid = keep(tx, ctx, Resource::openid()).await?;
    built_in_claims::of_resource(tx, ctx, &openid).await?;
    let openid = openid.id;
    let api = keep(tx, ctx, Resource::pingone_api()).await?.id;
    let of_openid = OPENID_SCOPES.iter().map(|(name, description)| (openid, *name, *description));
    let of_api = OWN_SCOPES.iter().map(|scope| (api, scope.name, scope.description));
    for (resource, name, description) in of_openid.chain(of_api) {
        let scope = Scope {
            resource: Reference::to(resource),
            name: name.to_owned(),
            description: Some(description.to_owned()),
            schema_attributes: None,
            mapped_claims: None,
        };
        keep(tx, ctx, scope).await?;
    }
    Ok(())
}

async fn make<T: Document + Declared>(
    tx: &mut Tx,
    ctx: &Ctx,
    sent: &Value,
    owned: &[(&str, Value)],
) -> Result<Stored<T>> {
    make_as(tx, ctx, T::Id::from_uuid(ctx.random.uuid()), sent, owned).await
}

async fn make_as<T: Document + Declared>(
    tx: &mut Tx,
    ctx: &Ctx,
    id: <T as Entity>::Id,
    sent: &Value,
    owned: &[(&str, Value)],
) -> Result<Stored<T>> {
    let (body, _) = T::read(sent, None, owned).map_err(Error::Invalid)?;
    let stored = Stored::new(ctx.environment, id, ctx.now, body);
    documents::insert(tx, &stored).await?;
    Ok(stored)
}

async fn keep<T: Document>(tx: &mut Tx, ctx: &Ctx, body: T) -> Result<Stored<T>> {
    let stored = Stored::new(ctx.environment, T::Id::from_uuid(ctx.random.uuid()), ctx.now, body);
    documents::insert(tx, &stored).await?;
    Ok(stored)
}

async fn first<T: Document>(tx: &mut Tx, environment: EnvironmentId) -> Result<Option<Stored<T>>> {
    let select = Select { condition: Condition::Everything, after: None, limit: 1 };
    Ok(documents::list::<T>(tx, environment, &select).await?.pop())
}
