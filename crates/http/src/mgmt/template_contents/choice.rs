//! Filters on contents: SQL for the stored ones, the same comparison in memory for those that come with the product.

use std::cmp::Ordering;

use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::notify::template::Template;
use postern_core::notify::{Channel, TemplateContent, locale};
use postern_engine::Error;
use postern_store::documents::{Condition, Op};
use postern_store::sql::Value;

use crate::mgmt::condition;

const EQ: &[Operator] = &[Operator::Eq];
const TEXT: &[Operator] = &[Operator::Eq, Operator::StartsWith];
const TIME: &[Operator] = &[Operator::Eq, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];

/// Stands for `default`, which no table holds: what is stored is no default content.
const DEFAULT: &str = "is_default";
const LOCALE: &str = "locale_key";
const METHOD: &str = "delivery_method";
const VARIANT: &str = "variant_key";

const fn attribute(
    name: &'static str,
    kind: AttributeKind,
    operators: &'static [Operator],
    column: &'static str,
) -> FilterAttribute {
    FilterAttribute { name, kind, operators, column }
}

const FILTERS: &[FilterAttribute] = &[
    attribute("createdAt", AttributeKind::Timestamp, TIME, "created_at"),
    attribute("updatedAt", AttributeKind::Timestamp, TIME, "updated_at"),
    attribute("default", AttributeKind::Boolean, EQ, DEFAULT),
    attribute("locale", AttributeKind::TextFolded, TEXT, LOCALE),
    attribute("deliveryMethod", AttributeKind::TextFolded, EQ, METHOD),
    attribute("variant", AttributeKind::TextFolded, EQ, VARIANT),
];

/// Which contents of a template a request is about.
pub(super) struct Choice(Condition);

impl Choice {
    /// Reads a filter; without one, all contents.
    ///
    /// # Errors
    /// As [`condition::parse`].
    pub(super) fn parse(filter: Option<&str>) -> Result<Self, Error> {
        let parsed = condition::parse(filter, FILTERS)?;
        Ok(Self(rewritten(parsed, &|column, op, value| Condition::Compare {
            column,
            op,
            value: as_kept(column, value),
        })))
    }

    /// The condition on the stored contents of a template.
    pub(super) fn stored(&self, template: &Template) -> Condition {
        let without_default = rewritten(self.0.clone(), &|column, op, value| match column {
            DEFAULT if compare(&Value::from(false), op, &value) => Condition::Everything,
            DEFAULT => Condition::Any(Vec::new()),
            _ => Condition::Compare { column, op, value },
        });
        Condition::equals("template", template.name).and(without_default)
    }

    /// Whether a content is among the chosen.
    pub(super) fn meets(&self, content: &Stored<TemplateContent>) -> bool {
        meets(&self.0, content)
    }
}

/// A literal in the spelling that the column holds.
fn as_kept(column: &str, value: Value) -> Value {
    match (column, value) {
        (LOCALE, Value::Text(text)) => Value::Text(locale::key(&text)),
        (METHOD, Value::Text(text)) => {
            let names = Channel::ALL.map(Channel::template_name);
            let known = names.into_iter().find(|name| name.eq_ignore_ascii_case(&text));
            known.map_or(Value::Text(text), Value::from)
        }
        (_, value) => value,
    }
}

