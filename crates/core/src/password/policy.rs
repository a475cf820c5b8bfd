//! Password policies: the rules of a tenant and the check of a new password.
//!
//! The policy's own values are validated by its schema (`body`). Age, history and
//! lockout are only carried here; enforcing them needs the user's record.

mod body;
mod common;
mod complexity;
mod sequence;
mod similarity;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::PasswordPolicyId;

/// Rules for passwords, in the form of the wire and of the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordPolicy {
    /// Its name, unique in the environment.
    pub name: String,
    /// For administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it serves populations that name no policy.
    #[serde(default)]
    pub default: bool,
    /// Refuses passwords of the built-in list.
    pub excludes_commonly_used: bool,
    /// Refuses passwords that contain a value of the user's profile.
    pub excludes_profile_data: bool,
    /// Refuses passwords that are nearly the current one.
    pub not_similar_to_current: bool,
    /// How many characters.
    #[serde(default)]
    pub length: LengthRule,
    /// When wrong passwords lock the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lockout: Option<LockoutRule>,
    /// Which earlier passwords may not return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryRule>,
    /// Days until a password expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u32>,
    /// Days before a user may change it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age_days: Option<u32>,
    /// How often a character may stand in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_repeated_characters: Option<u32>,
    /// How many different characters it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_unique_characters: Option<u32>,
    /// Days that trying all passwords of its kind must take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_complexity: Option<u32>,
    /// How many characters it needs of each set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_characters: Option<CharacterCounts>,
    /// Longest run of the alphabet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alphabet_sequence_rule: Option<SequenceRule>,
    /// Longest run of digits that count up or down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_sequence_rule: Option<SequenceRule>,
    /// Longest run of neighbouring letters of the keyboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qwerty_sequence_rule: Option<SequenceRule>,
    /// Longest run of the number row with shift held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shifted_number_row_sequence_rule: Option<SequenceRule>,
}

/// Bounds of the length, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LengthRule {
    /// Fewest characters.
    pub min: u32,
    /// Most characters.
    pub max: u32,
}

impl Default for LengthRule {
    fn default() -> Self {
        Self { min: 8, max: 255 }
    }
}

/// When wrong passwords lock the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockoutRule {
    /// Wrong tries in a row that lock it.
    pub failure_count: u32,
    /// How long it stays locked.
    pub duration_seconds: u32,
}

/// Which earlier passwords may not return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRule {
    /// How many of the latest.
    pub count: u32,
    /// For how long.
    pub retention_days: u32,
}

/// How many characters a password needs of each set. On the wire the sets themselves are the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CharacterCounts {
    /// Capital letters.
    #[serde(rename = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", default, skip_serializing_if = "Option::is_none")]
    pub capital: Option<u32>,
    /// Small letters.
    #[serde(rename = "abcdefghijklmnopqrstuvwxyz", default, skip_serializing_if = "Option::is_none")]
    pub small: Option<u32>,
    /// Digits.
    #[serde(rename = "0123456789", default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<u32>,
    /// Special characters.
    #[serde(rename = "~!@#$%^&*()-_=+[]{}|;:,.<>/?", default, skip_serializing_if = "Option::is_none")]
    pub special: Option<u32>,
}

/// The set of special characters that [`CharacterCounts::special`] counts.
pub const SPECIAL_CHARACTERS: &str = "~!@#$%^&*()-_=+[]{}|;:,.<>/?";

/// A limit on runs of neighbouring characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SequenceRule {
    /// The longest run that is allowed.
    pub max_length: u32,
}

impl Entity for PasswordPolicy {
    type Id = PasswordPolicyId;
    const KIND: &'static str = "PASSWORD_POLICY";
}

