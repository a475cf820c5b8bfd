//! One member of a body: what it may hold and how it behaves.

use serde_json::Value;

use super::Object;

/// Longest text where the declaration names no limit, in characters.
const DEFAULT_TEXT_MAX: usize = 1024;

/// A named member of an [`Object`]. Made by the builders, refined by the methods.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its wire name. For the item of a list or map: a word for the documentation.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Must be sent.
    pub required: bool,
    /// Taken when not sent; checked like an input, so that nested defaults fill in.
    pub default: Option<Value>,
    /// Ignored on input; an update keeps the old value.
    pub read_only: bool,
    /// Accepted and kept out of answers.
    pub write_only: bool,
    /// Fixed once set.
    pub immutable: bool,
    /// Moved out of the body by [`Object::split_secrets`].
    pub secret: bool,
    /// An explicit `null` stays `null` instead of meaning "not sent".
    pub nullable: bool,
    /// One sentence for the API description.
    pub doc: &'static str,
}

/// What a member may hold.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Characters.
    Text(TextRule),
    /// `true` or `false`, also as text.
    Boolean,
    /// A whole number, also as text; fractions are cut off unless `whole`.
    Integer {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
        /// Refuses fractions instead of cutting them off.
        whole: bool,
    },
    /// One of a list of words.
    OneOf(&'static [&'static str]),
    /// A point in time.
    Date,
    /// A hyphenated UUID.
    Uuid,
    /// `{"id": "<uuid>"}`; other members are dropped.
    Reference,
    /// A number with its unit.
    Duration(TimeUnits),
    /// Items of one kind.
    List {
        /// What each item is.
        item: Box<Field>,
        /// Fewest items.
        min: usize,
        /// Most items.
        max: usize,
    },
    /// Free names with values of one kind.
    Map {
        /// What each value is.
        value: Box<Field>,
        /// Most entries.
        max: usize,
    },
    /// A declared object.
    Nested(Object),
    /// Any JSON, bounded in size.
    Json {
        /// Longest text form, in bytes.
        max: usize,
    },
}

/// The form of a text.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// Its description; a regular expression when it begins with `^`.
    pub form: &'static str,
    /// Its test.
    pub test: fn(&str) -> bool,
}

/// Limits of a text.
#[derive(Debug, Clone, Copy)]
pub struct TextRule {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// Allows line breaks and tabs.
    pub multiline: bool,
    /// The form, when there is one.
    pub pattern: Option<Pattern>,
}

impl Default for TextRule {
    fn default() -> Self {
        Self { min: 0, max: DEFAULT_TEXT_MAX, multiline: false, pattern: None }
    }
}

/// Units of a duration with their ranges, and how its two members are spelled.
#[derive(Debug, Clone, Copy)]
pub struct TimeUnits {
    /// Unit, smallest and largest number.
    pub units: &'static [(&'static str, i64, i64)],
    /// Name of the number, normally `duration`.
    pub number: &'static str,
    /// Name of the unit, normally `timeUnit`.
    pub unit: &'static str,
}

impl Field {
    pub(super) fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            required: false,
            default: None,
            read_only: false,
            write_only: false,
            immutable: false,
            secret: false,
            nullable: false,
            doc: "",
        }
    }

    /// Neither taken nor shown: the server's own.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.read_only && self.write_only
    }

    /// Must be sent; a text must then hold something.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        if let Kind::Text(rule) = &mut self.kind {
            rule.min = rule.min.max(1);
        }
        self
    }

    /// Taken when not sent.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Fewest characters or items. No meaning for other kinds.
    #[must_use]
    pub fn min(mut self, least: usize) -> Self {
        match &mut self.kind {
            Kind::Text(rule) => rule.min = least,
            Kind::List { min, .. } => *min = least,
            _ => {}
        }
        self
    }

    /// Most characters, items, entries or bytes of JSON. No meaning for other kinds.
    #[must_use]
    pub fn max(mut self, most: usize) -> Self {
        match &mut self.kind {
            Kind::Text(rule) => rule.max = most,
            Kind::List { max, .. } | Kind::Map { max, .. } | Kind::Json { max } => *max = most,
            _ => {}
        }
        self
    }

    /// Ignored on input; an update keeps the old value.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Accepted and kept out of answers.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// Fixed once set: an update without it keeps the old value, another value is refused.
    #[must_use]
    pub fn immutable(mut self) -> Self {
        self.immutable = true;
        self
    }

    /// A secret: write-only, moved out by [`Object::split_secrets`], and kept when an update does not send it.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self.write_only = true;
        self
    }

    /// Keeps an explicit `null`.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The form of a text: a description (a regular expression when it begins with `^`) and its test.
    #[must_use]
    pub fn pattern(mut self, form: &'static str, test: fn(&str) -> bool) -> Self {
        if let Kind::Text(rule) = &mut self.kind {
            rule.pattern = Some(Pattern { form, test });
        }
        self
    }

    /// Allows line breaks and tabs in a text.
    #[must_use]
    pub fn multiline(mut self) -> Self {
        if let Kind::Text(rule) = &mut self.kind {
            rule.multiline = true;
        }
        self
    }

    /// Refuses fractions of an integer, which are otherwise cut off.
    #[must_use]
    pub fn whole(mut self) -> Self {
        if let Kind::Integer { whole, .. } = &mut self.kind {
            *whole = true;
        }
        self
    }

    /// Other names for the two members of a duration.
    #[must_use]
    pub fn spelled(mut self, number: &'static str, unit: &'static str) -> Self {
        if let Kind::Duration(units) = &mut self.kind {
            units.number = number;
            units.unit = unit;
        }
        self
    }

    /// One sentence for the API description.
    #[must_use]
    pub fn doc(mut self, sentence: &'static str) -> Self {
        self.doc = sentence;
        self
    }
}
