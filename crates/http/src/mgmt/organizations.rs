//! The caller's organization, its licence and what they allow (platform contract 5.3).

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::license::{self, license_body};
use postern_core::directory::organization::Organization;
use postern_core::entity::Stored;
use postern_core::ids::{EnvironmentId, LicenseId, OrganizationId};
use postern_core::permission::{Area, Permission, Verb};
use postern_core::schema::{Object, object, text};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::caller::Access;
use postern_engine::environments::PLATFORM;
use postern_engine::{Ctx, Error, provision};
use postern_store::documents;
use serde_json::{Map, Value, json};

use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const COLLECTION: &str = "/v1/organizations";
const ITEM: &str = "/v1/organizations/{organizationID}";
const LICENSES: &str = "/v1/organizations/{organizationID}/licenses";
const LICENSE: &str = "/v1/organizations/{organizationID}/licenses/{licenseID}";

const LICENSE_NAME: &str = "/v1/organizations/{organizationID}/licenses/{licenseID}/name";
const CAPABILITIES: &str = "/v1/organizations/{organizationID}/capabilities";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, COLLECTION, "Read all organizations", list).needs_token(),
        Route::new(Method::GET, ITEM, "Read one organization", read).needs_token(),
        Route::new(Method::GET, LICENSES, "Read all licenses", list_licenses).needs_token(),
        Route::new(Method::GET, LICENSE, "Read one license", read_license).needs_token(),
        Route::new(Method::GET, LICENSE_NAME, "Read license name", read_license_name).needs_token(),
        Route::new(Method::PUT, LICENSE_NAME, "Update license name", rename_license)
            .needs_token()
            .body(license_name()),
        Route::new(Method::GET, CAPABILITIES, "Read organization capabilities", read_capabilities)
            .needs_token(),
    ];
    routes.into_iter().map(|route| route.group("Organizations")).collect()
}

/// The caller's organization, which must be the one of the path if the path names one.
async fn own(call: &Call) -> Result<Stored<Organization>, Failure> {
    let home = call.app.environments.home(call.app.db(), &call.ctx).await?;
    if call.param("organizationID").is_some() && call.id::<OrganizationId>("organizationID")? != home {
        return Err(Error::NotFound("organization").into());
    }
    let mut tx = call.app.read().await?;
    let found = documents::find::<Organization>(&mut tx, PLATFORM, home).await?;
    Ok(found.ok_or(Error::NotFound("organization"))?)
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let organization = own(&call).await?;
    let links = Links::to(&format!("{}/organizations", call.ctx.urls.api));
    Ok(Reply::ok(&hal::collection(links, "organizations", vec![render(&call, &organization)], Some(1))))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let organization = own(&call).await?;
    Ok(Reply::ok(&render(&call, &organization)))
}

fn render(call: &Call, organization: &Stored<Organization>) -> Value {
    let own = format!("{}/organizations/{}", call.ctx.urls.api, organization.id);
    let links = Links::to(&own)
        .link("licenses", &format!("{own}/licenses"))
        .link("environments", &format!("{}/environments", call.ctx.urls.api));
    let members = Map::from_iter([
        ("id".to_owned(), json!(organization.id)),
        ("name".to_owned(), json!(organization.name)),
        ("type".to_owned(), json!("PAID")),
        ("createdAt".to_owned(), json!(organization.created_at)),
        ("updatedAt".to_owned(), json!(organization.updated_at)),
    ]);
    hal::resource(links, members)
}

async fn list_licenses(call: Call) -> Result<Reply, Failure> {
    let organization = own(&call).await?;
    let links = Links::to(&format!("{}/organizations/{}/licenses", call.ctx.urls.api, organization.id));
    Ok(Reply::ok(&hal::collection(links, "licenses", vec![render_license(&call, &organization)], Some(1))))
}

