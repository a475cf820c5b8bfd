//! Values with parts: references, durations, lists, maps and free JSON.

use serde_json::{Map, Value, json};

use super::check::Checker;
use super::field::{Field, TimeUnits};
use super::path::Path;
use super::scalar;
use crate::problem::Problem;

/// Longest name in a map, in characters.
const KEY_MAX: usize = 256;
/// Deepest nesting of free JSON.
const JSON_DEPTH: usize = 32;

fn members<'v>(checker: &mut Checker, sent: &'v Value, path: &Path<'_>) -> Option<&'v Map<String, Value>> {
    let members = sent.as_object();
    if members.is_none() {
        checker.refuse(Problem::invalid(&path.to_string(), "must be an object"));
    }
    members
}

fn required<'v>(
    checker: &mut Checker,
    members: &'v Map<String, Value>,
    name: &str,
    path: &Path<'_>,
) -> Option<&'v Value> {
    let value = members.get(name).filter(|value| !value.is_null());
    if value.is_none() {
        checker.refuse(Problem::required(&path.member(name).to_string()));
    }
    value
}

pub(super) fn reference(checker: &mut Checker, sent: &Value, path: &Path<'_>) -> Option<Value> {
    let members = members(checker, sent, path)?;
    let id = required(checker, members, "id", path)?;
    let id = checker.scalar(scalar::uuid(id), &path.member("id"))?;
    Some(json!({ "id": id }))
}

pub(super) fn duration(
    checker: &mut Checker,
    units: &TimeUnits,
    sent: &Value,
    path: &Path<'_>,
) -> Option<Value> {
    let members = members(checker, sent, path)?;
    let number = required(checker, members, units.number, path);
    let unit = required(checker, members, units.unit, path)?;
    let range = units.units.iter().find(|(name, _, _)| unit.as_str() == Some(name));
    let Some((unit, min, max)) = range else {
        let words: Vec<&str> = units.units.iter().map(|(name, _, _)| *name).collect();
        return checker.refuse(Problem::not_allowed(&path.member(units.unit).to_string(), &words));
    };
    let number = checker.scalar(scalar::integer(*min, *max, false, number?), &path.member(units.number))?;
    Some(json!({ units.number: number, units.unit: unit }))
}

pub(super) fn list(
    checker: &mut Checker,
    item: &Field,
    (min, max): (usize, usize),
    sent: &Value,
    path: &Path<'_>,
) -> Option<Value> {
    let Value::Array(items) = sent else {
        return checker.refuse(Problem::invalid(&path.to_string(), "must be a list"));
    };
    if items.len() > max {
        return checker.refuse(Problem::too_long(&path.to_string(), max));
    }
    if items.is_empty() && min > 0 {
        return checker.refuse(Problem::empty(&path.to_string()));
    }
    if items.len() < min {
        return checker
            .refuse(Problem::invalid(&path.to_string(), format!("must have at least {min} items")));
    }
    let checked = items.iter().enumerate().filter_map(|(index, value)| {
        let place = path.item(index);
        if value.is_null() {
            return checker.refuse(Problem::required(&place.to_string()));
        }
        checker.value(item, value, None, &place)
    });
    Some(Value::Array(checked.collect()))
}

pub(super) fn map(
    checker: &mut Checker,
    value: &Field,
    max: usize,
    sent: &Value,
    path: &Path<'_>,
) -> Option<Value> {
    let members = members(checker, sent, path)?;
    if members.len() > max {
        return checker.refuse(Problem::too_long(&path.to_string(), max));
    }
    let mut checked = Map::new();
    for (name, sent) in members.iter().filter(|(_, sent)| !sent.is_null()) {
        if name.is_empty() || name.chars().count() > KEY_MAX || scalar::has_control_characters(name, false) {
            checker.refuse(Problem::invalid(
                &path.to_string(),
                format!("names must have 1 to {KEY_MAX} printable characters"),
            ));
        } else if let Some(value) = checker.value(value, sent, None, &path.member(name)) {
            checked.insert(name.clone(), value);
        }
    }
    Some(Value::Object(checked))
}

pub(super) fn json(checker: &mut Checker, max: usize, sent: &Value, path: &Path<'_>) -> Option<Value> {
    if !shallow_and_clean(sent, JSON_DEPTH) {
        return checker.refuse(Problem::invalid(&path.to_string(), "is nested too deeply or contains NUL"));
    }
    if sent.to_string().len() > max {
        return checker.refuse(Problem::too_long(&path.to_string(), max));
    }
    Some(sent.clone())
}

fn shallow_and_clean(value: &Value, depth: usize) -> bool {
    let Some(inner) = depth.checked_sub(1) else {
        return false;
    };
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(items) => items.iter().all(|item| shallow_and_clean(item, inner)),
        Value::Object(members) => {
            members.iter().all(|(name, item)| !name.contains('\0') && shallow_and_clean(item, inner))
        }
        _ => true,
    }
}
