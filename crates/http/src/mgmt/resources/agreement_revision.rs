//! Revisions of an agreement in one language. They are made and removed, never changed.

use postern_core::entity::Stored;
use postern_core::experience::agreement::Agreement;
use postern_core::experience::agreement_language::AgreementLanguage;
use postern_core::experience::agreement_revision::AgreementRevision;
use postern_core::permission::{Area, Permission};
use postern_engine::references::constraint;
use postern_engine::{Ctx, agreements};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Parent, Resource, Verb, exists, exists_alone};

/// See the module.
pub struct AgreementRevisions;

impl Resource for AgreementRevisions {
    type Doc = AgreementRevision;
    const PATH: &'static str =
        "/v1/environments/{envID}/agreements/{agreementID}/languages/{languageID}/revisions";
    const ITEM: &'static str =
        "/v1/environments/{envID}/agreements/{agreementID}/languages/{languageID}/revisions/{revisionID}";
    const ID: &'static str = "revisionID";
    const EMBEDDED: &'static str = "revisions";
    const TITLE: &'static str = "agreement revision";
    const GROUP: &'static str = "Agreement revisions";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Agreements);
    const WRITE: Permission = Permission::Write(Area::Agreements);
    const PARENTS: &'static [Parent] = &[
        Parent {
            param: "agreementID",
            member: "agreement",
            column: "agreement_id",
            exists: exists::<Agreement>,
        },
        Parent {
            param: "languageID",
            member: "language",
            column: "language_id",
            exists: exists_alone::<AgreementLanguage>,
        },
    ];

    fn example(n: usize) -> Value {
        json!({ "contentType": "text/plain", "effectiveAt": format!("{}-01-01T00:00:00.000Z", 2080 + n),
            "requireReconsent": true, "text": "Be kind." })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<AgreementRevision>) -> Hook<'t> {
        Box::pin(async move {
            let language = change.new.language.id;
            agreements::demand_parent(tx, ctx, change.new.agreement.id, language).await?;
            agreements::demand_place(tx, ctx, language).await
        })
    }

    fn before_delete<'t>(_tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<AgreementRevision>) -> Hook<'t> {
        let refusal = if old.effective_at <= ctx.now {
            Err(constraint("A revision that has become effective cannot be deleted"))
        } else {
            Ok(())
        };
        Box::pin(std::future::ready(refusal))
    }

    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<AgreementRevision>]) -> Counted<'t> {
        Box::pin(async move {
            let mut all = Vec::with_capacity(shown.len());
            let Some(first) = shown.first() else { return Ok(all) };
            // Those of one answer are of one language.
            let siblings = agreements::revisions(tx, ctx, first.language.id).await?;
            for revision in shown {
                let later = agreements::superseded(revision, &siblings);
                let member = |at| ("notValidAfter".to_owned(), json!(at));
                all.push(later.map(|later| member(later.effective_at)).into_iter().collect::<Map<_, _>>());
            }
            Ok(all)
        })
    }
}
