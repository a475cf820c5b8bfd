//! The words a declaration is written in.

use super::field::{Field, Kind, TextRule, TimeUnits};
use super::{Object, texts};

/// Largest free JSON where the declaration names no limit, in bytes.
const DEFAULT_JSON_MAX: usize = 16 * 1024;

/// An object with these members.
#[must_use]
pub fn object(fields: Vec<Field>) -> Object {
    Object { fields }
}

/// A text of at most 1024 characters on one line, unless refined.
#[must_use]
pub fn text(name: &'static str) -> Field {
    Field::new(name, Kind::Text(TextRule::default()))
}

/// An absolute `http` or `https` URL of at most 2048 characters.
#[must_use]
pub fn url(name: &'static str) -> Field {
    text(name).max(2048).pattern("an absolute http or https URL", texts::is_web_url)
}

/// An e-mail address of at most 254 characters.
#[must_use]
pub fn email(name: &'static str) -> Field {
    text(name).max(254).pattern("an e-mail address", texts::is_email)
}

/// `true` or `false`.
#[must_use]
pub fn boolean(name: &'static str) -> Field {
    Field::new(name, Kind::Boolean)
}

/// A number in `min..=max`.
#[must_use]
pub fn integer(name: &'static str, min: i64, max: i64) -> Field {
    Field::new(name, Kind::Integer { min, max, whole: false })
}

/// One of these words.
#[must_use]
pub fn one_of(name: &'static str, words: &'static [&'static str]) -> Field {
    Field::new(name, Kind::OneOf(words))
}

/// A point in time.
#[must_use]
pub fn date(name: &'static str) -> Field {
    Field::new(name, Kind::Date)
}

/// A UUID.
#[must_use]
pub fn uuid(name: &'static str) -> Field {
    Field::new(name, Kind::Uuid)
}

/// A reference to another record: `{"id": "<uuid>"}`.
#[must_use]
pub fn reference(name: &'static str) -> Field {
    Field::new(name, Kind::Reference)
}

/// A number with a time unit; each unit has its own range.
#[must_use]
pub fn duration(name: &'static str, units: &'static [(&'static str, i64, i64)]) -> Field {
    Field::new(name, Kind::Duration(TimeUnits { units, number: "duration", unit: "timeUnit" }))
}

/// At most `max` items; the name of `item` is not used on the wire. Items hold no secrets.
#[must_use]
pub fn list(name: &'static str, item: Field, max: usize) -> Field {
    Field::new(name, Kind::List { item: Box::new(item), min: 0, max })
}

/// At most `max` entries with free names; the name of `value` is not used on the wire. Values hold no secrets.
#[must_use]
pub fn map(name: &'static str, value: Field, max: usize) -> Field {
    Field::new(name, Kind::Map { value: Box::new(value), max })
}

/// An object inside the object.
#[must_use]
pub fn nested(name: &'static str, object: Object) -> Field {
    Field::new(name, Kind::Nested(object))
}

/// Any JSON of at most 16 KiB, unless refined.
#[must_use]
pub fn json(name: &'static str) -> Field {
    Field::new(name, Kind::Json { max: DEFAULT_JSON_MAX })
}

/// The member `sealed`: the cipher text of the secrets of a body, neither taken nor shown.
#[must_use]
pub fn sealed() -> Field {
    text("sealed").read_only().write_only()
}

/// `{"enabled": …}`.
#[must_use]
pub fn switch(name: &'static str) -> Field {
    nested(name, object(vec![boolean("enabled").required()]))
}
