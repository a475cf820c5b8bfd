//! The formats of strings and numbers.

use serde_json::Value;

/// Whether the value has the format; of formats that say nothing about answers, every value has.
pub(crate) fn has(format: &str, value: &Value) -> bool {
    match (format, value.as_str()) {
        ("date-time", Some(text)) => is_date_time(text),
        ("date", Some(text)) => text.len() == 10 && is_date_time(&format!("{text}T00:00:00Z")),
        ("uuid", Some(text)) => is_uuid(text),
        ("uri", Some(text)) => is_uri(text),
        ("email", Some(text)) => text.contains('@'),
        ("int32", _) => value.as_i64().is_none_or(|number| i32::try_from(number).is_ok()),
        _ => true,
    }
}

/// RFC 3339: `2026-01-05T10:00:00.123Z`.
pub(crate) fn is_date_time(text: &str) -> bool {
    let shape = b"0000-00-00T00:00:00";
    let (head, rest) = text.as_bytes().split_at(text.len().min(shape.len()));
    let digits_and_marks = head.len() == shape.len()
        && head.iter().zip(shape).all(|(got, want)| match want {
            b'0' => got.is_ascii_digit(),
            _ => got == want,
        });
    let number = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<u8>().ok());
    let in_range = |from, least: u8, most: u8| number(from).is_some_and(|n| (least..=most).contains(&n));
    digits_and_marks
        && in_range(5, 1, 12)
        && in_range(8, 1, 31)
        && in_range(11, 0, 23)
        && in_range(14, 0, 59)
        && in_range(17, 0, 60)
        && is_zone(rest)
}

/// An optional fraction, then `Z` or an offset.
fn is_zone(rest: &[u8]) -> bool {
    let zone = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    match zone {
        b"Z" => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// In the form with hyphens and small letters, which the SDKs insist on.
pub(crate) fn is_uuid(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok_and(|id| id.hyphenated().to_string() == text)
}

/// Absolute: with a scheme and without spaces.
pub(crate) fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
        && !text.chars().any(|one| one.is_whitespace() || one.is_control())
}
