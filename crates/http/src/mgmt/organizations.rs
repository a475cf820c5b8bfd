//! The caller's organization and its licence: read only (platform contract 5.3).

use http::Method;
use postern_core::directory::license::license_body;
use postern_core::directory::organization::Organization;
use postern_core::entity::Stored;
use postern_core::ids::{LicenseId, OrganizationId};
use postern_engine::environments::PLATFORM;
use postern_engine::{Error, provision};
use postern_store::documents;
use serde_json::{Map, Value, json};

use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const COLLECTION: &str = "/v1/organizations";
const ITEM: &str = "/v1/organizations/{organizationID}";
const LICENSES: &str = "/v1/organizations/{organizationID}/licenses";
const LICENSE: &str = "/v1/organizations/{organizationID}/licenses/{licenseID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, COLLECTION, "Read all organizations", list).needs_token(),
        Route::new(Method::GET, ITEM, "Read one organization", read).needs_token(),
        Route::new(Method::GET, LICENSES, "Read all licenses", list_licenses).needs_token(),
        Route::new(Method::GET, LICENSE, "Read one license", read_license).needs_token(),
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
        ("type".to_owned(), json!("EXTERNAL")),
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
    hal::resource(links, members)
}
