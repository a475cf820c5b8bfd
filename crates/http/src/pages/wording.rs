//! What a refusal says to a person, and at which field.

use postern_core::problem::{Code, Problem};
use postern_core::time::Timestamp;
use postern_engine::Error;
use serde_json::Value;

/// A refusal for people.
pub(super) struct Refusal {
    /// What happened.
    pub(super) text: String,
    /// The field at fault, by its name.
    pub(super) field: Option<String>,
}

impl Refusal {
    /// Something that no field is to blame for.
    pub(super) fn saying(text: impl Into<String>) -> Self {
        Self { text: text.into(), field: None }
    }

    /// For an error of an action.
    pub(super) fn of(error: &Error, now: Timestamp) -> Self {
        match error {
            Error::Invalid(problems) => match problems.first() {
                Some(problem) => Self::at(problem),
                None => Self::saying("That is not valid."),
            },
            Error::Refused(problem) | Error::Conflict(problem) | Error::TooMany { problem, .. } => {
                Self::saying(with_wait(problem, now))
            }
            Error::Malformed(_) => Self::saying("This step is over already. Go on here."),
            Error::NotFound("user") => {
                Self { text: "There is no such user.".to_owned(), field: Some("username".to_owned()) }
            }
            Error::Unavailable { .. } => Self::saying("The service is busy. Try again in a moment."),
            _ => Self::saying("Something went wrong on our side. Try again."),
        }
    }

    fn at(problem: &Problem) -> Self {
        let field = problem.target.clone();
        let name = label(field.as_deref().unwrap_or_default());
        let text = match problem.code {
            Code::InvalidOtp => match problem.inner.get("attemptsRemaining").and_then(Value::as_i64) {
                Some(1) => "The passcode is not right. You have one more try.".to_owned(),
                Some(left) if left > 0 => format!("The passcode is not right. You have {left} more tries."),
                _ => "The passcode is not right, and it cannot be tried again. Have another one sent."
                    .to_owned(),
            },
            Code::RequiredValue | Code::EmptyValue => format!("{name} is missing."),
            _ if problem.inner.contains_key(BROKEN) => broken_rules(problem),
            // Messages of rules about the form of a value are ends of sentences.
            _ if problem.message.starts_with(|first: char| first.is_lowercase()) => {
                format!("{name} {}.", problem.message)
            }
            _ => problem.message.clone(),
        };
        Self { text, field }
    }
}

/// Member of a problem that lists the rules which a new password breaks.
const BROKEN: &str = "unsatisfiedRequirements";

fn broken_rules(problem: &Problem) -> String {
    let broken = problem.inner.get(BROKEN).and_then(Value::as_array).into_iter().flatten();
    let rules: Vec<&str> = broken.filter_map(Value::as_str).map(rule).collect();
    format!("Choose another password: it {}.", rules.join(", and it "))
}

fn rule(name: &str) -> &'static str {
    match name {
        "length" => "is too short or too long",
        "minCharacters" => "lacks a kind of character, such as a digit or a capital letter",
        "minUniqueCharacters" => "repeats too few different characters",
        "maxRepeatedCharacters" => "repeats a character too often",
        "minComplexity" => "is too easy to guess",
        "alphabetSequenceRule"
        | "numberSequenceRule"
        | "qwertySequenceRule"
        | "shiftedNumberRowSequenceRule" => "follows the alphabet, the digits or the keyboard for too long",
        "excludesCommonlyUsed" => "is one that many people use",
        "excludesProfileData" => "contains your name, address or number",
        "notSimilarToCurrent" => "is too much like the current one",
        "history" => "is one that you had before",
        _ => "breaks a rule",
    }
}

fn label(target: &str) -> &'static str {
    match target {
        "username" => "The user name",
        "password" => "The password",
        "currentPassword" => "The current password",
        "newPassword" => "The new password",
        "recoveryCode" => "The recovery code",
        "otp" => "The passcode",
        _ => "The choice",
    }
}

/// The message, and how long to wait when the refusal ends by itself.
fn with_wait(problem: &Problem, now: Timestamp) -> String {
    let number = |name: &str| problem.inner.get(name).and_then(Value::as_i64);
    let seconds = number("secondsUntilUnlock")
        .or_else(|| number("coolDownExpiresAt").map(|until| (until - now.millis()).max(0) / 1000));
    match seconds {
        None => problem.message.clone(),
        Some(seconds) => match seconds.div_euclid(60) + 1 {
            1 => format!("{} Try again in a minute.", problem.message),
            minutes => format!("{} Try again in {minutes} minutes.", problem.message),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_field_in_whole_sentences() {
        let now = Timestamp::from_seconds(0);
        let said = |problem| Refusal::of(&Error::invalid(problem), now);
        let missing = said(Problem::required("password"));
        assert_eq!(
            (missing.text.as_str(), missing.field.as_deref()),
            ("The password is missing.", Some("password"))
        );
        assert_eq!(said(Problem::too_long("otp", 32)).text, "The passcode must not be longer than 32.");
        let last = Problem::new(Code::InvalidOtp, "x").at("otp").with("attemptsRemaining", 1);
        assert_eq!(said(last).text, "The passcode is not right. You have one more try.");
    }

    #[test]
    fn a_password_that_breaks_rules_is_told_which() {
        let problem = Problem::invalid("newPassword", "x").with(BROKEN, vec!["length", "history"]);
        let said = Refusal::of(&Error::invalid(problem), Timestamp::from_seconds(0));
        assert_eq!(
            said.text,
            "Choose another password: it is too short or too long, and it is one that you had before."
        );
    }

    #[test]
    fn a_lock_says_how_long_it_lasts() {
        let problem = Problem::new(Code::PasswordLockedOut, "Locked.").with("secondsUntilUnlock", 130);
        let said = Refusal::of(&Error::refused(problem), Timestamp::from_seconds(0));
        assert_eq!(said.text, "Locked. Try again in 3 minutes.");
    }
}