/// The condition with every comparison replaced.
fn rewritten(condition: Condition, compare: &impl Fn(&'static str, Op, Value) -> Condition) -> Condition {
    let all = |parts: Vec<Condition>| parts.into_iter().map(|part| rewritten(part, compare)).collect();
    match condition {
        Condition::Everything => Condition::Everything,
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
        Condition::Not(part) => Condition::Not(Box::new(rewritten(*part, compare))),
        Condition::Compare { column, op, value } => compare(column, op, value),
    }
}

fn meets(condition: &Condition, content: &Stored<TemplateContent>) -> bool {
    match condition {
        Condition::Everything => true,
        Condition::All(parts) => parts.iter().all(|part| meets(part, content)),
        Condition::Any(parts) => parts.iter().any(|part| meets(part, content)),
        Condition::Not(part) => !meets(part, content),
        Condition::Compare { column, op, value } => compare(&held(content, column), *op, value),
    }
}

/// What a column would hold for the content.
fn held(content: &Stored<TemplateContent>, column: &str) -> Value {
    match column {
        "created_at" => content.created_at.into(),
        "updated_at" => content.updated_at.into(),
        DEFAULT => content.default.into(),
        LOCALE => content.locale_key().into(),
        METHOD => content.delivery_method.template_name().into(),
        VARIANT => content.variant_key().into(),
        _ => Value::Null,
    }
}

/// Compares as the database does.
fn compare(held: &Value, op: Op, value: &Value) -> bool {
    match (held, op, value) {
        (Value::Text(held), Op::Present, _) => !held.is_empty(),
        (held, Op::Present, _) => !held.is_null(),
        (Value::Text(held), Op::StartsWith, Value::Text(value)) => held.starts_with(value.as_str()),
        (Value::Text(held), op, Value::Text(value)) => fits(held.cmp(value), op),
        (Value::Int(held), op, Value::Int(value)) => fits(held.cmp(value), op),
        _ => false,
    }
}

fn fits(order: Ordering, op: Op) -> bool {
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::StartsWith | Op::EndsWith | Op::Contains | Op::Present => false,
    }
}

#[cfg(test)]
mod tests {
    use postern_core::ids::{EnvironmentId, Id, TemplateContentId};
    use postern_core::time::Timestamp;

    use super::*;

    fn german_call() -> Stored<TemplateContent> {
        let mut content = TemplateContent::new("general", Channel::Voice, "de_CH");
        content.default = true;
        let id = TemplateContentId::from_uuid(uuid::Uuid::nil());
        Stored::new(EnvironmentId::NIL, id, Timestamp::from_seconds(1_767_607_200), content)
    }

    #[test]
    fn a_built_in_content_meets_what_a_stored_one_would() {
        let table = [
            (r#"locale eq "DE-ch""#, true),
            (r#"locale eq "de_ch" and deliveryMethod eq "VOICE""#, true),
            (r#"locale sw "de_""#, true),
            (r#"locale sw "en""#, false),
            (r#"deliveryMethod eq "SMS""#, false),
            (r#"deliveryMethod eq "pigeon""#, false),
            ("default eq true", true),
            ("not (default eq true)", false),
            (r#"variant eq "v2""#, false),
            ("variant eq null", true),
            (r#"createdAt eq "2026-01-05T10:00:00Z""#, true),
            (r#"createdAt gt "2026-01-05T10:00:00Z""#, false),
            (r#"updatedAt le "2026-01-05T10:00:00Z" or default eq false"#, true),
        ];
        for (filter, expected) in table {
            assert_eq!(Choice::parse(Some(filter)).unwrap().meets(&german_call()), expected, "{filter}");
        }
        assert!(Choice::parse(None).unwrap().meets(&german_call()));
    }

    #[test]
    fn no_stored_content_is_a_default_one() {
        let template = Template::find("general").unwrap();
        let of_template = |rest| Condition::equals("template", "general").and(rest);
        let stored = |filter| Choice::parse(Some(filter)).unwrap().stored(template);
        assert_eq!(stored("default eq true"), of_template(Condition::Any(Vec::new())));
        assert_eq!(stored("default eq false"), of_template(Condition::Everything));
        assert_eq!(stored(r#"locale eq "en_GB""#), of_template(Condition::equals("locale_key", "en-gb")));
    }

    #[test]
    fn other_attributes_are_refused() {
        assert!(Choice::parse(Some(r#"content co "x""#)).is_err());
        assert!(Choice::parse(Some(r#"variant sw "x""#)).is_err());
    }
}
