//! WhatsApp delivery settings: what is asked of the account, and its secrets on the way to the database.

use postern_core::entity::Stored;
use postern_core::notify::gateway::{Gateway, WhatsAppAccount};
use postern_core::policy::delivery_secrets;
use postern_core::policy::whatsapp_delivery::{ApprovedTemplate, WhatsAppDelivery, WhatsAppNumber};
use postern_core::problem::Problem;
use postern_core::schema::{Declared, Secrets};
use postern_core::secret::Secret;

use super::{refused, seal};
use crate::{Ctx, Error, Result};

/// The account that settings name, with the secrets sent laid over those that are kept.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing.
pub fn whatsapp_account(
    ctx: &Ctx,
    settings: &WhatsAppDelivery,
    sent: &Secrets,
    kept: Option<&Stored<WhatsAppDelivery>>,
) -> Result<WhatsAppAccount> {
    let kept = match kept {
        Some(kept) => {
            delivery_secrets::open(&ctx.keys, kept, kept.sealed.as_ref()).map_err(Error::internal)?
        }
        None => Secrets::default(),
    };
    let secrets = sent.over(&kept);
    Error::unless_empty(settings.secret_problems(&secrets))?;
    let secret = |name: &str| Secret::from(secrets.text(&[name]).unwrap_or_default());
    Ok(WhatsAppAccount {
        business_id: settings.whats_app_account_business_id.clone(),
        access_token: secret("userAccessToken"),
        app_secret: secret("appSecret"),
    })
}

/// Asks WhatsApp for the numbers of an account. Waits for the network, so never inside a transaction.
///
/// # Errors
/// [`Error::Invalid`] when the credentials are wrong or the account has no number; [`Error::Unavailable`] when WhatsApp
/// does not answer.
pub async fn whatsapp_numbers(
    ctx: &Ctx,
    gateway: &dyn Gateway,
    account: &WhatsAppAccount,
) -> Result<Vec<WhatsAppNumber>> {
    let answer = gateway.whatsapp_numbers(account, ctx.now).await;
    let numbers = answer.map_err(|error| refused(error, "userAccessToken"))?;
    if numbers.is_empty() {
        let why = "is an account without a number to send from";
        return Err(Error::invalid(Problem::invalid("whatsAppAccountBusinessId", why)));
    }
    Ok(numbers)
}

/// Asks WhatsApp for the templates of an account. Waits for the network, so never inside a transaction.
///
/// # Errors
/// As [`whatsapp_numbers`].
pub async fn whatsapp_templates(
    ctx: &Ctx,
    gateway: &dyn Gateway,
    account: &WhatsAppAccount,
) -> Result<Vec<ApprovedTemplate>> {
    let answer = gateway.whatsapp_templates(account, ctx.now).await;
    answer.map_err(|error| refused(error, "userAccessToken"))
}

/// Seals the secrets of WhatsApp delivery settings. Those not sent stay as they were.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing.
pub fn seal_whatsapp(ctx: &Ctx, new: &mut Stored<WhatsAppDelivery>, sent: &Secrets) -> Result<()> {
    let old = new.body.sealed.take();
    new.body.sealed = seal(ctx, new, sent, old.as_ref())?;
    Ok(())
}
