//! Notification policies: how many messages a day, and to which countries (notifications contract 3.1).
//!
//! Quotas and the limit of countries are acted upon. Cool-downs between messages
//! and the choice of providers by country are kept and shown.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entity::Entity;
use crate::ids::NotificationPolicyId;
use crate::notify::Channel;
use crate::problem::Problem;
use crate::schema::{
    Declared, Field, Object, boolean, duration, integer, list, nested, object, one_of, text, words,
};

/// Text messages and calls together, or mails, for a user on a day where no policy says how many.
pub const PLATFORM_DAILY: i64 = 50;
/// Most messages that a policy may let a user have on a day: each code takes guesses.
const MOST_OF_USER: i64 = 1_000;
/// Most messages that a policy may let an environment have on a day.
const MOST_OF_ENVIRONMENT: i64 = 1_000_000_000;
/// Quotas of a policy: one for phones, one for mails.
const MOST_QUOTAS: usize = 2;

words! {
    /// Whose messages a quota counts.
    pub enum QuotaScope {
        User = "USER",
        Environment = "ENVIRONMENT",
    }
}

words! {
    /// What the list of countries means.
    pub enum CountryRule {
        None = "NONE",
        Allowed = "ALLOWED",
        Denied = "DENIED",
    }
}

/// A notification policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPolicy {
    /// Unique in the environment.
    pub name: String,
    /// Holds where nothing else is said; one per environment.
    pub default: bool,
    /// Messages of a day.
    pub quotas: Vec<Quota>,
    /// Where messages may go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_limit: Option<CountryLimit>,
    /// Waits between messages; kept as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown_configuration: Option<Value>,
    /// Providers by country; kept as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_configuration: Option<Value>,
}

/// So many messages on a UTC day: in total, or answered ones and unanswered ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Whose messages.
    #[serde(rename = "type")]
    pub scope: QuotaScope,
    /// Text messages and calls, or mails.
    pub delivery_methods: Vec<Channel>,
    /// All of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Those that were answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed: Option<i64>,
    /// Those that were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unclaimed: Option<i64>,
}

/// Where text messages and calls may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountryLimit {
    /// What the list means.
    #[serde(rename = "type")]
    pub rule: CountryRule,
    /// Which messages; both kinds when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_methods: Option<Vec<Channel>>,
    /// Codes of ISO 3166.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<Vec<String>>,
}

impl NotificationPolicy {
    /// What a new environment has.
    #[must_use]
    pub fn initial() -> Self {
        let quota = |delivery_methods: &[Channel]| Quota {
            scope: QuotaScope::User,
            delivery_methods: delivery_methods.to_vec(),
            total: Some(PLATFORM_DAILY),
            claimed: None,
            unclaimed: None,
        };
        Self {
            name: "Default Notification Policy".to_owned(),
            default: true,
            quotas: vec![quota(&[Channel::Sms, Channel::Voice]), quota(&[Channel::Email])],
            country_limit: None,
            cooldown_configuration: None,
            provider_configuration: None,
        }
    }

    /// The quota that counts messages of this channel. `WhatsApp` counts with phones.
    #[must_use]
    pub fn quota(&self, channel: Channel) -> Option<&Quota> {
        let counted = if channel == Channel::Email { Channel::Email } else { Channel::Sms };
        self.quotas.iter().find(|quota| quota.delivery_methods.contains(&counted))
    }

    /// Whether no message of this channel may go to the country. A number without a country is in no list.
    #[must_use]
    pub fn forbids(&self, channel: Channel, country: Option<&str>) -> bool {
        let Some(limit) = &self.country_limit else { return false };
        let concerns = match &limit.delivery_methods {
            Some(methods) => methods.contains(&channel),
            None => matches!(channel, Channel::Sms | Channel::Voice),
        };
        let listed = || limit.countries.iter().flatten().any(|code| Some(code.as_str()) == country);
        concerns
            && match limit.rule {
                CountryRule::None => false,
                CountryRule::Allowed => !listed(),
                CountryRule::Denied => listed(),
            }
    }
}

impl Entity for NotificationPolicy {
    type Id = NotificationPolicyId;
    const KIND: &'static str = "NOTIFICATION_POLICY";
}

