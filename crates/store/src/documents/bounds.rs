//! Text patterns: the range of a prefix, and escaping for `LIKE`.

/// The smallest text above all texts that begin with the prefix; `None` when there is none.
pub(crate) fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = successor(last) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// The next character in the order of code points, which is the order of UTF-8 bytes too.
fn successor(character: char) -> Option<char> {
    let next = u32::from(character) + 1;
    // Surrogates are not characters.
    char::from_u32(if next == 0xD800 { 0xE000 } else { next })
}

/// The text with the wildcards of `LIKE … ESCAPE '\'` taken literally.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_range_of_a_prefix_ends_at_the_next_character() {
        assert_eq!(end_of_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(end_of_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(end_of_prefix("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(end_of_prefix("\u{10FFFF}"), None);
        assert_eq!(end_of_prefix(""), None);
    }

    #[test]
    fn wildcards_are_escaped() {
        assert_eq!(escaped(r"50%_\"), r"50\%\_\\");
    }

    proptest! {
        #[test]
        fn a_text_is_in_the_range_exactly_when_it_has_the_prefix(prefix in "\\PC{1,3}", text in "\\PC{0,5}") {
            let inside = |text: &str| {
                text >= prefix.as_str() && end_of_prefix(&prefix).is_none_or(|end| text < end.as_str())
            };
            prop_assert_eq!(inside(&text), text.starts_with(&prefix));
            let longer = format!("{prefix}{text}");
            prop_assert!(inside(&longer));
        }
    }
}
