//! Agreements: what people must consent to.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::entity::Entity;
use crate::ids::AgreementId;
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, json, object, text};

/// An agreement. Its texts are in its languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// Unique in the environment.
    pub name: String,
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is shown to people.
    pub enabled: bool,
    /// How long a consent holds, in days; forever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconsent_period_days: Option<Value>,
}

impl Entity for Agreement {
    type Id = AgreementId;
    const KIND: &'static str = "AGREEMENT";
}

impl Declared for Agreement {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256).doc("Unique in the environment."),
                text("description").max(1024),
                boolean("enabled").required().doc("Needs a text in the default language."),
                json("reconsentPeriodDays")
                    .max(32)
                    .doc("Days after which people are asked again; may have a fraction."),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let days = self.reconsent_period_days.as_ref();
        let positive =
            |days: &Value| days.as_number().and_then(Number::as_f64).is_some_and(|days| days > 0.0);
        let wrong = days.is_some_and(|days| !positive(days));
        wrong
            .then(|| Problem::invalid("reconsentPeriodDays", "must be a positive number"))
            .into_iter()
            .collect()
    }
}
