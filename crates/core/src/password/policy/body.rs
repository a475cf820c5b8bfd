//! The body of password policies, and the rules between its members.

use std::sync::LazyLock;

use serde_json::Value;

use super::{PasswordPolicy, SPECIAL_CHARACTERS};
use crate::problem::{Code, Problem};
use crate::schema::{Declared, Field, Object, boolean, integer, nested, object, text};

/// The sets of characters that a policy may count, by which they are named on the wire.
const CHARACTER_SETS: [&str; 4] =
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", SPECIAL_CHARACTERS];

/// Longest password, in characters.
const MOST_CHARACTERS: i64 = 255;
/// Most earlier passwords that are remembered.
const MOST_EARLIER: i64 = 24;
/// Longest time in days: a hundred years.
const MOST_DAYS: i64 = 36_500;
/// Longest lock: a year.
const MOST_SECONDS: i64 = 31_536_000;
/// Most wrong tries before a lock.
const MOST_FAILURES: i64 = 1_000;
/// Days before the end of a password in which its owner is warned.
const WARNING_DAYS: u32 = 21;

impl Declared for PasswordPolicy {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256),
                text("description").max(1024).multiline(),
                boolean("default").default(false),
                boolean("excludesCommonlyUsed").required(),
                boolean("excludesProfileData").required(),
                boolean("notSimilarToCurrent").required(),
                nested("length", length()).default(serde_json::json!({})),
                nested("lockout", lockout()),
                nested("history", history()),
                integer("maxAgeDays", 1, MOST_DAYS).doc(
                    "Greater than minAgeDays by more than 21, the days of warning before a password expires.",
                ),
                integer("minAgeDays", 1, MOST_DAYS),
                integer("maxRepeatedCharacters", 1, MOST_CHARACTERS),
                integer("minUniqueCharacters", 1, MOST_CHARACTERS),
                integer("minComplexity", 1, MOST_DAYS)
                    .doc("Days that trying all passwords of the same kind must take."),
                nested(
                    "minCharacters",
                    object(CHARACTER_SETS.map(|set| integer(set, 0, MOST_CHARACTERS)).to_vec()),
                ),
                sequence("alphabetSequenceRule", 2),
                sequence("numberSequenceRule", 2),
                sequence("qwertySequenceRule", 3),
                sequence("shiftedNumberRowSequenceRule", 3),
            ])
        });
        &SCHEMA
    }

    /// Dropping an unknown set of characters would leave a policy weaker than it was meant.
    fn input_problems(input: &Value) -> Vec<Problem> {
        let counts = input.get("minCharacters").and_then(Value::as_object);
        let unknown =
            counts.is_some_and(|counts| counts.keys().any(|set| !CHARACTER_SETS.contains(&set.as_str())));
        unknown.then(|| Problem::not_allowed("minCharacters", &CHARACTER_SETS)).into_iter().collect()
    }

    fn problems(&self) -> Vec<Problem> {
        let most = self.length.max;
        let mut problems = Vec::new();
        if self.length.min > most {
            problems.push(Problem::out_of_range("length.max", self.length.min.into(), MOST_CHARACTERS));
        }
        if self.min_characters.is_some_and(|counts| counts.total() > most) {
            problems.push(impossible("minCharacters", most));
        }
        if self.min_unique_characters.is_some_and(|different| different > most) {
            problems.push(impossible("minUniqueCharacters", most));
        }
        let least_age = self.min_age_days.unwrap_or(0).saturating_add(WARNING_DAYS);
        if self.max_age_days.is_some_and(|days| days <= least_age) {
            let least = i64::from(least_age) + 1;
            problems.push(
                Problem::new(Code::OutOfRange, format!("must be at least {least}"))
                    .at("maxAgeDays")
                    .with("rangeMinimumValue", least),
            );
        }
        problems
    }
}

/// No password could meet the rule.
fn impossible(target: &str, most: u32) -> Problem {
    Problem::invalid(target, format!("asks for more characters than length.max, which is {most}"))
}

fn length() -> Object {
    object(vec![
        integer("min", 8, 32).default(8),
        integer("max", 8, MOST_CHARACTERS).default(MOST_CHARACTERS),
    ])
}

fn lockout() -> Object {
    object(vec![
        integer("failureCount", 1, MOST_FAILURES).required(),
        integer("durationSeconds", 1, MOST_SECONDS).required(),
    ])
}

