//! How far services are with the texts of a language.

use postern_core::experience::language::Language;
use postern_core::experience::language_status::LanguageStatus;
use postern_core::permission::{Area, Permission};
use serde_json::{Value, json};

use crate::mgmt::resource::{Parent, Resource, exists};

/// See the module.
pub struct LanguageStatuses;

impl Resource for LanguageStatuses {
    type Doc = LanguageStatus;
    const PATH: &'static str = "/v1/environments/{envID}/languages/{languageID}/status";
    const ITEM: &'static str = "/v1/environments/{envID}/languages/{languageID}/status/{l10nStatusID}";
    const ID: &'static str = "l10nStatusID";
    const EMBEDDED: &'static str = "status";
    const TITLE: &'static str = "language localization status";
    const GROUP: &'static str = "Languages";
    const READ: Permission = Permission::Read(Area::Languages);
    const WRITE: Permission = Permission::Write(Area::Languages);
    const PARENTS: &'static [Parent] = &[Parent {
        param: "languageID",
        member: "locale",
        column: "language_id",
        exists: exists::<Language>,
    }];

    fn example(n: usize) -> Value {
        json!({ "service": format!("agreements-{n}"), "localizationComplete": true })
    }
}
