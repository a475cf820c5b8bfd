//! The one spelling by which a recipient is found again.

use postern_core::phone::Phone;

/// A number in E.164 form, or anything else without spaces around it and in lower case.
///
/// In a query string an unescaped `+` arrives as a space; a number with a
/// space in front is taken as meant.
pub(crate) fn key(text: &str) -> String {
    let number = match text.strip_prefix(' ') {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_digit()) => format!("+{rest}"),
        _ => text.to_owned(),
    };
    match Phone::parse(&number) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => text.trim().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one_recipient() {
        for text in ["+1.5125550134", "+15125550134", "+1 (512) 555-0134", " 15125550134", " 1.5125550134"] {
            assert_eq!(key(text), "+15125550134", "{text}");
        }
        assert_eq!(key(" Pat@Example.com "), "pat@example.com");
    }
}
