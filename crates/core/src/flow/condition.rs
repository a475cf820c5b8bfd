//! When a step runs: PingOne's conditions, evaluated without any input but [`Facts`].
//!
//! The answer has three values. What cannot be known here (risk scores, an
//! attribute of a user not known yet, a form of condition not built) is
//! [`Answer::Unknown`], whatever `not` stands before it; and a step is skipped
//! only when its condition is surely false. So a condition that is not
//! understood never opens a door.

use std::net::IpAddr;

use serde_json::Value;

use crate::time::{Span, Timestamp};

/// Deepest nesting of `and`, `or`, `not` that is looked into.
const MAX_DEPTH: usize = 16;

/// When the user last proved what, in the session the browser brought along or in this flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct SignOns {
    /// The password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Timestamp>,
    /// A code on a device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa: Option<Timestamp>,
}

impl SignOns {
    /// The latest of both.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        self.password.max(self.mfa)
    }
}

/// What conditions look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The time of the request.
    pub now: Timestamp,
    /// Where the person sits, if known.
    pub remote_ip: Option<IpAddr>,
    /// The user's attributes as on the wire, once the user is known.
    pub user: Option<&'a Value>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be told.
    Unknown,
}

impl std::ops::Not for Answer {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Answer {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// Whether a step with this condition runs.
#[must_use]
pub fn runs(condition: Option<&Value>, facts: &Facts<'_>, past: &SignOns) -> bool {
    condition.is_none_or(|condition| evaluate(condition, facts, past) != Answer::False)
}

/// Evaluates a condition.
#[must_use]
pub fn evaluate(condition: &Value, facts: &Facts<'_>, past: &SignOns) -> Answer {
    at_depth(condition, facts, past, 0)
}

fn at_depth(condition: &Value, facts: &Facts<'_>, past: &SignOns, depth: usize) -> Answer {
    let Some(members) = condition.as_object().filter(|_| depth < MAX_DEPTH) else { return Answer::Unknown };
    let inner = |value: &Value| at_depth(value, facts, past, depth + 1);
    if let Some(list) = members.get("and").and_then(Value::as_array) {
        return all(list.iter().map(inner));
    }
    if let Some(list) = members.get("or").and_then(Value::as_array) {
        return !all(list.iter().map(|value| !inner(value)));
    }
    if let Some(negated) = members.get("not") {
        return !inner(negated);
    }
    if let (Some(variable), Some(seconds)) =
        (text(condition, "secondsSince"), members.get("greater").and_then(Value::as_i64))
    {
        return seconds_since(variable, seconds, facts.now, past);
    }
    if let (Some(ranges), Some("${flow.request.http.remoteIp}")) =
        (members.get("ipRange").and_then(Value::as_array), text(condition, "contains"))
    {
        return ip_range(ranges, facts.remote_ip);
    }
    if let (Some(variable), Some(expected)) = (text(condition, "value"), members.get("equals")) {
        return equals(variable, expected, facts.user);
    }
    Answer::Unknown
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// The conjunction; an empty one tells nothing.
fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut result = None;
    for answer in answers {
        match answer {
            Answer::False => return Answer::False,
            Answer::Unknown => result = Some(Answer::Unknown),
            Answer::True => result = result.or(Some(Answer::True)),
        }
    }
    result.unwrap_or(Answer::Unknown)
}

/// True as well when there was no such sign-on.
fn seconds_since(variable: &str, seconds: i64, now: Timestamp, past: &SignOns) -> Answer {
    let at = match variable {
        "${session.lastSignOn.withAuthenticator.pwd.at}" => past.password,
        "${session.lastSignOn.withAuthenticator.mfa.at}" => past.mfa,
        "${session.lastSignOn.at}" => past.latest(),
        _ => return Answer::Unknown,
    };
    at.is_none_or(|at| now.since(at) > Span::seconds(seconds)).into()
}

fn ip_range(ranges: &[Value], remote_ip: Option<IpAddr>) -> Answer {
    let Some(address) = remote_ip else { return Answer::Unknown };
    let mut answer = Answer::False;
    for range in ranges {
        match range.as_str().and_then(|range| contains(range, address)) {
            Some(true) => return Answer::True,
            Some(false) => {}
            None => answer = Answer::Unknown,
        }
    }
    answer
}

/// Whether a CIDR block (or a single address) holds the address; nothing when it is not one.
fn contains(range: &str, address: IpAddr) -> Option<bool> {
    let (network, prefix) = match range.split_once('/') {
        Some((network, prefix)) => (network, Some(prefix.parse::<u32>().ok()?)),
        None => (range, None),
    };
    let (network, width) = bits(network.trim().parse().ok()?);
    let (address, own_width) = bits(address);
    let prefix = prefix.unwrap_or(width);
    if prefix > width {
        return None;
    }
    let shift = width - prefix;
    Some(width == own_width && (network ^ address).checked_shr(shift).unwrap_or(0) == 0)
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

fn equals(variable: &str, expected: &Value, user: Option<&Value>) -> Answer {
    let path = variable.strip_prefix("${user.").and_then(|rest| rest.strip_suffix('}'));
    let (Some(path), Some(user)) = (path, user) else { return Answer::Unknown };
    let actual = path.split('.').try_fold(user, |value, name| value.get(name));
    (actual == Some(expected)).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(condition: &Value) -> Answer {
        let user = json!({"population": {"id": "p"}, "enabled": true});
        let facts = Facts {
            now: Timestamp::from_seconds(10_000),
            remote_ip: Some("10.1.2.3".parse().unwrap()),
            user: Some(&user),
        };
        let past = SignOns { password: Some(Timestamp::from_seconds(9_000)), mfa: None };
        evaluate(condition, &facts, &past)
    }

    #[test]
    fn a_sign_on_is_old_after_the_given_seconds_and_when_there_was_none() {
        let since = |method: &str, seconds: i64| {
            let variable = format!("${{session.lastSignOn.withAuthenticator.{method}.at}}");
            answer(&json!({"secondsSince": variable, "greater": seconds}))
        };
        assert_eq!(since("pwd", 999), Answer::True);
        assert_eq!(since("pwd", 1000), Answer::False);
        assert_eq!(since("mfa", 999_999), Answer::True);
        assert_eq!(since("xyz", 1), Answer::Unknown);
    }

    #[test]
    fn addresses_match_their_networks() {
        let within =
            |ranges: Value| answer(&json!({"ipRange": ranges, "contains": "${flow.request.http.remoteIp}"}));
        assert_eq!(within(json!(["192.168.0.0/16", "10.0.0.0/8"])), Answer::True);
        assert_eq!(within(json!(["10.1.2.3"])), Answer::True);
        assert_eq!(within(json!(["0.0.0.0/0"])), Answer::True);
        assert_eq!(within(json!(["10.1.2.4/32", "::/0"])), Answer::False);
        assert_eq!(within(json!(["10.1.2.4/33"])), Answer::Unknown);
        assert_eq!(within(json!(["nonsense"])), Answer::Unknown);
    }

    #[test]
    fn attributes_are_compared_by_path() {
        assert_eq!(answer(&json!({"value": "${user.population.id}", "equals": "p"})), Answer::True);
        assert_eq!(answer(&json!({"value": "${user.population.id}", "equals": "q"})), Answer::False);
        assert_eq!(answer(&json!({"value": "${user.enabled}", "equals": true})), Answer::True);
        assert_eq!(answer(&json!({"value": "${flow.x}", "equals": "p"})), Answer::Unknown);
    }

    #[test]
    fn what_is_not_understood_runs_the_step_even_when_negated() {
        let risk =
            json!({"ipRisk": {"minScore": 80, "maxScore": 100}, "valid": "${flow.request.http.remoteIp}"});
        let yes = json!({"value": "${user.enabled}", "equals": true});
        for condition in [
            risk.clone(),
            json!({"not": risk}),
            json!({"not": {"not": risk}}),
            json!({"and": [yes, risk]}),
            json!({"or": [{"not": yes}, risk]}),
            json!({"and": []}),
            json!("x"),
        ] {
            assert_eq!(answer(&condition), Answer::Unknown, "{condition}");
        }
        assert_eq!(answer(&json!({"and": [{"not": yes}, risk]})), Answer::False);
        assert_eq!(answer(&json!({"or": [risk, yes]})), Answer::True);
    }

    #[test]
    fn endless_nesting_ends() {
        let mut condition = json!({"value": "${user.enabled}", "equals": false});
        for _ in 0..100 {
            condition = json!({"and": [condition]});
        }
        assert_eq!(answer(&condition), Answer::Unknown);
    }
}