async fn read_license(call: Call) -> Result<Reply, Failure> {
    let organization = own(&call).await?;
    if call.id::<LicenseId>("licenseID")? != provision::license_of(organization.id) {
        return Err(Error::NotFound("license").into());
    }
    Ok(Reply::ok(&render_license(&call, &organization)))
}

/// The organization of a licence that is its own.
async fn licensed(call: &Call) -> Result<Stored<Organization>, Failure> {
    let organization = own(call).await?;
    if call.id::<LicenseId>("licenseID")? == provision::license_of(organization.id) {
        Ok(organization)
    } else {
        Err(Error::NotFound("license").into())
    }
}

fn license_name() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![text("name").required().max(256)]));
    &BODY
}

async fn read_license_name(call: Call) -> Result<Reply, Failure> {
    let organization = licensed(&call).await?;
    Ok(Reply::ok(&json!({ "name": name_of_license(&organization) })))
}

async fn rename_license(call: Call) -> Result<Reply, Failure> {
    const WRITE: Permission = Permission::Write(Area::Organizations);
    let organization = licensed(&call).await?.id;
    let caller = &call.ctx.caller;
    if caller.access(WRITE, Verb::Update, EnvironmentId::NIL, organization, None) != Access::Granted {
        return Err(Error::Denied.into());
    }
    let checked = license_name().check(&call.object()?, None).map_err(Error::Invalid)?;
    let name = checked.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let ctx = Ctx { environment: PLATFORM, organization, ..call.ctx.clone() };
    let renamed = call
        .app
        .write(&ctx, name, |tx, ctx, name| {
            Box::pin(async move {
                let found = documents::find_locked::<Organization>(tx, PLATFORM, ctx.organization).await?;
                let mut organization = found.ok_or(Error::NotFound("organization"))?;
                organization.body.license_name = Some(name.clone());
                documents::update(tx, &mut organization, ctx.now).await?;
                audit::record(tx, ctx, Event::new("LICENSE.UPDATED", Subject::of(&organization))).await?;
                Ok::<_, Error>(organization)
            })
        })
        .await?;
    Ok(Reply::ok(&json!({ "name": name_of_license(&renamed) })))
}

fn name_of_license(organization: &Organization) -> &str {
    organization.license_name.as_deref().unwrap_or(license::LICENSE_NAME)
}

/// What the licence and this server allow, in the words of PingOne.
async fn read_capabilities(call: Call) -> Result<Reply, Failure> {
    let organization = own(&call).await?;
    let license = license_body();
    let links = Links::to(&format!("{}/organizations/{}/capabilities", call.ctx.urls.api, organization.id));
    let members = Map::from_iter([
        ("organizationId".to_owned(), json!(organization.id)),
        ("canUsePlatform".to_owned(), json!(true)),
        ("canCreateEnvironment".to_owned(), json!(true)),
        ("canCreateEphemeralTrialLicenses".to_owned(), json!(false)),
        ("canContactSupport".to_owned(), json!(false)),
        (
            "assignableLicenses".to_owned(),
            json!([{
                "id": provision::license_of(organization.id),
                "name": name_of_license(&organization),
                "beginsAt": organization.created_at,
                "allowProduction": true,
                "supportedRegions": license.pointer("/environments/regions"),
            }]),
        ),
    ]);
    Ok(Reply::ok(&hal::resource(links, members)))
}

fn render_license(call: &Call, organization: &Stored<Organization>) -> Value {
    let owner = format!("{}/organizations/{}", call.ctx.urls.api, organization.id);
    let id = provision::license_of(organization.id);
    let links = Links::to(&format!("{owner}/licenses/{id}")).link("organization", &owner);
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("organization".to_owned(), json!({ "id": organization.id })),
        ("beginsAt".to_owned(), json!(organization.created_at)),
    ]);
    if let Value::Object(body) = license_body() {
        members.extend(body);
    }
    members.insert("name".to_owned(), json!(name_of_license(organization)));
    hal::resource(links, members)
}
