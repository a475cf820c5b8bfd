//! Identity providers: references, secrets, and what a new one has.

use postern_core::directory::certificate::{KeyPair, TrustedCertificate};
use postern_core::directory::identity_provider::IdentityProvider;
use postern_core::directory::identity_provider_attribute::IdentityProviderAttribute;
use postern_core::directory::population::Population;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{Id, IdentityProviderId, parse_uuid};
use postern_core::policy::sign_on_action::SignOnAction;
use postern_core::problem::Problem;
use postern_core::schema::Secrets;
use postern_store::documents::{self, Condition, Document, Select};
use postern_store::sql::Tx;
use postern_store::tables::population_provider;

use crate::delivery_settings::seal;
use crate::references::{constraint, must_exist, refuse_while_used, remove_owned};
use crate::{Ctx, Error, Result};

/// Most records that are looked through for references.
const LIMIT: i64 = 10_000;

/// Checks the references of a provider and seals its secrets. Those not sent stay as they were.
///
/// # Errors
/// [`Error::Invalid`] naming what does not exist or is missing.
pub async fn prepare(
    tx: &mut Tx,
    ctx: &Ctx,
    new: &mut Stored<IdentityProvider>,
    old: Option<&Stored<IdentityProvider>>,
    sent: &Secrets,
) -> Result<()> {
    if let Some(population) = new.registration.as_ref().and_then(|registration| registration.population) {
        must_exist::<Population>(tx, ctx, population.id, "registration.population.id").await?;
    }
    for (target, id) in new.certificates() {
        must_be_there::<TrustedCertificate>(tx, ctx, id, &target).await?;
    }
    if let Some(id) = new.signing_key() {
        must_be_there::<KeyPair>(tx, ctx, id, "spSigning.key.id").await?;
    }
    let kept = old.and_then(|old| old.sealed.as_ref());
    new.body.sealed = seal(ctx, new, sent, kept)?;
    Ok(())
}

/// Refuses a reference, given as text, to a record that does not exist.
///
/// # Errors
/// [`Error::Invalid`] naming the member.
pub(crate) async fn must_be_there<T: Document>(tx: &mut Tx, ctx: &Ctx, id: &str, target: &str) -> Result<()> {
    let id = parse_uuid(id).map_err(|_| Error::invalid(Problem::invalid(target, "must be a UUID")))?;
    must_exist::<T>(tx, ctx, T::Id::from_uuid(id), target).await.map(|_| ())
}

/// Gives a new provider its first mapping.
///
/// # Errors
/// Those of the database.
pub async fn begin(tx: &mut Tx, ctx: &Ctx, provider: &Stored<IdentityProvider>) -> Result<()> {
    let id = <IdentityProviderAttribute as postern_core::entity::Entity>::Id::new(&ctx.random);
    let mapping = IdentityProviderAttribute::username(provider.id, provider.kind);
    Ok(documents::insert(tx, &Stored::new(ctx.environment, id, ctx.now, mapping)).await?)
}

/// Removes what a provider owns, unless something refers to it.
///
/// # Errors
/// [`Error::Invalid`] with `CONSTRAINT_VIOLATION`.
pub async fn end(tx: &mut Tx, ctx: &Ctx, id: IdentityProviderId) -> Result<()> {
    let named = id.to_string();
    let all = Select::first(Condition::Everything, LIMIT);
    for action in documents::list::<SignOnAction>(tx, ctx.environment, &all).await? {
        let body = serde_json::to_string(&action.body).map_err(Error::internal)?;
        if body.contains(&named) {
            return Err(constraint("Cannot delete an identity provider that sign-on policies use"));
        }
    }
    let message = "Cannot delete an identity provider that vouches for users";
    refuse_while_used::<User>(tx, ctx, "identity_provider_id", id, message).await?;
    if population_provider::is_used(tx, ctx.environment, id).await? {
        return Err(constraint("Cannot delete an identity provider that is the default of a population"));
    }
    remove_owned::<IdentityProviderAttribute>(tx, ctx, "identity_provider_id", id).await
}

/// Whether a provider names this key or certificate.
///
/// # Errors
/// Those of the database.
pub async fn name(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<bool> {
    let all = Select::first(Condition::Everything, LIMIT);
    let providers = documents::list::<IdentityProvider>(tx, ctx.environment, &all).await?;
    Ok(providers.iter().any(|provider| {
        provider.signing_key() == Some(id) || provider.certificates().iter().any(|(_, named)| *named == id)
    }))
}
