//! Keys with certificates and certificates of others: what the plain verbs do not cover.

use http::Method;
use postern_core::crypto::x509;
use postern_core::directory::application::Application;
use postern_core::directory::certificate::{
    CertificateMembers, CertificateUsage, KeyPair, TrustedCertificate,
};
use postern_core::entity::Stored;
use postern_core::ids::{CertificateId, KeyPairId};
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_core::schema::Declared;
use postern_engine::audit::{self, Event, Subject};
use postern_engine::{Ctx, Error, Result, certificates};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::crud;
use super::resource::Resource;
use super::resources::application::Applications;
use super::resources::certificate::{Certificates, is_trusted};
use super::resources::key_pair::{Keys, is_used};
use crate::web::hal::{self, Links};
use crate::web::multipart::Parts;
use crate::web::{Call, Failure, Media, Reply, Route, hashing};

const READ: Permission = Permission::Read(Area::Keys);
const WRITE: Permission = Permission::Write(Area::Keys);
const KEY_APPLICATIONS: &str = "/v1/environments/{envID}/keys/{keyID}/applications";
const REQUEST: &str = "/v1/environments/{envID}/keys/{keyID}/csr";
const CERTIFICATE_APPLICATIONS: &str = "/v1/environments/{envID}/certificates/{certID}/applications";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let keys = [
        Route::new(Method::POST, Keys::PATH, "Create key", create).needs(WRITE).body(KeyPair::schema()),
        Route::new(Method::GET, Keys::ITEM, "Read one key", read_key).needs(READ),
        Route::new(Method::GET, KEY_APPLICATIONS, "Read all applications of a key", key_applications)
            .needs(Permission::Read(Area::Applications)),
        Route::new(Method::GET, REQUEST, "Export certificate signing request", request).needs(READ),
        Route::new(Method::POST, REQUEST, "Import answer to certificate signing request", answer)
            .media(Media::Multipart)
            .status(200)
            .needs(WRITE),
    ];
    let certificates = [
        Route::new(Method::POST, Certificates::PATH, "Create certificate", import)
            .media(Media::Multipart)
            .status(202)
            .needs(WRITE),
        Route::new(Method::GET, Certificates::ITEM, "Read one certificate", read_certificate).needs(READ),
        Route::new(
            Method::GET,
            CERTIFICATE_APPLICATIONS,
            "Read all applications of a certificate",
            certificate_applications,
        )
        .needs(Permission::Read(Area::Applications)),
    ];
    let keys = keys.into_iter().map(|route| route.group(Keys::GROUP));
    let certificates = certificates.into_iter().map(|route| route.group(Certificates::GROUP));
    crud::routes::<Keys>()
        .into_iter()
        .chain(keys)
        .chain(crud::routes::<Certificates>())
        .chain(certificates)
        .collect()
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let sent = call.object()?;
    let (ctx, id) = (call.ctx.clone(), KeyPairId::new(&call.ctx.random));
    let made = hashing::run(&call.app, move || certificates::make(&ctx, id, &sent)).await??;
    let stored = Stored::new(call.ctx.environment, id, call.ctx.now, made);
    call.app.write(&call.ctx, stored.clone(), |tx, ctx, stored| Box::pin(keep_key(tx, ctx, stored))).await?;
    Ok(Reply::created(&crud::render::<Keys>(&call.ctx, &call.params, &stored)))
}

async fn keep_key(tx: &mut Tx, ctx: &Ctx, stored: &Stored<KeyPair>) -> Result<()> {
    certificates::hand_over_default(tx, ctx, stored).await?;
    documents::insert(tx, stored).await?;
    audit::record(tx, ctx, Event::new("KEY.CREATED", Subject::of(stored))).await
}

async fn read_key(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let stored = crud::find::<Keys>(&mut tx, &call.ctx, &call.params).await?;
    drop(tx);
    Ok(match exported(&call, &stored.members)? {
        Some(reply) => reply,
        None => Reply::ok(&crud::render::<Keys>(&call.ctx, &call.params, &stored)),
    })
}

async fn read_certificate(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let stored = crud::find::<Certificates>(&mut tx, &call.ctx, &call.params).await?;
    drop(tx);
    Ok(match exported(&call, &stored.members)? {
        Some(reply) => reply,
        None => Reply::ok(&crud::render::<Certificates>(&call.ctx, &call.params, &stored)),
    })
}

