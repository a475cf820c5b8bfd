//! Revisions of an agreement in one language: the text, and from when it holds.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{AgreementId, AgreementLanguageId, AgreementRevisionId};
use crate::schema::{Declared, Object, boolean, date, object, one_of, text};
use crate::time::Timestamp;

/// A revision. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementRevision {
    /// Of which agreement.
    pub agreement: Reference<AgreementId>,
    /// In which language.
    pub language: Reference<AgreementLanguageId>,
    /// Plain text or HTML.
    pub content_type: String,
    /// From when it holds; unique for the language.
    pub effective_at: Timestamp,
    /// Whether people who consented before are asked again.
    pub require_reconsent: bool,
    /// What people agree to.
    pub text: String,
}

impl Entity for AgreementRevision {
    type Id = AgreementRevisionId;
    const KIND: &'static str = "AGREEMENT_REVISION";
}

impl Declared for AgreementRevision {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                one_of("contentType", &["text/html", "text/plain"]).required(),
                date("effectiveAt").required().doc("Unique for the language."),
                boolean("requireReconsent").required(),
                text("text").required().max(32_000).multiline(),
            ])
        });
        &SCHEMA
    }
}
