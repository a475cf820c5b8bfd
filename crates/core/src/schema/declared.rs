//! From a body to a stored type: check, fill, split secrets, decode, cross-check.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Object, Secrets, decode};
use crate::problem::Problem;

/// A stored type with the declaration of its body and the rules that no declaration can say.
pub trait Declared: Sized + DeserializeOwned {
    /// The body of a create; also the one that the API description shows.
    fn schema() -> &'static Object;

    /// The body of an update, where some members are no longer settable.
    fn replace_schema() -> &'static Object {
        Self::schema()
    }

    /// The declaration that fits this body; types with several forms choose by a member.
    fn schema_for(_input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        if old.is_some() { Self::replace_schema() } else { Self::schema() }
    }

    /// Faults of members that the checked body no longer has.
    fn input_problems(_input: &Value) -> Vec<Problem> {
        Vec::new()
    }

    /// Defaults that depend on other members.
    fn fill(_checked: &mut Map<String, Value>) {}

    /// Rules that tie members together.
    fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// Secrets that this body needs and does not have. `secrets` are the sent ones laid over the stored ones.
    fn secret_problems(&self, _secrets: &Secrets) -> Vec<Problem> {
        Vec::new()
    }

    /// Reads a body. `old` is the stored body on an update, `None` on a create;
    /// `owned` are members that the server sets, such as the parent record.
    /// The secrets of the body come back apart, in clear.
    ///
    /// # Errors
    /// Every fault that can be told at once: those of the declaration, or, when
    /// it is kept, those of the rules.
    fn read(
        input: &Value,
        old: Option<&Map<String, Value>>,
        owned: &[(&str, Value)],
    ) -> Result<(Self, Secrets), Vec<Problem>> {
        let schema = Self::schema_for(input, old);
        let mut problems = Self::input_problems(input);
        let mut checked = match schema.check(input, old) {
            Ok(checked) => checked,
            Err(faults) => {
                problems.extend(faults);
                return Err(problems);
            }
        };
        Self::fill(&mut checked);
        let secrets = schema.split_secrets(&mut checked);
        checked.extend(owned.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let body: Self = decode(checked)?;
        problems.extend(body.problems());
        if problems.is_empty() { Ok((body, secrets)) } else { Err(problems) }
    }
}