impl Declared for NotificationPolicy {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256).doc("Unique in the environment."),
                boolean("default")
                    .default(false)
                    .doc("Holds where nothing else is said; one per environment."),
                list("quotas", nested("quota", quota()), MOST_QUOTAS)
                    .required()
                    .doc("One for SMS and Voice, one for Email."),
                nested("countryLimit", country_limit()),
                nested("cooldownConfiguration", cool_downs()),
                nested("providerConfiguration", providers()),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            self.quotas.iter().enumerate().flat_map(|(at, quota)| quota.problems(at)).collect();
        if let [one, other] = self.quotas.as_slice()
            && one.delivery_methods.iter().any(|method| other.delivery_methods.contains(method))
        {
            let text = "another quota counts the same delivery methods";
            problems.push(Problem::invalid("quotas[1].deliveryMethods", text));
        }
        if let Some(limit) = &self.country_limit
            && limit.rule != CountryRule::None
            && limit.countries.as_ref().is_none_or(Vec::is_empty)
        {
            problems.push(Problem::required("countryLimit.countries"));
        }
        problems.extend(self.wait_problems());
        problems
    }
}

impl NotificationPolicy {
    /// A wait that is on says how long and how often.
    fn wait_problems(&self) -> Vec<Problem> {
        let Some(waits) = self.cooldown_configuration.as_ref().and_then(Value::as_object) else {
            return Vec::new();
        };
        let mut problems = Vec::new();
        for (method, wait) in waits.iter().filter(|(_, wait)| wait.get("enabled") == Some(&Value::Bool(true)))
        {
            let target = format!("cooldownConfiguration.{method}");
            match wait.get("periods").and_then(Value::as_array).map(Vec::len) {
                None => problems.push(Problem::required(&format!("{target}.periods"))),
                Some(3) => {}
                Some(_) => {
                    problems.push(Problem::invalid(&format!("{target}.periods"), "must hold three periods"));
                }
            }
            if wait.get("resendLimit").is_none() {
                problems.push(Problem::required(&format!("{target}.resendLimit")));
            }
        }
        problems
    }
}

impl Quota {
    fn problems(&self, at: usize) -> Vec<Problem> {
        let target = |member: &str| format!("quotas[{at}].{member}");
        let mut problems = Vec::new();
        let has = |channel| self.delivery_methods.contains(&channel);
        let phones = has(Channel::Sms) && has(Channel::Voice) && !has(Channel::Email);
        let mails = has(Channel::Email) && !has(Channel::Sms) && !has(Channel::Voice);
        if !phones && !mails {
            let text = "must be either SMS and Voice, or Email";
            problems.push(Problem::invalid(&target("deliveryMethods"), text));
        }
        match (self.total, self.claimed, self.unclaimed) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => {}
            (None, None, None) => problems.push(Problem::required(&target("total"))),
            (None, None, Some(_)) => problems.push(Problem::required(&target("claimed"))),
            (None, Some(_), None) => problems.push(Problem::required(&target("unclaimed"))),
            (Some(_), ..) => {
                let text = "cannot be combined with claimed and unclaimed";
                problems.push(Problem::invalid(&target("total"), text));
            }
        }
        if self.scope == QuotaScope::User {
            let numbers = [("total", self.total), ("claimed", self.claimed), ("unclaimed", self.unclaimed)];
            let beyond =
                numbers.iter().filter(|(_, number)| number.is_some_and(|number| number > MOST_OF_USER));
            problems
                .extend(beyond.map(|(member, _)| Problem::out_of_range(&target(member), 1, MOST_OF_USER)));
        }
        problems
    }
}

fn quota() -> Object {
    object(vec![
        one_of("type", QuotaScope::WORDS).required(),
        list("deliveryMethods", one_of("method", &["SMS", "Voice", "Email"]), 2).required().min(1),
        integer("total", 1, MOST_OF_ENVIRONMENT),
        integer("claimed", 1, MOST_OF_ENVIRONMENT).doc("With `unclaimed`, instead of `total`."),
        integer("unclaimed", 1, MOST_OF_ENVIRONMENT).doc("With `claimed`, instead of `total`."),
    ])
}

