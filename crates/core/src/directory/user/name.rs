//! The forms of user names, names of people, phone numbers and time zones.

use crate::schema::texts;

/// A user name: printable; a well-formed address when it contains `@`.
pub(super) fn is_username(text: &str) -> bool {
    let printable =
        |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{e000}'..='\u{f8ff}');
    text.chars().all(printable) && (!text.contains('@') || texts::is_email(text))
}

/// A family or full name: letters, marks, digits, spaces and `'`, `.`, `-`.
pub(super) fn is_person_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || is_mark(c) || matches!(c, ' ' | '\'' | '’' | '.' | '-'))
}

/// Combining marks outside the alphabetic ones.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{e31}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// A phone number for information: at least one digit.
pub(super) fn has_a_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

/// `Europe/Zurich`: two words of letters, digits and underscores.
pub(super) fn is_time_zone(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    text.split_once('/').is_some_and(|(area, place)| word(area) && word(place))
}

/// Two capital letters.
pub(super) fn is_country_code(text: &str) -> bool {
    text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_may_be_words_or_addresses() {
        for good in ["alice_1767607200", "Zoë Ng", "a@example.com", "日本", "a+b$"] {
            assert!(is_username(good), "{good}");
        }
        for bad in ["a@", "@b", "a@b", "line\u{2028}", "bell\u{7}"] {
            assert!(!is_username(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_of_people_have_no_symbols() {
        for good in ["O'Neil", "Ng", "Müller-Lüdenscheidt Jr.", "e\u{301}"] {
            assert!(is_person_name(good), "{good}");
        }
        for bad in ["<b>", "a;b", "x=1"] {
            assert!(!is_person_name(bad), "{bad}");
        }
    }

    #[test]
    fn zones_and_countries_have_their_form() {
        assert!(is_time_zone("America/New_York") && !is_time_zone("UTC") && !is_time_zone("a/b/c"));
        assert!(is_country_code("CH") && !is_country_code("ch") && !is_country_code("CHE"));
    }
}
