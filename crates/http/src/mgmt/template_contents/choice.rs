//! Filters on contents: SQL for the stored ones, the same comparison in memory for those that come with the product.

use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::notify::template::Template;
use postern_core::notify::{Channel, TemplateContent, locale};
use postern_engine::Error;
use postern_store::documents::Condition;
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
        Ok(Self(parsed.rewritten(&|column, op, value| Condition::Compare {
            column,
            op,
            value: as_kept(column, value),
        })))
    }

    /// The condition on the stored contents of a template.
    pub(super) fn stored(&self, template: &Template) -> Condition {
        let without_default = self.0.clone().rewritten(&|column, op, value| match column {
            DEFAULT if Condition::compare(column, op, value.clone()).met_by(&|_| false.into()) => {
                Condition::Everything
            }
            DEFAULT => Condition::Any(Vec::new()),
            _ => Condition::Compare { column, op, value },
        });
        Condition::equals("template", template.name).and(without_default)
    }

    /// Whether a content is among the chosen.
    pub(super) fn meets(&self, content: &Stored<TemplateContent>) -> bool {
        self.0.met_by(&|column| held(content, column))
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
