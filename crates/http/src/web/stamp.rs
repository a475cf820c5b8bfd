//! What every answer carries of its request: the correlation id, and the external transaction and session ids
//! (platform contract 1.8).
//!
//! An external id that the caller did not send is the correlation id, so that
//! making one costs nothing.

use http::{HeaderMap, HeaderName, HeaderValue};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use uuid::Uuid;

/// Header of the external transaction id.
pub(super) const TRANSACTION: HeaderName = HeaderName::from_static("x-ping-external-transaction-id");
/// Header of the external session id.
pub(super) const SESSION: HeaderName = HeaderName::from_static("x-ping-external-session-id");

/// Longest external id, in characters.
const LONGEST: usize = 100;

/// What an answer carries.
pub(super) struct Stamp {
    /// The correlation id.
    pub(super) id: Uuid,
    transaction: Option<HeaderValue>,
    session: Option<HeaderValue>,
}

impl Stamp {
    /// For the answer to a request with these headers.
    pub(super) fn of(id: Uuid, headers: &HeaderMap) -> Self {
        let sent =
            |name| external(headers, name).and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok());
        Self { id, transaction: sent(&TRANSACTION), session: sent(&SESSION) }
    }

    /// Puts it on the answer.
    pub(super) fn put(self, headers: &mut HeaderMap) {
        let mut buffer = Uuid::encode_buffer();
        let Ok(id) = HeaderValue::from_str(self.id.hyphenated().encode_lower(&mut buffer)) else { return };
        headers.insert(TRANSACTION, self.transaction.unwrap_or_else(|| id.clone()));
        headers.insert(SESSION, self.session.unwrap_or_else(|| id.clone()));
        headers.insert("correlation-id", id);
    }
}

/// An external id as it was sent, cleaned; an empty one counts as absent. Of several lines the last one counts.
pub(super) fn external(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let sent = headers.get_all(name).iter().next_back().filter(|value| !value.is_empty())?;
    Some(cleaned(&String::from_utf8_lossy(sent.as_bytes())))
}

/// Keeps letters, marks, decimal digits and `. _ - / @ = # +`; everything else becomes `_`.
fn cleaned(text: &str) -> String {
    text.chars().take(LONGEST).map(|character| if is_kept(character) { character } else { '_' }).collect()
}

fn is_kept(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || "._-/@=#+".contains(character);
    }
    let group = character.general_category_group();
    matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
        || character.general_category() == GeneralCategory::DecimalNumber
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_marks_and_decimal_digits_of_every_script_stay_and_the_rest_becomes_a_line() {
        assert_eq!(cleaned("order 7/ä#1<x>"), "order_7/ä#1_x_");
        assert_eq!(cleaned("e\u{301}-\u{0669}\u{4e2d}@="), "e\u{301}-\u{0669}\u{4e2d}@=");
        assert_eq!(
            cleaned("\u{bd}\u{2167}\u{1f600}\u{fffd}"),
            "____",
            "fractions, numerals and signs are none of these"
        );
        assert_eq!(cleaned(&"ä".repeat(300)).chars().count(), 100);
    }

    #[test]
    fn an_id_that_was_not_sent_is_the_correlation_id() {
        let sent = HeaderValue::from_bytes("Vorgang-ä 1".as_bytes()).unwrap();
        let request: HeaderMap =
            [(TRANSACTION, sent), (SESSION, HeaderValue::from_static(""))].into_iter().collect();
        let mut answer = HeaderMap::new();
        Stamp::of(Uuid::nil(), &request).put(&mut answer);
        assert_eq!(answer[TRANSACTION].as_bytes(), "Vorgang-ä_1".as_bytes());
        assert_eq!(answer[SESSION], Uuid::nil().to_string().as_str());
        assert_eq!(answer[SESSION], answer["correlation-id"]);
    }
}
