//! WhatsApp delivery settings: the customer's business account. One record per environment (notifications contract 1.6).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::SettingsId;
use crate::problem::Problem;
use crate::schema::{
    Declared, Object, Secrets, boolean, date, list, nested, object, one_of, sealed, text, words,
};
use crate::secret::Sealed;
use crate::time::Timestamp;

words! {
    /// Whose account.
    pub enum WhatsAppProviderName {
        Custom = "CUSTOM_WHATSAPP",
    }
}

/// More numbers than an account has.
const MOST_NUMBERS: usize = 100;

/// The WhatsApp delivery settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatsAppDelivery {
    /// `CUSTOM_WHATSAPP`.
    pub provider: WhatsAppProviderName,
    /// The business account, by its id at WhatsApp.
    pub whats_app_account_business_id: String,
    /// The app of the account at Meta.
    pub app_id: String,
    /// The numbers of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Vec<WhatsAppNumber>>,
    /// Its secrets, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

/// A number of a WhatsApp account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatsAppNumber {
    /// The number as WhatsApp shows it.
    pub number: String,
    /// Its id at WhatsApp.
    pub number_id: String,
    /// Whether messages come from it; one at most.
    #[serde(default)]
    pub selected: bool,
    /// Whether the account still has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
    /// `WHATSAPP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<String>>,
    /// What WhatsApp thinks of its messages: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_rating: Option<String>,
    /// When it was found in the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// A template that an account has, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovedTemplate {
    /// WhatsApp's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `AUTHENTICATION`.
    pub category: String,
    /// Its language, such as `en_US`.
    pub language: String,
    /// `APPROVED`, `PENDING`, `REJECTED` …
    pub status: String,
}

impl Entity for WhatsAppDelivery {
    type Id = SettingsId;
    const KIND: &'static str = "INSTANT_MESSAGING_DELIVERY_SETTINGS";
}

impl WhatsAppDelivery {
    /// The number that messages come from.
    #[must_use]
    pub fn sender(&self) -> Option<&WhatsAppNumber> {
        self.numbers.iter().flatten().find(|number| number.selected && number.available != Some(false))
    }

