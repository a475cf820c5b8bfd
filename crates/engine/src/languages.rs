//! The languages of an environment, and the one it speaks where nothing else is said.

use postern_core::experience::language::{FIRST, Language};
use postern_core::notify::locale;
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;

use crate::{Ctx, Error, Result};

/// Most languages of an environment that are looked at.
const MOST: i64 = 1_000;

/// The locale of the default language.
///
/// # Errors
/// Those of the database.
pub async fn default_locale(tx: &mut Tx, ctx: &Ctx) -> Result<String> {
    let default =
        documents::find_parsed_by::<Language>(tx, ctx.environment, "is_default", true.into()).await?;
    Ok(default.map_or_else(|| FIRST.to_owned(), |language| language.locale.clone()))
}

/// Refuses a locale whose language the environment does not have.
///
/// # Errors
/// [`Error::Invalid`] at `language`, with those it has.
pub async fn demand_known(tx: &mut Tx, ctx: &Ctx, wanted: &str) -> Result<()> {
    let all = Select { condition: Condition::Everything, after: None, limit: MOST };
    let languages = documents::list::<Language>(tx, ctx.environment, &all).await?;
    let known: Vec<&str> = languages.iter().map(|language| language.locale.as_str()).collect();
    if locale::is_among(wanted, &known) {
        return Ok(());
    }
    Err(Error::invalid(Problem::not_allowed("language", &known)))
}
