//! The built-in list of passwords that guessers try first.

/// One password per line, lower case, sorted.
const LIST: &str = include_str!("../common.txt");

pub(super) fn is_common(candidate: &str) -> bool {
    let folded = candidate.to_lowercase();
    LIST.lines().any(|line| line == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_folded_and_without_repetitions() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() > 300);
        assert!(lines.is_sorted_by(|a, b| a < b));
        assert!(
            lines.iter().all(|line| !line.is_empty() && *line == line.to_lowercase() && *line == line.trim())
        );
    }

    #[test]
    fn case_does_not_hide_a_common_password() {
        assert!(is_common("PassWord"));
        assert!(is_common("P@ssw0rd1"));
        assert!(!is_common("correct horse battery staple"));
        assert!(!is_common(""));
    }
}
