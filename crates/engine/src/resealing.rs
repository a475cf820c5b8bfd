//! Seals anew what an older master key sealed, so that the older key can be taken away.
//!
//! Covers what is kept: signing keys, keys with certificates, secrets of identity providers and gateways, client secrets, credentials of delivery, push credentials and integrity keys of
//! applications, keys of TOTP devices, of mobile devices and of hardware tokens.
//! Messages on their way, the inbox and the robots of development servers, logs of phones, pairing
//! keys, authentication codes and codes of test devices are short-lived and stay as they are. Each record is a small
//! transaction of its own that looks again before it writes, so every node may
//! run this, at any time and more than once.

use postern_core::crypto::keyring::KeyRing;
use postern_core::directory::application::Application;
use postern_core::directory::environment::Environment;
use postern_core::directory::gateway::Gateway;
use postern_core::directory::identity_provider::IdentityProvider;
use postern_core::directory::push_credentials::PushCredentials;
use postern_core::experience::recaptcha::RecaptchaConfiguration;
use postern_core::ids::Id;
use postern_core::policy::delivery_secrets;
use postern_core::policy::email_delivery::EmailDelivery;
use postern_core::policy::phone_delivery::PhoneDelivery;
use postern_core::policy::whatsapp_delivery::WhatsAppDelivery;
use postern_core::secret::Sealed;
use postern_store::documents::{self, Condition, Document, Select};
use postern_store::sql::{Db, Tx};

use crate::environments::PLATFORM;
use crate::{Ctx, Error, Result, certificates, clients, keys, oath, phones, totp};

/// Records that are read at once.
pub(crate) const PAGE: i64 = 200;

/// What one run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Records that the current master key has sealed now.
    pub renewed: u64,
    /// Records that no master key of the ring opens; the log names them.
    pub unreadable: u64,
}

impl Resealed {
    /// Counts the outcome for one record; a fault of the database ends the run instead.
    pub(crate) fn note(&mut self, record: &str, outcome: Result<bool>) -> Result<()> {
        match outcome {
            Ok(renewed) => self.renewed += u64::from(renewed),
            Err(Error::Internal(cause)) => {
                tracing::error!(record, error = %cause, "a sealed record cannot be opened");
                self.unreadable += 1;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Goes through all environments once.
///
/// # Errors
/// Those of the database.
pub async fn run(db: &Db, ctx: &Ctx) -> Result<Resealed> {
    let mut done = Resealed::default();
    let mut after = None;
    loop {
        let select = Select { condition: Condition::Everything, after, limit: PAGE };
        let page = documents::list::<Environment>(&mut db.read().await?, PLATFORM, &select).await?;
        for environment in &page {
            let ctx = Ctx { environment: environment.id, ..ctx.clone() };
            keys::reseal(db, &ctx, &mut done).await?;
            certificates::reseal(db, &ctx, &mut done).await?;
            clients::reseal(db, &ctx, &mut done).await?;
            deliveries::<PhoneDelivery>(db, &ctx, &mut done).await?;
            deliveries::<EmailDelivery>(db, &ctx, &mut done).await?;
            deliveries::<WhatsAppDelivery>(db, &ctx, &mut done).await?;
            deliveries::<RecaptchaConfiguration>(db, &ctx, &mut done).await?;
            deliveries::<PushCredentials>(db, &ctx, &mut done).await?;
            deliveries::<Application>(db, &ctx, &mut done).await?;
            deliveries::<IdentityProvider>(db, &ctx, &mut done).await?;
            deliveries::<Gateway>(db, &ctx, &mut done).await?;
            phones::reseal(db, &ctx, &mut done).await?;
            totp::reseal(db, &ctx, &mut done).await?;
            oath::reseal(db, &ctx, &mut done).await?;
        }
        match page.last() {
            Some(last) => after = Some((last.created_at, last.id.uuid())),
            None => return Ok(done),
        }
    }
}

/// Records that keep sealed credentials of others.
trait Credentials: Document + Clone {
    fn sealed(&self) -> Option<&Sealed>;
    fn replace(&mut self, sealed: Option<Sealed>);
}

impl Credentials for PhoneDelivery {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for EmailDelivery {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for RecaptchaConfiguration {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for PushCredentials {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for Application {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for IdentityProvider {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for Gateway {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

impl Credentials for WhatsAppDelivery {
    fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    fn replace(&mut self, sealed: Option<Sealed>) {
        self.sealed = sealed;
    }
}

async fn deliveries<T: Credentials>(db: &Db, ctx: &Ctx, done: &mut Resealed) -> Result<()> {
    let mut after = None;
    loop {
        let select = Select { condition: Condition::Everything, after, limit: PAGE };
        let page = documents::list::<T>(&mut db.read().await?, ctx.environment, &select).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.created_at, last.id.uuid()));
        for record in page.into_iter().filter(|record| is_old(&ctx.keys, record.sealed())) {
            let id = record.id;
            let work = (ctx.clone(), id);
            let outcome = db.write(work, |tx, (ctx, id)| Box::pin(delivery::<T>(tx, ctx, *id))).await;
            done.note(&format!("{}/{}", T::KIND, id.uuid()), outcome)?;
        }
    }
}

async fn delivery<T: Credentials>(tx: &mut Tx, ctx: &Ctx, id: T::Id) -> Result<bool> {
    let Some(mut record) = documents::find::<T>(tx, ctx.environment, id).await? else { return Ok(false) };
    if !is_old(&ctx.keys, record.sealed()) {
        return Ok(false);
    }
    let secrets = delivery_secrets::open(&ctx.keys, &record, record.sealed()).map_err(Error::internal)?;
    let sealed = delivery_secrets::seal(&ctx.keys, &ctx.random, &record, &secrets);
    record.body.replace(sealed);
    // To its readers nothing has changed, nor has the time of the last change.
    let unchanged = record.updated_at;
    documents::update(tx, &mut record, unchanged).await?;
    Ok(true)
}

fn is_old(keys: &KeyRing, sealed: Option<&Sealed>) -> bool {
    sealed.is_some_and(|sealed| keys.needs_resealing(sealed))
}
