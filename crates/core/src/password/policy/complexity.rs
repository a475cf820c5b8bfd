//! How long trying every password of the same kind would take.

/// Guesses in a second that are assumed: a fast attack on a stolen hash.
const GUESSES_PER_SECOND: f64 = 1e11;

/// Whether trying all passwords up to this length, of the kinds of characters it uses, takes that many days.
pub(super) fn lasts(candidate: &str, days: u32) -> bool {
    let alphabet = size_of_kind(candidate, 26.0, |c| c.is_ascii_lowercase())
        + size_of_kind(candidate, 26.0, |c| c.is_ascii_uppercase())
        + size_of_kind(candidate, 10.0, |c| c.is_ascii_digit())
        + size_of_kind(candidate, 33.0, |c| c.is_ascii() && !c.is_ascii_alphanumeric())
        + size_of_kind(candidate, 100.0, |c| !c.is_ascii());
    let guesses = candidate.chars().fold(0.0, |shorter: f64, _| (shorter + 1.0) * alphabet);
    guesses / GUESSES_PER_SECOND >= f64::from(days) * 86_400.0
}

fn size_of_kind(candidate: &str, size: f64, kind: fn(char) -> bool) -> f64 {
    if candidate.chars().any(kind) { size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_variety_make_a_password_last() {
        assert!(!lasts("", 1));
        assert!(!lasts("aaaaaaaaaa", 7));
        assert!(!lasts("2Federa!", 7));
        assert!(lasts("2Federate!", 7));
        assert!(lasts("correct horse battery staple", 7));
        assert!(lasts(&"x".repeat(1000), 7));
    }
}
