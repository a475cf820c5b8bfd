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
    /// Every fault that can be told at once: those of the declaration, and those of the rules as far as the members
    /// that they look at are right.
    fn read(
        input: &Value,
        old: Option<&Map<String, Value>>,
        owned: &[(&str, Value)],
    ) -> Result<(Self, Secrets), Vec<Problem>> {
        let schema = Self::schema_for(input, old);
        let (mut checked, faults) = schema.examine(input, old);
        let mut problems = Self::input_problems(input);
        let told = !faults.is_empty();
        problems.extend(faults);
        Self::fill(&mut checked);
        let secrets = schema.split_secrets(&mut checked);
        checked.extend(owned.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        match decode::<Self>(checked) {
            Ok(body) => {
                let problems = join(problems, body.problems());
                if problems.is_empty() { Ok((body, secrets)) } else { Err(problems) }
            }
            // A member that is wrong and needed is missing now; that is no fault of its own.
            Err(_) if told => Err(problems),
            Err(disagreement) => Err(disagreement),
        }
    }
}

/// The faults of a body and what the rules say about the rest of it. What they say about members at, above or below a
/// fault is left out: it may come from nothing but the fault.
#[must_use]
pub fn join(mut faults: Vec<Problem>, rules: Vec<Problem>) -> Vec<Problem> {
    let told: Vec<String> = faults.iter().filter_map(|fault| fault.target.clone()).collect();
    faults.extend(rules.into_iter().filter(|rule| {
        let target = rule.target.as_deref().unwrap_or_default();
        !told.iter().any(|fault| is_within(fault, target) || is_within(target, fault))
    }));
    faults
}

/// Whether a path is another one or leads on from it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_add_what_no_fault_has_told() {
        let at = |targets: &[&str]| -> Vec<Problem> {
            targets.iter().map(|target| Problem::invalid(target, "is wrong")).collect()
        };
        let rules = at(&["policy", "sms.otp.length", "uris", "phones", "phone"]);
        let joined = join(at(&["policy.id", "sms", "uris[1]", "phone"]), rules);
        let targets: Vec<_> = joined.iter().filter_map(|problem| problem.target.as_deref()).collect();
        assert_eq!(targets, ["policy.id", "sms", "uris[1]", "phone", "phones"]);
    }
}
