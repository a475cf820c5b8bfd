//! Languages of an environment.

use postern_core::entity::Stored;
use postern_core::experience::agreement_language::AgreementLanguage;
use postern_core::experience::language::Language;
use postern_core::experience::language_status::LanguageStatus;
use postern_core::experience::translations::Translations;
use postern_core::notify::locale;
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_engine::references::{constraint, hand_over_default, refuse_while_used, remove_owned};
use postern_engine::{Ctx, Error};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};

/// See the module.
pub struct Languages;

/// Locales for the documentation that no environment has from the start.
const EXAMPLES: [&str; 4] = ["sv", "da", "fi", "nb"];

impl Resource for Languages {
    type Doc = Language;
    const PATH: &'static str = "/v1/environments/{envID}/languages";
    const ITEM: &'static str = "/v1/environments/{envID}/languages/{languageID}";
    const ID: &'static str = "languageID";
    const EMBEDDED: &'static str = "languages";
    const TITLE: &'static str = "language";
    const GROUP: &'static str = "Languages";
    const READ: Permission = Permission::Read(Area::Languages);
    const WRITE: Permission = Permission::Write(Area::Languages);

    fn example(n: usize) -> Value {
        let locale = EXAMPLES.get(n % EXAMPLES.len()).copied().unwrap_or("sv");
        json!({ "locale": locale, "enabled": false, "default": false })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Language>) -> Hook<'t> {
        Box::pin(async move {
            let (was_enabled, was_default) =
                change.old.as_ref().map_or((false, false), |old| (old.enabled, old.default));
            if change.old.is_none() {
                let early = [(change.new.enabled, "enabled"), (change.new.default, "default")];
                let text = "must be false for a new language";
                let problems = early.iter().filter(|(early, _)| *early);
                return Error::unless_empty(
                    problems.map(|(_, member)| Problem::invalid(member, text)).collect(),
                );
            }
            if change.new.default && !was_enabled {
                let text = "a language must be enabled before it can be the default";
                return Err(Error::invalid(Problem::invalid("default", text)));
            }
            if change.new.default {
                hand_over_default::<Language>(tx, ctx, change.new.id, |other| other.default = false).await
            } else if was_default {
                Err(constraint(
                    "An environment needs a default language; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Language>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                return Err(constraint("Cannot delete the default language"));
            }
            if !old.customer_added {
                return Err(constraint("Cannot delete a language that every environment has"));
            }
            let key = locale::key(&old.locale);
            let message = "Cannot delete a language that agreements have";
            refuse_while_used::<AgreementLanguage>(tx, ctx, "locale_key", key.clone(), message).await?;
            remove_owned::<Translations>(tx, ctx, "locale_key", key).await?;
            remove_owned::<LanguageStatus>(tx, ctx, "language_id", old.id).await
        })
    }
}
