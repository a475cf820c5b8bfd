//! Likeness of a new password to what is known of the user.

/// Shorter values of a profile say too little to be looked for, in characters.
const SHORTEST_VALUE: usize = 3;
/// Two passwords are alike when fewer single-character changes than this turn one into the other.
const SMALLEST_DISTANCE: usize = 3;
/// Longer passwords are compared by their beginning only, in characters.
const LONGEST_COMPARED: usize = 256;

/// Whether the password contains a value of the profile, or the name in an e-mail address. Case does not count.
pub(super) fn contains(candidate: &str, profile: &[&str]) -> bool {
    let candidate = candidate.to_lowercase();
    profile
        .iter()
        .flat_map(|value| [Some(*value), value.split_once('@').map(|(name, _)| name)])
        .flatten()
        .map(|value| value.trim().to_lowercase())
        .any(|value| value.chars().count() >= SHORTEST_VALUE && candidate.contains(&value))
}

/// Whether the password is nearly the current one. Case does not count.
pub(super) fn is_similar(candidate: &str, current: &str) -> bool {
    let fold = |text: &str| -> Vec<char> { text.to_lowercase().chars().take(LONGEST_COMPARED).collect() };
    distance(&fold(candidate), &fold(current)) < SMALLEST_DISTANCE
}

/// Levenshtein distance, one row of the table at a time.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (number, from) in (1..).zip(left) {
        let mut diagonal = number - 1;
        let mut before = number;
        for (place, to) in row.iter_mut().skip(1).zip(right) {
            let above = *place;
            let best = if from == to { diagonal } else { 1 + diagonal.min(above).min(before) };
            diagonal = above;
            *place = best;
            before = best;
        }
        if let Some(first) = row.first_mut() {
            *first = number;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn between(left: &str, right: &str) -> usize {
        distance(&left.chars().collect::<Vec<_>>(), &right.chars().collect::<Vec<_>>())
    }

    #[test]
    fn distances_match_known_ones() {
        for (left, right, expected) in
            [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)]
        {
            assert_eq!(between(left, right), expected);
        }
    }

    #[test]
    fn a_small_change_is_no_new_password() {
        assert!(is_similar("2Federate!1", "2Federate!"));
        assert!(is_similar("2FEDERATE!", "2Federate!"));
        assert!(!is_similar("Another-7-word", "2Federate!"));
    }

    #[test]
    fn values_of_the_profile_are_found_in_any_case() {
        let profile = ["alice_1", "Ng", "", "bob.k@example.com"];
        assert!(contains("xxALICE_1xx", &profile));
        assert!(contains("Bob.K-2026", &profile));
        assert!(!contains("Singing-2026", &profile));
        assert!(!contains("anything", &[]));
    }

    proptest! {
        #[test]
        fn the_distance_is_symmetric_and_zero_only_for_equals(left in ".{0,12}", right in ".{0,12}") {
            prop_assert_eq!(between(&left, &right), between(&right, &left));
            prop_assert_eq!(between(&left, &right) == 0, left == right);
        }
    }
}
