//! Rules between agreements, their languages and their revisions.
//!
//! An agreement can be shown when its text in the environment's default language
//! is there: an enabled language with a revision that holds.

use postern_core::entity::Stored;
use postern_core::experience::agreement::Agreement;
use postern_core::experience::agreement_language::AgreementLanguage;
use postern_core::experience::agreement_revision::AgreementRevision;
use postern_core::ids::{AgreementId, AgreementLanguageId, Id};
use postern_core::notify::locale;
use postern_core::policy::sign_on_action::{ActionStep, SignOnAction};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::languages;
use crate::references::constraint;
use crate::{Ctx, Error, Result};

/// Most revisions of a language.
pub const MOST_REVISIONS: i64 = 100;
/// Most sign-on actions that are looked at.
const MOST_ACTIONS: i64 = 10_000;

/// Refuses to show an agreement that has no text in the default language.
///
/// # Errors
/// `CONSTRAINT_VIOLATION`.
pub async fn demand_text(tx: &mut Tx, ctx: &Ctx, agreement: AgreementId) -> Result<()> {
    let default = languages::default_locale(tx, ctx).await?;
    let condition = Condition::All(vec![
        Condition::equals("agreement_id", agreement),
        Condition::equals("locale_key", locale::key(&default)),
    ]);
    let select = Select { condition, after: None, limit: 1 };
    let found = documents::list::<AgreementLanguage>(tx, ctx.environment, &select).await?.pop();
    let shown = match found.filter(|language| language.enabled) {
        Some(language) => current(tx, ctx, language.id).await?.is_some(),
        None => false,
    };
    if shown {
        return Ok(());
    }
    Err(constraint("The agreement has no text that holds in the default language of the environment."))
}

/// The revision that holds now.
///
/// # Errors
/// Those of the database.
pub async fn current(
    tx: &mut Tx,
    ctx: &Ctx,
    language: AgreementLanguageId,
) -> Result<Option<Stored<AgreementRevision>>> {
    let past = revisions(tx, ctx, language).await?.into_iter().filter(|one| one.effective_at <= ctx.now);
    Ok(past.max_by_key(|one| one.effective_at))
}

/// The revisions of a language.
///
/// # Errors
/// Those of the database.
pub async fn revisions(
    tx: &mut Tx,
    ctx: &Ctx,
    language: AgreementLanguageId,
) -> Result<Vec<Stored<AgreementRevision>>> {
    let condition = Condition::equals("language_id", language);
    let select = Select { condition, after: None, limit: MOST_REVISIONS };
    Ok(documents::list::<AgreementRevision>(tx, ctx.environment, &select).await?)
}

/// Refuses what takes an agreement away from a sign-on policy that shows it.
///
/// # Errors
/// `CONSTRAINT_VIOLATION`.
pub async fn refuse_while_shown(tx: &mut Tx, ctx: &Ctx, agreement: AgreementId) -> Result<()> {
    let select = Select { condition: Condition::Everything, after: None, limit: MOST_ACTIONS };
    let actions = documents::list::<SignOnAction>(tx, ctx.environment, &select).await?;
    let shows = |action: &Stored<SignOnAction>| match &action.step {
        ActionStep::Agreement(step) => step.agreement.id == agreement.uuid(),
        _ => false,
    };
    if actions.iter().any(shows) {
        return Err(constraint("The agreement is used by a sign-on policy."));
    }
    Ok(())
}

/// Refuses to take away the text that an enabled agreement needs.
///
/// # Errors
/// `CONSTRAINT_VIOLATION`.
pub async fn refuse_while_needed(tx: &mut Tx, ctx: &Ctx, language: &AgreementLanguage) -> Result<()> {
    let agreement = documents::find::<Agreement>(tx, ctx.environment, language.agreement.id).await?;
    if !agreement.is_some_and(|agreement| agreement.enabled) {
        return Ok(());
    }
    let default = languages::default_locale(tx, ctx).await?;
    if locale::key(&default) == locale::key(&language.locale) {
        return Err(constraint("An enabled agreement needs its text in the default language."));
    }
    Ok(())
}

/// Refuses one more revision where there are as many as there may be.
///
/// # Errors
/// `CONSTRAINT_VIOLATION`.
pub async fn demand_place(tx: &mut Tx, ctx: &Ctx, language: AgreementLanguageId) -> Result<()> {
    let of_language = Condition::equals("language_id", language);
    let count =
        documents::count::<AgreementRevision>(tx, ctx.environment, &of_language, MOST_REVISIONS).await?;
    if count < MOST_REVISIONS { Ok(()) } else { Err(constraint("A language has at most 100 revisions.")) }
}

/// From when people who consented to a revision are asked again, by a later one.
#[must_use]
pub fn superseded<'a>(
    revision: &AgreementRevision,
    all: &'a [Stored<AgreementRevision>],
) -> Option<&'a Stored<AgreementRevision>> {
    let later = all.iter().filter(|one| one.require_reconsent && one.effective_at > revision.effective_at);
    later.min_by_key(|one| one.effective_at)
}

/// Refuses a language of another agreement.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn demand_parent(
    tx: &mut Tx,
    ctx: &Ctx,
    agreement: AgreementId,
    language: AgreementLanguageId,
) -> Result<()> {
    let found = documents::find::<AgreementLanguage>(tx, ctx.environment, language).await?;
    match found {
        Some(language) if language.agreement.id == agreement => Ok(()),
        _ => Err(Error::NotFound("language")),
    }
}
