//! Bodies of several kinds: a member that says which, members that all have, and members of each kind.

use serde_json::{Map, Value};

use super::{Field, Object};

/// The declarations of a body of several kinds.
#[derive(Debug, Clone)]
pub struct Kinds {
    member: &'static str,
    all: Object,
    each: Vec<(&'static str, Object)>,
}

impl Kinds {
    /// Kinds that `member` tells apart, which is one of the `common` ones. Each has a word and members of its own.
    #[must_use]
    pub fn new(
        member: &'static str,
        common: &[Field],
        own: impl IntoIterator<Item = (&'static str, Vec<Field>)>,
    ) -> Self {
        let mut all = common.to_vec();
        let mut each = Vec::new();
        for (word, own) in own {
            for field in &own {
                if all.iter().all(|known| known.name != field.name) {
                    all.push(Field { required: false, ..field.clone() });
                }
            }
            each.push((word, Object { fields: [common, &own].concat() }));
        }
        Self { member, all: Object { fields: all }, each }
    }

    /// Every member of every kind, without what only one of them requires.
    #[must_use]
    pub fn all(&self) -> &Object {
        &self.all
    }

    /// The declaration of the kind that is kept, or else of the one that was sent; of all when neither is one.
    #[must_use]
    pub fn of(&self, sent: &Value, kept: Option<&Map<String, Value>>) -> &Object {
        let kept = kept.and_then(|members| members.get(self.member));
        let word = kept.or_else(|| sent.get(self.member)).and_then(Value::as_str);
        let found = self.each.iter().find(|(known, _)| Some(*known) == word);
        found.map_or(&self.all, |(_, object)| object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{one_of, text};

    #[test]
    fn the_kind_that_is_kept_decides_and_all_require_only_what_is_common() {
        let own = [("A", vec![text("a").required()]), ("B", vec![text("b").required()])];
        let kinds = Kinds::new("type", &[one_of("type", &["A", "B"]).required()], own);
        let names = |object: &Object| object.fields.iter().map(|field| field.name).collect::<Vec<_>>();
        assert_eq!(names(kinds.of(&json!({"type": "B"}), None)), ["type", "b"]);
        let kept = json!({"type": "A"});
        assert_eq!(names(kinds.of(&json!({"type": "B"}), kept.as_object())), ["type", "a"]);
        assert_eq!(names(kinds.of(&json!({"type": "C"}), None)), ["type", "a", "b"]);
        let required: Vec<bool> = kinds.all().fields.iter().map(|field| field.required).collect();
        assert_eq!(required, [true, false, false]);
    }
}