impl PasswordPolicy {
    /// The policy that a new environment has as its default.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            name: "Standard".to_owned(),
            description: Some("A standard policy that incorporates industry best practices".to_owned()),
            default: true,
            excludes_commonly_used: true,
            excludes_profile_data: true,
            not_similar_to_current: true,
            length: LengthRule::default(),
            lockout: Some(LockoutRule { failure_count: 5, duration_seconds: 900 }),
            history: Some(HistoryRule { count: 6, retention_days: 365 }),
            max_age_days: Some(182),
            min_age_days: Some(1),
            max_repeated_characters: Some(2),
            min_unique_characters: Some(5),
            min_complexity: None,
            min_characters: Some(CharacterCounts {
                capital: Some(1),
                small: Some(1),
                digits: Some(1),
                special: Some(1),
            }),
            alphabet_sequence_rule: None,
            number_sequence_rule: None,
            qwerty_sequence_rule: None,
            shifted_number_row_sequence_rule: None,
        }
    }

    /// The rules that a new password breaks, by their wire names, in a fixed order; empty when it is good.
    ///
    /// `profile` holds values of the user such as user name, given name and
    /// e-mail address. `current` is the present password where the user gave it.
    #[must_use]
    pub fn check(&self, candidate: &str, profile: &[&str], current: Option<&str>) -> Vec<&'static str> {
        let length = count(candidate, |_| true);
        let exceeds = |limit: Option<u32>, value: u32| limit.is_some_and(|limit| value > limit);
        let short_of = |limit: Option<u32>, value: u32| limit.is_some_and(|limit| value < limit);
        let runs_on = |rule: Option<SequenceRule>, rows: &[&str]| {
            exceeds(rule.map(|rule| rule.max_length), sequence::longest_run(candidate, rows))
        };
        let broken = [
            ("length", !(self.length.min..=self.length.max).contains(&length)),
            ("minCharacters", self.min_characters.is_some_and(|needed| !needed.are_in(candidate))),
            (
                "maxRepeatedCharacters",
                exceeds(self.max_repeated_characters, sequence::longest_repetition(candidate)),
            ),
            ("minUniqueCharacters", short_of(self.min_unique_characters, different(candidate))),
            ("minComplexity", self.min_complexity.is_some_and(|days| !complexity::lasts(candidate, days))),
            ("excludesCommonlyUsed", self.excludes_commonly_used && common::is_common(candidate)),
            ("excludesProfileData", self.excludes_profile_data && similarity::contains(candidate, profile)),
            (
                "notSimilarToCurrent",
                self.not_similar_to_current
                    && current.is_some_and(|current| similarity::is_similar(candidate, current)),
            ),
            ("alphabetSequenceRule", runs_on(self.alphabet_sequence_rule, sequence::ALPHABET)),
            ("numberSequenceRule", runs_on(self.number_sequence_rule, sequence::DIGITS)),
            ("qwertySequenceRule", runs_on(self.qwerty_sequence_rule, sequence::KEYBOARD)),
            (
                "shiftedNumberRowSequenceRule",
                runs_on(self.shifted_number_row_sequence_rule, sequence::SHIFTED_NUMBERS),
            ),
        ];
        broken.into_iter().filter_map(|(name, broken)| broken.then_some(name)).collect()
    }
}

impl CharacterCounts {
    /// How many characters a password needs for all sets together.
    fn total(self) -> u32 {
        let counts = [self.capital, self.small, self.digits, self.special];
        counts.into_iter().flatten().fold(0, u32::saturating_add)
    }

    fn are_in(self, candidate: &str) -> bool {
        let has = |needed: Option<u32>, kind: fn(char) -> bool| count(candidate, kind) >= needed.unwrap_or(0);
        has(self.capital, |c| c.is_ascii_uppercase())
            && has(self.small, |c| c.is_ascii_lowercase())
            && has(self.digits, |c| c.is_ascii_digit())
            && has(self.special, |c| SPECIAL_CHARACTERS.contains(c))
    }
}

fn count(text: &str, kind: fn(char) -> bool) -> u32 {
    u32::try_from(text.chars().filter(|c| kind(*c)).count()).unwrap_or(u32::MAX)
}

fn different(text: &str) -> u32 {
    let characters: std::collections::BTreeSet<char> = text.chars().collect();
    u32::try_from(characters.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
