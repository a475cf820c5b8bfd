//! The request that hands a message to a customer's gateway, with `${…}` for its parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::delivery_authentication::is_header_name;
use crate::problem::Problem;
use crate::schema::{Field, list, map, nested, object, one_of, text, texts, words};

words! {
    /// What kind of message a request hands over.
    pub enum RequestChannel {
        Sms = "SMS",
        Voice = "VOICE",
        Email = "EMAIL",
    }
}

words! {
    /// The method of a request.
    pub enum RequestMethod {
        Get = "GET",
        Post = "POST",
    }
}

words! {
    /// How a phone number is written.
    pub enum PhoneNumberFormat {
        Full = "FULL",
        NumberOnly = "NUMBER_ONLY",
    }
}

/// How the body of a POST is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// A request to a gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRequest {
    /// Which messages.
    pub delivery_method: RequestChannel,
    /// The HTTP method.
    pub method: RequestMethod,
    /// Where; the variables of a GET stand in the query.
    pub url: String,
    /// What a POST says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// More headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// How the number is written; of text messages and calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_format: Option<PhoneNumberFormat>,
    /// Spoken before each digit; of calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_tag: Option<String>,
    /// Spoken after each digit; of calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_tag: Option<String>,
}

/// Declares `requests` of a phone gateway.
pub(super) fn phone_requests() -> Field {
    let mut fields = request(&["SMS", "VOICE"]);
    fields.push(one_of("phoneNumberFormat", PhoneNumberFormat::WORDS).default("FULL"));
    fields.push(text("beforeTag").max(256));
    fields.push(text("afterTag").max(256));
    list("requests", nested("request", object(fields)), 2).min(1)
}

/// Declares `requests` of a mail gateway.
pub(super) fn email_requests() -> Field {
    list("requests", nested("request", object(request(&["EMAIL"]))), 1).min(1)
}

fn request(channels: &'static [&'static str]) -> Vec<Field> {
    vec![
        one_of("deliveryMethod", channels).required(),
        one_of("method", RequestMethod::WORDS).required(),
        text("url")
            .required()
            .max(4096)
            .pattern("an http or https URL whose host is fixed", is_url_with_fixed_host),
        text("body").max(16 * 1024).multiline(),
        map("headers", text("value").max(4096), 30),
    ]
}

/// A web URL without variables or credentials before its path.
fn is_url_with_fixed_host(text: &str) -> bool {
    let host = text.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    texts::is_web_url(text) && host.is_some_and(|host| !host.contains(['$', '{', '}', '@']))
}

impl DeliveryRequest {
    /// How the body is written, from the `content-type` header; a form when not said.
    #[must_use]
    pub fn body_form(&self) -> Option<BodyForm> {
        match self.content_type() {
            None | Some("application/x-www-form-urlencoded") => Some(BodyForm::Form),
            Some("application/json") => Some(BodyForm::Json),
            Some(_) => None,
        }
    }

    fn content_type(&self) -> Option<&str> {
        let mut headers = self.headers.iter().flatten();
        headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.as_str())
    }

    fn problems(&self, path: &str, variables: &[&str]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let carrier = match (self.method, &self.body) {
            (RequestMethod::Get, _) => ("url", Some(&self.url)),
            (RequestMethod::Post, body) => ("body", body.as_ref()),
        };
        match carrier {
            (name, Some(text)) => {
                let missing = variables.iter().filter(|variable| !text.contains(*variable));
                problems.extend(missing.map(|variable| {
                    Problem::invalid(&format!("{path}.{name}"), format!("must contain {variable}"))
                }));
            }
            (name, None) => problems.push(Problem::required(&format!("{path}.{name}"))),
        }
        problems.extend(self.body_problem(path));
        let bad_name = self.headers.iter().flatten().any(|(name, _)| !is_header_name(name));
        if bad_name {
            problems.push(Problem::invalid(&format!("{path}.headers"), "must have names that HTTP allows"));
        }
        if self.delivery_method != RequestChannel::Voice {
            let tags = [("beforeTag", &self.before_tag), ("afterTag", &self.after_tag)];
            let misplaced = tags.iter().filter(|(_, tag)| tag.is_some());
            problems.extend(
                misplaced.map(|(name, _)| Problem::invalid(&format!("{path}.{name}"), "belongs to VOICE")),
            );
        }
        problems
    }

    fn body_problem(&self, path: &str) -> Option<Problem> {
        let body = self.body.as_ref().filter(|_| self.method == RequestMethod::Post)?;
        match self.body_form() {
            None => {
                let allowed = ["application/x-www-form-urlencoded", "application/json"];
                Some(Problem::not_allowed(&format!("{path}.headers.content-type"), &allowed))
            }
            Some(BodyForm::Json) if serde_json::from_str::<Value>(body).is_err() => Some(Problem::invalid(
                &format!("{path}.body"),
                "must be JSON, with the variables inside strings",
            )),
            Some(_) => None,
        }
    }
}

/// What is wrong with the requests of a gateway; each must carry these variables.
pub(super) fn problems(requests: &[DeliveryRequest], variables: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (place, request) in requests.iter().enumerate() {
        let path = format!("requests[{place}]");
        problems.extend(request.problems(&path, variables));
        if requests.iter().take(place).any(|earlier| earlier.delivery_method == request.delivery_method) {
            problems.push(Problem::invalid(&format!("{path}.deliveryMethod"), "is listed twice"));
        }
    }
    problems
}
