//! The walk over a body: which members are taken, kept, filled or missed.

use serde_json::{Map, Value};

use super::field::{Field, Kind};
use super::path::Path;
use super::{Object, compound, scalar};
use crate::problem::Problem;

/// Collects the problems of one body.
#[derive(Default)]
pub(super) struct Checker {
    pub(super) problems: Vec<Problem>,
}

impl Checker {
    /// Notes a problem; gives nothing, so that a check can end with it.
    pub(super) fn refuse(&mut self, problem: Problem) -> Option<Value> {
        self.problems.push(problem);
        None
    }

    /// The normalised members of an object.
    pub(super) fn object(
        &mut self,
        object: &Object,
        sent: &Map<String, Value>,
        old: Option<&Map<String, Value>>,
        path: &Path<'_>,
    ) -> Map<String, Value> {
        let mut checked = Map::new();
        for field in &object.fields {
            if let Some(value) = self.member(field, sent.get(field.name), old, path) {
                checked.insert(field.name.to_owned(), value);
            }
        }
        checked
    }

    fn member(
        &mut self,
        field: &Field,
        sent: Option<&Value>,
        old: Option<&Map<String, Value>>,
        parent: &Path<'_>,
    ) -> Option<Value> {
        let kept = old.and_then(|members| members.get(field.name));
        if field.read_only {
            return kept.cloned();
        }
        let path = parent.member(field.name);
        match sent {
            Some(value) if !value.is_null() => {
                let checked = self.value(field, value, kept, &path)?;
                match kept {
                    Some(kept) if field.immutable && !kept.is_null() && *kept != checked => {
                        self.refuse(Problem::invalid(&path.to_string(), "cannot be changed"))
                    }
                    _ => Some(checked),
                }
            }
            _ => self.absent(field, sent.is_some(), kept, old.is_some(), &path),
        }
    }

    /// What stands for a member that was not sent, or sent as `null`.
    fn absent(
        &mut self,
        field: &Field,
        sent_null: bool,
        kept: Option<&Value>,
        updating: bool,
        path: &Path<'_>,
    ) -> Option<Value> {
        if field.immutable && kept.is_some() {
            return kept.cloned();
        }
        if sent_null && field.nullable {
            return Some(Value::Null);
        }
        if let Some(default) = &field.default {
            return self.value(field, default, None, path);
        }
        let keeps_secret = field.secret && updating;
        if field.required && !keeps_secret {
            return self.refuse(Problem::required(&path.to_string()));
        }
        None
    }

    /// One value against its kind.
    pub(super) fn value(
        &mut self,
        field: &Field,
        sent: &Value,
        kept: Option<&Value>,
        path: &Path<'_>,
    ) -> Option<Value> {
        match &field.kind {
            Kind::Text(rule) => self.scalar(scalar::text(rule, sent), path),
            Kind::Boolean => self.scalar(scalar::boolean(sent), path),
            Kind::Integer { min, max, whole } => self.scalar(scalar::integer(*min, *max, *whole, sent), path),
            Kind::OneOf(words) => self.scalar(scalar::one_of(words, sent), path),
            Kind::Date => self.scalar(scalar::date(sent), path),
            Kind::Uuid => self.scalar(scalar::uuid(sent), path),
            Kind::Reference => compound::reference(self, sent, path),
            Kind::Duration(units) => compound::duration(self, units, sent, path),
            Kind::List { item, min, max } => compound::list(self, item, (*min, *max), sent, path),
            Kind::Map { value, max } => compound::map(self, value, *max, sent, path),
            Kind::Json { max } => compound::json(self, *max, sent, path),
            Kind::Nested(object) => match sent {
                Value::Object(members) => {
                    let kept = kept.and_then(Value::as_object);
                    Some(Value::Object(self.object(object, members, kept, path)))
                }
                _ => self.refuse(Problem::invalid(&path.to_string(), "must be an object")),
            },
        }
    }

    /// The value of a scalar, or its problem with the place filled in.
    pub(super) fn scalar(&mut self, checked: Result<Value, Problem>, path: &Path<'_>) -> Option<Value> {
        match checked {
            Ok(value) => Some(value),
            Err(problem) => self.refuse(problem.at(path.to_string())),
        }
    }
}
