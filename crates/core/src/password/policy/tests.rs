//! Tests of the policy as a whole.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn lenient() -> PasswordPolicy {
    serde_json::from_value(json!({
        "name": "Lenient", "excludesCommonlyUsed": false, "excludesProfileData": false, "notSimilarToCurrent": false,
    }))
    .unwrap()
}

#[test]
fn the_standard_policy_has_the_wire_form_of_the_service() {
    let wire = serde_json::to_value(PasswordPolicy::standard()).unwrap();
    assert_eq!(wire["name"], "Standard");
    assert_eq!(wire["default"], true);
    assert_eq!(wire["length"], json!({"min": 8, "max": 255}));
    assert_eq!(wire["lockout"], json!({"failureCount": 5, "durationSeconds": 900}));
    assert_eq!(wire["history"], json!({"count": 6, "retentionDays": 365}));
    assert_eq!(
        wire["minCharacters"],
        json!({
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ": 1, "abcdefghijklmnopqrstuvwxyz": 1,
            "0123456789": 1, SPECIAL_CHARACTERS: 1,
        })
    );
    assert_eq!(wire["maxRepeatedCharacters"], 2);
    assert!(wire.get("minComplexity").is_none());
    assert_eq!(serde_json::from_value::<PasswordPolicy>(wire).unwrap(), PasswordPolicy::standard());
}

#[test]
fn a_policy_with_only_the_required_members_checks_the_length() {
    assert_eq!(lenient().length, LengthRule { min: 8, max: 255 });
    assert_eq!(lenient().check("aaaaaaaa", &["aaaaaaaa"], Some("aaaaaaaa")), [""; 0]);
    assert_eq!(lenient().check("aaaaaaa", &[], None), ["length"]);
    assert_eq!(lenient().check(&"ä".repeat(255), &[], None), [""; 0]);
    assert_eq!(lenient().check(&"ä".repeat(256), &[], None), ["length"]);
}

#[test]
fn the_standard_policy_accepts_a_good_password() {
    let profile = ["alice_1767607200", "alice@example.com", "Alice", "Ng"];
    assert_eq!(PasswordPolicy::standard().check("2Federate!", &profile, Some("Other-Word-1")), [""; 0]);
}

#[test]
fn each_broken_rule_is_named() {
    let standard = PasswordPolicy::standard();
    for (candidate, broken) in [
        ("Ab1!xyz", vec!["length"]),
        ("lowercase-1x", vec!["minCharacters"]),
        ("UPPERCASE-1X", vec!["minCharacters"]),
        ("Without-Digit", vec!["minCharacters"]),
        ("WithoutSign12", vec!["minCharacters"]),
        ("Baaad-Pass-1", vec!["maxRepeatedCharacters"]),
        ("Aa1!Aa1!", vec!["minUniqueCharacters"]),
        ("P@ssw0rd1", vec!["excludesCommonlyUsed"]),
        ("Xx9-alice-yy", vec!["excludesProfileData"]),
        ("Current-Word-8", vec!["notSimilarToCurrent"]),
        ("password", vec!["minCharacters", "excludesCommonlyUsed"]),
        ("", vec!["length", "minCharacters", "minUniqueCharacters"]),
    ] {
        assert_eq!(standard.check(candidate, &["Alice"], Some("Current-Word-7")), broken, "{candidate}");
    }
}

#[test]
fn optional_rules_are_named_too() {
    let mut policy = lenient();
    policy.min_complexity = Some(7);
    policy.alphabet_sequence_rule = Some(SequenceRule { max_length: 2 });
    policy.number_sequence_rule = Some(SequenceRule { max_length: 3 });
    policy.qwerty_sequence_rule = Some(SequenceRule { max_length: 3 });
    policy.shifted_number_row_sequence_rule = Some(SequenceRule { max_length: 3 });
    for (candidate, broken) in [
        ("Ab-Xy-12-39-$%", vec![]),
        ("aaaaaaaaa", vec!["minComplexity"]),
        ("Word-ABC-9371-xx", vec!["alphabetSequenceRule"]),
        ("Word-4321-xxxxx", vec!["numberSequenceRule"]),
        ("Word-asdf-19371", vec!["qwertySequenceRule"]),
        ("Word-!@#$-19371", vec!["shiftedNumberRowSequenceRule"]),
    ] {
        assert_eq!(policy.check(candidate, &[], None), broken, "{candidate}");
    }
}

proptest! {
    #[test]
    fn no_password_panics(candidate in ".*", profile in ".*", current in ".*") {
        let _ = PasswordPolicy::standard().check(&candidate, &[&profile], Some(&current));
    }
}
