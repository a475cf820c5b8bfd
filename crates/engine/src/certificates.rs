//! Keys with certificates, and certificates of others: made, sealed, used.
//!
//! Tokens are not signed with them: that is what signing keys are for ([`crate::keys`]). They are for protocols that
//! are kept and not served, for requests to certification authorities, and for export.

use postern_core::crypto::keyring::SealContext;
use postern_core::crypto::x509::{
    self, CertificateError, CertificateFacts, MadeKey, WantedKey, is_distinguished_name,
};
use postern_core::directory::application::Application;
use postern_core::directory::certificate::{CertificateUsage, KeyPair, TrustedCertificate, unsupported};
use postern_core::directory::key_rotation_policy::KeyRotationPolicy;
use postern_core::entity::Stored;
use postern_core::ids::KeyPairId;
use postern_core::problem::Problem;
use postern_core::schema::Declared;
use postern_core::secret::{Sealed, Secret};
use postern_core::time::Span;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::{Db, Tx};
use serde_json::{Map, Value, json};

use crate::identity_providers::must_be_there;
use crate::references::{must_exist, one_at_a_time};
use crate::resealing::{PAGE, Resealed};
use crate::{Ctx, Error, Result};

/// Most records that are looked through for references.
const LIMIT: i64 = 10_000;

/// Makes the key that a body wants. It takes a while: never inside a transaction.
///
/// # Errors
/// Every problem of the body; [`Error::Internal`] when the library fails.
pub fn make(ctx: &Ctx, id: KeyPairId, sent: &Value) -> Result<KeyPair> {
    let checked = KeyPair::schema().check(sent, None).map_err(Error::Invalid)?;
    let wanted = wanted(ctx, &checked)?;
    let made = x509::make(&wanted).map_err(refused)?;
    let owned = [
        ("issuerDN", json!(wanted.issuer.as_ref().unwrap_or(&wanted.subject))),
        ("serialNumber", json!(wanted.serial)),
        ("startsAt", json!(wanted.starts_at)),
        ("expiresAt", json!(wanted.expires_at)),
        ("certificate", json!(data_encoding::BASE64.encode(&made.certificate))),
        ("private", json!(seal(ctx, id, &made))),
    ];
    let (key, _) = KeyPair::read(sent, None, &owned).map_err(Error::Invalid)?;
    Ok(key)
}

fn wanted(ctx: &Ctx, checked: &Map<String, Value>) -> Result<WantedKey> {
    let text = |name: &str| checked.get(name).and_then(Value::as_str);
    let number = |name: &str| checked.get(name).and_then(Value::as_i64);
    let word = |name: &'static str| text(name).ok_or_else(|| Error::invalid(Problem::required(name)));
    let algorithm = x509::KeyAlgorithm::from_word(word("algorithm")?);
    let signature = x509::CertificateSignature::from_word(word("signatureAlgorithm")?);
    let (Some(algorithm), Some(signature)) = (algorithm, signature) else {
        return Err(Error::invalid(unsupported()));
    };
    let days = number("validityPeriod").unwrap_or(1);
    Ok(WantedKey {
        algorithm,
        length: number("keyLength").unwrap_or_default(),
        signature,
        subject: word("subjectDN")?.to_owned(),
        issuer: text("issuerDN").map(str::to_owned),
        serial: number("serialNumber").unwrap_or_else(|| i64::from(ctx.random.below(u32::MAX)) + 1),
        // Certificates count in seconds.
        starts_at: whole_second(ctx.now),
        expires_at: whole_second(ctx.now).plus(Span::days(days)),
        signs_certificates: text("usageType") == Some(CertificateUsage::Issuance.as_str()),
        revocations: text("customCRL").map(str::to_owned),
    })
}

fn whole_second(moment: postern_core::time::Timestamp) -> postern_core::time::Timestamp {
    postern_core::time::Timestamp::from_seconds(moment.seconds())
}

fn refused(error: CertificateError) -> Error {
    match error {
        CertificateError::Unsupported => Error::invalid(unsupported()),
        CertificateError::InvalidName => {
            Error::invalid(Problem::invalid("subjectDN", "must be a distinguished name"))
        }
        CertificateError::Failed(_) => Error::internal(error),
    }
}

fn record(id: KeyPairId) -> String {
    format!("key_pair/{id}")
}

fn seal(ctx: &Ctx, id: KeyPairId, made: &MadeKey) -> Sealed {
    let record = record(id);
    let context = SealContext { environment: ctx.environment, record: &record, field: "private" };
    ctx.keys.seal(&ctx.random, &context, made.private.expose())
}

fn open(ctx: &Ctx, key: &Stored<KeyPair>) -> Result<Secret<Vec<u8>>> {
    let record = record(key.id);
    let context = SealContext { environment: key.environment, record: &record, field: "private" };
    ctx.keys.open(&context, &key.private).map_err(Error::internal)
}

/// A request to a certification authority to certify a key, in DER (PKCS#10).
///
/// # Errors
/// [`Error::Internal`] when the key cannot be opened or used.
pub fn request(ctx: &Ctx, key: &Stored<KeyPair>) -> Result<Vec<u8>> {
    x509::request(&open(ctx, key)?, &key.members.subject_dn).map_err(refused)
}

/// What a file with one certificate says, and the certificate in DER. Of a chain, the first one counts.
///
/// # Errors
/// [`Error::Invalid`] naming `file`.
pub fn imported(file: &[u8]) -> Result<(CertificateFacts, Vec<u8>)> {
    let first = x509::certificates_of(file).into_iter().next();
    let read = first.and_then(|der| Some((x509::read(&der)?, der)));
    read.ok_or_else(|| Error::invalid(Problem::invalid("file", "must be an X.509 certificate in PEM or DER")))
}

