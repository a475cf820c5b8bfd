//! Makes of authenticators: `/v1/environments/{envID}/fidoDevicesMetadata` (MFA contract 4.3).
//!
//! Not a plain resource: the list holds published makes too, and items are
//! named by `mdsIdentifier`.

use http::Method;
use postern_core::entity::Stored;
use postern_core::fido::{CustomAuthenticator, Entry};
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::{Ctx, Error, authenticators};
use serde_json::{Map, Value, json};

use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const COLLECTION: &str = "/v1/environments/{envID}/fidoDevicesMetadata";
const ITEM: &str = "/v1/environments/{envID}/fidoDevicesMetadata/{fidoDeviceID}";
const READ: Permission = Permission::Read(Area::Fido2Policies);
const WRITE: Permission = Permission::Write(Area::Fido2Policies);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, COLLECTION, "Read all FIDO devices metadata", list).needs(READ),
        Route::new(Method::POST, COLLECTION, "Add FIDO device metadata", create)
            .needs(WRITE)
            .body(CustomAuthenticator::schema()),
        Route::new(Method::GET, ITEM, "Read one FIDO device metadata", read).needs(READ),
        Route::new(Method::DELETE, ITEM, "Delete FIDO device metadata", delete).needs(WRITE),
    ]
    .into_iter()
    .map(|route| route.group("FIDO devices metadata"))
    .collect()
}

/// Those that were added come first; a published one of the same name is hidden by them.
async fn list(call: Call) -> Result<Reply, Failure> {
    let ctx = &call.ctx;
    let mut tx = call.app.read().await?;
    let added = authenticators::added(&mut tx, ctx).await?;
    drop(tx);
    let names: Vec<String> = added.iter().map(|one| one.identifier()).collect();
    let published = ctx.authenticators.entries().iter().filter(|entry| !names.contains(&entry.identifier));
    let items: Vec<Value> = added
        .iter()
        .map(|one| show_added(ctx, one))
        .chain(published.map(|entry| show_published(ctx, entry)))
        .collect();
    let count = i64::try_from(items.len()).ok();
    Ok(Reply::ok(&hal::collection(Links::to(&collection(ctx)), "fidoDevicesMetadata", items, count)))
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let sent = call.object()?;
    let made =
        call.app.write(&call.ctx, sent, |tx, ctx, sent| Box::pin(authenticators::add(tx, ctx, sent))).await?;
    Ok(Reply::created(&show_added(&call.ctx, &made)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let identifier = call.param("fidoDeviceID").unwrap_or_default();
    let mut tx = call.app.read().await?;
    let added = authenticators::find(&mut tx, &call.ctx, identifier).await?;
    drop(tx);
    let shown = match &added {
        Some(one) => Some(show_added(&call.ctx, one)),
        None => call.ctx.authenticators.find(identifier).map(|entry| show_published(&call.ctx, entry)),
    };
    Ok(Reply::ok(&shown.ok_or(Error::NotFound("authenticator"))?))
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    let identifier = call.param("fidoDeviceID").unwrap_or_default().to_owned();
    call.app
        .write(&call.ctx, identifier, |tx, ctx, identifier| {
            Box::pin(authenticators::remove(tx, ctx, identifier))
        })
        .await?;
    Ok(Reply::no_content())
}

fn collection(ctx: &Ctx) -> String {
    format!("{}/environments/{}/fidoDevicesMetadata", ctx.urls.api, ctx.environment)
}

fn show_added(ctx: &Ctx, one: &Stored<CustomAuthenticator>) -> Value {
    let identifiers = one.attestation_certificate_key_identifiers.clone().unwrap_or_default();
    let mut all = named(ctx, &one.identifier(), one.aaguid, &identifiers);
    all.insert("metadataStatement".to_owned(), Value::Object(one.metadata_statement.clone()));
    all.insert("createdAt".to_owned(), json!(one.created_at));
    all.insert("updatedAt".to_owned(), json!(one.updated_at));
    hal::resource(links(ctx, &one.identifier()), all)
}

fn show_published(ctx: &Ctx, entry: &Entry) -> Value {
    let mut all = named(ctx, &entry.identifier, entry.aaguid, &entry.key_identifiers);
    all.insert("metadataStatement".to_owned(), Value::Object(entry.statement.clone()));
    let reports: Vec<Value> = entry.statuses.iter().map(|status| json!({ "status": status })).collect();
    all.insert("statusReports".to_owned(), json!(reports));
    hal::resource(links(ctx, &entry.identifier), all)
}

fn links(ctx: &Ctx, identifier: &str) -> Links {
    Links::to(&format!("{}/{identifier}", collection(ctx)))
        .link("environment", &format!("{}/environments/{}", ctx.urls.api, ctx.environment))
}

fn named(ctx: &Ctx, identifier: &str, aaguid: Option<uuid::Uuid>, keys: &[String]) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("mdsIdentifier".to_owned(), json!(identifier));
    all.insert("environment".to_owned(), json!({ "id": ctx.environment }));
    match aaguid {
        Some(aaguid) => all.insert("aaguid".to_owned(), json!(aaguid)),
        None => all.insert("attestationCertificateKeyIdentifiers".to_owned(), json!(keys)),
    };
    all
}