fn history() -> Object {
    object(vec![
        integer("count", 1, MOST_EARLIER).required(),
        integer("retentionDays", 1, MOST_DAYS).required(),
    ])
}

fn sequence(name: &'static str, least: i64) -> Field {
    nested(name, object(vec![integer("maxLength", least, 3).required()]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(member: &str, value: Value) -> Value {
        let mut body = json!({"name": "P", "excludesCommonlyUsed": true, "excludesProfileData": true, "notSimilarToCurrent": false});
        body[member] = value;
        body
    }

    fn faults(body: &Value) -> Vec<(Code, String)> {
        let problems = PasswordPolicy::read(body, None, &[]).unwrap_err();
        problems.into_iter().map(|problem| (problem.code, problem.target.unwrap())).collect()
    }

    #[test]
    fn the_required_members_make_a_policy() {
        let (policy, _) = PasswordPolicy::read(&body("name", json!("P")), None, &[]).unwrap();
        assert_eq!(
            serde_json::to_value(policy).unwrap(),
            json!({"name": "P", "default": false, "excludesCommonlyUsed": true, "excludesProfileData": true,
                   "notSimilarToCurrent": false, "length": {"min": 8, "max": 255}})
        );
        let missing: Vec<String> = faults(&json!({})).into_iter().map(|(_, target)| target).collect();
        assert_eq!(missing, ["name", "excludesCommonlyUsed", "excludesProfileData", "notSimilarToCurrent"]);
    }

    #[test]
    fn the_standard_policy_reads_back_as_it_is() {
        let wire = serde_json::to_value(PasswordPolicy::standard()).unwrap();
        let (read, _) = PasswordPolicy::read(&wire, None, &[]).unwrap();
        assert_eq!(read, PasswordPolicy::standard());
    }

    #[test]
    fn each_fault_has_its_code_and_target() {
        use Code::{InvalidValue, OutOfRange, RequiredValue};
        let table = [
            ("length", json!({"min": 7}), OutOfRange, "length.min"),
            ("length", json!({"min": 33}), OutOfRange, "length.min"),
            ("length", json!({"max": 256}), OutOfRange, "length.max"),
            ("length", json!({"min": 20, "max": 19}), OutOfRange, "length.max"),
            ("lockout", json!({"failureCount": 5}), RequiredValue, "lockout.durationSeconds"),
            ("lockout", json!({"failureCount": 0, "durationSeconds": 9}), OutOfRange, "lockout.failureCount"),
            ("history", json!({"count": 25, "retentionDays": 1}), OutOfRange, "history.count"),
            ("history", json!({"count": 6}), RequiredValue, "history.retentionDays"),
            ("maxAgeDays", json!(0), OutOfRange, "maxAgeDays"),
            ("maxAgeDays", json!(21), OutOfRange, "maxAgeDays"),
            ("maxRepeatedCharacters", json!(0), OutOfRange, "maxRepeatedCharacters"),
            ("minComplexity", json!("much"), InvalidValue, "minComplexity"),
            ("minCharacters", json!({"abc": 1}), InvalidValue, "minCharacters"),
            ("minCharacters", json!({"0123456789": -1}), OutOfRange, "minCharacters.0123456789"),
            (
                "minCharacters",
                json!({"0123456789": 200, SPECIAL_CHARACTERS: 56}),
                InvalidValue,
                "minCharacters",
            ),
            ("alphabetSequenceRule", json!({"maxLength": 1}), OutOfRange, "alphabetSequenceRule.maxLength"),
            ("numberSequenceRule", json!({}), RequiredValue, "numberSequenceRule.maxLength"),
            ("qwertySequenceRule", json!({"maxLength": 2}), OutOfRange, "qwertySequenceRule.maxLength"),
        ];
        for (member, value, code, target) in table {
            let body = body(member, value);
            assert_eq!(faults(&body), [(code, target.to_owned())], "{body}");
        }
    }

    #[test]
    fn rules_look_at_several_members() {
        let mut short = body("length", json!({"max": 10}));
        short["minUniqueCharacters"] = json!(11);
        assert_eq!(faults(&short), [(Code::InvalidValue, "minUniqueCharacters".to_owned())]);
        let mut aging = body("minAgeDays", json!(30));
        aging["maxAgeDays"] = json!(51);
        assert_eq!(faults(&aging), [(Code::OutOfRange, "maxAgeDays".to_owned())]);
        aging["maxAgeDays"] = json!(52);
        assert!(PasswordPolicy::read(&aging, None, &[]).is_ok());
    }
}
