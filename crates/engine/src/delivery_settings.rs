//! Settings of delivery: references between them, and their secrets on the way to the database.

mod whatsapp;

pub use whatsapp::{seal_whatsapp, whatsapp_account, whatsapp_numbers, whatsapp_templates};

use postern_core::entity::{Entity, Stored};
use postern_core::experience::recaptcha::RecaptchaConfiguration;
use postern_core::ids::{Id, PhoneDeliveryId, SettingsId, parse_uuid};
use postern_core::notify::gateway::{Gateway, GatewayError};
use postern_core::policy::delivery_secrets;
use postern_core::policy::email_delivery::EmailDelivery;
use postern_core::policy::notification_settings::{NotificationSettings, OPERATOR_PHONE};
use postern_core::policy::phone_delivery::{PhoneDelivery, PhoneProvider, SenderNumber};
use postern_core::problem::{Code, Problem};
use postern_core::schema::{Declared, Secrets};
use postern_core::secret::{Sealed, Secret};
use postern_core::time::Span;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::references::{constraint, has_room};
use crate::{Ctx, Error, Result};

/// Most phone delivery settings of an environment.
pub const MOST_PHONE_SETTINGS: i64 = 10;
/// When to ask a provider again that did not answer.
const LATER: Span = Span::seconds(5);

/// Refuses a chain of phone providers that names settings which do not exist.
///
/// # Errors
/// [`Error::Invalid`] with a problem for each.
pub async fn check_chain(tx: &mut Tx, ctx: &Ctx, settings: &NotificationSettings) -> Result<()> {
    let mut problems = Vec::new();
    for (place, name) in settings.sms_providers_fallback_chain.iter().flatten().enumerate() {
        if name == OPERATOR_PHONE {
            continue;
        }
        let found = match parse_uuid(name) {
            Ok(id) => {
                documents::find_shared::<PhoneDelivery>(tx, ctx.environment, PhoneDeliveryId::from_uuid(id))
                    .await?
            }
            Err(_) => None,
        };
        if found.is_none() {
            let target = format!("smsProvidersFallbackChain[{place}]");
            problems.push(Problem::invalid(&target, "does not exist in this environment"));
        }
    }
    Error::unless_empty(problems)
}

/// Refuses more phone delivery settings than an environment may have. One is made at a time.
///
/// # Errors
/// [`Error::Refused`] with `LIMIT_EXCEEDED`.
pub async fn check_room(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    if has_room::<PhoneDelivery>(tx, ctx, MOST_PHONE_SETTINGS).await? {
        return Ok(());
    }
    let problem = Problem::new(
        Code::LimitExceeded,
        "The environment has as many phone delivery settings as it may have.",
    );
    Err(Error::refused(problem.with("maximumAllowed", MOST_PHONE_SETTINGS)))
}

/// Refuses to remove phone delivery settings that the fallback chain names.
///
/// # Errors
/// [`Error::Invalid`] with `CONSTRAINT_VIOLATION`.
pub async fn refuse_while_in_chain(tx: &mut Tx, ctx: &Ctx, id: PhoneDeliveryId) -> Result<()> {
    let settings = SettingsId::from_uuid(ctx.environment.uuid());
    let settings = documents::find::<NotificationSettings>(tx, ctx.environment, settings).await?;
    let chain = settings.and_then(|settings| settings.body.sms_providers_fallback_chain).unwrap_or_default();
    if chain.iter().any(|name| parse_uuid(name).is_ok_and(|named| named == id.uuid())) {
        return Err(constraint("The settings are in the fallback chain of the notifications settings"));
    }
    Ok(())
}

/// Seals the secrets of e-mail delivery settings. Those not sent stay as they were.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing.
pub fn seal_email(ctx: &Ctx, new: &mut Stored<EmailDelivery>, sent: &Secrets) -> Result<()> {
    let old = new.body.sealed.take();
    new.body.sealed = seal(ctx, new, sent, old.as_ref())?;
    Ok(())
}

/// Seals the secrets of phone delivery settings. Those not sent stay as they were, and so do the numbers of an account.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing, or a number is not one of the account.
pub fn seal_phone(
    ctx: &Ctx,
    new: &mut Stored<PhoneDelivery>,
    sent: &Secrets,
    old: Option<&Stored<PhoneDelivery>>,
) -> Result<()> {
    if let Some(old) = old {
        new.body.keep_account_numbers(old).map_err(Error::Invalid)?;
    }
    let kept = old.and_then(|old| old.sealed.as_ref());
    new.body.sealed = seal(ctx, new, sent, kept)?;
    Ok(())
}

/// Seals the secret key of a reCAPTCHA account. One that is not sent stays as it was.
///
/// # Errors
/// [`Error::Invalid`] when it is missing.
pub fn seal_recaptcha(ctx: &Ctx, new: &mut Stored<RecaptchaConfiguration>, sent: &Secrets) -> Result<()> {
    let old = new.body.sealed.take();
    new.body.sealed = seal(ctx, new, sent, old.as_ref())?;
    Ok(())
}

/// Seals the secrets of any record. Those not sent stay as they were.
///
/// # Errors
/// [`Error::Invalid`] when a secret is missing.
pub(crate) fn seal<T: Entity + Declared>(
    ctx: &Ctx,
    record: &Stored<T>,
    sent: &Secrets,
    old: Option<&Sealed>,
) -> Result<Option<Sealed>> {
    let kept = delivery_secrets::open(&ctx.keys, record, old).map_err(Error::internal)?;
    let secrets = sent.over(&kept);
    Error::unless_empty(record.body.secret_problems(&secrets))?;
    Ok(delivery_secrets::seal(&ctx.keys, &ctx.random, record, &secrets))
}

/// Asks the provider about new settings: whether it accepts the credentials, and which numbers the account has.
/// `None` for providers that are not asked. Waits for the network, so never inside a transaction.
///
/// # Errors
/// [`Error::Invalid`] when the credentials are wrong or the account has no number; [`Error::Unavailable`] when the
/// provider does not answer.
pub async fn discover(
    ctx: &Ctx,
    gateway: &dyn Gateway,
    settings: &PhoneDelivery,
    secrets: &Secrets,
) -> Result<Option<Vec<SenderNumber>>> {
    let (Some(account), Some(token)) = (&settings.sid, secrets.text(&["authToken"])) else { return Ok(None) };
    let numbers = gateway
        .numbers(account, &Secret::from(token), ctx.now)
        .await
        .map_err(|error| refused(error, "authToken"))?;
    if settings.provider != PhoneProvider::Twilio {
        return Ok(None);
    }
    if numbers.is_empty() {
        return Err(Error::invalid(Problem::invalid("sid", "is an account without a number to send from")));
    }
    Ok(Some(numbers))
}

/// What a provider's refusal is to the caller; `target` is the member that the provider did not accept.
fn refused(error: GatewayError, target: &str) -> Error {
    match error {
        GatewayError::Credentials => {
            Error::invalid(Problem::invalid(target, "is not accepted by the provider"))
        }
        GatewayError::Unavailable => Error::Unavailable { retry_after: LATER },
    }
}