/// Gives a key the certificate that an authority made for it.
///
/// # Errors
/// [`Error::Invalid`] naming `file` when it is no certificate, or one of another key.
pub fn certify(key: &mut Stored<KeyPair>, file: &[u8]) -> Result<()> {
    let (new, der) = imported(file)?;
    let members = &mut key.body.members;
    let old = data_encoding::BASE64.decode(members.certificate.as_bytes()).map_err(Error::internal)?;
    if x509::read(&old).is_none_or(|old| old.public_key != new.public_key) {
        return Err(Error::invalid(Problem::invalid("file", "must be a certificate of this key")));
    }
    members.validity_period = new.days();
    members.signature_algorithm = new.signature;
    // What its own request said stays where the text of the certificate cannot be read as a name again.
    if is_distinguished_name(&new.subject) {
        members.subject_dn = new.subject;
    }
    members.issuer_dn = new.issuer;
    members.serial_number = new.serial;
    members.starts_at = new.starts_at;
    members.expires_at = new.expires_at;
    members.certificate = data_encoding::BASE64.encode(&der);
    Ok(())
}

/// The members of a certificate's record that the certificate decides.
#[must_use]
pub fn facts(facts: &CertificateFacts, der: &[u8]) -> Map<String, Value> {
    let name = facts.common_name.clone().unwrap_or_else(|| facts.subject.clone());
    let mut members = Map::from_iter([
        ("name".to_owned(), json!(name)),
        ("algorithm".to_owned(), json!(facts.algorithm)),
        ("keyLength".to_owned(), json!(facts.length)),
        ("subjectDN".to_owned(), json!(facts.subject)),
        ("issuerDN".to_owned(), json!(facts.issuer)),
        ("startsAt".to_owned(), json!(facts.starts_at)),
        ("expiresAt".to_owned(), json!(facts.expires_at)),
        ("validityPeriod".to_owned(), json!(facts.days())),
        ("certificate".to_owned(), json!(data_encoding::BASE64.encode(der))),
    ]);
    if let Some(signature) = facts.signature {
        members.insert("signatureAlgorithm".to_owned(), json!(signature));
    }
    if let Some(serial) = facts.serial {
        members.insert("serialNumber".to_owned(), json!(serial));
    }
    members
}

/// Takes the default flag from the other keys of the same use.
///
/// # Errors
/// Those of the database.
pub async fn hand_over_default(tx: &mut Tx, ctx: &Ctx, new: &Stored<KeyPair>) -> Result<()> {
    if !new.members.default {
        return Ok(());
    }
    one_at_a_time(tx, ctx).await?;
    let same = Condition::equals("usage_type", new.members.usage_type.as_str())
        .and(Condition::equals("is_default", 1_i64));
    for mut old in documents::list::<KeyPair>(tx, ctx.environment, &Select::first(same, LIMIT)).await? {
        if old.id != new.id {
            old.body.members.default = false;
            documents::update(tx, &mut old, ctx.now).await?;
        }
    }
    Ok(())
}

/// Refuses an application that names keys, certificates or rotation policies which do not exist.
///
/// # Errors
/// [`Error::Invalid`] naming the member.
pub async fn check_references(tx: &mut Tx, ctx: &Ctx, application: &Application) -> Result<()> {
    if let Some(policy) = application.signing.as_ref().and_then(|signing| signing.key_rotation_policy) {
        must_exist::<KeyRotationPolicy>(tx, ctx, policy.id, "signing.keyRotationPolicy.id").await?;
    }
    if let Some(id) = application.signing_key() {
        must_be_there::<KeyPair>(tx, ctx, id, "idpSigning.key.id").await?;
    }
    if let Some(id) = application.kerberos_key() {
        must_be_there::<KeyPair>(tx, ctx, id, "kerberos.key.id").await?;
    }
    for (target, id) in application.certificates() {
        must_be_there::<TrustedCertificate>(tx, ctx, id, &target).await?;
    }
    Ok(())
}

/// The applications that refer to a record.
///
/// # Errors
/// Those of the database.
pub async fn applications(
    tx: &mut Tx,
    ctx: &Ctx,
    refers: impl Fn(&Application) -> bool,
) -> Result<Vec<Stored<Application>>> {
    let all = Select::first(Condition::Everything, LIMIT);
    let mut found = documents::list::<Application>(tx, ctx.environment, &all).await?;
    found.retain(|application| refers(application));
    Ok(found)
}

/// Seals the environment's keys with the current master key, where an older one did.
pub(crate) async fn reseal(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let mut after = None;
    loop {
        let select = Select { condition: Condition::Everything, after, limit: PAGE };
        let page = documents::list::<KeyPair>(&mut db.read().await?, ctx.environment, &select).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.created_at, postern_core::ids::Id::uuid(last.id)));
        for key in page.into_iter().filter(|key| ctx.keys.needs_resealing(&key.private)) {
            let name = record(key.id);
            let work = (ctx.clone(), key.id);
            let outcome = db.write(work, |tx, (ctx, id)| Box::pin(reseal_one(tx, ctx, *id))).await;
            done.note(&name, outcome)?;
        }
    }
}

async fn reseal_one(tx: &mut Tx, ctx: &Ctx, id: KeyPairId) -> Result<bool> {
    let Some(mut key) = documents::find::<KeyPair>(tx, ctx.environment, id).await? else { return Ok(false) };
    if !ctx.keys.needs_resealing(&key.private) {
        return Ok(false);
    }
    let private = open(ctx, &key)?;
    key.body.private = seal(ctx, id, &MadeKey { certificate: Vec::new(), private });
    let unchanged = key.updated_at;
    documents::update(tx, &mut key, unchanged).await?;
    Ok(true)
}
