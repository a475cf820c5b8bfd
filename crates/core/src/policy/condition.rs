//! The form of a condition of a sign-on action.
//!
//! Owns which conditions may be stored. Whether a stored condition holds is for
//! [`crate::flow::condition`] to say.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::problem::Problem;

/// Deepest nesting of `and`, `or`, `not`.
const MAX_DEPTH: usize = 16;
/// Most conditions in one `and` or `or`, and most addresses in a range.
const MAX_ITEMS: usize = 100;
/// The address of the person.
const REMOTE_IP: &str = "${flow.request.http.remoteIp}";
/// Points in time that `secondsSince` may name.
const SIGN_ON_TIMES: &[&str] = &[
    "${session.lastSignOn.withAuthenticator.pwd.at}",
    "${session.lastSignOn.withAuthenticator.mfa.at}",
    "${session.lastSignOn.at}",
];

/// What is wrong with a condition that stands at `path`.
#[must_use]
pub fn problems(condition: &Value, path: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    condition_at(condition, path, MAX_DEPTH, &mut problems);
    problems
}

/// Whether a condition looks at the user, who is not known before the first action.
#[must_use]
pub fn looks_at_user(condition: &Value) -> bool {
    match condition {
        Value::Object(members) => {
            let compares_user = members
                .get("value")
                .and_then(Value::as_str)
                .is_some_and(|variable| variable.starts_with("${user."));
            compares_user || members.values().any(looks_at_user)
        }
        Value::Array(items) => items.iter().any(looks_at_user),
        _ => false,
    }
}

fn condition_at(condition: &Value, path: &str, depth: usize, problems: &mut Vec<Problem>) {
    let Some(members) = condition.as_object() else {
        problems.push(Problem::invalid(path, "must be an object"));
        return;
    };
    let Some(inner) = depth.checked_sub(1) else {
        problems.push(Problem::invalid(path, format!("must not be nested deeper than {MAX_DEPTH}")));
        return;
    };
    for word in ["and", "or"] {
        if let Some(list) = members.get(word) {
            return several(list, &format!("{path}.{word}"), inner, problems);
        }
    }
    if let Some(negated) = members.get("not") {
        return condition_at(negated, &format!("{path}.not"), inner, problems);
    }
    if let Some(problem) = simple(members, path) {
        problems.push(problem);
    }
}

fn several(list: &Value, path: &str, depth: usize, problems: &mut Vec<Problem>) {
    match list.as_array() {
        Some(items) if items.is_empty() => problems.push(Problem::empty(path)),
        Some(items) if items.len() > MAX_ITEMS => problems.push(Problem::too_long(path, MAX_ITEMS)),
        Some(items) => {
            for (place, item) in items.iter().enumerate() {
                condition_at(item, &format!("{path}[{place}]"), depth, problems);
            }
        }
        None => problems.push(Problem::invalid(path, "must be a list of conditions")),
    }
}

/// The forms without conditions inside.
fn simple(members: &Map<String, Value>, path: &str) -> Option<Problem> {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let wrong = |name: &str, message: &str| Some(Problem::invalid(&format!("{path}.{name}"), message));
    if members.contains_key("secondsSince") {
        return match (text("secondsSince"), members.get("greater").and_then(Value::as_i64)) {
            (Some(time), _) if !SIGN_ON_TIMES.contains(&time) => {
                Some(Problem::not_allowed(&format!("{path}.secondsSince"), SIGN_ON_TIMES))
            }
            (Some(_), Some(0..)) => None,
            (Some(_), _) => wrong("greater", "must be a number of seconds"),
            _ => wrong("secondsSince", "must be a string"),
        };
    }
    if let Some(ranges) = members.get("ipRange") {
        return addresses(ranges, &format!("{path}.ipRange"), 1)
            .or_else(|| names_remote_ip(text("contains"), path, "contains"));
    }
    if let Some(networks) = members.get("anonymousNetwork") {
        return addresses(networks, &format!("{path}.anonymousNetwork"), 0)
            .or_else(|| names_remote_ip(text("valid"), path, "valid"));
    }
    if let Some(risk) = members.get("ipRisk") {
        let score =
            |name: &str| risk.get(name).and_then(Value::as_i64).filter(|score| (0..=100).contains(score));
        return match (score("minScore"), score("maxScore")) {
            (Some(least), Some(most)) if least <= most => names_remote_ip(text("valid"), path, "valid"),
            _ => wrong("ipRisk", "must have minScore and maxScore from 0 to 100"),
        };
    }
    if members.contains_key("geoVelocity") {
        let valid = members.get("valid").is_some_and(Value::is_object);
        return names_remote_ip(text("geoVelocity"), path, "geoVelocity")
            .or_else(|| if valid { None } else { wrong("valid", "must name the previous sign-on") });
    }
    if members.contains_key("value") {
        let variable = text("value").is_some_and(|value| value.starts_with("${") && value.ends_with('}'));
        return match members.get("equals") {
            _ if !variable => wrong("value", "must be a variable such as ${user.population.id}"),
            None | Some(Value::Null) => Some(Problem::required(&format!("{path}.equals"))),
            Some(Value::Object(_) | Value::Array(_)) => {
                wrong("equals", "must be a string, number or boolean")
            }
            Some(_) => None,
        };
    }
    Some(Problem::invalid(path, "is not a known condition"))
}