    /// Lays the selection of an update over the numbers that were found in the account. Without a selection in the
    /// update that of `old` stays.
    ///
    /// # Errors
    /// A problem for each selected number that the account does not have.
    pub fn choose_among(
        &mut self,
        found: &[WhatsAppNumber],
        old: Option<&Self>,
        now: Timestamp,
    ) -> Result<(), Vec<Problem>> {
        let sent = self.numbers.take();
        let kept = || old.iter().flat_map(|old| old.numbers.iter().flatten());
        let has = |wanted: &WhatsAppNumber| found.iter().any(|number| number.number_id == wanted.number_id);
        let strangers =
            sent.iter().flatten().enumerate().filter(|(_, number)| number.selected && !has(number));
        let problems: Vec<Problem> = strangers
            .map(|(place, _)| {
                Problem::invalid(&format!("numbers[{place}].numberId"), "is not a number of the account")
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let selected = |id: &str| {
            let chosen = |number: &WhatsAppNumber| number.selected && number.number_id == id;
            sent.as_ref().map_or_else(|| kept().any(chosen), |sent| sent.iter().any(chosen))
        };
        let known_since = |id: &str| kept().find(|number| number.number_id == id).and_then(|n| n.created_at);
        self.numbers = Some(
            found
                .iter()
                .map(|number| WhatsAppNumber {
                    selected: selected(&number.number_id),
                    available: Some(true),
                    capabilities: Some(vec!["WHATSAPP".to_owned()]),
                    created_at: known_since(&number.number_id).or(Some(now)),
                    ..number.clone()
                })
                .collect(),
        );
        Ok(())
    }
}

impl Declared for WhatsAppDelivery {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let shown = "Set by the server.";
            let number = object(vec![
                text("number").required().max(32),
                text("numberId").required().max(64).pattern("digits", is_graph_id),
                boolean("selected").default(false).doc("Whether messages come from it; one at most."),
                boolean("available").doc(shown),
                list("capabilities", one_of("capability", &["WHATSAPP"]), 1).doc(shown),
                text("qualityRating").max(32).doc(shown),
                date("createdAt").doc(shown),
            ]);
            object(vec![
                one_of("provider", WhatsAppProviderName::WORDS).required(),
                text("whatsAppAccountBusinessId").required().max(64).pattern("digits", is_graph_id),
                text("appId").required().max(64).pattern("digits", is_graph_id),
                text("appSecret")
                    .required()
                    .max(256)
                    .secret()
                    .doc("Needed the first time; afterwards the known one stays."),
                text("userAccessToken")
                    .required()
                    .max(1024)
                    .secret()
                    .doc("Needed the first time; afterwards the known one stays."),
                list("numbers", nested("number", number), MOST_NUMBERS)
                    .doc("Found in the account. A second request selects the one that messages come from."),
                sealed(),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let selected = self.numbers.iter().flatten().filter(|number| number.selected).count();
        if selected > 1 {
            vec![Problem::invalid("numbers", "must have one selected number at most")]
        } else {
            Vec::new()
        }
    }

    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        let missing = |name: &&str| secrets.text(&[name]).is_none_or(str::is_empty);
        ["appSecret", "userAccessToken"]
            .iter()
            .filter(|name| missing(name))
            .map(|name| Problem::required(name))
            .collect()
    }
}

/// Meta's ids are numbers; they become parts of paths.
fn is_graph_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn body() -> Value {
        json!({"provider": "CUSTOM_WHATSAPP", "whatsAppAccountBusinessId": "1021", "appId": "77",
               "appSecret": "s3cret", "userAccessToken": "t0ken"})
    }

    fn found(id: &str) -> WhatsAppNumber {
        WhatsAppNumber {
            number: format!("+1555{id}"),
            number_id: id.to_owned(),
            selected: false,
            available: None,
            capabilities: None,
            quality_rating: Some("GREEN".to_owned()),
            created_at: None,
        }
    }

    fn read(body: &Value) -> WhatsAppDelivery {
        WhatsAppDelivery::read(body, None, &[]).unwrap().0
    }

    #[test]
    fn an_account_is_echoed_without_its_secrets() {
        let (delivery, secrets) = WhatsAppDelivery::read(&body(), None, &[]).unwrap();
        assert_eq!(secrets.text(&["userAccessToken"]), Some("t0ken"));
        assert!(delivery.secret_problems(&secrets).is_empty());
        assert_eq!(delivery.secret_problems(&Secrets::default()).len(), 2);
        let shown = serde_json::to_value(&delivery).unwrap();
        let expected =
            json!({"provider": "CUSTOM_WHATSAPP", "whatsAppAccountBusinessId": "1021", "appId": "77"});
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_second_request_selects_one_of_the_numbers_that_were_found() {
        let mut first = read(&body());
        first.choose_among(&[found("1"), found("2")], None, NOW).unwrap();
        assert_eq!(first.sender(), None);
        let mut choice = body();
        choice["numbers"] = json!([{"number": "+15552", "numberId": "2", "selected": true}]);
        let mut second = read(&choice);
        second
            .choose_among(&[found("1"), found("2")], Some(&first), NOW.plus(crate::time::Span::hours(1)))
            .unwrap();
        let sender = second.sender().unwrap();
        assert_eq!((sender.number_id.as_str(), sender.created_at), ("2", Some(NOW)));
        let mut silent = read(&body());
        silent.choose_among(&[found("2")], Some(&second), NOW).unwrap();
        assert_eq!(silent.sender().unwrap().number_id, "2");
    }

    #[test]
    fn a_number_of_another_account_is_named() {
        let mut choice = body();
        choice["numbers"] = json!([{"number": "+15559", "numberId": "9", "selected": true}]);
        let problems = read(&choice).choose_among(&[found("1")], None, NOW).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("numbers[0].numberId"));
    }

    #[test]
    fn each_fault_is_named() {
        for (name, value, code) in [
            ("provider", json!("OTHER"), Code::InvalidValue),
            ("whatsAppAccountBusinessId", json!("../x"), Code::InvalidValue),
            ("appId", json!(null), Code::RequiredValue),
            (
                "numbers",
                json!([{"number": "1", "numberId": "1", "selected": true}, {"number": "2", "numberId": "2", "selected": true}]),
                Code::InvalidValue,
            ),
        ] {
            let mut faulty = body();
            faulty[name] = value;
            let problems = WhatsAppDelivery::read(&faulty, None, &[]).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(name)), "{faulty}");
        }
    }
}
