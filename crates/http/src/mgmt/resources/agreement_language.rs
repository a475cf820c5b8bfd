//! Languages of an agreement.

use postern_core::entity::Stored;
use postern_core::experience::agreement::Agreement;
use postern_core::experience::agreement_language::AgreementLanguage;
use postern_core::experience::agreement_revision::AgreementRevision;
use postern_core::experience::language::Language;
use postern_core::notify::locale;
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_engine::references::remove_owned;
use postern_engine::{Ctx, Error, agreements};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Parent, Resource, exists};
use crate::web::hal::Links;

/// See the module.
pub struct AgreementLanguages;

/// Locales for the documentation.
const EXAMPLES: [&str; 4] = ["en", "de", "fr", "it"];

impl Resource for AgreementLanguages {
    type Doc = AgreementLanguage;
    const PATH: &'static str = "/v1/environments/{envID}/agreements/{agreementID}/languages";
    const ITEM: &'static str = "/v1/environments/{envID}/agreements/{agreementID}/languages/{languageID}";
    const ID: &'static str = "languageID";
    const EMBEDDED: &'static str = "languages";
    const TITLE: &'static str = "agreement language";
    const GROUP: &'static str = "Agreement languages";
    const READ: Permission = Permission::Read(Area::Agreements);
    const WRITE: Permission = Permission::Write(Area::Agreements);
    const PARENTS: &'static [Parent] = &[Parent {
        param: "agreementID",
        member: "agreement",
        column: "agreement_id",
        exists: exists::<Agreement>,
    }];

    fn example(n: usize) -> Value {
        let locale = EXAMPLES.get(n % EXAMPLES.len()).copied().unwrap_or("en");
        json!({ "locale": locale, "displayName": "Terms of service", "enabled": true })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<AgreementLanguage>) -> Hook<'t> {
        Box::pin(async move {
            let key = locale::key(&change.new.locale);
            let known =
                documents::find_by::<Language>(tx, ctx.environment, "locale_key", key.as_str().into())
                    .await?;
            if known.is_none() {
                let text = "is not a language of this environment";
                return Err(Error::invalid(Problem::invalid("locale", text)));
            }
            match &change.old {
                Some(old) if !change.new.enabled || locale::key(&old.locale) != key => {
                    agreements::refuse_while_needed(tx, ctx, old).await
                }
                _ => Ok(()),
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<AgreementLanguage>) -> Hook<'t> {
        Box::pin(async move {
            agreements::refuse_while_needed(tx, ctx, old).await?;
            remove_owned::<AgreementRevision>(tx, ctx, "language_id", old.id).await
        })
    }

    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<AgreementLanguage>]) -> Counted<'t> {
        Box::pin(async move {
            let mut all = Vec::with_capacity(shown.len());
            for language in shown {
                let current = agreements::current(tx, ctx, language.id).await?;
                let member = |id| ("currentRevision".to_owned(), json!({ "id": id }));
                all.push(current.map(|revision| member(revision.id)).into_iter().collect::<Map<_, _>>());
            }
            Ok(all)
        })
    }

    fn links(_ctx: &Ctx, _stored: &Stored<AgreementLanguage>, own: &str, links: Links) -> Links {
        links.link("revisions", &format!("{own}/revisions"))
    }
}
