//! Values without parts: texts, numbers, words, dates and ids, with their coercions.
//!
//! Problems leave here without a target; the walk fills it in.

use serde_json::Value;

use super::field::{Pattern, TextRule};
use crate::ids::parse_uuid;
use crate::problem::{Code, Problem};
use crate::time::Timestamp;

/// Longest refused word that a message repeats, in characters.
const SHOWN_WORD: usize = 64;

fn wrong(message: &str) -> Problem {
    Problem::new(Code::InvalidValue, message)
}

pub(super) fn text(rule: &TextRule, sent: &Value) -> Result<Value, Problem> {
    let Value::String(text) = sent else {
        return Err(wrong("must be a string"));
    };
    let length = text.chars().count();
    if rule.min > 0 && text.trim().is_empty() {
        return Err(Problem::empty(""));
    }
    if length > rule.max {
        return Err(Problem::too_long("", rule.max));
    }
    if length < rule.min {
        return Err(wrong(&format!("must have at least {} characters", rule.min)));
    }
    if has_control_characters(text, rule.multiline) {
        return Err(wrong("must not contain control characters"));
    }
    match rule.pattern {
        // An optional text may be emptied, whatever its form.
        Some(Pattern { form, test }) if !text.is_empty() && !test(text) => {
            let problem = wrong(&format!("must have the form: {form}"));
            // Clients read the member as a pattern; a description is in the message.
            Err(if form.starts_with('^') { problem.with("allowedPattern", form) } else { problem })
        }
        _ => Ok(sent.clone()),
    }
}

/// Whether a text holds characters that no database and no page should see.
pub(super) fn has_control_characters(text: &str, multiline: bool) -> bool {
    text.chars().any(|c| c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t')))
}

pub(super) fn boolean(sent: &Value) -> Result<Value, Problem> {
    match sent {
        Value::Bool(_) => Ok(sent.clone()),
        Value::String(text) if text == "true" => Ok(Value::Bool(true)),
        Value::String(text) if text == "false" => Ok(Value::Bool(false)),
        _ => Err(wrong("must be true or false")),
    }
}

pub(super) fn integer(min: i64, max: i64, whole: bool, sent: &Value) -> Result<Value, Problem> {
    let number = match sent {
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().map(Read::Fraction), |n| Some(Read::Whole(n)))
        }
        Value::String(text) if text.len() <= 40 => text
            .parse()
            .map(Read::Whole)
            .ok()
            .or_else(|| text.parse().ok().filter(|n: &f64| n.is_finite()).map(Read::Fraction)),
        _ => None,
    };
    let number = match number {
        Some(Read::Whole(number)) => Some(number),
        Some(Read::Fraction(number)) if whole && number.fract() != 0.0 => {
            return Err(wrong("must be a whole number"));
        }
        Some(Read::Fraction(number)) => cut(number),
        None => return Err(wrong("must be a number")),
    };
    match number {
        Some(number) if (min..=max).contains(&number) => Ok(Value::from(number)),
        _ => Err(Problem::out_of_range("", min, max)),
    }
}

enum Read {
    Whole(i64),
    Fraction(f64),
}

/// The whole part of a number, unless it is too large for any range.
fn cut(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9.0e15;
    // Within ±9e15 every whole f64 is an exact i64.
    (number.abs() < LIMIT).then_some(number.trunc() as i64)
}

pub(super) fn one_of(words: &[&str], sent: &Value) -> Result<Value, Problem> {
    match sent {
        Value::String(text) if words.contains(&text.as_str()) => Ok(sent.clone()),
        Value::String(text) if text.chars().count() <= SHOWN_WORD => {
            let mut problem = Problem::not_allowed("", words);
            problem.message = format!("'{text}' is not supported; {}", problem.message);
            Err(problem)
        }
        _ => Err(Problem::not_allowed("", words)),
    }
}

pub(super) fn date(sent: &Value) -> Result<Value, Problem> {
    let time = sent.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    time.map(|time| Value::String(time.to_string()))
        .ok_or_else(|| wrong("must be a date and time such as 2026-03-23T16:37:59.659Z"))
}

pub(super) fn uuid(sent: &Value) -> Result<Value, Problem> {
    let id = sent.as_str().and_then(|text| parse_uuid(text).ok());
    id.map(|id| Value::String(id.as_hyphenated().to_string())).ok_or_else(|| wrong("must be a UUID"))
}
