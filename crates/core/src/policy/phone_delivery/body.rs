//! The bodies of phone delivery settings: one declaration per provider.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{NumberType, PhoneDelivery, PhoneProvider, SenderNumber};
use crate::policy::delivery_authentication::{DeliveryAuthentication, authentication};
use crate::policy::delivery_request::{self, phone_requests};
use crate::problem::{Code, Problem};
use crate::schema::{
    Declared, Field, Kinds, Object, Secrets, boolean, list, nested, object, one_of, sealed, text,
};

/// What every request must carry.
const VARIABLES: &[&str] = &["${to}", "${message}"];

impl Declared for PhoneDelivery {
    fn schema() -> &'static Object {
        kinds().all()
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        kinds().of(input, old)
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        problems.extend(self.authentication.iter().flat_map(DeliveryAuthentication::problems));
        problems.extend(delivery_request::problems(self.requests.as_deref().unwrap_or_default(), VARIABLES));
        let numbers = self.numbers.iter().flatten().enumerate();
        problems.extend(numbers.filter_map(|(place, number)| countries(number, place, self.provider)));
        if self.messaging_services.iter().flatten().filter(|service| service.selected).count() > 1 {
            problems.push(Problem::invalid("messagingServices", "must have one selected service at most"));
        }
        problems
    }

    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        match (self.provider, &self.authentication) {
            (PhoneProvider::Custom, Some(authentication)) => authentication.secret_problems(secrets),
            (PhoneProvider::Custom, None) => Vec::new(),
            _ if secrets.text(&["authToken"]).is_some() => Vec::new(),
            _ => vec![Problem::required("authToken")],
        }
    }
}

/// The declaration of each provider.
fn kinds() -> &'static Kinds {
    static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
        let own = PhoneProvider::ALL.iter().map(|kind| (kind.as_str(), own_fields(*kind)));
        Kinds::new("provider", &common(), own)
    });
    &KINDS
}

fn common() -> Vec<Field> {
    vec![one_of("provider", PhoneProvider::WORDS).required().immutable(), sealed()]
}

fn own_fields(provider: PhoneProvider) -> Vec<Field> {
    match provider {
        PhoneProvider::Twilio => vec![text("name").max(256), sid(), auth_token(), numbers()],
        PhoneProvider::TwilioMessagingService => {
            vec![text("name").max(256), sid(), auth_token(), list("messagingServices", service(), 100)]
        }
        PhoneProvider::Custom => vec![
            text("name").required().max(256),
            boolean("default"),
            authentication().required(),
            phone_requests().required(),
            numbers(),
        ],
    }
}

fn sid() -> Field {
    text("sid").required().max(34).pattern("^AC[0-9a-fA-F]{32}$", is_account_sid).immutable()
}

fn is_account_sid(text: &str) -> bool {
    text.strip_prefix("AC")
        .is_some_and(|rest| rest.len() == 32 && rest.chars().all(|c| c.is_ascii_hexdigit()))
}

fn auth_token() -> Field {
    text("authToken").required().max(256).secret()
}

fn service() -> Field {
    nested(
        "service",
        object(vec![
            text("messagingServiceId").required().max(34).pattern("^MG[0-9a-fA-F]{32}$", |text| {
                text.strip_prefix("MG")
                    .is_some_and(|rest| rest.len() == 32 && rest.chars().all(|c| c.is_ascii_hexdigit()))
            }),
            text("name").max(256),
            boolean("selected").default(false),
        ]),
    )
}

fn numbers() -> Field {
    let country = text("country")
        .min(2)
        .max(2)
        .pattern("^[A-Z]{2}$", |text| text.chars().all(|c| c.is_ascii_uppercase()));
    let number = object(vec![
        text("number").required().max(32).pattern(r"^\+?[0-9]{3,15}$", is_number),
        one_of("type", NumberType::WORDS).required(),
        boolean("selected"),
        boolean("available"),
        list("capabilities", one_of("capability", &["SMS", "VOICE"]), 2),
        list("supportedCountries", country, 250),
    ]);
    list("numbers", nested("number", number), 1000)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())
}

fn countries(number: &SenderNumber, place: usize, provider: PhoneProvider) -> Option<Problem> {
    let target = format!("numbers[{place}].supportedCountries");
    let listed = number.supported_countries.as_deref();
    match (number.kind, listed) {
        (NumberType::PhoneNumber, Some([_, ..])) => {
            Some(Problem::invalid(&target, "must not be sent for a PHONE_NUMBER"))
        }
        (NumberType::PhoneNumber, _) => None,
        (_, Some([])) => Some(Problem::new(Code::EmptyValue, "must not be empty").at(target)),
        (_, None) if provider == PhoneProvider::Custom => Some(Problem::required(&target)),
        (NumberType::ShortCode, Some([_, _, ..])) => {
            Some(Problem::invalid(&target, "must be one country for a SHORT_CODE"))
        }
        _ => None,
    }
}