fn names_remote_ip(variable: Option<&str>, path: &str, name: &str) -> Option<Problem> {
    (variable != Some(REMOTE_IP)).then(|| Problem::not_allowed(&format!("{path}.{name}"), &[REMOTE_IP]))
}

fn addresses(list: &Value, path: &str, least: usize) -> Option<Problem> {
    let Some(items) = list.as_array() else {
        return Some(Problem::invalid(path, "must be a list of addresses"));
    };
    if items.len() < least {
        return Some(Problem::empty(path));
    }
    if items.len() > MAX_ITEMS {
        return Some(Problem::too_long(path, MAX_ITEMS));
    }
    let place = items.iter().position(|item| !item.as_str().is_some_and(is_network))?;
    Some(Problem::invalid(&format!("{path}[{place}]"), "must be an address range such as 10.0.0.0/8"))
}

/// An address, alone or with the length of its prefix.
fn is_network(text: &str) -> bool {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let most = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_documented_form_is_accepted() {
        let forms = [
            json!({"secondsSince": "${session.lastSignOn.withAuthenticator.pwd.at}", "greater": 28800}),
            json!({"ipRange": ["10.0.0.0/8", "::1"], "contains": REMOTE_IP}),
            json!({"ipRisk": {"minScore": 80, "maxScore": 100}, "valid": REMOTE_IP}),
            json!({"geoVelocity": REMOTE_IP, "valid": {"previousSuccessfulAuthenticationIp": "${user.lastSignOn.remoteIp}",
                   "previousSuccessfulAuthenticationTime": "${user.lastSignOn.at}"}}),
            json!({"anonymousNetwork": [], "valid": REMOTE_IP}),
            json!({"value": "${user.population.id}", "equals": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}),
        ];
        for form in &forms {
            assert_eq!(problems(form, "condition"), [], "{form}");
        }
        let all = json!({"and": [{"or": forms}, {"not": forms[0]}]});
        assert_eq!(problems(&all, "condition"), []);
        assert!(looks_at_user(&all) && !looks_at_user(&forms[0]));
    }

    #[test]
    fn other_forms_are_named() {
        let table = [
            (json!([]), "condition"),
            (json!({}), "condition"),
            (json!({"and": []}), "condition.and"),
            (json!({"or": [{"value": "x", "equals": 1}]}), "condition.or[0].value"),
            (json!({"not": {"value": "${user.type}"}}), "condition.not.equals"),
            (json!({"secondsSince": "${now}", "greater": 1}), "condition.secondsSince"),
            (json!({"secondsSince": SIGN_ON_TIMES[0], "greater": -1}), "condition.greater"),
            (json!({"ipRange": ["10.0.0.0/33"], "contains": REMOTE_IP}), "condition.ipRange[0]"),
            (json!({"ipRange": ["10.0.0.0/8"], "contains": "x"}), "condition.contains"),
            (json!({"ipRisk": {"minScore": 90, "maxScore": 80}, "valid": REMOTE_IP}), "condition.ipRisk"),
        ];
        for (condition, target) in table {
            let found = problems(&condition, "condition");
            assert_eq!(
                found.first().and_then(|problem| problem.target.as_deref()),
                Some(target),
                "{condition}"
            );
        }
    }

    #[test]
    fn a_condition_is_not_nested_without_end() {
        let deep =
            (0..40).fold(json!({"value": "${user.type}", "equals": "x"}), |inner, _| json!({ "not": inner }));
        assert_eq!(problems(&deep, "condition").len(), 1);
    }
}