fn country() -> Field {
    text("country")
        .pattern("^[A-Z]{2}$", |code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn country_limit() -> Object {
    object(vec![
        one_of("type", CountryRule::WORDS).required(),
        list("deliveryMethods", one_of("method", &["SMS", "Voice"]), 2),
        list("countries", country(), 300),
    ])
}

fn cool_downs() -> Object {
    let period = || duration("period", &[("SECONDS", 10, 600), ("MINUTES", 1, 10)]);
    let wait = |name: &'static str| {
        let members = vec![
            boolean("enabled").required(),
            list("periods", period(), 3),
            integer("resendLimit", 1, 10_000),
            one_of("groupBy", &["USER_ID"]),
        ];
        nested(name, object(members)).required()
    };
    object(vec![wait("email"), wait("sms"), wait("voice"), wait("whatsApp")])
}

fn providers() -> Object {
    let condition = object(vec![
        list("deliveryMethods", one_of("method", &["SMS", "VOICE"]), 2),
        list("countries", country(), 300),
        list("fallbackChain", nested("provider", object(vec![text("id").required().max(64)])), 10),
    ]);
    object(vec![list("conditions", nested("condition", condition), 100)])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::problem::Code;

    fn read(body: &Value) -> Result<NotificationPolicy, Vec<Problem>> {
        NotificationPolicy::read(body, None, &[]).map(|(policy, _)| policy)
    }

    #[test]
    fn the_policy_of_the_documentation_is_echoed() {
        let off = json!({"enabled": false});
        let body = json!({"name": "Customers", "default": false,
            "quotas": [{"type": "USER", "deliveryMethods": ["SMS", "Voice"], "claimed": 50, "unclaimed": 10},
                       {"type": "USER", "deliveryMethods": ["Email"], "total": 25}],
            "countryLimit": {"type": "ALLOWED", "deliveryMethods": ["SMS", "Voice"], "countries": ["US", "CA"]},
            "cooldownConfiguration": {"email": off, "sms": {"enabled": true, "periods": [{"duration": 30, "timeUnit": "SECONDS"},
                {"duration": 1, "timeUnit": "MINUTES"}, {"duration": 5, "timeUnit": "MINUTES"}], "resendLimit": 5, "groupBy": "USER_ID"},
                "voice": off, "whatsApp": off}});
        assert_eq!(serde_json::to_value(read(&body).unwrap()).unwrap(), body);
    }

    #[test]
    fn each_fault_is_named() {
        let user = |methods: Value, more: Value| {
            let mut quota = json!({"type": "USER", "deliveryMethods": methods});
            quota.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"name": "x", "quotas": [quota]})
        };
        let table = [
            (json!({"name": "x"}), Code::RequiredValue, "quotas"),
            (
                user(json!(["SMS", "Email"]), json!({"total": 1})),
                Code::InvalidValue,
                "quotas[0].deliveryMethods",
            ),
            (user(json!(["Email"]), json!({})), Code::RequiredValue, "quotas[0].total"),
            (user(json!(["Email"]), json!({"claimed": 1})), Code::RequiredValue, "quotas[0].unclaimed"),
            (user(json!(["Email"]), json!({"total": 1001})), Code::OutOfRange, "quotas[0].total"),
            (
                json!({"name": "x", "quotas": [], "countryLimit": {"type": "DENIED"}}),
                Code::RequiredValue,
                "countryLimit.countries",
            ),
            (
                json!({"name": "x", "quotas": [], "countryLimit": {"type": "DENIED", "countries": ["us"]}}),
                Code::InvalidValue,
                "countryLimit.countries[0]",
            ),
        ];
        for (body, code, target) in table {
            let problems = read(&body).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
        }
    }

    #[test]
    fn a_country_is_forbidden_by_either_list() {
        let policy = |rule: &str, methods: Value| {
            let limit = json!({"type": rule, "deliveryMethods": methods, "countries": ["US", "CA"]});
            read(&json!({"name": "x", "quotas": [], "countryLimit": limit})).unwrap()
        };
        let allowed = policy("ALLOWED", Value::Null);
        assert!(!allowed.forbids(Channel::Sms, Some("US")) && !allowed.forbids(Channel::Email, None));
        assert!(allowed.forbids(Channel::Sms, Some("CH")) && allowed.forbids(Channel::Voice, None));
        let denied = policy("DENIED", json!(["Voice"]));
        assert!(denied.forbids(Channel::Voice, Some("CA")) && !denied.forbids(Channel::Sms, Some("CA")));
        assert!(!policy("NONE", Value::Null).forbids(Channel::Sms, Some("CH")));
    }
}