/// The certificate itself, where the request wants that instead of the record.
fn exported(call: &Call, members: &CertificateMembers) -> Result<Option<Reply>> {
    const PEM: &str = "application/x-x509-ca-cert";
    const PKCS7: &str = "application/x-pkcs7-certificates";
    let accept = call.header("accept").unwrap_or_default().to_ascii_lowercase();
    if !accept.contains(PEM) && !accept.contains(PKCS7) {
        return Ok(None);
    }
    let der = data_encoding::BASE64.decode(members.certificate.as_bytes()).map_err(Error::internal)?;
    Ok(Some(if accept.contains(PEM) {
        Reply::bytes(200, PEM, x509::pem("CERTIFICATE", &der).into_bytes())
    } else {
        Reply::bytes(200, PKCS7, x509::pem("PKCS7", &x509::bundle(&der)).into_bytes())
    }))
}

async fn request(call: Call) -> Result<Reply, Failure> {
    const PKCS10: &str = "application/pkcs10";
    const PEM: &str = "application/x-pem-file";
    let mut tx = call.app.read().await?;
    let stored = crud::find::<Keys>(&mut tx, &call.ctx, &call.params).await?;
    drop(tx);
    let pem = x509::pem("CERTIFICATE REQUEST", &certificates::request(&call.ctx, &stored)?);
    let accept = call.header("accept").unwrap_or_default().to_ascii_lowercase();
    let kind = if accept.contains(PEM) { PEM } else { PKCS10 };
    Ok(Reply::bytes(200, kind, pem.into_bytes()))
}

async fn answer(call: Call) -> Result<Reply, Failure> {
    let parts = Parts::of(&call)?;
    let file = parts.bytes("file").ok_or_else(|| Error::invalid(Problem::required("file")))?.to_vec();
    let id: KeyPairId = call.id("keyID")?;
    let stored = call
        .app
        .write(&call.ctx, (id, file), |tx, ctx, (id, file)| Box::pin(certify(tx, ctx, *id, file)))
        .await?;
    Ok(Reply::ok(&crud::render::<Keys>(&call.ctx, &call.params, &stored)))
}

async fn certify(tx: &mut Tx, ctx: &Ctx, id: KeyPairId, file: &[u8]) -> Result<Stored<KeyPair>> {
    let found = documents::find_locked::<KeyPair>(tx, ctx.environment, id).await?;
    let mut key = found.ok_or(Error::NotFound("key"))?;
    certificates::certify(&mut key, file)?;
    documents::update(tx, &mut key, ctx.now).await?;
    audit::record(tx, ctx, Event::new("KEY.UPDATED", Subject::of(&key))).await?;
    Ok(key)
}

async fn import(call: Call) -> Result<Reply, Failure> {
    let parts = Parts::of(&call)?;
    let file = parts.bytes("file").ok_or_else(|| Error::invalid(Problem::required("file")))?;
    let usage = parts.text("usageType").ok_or_else(|| Error::invalid(Problem::required("usageType")))?;
    let usage = CertificateUsage::from_word(usage)
        .ok_or_else(|| Error::invalid(Problem::not_allowed("usageType", CertificateUsage::WORDS)))?;
    let (facts, der) = certificates::imported(file)?;
    let mut members = certificates::facts(&facts, &der);
    members.insert("usageType".to_owned(), json!(usage));
    let body: TrustedCertificate = serde_json::from_value(Value::Object(members)).map_err(Error::internal)?;
    let id = CertificateId::new(&call.ctx.random);
    let stored = Stored::new(call.ctx.environment, id, call.ctx.now, body);
    call.app
        .write(&call.ctx, stored.clone(), |tx, ctx, stored| {
            Box::pin(async move {
                documents::insert(tx, stored).await?;
                audit::record(tx, ctx, Event::new("CERTIFICATE.CREATED", Subject::of(stored))).await
            })
        })
        .await?;
    let shown = crud::render::<Certificates>(&call.ctx, &call.params, &stored);
    Ok(Reply::json(202, &shown))
}

async fn key_applications(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let id = crud::find::<Keys>(&mut tx, &call.ctx, &call.params).await?.id.to_string();
    let found =
        certificates::applications(&mut tx, &call.ctx, |application| is_used(application, &id)).await?;
    drop(tx);
    Ok(applications(&call, KEY_APPLICATIONS, &found))
}

async fn certificate_applications(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let id = crud::find::<Certificates>(&mut tx, &call.ctx, &call.params).await?.id.to_string();
    let found =
        certificates::applications(&mut tx, &call.ctx, |application| is_trusted(application, &id)).await?;
    drop(tx);
    Ok(applications(&call, CERTIFICATE_APPLICATIONS, &found))
}

fn applications(call: &Call, path: &str, found: &[Stored<Application>]) -> Reply {
    let own = crud::address(&call.ctx, path, &call.params);
    let items: Vec<Value> =
        found.iter().map(|one| crud::render::<Applications>(&call.ctx, &call.params, one)).collect();
    let count = i64::try_from(items.len()).ok();
    Reply::ok(&hal::collection(Links::to(&own), "applications", items, count))
}
